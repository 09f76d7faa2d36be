"""Letters that look alike are those of the script that their neighbors are written in."""

import pytest

from quality.texts import LANGUAGES, TEXT_SETS, sentences
from tests.shipped import code_of

ocr = code_of("ocr", "2")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("水をやリます", "水をやります"),
        ("リ遅れて三十分", "り遅れて三十分"),
        ("月曜日にリんごを", "月曜日にりんごを"),
        ("学校ヘ行く", "学校へ行く"),
        ("すベて", "すべて"),
        ("アイスク力ート", "アイスクカート"),
        ("葉がべンチに", "葉がベンチに"),
        ("ぺン", "ペン"),
        ("サラりーマン", "サラリーマン"),
        ("第ー回", "第一回"),
        ("ケ-キ", "ケーキ"),
        ("新宿区ニ丁目", "新宿区二丁目"),
        ("人ロ調査", "人口調査"),
    ],
)
def test_a_letter_is_read_in_the_script_of_its_neighbors(read: str, meant: str) -> None:
    assert ocr.kana.settled(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "メモリ",
        "リボンとリンゴ",
        "やはりアリが",
        "プールへバスで行く",
        "プールへ行く",
        "ヘリコプター",
        "コーヒー",
        "ビール一ケース",
        "コーヒー二ダース",
        "食べログ",
        "それよりテレビ",
        "三カ月",
        "入口と出口",
        "力を出す",
        "ハイキング八回",
        "リ",
        "リ 10",
        "千円",
        "夕方の工場",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert ocr.kana.settled(text) == text


def test_no_sentence_of_the_quality_set_is_changed() -> None:
    for text_set in TEXT_SETS:
        for language in LANGUAGES:
            for sentence in sentences(language, text_set):
                assert ocr.kana.settled(sentence) == sentence
