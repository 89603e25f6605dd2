"""Which preprocessing mistake explains a phone's log?

A run log holds, for a few pictures, what the app made of them: hashes, the spread of each channel of the input tensor,
the five best classes. Each mistake of the zoo is made here with the same pictures, and whatever gives what the log says
remains. First the tensors are asked; what they leave open, the answers of the network decide, and with them whether
labels are shifted, and whether the network got what the log says it got. Nothing is learnt from examples, so any
pictures will do; but of a gray wall no log shows whether red and blue were swapped. Two mistakes at once are found
where one lies in the pixels and one in the tensor, or one in the labels; two in the tensor are not looked for.

Taught in notebook 07_validate_accuracy (paper, section III.C.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.diagnosis.answers import answers_of
from helpers.diagnosis.candidates import paired_candidates, single_candidates
from helpers.diagnosis.cases import Case, cases_of
from helpers.diagnosis.explanations import (
    Explanation,
    answered,
    compared,
    inside_the_network,
    possible_by_tensors,
    shifted_by_labels,
)
from helpers.diagnosis.verdict import Diagnosis, give_verdict
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.preprocess_bugs import Stage
from helpers.runs.run_log import RunLog
from helpers.weights import OFFLINE, choose_weights
from helpers.zoo import model_record


def diagnose(
    log: RunLog,
    pictures: Mapping[str, NDArray[np.uint8]] | None = None,
    weights: str | Path = OFFLINE,
    progress: bool = False,
) -> Diagnosis:
    """Name the likely preprocessing mistake behind a log.

    Args:
        log: of an accuracy run, which holds golden pictures.
        pictures: the photos behind these, by the names in the log: uint8 (height, width, 3), RGB, or (height, width,
            1), gray. Entries of the log that are not among them are left out. By default those of `data/golden`.
        weights: the weights that the log's model should have, as `helpers.weights.choose_weights` takes them. Where
            their hash is another than the log's, its answers are not compared, only its tensors.
        progress: show a progress bar over the pictures.

    Returns:
        The diagnosis.

    Raises:
        DataError: the log holds no golden pictures, or none of these.
        ImageError: the network cannot take one of the photos.
        ModelFileError: the log is of a network that is not known here.
    """
    record = model_record(log.model.name)
    expected = record.input
    cases = cases_of(log, pictures, expected)
    photos = [case.photo for case in cases]
    explanations = compared(cases, single_candidates(photos, expected), expected, progress)
    possible = possible_by_tensors(explanations)
    if not possible:
        explanations = [*explanations, *compared(cases, paired_candidates(photos, expected), expected, progress)]
        possible = possible_by_tensors(explanations)
    if choose_weights(log.model.name, weights).sha256 != log.model.weights_sha256:
        found = shifted_by_labels(possible, log)
        return give_verdict(cases, explanations, found, expected)
    with open_engine("keras", log.model.name, weights) as engine:
        judged = [each for one in possible for each in answered(one, cases, engine)]
        found = [each for each in judged if each.explains_answers]
        at_fault: Stage | None = None
        if possible and not found:
            at_fault, found = _unexplained_answers(possible, explanations, cases, engine)
        right = answers_of(engine, explanations[0].candidate, photos)[0]
    listed = [*judged, *(each for each in explanations if each not in possible)]
    return give_verdict(cases, listed, found, expected, right, at_fault)


def _unexplained_answers(
    possible: Sequence[Explanation], explanations: Sequence[Explanation], cases: Sequence[Case], engine: Engine
) -> tuple[Stage, list[Explanation]]:
    """Tensors that may be explained, and answers that are not: the stage that is at fault, and what can be said."""
    sound = next((each for each in possible if not each.bugs), None)
    if sound is not None and all(sound.same_pixels):
        # The network was fed otherwise than the log says, or it is another one.
        return "answer", inside_the_network(sound, explanations, cases, engine)
    # Whatever has the very same tensors has happened, though it is not all; what has similar ones has not.
    return "pixels" if sound else "answer", [each for each in possible if each.bugs and each.tensor_misfit == 0]
