"""The pictures of a log: what it says of each, the photo itself, and what should have become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.diagnosis.candidates import Candidate
from helpers.diagnosis.tensors import Expected, expected_of
from helpers.errors import DataError, ImageError
from helpers.golden import golden_pictures, gray_of
from helpers.preprocess import ImageInput
from helpers.preprocess_bugs import RIGHT
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import GoldenResult


@dataclass(frozen=True)
class Case:
    """A picture: what the log says of it, the photo itself, and what the right pipeline makes of it."""

    entry: GoldenResult
    photo: NDArray[np.uint8]
    right: Expected


def cases_of(log: RunLog, pictures: Mapping[str, NDArray[np.uint8]] | None, expected: ImageInput) -> list[Case]:
    """The golden pictures of a log whose photos are there.

    Args:
        log: of an accuracy run.
        pictures: the photos, by the names in the log, uint8 of one or three channels; without it those of
            `data/golden`.
        expected: the network's input.

    Raises:
        DataError: the log holds no golden pictures, or none of these.
        ImageError: the network cannot take one of the photos.
    """
    photos = golden_pictures() if pictures is None else pictures
    if not log.golden:
        raise DataError(
            f"expected the log of an accuracy run, with golden pictures; received one of kind {log.kind!r} without; "
            "start an accuracy run in the app, and export its log"
        )
    right = Candidate((), RIGHT)
    cases = []
    for entry in log.golden:
        if entry.picture in photos:
            try:
                photo = _in_channels_of(expected, photos[entry.picture])
                cases.append(Case(entry, photo, expected_of([right], photo, expected)[0]))
            except ImageError as error:
                raise ImageError(f"{entry.picture}: {error}") from error
    if not cases:
        raise DataError(
            f"expected pictures with the names in the log, such as {log.golden[0].picture!r}; received "
            f"{', '.join(map(repr, list(photos)[:5])) or 'none'}; give the photos under the names in the log"
        )
    return cases


def _in_channels_of(expected: ImageInput, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo with the network's channels, as both apps make it."""
    channels = photo.shape[2] if isinstance(photo, np.ndarray) and photo.ndim == 3 else 0
    if (channels, expected.channels) == (1, 3):
        return photo.repeat(3, axis=2)
    return gray_of(photo) if (channels, expected.channels) == (3, 1) else photo
