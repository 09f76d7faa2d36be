"""Puts the letters of a PP-OCR recogniser into its ONNX file, where ours are read from."""

import onnx


def with_letters(network: bytes, letters: bytes) -> bytes:
    """The same network with its metadata `character`: the letters of its classes, one a line."""
    model = onnx.load_from_string(network)
    onnx.helper.set_model_props(model, {"character": letters.decode().rstrip("\n")})
    return bytes(model.SerializeToString(deterministic=True))
