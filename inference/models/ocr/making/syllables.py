"""Makes ocr/2/syllables.onnx: a network that reads one printed Hangul syllable by its parts.

    python inference/models/ocr/making/syllables.py syllables.onnx --minutes 22

It needs PyTorch, onnx and the Korean fonts of Debian (fonts-nanum, fonts-nanum-extra,
fonts-unfonts-core, fonts-baekmuk, fonts-naver-d2coding, fonts-noto-cjk, fonts-noto-cjk-extra).
The 2,350 syllables of KS X 1001 are drawn in each of them; besides parts of syllables, pairs and
Latin letters, which are none. Three fonts are left out of training and tell how good it is.
"""

import argparse
import logging
import math
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw, ImageFont
from torch import nn
from torch.nn import functional

FOLDER = Path("/usr/share/fonts")
FILES = (
    *("nanum/Nanum[BGMS]*.ttf", "unfonts-core/Un*.ttf", "baekmuk/*.ttf", "naver-d2coding/*.ttc"),
    *("noto/NotoS*CJK-*.ttc",),
)
UNFIT = ("YetHangul", "Brush", "_ac", "Pilgi", "Thin", "ExtraLight")
KOREAN_FACE = 1
"""Of Noto's collections."""
HELD_OUT = ("NanumMyeongjo.ttf", "NotoSansCJK-Regular.ttc", "UnDotum.ttf")
SIDE, LETTER, DRAWN = 36, 32, 44
NO_SYLLABLES = 700
"""Pictures of each font that are no syllable."""
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?()@&"
PARTS = (19, 21, 28)
BATCH = 256
RATE = 2e-3

logger = logging.getLogger("syllables")


class Network(nn.Module):
    """(N, 1, 36, 36) ink from 0 to 1 → scores of 19 initials, 21 vowels, 28 finals; is it one."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 24, 48, 96)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(widths)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths[1:])
        self.hidden = nn.Linear(96 * 25, 144)
        self.scores = nn.Linear(144, sum(PARTS) + 1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            values = functional.max_pool2d(
                functional.relu(norm(convolution(values))), 2, ceil_mode=True
            )
        return self.scores(functional.relu(self.hidden(values.flatten(1))))


def syllables() -> list[str]:
    """Those of KS X 1001."""
    codes = (bytes([first, second]) for first in range(0xB0, 0xC9) for second in range(0xA1, 0xFF))
    letters = (code.decode("euc-kr", "ignore") for code in codes)
    return [letter for letter in letters if len(letter) == 1 and "가" <= letter <= "힣"]


def pictures(font: Path, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (N, 36, 36) in a font, and the number of each in Unicode's row; -1: no syllable."""
    random = np.random.default_rng(seed)
    index = KOREAN_FACE if font.name.startswith("Noto") else 0
    face = ImageFont.truetype(str(font), DRAWN, index=index)
    missing = _drawn(face, "\uf8ff")
    drawn = {letter: _drawn(face, letter) for letter in syllables()}
    drawn = {key: ink for key, ink in drawn.items() if not np.array_equal(ink, missing)}
    found = [(_fitted(ink), ord(letter) - ord("가")) for letter, ink in drawn.items()]
    known = list(drawn.values())
    for _ in range(NO_SYLLABLES if known else 0):
        one, other = (known[at] for at in random.integers(len(known), size=2))
        latin = "".join(random.choice(list(LATIN), random.integers(1, 4)))
        found.append((_fitted(_none(one, other, _drawn(face, latin), random)), -1))
    kept = [(picture, number) for picture, number in found if picture is not None]
    return np.array([picture for picture, _ in kept]), np.array([number for _, number in kept])


def _none(one: np.ndarray, other: np.ndarray, latin: np.ndarray, random: np.random.Generator):
    """A part of a syllable, parts of two, two whole ones, or Latin letters."""
    width, beside = one.shape[1] - 24, other.shape[1] - 24
    match random.integers(5):
        case 0:
            return one[:, : 12 + int(width * random.uniform(0.3, 0.72))]
        case 1:
            return one[:, 12 + int(width * random.uniform(0.28, 0.7)) :]
        case 2:
            left = one[:, 12 + int(width * random.uniform(0.25, 0.75)) : -10]
            right = other[:, 10 : 12 + int(beside * random.uniform(0.2, 0.75))]
            return np.concatenate([left, right], axis=1)
        case 3:
            return np.concatenate([one[:, :-8], other[:, 8:]], axis=1)
    return latin


def _drawn(face: ImageFont.FreeTypeFont, text: str) -> np.ndarray:
    image = Image.new("L", (int(face.getlength(text)) + 24, 80))
    ImageDraw.Draw(image).text((12, 8), text, fill=255, font=face)
    return np.asarray(image)


def _fitted(ink: np.ndarray) -> np.ndarray | None:
    rows, columns = np.nonzero(ink > 60)
    if not len(rows):
        return None
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = LETTER / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    way = Image.Resampling.LANCZOS if scale > 1 else Image.Resampling.BOX
    fitted = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    small = Image.fromarray(np.ascontiguousarray(ink)).resize((width, height), way)
    fitted[top : top + height, left : left + width] = np.asarray(small)
    return fitted


