"""Receipts that nobody wrote: goods, prices and what they come to, others for each seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from quality.texts import TextSet, goods


@dataclass(frozen=True)
class _Form:
    """How a country writes its receipts."""

    headings: Sequence[str]
    ending: Sequence[str]
    """What the sum, the tax and both together are called."""
    step: int
    """What prices are a multiple of."""
    steps: int
    """The dearest price, in steps."""
    written: Callable[[int], str]


_FORMS: Final = {
    "ko": _Form(
        ("영수증", "현금 영수증", "감사합니다"),
        ("소계", "부가세", "합계"),
        10,
        3_000,
        "{:,}".format,
    ),
    "en": _Form(
        ("Receipt", "Thank you", "Your order"),
        ("Subtotal", "Tax 10%", "Total"),
        5,
        1_000,
        lambda cents: f"{cents / 100:,.2f}",
    ),
}
LEAST, MOST = 5, 9
"""Goods on a receipt."""


def made_receipt(
    language: str, text_set: TextSet, random: np.random.Generator
) -> Sequence[tuple[str, ...]]:
    """The rows of a receipt: (heading,) or (item, amount)."""
    form = _FORMS[language]
    count = int(random.integers(LEAST, MOST + 1))
    chosen = random.choice(goods(language, text_set), count, replace=False).tolist()
    prices = (random.integers(20, form.steps, count) * form.step).tolist()
    total = sum(prices)
    entries = [*zip(chosen, prices, strict=True)]
    entries += zip(form.ending, (total, total // 10, total + total // 10), strict=True)
    heading = str(random.choice(form.headings))
    return [(heading,), *((item, form.written(price)) for item, price in entries)]
