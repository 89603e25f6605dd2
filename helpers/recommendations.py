"""The paper's recommendations (the end of section IV), each judged from numbers.

The paper names a model for each kind of application, without the numbers behind it. Here each recommendation is split
into what it says of accuracy, throughput and energy, and each part is compared. Energy itself was not measured: the CPU
time that a frame takes stands in for it, and every sentence says so.

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from helpers.errors import DataError
from helpers.paper import claims

# What the paper allows for "1-2 % loss in accuracy", in percentage points.
_SMALL_LOSS = (1.0, 2.0)
_STAND_IN = "CPU-seconds per frame, which stand in for energy"
_REQUIRED = ("model", "mode", "accuracy", "accuracy_source", "processed_per_second", "display_fps", "rate_source")
_COMPARED = ("squeezenet", "mobilenet", "inceptionv3", "resnet50", "densenet121")


@dataclass(frozen=True)
class Part:
    """One comparison that a recommendation rests on.

    Attributes:
        statement: what is compared.
        holds: whether it is so; None if a number for it is not known.
        evidence: the numbers, in a sentence.
    """

    statement: str
    holds: bool | None
    evidence: str


@dataclass(frozen=True)
class Recommendation:
    """One of the paper's recommendations, and what the numbers say to it.

    Attributes:
        claim: its id among the paper's claims.
        parts: the comparisons it rests on.
    """

    claim: str
    parts: tuple[Part, ...]

    @property
    def holds(self) -> bool | None:
        """Whether every part holds; None if none fails, but a number is not known."""
        verdicts = {part.holds for part in self.parts}
        return False if False in verdicts else None if None in verdicts else True

    @property
    def evidence(self) -> str:
        """All parts in one sentence, what does not hold or is unknown marked as such."""
        marks = {True: "", False: "NOT SO: ", None: "UNKNOWN: "}
        return "; ".join(f"{marks[part.holds]}{part.statement}: {part.evidence}" for part in self.parts)


def judge_recommendations(candidates: pd.DataFrame) -> list[Recommendation]:
    """Judge the paper's four recommendations.

    Args:
        candidates: a row for each of the paper's five networks for ImageNet in multithreaded mode, all measured in one
            place; columns as `helpers.candidates.with_rates` gives them. Rows of single-threaded runs are passed over.

    Returns:
        SqueezeNet's, MobileNet's, InceptionV3's, and that of ResNet50 and DenseNet121 together.

    Raises:
        DataError: a column is missing; or a network has no row, or several; or they were measured in different places.
    """
    missing = [column for column in _REQUIRED if column not in candidates]
    if missing:
        raise DataError(f"expected candidates from helpers.candidates.with_rates; received none with {missing[0]!r}")
    table = candidates[(candidates["mode"] != "single") & candidates["model"].isin(_COMPARED)]
    counts = table["model"].value_counts()
    if set(counts.index) != set(_COMPARED) or counts.max() > 1:
        raise DataError(
            f"expected one multithreaded run of each of {', '.join(_COMPARED)}; received "
            f"{', '.join(f'{model}: {count}' for model, count in counts.items()) or 'none'}"
        )
    places = sorted(set(table["rate_source"]) - {"unknown"})
    if len(places) > 1:
        raise DataError(f"expected rates that can be compared, from one source; received {', '.join(places)[:200]}")
    judge = _Judge(table.set_index("model"))
    others = tuple(model for model in _COMPARED if model != "squeezenet")
    return [
        Recommendation(
            "results.squeezenet",
            (
                judge.faster("squeezenet", others),
                judge.thriftier("squeezenet", others),
                *(judge.more_accurate(other, "squeezenet") for other in others),
            ),
        ),
        Recommendation(
            "results.mobilenet",
            (
                judge.more_accurate("mobilenet", "squeezenet"),
                judge.smooth("mobilenet"),
                judge.thriftier("squeezenet", ("mobilenet",)),
                judge.faster("squeezenet", ("mobilenet",)),
            ),
        ),
        Recommendation(
            "results.inceptionv3",
            (
                *(judge.more_accurate("inceptionv3", other) for other in _COMPARED if other != "inceptionv3"),
                judge.smooth("inceptionv3"),
            ),
        ),
        Recommendation(
            "results.resnet_densenet",
            tuple(
                part
                for model in ("resnet50", "densenet121")
                for part in (
                    judge.small_loss(model, "inceptionv3"),
                    judge.faster(model, ("inceptionv3",)),
                    judge.thriftier(model, ("inceptionv3",)),
                )
            ),
        ),
    ]


class _Judge:
    """Compares models by the numbers of a table with one row for each."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def faster(self, model: str, others: tuple[str, ...]) -> Part:
        return self._against_all(
            f"{self._title(model)} processes more frames than {self._titles(others)}",
            "processed_per_second",
            (model, *others),
            lambda mine, rest: mine > max(rest),
            "{:.3g}/s",
        )

    def thriftier(self, model: str, others: tuple[str, ...]) -> Part:
        return self._against_all(
            f"{self._title(model)} takes less energy for a frame than {self._titles(others)} ({_STAND_IN})",
            "cpu_seconds_per_frame",
            (model, *others),
            lambda mine, rest: mine < min(rest),
            "{:.3g} s",
        )

    def more_accurate(self, model: str, other: str) -> Part:
        return self._against_all(
            f"{self._title(model)} is more accurate than {self._title(other)}",
            "accuracy",
            (model, other),
            lambda mine, rest: mine > max(rest),
            "{:.4g} %",
        )

    def small_loss(self, model: str, best: str) -> Part:
        low, high = _SMALL_LOSS
        return self._against_all(
            f"{self._title(model)} is {low:g} to {high:g} points less accurate than {self._title(best)}",
            "accuracy",
            (model, best),
            # Rounded far below what is printed, so that a binary fraction's last bit decides nothing.
            lambda mine, rest: low <= round(rest[0] - mine, 6) <= high,
            "{:.4g} %",
        )

    def smooth(self, model: str) -> Part:
        smooth = float(claims()["throughput.smooth"].paper or 0)
        return self._against_all(
            f"{self._title(model)} with two threads shows at least {smooth:g} FPS",
            "display_fps",
            (model,),
            lambda mine, _: mine >= smooth,
            "{:.3g} FPS",
        )

    def _against_all(
        self,
        statement: str,
        column: str,
        models: tuple[str, ...],
        holds: Callable[[float, list[float]], bool],
        form: str,
    ) -> Part:
        values = [float(self._table[column][model]) if column in self._table else math.nan for model in models]
        shown = [
            f"{self._title(model)} {'not known' if math.isnan(value) else form.format(value)}"
            for model, value in zip(models, values, strict=True)
        ]
        source = "accuracy_source" if column == "accuracy" else "rate_source"
        sources = ", ".join(sorted({str(self._table[source][model]) for model in models} - {"unknown"}))
        evidence = ", ".join(shown) + (f" ({sources})" if sources else "")
        if any(math.isnan(value) for value in values):
            return Part(statement, None, evidence)
        return Part(statement, bool(holds(values[0], values[1:])), evidence)

    def _title(self, model: str) -> str:
        return str(self._table["title"][model]) if "title" in self._table else model

    def _titles(self, models: tuple[str, ...]) -> str:
        return self._title(models[0]) if len(models) == 1 else "the others"
