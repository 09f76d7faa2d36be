"""Which of the symbols that Tesseract read stand between Latin runs, and which are their letters.

Their order can be trusted, their places less so: the assignment keeps the order and moves them as
little as it can, by Viterbi's algorithm.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hangul import PLAIN, SURE, Ink, Span, is_hangul, is_narrow, spans
from tesseract import Symbol

SYLLABLE = 0.5
"""Ink that is wider is a syllable's. This and the lengths below are over the letters' height."""
GAP = 0.3
"""The widest gap within it."""
NEAR = 1.5
"""How near at a run a symbol that isn't Hangul is most likely a letter of it."""
SLACK, QUOTE_SLACK = 0.35, 0.1
"""How far a mark's ink may reach beyond the columns that Tesseract gives it; the same of one for
which it also takes parts of letters."""
QUOTES = frozenset("\"'.,-~")


def between(
    symbols: Sequence[Symbol], runs: Sequence[Span], ink: Ink, height: int
) -> list[list[Symbol]]:
    """The symbols before, between and after the runs: one list more than there are runs."""
    if not runs:
        return [list(symbols)]
    count = 2 * len(runs) + 1
    best, steps = np.zeros(count), []
    for symbol in symbols:
        moved = _moved(symbol, symbols, runs, ink, height)
        earlier = [int(np.argmin(best[: slot + 1])) for slot in range(count)]
        # What has ink of its own beside the runs is none of their letters.
        least = 1.0 if _is_mark_beside(moved, symbols, runs, ink, height) else 0.0
        costs = [_cost(moved, slot, runs, height) for slot in range(count)]
        best = best[earlier] + [max(cost, least * (at % 2)) for at, cost in enumerate(costs)]
        steps.append(earlier)
    found: list[list[Symbol]] = [[] for _ in range(len(runs) + 1)]
    slot = int(np.argmin(best))
    for symbol, earlier in zip(reversed(symbols), reversed(steps), strict=True):
        if slot % 2 == 0:
            found[slot // 2].insert(0, symbol)
        slot = earlier[slot]
    return found


def _cost(symbol: Symbol, slot: int, runs: Sequence[Span], height: int) -> float:
    """What it costs to have a symbol in a slot: even ones are beside the runs, odd ones in them."""
    if slot % 2:
        return _cost_in(symbol, runs[slot // 2], height)
    place = (symbol.left + symbol.right) / 2
    low = runs[slot // 2 - 1].end if slot else -np.inf
    high = runs[slot // 2].first if slot < 2 * len(runs) else np.inf
    cost = max(low - place, place - high, 0.0) / height
    if is_hangul(symbol.text):
        return float(cost)
    near = min(_distance(symbol, run) for run in runs) < NEAR * height
    return float(cost + (0.3 if symbol.text in PLAIN else 1.5 if near else 0.4))


def _cost_in(symbol: Symbol, run: Span, height: int) -> float:
    if not is_hangul(symbol.text):
        return _distance(symbol, run) / height
    place = (symbol.left + symbol.right) / 2
    outside = max(run.first - place, place - run.end) / height
    least = 0.4 if symbol.confidence >= SURE and outside > -0.2 else 0.1
    return max(outside, 0.0) + least


def _distance(symbol: Symbol, run: Span) -> float:
    return max(run.first - symbol.right, symbol.left - run.end, 0.0)


def _is_mark_beside(
    symbol: Symbol, symbols: Sequence[Symbol], runs: Sequence[Span], ink: Ink, height: int
) -> bool:
    """Whether a symbol is a mark over ink that no run and no syllable has."""
    place = (symbol.left + symbol.right) / 2
    if symbol.text not in PLAIN or any(run.first <= place < run.end for run in runs):
        return False
    rest = ink.copy()
    for run in runs:
        rest[run.first : run.end] = False
    for one in symbols:
        if is_hangul(one.text) and is_narrow(one, height):
            rest[max(0, int(one.left)) : int(one.right) + 1] = False
    slack = height * (QUOTE_SLACK if symbol.text in QUOTES else SLACK)
    return any(
        symbol.left - slack <= part.first and part.end <= symbol.right + 1 + slack
        for part in spans(rest)
    )


def _moved(
    symbol: Symbol, symbols: Sequence[Symbol], runs: Sequence[Span], ink: Ink, height: int
) -> Symbol:
    """A syllable with too many columns, where its ink is that no other symbol or run has."""
    if not is_hangul(symbol.text) or is_narrow(symbol, height):
        return symbol
    rest = ink.copy()
    rest[: max(0, int(symbol.left))] = False
    rest[int(symbol.right) + 1 :] = False
    for run in runs:
        rest[run.first : run.end] = False
    for other in symbols:
        if is_narrow(other, height):
            rest[max(0, int(other.left)) : int(other.right) + 1] = False
    parts = [part for part in spans(rest, GAP * height) if part.width >= SYLLABLE * height]
    over = [run for run in runs if run.first < symbol.right and symbol.left < run.end]
    if parts:
        place = max(parts, key=lambda part: part.width)
    elif over:
        place = over[0]
    else:
        return symbol
    return replace(symbol, left=place.first, right=place.end)
