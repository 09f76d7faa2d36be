"""Finding images in folders, and saying what was left out."""

from pathlib import Path

import pytest

from client.errors import ClientError
from client.find import LeftOut, describe, find
from imagefile.formats import NAMES

JPEG = b"\xff\xd8\xff\xe0" + bytes(16)
NO_IMAGE = f"not a {NAMES} image"


def put(*paths: Path, content: bytes = b"x") -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_a_folder_is_searched_for_images_in_order(tmp_path: Path) -> None:
    put(tmp_path / "b.JPG", tmp_path / "a" / "z.webp")
    put(tmp_path / ".hidden.png", tmp_path / ".cache" / "c.png")

    found = find([tmp_path], outside=tmp_path / "results")

    assert found.images == [tmp_path / "a" / "z.webp", tmp_path / "b.JPG"]
    assert found.left_out == []


def test_an_image_is_known_by_its_first_bytes_whatever_its_name(tmp_path: Path) -> None:
    put(tmp_path / "IMG_0001", tmp_path / "scan.jfif", content=JPEG)
    put(tmp_path / "logo", content=b"\x89PNG\r\n\x1a\n" + bytes(8))
    put(tmp_path / "web", content=b"RIFF\0\0\0\0WEBPVP8 ")
    put(tmp_path / "sound", content=b"RIFF\0\0\0\0WAVEfmt ")

    found = find([tmp_path], outside=tmp_path / "results")

    assert [path.name for path in found.images] == ["IMG_0001", "logo", "scan.jfif", "web"]
    assert found.left_out == [LeftOut(tmp_path / "sound", NO_IMAGE)]


def test_what_is_left_out_of_a_mixed_folder_is_named(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", tmp_path / "b.txt", tmp_path / "sub" / "c.mov")
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "absent.jpg")

    found = find([tmp_path], outside=tmp_path / "results")

    assert found.images == [tmp_path / "a.jpg"]
    assert found.left_out == [
        LeftOut(tmp_path / "b.txt", NO_IMAGE),
        LeftOut(tmp_path / "broken.jpg", "not a regular file"),
        LeftOut(tmp_path / "sub" / "c.mov", NO_IMAGE),
    ]


def test_a_link_to_a_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "photos" / "a.jpg", tmp_path / "other" / "b.jpg")
    (tmp_path / "photos" / "link").symlink_to(tmp_path / "other")

    found = find([tmp_path / "photos"], outside=tmp_path / "results")

    assert found.images == [tmp_path / "photos" / "a.jpg"]
    assert found.left_out == [LeftOut(tmp_path / "photos" / "link", "a link to a folder")]


def test_a_file_that_is_named_is_submitted_whatever_it_is(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", tmp_path / "b.txt")

    found = find([tmp_path, tmp_path / "b.txt"], outside=tmp_path / "results")

    assert found.images == [tmp_path / "a.jpg", tmp_path / "b.txt"]
    assert found.left_out == []


def test_the_sentence_counts_all_and_names_the_first() -> None:
    many = [LeftOut(Path(f"{number}.txt"), NO_IMAGE) for number in range(7)]

    assert describe(many[:1]) == f"1 file was left out: 0.txt ({NO_IMAGE})."
    assert describe(many).startswith("7 files were left out: 0.txt")
    assert describe(many).endswith(f"4.txt ({NO_IMAGE}), and 2 more.")


def test_results_inside_the_folder_are_neither_submitted_nor_named(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", tmp_path / "results" / "a.png", tmp_path / "results" / "a.json")

    found = find([tmp_path], outside=tmp_path / "results")

    assert (found.images, found.left_out) == ([tmp_path / "a.jpg"], [])


def test_a_file_named_twice_is_found_once(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")

    found = find([tmp_path, tmp_path / "a.jpg"], outside=tmp_path / "results")

    assert found.images == [tmp_path / "a.jpg"]


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ClientError) as caught:
        find([tmp_path / "absent"], outside=tmp_path)
    assert caught.value.code == "path_not_found"


def test_a_folder_without_images_is_an_error_that_says_what_is_there(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")

    with pytest.raises(ClientError) as caught:
        find([tmp_path], outside=tmp_path / "results")
    assert caught.value.code == "no_images"
    assert "1 file was left out" in str(caught.value)
