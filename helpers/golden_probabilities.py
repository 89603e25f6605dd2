"""Golden log-probabilities: what Keras says of the golden pictures, for pytest, JUnit and XCTest alike.

Beside the golden pictures of `helpers.golden` lie two files. `log_probabilities.f32` holds the natural logarithm of
every class' probability, float32 with the least significant byte first, one answer after another.
`log_probabilities.json` tells which model's answer to which picture begins where, with the five most probable classes
written out, which make a failure readable. Camera frames are turned by 90 degrees, as on a phone held upright.

The rule, where p is a platform's probability of a class and b is Keras' logarithm:
|max(ln p, ln 1e-30) - b| <= 0.001 max(|b|, 0.001). A thousandth of the logarithm is what is asked for. Near ln 1 = 0
that would be less than float32 can hold: numbers just below 1 lie 6e-8 apart, and the roundings of a softmax over a
thousand classes add up to some of these steps, so differences up to 1e-6 do not count. Below 1e-30, float32 softmax
outputs carry no information.

`python -m helpers.golden` writes them anew, with the weights that come with the project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.accuracy import SMALLEST_FLOAT32
from helpers.engines import open_engine
from helpers.errors import DataError
from helpers.files import ensure_folder, sha256_bytes, write_bytes, write_text
from helpers.golden import GOLDEN, Rotation, golden_frames, golden_pictures, gray_of, upright, yuv_to_rgb
from helpers.predictions import cached_predictions
from helpers.preprocess import ImageInput, fit_photo
from helpers.zoo import model_names, model_record

LOG_PROBABILITIES = "log_probabilities.f32"
LOG_PROBABILITIES_INDEX = "log_probabilities.json"

# The rule's two numbers: see above.
LARGEST_ERROR = 1e-3
LEAST_LOGARITHM = 1e-3

FRAME_ROTATION: Rotation = 90
_TOP = 5


def golden_inputs(expected: ImageInput) -> dict[str, NDArray[np.uint8]]:
    """The golden pictures and frames that a network can take, at its size.

    Args:
        expected: the network's input.

    Returns:
        By the names of their files: uint8 (height, width, channels).
    """
    frames = {file: upright(yuv_to_rgb(planes), FRAME_ROTATION) for file, planes in golden_frames().items()}
    fitted = {}
    for file, picture in {**golden_pictures(), **frames}.items():
        same_size = picture.shape[:2] == (expected.height, expected.width)
        if picture.shape[2] < expected.channels or not (expected.resize or same_size):
            continue
        fitted[file] = fit_photo(gray_of(picture) if picture.shape[2] > expected.channels else picture, expected)
    return fitted


def log_probability_error(expected: NDArray[np.float32], probabilities: NDArray[np.float32]) -> float:
    """How far a platform's answer to a picture is from Keras', by the rule above: at most `LARGEST_ERROR` is allowed.

    Args:
        expected: Keras' log-probabilities, float (classes,).
        probabilities: the platform's probabilities, float (classes,).

    Returns:
        The largest relative error of a log-probability; infinite where there is a number that is none.

    Raises:
        DataError: the shapes differ.
    """
    if expected.shape != probabilities.shape:
        raise DataError(f"expected probabilities of shape {expected.shape}; received {probabilities.shape}")
    if not np.isfinite(probabilities).all():
        return float("inf")
    reference = expected.astype(np.float64)
    differences = np.abs(np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_FLOAT32)) - reference)
    return float((differences / np.maximum(np.abs(reference), LEAST_LOGARITHM)).max())


def golden_log_probabilities(folder: Path = GOLDEN) -> Iterator[tuple[dict[str, Any], NDArray[np.float32]]]:
    """The answers in a folder's files, each with its entry in the index.

    Args:
        folder: where `make_log_probabilities` wrote them.

    Yields:
        An entry: "model", "weights_sha256", "input", "rotation", "start", "classes" and "top"; and the model's
        log-probabilities, float32 (classes,).

    Raises:
        DataError: the files are not there, or do not belong together.
    """
    way_out = "write them anew: python -m helpers.golden"
    try:
        index = json.loads((folder / LOG_PROBABILITIES_INDEX).read_bytes())
        content = (folder / index["file"]).read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"expected {LOG_PROBABILITIES_INDEX} and its file in {folder}; received '{error}'; {way_out}"
        ) from error
    if sha256_bytes(content) != index["sha256"]:
        raise DataError(
            f"expected {index['file']} with SHA-256 {index['sha256']}; received {sha256_bytes(content)}; {way_out}"
        )
    values = np.frombuffer(content, "<f4").astype(np.float32)
    for entry in index["entries"]:
        yield entry, values[entry["start"] : entry["start"] + entry["classes"]]


def make_log_probabilities(folder: Path = GOLDEN, names: Sequence[str] | None = None) -> None:
    """Write both files.

    Args:
        folder: made where it is not there yet.
        names: the models; all of them without it.

    Raises:
        DeploymentError: a model cannot be built, or the folder not be written.
    """
    entries, rows, start = [], [], 0
    for name in model_names() if names is None else names:
        pictures = golden_inputs(model_record(name).input)
        with open_engine("keras", name) as engine:
            probabilities = cached_predictions(engine, np.stack(list(pictures.values())))
            weights = engine.manifest.weights.sha256
        logarithms = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_FLOAT32)).astype(np.float32)
        for file, row in zip(pictures, logarithms, strict=True):
            top = np.argsort(-row, kind="stable")[:_TOP]
            entries.append(
                {
                    "model": name,
                    "weights_sha256": weights,
                    "input": file,
                    "rotation": FRAME_ROTATION if file in golden_frames() else 0,
                    "start": start,
                    "classes": len(row),
                    "top": [{"class_number": int(k), "log_probability": float(f"{row[k]:.6g}")} for k in top],
                }
            )
            rows.append(row)
            start += len(row)
    content = np.concatenate(rows).astype("<f4").tobytes()
    ensure_folder(folder)
    write_bytes(folder / LOG_PROBABILITIES, content)
    index = {
        "schema_version": 1,
        "file": LOG_PROBABILITIES,
        "sha256": sha256_bytes(content),
        "smallest_probability": SMALLEST_FLOAT32,
        "largest_error": LARGEST_ERROR,
        "least_logarithm": LEAST_LOGARITHM,
        "entries": entries,
    }
    write_text(folder / LOG_PROBABILITIES_INDEX, json.dumps(index, indent=1) + "\n")
