"""The networks of this version, which lie beside it."""

from pathlib import Path


def packaged_weights(sums: Path) -> dict[str, Path]:
    """The path of each network, by the name of the one that it stands in for."""
    return {
        "PP-OCRv6_det_small.onnx": sums.with_name("detector.onnx"),
        "PP-OCRv6_rec_small.onnx": sums.with_name("recogniser.onnx"),
    }
