"""What a reading is given for: letters, their order, and amounts beside their items."""

import pytest

from quality.scores import amounts_right, distance, error_rate, line_error_rate


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [
        ("", "", 0),
        ("abc", "", 3),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("가나다", "나다라", 2),
    ],
)
def test_a_distance_counts_insertions_removals_and_replacements(
    first: str, second: str, edits: int
) -> None:
    assert distance(first, second) == edits


def test_forms_of_quotes_and_of_width_are_no_errors() -> None:
    assert error_rate(["\u201c\uff21bc\u201d  d"], '"Abc" d') == 0


def test_lines_in_another_order_are_errors_in_order_only() -> None:
    truth = ["the first line", "and another one"]
    assert error_rate(truth, "\n".join(reversed(truth))) > 0.5
    assert line_error_rate(truth, list(reversed(truth))) == 0


def test_a_line_too_many_is_an_error() -> None:
    assert line_error_rate(["abcd"], ["abcd", "xy"]) == 0.5


def test_an_amount_counts_beside_its_own_item_alone() -> None:
    amounts = [("Milk", "1.85"), ("Bread", "2.40")]
    assert amounts_right(amounts, ["Milk 1.85", "Bread 2.40"]) == 2
    assert amounts_right(amounts, ["Milk 2.40", "Bread 1.85"]) == 0
    assert amounts_right(amounts, ["Milk 1.8S", "Brcad 2.40"]) == 1


def test_an_amount_counts_beside_an_item_whose_name_is_misread_as_a_whole() -> None:
    amounts = [("ノート", "1,540"), ("洗剤", "640")]
    assert amounts_right(amounts, ["領収書", "八一卜 1,540", "洗剤 640"]) == 2
    assert amounts_right(amounts, ["領収書", "八一卜 640", "洗剤 1,540"]) == 0


def test_amounts_beside_the_same_name_stand_in_their_order() -> None:
    amounts = [
        ("Milk", "1.85"),
        ("2 x 0.80 \N{EURO SIGN}", "1.60"),
        ("Off", "-1.00"),
        ("Off", "-0.20"),
    ]
    lines = [
        "Receipt",
        "Milk 1.85",
        "Oat drink",
        "2 x 0.80 \N{EURO SIGN} 1.60",
        "Off -1.00",
        "Off -0.20",
    ]
    assert amounts_right(amounts, lines) == 4
    assert amounts_right(amounts, [*lines[:4], *reversed(lines[4:])]) == 2


@pytest.mark.parametrize(
    ("amount", "line", "right"),
    [
        ("-1.85", "Milk -1.85", 1),
        ("-1.85", "Milk \N{MINUS SIGN}1.85", 1),
        ("-1.85", "Milk 1.85", 0),
        ("1.85", "Milk -1.85", 0),
        ("1.85", "Milk - 1.85", 0),
        ("$1.85", "Milk $ 1.85", 1),
        ("1.85 \N{EURO SIGN}", "Milk 1.85\N{EURO SIGN}", 1),
        ("$1.85", "Milk 1.85", 0),
        ("1.85", "Milk $1.85", 0),
        ("\N{WON SIGN}1,850", "Milk W1,850", 0),
        ("1,850円", "Milk 1,850", 0),
        ("1,850", "Milk 1.850", 0),
        ("1.85", "Milk11.85", 0),
        ("1.85", "Milk", 0),
        ("1.85", "1.85", 0),
    ],
)
def test_an_amount_is_right_with_its_sign_and_currency_beside_a_name(
    amount: str, line: str, right: int
) -> None:
    assert amounts_right([("Milk", amount)], [line]) == right


def test_without_lines_or_amounts_none_is_right() -> None:
    assert amounts_right([("Milk", "1.85")], []) == 0
    assert amounts_right([], ["Milk 1.85"]) == 0
