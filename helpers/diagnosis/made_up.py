"""Logs as they would read if an app made a mistake: to see what a mistake looks like, and to try the diagnosis on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.diagnosis.answers import answers_of, best_classes
from helpers.diagnosis.candidates import Candidate
from helpers.diagnosis.cases import Case, cases_of
from helpers.diagnosis.tensors import Expected, expected_of
from helpers.engines import open_engine
from helpers.errors import DataError
from helpers.preprocess_bugs import Pipeline, with_bug
from helpers.runs.run_log import RunLog
from helpers.weights import OFFLINE
from helpers.zoo import model_record

_LONGEST_NAME = 300


def as_if(
    log: RunLog,
    mistake: str | Pipeline,
    pictures: Mapping[str, NDArray[np.uint8]] | None = None,
    weights: str | Path = OFFLINE,
) -> RunLog:
    """A log as it would read if the app had made a mistake. Its app is called "made up": it is nobody's measurement.

    The golden pictures' entries are computed anew, the answers by Keras; entries without a photo are left out. Of the
    data set's images, whose photos are not at hand, the answers stay as they are, unless the mistake changes the
    classes' numbers.

    Args:
        log: of an accuracy run.
        mistake: one of `helpers.preprocess_bugs.bug_names`, in its usual variant; or any pipeline.
        pictures: as `diagnose` takes them.
        weights: those of the log's model.

    Raises:
        DataError: there is no such mistake, or it cannot be made with the network's input; the weights are not the
            log's; or see `diagnose`.
    """
    expected = model_record(log.model.name).input
    way = with_bug(mistake, expected) if isinstance(mistake, str) else mistake
    cases = cases_of(log, pictures, expected)
    candidate = Candidate((), way)
    with open_engine("keras", log.model.name, weights) as engine:
        if engine.manifest.weights.sha256 != log.model.weights_sha256:
            raise DataError(
                f"expected the log's weights, with SHA-256 {log.model.weights_sha256}; received those with "
                f"{engine.manifest.weights.sha256}; give the weights with which the log's model was made"
            )
        answers = way.answer(answers_of(engine, candidate, [case.photo for case in cases])[0])
    content = log.model_dump(mode="json")
    content["app"]["name"] = f"made up ({way.title}), after {log.app.name}"[:_LONGEST_NAME]
    content["golden"] = [
        _entry(case, expected_of([candidate], case.photo, expected)[0], row)
        for case, row in zip(cases, answers, strict=True)
    ]
    if content["accuracy"] is not None:
        _renumber(content["accuracy"], way, log.model.classes)
    return RunLog.model_validate_json(json.dumps(content))


def _entry(case: Case, made: Expected, probabilities: NDArray[np.float32]) -> dict[str, Any]:
    return {
        "picture": case.entry.picture,
        "fitted_sha256": made.fitted_sha256,
        "tensor_sha256": made.tensor_sha256,
        "channels": [dict(zip(("min", "mean", "max"), map(float, row), strict=True)) for row in made.channels],
        # A softmax may exceed 1 by a rounding.
        "top": [{"class_number": k, "probability": min(p, 1.0)} for k, p in best_classes(probabilities)],
    }


def _renumber(accuracy: dict[str, Any], way: Pipeline, classes: int) -> None:
    """Give the classes in a data set's answers the numbers that the pipeline would give them, and count anew."""
    # Where each class is found afterwards.
    numbers = np.argsort(way.answer(np.arange(classes, dtype=np.float32)[None])[0], kind="stable")
    for image in accuracy["images"]:
        for entry in image["top"]:
            entry["class_number"] = int(numbers[entry["class_number"]])
        image["top"].sort(key=lambda entry: (-entry["probability"], entry["class_number"]))
    tops = [(image["label"], [entry["class_number"] for entry in image["top"]]) for image in accuracy["images"]]
    accuracy["top1_correct"] = sum(label == top[0] for label, top in tops)
    accuracy["top5_correct"] = sum(label in top for label, top in tops)
