"""What may have happened on a phone: the right pipeline, each mistake in each variant, and two mistakes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.preprocess import ImageInput
from helpers.preprocess_bugs import RIGHT, Pipeline, PreprocessBug, applicable_bugs


@dataclass(frozen=True)
class Candidate:
    """One way in which the tensors of a log may have been made.

    Attributes:
        bugs: the names of the mistakes in it; empty for the right pipeline.
        pipeline: how it prepares a photo.
    """

    bugs: tuple[str, ...]
    pipeline: Pipeline


def single_candidates(photos: Sequence[NDArray[np.uint8]], expected: ImageInput) -> list[Candidate]:
    """The right pipeline first, then each mistake before the network that can act on one of the photos at least."""
    found = [
        Candidate((bug.name,), variant)
        for bug in _before_the_network(photos, expected)
        for variant in bug.variants(expected)
    ]
    return [Candidate((), RIGHT), *found]


def paired_candidates(photos: Sequence[NDArray[np.uint8]], expected: ImageInput) -> list[Candidate]:
    """Each mistake in the pixels together with each in the tensor."""
    bugs = _before_the_network(photos, expected)
    return [
        Candidate((first.name, second.name), Pipeline(f"{one.title}; {other.title}", fit=one.fit, tensor=other.tensor))
        for first in bugs
        if first.stage == "pixels"
        for one in first.variants(expected)
        for second in bugs
        if second.stage == "tensor"
        for other in second.variants(expected)
    ]


def _before_the_network(photos: Sequence[NDArray[np.uint8]], expected: ImageInput) -> list[PreprocessBug]:
    return [
        bug
        for bug in applicable_bugs(expected)
        if bug.stage != "answer" and any(bug.acts_on(photo, expected) for photo in photos)
    ]
