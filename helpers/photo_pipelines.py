"""From a photo's file to an answer, once on each platform: its own decoder, its own resizing, its own engine.

`helpers.pipeline_parity` compares what comes out. Each way says which steps are really the platform's own: the iOS
app's core on Linux, for one, gets decoded pixels and has no engine, so all that can be compared is the network's input.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.accuracy import SMALLEST_FLOAT16, SMALLEST_FLOAT32
from helpers.engines import open_engine
from helpers.errors import ImageError, ModelFileError
from helpers.files import build_dir, ensure_folder, sha256_bytes, write_bytes
from helpers.golden import gray_of
from helpers.photos import read_photo
from helpers.predictions import cached_predictions
from helpers.preprocess import ImageInput, fit_photo, to_tensor
from helpers.runs.jvm_pipeline import JVM_ENGINES
from helpers.runs.jvm_validation import PhotoFile, photo_folder, photo_name, run_jvm_validation
from helpers.runs.pipeline_program import run_command
from helpers.runs.run_log import RunLog
from helpers.runs.swift_pipeline import FORMAT, swift_program
from helpers.zoo import model_record

TOP = 5

# The best classes of a photo, at most five, with their probabilities; the most probable first.
Answer = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class PhotoRun:
    """What one platform made of some photos.

    Attributes:
        what: the platform, and what of the way is its own.
        where: on what it ran, one of the ledger's places.
        answers: by the photos' names; photos that it could not read are left out. None where no network ran.
        probabilities: float32 (n, classes) in the photos' order, where all of them are known.
        inputs: by the photos' names, the SHA-256 of the network's input tensor; None where it is not known.
        smallest: smaller probabilities count as this one where logarithms are compared.
        note: what must be said of it.
    """

    what: str
    where: str
    answers: Mapping[str, Answer] | None
    probabilities: NDArray[np.float32] | None = None
    inputs: Mapping[str, str] | None = None
    smallest: float = SMALLEST_FLOAT32
    note: str = ""


def read_fitted(photo: PhotoFile, expected: ImageInput) -> NDArray[np.uint8]:
    """Python's own way from a file to the network's size, which all others are held to.

    Returns:
        uint8 (height, width, channels).

    Raises:
        ImageError: the file is no whole photo, or the network cannot take it.
    """
    return fit_photo(_pixels(photo, expected), expected)


def tensor_hash(fitted: NDArray[np.uint8], expected: ImageInput) -> str:
    """The SHA-256 of a picture's input tensor, float32 with the least significant byte first, as run logs hold it."""
    return sha256_bytes(to_tensor(fitted[np.newaxis], expected).astype("<f4").tobytes())


