"""Measure two ways of doing the same thing by turns, and report their ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from tqdm import tqdm


@dataclass(frozen=True)
class Ratio:
    """One row of the table.

    Attributes:
        name: what is measured.
        compared_to: what it is measured against.
        ratio: the median over the rounds of our seconds divided by the other's; below 1 means that ours is faster.
        spread: the smallest and the largest of the rounds' ratios.
        ours_ms: our median time in milliseconds.
        other_ms: the other's median time in milliseconds.
        rounds: how many rounds there were.
    """

    name: str
    compared_to: str
    ratio: float
    spread: tuple[float, float]
    ours_ms: float
    other_ms: float
    rounds: int


def measure(
    name: str, ours: Callable[[], object], compared_to: str, other: Callable[[], object], rounds: int = 7
) -> Ratio:
    """Time two functions by turns, after one warm-up each.

    Each round times both, in alternating order, so that a slow moment of the machine hits both alike.
    """
    ours()
    other()
    pairs = []
    for number in tqdm(range(rounds), desc=name, leave=False):
        order = (ours, other) if number % 2 == 0 else (other, ours)
        seconds = {function: _seconds(function) for function in order}
        pairs.append((seconds[ours], seconds[other]))
    ratios = [ours_seconds / other_seconds for ours_seconds, other_seconds in pairs]
    return Ratio(
        name,
        compared_to,
        round(statistics.median(ratios), 3),
        (round(min(ratios), 3), round(max(ratios), 3)),
        round(1000 * statistics.median(pair[0] for pair in pairs), 2),
        round(1000 * statistics.median(pair[1] for pair in pairs), 2),
        rounds,
    )


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
