"""`python -m training.digits`: trains the network of the model `digits` and writes its versions.

It learns from scikit-learn's copy of the UCI set "Optical Recognition of Handwritten Digits" (1,797
digits by 13 people, CC BY 4.0), of which every fifth is held out, and from forms that it lacks.
Needs PyTorch and scikit-learn, as the tests do; takes ten minutes of one core. The same seed gives
the same network on the same machine, and one that differs in the last digits on another.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

import torch
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn import functional

from training.digit_forms import forms
from training.digit_network import Digits
from training.digit_pictures import SIDE, pictures, plain

MODEL: Final = Path(__file__).parents[1] / "inference" / "models" / "digits"
STEPS: Final = 2600
BATCH: Final = 64
SEED: Final = 7


def split() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Digits (N, 1, 8, 8) in 0 to 1 with their names, to learn from and held out."""
    data = load_digits()
    digits = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16
    names = torch.tensor(data.target)
    is_held_out = torch.arange(len(names)) % 5 == 4
    return (digits[~is_held_out], names[~is_held_out]), (digits[is_held_out], names[is_held_out])


def trained(digits: Tensor, names: Tensor, steps: int) -> Digits:
    """A network that has learned from pictures of these digits."""
    torch.manual_seed(SEED)
    random = torch.Generator().manual_seed(SEED)
    network = Digits()
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps, pct_start=0.15)
    for step in range(steps):
        chosen = torch.randint(len(digits), (BATCH,), generator=random)
        shown, boxes = pictures(digits[chosen], random)
        ink = network.ink(shown)
        found = network.find(ink)
        # Half of them are read where they are, nearly; the others where they were found.
        nearly = boxes * (1 + 0.15 * (torch.rand(BATCH, 3, generator=random) - 0.5))
        looked_at = torch.where(torch.arange(BATCH)[:, None] % 2 == 0, nearly, found.detach())
        misread = functional.cross_entropy(
            network.read(ink, looked_at), names[chosen], label_smoothing=0.05
        )
        loss = misread + 3 * _distance(found, boxes)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        rate.step()
        if step % 250 == 249:
            sys.stdout.write(f"step {step + 1}: {misread.item():.3f} of {loss.item():.3f}\n")
            sys.stdout.flush()
    return network.eval()


def _distance(found: Tensor, boxes: Tensor) -> Tensor:
    """How far off boxes (N, 3) are, relative to the digits' heights."""
    apart = (found[:, :2] - boxes[:, :2]) / (boxes[:, 2:] + 0.1)
    larger = torch.log(found[:, 2:] / boxes[:, 2:])
    return functional.smooth_l1_loss(
        torch.cat([apart, larger], 1), torch.zeros_like(boxes), beta=0.2
    )


def right(network: Digits, shown: Tensor, names: Tensor) -> float:
    """Of the pictures (N, 1, 128, 128), the share that is named rightly."""
    with torch.inference_mode():
        return float((network(shown).argmax(1) == names).float().mean())


def write(network: Digits, folder: Path) -> None:
    """Version 1 as TorchScript, version 2 as ONNX."""
    example = torch.zeros(2, 1, SIDE, SIDE)
    for number in ("1", "2"):
        (folder / number).mkdir(parents=True, exist_ok=True)
    traced = torch.jit.trace(network, example)  # type: ignore[no-untyped-call]
    traced.save(folder / "1" / "model.pt")
    torch.onnx.export(
        network,
        (example,),
        folder / "2" / "model.onnx",
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        output_names=["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
    )


def main() -> None:
    """Train, tell how many of the held-out digits are right, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODEL, help="the model's folder")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    (digits, names), (held_digits, held_names) = split()
    drawn, drawn_names = forms(SEED)
    network = trained(torch.cat([digits, drawn]), torch.cat([names, drawn_names]), arguments.steps)
    random = torch.Generator().manual_seed(SEED)
    as_is = right(network, plain(held_digits), held_names)
    photos = [right(network, pictures(held_digits, random)[0], held_names) for _ in range(10)]
    sys.stdout.write(f"{as_is:.2%} of {len(held_names)} digits that it has not seen are right,\n")
    sys.stdout.write(f"{sum(photos) / len(photos):.2%} of them as random photos.\n")
    write(network, arguments.out)


if __name__ == "__main__":
    main()