def answers_of(probabilities: NDArray[np.float32]) -> list[Answer]:
    """The best classes of each row of probabilities, float (n, classes); of equal ones, the lower number first."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
    rows = np.take_along_axis(probabilities, best, axis=1)
    return [tuple(zip(*pair, strict=True)) for pair in zip(best.tolist(), rows.tolist(), strict=True)]


def run_of_log(log: RunLog, what: str) -> PhotoRun:
    """What a run log says of photos, a phone's or another's.

    Args:
        log: an accuracy run; its `golden` may hold the same photos, for the hashes of the network's input.
        what: what tables call it.
    """
    images = log.accuracy.images if log.accuracy else ()
    answers = {
        photo_name(image.id): tuple((each.class_number, each.probability) for each in image.top) for image in images
    }
    inputs = {photo_name(result.picture): result.tensor_sha256 for result in log.golden}
    failed = [f"{photo_name(each.id)}: {each.message}" for each in (log.accuracy.failed if log.accuracy else ())]
    note = f"{len(failed)} not read, such as {failed[0]}" if failed else ""
    return PhotoRun(what, log.where, answers, inputs=inputs if inputs.keys() & answers.keys() else None, note=note)


def photo_runs(
    model: str, photos: Sequence[PhotoFile], weights: str | Path, progress: bool
) -> dict[str, Callable[[], PhotoRun]]:
    """The platforms' own ways, by short names; each runs when it is called, and may raise LaneError.

    Args:
        model: the model.
        photos: the files, each name once.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a bar while a platform's code is built, which happens once.
    """
    expected = model_record(model).input
    runs: dict[str, Callable[[], PhotoRun]] = {
        f"jvm_{engine}": partial(_in_java, model, photos, weights, engine, progress) for engine in JVM_ENGINES
    }
    runs |= {name: partial(_in_core_ml, model, photos, weights, name) for name in ("mlmodel", "mlpackage_fp16")}
    runs["swift"] = partial(_in_swift, model, photos, weights, progress)
    if expected.resize is not None:
        runs["tensorflow"] = partial(_in_tensorflow, model, photos, weights, False)
        runs["tensorflow_stretched"] = partial(_in_tensorflow, model, photos, weights, True)
    return runs


def _pixels(photo: PhotoFile, expected: ImageInput) -> NDArray[np.uint8]:
    pixels = read_photo(photo.content, photo.name)
    return gray_of(pixels) if expected.channels == 1 else pixels


def _in_java(model: str, photos: Sequence[PhotoFile], weights: str | Path, engine: str, progress: bool) -> PhotoRun:
    with photo_folder(photos, model) as folder:
        try:
            # As golden pictures too, the log holds the hashes of what the network got.
            log = run_jvm_validation(folder, model, engine, weights, golden=folder, progress=progress)
        except ModelFileError:
            # A photo that cannot be read is refused there, and counted as failed here.
            log = run_jvm_validation(folder, model, engine, weights, golden=None, progress=progress)
    return run_of_log(log, f"{JVM_ENGINES[engine].title}: its own decoder, resize and engine")


def _in_core_ml(model: str, photos: Sequence[PhotoFile], weights: str | Path, name: str) -> PhotoRun:
    with open_engine(name, model, weights) as engine:
        fitted = np.stack([read_fitted(photo, engine.manifest.input) for photo in photos])
        probabilities = cached_predictions(engine, fitted)
        smallest = SMALLEST_FLOAT16 if engine.precision == "float16" else SMALLEST_FLOAT32
        return PhotoRun(
            f"{engine.title}: the file's own image input and network",
            engine.where,
            _by_name(photos, probabilities),
            probabilities,
            smallest=smallest,
            note="decoded and resized by Python: Apple's decoders exist on Apple's systems alone",
        )


def _in_swift(model: str, photos: Sequence[PhotoFile], weights: str | Path, progress: bool) -> PhotoRun:
    expected = model_record(model).input
    with tempfile.TemporaryDirectory(prefix="photos-", dir=ensure_folder(build_dir())) as place:
        names = {}
        for number, photo in enumerate(photos):
            pixels = _pixels(photo, expected)
            height, width, channels = pixels.shape
            header = f"P{6 if channels == 3 else 5}\n{width} {height}\n255\n".encode()
            # The core reads no format but portable pixmaps on Linux; any name will do.
            write_bytes(Path(place) / f"{number:06}.ppm", header + pixels.tobytes())
            names[f"{number:06}.ppm"] = photo.name
        settings = {"images": place, "golden": place}
        program = swift_program(model, "validation", progress)
        log = run_command(program, "validate", model, FORMAT, settings, weights, f"the validation of {model}")
    return PhotoRun(
        "Swift core on Linux: its own resize",
        log.where,
        None,
        inputs={names[result.picture]: result.tensor_sha256 for result in log.golden},
        note="decoded by Python; Core ML exists on Apple's systems alone, so no network ran",
    )


def _in_tensorflow(model: str, photos: Sequence[PhotoFile], weights: str | Path, stretched: bool) -> PhotoRun:
    with open_engine("keras", model, weights) as engine:
        fitted = np.stack([_tensorflow_fitted(photo, engine.manifest.input, stretched) for photo in photos])
        probabilities = cached_predictions(engine, fitted)
        return PhotoRun(
            f"Keras behind tf.io.decode_jpeg and tf.image.resize, {'stretched' if stretched else 'the same crop'}",
            engine.where,
            _by_name(photos, probabilities),
            probabilities,
            inputs={
                photo.name: tensor_hash(picture, engine.manifest.input)
                for photo, picture in zip(photos, fitted, strict=True)
            },
            note="as in many tutorials: bilinear without antialiasing, rounded to bytes"
            + (", and the whole photo squeezed into the square" if stretched else ""),
        )


def _tensorflow_fitted(photo: PhotoFile, expected: ImageInput, stretched: bool) -> NDArray[np.uint8]:
    import tensorflow as tf

    try:
        pixels = tf.io.decode_jpeg(photo.content, channels=expected.channels)
    except tf.errors.InvalidArgumentError as error:
        raise ImageError(
            f"expected {photo.name} to be a JPEG or PNG that TensorFlow reads; received one that it does not: "
            f"{error.message.partition(chr(10))[0]}; save it anew"
        ) from error
    sides = expected.height, expected.width
    if not stretched and expected.resize is not None:
        sides = expected.resize.resized_sides(*pixels.shape[:2])
    resized = tf.image.resize(pixels, sides, method="bilinear", antialias=False).numpy()
    top, left = (sides[0] - expected.height) // 2, (sides[1] - expected.width) // 2
    cropped = resized[top : top + expected.height, left : left + expected.width]
    return np.asarray(np.rint(cropped).clip(0, 255), np.uint8)


def _by_name(photos: Sequence[PhotoFile], probabilities: NDArray[np.float32]) -> dict[str, Answer]:
    return {photo.name: answer for photo, answer in zip(photos, answers_of(probabilities), strict=True)}
