"""Does a way of preparing a photo, and of reading the network's output, explain the classes in a log?

The five best classes are compared by the logarithms of their probabilities, and a class that should be among them may
not be missing. Where the log's pixels are those of the candidate, only runtimes' arithmetic differs. Where they are
not, because another decoder made them, the network itself says how much may differ: it answers to the same picture
after one more JPEG compression, and to one that is a level brighter.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from helpers.accuracy import SMALLEST_FLOAT16
from helpers.diagnosis.candidates import Candidate
from helpers.engines.base import Engine
from helpers.predictions import cached_answers
from helpers.preprocess import fit_photo
from helpers.runs.run_log_parts import TopClass

# Runtimes in float16, such as Core ML's, are off by up to a tenth; see helpers.parity for how that follows.
_ARITHMETIC = 0.2
# Decoders differ from each other about as a photo does from itself after one more compression. With a mistake in the
# pixels less is let pass, so that pixels that are wrong in an unknown way are not taken for it.
_REACTIONS = 5.0
_REACTIONS_OF_OTHER_PIXELS = 3.0
_QUALITY = 90
_BATCH = 32

Change = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def answers_of(
    engine: Engine, candidate: Candidate, photos: Sequence[NDArray[np.uint8]], changes: Sequence[Change] = ()
) -> NDArray[np.float32]:
    """What the network answers to photos that a candidate prepared.

    Args:
        engine: one that takes tensors.
        candidate: how they are prepared.
        photos: n photos.
        changes: done to each fitted picture, one at a time.

    Returns:
        float32 (1 + changes, n, classes): first without a change.
    """
    expected, way = engine.manifest.input, candidate.pipeline
    parts = []
    for start in range(0, len(photos), _BATCH):
        pictures = [way.prepare(photo, expected) for photo in photos[start : start + _BATCH]]
        tensors = [tensor for _, tensor in pictures]
        tensors += [way.tensor_of(change(fitted), expected) for change in changes for fitted, _ in pictures]
        parts.append(cached_answers(engine, np.stack(tensors)).reshape(1 + len(changes), len(pictures), -1))
    return np.concatenate(parts, axis=1)


def answers_and_tolerances(
    engine: Engine, candidate: Candidate, photos: Sequence[NDArray[np.uint8]], same_pixels: Sequence[bool]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """What the network answers, and how far a log's answers may be from that.

    Args:
        engine: one that takes tensors.
        candidate: how the photos are prepared.
        photos: n photos.
        same_pixels: for each, whether the log's pixels are the candidate's.

    Returns:
        float32 (n, classes), the probabilities; and float64 (n,), natural logarithms.
    """
    changes = () if all(same_pixels) else (_compressed, _brighter)
    plain, *changed = answers_of(engine, candidate, photos, changes)
    times = _REACTIONS if candidate.pipeline.fit is fit_photo else _REACTIONS_OF_OTHER_PIXELS
    tolerances = [
        _ARITHMETIC
        if same
        else max(_ARITHMETIC, *(times * answer_difference(best_classes(rows[n]), plain[n]) for rows in changed))
        for n, same in enumerate(same_pixels)
    ]
    return plain, np.array(tolerances)


def answer_difference(top: Sequence[tuple[int, float]], probabilities: NDArray[np.float32], shift: int = 0) -> float:
    """The largest difference between a log's best classes and probabilities, in natural logarithms.

    Probabilities below 2**-14, which float16 does not hold, count as that.

    Args:
        top: the log's best classes: number and probability, the most probable first.
        probabilities: float32 (classes,).
        shift: by how much the log's class numbers are said to be too high. A class that would not exist otherwise says
            nothing: some apps drop it, others give it another name.
    """
    classes = len(probabilities)
    logged = dict(top)
    differences = [0.0]
    for number, probability in top:
        if 0 <= number - shift < classes:
            differences.append(abs(_log(probability) - _log(probabilities[number - shift])))
    for number, probability in best_classes(probabilities, len(top)):
        if 0 <= number + shift < classes and number + shift not in logged:
            # In the log, its probability is that of the last one at most.
            differences.append(max(0.0, _log(probability) - _log(top[-1][1])))
    return max(differences)


def best_classes(probabilities: NDArray[np.float32], count: int = 5) -> list[tuple[int, float]]:
    """The most probable classes, number and probability, as the apps list them."""
    return [(int(k), float(probabilities[k])) for k in np.argsort(-probabilities, kind="stable")[:count]]


def logged_classes(top: Sequence[TopClass]) -> list[tuple[int, float]]:
    """The same from a log."""
    return [(entry.class_number, entry.probability) for entry in top]


def _log(probability: float) -> float:
    return float(np.log(max(float(probability), SMALLEST_FLOAT16)))


def _compressed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(picture if picture.shape[2] == 3 else picture[..., 0]).save(stream, "jpeg", quality=_QUALITY)
    with Image.open(stream) as again:
        return np.array(again, np.uint8).reshape(picture.shape)


def _brighter(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.minimum(picture, 254) + np.uint8(1)
