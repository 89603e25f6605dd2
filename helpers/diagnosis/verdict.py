"""What a diagnosis says, and how it is put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.diagnosis.answers import answer_difference, best_classes, logged_classes
from helpers.diagnosis.candidates import Candidate
from helpers.diagnosis.cases import Case
from helpers.diagnosis.explanations import Explanation, most_likely
from helpers.diagnosis.tensors import level_numbers, logged_channels, off_level_numbers
from helpers.preprocess import ImageInput
from helpers.preprocess_bugs import RIGHT, Stage, preprocess_bug

NO_MISTAKE = "no mistake found"
UNDECIDED = "cannot be told apart"
UNKNOWN = "not one of the known mistakes"

_STAGES: tuple[Stage, ...] = ("pixels", "tensor", "answer")


@dataclass(frozen=True)
class Diagnosis:
    """The likely mistake behind a log.

    Attributes:
        verdict: the mistake's title; several that give the same tensors are joined by "or", two at once by "and". Else
            `NO_MISTAKE`; `UNDECIDED`, where the right pipeline and a mistake explain the log alike; or `UNKNOWN`.
        sentence: what was found, for people.
        mistakes: the names of the mistakes that explain the log, as `helpers.preprocess_bugs.bug_names` has them.
        stage: where it goes wrong first; None without a mistake.
        certain: whether there is no other explanation: each tensor's hash is that of the verdict, and its answers too.
        with_answers: whether the log's weights were at hand, so that its answers could be compared.
        evidence: one row per picture: `picture`; `pixels` and `tensor`, `right` where the hash is the right one, else
            `verdict` where it is that of the verdict, else `other`; `mean_off`, the largest difference of a channel's
            mean from the right one, in levels of 0-255; `right_class` and `logged_class`, the most probable ones;
            `answer_off`, the largest difference of the log's five classes from the right answer in natural logarithms.
            Without weights the right class and the last column are missing.
        candidates: one row per variant of each mistake, the most fitting first: `mistake`, `variant`, `tensor_misfit`
            and `answer_misfit` (the worst of all pictures; up to 1 explains what the log says, 0 is the same hash; the
            second is missing where it was not needed), `explains`.
    """

    verdict: str
    sentence: str
    mistakes: tuple[str, ...]
    stage: Stage | None
    certain: bool
    with_answers: bool
    evidence: pd.DataFrame
    candidates: pd.DataFrame


def give_verdict(
    cases: Sequence[Case],
    explanations: Sequence[Explanation],
    found: Sequence[Explanation],
    expected: ImageInput,
    right: NDArray[np.float32] | None = None,
    at_fault: Stage | None = None,
) -> Diagnosis:
    """Put into words what was found.

    Args:
        cases: the pictures.
        explanations: all that were compared.
        found: those that may have happened; none, where nothing explains the log.
        expected: the network's input.
        right: the network's right answers, float32 (n, classes), where its weights are at hand.
        at_fault: the stage behind answers that the log's tensors do not explain.
    """
    left = most_likely(found)
    sets = sorted({each.bugs for each in left}, key=lambda bugs: (len(bugs), bugs))
    # Two mistakes at once are no better an explanation than one of them.
    sets = [bugs for bugs in sets if not any(set(other) < set(bugs) for other in sets if other)]
    with_answers = right is not None
    exact = bool(left) and all(each.tensor_misfit == 0 for each in left) and with_answers and at_fault is None
    sound = () in sets
    mistakes = tuple(dict.fromkeys(bug for bugs in sets for bug in bugs))
    named = " or ".join(" and ".join(preprocess_bug(bug).title for bug in bugs) for bugs in sets if bugs)
    stage = _first_stage(mistakes)
    if not left:
        verdict, stage = UNKNOWN, at_fault or _stage_of_unknown(cases, expected)
        sentence = _sentence_of_unknown(stage, cases)
    elif sound and not named:
        verdict, stage = NO_MISTAKE, None
        sentence = "The app prepares the pictures as it should" + (
            ", and the network's answers are right." if with_answers else "."
        )
    elif sound:
        verdict = UNDECIDED
        sentence = f"The right preprocessing explains these pictures' results as well as {named}; take other pictures."
    else:
        verdict = named
        sentence = f"What the app made of the pictures is explained by: {named} ({_ways(left)})."
    if left and at_fault is not None and all(each.answer_misfit is None for each in left):
        sentence += " The network's answers are not explained by it: look at the model's file and the runtime, too."
    elif left and at_fault is not None:
        stage = at_fault
        sentence += " The tensors in the log are right: it happens inside the model's file, or in the runtime."
    if left and not exact and at_fault is None and any(each.tensor_misfit > 0 for each in left):
        sentence += " The numbers are not the same bit for bit: another JPEG decoder or other arithmetic was at work."
    if not with_answers:
        sentence += " The log's weights are not at hand, so its answers were not compared."
    return Diagnosis(
        verdict=verdict,
        sentence=sentence,
        mistakes=mistakes if left else (),
        stage=stage,
        certain=exact and verdict != UNDECIDED,
        with_answers=with_answers,
        evidence=_evidence(cases, left, expected, right),
        candidates=_candidates(explanations, left),
    )


def _first_stage(mistakes: Sequence[str]) -> Stage | None:
    stages = {preprocess_bug(bug).stage for bug in mistakes}
    return next((stage for stage in _STAGES if stage in stages), None)


def _stage_of_unknown(cases: Sequence[Case], expected: ImageInput) -> Stage:
    """Where tensors that nothing explains go wrong first, as far as they tell."""
    if all(case.entry.fitted_sha256 == case.right.fitted_sha256 for case in cases):
        return "tensor"
    numbers = level_numbers(Candidate((), RIGHT), expected)
    fits = (
        len(case.entry.channels) == expected.channels and off_level_numbers(case.entry, numbers) <= 1 for case in cases
    )
    return "pixels" if all(fits) else "tensor"


def _sentence_of_unknown(stage: Stage, cases: Sequence[Case]) -> str:
    if stage == "answer":
        return (
            "The tensors are as they should be, the classes and probabilities are not, and no known mistake explains "
            "them: look at the model's file, its labels and the runtime."
        )
    worst = max(cases, key=lambda case: _spread_off(case))
    logged, right = logged_channels(worst.entry), worst.right.channels
    told = (
        f"{worst.entry.picture} becomes {logged[:, 0].min():g} to {logged[:, 2].max():g} with a mean of "
        f"{logged[:, 1].mean():g}, where {right[:, 0].min():g} to {right[:, 2].max():g} with a mean of "
        f"{right[:, 1].mean():g} is right"
    )
    if stage == "pixels":
        return f"The constants may be right, but the pixels are others: look at decoding, resizing, cropping; {told}."
    return f"The numbers that the network gets are not those of its scale and bias: {told}."


def _spread_off(case: Case) -> float:
    logged = logged_channels(case.entry)
    return float(np.abs(logged - case.right.channels).max()) if logged.shape == case.right.channels.shape else np.inf


def _ways(left: Sequence[Explanation]) -> str:
    return "; or ".join(dict.fromkeys(each.way for each in left if each.bugs))


def _evidence(
    cases: Sequence[Case], left: Sequence[Explanation], expected: ImageInput, right: NDArray[np.float32] | None
) -> pd.DataFrame:
    scale = np.abs(np.asarray(expected.scale))
    rows = []
    for number, case in enumerate(cases):
        entry, logged = case.entry, logged_channels(case.entry)
        same_shape = logged.shape == case.right.channels.shape
        means = np.abs(logged[:, 1] - case.right.channels[:, 1]) / scale if same_shape else np.array([np.nan])
        of_verdict = any(each.candidate.bugs and each.tensors[number] == 0 for each in left)
        same_pixels = any(each.candidate.bugs and each.same_pixels[number] for each in left)
        rows.append(
            {
                "picture": entry.picture,
                "pixels": _whose(entry.fitted_sha256 == case.right.fitted_sha256, same_pixels),
                "tensor": _whose(entry.tensor_sha256 == case.right.tensor_sha256, of_verdict),
                "mean_off": float(means.max()),
                "right_class": None if right is None else best_classes(right[number], 1)[0][0],
                "logged_class": entry.top[0].class_number,
                "answer_off": None if right is None else answer_difference(logged_classes(entry.top), right[number]),
            }
        )
    return pd.DataFrame(rows)


def _whose(right: bool, of_verdict: bool) -> str:
    return "right" if right else "verdict" if of_verdict else "other"


def _candidates(explanations: Sequence[Explanation], left: Sequence[Explanation]) -> pd.DataFrame:
    rows = [
        {
            "mistake": " and ".join(preprocess_bug(bug).title for bug in each.bugs) or "none",
            "variant": each.way,
            "tensor_misfit": each.tensor_misfit,
            "answer_misfit": each.answer_misfit,
            "explains": any(each.candidate is one.candidate and each.shift == one.shift for one in left),
        }
        for each in explanations
    ]
    table = pd.DataFrame(rows).sort_values(
        ["explains", "tensor_misfit", "answer_misfit"], ascending=[False, True, True], kind="stable"
    )
    return table.reset_index(drop=True)
