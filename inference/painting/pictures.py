"""Pictures that lie beside a model, and pictures with the transparency of a photo."""

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


def as_transparent(painting: Pixels, rgba: Pixels | None) -> Pixels:
    """The painting (H, W, 3) as transparent as the photo (H, W, 4) that it was made of; None: as
    it is."""
    return painting if rgba is None else np.dstack((painting, rgba[..., 3]))
