"""Does a way of preparing a photo explain what a log says of the network's input?

Equal hashes leave no doubt. Where they differ, it is asked what can differ on a sound phone:

- The pixels, where the photo is a JPEG. Decoders may round each of Y, Cb and Cr by one level otherwise, which the
  conversion to RGB enlarges to 1 + 1.772 levels at most; so much a channel's mean may differ. Single pixels may differ
  by far more, because decoders blow up the halved colours in different ways, and extremes are single pixels.
- The arithmetic. (p - mean) / std is not rounded as p * scale + bias is, by some steps of float32.

Neither changes what an extreme can be: of 256 levels of a channel the network gets 256 numbers, and the smallest and
the largest logged number must be one of them. So a constant that is wrong by half a percent shows, though the decoder
may change the mean by more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.diagnosis.candidates import Candidate
from helpers.files import sha256_bytes
from helpers.preprocess import ImageInput
from helpers.runs.run_log_parts import GoldenResult

# In levels of 0-255.
_MEAN_OF_DECODERS = 1 + 1.772
_EXTREME_OF_DECODERS = 40.0
# Means are added up from up to 268,203 numbers, not always in double precision.
_MEAN_OF_ARITHMETIC = 0.05
# A few operations of float32, each rounded by at most half of 2**-23 of the largest number in it.
_ARITHMETIC = 8 * 2.0**-24

_LEVELS = 256
_LARGEST = 1e100


@dataclass(frozen=True)
class Expected:
    """What a candidate makes of a picture.

    Attributes:
        fitted_sha256: as `helpers.golden` has it.
        tensor_sha256: the same.
        channels: float64 (channels, 3): minimum, mean and maximum of each channel, in the network's order.
    """

    fitted_sha256: str
    tensor_sha256: str
    channels: NDArray[np.float64]


def expected_of(candidates: Sequence[Candidate], photo: NDArray[np.uint8], expected: ImageInput) -> list[Expected]:
    """Prepare a photo as each candidate does, and sum it up as the apps do.

    Raises:
        ImageError: the network cannot take the photo.
    """
    # Many candidates share a way of fitting.
    fitted: dict[object, NDArray[np.uint8]] = {}
    made = []
    for way in (candidate.pipeline for candidate in candidates):
        if way.fit not in fitted:
            fitted[way.fit] = way.prepare(photo, expected).fitted
        tensor = way.tensor_of(fitted[way.fit], expected)
        values = tensor.reshape(-1, expected.channels)
        channels = np.stack([values.min(axis=0), values.mean(axis=0, dtype=np.float64), values.max(axis=0)], axis=1)
        pixels_sha256 = sha256_bytes(np.ascontiguousarray(fitted[way.fit]).tobytes())
        tensor_sha256 = sha256_bytes(tensor.astype("<f4").tobytes())
        made.append(Expected(pixels_sha256, tensor_sha256, channels.astype(np.float64)))
    return made


def level_numbers(candidate: Candidate, expected: ImageInput) -> NDArray[np.float64]:
    """The numbers that a candidate makes of the levels 0-255: float64 (256, channels), in the network's order."""
    side = 16
    ramp = np.arange(_LEVELS, dtype=np.uint8).reshape(1, side, side, 1).repeat(expected.channels, axis=3)
    small = expected.model_copy(update={"height": side, "width": side, "resize": None})
    return candidate.pipeline.tensor(ramp, small).reshape(_LEVELS, -1).astype(np.float64)


def logged_channels(entry: GoldenResult) -> NDArray[np.float64]:
    """Minimum, mean and maximum of each channel in a log, float64 (channels, 3)."""
    # A log may hold the largest numbers there are; what is computed from them here must stay finite.
    return np.array([(channel.min, channel.mean, channel.max) for channel in entry.channels]).clip(-_LARGEST, _LARGEST)


def tensor_misfit(entry: GoldenResult, made: Expected, numbers: NDArray[np.float64], known: Collection[str]) -> float:
    """How badly what a candidate makes of a picture fits what a log says of it.

    Args:
        entry: the log's.
        made: the candidate's.
        numbers: the candidate's `level_numbers`.
        known: the hashes of what all candidates make of the picture's pixels.

    Returns:
        0 for the same tensor, up to 1 for one that a sound platform may have, more for another one.
    """
    if entry.tensor_sha256 == made.tensor_sha256:
        return 0.0
    logged = logged_channels(entry)
    if logged.shape != made.channels.shape:
        return np.inf
    step = np.abs(numbers[1] - numbers[0])[:, None]
    differences = np.abs(logged - made.channels) / step
    rounding = _rounding(numbers) / step
    if entry.fitted_sha256 == made.fitted_sha256:
        tolerances = np.concatenate([rounding, rounding + _MEAN_OF_ARITHMETIC, rounding], axis=1)
        return float((differences / tolerances).max())
    if entry.fitted_sha256 in known:
        return np.inf
    decoders = np.array([_EXTREME_OF_DECODERS, _MEAN_OF_DECODERS, _EXTREME_OF_DECODERS])
    return max(float((differences / decoders).max()), off_level_numbers(entry, numbers))


def off_level_numbers(entry: GoldenResult, numbers: NDArray[np.float64]) -> float:
    """How far a log's smallest and largest numbers are from all that the levels 0-255 can become; 1 is still rounding.

    Args:
        entry: the log's, with as many channels as the numbers.
        numbers: a candidate's `level_numbers`.
    """
    extremes = logged_channels(entry)[:, [0, 2]]
    distances = np.abs(extremes[:, None, :] - numbers.T[:, :, None]).min(axis=1)
    return float((distances / _rounding(numbers)).max())


def _rounding(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """What float32 may add to a number, by channel: (channels, 1). A product may be larger than what is left of it."""
    largest = np.abs(numbers).max(axis=0) + np.abs(numbers[0])
    return np.asarray(_ARITHMETIC * largest[:, None])
