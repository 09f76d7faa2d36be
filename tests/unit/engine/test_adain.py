"""AdaIN against an independent reference, with seeded weights in the published layout.

What this cannot show is how paintings look: the published weights are not here.
"""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.confinement import ROOT
from inference.engine.model import InvalidParams, LoadContext, LoadError, Pixels
from tests.unit.engine import adain_checkpoints as reference

if TYPE_CHECKING:
    import torch

pytestmark = pytest.mark.slow

CODE = ROOT / "inference" / "models" / "style-adain" / "1"
NAMES = ("adain", "layers", "model")


@pytest.fixture(scope="module")
def code() -> Iterator[SimpleNamespace]:
    """The model's modules."""
    import torch

    sys.path.insert(0, str(CODE))
    torch.set_grad_enabled(False)
    # Threads that wait for each other spin, which the other processes of the run pay for.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield SimpleNamespace(**{name: import_module(name) for name in NAMES})
    finally:
        torch.set_grad_enabled(True)
        torch.set_num_threads(threads)
        sys.path.remove(str(CODE))
        for name in NAMES:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def states() -> "tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]":
    return reference.seeded(reference.ENCODER, 1), reference.seeded(reference.DECODER, 2)


@pytest.fixture(scope="module")
def networks(code: Any, states: Any) -> tuple[Any, Any]:
    return code.layers.encoder(states[0], "e.pth"), code.layers.decoder(states[1], "d.pth")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, states: Any) -> Path:
    """A folder with an encoder and two artists, one of whom brings a picture."""
    import torch

    folder = tmp_path_factory.mktemp("adain")
    torch.save(states[0], folder / "vgg_normalised.pth")
    torch.save(states[1], folder / "Klimt.pth")
    whole = {"decoder": states[1], "epoch": 7, "optimizer": {"state": {}, "param_groups": []}}
    torch.save(whole, folder / "Monet_160000.tar")
    Image.fromarray(_pixels(1, 40, 56)).save(folder / "Klimt.png")
    return folder


def _noise(seed: int, height: int, width: int) -> "torch.Tensor":
    import torch

    return torch.rand((1, 3, height, width), generator=torch.Generator().manual_seed(seed))


def _pixels(seed: int, height: int, width: int) -> Pixels:
    return np.asarray((_noise(seed, height, width)[0].permute(1, 2, 0) * 255).byte())


def _close(one: "torch.Tensor", other: "torch.Tensor") -> bool:
    return one.shape == other.shape and bool((one - other).abs().max() < 1e-4)


@pytest.mark.parametrize("size", [(16, 16), (17, 43), (65, 31)])
def test_the_encoder_gives_what_the_layout_says(
    code: Any, states: Any, networks: Any, size: tuple[int, int]
) -> None:
    picture = _noise(3, *size)
    features = code.adain.encoded(networks[0], picture, lambda _: None)
    assert _close(features, reference.features(states[0], picture))


def test_the_decoder_gives_what_the_layout_says(code: Any, states: Any, networks: Any) -> None:
    features = _noise(4, 5, 6).repeat(1, 171, 1, 1)[:, :512]
    picture = code.adain.decoded(networks[1], features, lambda *_: None)
    assert _close(picture, reference.picture(states[1], features))


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_statistics_are_exchanged_as_far_as_alpha_says(
    code: Any, states: Any, networks: Any, alpha: float
) -> None:
    content, style = (reference.features(states[0], _noise(seed, 33, 49)) for seed in (5, 6))
    ours = code.adain.restyled(content, code.adain.statistics(style), alpha)
    assert _close(ours, reference.restyled(content, style, alpha))


def test_a_photo_in_its_own_style_is_what_the_decoder_makes_of_it(
    code: Any, states: Any, networks: Any
) -> None:
    content = reference.features(states[0], _noise(7, 41, 33))
    ours = code.adain.restyled(content, code.adain.statistics(content), 1.0)
    assert _close(
        code.adain.decoded(networks[1], ours, lambda *_: None),
        reference.picture(states[1], content),
    )


@pytest.mark.parametrize("size", [(200, 72), (77, 197)])
def test_tiles_join_to_what_the_whole_picture_would_be(
    code: Any, networks: Any, size: tuple[int, int]
) -> None:
    picture = _noise(8, *size)
    heard: list[float] = []
    whole = code.adain.encoded(networks[0], picture, lambda _: None, 1024)
    tiled = code.adain.encoded(networks[0], picture, heard.append, 64)
    assert _close(tiled, whole)
    assert heard[-1] == 1
    assert len(heard) > 4
    painting = code.adain.decoded(networks[1], whole, lambda *_: None, 1024)
    assert _close(code.adain.decoded(networks[1], whole, lambda *_: None, 64), painting)


def test_a_photo_is_painted_by_each_artist_at_its_own_size(code: Any, files: Path) -> None:
    model = code.model.Model(LoadContext(files, "cpu", 1))
    photo, style = _pixels(2, 61, 45), _pixels(3, 40, 40)
    stages: list[str] = []

    def paint(**params: Any) -> Any:
        images = {"style_image": params.pop("picture")} if "picture" in params else {}
        request = SimpleNamespace(
            image=photo,
            params=params,
            images=images,
            rgba=None,
            report=lambda stage, *_: stages.append(stage),
        )
        return model.predict([request])[0].pixels

    klimt, own = paint(artist="Klimt"), paint(artist="Klimt", picture=style)
    assert klimt.shape == photo.shape
    assert not np.array_equal(klimt, own)
    assert np.array_equal(own, paint(artist="Monet_160000", picture=style))
    assert list(dict.fromkeys(stages)) == ["style", "encode", "paint", "enlarge"]
    assert paint(artist="Klimt", stroke=256, preserve_color=True).shape == photo.shape
    with pytest.raises(InvalidParams, match="style_image: choose a picture"):
        paint(artist="Monet_160000")


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("code ran",))


def _without(state: "dict[str, torch.Tensor]") -> Any:
    return {name: value for name, value in state.items() if name != "8.weight"}


def _reshaped(state: "dict[str, torch.Tensor]") -> Any:
    import torch

    return state | {"5.weight": torch.zeros(256, 256, 1, 1)}


def _parallel(state: "dict[str, torch.Tensor]") -> Any:
    return {f"module.{name}": value for name, value in state.items()}


def _with_code(state: "dict[str, torch.Tensor]") -> Any:
    return state | {"evil": Evil()}


def _two(state: "dict[str, torch.Tensor]") -> Any:
    return {"decoder": state, "ema": state}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without, r"bad.pth is not a decoder of AdaIN: it has no 8.weight\."),
        (_reshaped, r"5.weight has the shape \[256, 256, 1, 1\], not \[256, 256, 3, 3\]\."),
        (_parallel, r"names begin with 'module.': save the network within DataParallel\."),
        (_with_code, r"bad.pth: not a checkpoint that holds tensors and nothing else\."),
        (_two, r"bad.pth: holds several state dicts: decoder, ema\."),
        (lambda _: {}, r"bad.pth: holds no state dict"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_in_one_sentence(
    code: Any,
    files: Path,
    states: Any,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    spoil: Callable[[Any], Any],
    reason: str,
) -> None:
    import torch

    (tmp_path / "vgg_normalised.pth").symlink_to(files / "vgg_normalised.pth")
    torch.save(spoil(states[1]), tmp_path / "bad.pth")
    with pytest.raises(LoadError, match=reason):
        code.model.Model(LoadContext(tmp_path, "cpu", 1))
    assert "code ran" not in capfd.readouterr().out
