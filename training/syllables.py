"""`python -m training.syllables`: trains `syllables.onnx` of the model `ocr`.

It reads one printed Hangul syllable by its parts, and learns from the 2,350 syllables of KS X 1001,
drawn in Korean fonts of Debian, besides what is none. Three fonts are held out. Needs PyTorch, onnx
and the fonts of `syllable_pictures.PACKAGES`; takes 25 minutes of one core. The same fonts and seed
give the same network on the same machine, and one that differs in the last digits on another.
"""

import argparse
import math
import sys
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from torch import Tensor
from torch.nn import functional

from training.syllable_network import PARTS, Syllables, exported
from training.syllable_pictures import fonts, pictures, syllables, varied

FILE: Final = Path(__file__).parents[1] / "inference" / "models" / "ocr" / "2" / "syllables.onnx"
HELD_OUT: Final = ("NanumMyeongjo.ttf", "NotoSansCJK-Regular.ttc", "UnDotum.ttf")
STEPS: Final = 12000
BATCH: Final = 256
RATE: Final = 2e-3
SEED: Final = 0
SAMPLE: Final = 4000
"""So many held out pictures tell how good it is."""


def drawn() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Pictures (N, 36, 36) with their numbers, to learn from and held out.

    Raises:
        FileNotFoundError: fonts are not installed.
    """
    random, letters = np.random.default_rng(SEED), syllables()
    sets: dict[bool, list[tuple[Tensor, Tensor]]] = {False: [], True: []}
    for font in fonts():
        sets[font.name in HELD_OUT].append(pictures(font, letters, random))
    seen, held_out = (
        (torch.cat([shown for shown, _ in found]), torch.cat([numbers for _, numbers in found]))
        for found in sets.values()
    )
    return seen, held_out


def trained(shown: Tensor, numbers: Tensor, steps: int) -> Syllables:
    """A network that has learned from pictures (N, 36, 36) with these numbers."""
    random = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    network = Syllables()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, step / 100) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        chosen = torch.from_numpy(random.integers(len(shown), size=BATCH))
        loss = loss_of(network(varied(shown[chosen], random)), numbers[chosen])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step % 500 == 499:
            sys.stdout.write(f"step {step + 1}: {loss.item():.3f}\n")
            sys.stdout.flush()
    return network.eval()


def loss_of(scores: Tensor, numbers: Tensor) -> Tensor:
    """Cross entropy of the three parts, and of its being a syllable at all."""
    is_one = numbers >= 0
    loss = 2 * functional.binary_cross_entropy_with_logits(scores[:, -1], is_one.float())
    parts = zip(_scores_of(scores[is_one]), _parts(numbers[is_one]), strict=True)
    return sum((functional.cross_entropy(part, target) for part, target in parts), loss)


def right(network: Syllables, shown: Tensor, numbers: Tensor) -> float:
    """Of the syllables among pictures (N, 36, 36), as photos show them, the share read rightly."""
    random = np.random.default_rng(SEED)
    chosen = torch.from_numpy(random.integers(len(shown), size=SAMPLE))
    is_one = numbers[chosen] >= 0
    with torch.inference_mode():
        scores = network(varied(shown[chosen], random))[is_one]
    parts = zip(_scores_of(scores), _parts(numbers[chosen][is_one]), strict=True)
    hits = torch.stack([part.argmax(1) == target for part, target in parts])
    return float(hits.all(0).float().mean())


def _scores_of(scores: Tensor) -> tuple[Tensor, ...]:
    return torch.split(scores[:, :-1], list(PARTS), 1)


def _parts(numbers: Tensor) -> tuple[Tensor, ...]:
    return numbers // 588, numbers % 588 // 28, numbers % 28


def main() -> None:
    """Draw, train, tell how many syllables of the held-out fonts are right, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FILE, help="the file")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    seen, held_out = drawn()
    network = trained(*seen, arguments.steps)
    share = right(network, *held_out)
    sys.stdout.write(f"{share:.2%} of the syllables of fonts that it has not seen are right.\n")
    onnx.save(exported(network), arguments.out)


if __name__ == "__main__":
    main()
