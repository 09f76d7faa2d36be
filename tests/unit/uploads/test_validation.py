"""Names and parameters, judged without a database."""

import random
import re
from pathlib import Path
from typing import Any

import pytest

from uploads.catalog.params import MAX_PARAMS_DEPTH, plain_params
from uploads.errors import InvalidParams
from uploads.storage import keys, local


def anything(length: int) -> str:
    return "".join(chr(random.randrange(0x110000)) for _ in range(length))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("My photo (1).jpg", "My-photo-1-.jpg"),
        ("smörgås.png", "smorgas.png"),
        ("日本", "image"),
        ("..", "image"),
        (".htaccess", "htaccess"),
        ("-rf", "rf"),
        ("a/../b", "a-..-b"),
        ("", "image"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
    ],
)
def test_a_name_is_kept_as_plain_ascii(sent: str, kept: str) -> None:
    assert keys.safe_name(sent) == kept


def test_any_name_is_kept_as_one_plain_path_part() -> None:
    for _ in range(500):
        name = keys.safe_name(anything(30))
        assert 0 < len(name) <= 100
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        assert name[0] not in "-."


@pytest.mark.parametrize("key", ["..", "../x", "a/../../x", "/etc/passwd", "", "."])
def test_no_key_leads_out_of_the_storage(key: str) -> None:
    with pytest.raises(ValueError, match="leads out of the storage"):
        local.path_of(key)


def test_no_link_leads_out_of_the_storage_and_one_to_the_storage_is_followed(
    tmp_path: Path, settings: Any
) -> None:
    for name in ("old", "new", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "old" / "1").symlink_to(tmp_path / "elsewhere")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.symlink_to(tmp_path / "old")
    assert local.path_of("2/x") == tmp_path / "old" / "2" / "x"
    with pytest.raises(ValueError, match="leads out of the storage"):
        local.path_of("1/x")
    settings.MEDIA_ROOT.unlink()
    settings.MEDIA_ROOT.symlink_to(tmp_path / "new")
    assert local.path_of("1/x") == tmp_path / "new" / "1" / "x"


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"a": [1, -1.5, True, None, "text 🖼", {"b": []}]},
        {"a": (1 << 63) - 1, "b": -(1 << 63) + 1},
        nested(MAX_PARAMS_DEPTH),
        {"a": "\\u0000"},
    ],
)
def test_plain_parameters_pass_unchanged(params: dict[str, Any]) -> None:
    assert plain_params(params) is params


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        "text",
        1,
        {"a": "\0"},
        {"\0": 1},
        {"a": ["\ud800"]},
        {"\udfff": 1},
        {"a": 1 << 63},
        {"a": [-(1 << 63)]},
        nested(MAX_PARAMS_DEPTH + 1),
        nested(100_000),
        {"a": "x" * 16_384},
    ],
)
def test_parameters_that_cannot_be_kept_are_refused(params: Any) -> None:
    with pytest.raises(InvalidParams) as refused:
        plain_params(params)
    assert [fault.field for fault in refused.value.faults] == ["params"]
