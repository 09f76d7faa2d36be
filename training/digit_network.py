"""The network of the model `digits`: finds a digit in a picture, and reads it."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

SEEN: Final = 32
"""Width and height in pixels at which a digit is read."""
ROOM: Final = 1.3
"""How much around a digit is looked at, of its height."""
WIDEST: Final = 21
"""How wide a pen's line may be in pixels of half the size; what is wider is no line."""
KINDS: Final = 3
"""Of ink that is looked at, by `Digits.ink`."""


class Digits(nn.Module):
    """Scores (N, 10) of pictures (N, 1, 128, 128) in 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.finds = nn.Sequential(
            *_convolution(KINDS, 12, size=5, stride=2),
            *_convolution(12, 24, stride=2),
            *_convolution(24, 24),
            *_convolution(24, 48, stride=2),
            *_convolution(48, 48),
            nn.Conv2d(48, 4, 1),
        )
        self.reads = nn.Sequential(
            *_convolution(KINDS, 16),
            *_convolution(16, 32, stride=2),
            *_convolution(32, 32),
            *_convolution(32, 64, stride=2),
            *_convolution(64, 64),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(64 * 16, 10),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Find, cut out, read."""
        ink = self.ink(image)
        return self.read(ink, self.find(ink))

    def ink(self, image: Tensor) -> Tensor:
        """Ink on paper whatever the light (N, 3, 128, 128): the deviation from what is around, ink
        being positive, be it dark or light; then dark lines and light ones, which no edge of a
        shadow is."""
        coarse = functional.avg_pool2d(image, 8)
        coarse = functional.avg_pool2d(coarse, 5, 1, 2, count_include_pad=False)
        background = functional.interpolate(coarse, scale_factor=8.0, mode="bilinear")
        ink = image - background
        ink = ink / ((ink * ink).mean((2, 3), keepdim=True) + 1e-4).sqrt()
        # Ink is the rarer side, and so deviates more.
        ink = ink * torch.tanh(8 * (ink * ink * ink).mean((2, 3), keepdim=True))
        half = functional.avg_pool2d(image, 2)
        paper = torch.cat([_filled(half), -_filled(-half)], 1)
        lines = functional.interpolate(paper, scale_factor=2.0, mode="bilinear") - image
        return torch.cat([ink, lines / (lines.std((1, 2, 3), keepdim=True) + 0.01)], 1)

    def find(self, ink: Tensor) -> Tensor:
        """Where the digit lies (N, 3): across and down, the picture being -1 to 1, and its height,
        the picture being 1. The mean of what each place of a coarse grid says, by its weight."""
        said = self.finds(functional.avg_pool2d(ink, 2))
        axis = (torch.arange(8, device=ink.device) + 0.5) / 4 - 1
        across = said[:, 1] + axis[None, None, :]
        down = said[:, 2] + axis[None, :, None]
        weights = torch.softmax(said[:, 0].flatten(1), 1)
        told = torch.stack([across, down, said[:, 3]], 1).flatten(2)
        mean = (told * weights[:, None]).sum(2)
        height = torch.exp(mean[:, 2:].clamp(-3.0, 0.5))
        return torch.cat([mean[:, :2], height], 1)

    def read(self, ink: Tensor, boxes: Tensor) -> Tensor:
        """The scores (N, 10) of what lies in these boxes (N, 3), as `find` gives them."""
        axis = ((torch.arange(SEEN, device=ink.device) + 0.5) * 2 / SEEN - 1) * ROOM
        reach = axis[None] * boxes[:, 2:]
        across = (reach + boxes[:, :1])[:, None, :].expand(-1, SEEN, -1)
        down = (reach + boxes[:, 1:2])[:, :, None].expand(-1, -1, SEEN)
        grid = torch.stack([across, down], 3)
        return self.reads(functional.grid_sample(ink, grid, align_corners=False))  # type: ignore[no-any-return]


def _filled(image: Tensor) -> Tensor:
    """An image without dark lines: its greatest values around, and the least of these (closing)."""
    return -_greatest(-_greatest(image))


def _greatest(image: Tensor) -> Tensor:
    across = functional.max_pool2d(image, (1, WIDEST), 1, (0, WIDEST // 2))
    return functional.max_pool2d(across, (WIDEST, 1), 1, (WIDEST // 2, 0))


def _convolution(given: int, gives: int, size: int = 3, stride: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(given, gives, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(gives),
        nn.ReLU(),
    ]
