"""Measure two ways of doing the same thing by turns, and report their ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from tqdm import tqdm

from benchmarks.table import Row, row


def measure(
    name: str,
    ours: Callable[[], object],
    compared_to: str,
    other: Callable[[], object],
    rounds: int = 7,
    needed: str = "",
    remark: str = "",
) -> Row:
    """Time two functions by turns, after one warm-up each; the ratio is our seconds over the other's.

    Each round times both, in alternating order, so that a slow moment of the machine hits both alike.

    Args:
        name: what is measured.
        ours: does it.
        compared_to: what it is measured against.
        other: does that.
        rounds: how often both are timed.
        needed: what was expected of the ratio, such as `<= 1.1`.
        remark: what else must be known.
    """
    ours()
    other()
    pairs = []
    for number in tqdm(range(rounds), desc=name, leave=False):
        order = (ours, other) if number % 2 == 0 else (other, ours)
        seconds = {function: _seconds(function) for function in order}
        pairs.append((seconds[ours], seconds[other]))
    times = [f"{1000 * statistics.median(column):.4g} ms" for column in zip(*pairs, strict=True)]
    told = f"{times[0]} against {times[1]}, {rounds} rounds" + (f"; {remark}" if remark else "")
    return row(name, compared_to, [first / second for first, second in pairs], "lower", needed, told)


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
