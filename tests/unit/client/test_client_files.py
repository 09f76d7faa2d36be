"""Finding, measuring and splitting files."""

import hashlib
from pathlib import Path

import pytest

from client.contract import Limits
from client.errors import ClientError
from client.files import Source, find, measure, split
from client.results import ResultNames

LIMITS: Limits = {"max_images_per_upload": 2, "max_image_bytes": 5_000, "max_upload_bytes": 10_000}


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_a_folder_is_searched_for_images_in_order(tmp_path: Path) -> None:
    touch(tmp_path / "b.JPG", tmp_path / "a" / "z.webp", tmp_path / "notes.txt")
    touch(tmp_path / ".hidden.png", tmp_path / ".cache" / "c.png")

    found = find([tmp_path], outside=tmp_path / "results")

    assert found == [tmp_path / "a" / "z.webp", tmp_path / "b.JPG"]


def test_results_inside_the_folder_are_not_submitted_again(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg", tmp_path / "results" / "a.png")

    assert find([tmp_path], outside=tmp_path / "results") == [tmp_path / "a.jpg"]


def test_a_file_named_twice_is_found_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")

    assert len(find([tmp_path, tmp_path / "a.jpg"], outside=tmp_path / "results")) == 1


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ClientError) as caught:
        find([tmp_path / "absent"], outside=tmp_path)
    assert caught.value.code == "path_not_found"


def test_a_folder_without_images_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ClientError) as caught:
        find([tmp_path], outside=tmp_path / "results")
    assert caught.value.code == "no_images"


def test_a_file_is_measured_by_size_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"light")

    source = measure(tmp_path / "a.jpg", most_bytes=5)

    assert (source.size, source.sha256) == (5, hashlib.sha256(b"light").hexdigest())
    with pytest.raises(ClientError):
        measure(tmp_path / "a.jpg", most_bytes=4)


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