def varied(batch: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    """Pictures (N, 36, 36) as they come out of photos: askew, coarse, pale and noisy."""
    count = len(batch)
    values = batch[:, None].float() / 255
    turns = torch.zeros(count, 2, 3)
    scale, aspect = 1 + torch.randn(2, count) * torch.tensor([[0.05], [0.04]])
    turns[:, 0, 0], turns[:, 1, 1] = aspect / scale, 1 / (scale * aspect)
    turns[:, 0, 1], turns[:, 1, 0] = torch.randn(count) * 0.05, torch.randn(count) * 0.02
    turns[:, :, 2] = torch.randn(count, 2) * 0.05
    grid = functional.affine_grid(turns, list(values.shape), align_corners=False)
    values = functional.grid_sample(values, grid, align_corners=False)
    side = int(random.choice([14, 16, 18, 20, 24, 28, SIDE]))
    if side < SIDE:
        coarse = functional.interpolate(values, size=(side, side), mode="area")
        values = functional.interpolate(coarse, size=(SIDE, SIDE), mode="bicubic")
    strength = 0.6 + 0.5 * torch.rand(count, 1, 1, 1)
    values = (values * strength).clamp(0, 1) ** torch.exp(torch.randn(count, 1, 1, 1) * 0.3)
    noise = torch.randn_like(values) * 0.08 * torch.rand(count, 1, 1, 1)
    return (values + noise).clamp(0, 1.1)


def loss_of(scores: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    """Cross entropy of the three parts, and whether it is a syllable at all."""
    is_one = numbers >= 0
    total = 2 * functional.binary_cross_entropy_with_logits(scores[:, -1], is_one.float())
    for part, target in zip(
        scores[is_one].split((*PARTS, 1), 1), _parts(numbers[is_one]), strict=False
    ):
        total = total + functional.cross_entropy(part, target)
    return total


def accuracy(network: Network, batch: torch.Tensor, numbers: torch.Tensor) -> float:
    """How many syllables are right in each part."""
    network.eval()
    with torch.no_grad():
        scores = network(batch[numbers >= 0]).split((*PARTS, 1), 1)
    network.train()
    parts = zip(scores, _parts(numbers[numbers >= 0]), strict=False)
    right = torch.stack([part.argmax(1) == target for part, target in parts])
    return float(right.all(0).float().mean())


def _parts(numbers: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return numbers // 588, numbers % 588 // 28, numbers % 28


def trained(minutes: float) -> Network:
    """Draw, and train for so long."""
    random = np.random.default_rng(0)
    torch.manual_seed(0)
    fonts = sorted(font for pattern in FILES for font in FOLDER.glob(f"*/{pattern}"))
    fonts = [font for font in fonts if not any(word in font.name for word in UNFIT)]
    sets: dict[bool, list[tuple[np.ndarray, np.ndarray]]] = {True: [], False: []}
    for seed, font in enumerate(fonts):
        sets[font.name in HELD_OUT].append(pictures(font, seed))
    (unseen, unseen_numbers), (seen, numbers) = (
        tuple(torch.from_numpy(np.concatenate(part)) for part in zip(*sets[held], strict=True))
        for held in (True, False)
    )
    network = Network()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    begun, step = time.monotonic(), 0
    while (done := (time.monotonic() - begun) / 60 / minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, step / 100) * (0.5 + 0.5 * math.cos(math.pi * done))
        chosen = torch.from_numpy(random.integers(len(seen), size=BATCH))
        optimizer.zero_grad()
        loss_of(network(varied(seen[chosen], random)), numbers[chosen]).backward()
        optimizer.step()
        step += 1
        if step % 100 == 0:
            sample = torch.from_numpy(random.integers(len(unseen), size=4000))
            right = accuracy(network, varied(unseen[sample], random), unseen_numbers[sample])
            logger.info("step %d: %.2f %% right in fonts it has not seen", step, 100 * right)
    return network.eval()


def exported(network: Network) -> onnx.ModelProto:
    """The network as ONNX, its norms in its convolutions, its weights in half precision."""
    nodes, values, at = [], [], "glyphs"
    for number, (layer, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = layer.weight * scale[:, None, None, None]
        bias = (layer.bias - norm.running_mean) * scale + norm.bias
        names = _stored(f"convolution{number}", weight, bias, nodes, values)
        nodes += [
            helper.make_node("Conv", [at, *names], [f"c{number}"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [f"c{number}"], [f"r{number}"]),
            helper.make_node(
                *("MaxPool", [f"r{number}"], [f"p{number}"]),
                kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1,
            ),
        ]  # fmt: skip
        at = f"p{number}"
    hidden = _stored("hidden", network.hidden.weight, network.hidden.bias, nodes, values)
    scores = _stored("last", network.scores.weight, network.scores.bias, nodes, values)
    nodes += [
        helper.make_node("Flatten", [at], ["flat"]),
        helper.make_node("Gemm", ["flat", *hidden], ["h"], transB=1),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("Gemm", ["r", *scores], ["scores"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "syllables",
        [helper.make_tensor_value_info("glyphs", TensorProto.FLOAT, ["N", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", sum(PARTS) + 1])],
        values,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(made)
    return made


def _stored(name: str, weight: torch.Tensor, bias: torch.Tensor, nodes: list, values: list):
    half = weight.detach().numpy().astype(np.float16)
    values.append(numpy_helper.from_array(half, f"{name}.half"))
    values.append(numpy_helper.from_array(bias.detach().numpy(), f"{name}.bias"))
    to = TensorProto.FLOAT
    nodes.append(helper.make_node("Cast", [f"{name}.half"], [f"{name}.weight"], to=to))
    return f"{name}.weight", f"{name}.bias"


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--minutes", type=float, default=22.0)
    arguments = parser.parse_args()
    onnx.save(exported(trained(arguments.minutes)), arguments.file)
