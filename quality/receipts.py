"""Receipts that nobody wrote: goods, prices and what they come to, others for each seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from quality.texts import TextSet, goods

KINDS: Final = ("plain", "signs", "discounts", "quantities")
"""What a receipt has beside items and amounts: signs of the currency, discounts, unit prices."""


@dataclass(frozen=True)
class _Form:
    """How a country writes its receipts."""

    headings: Sequence[str]
    ending: Sequence[str]
    """What the sum, the tax and both together are called."""
    discount: str
    step: int
    """What prices are a multiple of."""
    steps: int
    """The dearest price, in steps."""
    written: Callable[[int], str]
    signed: Sequence[Callable[[str], str]]
    """How an amount is written with the sign of a currency."""


def _cents(cents: int) -> str:
    return f"{cents / 100:,.2f}"


_FORMS: Final = {
    "ko": _Form(
        ("영수증", "현금 영수증", "감사합니다"),
        ("소계", "부가세", "합계"),
        "할인",
        10,
        3_000,
        "{:,}".format,
        ("{}원".format, "\N{WON SIGN}{}".format),
    ),
    "en": _Form(
        ("Receipt", "Thank you", "Your order"),
        ("Subtotal", "Tax 10%", "Total"),
        "Discount",
        5,
        1_000,
        _cents,
        ("${}".format, "\N{EURO SIGN}{}".format, "\N{POUND SIGN}{}".format),
    ),
    "ja": _Form(
        ("領収書", "レシート", "ご利用明細"),
        ("小計", "消費税", "合計"),
        "値引き",
        10,
        300,
        "{:,}".format,
        ("{}円".format, "\N{YEN SIGN}{}".format),
    ),
}
LEAST, MOST = 5, 9
"""Goods on a receipt."""


def made_receipt(
    language: str, text_set: TextSet, random: np.random.Generator, kind: str = "plain"
) -> Sequence[tuple[str, ...]]:
    """The rows of a receipt: (heading,) or (item, amount)."""
    form = _FORMS[language]
    count = int(random.integers(LEAST, MOST + 1))
    chosen = random.choice(goods(language, text_set), count, replace=False).tolist()
    prices = (random.integers(20, form.steps, count) * form.step).tolist()
    written = form.written
    if kind == "quantities":
        counts = random.integers(1, 6, count).tolist()
        chosen = [
            f"{item} {number} x {written(price)}"
            for item, number, price in zip(chosen, counts, prices, strict=True)
        ]
        prices = [number * price for number, price in zip(counts, prices, strict=True)]
    if kind == "discounts":
        off = -int(random.integers(1, min(prices) // form.step)) * form.step
        place = int(random.integers(1, count + 1))
        chosen.insert(place, form.discount)
        prices.insert(place, off)
    total = sum(prices)
    entries = [*zip(chosen, prices, strict=True)]
    entries += zip(form.ending, (total, total // 10, total + total // 10), strict=True)
    heading = str(random.choice(form.headings))
    if kind == "signs":
        signed = form.signed[int(random.integers(len(form.signed)))]
        return [(heading,), *((item, signed(written(price))) for item, price in entries)]
    return [(heading,), *((item, written(price)) for item, price in entries)]
