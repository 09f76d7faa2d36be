"""Pictures that lie beside a model."""

from pathlib import Path

import cv2
import numpy as np

from inference.engine.model import LoadError, Pixels


def read_picture(file: Path) -> Pixels:
    """A picture of the model's own, (H, W, 3) RGB.

    Raises:
        LoadError: it is not there, or no picture.
    """
    picture = cv2.imread(str(file))
    if picture is None:
        raise LoadError(f"{file.name} is missing or not a picture.")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
