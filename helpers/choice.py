"""Choose a model: candidates against the reader's needs, and the Pareto front over what costs something.

Nothing is left out in silence. For each candidate and each need the answer is `met`, `missed` by how much, or `unknown`
because nobody has measured it; and what was not measured here says where it comes from (paper, section IV).

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from helpers.candidates import FORMATS, Platform
from helpers.errors import DataError

Verdict = Literal["met", "missed", "unknown"]
Direction = Literal["max", "min"]


@dataclass(frozen=True)
class Needs:
    """What a reader needs; None is no need.

    Attributes:
        accuracy: at least so many %.
        processed_per_second: at least so many frames go through the network each second.
        display_fps: at least so many frames are shown each second.
        mode: `single` or `multi` threaded.
        platform: whose app it is for; then only the size of its files counts.
        megabytes: the smallest file that an app could read is at most so large, in 10^6 bytes.

    Raises:
        DataError: a number is negative or not finite, or a word is unknown.
    """

    accuracy: float | None = None
    processed_per_second: float | None = None
    display_fps: float | None = None
    mode: Literal["single", "multi"] | None = None
    platform: Platform | None = None
    megabytes: float | None = None

    def __post_init__(self) -> None:
        for name in ("accuracy", "processed_per_second", "display_fps", "megabytes"):
            number = getattr(self, name)
            good = isinstance(number, int | float) and not isinstance(number, bool)
            # The bound leaves out inf and NaN, and whole numbers too large for a float.
            if number is not None and not (good and 0 <= number <= sys.float_info.max):
                raise DataError(f"expected {name} to be a number from 0 on, or None; received {_received(number)}")
        words = (("mode", ("single", "multi")), ("platform", get_args(Platform)))
        for name, known in words:
            word = getattr(self, name)
            if word is not None and not (isinstance(word, str) and word in known):
                raise DataError(f"expected {name} to be one of {', '.join(known)}, or None; received {_received(word)}")


def _received(value: object) -> str:
    try:
        return " ".join(repr(value).split())[:60]
    except ValueError:  # Python writes out no whole number of more than 4300 digits
        return f"{type(value).__name__} of too many digits"


@dataclass(frozen=True)
class Choice:
    """What a table of candidates says to some needs.

    Attributes:
        candidates: the table that was asked.
        answers: a row for each candidate and need: candidate (its place in the table's index), title, need, verdict
            (`met`, `missed` or `unknown`), why.
    """

    candidates: pd.DataFrame
    answers: pd.DataFrame

    @property
    def meeting(self) -> pd.DataFrame:
        """The candidates that meet every need."""
        return self._of({"met"}, set())

    @property
    def undecided(self) -> pd.DataFrame:
        """The candidates that miss no need, but of which something is unknown."""
        return self._of({"met", "unknown"}, {"unknown"})

    @property
    def failing(self) -> pd.DataFrame:
        """The candidates that miss a need."""
        return self._of({"met", "unknown", "missed"}, {"missed"})

    def _of(self, allowed: set[str], needed: set[str]) -> pd.DataFrame:
        found: dict[object, set[str]] = {place: set() for place in self.candidates.index}
        for place, verdict in zip(self.answers["candidate"], self.answers["verdict"], strict=True):
            found[place].add(verdict)
        kept = [place for place, verdicts in found.items() if verdicts <= allowed and needed <= verdicts]
        return self.candidates.loc[kept]


def choose(table: pd.DataFrame, needs: Needs) -> Choice:
    """Hold each candidate to each need.

    Args:
        table: a row for each candidate, as `helpers.candidates` makes it; a column that is not there is unknown of all
            of them.
        needs: what is needed.

    Returns:
        Which candidates meet the needs, and why or why not, for each need.

    Raises:
        DataError: two rows have the same index.
    """
    if not table.index.is_unique:
        raise DataError(
            "expected a table whose rows have different indices; give it a new one with reset_index(drop=True)"
        )
    answers = []
    for place, row in table.iterrows():
        for need, (verdict, why) in _answers(row, needs).items():
            answers.append((place, row.get("title", row.get("model")), need, verdict, why))
    return Choice(table, pd.DataFrame(answers, columns=["candidate", "title", "need", "verdict", "why"]))


def _answers(row: pd.Series, needs: Needs) -> dict[str, tuple[Verdict, str]]:
    answers: dict[str, tuple[Verdict, str]] = {}
    measured = (
        ("accuracy", "accuracy_source", "%"),
        ("processed_per_second", "rate_source", "frames processed/s"),
        ("display_fps", "rate_source", "FPS"),
    )
    for name, source, unit in measured:
        wanted = getattr(needs, name)
        if wanted is not None:
            answers[name] = _at_least(_number(row, name), wanted, unit, str(row.get(source, "unknown")))
    if needs.mode is not None:
        has = str(row.get("mode", "unknown"))
        verdict: Verdict = "met" if has == needs.mode else "unknown" if has == "unknown" else "missed"
        answers["mode"] = verdict, f"{has}; needed: {needs.mode}"
    formats = FORMATS[needs.platform] if needs.platform else tuple(each for one in FORMATS.values() for each in one)
    sizes = {each: _number(row, f"megabytes_{each}") for each in formats}
    if needs.platform is not None:
        answers["platform"] = _has_file(sizes, needs.platform)
    if needs.megabytes is not None:
        answers["megabytes"] = _at_most(sizes, needs.megabytes)
    return answers


def _number(row: pd.Series, column: str) -> float:
    value = row.get(column)
    return math.nan if value is None else float(value)


def _at_least(has: float, wanted: float, unit: str, source: str) -> tuple[Verdict, str]:
    if math.isnan(has):
        return "unknown", f"not known; needed: {wanted:g} {unit}"
    if has >= wanted:
        return "met", f"{has:.4g} {unit} ({source}); needed: {wanted:g}"
    return "missed", f"{has:.4g} {unit} ({source}), {wanted - has:.3g} short of {wanted:g}"


def _has_file(sizes: Mapping[str, float], platform: str) -> tuple[Verdict, str]:
    there = [each for each, size in sizes.items() if math.isfinite(size)]
    if there:
        return "met", f"{platform}: {', '.join(there)}"
    if any(math.isnan(size) for size in sizes.values()):
        return "unknown", f"{platform}: no file was made here"
    return "missed", f"{platform}: none of {', '.join(sizes)} can be made of it"


def _at_most(sizes: Mapping[str, float], wanted: float) -> tuple[Verdict, str]:
    known = {each: size for each, size in sizes.items() if math.isfinite(size)}
    smallest = min(known, key=known.__getitem__, default="")
    if smallest and known[smallest] <= wanted:
        return "met", f"{known[smallest]:.3g} MB ({smallest}); at most {wanted:g}"
    if any(math.isnan(size) for size in sizes.values()):
        return "unknown", f"not known of every file; at most {wanted:g} MB"
    if not smallest:
        return "missed", f"there is no file; at most {wanted:g} MB"
    return "missed", f"{known[smallest]:.3g} MB ({smallest}), {known[smallest] - wanted:.3g} over {wanted:g}"


def pareto_front(table: pd.DataFrame, directions: Mapping[str, Direction]) -> pd.DataFrame:
    """Find the candidates to which no other is preferable in every respect.

    One candidate dominates another if it is at least as good in every column and better in one. Equal ones do not
    dominate each other: they are on the front together.

    Args:
        table: a row for each candidate.
        directions: for each column that counts whether more (`max`) or less (`min`) is better.

    Returns:
        A row for each candidate, with the table's index: status (`front`, `dominated`, or `unknown` where one of its
        values is NaN, so that it cannot be compared), dominated_by (a tuple of places in the index).

    Raises:
        DataError: no column, one that the table does not have, another direction, or two rows with the same index.
    """
    wrong = [column for column in directions if column not in table or directions[column] not in get_args(Direction)]
    if not directions or wrong or not table.index.is_unique:
        raise DataError(
            f"expected columns of the table, each with 'max' or 'min', and rows with different indices; received "
            f"{dict(directions)}; the columns are {', '.join(map(str, table.columns))}"
        )
    signs = np.array([1.0 if direction == "max" else -1.0 for direction in directions.values()])
    values = table[list(directions)].to_numpy(float) * signs
    known = ~np.isnan(values).any(axis=1)
    rows: list[tuple[str, tuple[object, ...]]] = []
    for mine, is_known in zip(values, known, strict=True):
        better = known & (values >= mine).all(axis=1) & (values > mine).any(axis=1)
        dominated_by = tuple(table.index[better]) if is_known else ()
        rows.append(("unknown" if not is_known else "dominated" if dominated_by else "front", dominated_by))
    return pd.DataFrame(rows, columns=["status", "dominated_by"], index=table.index)
