"""File names: whatever bytes they came in, they are kept as they were meant."""

import random
import unicodedata

import pytest

from uploads.file_names import clean_name, decoded, is_blank, shown

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def anything(length: int) -> str:
    return "".join(chr(random.randrange(0x110000)) for _ in range(length))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("  photo.jpg\t", "photo.jpg"),
        ("cafe\u0301.png", "café.png"),
        ("a\u200bb\u2028c\x7f\0\ud800.png", "abc.png"),
        ("two\r\nlines.png", "two lines.png"),
        ("x" * 300, "x" * 255),
        (f"{FAMILY} family.png", f"{FAMILY} family.png"),
        (f"{ENGLAND}.png", f"{ENGLAND}.png"),
        (f"{PERSIAN}.png", f"{PERSIAN}.png"),
        ("scan\\2024.png", "scan\\2024.png"),
        ('say "hi".png', 'say "hi".png'),
        ("gnp\u202egpj.exe", "gnp\u202egpj.exe"),
        ("e\u200b\u0301.png", "é.png"),
    ],
)
def test_a_name_is_kept_as_it_was_written(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_any_name_becomes_one_that_can_be_kept() -> None:
    for _ in range(500):
        name = clean_name(anything(20))
        assert len(name) <= 255
        assert not {unicodedata.category(c) for c in name} & {"Cc", "Cs", "Zl", "Zp"}
        assert name.encode()
        assert clean_name(name) == name


@pytest.mark.parametrize(
    ("kept", "seen"),
    [
        ("gnp\u202egpj.exe", "gnpgpj.exe"),
        ("\u2066a\u2069b\u202d\u202c.png", "ab.png"),
        ("תמונה\u200f 1.png", "תמונה\u200f 1.png"),
        (f"{FAMILY}.png", f"{FAMILY}.png"),
    ],
)
def test_a_name_is_shown_in_the_direction_of_its_letters(kept: str, seen: str) -> None:
    assert shown(kept) == seen


@pytest.mark.parametrize(
    ("name", "is_so"),
    [("", True), ("\u200d", True), ("\u202e \u200f", True), ("a", False), (FAMILY, False)],
)
def test_a_name_of_which_nothing_is_seen_is_blank(name: str, is_so: bool) -> None:
    assert is_blank(name) is is_so


@pytest.mark.parametrize(
    ("name", "charset"),
    [
        *(("사진 1.png", "euc-kr"), ("영수증.png", "cp949"), ("제주도 여행 2019.jpg", "cp949")),
        *(("写真1.png", "shift_jis"), ("家族の写真.jpg", "cp932"), ("表示.png", "cp932")),
        *(("日本語.png", "euc-jp"), ("レシート.png", "shift_jis")),
        *(("我的照片.jpg", "gbk"), ("发票.jpg", "gb18030"), ("照片.jpg", "big5")),
        *(("café.jpg", "latin-1"), ("Größe.png", "latin-1"), ("España 2.jpg", "latin-1")),
        *(("été à la plage.jpg", "cp1252"), ("“quoted”.jpg", "cp1252")),
        *(("фото.jpg", "cp1251"), ("фото.jpg", "koi8-r"), ("zdjęcie.jpg", "cp1250")),
        *(("φωτογραφία.jpg", "cp1253"), ("תמונה.png", "cp1255"), ("รูปภาพ.png", "tis-620")),
        *(("한국어 日本語 café.png", "utf-8"), ("plain.png", "ascii")),
    ],
)
def test_a_name_is_read_in_the_charset_that_it_fits(name: str, charset: str) -> None:
    assert decoded([name.encode(charset)]) == [name]


def test_names_of_one_upload_are_judged_together() -> None:
    names = ["写.png", "家族の写真.jpg", "旅行の写真.jpg", "plain.png", "日本.png"]
    assert decoded([name.encode("cp932") for name in names[:4]] + [names[4].encode()]) == names


def test_a_name_in_no_charset_is_kept_with_escapes() -> None:
    assert decoded([b"a\x81\xff\x00.png"]) == ["a\\x81\\xff\x00.png"]


def test_any_bytes_become_a_name() -> None:
    for _ in range(200):
        names = [random.randbytes(random.randrange(1, 30)) for _ in range(3)]
        texts = decoded(names)
        assert len(texts) == 3
        assert all(text.encode() for text in texts)
