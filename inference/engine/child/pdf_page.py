"""A page of a PDF file is drawn by a process of its own, within a time. Runs in the child process.

That process can reach no more than the child that starts it, and ends with it.
"""

import os
import signal
import subprocess
import sys
from typing import Final

from PIL import Image

from inference.engine.child.pdf_drawing import UNDRAWABLE
from inference.engine.confinement import ROOT
from inference.engine.errors import UnreadableImage

SECONDS: Final = 5
"""Of computing for one page, counted by the system; what takes longer is drawn to slow its reader
down. The library can pause between objects only, and one object may take minutes."""
WAIT_SECONDS: Final = 60.0
"""For the process: on a busy machine its seconds of computing take longer."""
TOO_LONG: Final = (
    "The page takes too long to draw: print it to a new PDF file, or send a picture of it."
)


def draw(content: bytes, page: int, size: tuple[int, int]) -> Image.Image:
    """The page, by its number from 1, in RGB on white, in so many pixels.

    Raises:
        UnreadableImage: it takes too long.
        ValueError: it cannot be drawn.
        MemoryError: there is no room for the process.
    """
    told = [str(number) for number in (os.getpid(), SECONDS, page, *size)]
    try:
        done = subprocess.run(  # noqa: S603  # numbers alone
            [sys.executable, "-m", "inference.engine.child.pdf_drawing", *told],
            input=content,
            stdout=subprocess.PIPE,
            check=False,
            timeout=WAIT_SECONDS,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableImage(TOO_LONG) from None
    except OSError as error:
        raise MemoryError("No process could be started to draw the page.") from error
    match -done.returncode:
        case 0:
            # What is short raises ValueError.
            return Image.frombytes("RGB", size, done.stdout, "raw", "RGBX")
        case signal.SIGXCPU:
            raise UnreadableImage(TOO_LONG)
        case signal.SIGKILL:
            raise MemoryError("The system ended the process that drew the page.")
        case ended if ended > 0 or done.returncode == UNDRAWABLE:
            raise ValueError("The page cannot be drawn.")
    raise subprocess.CalledProcessError(done.returncode, done.args)
