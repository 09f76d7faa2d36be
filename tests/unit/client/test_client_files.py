"""Measuring and splitting files."""

import hashlib
import os
from pathlib import Path

import pytest

from client.contract import Limits
from client.errors import ClientError
from client.files import Source, measure, shown, split
from client.results import ResultNames, write_atomically

LIMITS: Limits = {"max_images_per_upload": 2, "max_image_bytes": 5_000, "max_upload_bytes": 10_000}


def test_a_file_is_measured_by_size_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xffli")

    source = measure(tmp_path / "a.jpg", most_bytes=5)

    assert (source.size, source.sha256) == (5, hashlib.sha256(b"\xff\xd8\xffli").hexdigest())
    with pytest.raises(ClientError):
        measure(tmp_path / "a.jpg", most_bytes=4)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")

    with pytest.raises(ClientError) as caught:
        measure(tmp_path / "pipe.jpg")
    assert caught.value.code == "not_a_file"


def test_a_name_cannot_steer_the_terminal_or_turn_its_line_around() -> None:
    assert shown("a\x1b[2J\nb\u202egpj.exe") == "a\\x1b[2J\\nb\\u202egpj.exe"
    kept = "사진 👩\u200d👧 \u0645\u06cc\u200c\u062e.jpg"
    assert shown(kept) == kept


def test_uploads_keep_both_limits_and_the_order() -> None:
    sizes = [1_000, 1_000, 1_000, 5_000, 5_000, 1_000]
    sources = [Source(Path(f"{i}.jpg"), size, "") for i, size in enumerate(sizes)]

    batches = split(sources, LIMITS)

    assert [[source.path.stem for source in batch] for batch in batches] == [
        ["0", "1"],
        ["2", "3"],
        ["4", "5"],
    ]
    assert split([], LIMITS) == []


def test_files_that_share_a_name_get_results_of_their_own() -> None:
    names = ResultNames(["scan"])

    claimed = [names.claim(stem) for stem in ("Scan", "scan", "other", "scan-2")]

    assert claimed == ["Scan-2", "scan-3", "other", "scan-2-2"]


def test_names_that_some_systems_hold_for_the_same_get_results_of_their_own() -> None:
    names = ResultNames()
    assert names.claim("caf\u00e9") == "caf\u00e9"
    assert names.claim("cafe\u0301") == "cafe\u0301-2"


@pytest.mark.parametrize("stem", ["n" * 251, "\uc0ac" * 83, "\udcb0" * 251])
def test_a_result_of_the_longest_name_can_be_written(tmp_path: Path, stem: str) -> None:
    names = ResultNames()
    first, second = names.claim(stem), names.claim(stem)
    pages = [names.claim(first, f"-page{page}") for page in (2, 100)]
    claimed = [first, second, *pages]
    assert all(name.startswith(stem[:70]) for name in claimed)
    for name in claimed:
        write_atomically(tmp_path / f"{name}.webp", b"content")
    assert {one.stem for one in tmp_path.iterdir()} == set(claimed)


def test_whatever_name_a_file_can_have_it_is_written_whole(tmp_path: Path) -> None:
    for name in ("n" * 251 + ".zip", "\uc0ac" * 83 + ".json"):
        write_atomically(tmp_path / name, b"content")
        assert (tmp_path / name).read_bytes() == b"content"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_no_server_takes_is_known_before_it_is_sent(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"These are notes.")
    with pytest.raises(ClientError) as refused:
        measure(tmp_path / "a.jpg", most_bytes=100)
    assert refused.value.code == "unsupported_format"


@pytest.mark.parametrize(
    ("document", "head"),
    [("b.PDF", b"%PDF-1.7"), ("b.tif", b"II*\0\x08\0\0\0"), ("scan.jpg", b"MM\0*\0\0\0\x08")],
)
def test_a_document_goes_by_itself_since_its_pages_count_as_images(
    document: str, head: bytes, tmp_path: Path
) -> None:
    limits = Limits(max_images_per_upload=9, max_image_bytes=99, max_upload_bytes=1_000_000)
    sources = []
    for name in ("a.jpg", document, "c.jpg", "d.jpg"):
        (tmp_path / name).write_bytes(head if name == document else b"\xff\xd8\xff\xe0")
        sources.append(measure(tmp_path / name, most_bytes=99))
    names = [[one.path.name for one in batch] for batch in split(sources, limits)]
    assert names == [["a.jpg"], [document], ["c.jpg", "d.jpg"]]
