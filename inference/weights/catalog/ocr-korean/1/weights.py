"""The networks: the detector of the package rapidocr, and a recogniser that lies beside this."""

from importlib.util import find_spec
from pathlib import Path

from inference.engine.model import LoadError


def packaged_weights(sums: Path) -> dict[str, Path]:
    """The path of each network, by the name of the one that it stands in for.

    Raises:
        LoadError: the package is not installed.
    """
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise LoadError("The package rapidocr is not installed.")
    detector = "PP-OCRv6_det_small.onnx"
    return {
        detector: Path(package.origin).parent / "models" / detector,
        "PP-OCRv6_rec_small.onnx": sums.with_name("korean_PP-OCRv5_rec_mobile.onnx"),
    }
