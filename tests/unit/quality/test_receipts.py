"""Receipts that are made up add up, and are others for each seed."""

import re

import numpy as np
import pytest

from quality.receipts import KINDS, made_receipt
from quality.texts import RECEIPT_LANGUAGES, TEXT_SETS, goods


@pytest.mark.parametrize("language", RECEIPT_LANGUAGES)
def test_a_receipt_adds_up_and_another_seed_gives_another(language: str) -> None:
    made = [made_receipt(language, "tuning", np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    *prices, total, tax, whole = (float(row[1].replace(",", "")) for row in made[0][1:])
    assert sum(prices) == pytest.approx(total)
    assert total + tax == pytest.approx(whole)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", RECEIPT_LANGUAGES)
def test_a_receipt_of_every_kind_adds_up(language: str, kind: str) -> None:
    rows = made_receipt(language, "tuning", np.random.default_rng(3), kind)
    *prices, total, _, _ = (float(re.sub(r"[^\d.-]", "", row[1])) for row in rows[1:])
    assert sum(prices) == pytest.approx(total)
    assert (min(prices) < 0) is (kind == "discounts")
    for item, amount in rows[1:-3]:
        count = re.search(r" (\d) x ([\d,.]+)$", item)
        if kind == "quantities":
            assert count
            each = float(count[2].replace(",", ""))
            assert int(count[1]) * each == pytest.approx(float(amount.replace(",", "")))


@pytest.mark.parametrize("language", RECEIPT_LANGUAGES)
def test_no_goods_are_in_both_sets(language: str) -> None:
    held_out, tuning = (set(goods(language, name)) for name in TEXT_SETS)
    assert not held_out & tuning
