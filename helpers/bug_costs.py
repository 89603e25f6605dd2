"""What each preprocessing bug costs a network: measured on photos, against the same network fed as it should be.

Agreement with the right pipeline needs no labels and means something for any weights, trained or not. Accuracy needs
both labels and weights that know something. Taught in notebook 07_validate_accuracy (paper, section III.C.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from helpers.accuracy import agreement, top_k_accuracy
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import DataError
from helpers.predictions import cached_answers
from helpers.preprocess_bugs import RIGHT, Pipeline, applicable_bugs
from helpers.weights import OFFLINE

# So many tensors are held at a time: 40 MB of InceptionV3's.
_BATCH = 32


def bug_costs(
    name: str,
    photos: Sequence[NDArray[np.uint8]],
    labels: Sequence[int] | None = None,
    engine: str = "keras",
    weights: str | Path = OFFLINE,
    progress: bool = False,
) -> pd.DataFrame:
    """Measure what each mistake that can be made with a network's input costs, in its usual variant.

    Args:
        name: the network, such as `squeezenet`.
        photos: n photos, uint8 of any size, with the network's channels.
        labels: their classes, where they are known.
        engine: one that takes tensors, such as `keras` or `litert`.
        weights: the network's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a progress bar over the pipelines.

    Returns:
        One row for the right pipeline, then one per mistake: `mistake`, `variant`, `stage`, `photos` (n),
        `same_top1` and `same_top5` (the share of the photos with the right pipeline's first class, and with its five
        classes in any order), `median_log_difference` and `largest_log_difference` (of all natural log-probabilities,
        those below 1e-30 counting as 1e-30); `top1_correct` and `top5_correct` (photos), which are missing without
        labels, and of untrained weights, which know nothing.

    Raises:
        DataError: there are no photos, or not as many labels.
        DeploymentError: whatever preparing a photo, and building and running the model raises.
    """
    if not len(photos) or (labels is not None and len(labels) != len(photos)):
        raise DataError(
            f"expected at least one photo, and as many labels or none; received {len(photos)} photos and "
            f"{'no' if labels is None else len(labels)} labels"
        )
    with open_engine(engine, name, weights) as opened:
        expected = opened.manifest.input
        known = None if labels is None or opened.manifest.weights.kind == "untrained" else np.asarray(labels)
        bugs = list(applicable_bugs(expected))
        pipelines = [RIGHT, *(bug.variants(expected)[0] for bug in bugs)]
        answers = [
            _answers(opened, pipeline, photos)
            for pipeline in tqdm(pipelines, desc=opened.manifest.title, unit="pipeline", disable=not progress)
        ]
    reference = answers[0]
    rows = []
    for bug, pipeline, received in zip([None, *bugs], pipelines, answers, strict=True):
        compared = agreement(reference, received)
        rows.append(
            {
                "mistake": bug.title if bug else "none",
                "variant": pipeline.title,
                "stage": bug.stage if bug else None,
                "photos": len(photos),
                "same_top1": 1 - len(compared.differing) / compared.total,
                "same_top5": compared.same_top_five / compared.total,
                "median_log_difference": compared.median_log_difference,
                "largest_log_difference": compared.largest_log_difference,
                "top1_correct": None if known is None else top_k_accuracy(received, known).correct,
                "top5_correct": None if known is None else top_k_accuracy(received, known, 5).correct,
            }
        )
    return pd.DataFrame(rows)


def _answers(engine: Engine, pipeline: Pipeline, photos: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    rows = []
    for start in range(0, len(photos), _BATCH):
        tensors = [pipeline.prepare(photo, engine.manifest.input).tensor for photo in photos[start : start + _BATCH]]
        rows.append(pipeline.answer(cached_answers(engine, np.stack(tensors))))
    return np.concatenate(rows)
