"""A text with corrected lines: its spaces, breaks and paragraphs stay where they were."""

from typing import Any

from uploads.corrected_text import corrected


def output(*lines: str, **more: Any) -> dict[str, Any]:
    regions = [{"text": line, "polygon": [], "confidence": 0.9} for line in lines]
    return {"kind": "text", "text": "\n".join(lines), "paragraphs": [], "regions": regions, **more}


def test_a_line_is_replaced_where_it_stands() -> None:
    read = output(
        *("Total", "12.00", "Thanks", "and bye"),
        text="Total  12.00\n\nThanks\nand bye",
        paragraphs=["Total 12.00", "Thanks and bye"],
    )
    found = corrected(read, {1: "12.50", 3: "and good-bye"})
    assert found["text"] == "Total  12.50\n\nThanks\nand good-bye"
    assert found["paragraphs"] == ["Total 12.50", "Thanks and good-bye"]
    assert found["corrected_lines"] == [1, 3]
    assert found["regions"][1] == {
        **read["regions"][1],
        "text": "12.50",
        "original": "12.00",
    }
    assert found["regions"][0] == read["regions"][0]


def test_equal_lines_are_told_apart_by_their_place() -> None:
    read = output("1", "1", "1")
    assert corrected(read, {1: "7"})["text"] == "1\n7\n1"


def test_what_reads_as_the_model_read_it_is_no_correction() -> None:
    read = output("a", "b")
    assert corrected(read, {0: "a", 1: "b"}) == read


def test_a_line_that_the_text_does_not_hold_makes_it_anew_line_by_line() -> None:
    read = output("one", "two", text="ONE TWO", paragraphs=["ONE TWO"])
    found = corrected(read, {1: "three"})
    assert found["text"] == "one\nthree"
    assert found["paragraphs"] == ["one\nthree"]


def test_a_line_may_be_emptied() -> None:
    found = corrected(output("a", "speck", "b", paragraphs=["a", "speck", "b"]), {1: ""})
    assert found["text"] == "a\n\nb"
    assert found["paragraphs"] == ["a", "b"]
