"""Holding what may have happened to a log: how each candidate fits each picture, by its tensors and by its answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from tqdm import tqdm

from helpers.accuracy import wilson_interval
from helpers.diagnosis.answers import answer_difference, answers_and_tolerances, logged_classes
from helpers.diagnosis.candidates import Candidate
from helpers.diagnosis.cases import Case
from helpers.diagnosis.tensors import expected_of, level_numbers, tensor_misfit
from helpers.engines.base import Engine
from helpers.preprocess import ImageInput
from helpers.preprocess_bugs import preprocess_bug
from helpers.runs.run_log import RunLog

_SHIFTED = "shifted"
# By how much class numbers may be too high.
_SHIFTS = {
    0: "each class is called by its own label",
    1: "each class is called by the next one's label",
    -1: "each class is called by the label before its own",
}
# Of two explanations that are both possible, the better one must be so many times better to be believed alone.
_MARGIN = 2.0
# Misfits below this say nothing about which explanation is better.
_NOISE = 0.02


@dataclass(frozen=True)
class Explanation:
    """A candidate, and how it fits each picture.

    Attributes:
        candidate: how the tensors were made.
        tensors: see `helpers.diagnosis.tensors.tensor_misfit`.
        same_pixels: whether the log's pixels are the candidate's, for certain.
        shift: by how much the log's class numbers are too high.
        answers: see `helpers.diagnosis.answers.answer_difference`; None where they were not compared.
        answer_misfit: the worst of these over what may be; up to 1 explains the log's answers.
    """

    candidate: Candidate
    tensors: tuple[float, ...]
    same_pixels: tuple[bool, ...] = ()
    shift: int = 0
    answers: tuple[float, ...] | None = None
    answer_misfit: float | None = None

    @property
    def bugs(self) -> tuple[str, ...]:
        """The names of all mistakes in it."""
        return (*self.candidate.bugs, _SHIFTED) if self.shift else self.candidate.bugs

    @property
    def way(self) -> str:
        """What is done, in words."""
        if not self.shift:
            return self.candidate.pipeline.title
        shifted = _SHIFTS[self.shift]
        return f"{self.candidate.pipeline.title}; {shifted}" if self.candidate.bugs else shifted

    @property
    def tensor_misfit(self) -> float:
        """The worst of all pictures; up to 1 explains what the log says of the tensors."""
        return max(self.tensors)

    @property
    def explains_answers(self) -> bool:
        """Whether the log's answers were compared, and are explained."""
        return self.answer_misfit is not None and self.answer_misfit <= 1

    @property
    def badness(self) -> float:
        """How badly it fits on the whole; to compare explanations that are all possible."""
        fits = self.tensors if self.answers is None else self.answers
        return max(float(np.mean(fits)), _NOISE)


def compared(
    cases: Sequence[Case], candidates: Sequence[Candidate], expected: ImageInput, progress: bool
) -> list[Explanation]:
    """Hold what each candidate makes of the pictures to the log."""
    numbers = [level_numbers(candidate, expected) for candidate in candidates]
    rows: list[list[tuple[float, bool]]] = []
    for case in tqdm(cases, desc="Comparing tensors", unit="picture", disable=not progress):
        made = expected_of(candidates, case.photo, expected)
        known = {each.fitted_sha256 for each in made} | {case.right.fitted_sha256}
        entry = case.entry
        rows.append(
            [
                (
                    tensor_misfit(entry, each, of_levels, known),
                    entry.tensor_sha256 == each.tensor_sha256 or entry.fitted_sha256 == each.fitted_sha256,
                )
                for each, of_levels in zip(made, numbers, strict=True)
            ]
        )
    return [
        Explanation(candidate, tuple(fit for fit, _ in fits), tuple(same for _, same in fits))
        for candidate, fits in zip(candidates, zip(*rows, strict=True), strict=True)
    ]


def possible_by_tensors(explanations: Sequence[Explanation]) -> list[Explanation]:
    """Those that explain the tensors; those with the very same ones alone, where there are such."""
    same = [each for each in explanations if each.tensor_misfit == 0]
    return same or [each for each in explanations if each.tensor_misfit <= 1]


def answered(
    explanation: Explanation, cases: Sequence[Case], engine: Engine, shifts: Iterable[int] = tuple(_SHIFTS)
) -> list[Explanation]:
    """Hold the network's answers to the log, with the labels as they are and shifted."""
    photos = [case.photo for case in cases]
    probabilities, tolerances = answers_and_tolerances(engine, explanation.candidate, photos, explanation.same_pixels)
    tops = [logged_classes(case.entry.top) for case in cases]
    found = []
    for shift in shifts:
        answers = [answer_difference(top, row, shift) for top, row in zip(tops, probabilities, strict=True)]
        misfit = float((np.array(answers) / tolerances).max())
        found.append(replace(explanation, shift=shift, answers=tuple(answers), answer_misfit=misfit))
    return found


def inside_the_network(
    sound: Explanation, explanations: Sequence[Explanation], cases: Sequence[Case], engine: Engine
) -> list[Explanation]:
    """What happens to the pixels inside the model's file, or in the runtime, if the log's tensors are right."""
    fed = [
        replace(each, same_pixels=sound.same_pixels, tensors=sound.tensors)
        for each in explanations
        if [preprocess_bug(bug).stage for bug in each.candidate.bugs] == ["tensor"]
    ]
    judged = [answered(each, cases, engine, shifts=(0,))[0] for each in fed]
    return [each for each in judged if each.explains_answers]


def shifted_by_labels(possible: Sequence[Explanation], log: RunLog) -> list[Explanation]:
    """Without the weights, true classes that are hit by their neighbours' numbers tell shifted labels."""
    labelled = [image for image in log.accuracy.images if image.label is not None] if log.accuracy else []
    if not labelled:
        return list(possible)
    hits = {
        shift: sum(image.top[0].class_number == (image.label or 0) + shift for image in labelled) for shift in _SHIFTS
    }
    best = max(hits, key=lambda shift: hits[shift])
    surely = wilson_interval(hits[best], len(labelled))[0] > wilson_interval(hits[0], len(labelled))[1]
    return [replace(each, shift=best if surely else 0) for each in possible]


def most_likely(found: Sequence[Explanation]) -> list[Explanation]:
    """Those that fit much better than the others; no mistake is simpler, so one must fit better to be thought of."""
    best = min((each.badness for each in found), default=0.0)
    likely = [each for each in found if each.badness <= _MARGIN * best]
    sound = min((each.badness for each in likely if not each.bugs), default=np.inf)
    return [each for each in likely if not each.bugs or each.badness <= sound]
