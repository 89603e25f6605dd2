"""The table's rows: a ratio, what it compares, how far it varied, and whether it is what was needed.

Only ratios are told, each of two ways measured side by side in one run, because machines are shared and noisy: what one
says of itself in milliseconds, another cannot check.
"""

from __future__ import annotations

import operator
import re
import statistics
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from helpers.runs.run_log_parts import Strict, Text, check

Better = Literal["lower", "higher"]

_COMPARISONS = {"<=": operator.le, ">=": operator.ge}
_NEEDED = re.compile(r"(?P<sign><=|>=) (?P<bound>[0-9]+(\.[0-9]+)?)")
_DIGITS = 4
_MET = {True: "yes", False: "NO", None: ""}


class Row(Strict):
    """One row.

    Attributes:
        name: what is measured.
        compared_to: what it is measured against.
        ratio: the median over the rounds of the one divided by the other; None where it could not be measured.
        spread: the smallest and the largest of the rounds' ratios.
        better: which ratios are better.
        needed: what was expected, such as `>= 0.95`; empty where nothing was.
        met: whether that is so; None where nothing was expected, or nothing measured.
        remark: what else must be known, or why there is no ratio.
    """

    name: Text
    compared_to: Text
    ratio: Annotated[FiniteFloat, Field(ge=0)] | None
    spread: tuple[FiniteFloat, FiniteFloat] | None
    better: Better
    needed: Annotated[str, Field(pattern=rf"^({_NEEDED.pattern})?$")]
    met: bool | None
    remark: Annotated[str, Field(max_length=2_000)]

    @model_validator(mode="after")
    def _ratio_within_its_spread(self) -> Self:
        if self.ratio is None or self.spread is None:
            check(self.ratio is self.spread, "ratio and spread both or neither; received one")
            check(self.met is None, "met to be null without a ratio")
        else:
            low, high = self.spread
            check(low <= self.ratio <= high, f"a ratio from {low} to {high}; received {self.ratio}")
        return self

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other rows, and by which two runs' rows are paired."""
        return self.name, self.compared_to


def row(
    name: str,
    compared_to: str,
    ratios: Sequence[float],
    better: Better,
    needed: str = "",
    remark: str = "",
    also: bool = True,
) -> Row:
    """Make a row of measured ratios.

    Args:
        name: what is measured.
        compared_to: what it is measured against.
        ratios: of each round, at least one.
        better: which ratios are better.
        needed: what was expected, `>= X` or `<= X`; or nothing.
        remark: what else must be known.
        also: a second condition that `met` asks for; the remark tells it.
    """
    low, middle, high = (_rounded(value) for value in (min(ratios), statistics.median(ratios), max(ratios)))
    met = meets(middle, needed)
    return Row(
        name=name,
        compared_to=compared_to,
        ratio=middle,
        spread=(low, high),
        better=better,
        needed=needed,
        met=met and also if met is not None else None,
        remark=remark,
    )


def not_measured(name: str, compared_to: str, better: Better, reason: str, needed: str = "") -> Row:
    """Make a row of what could not be measured here, with the reason."""
    return Row(
        name=name,
        compared_to=compared_to,
        ratio=None,
        spread=None,
        better=better,
        needed=needed,
        met=None,
        remark=f"not measured: {' '.join(reason.split())}"[:2_000],
    )


def meets(ratio: float, needed: str) -> bool | None:
    """Whether a ratio is what was needed; None where nothing was."""
    wanted = _NEEDED.fullmatch(needed)
    return _COMPARISONS[wanted["sign"]](ratio, float(wanted["bound"])) if wanted else None


def shown(rows: Sequence[Row]) -> str:
    """The table as text, a line for each row."""
    lines = [("name", "compared to", "ratio", "spread", "better", "needed", "met", "remark")]
    for each in rows:
        ratio = "" if each.ratio is None else f"{each.ratio:g}"
        spread = "" if each.spread is None else f"{each.spread[0]:g} to {each.spread[1]:g}"
        cells = (ratio, spread, each.better, each.needed, _MET[each.met], each.remark)
        lines.append((each.name, each.compared_to, *cells))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
