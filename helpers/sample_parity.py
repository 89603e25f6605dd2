"""Model parity on the photos at hand: labelled ones for weights that know photos, the project's own for the others.

Taught in notebook 07_validate_accuracy (paper, section III.C.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.artifacts import build_model
from helpers.data import PHOTOS, load_photo
from helpers.errors import DataError
from helpers.ilsvrc_samples import IlsvrcSample
from helpers.pipeline_parity import ARM, MODEL_ENGINES, Parity, model_parity
from helpers.preprocess import fit_photos
from helpers.recorded import ARM_PHOTOS_RECORD, ARM_SAMPLE_RECORDS, load_recorded
from helpers.weights import OFFLINE, choose_weights
from helpers.zoo import model_record

# How many answers of an emulated ARM processor are computed again: it takes seconds to minutes for a photo.
_AGAIN = {"squeezenet": 3, "mobilenet": 1}


def sample_parity(
    model: str, samples: Sequence[IlsvrcSample], weights: str | Path = OFFLINE, progress: bool = False
) -> Parity:
    """Hand the same photos to each engine, labelled ones where the answers can be right.

    Untrained weights get the five photos of the project: nobody knows how often they would be right. The emulated ARM
    processor takes part where its answers to these photos, by this model file, are recorded.

    Args:
        model: one of the ImageNet networks.
        samples: labelled photos, as `helpers.ilsvrc_samples` gives them; none, where they could not be fetched.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a progress bar over the engines.

    Raises:
        DeploymentError: as `helpers.pipeline_parity.model_parity`.
    """
    labelled = samples if choose_weights(model, weights).kind != "untrained" else ()
    pictures = [sample.pixels for sample in labelled] or [load_photo(photo) for photo in PHOTOS]
    images = fit_photos(pictures, model_record(model).input)
    record, reason = _arm_record(model, images, weights)
    parity = model_parity(
        model,
        images,
        labels=[sample.label for sample in labelled] or None,
        weights=weights,
        engines=[engine for engine in MODEL_ENGINES if engine != ARM or record],
        arm_record=record,
        arm_again=_AGAIN.get(model, 0),
        progress=progress,
    )
    return replace(parity, left_out=(*parity.left_out, *reason))


def _arm_record(model: str, images: NDArray[np.uint8], weights: str | Path) -> tuple[str | None, tuple[str, ...]]:
    """The record of these images, or why there is none."""
    names = {"squeezenet": ARM_PHOTOS_RECORD, **ARM_SAMPLE_RECORDS}
    manifest, _ = build_model(model, weights, ["tflite"])
    try:
        load_recorded(names[model], manifest.file("tflite").sha256, images)
    except DataError as error:
        return None, (f"{ARM} left out: {error}",)
    return names[model], ()
