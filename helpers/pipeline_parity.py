"""Model parity and pipeline parity: the same pictures into each engine, and the same files into each platform.

The paper finds accuracies on phones within 0.5 % of the PC's, and puts the rest down to ARM's float arithmetic (section
III.C.1). Two tables test that explanation. *Model parity* hands the same picture, at the network's size, to each
engine: what differs is arithmetic. *Pipeline parity* hands the same file to each platform, which decodes and resizes
it by its own code: what differs is all of it. Both have the same columns.

A run log holds the five best classes of a photo, so both tables compare the logarithms of these five; where all classes
are known, all are compared too. Taught in notebook 07_validate_accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from helpers.accuracy import SMALLEST_FLOAT16, SMALLEST_FLOAT32, Accuracy, agreement
from helpers.artifacts import build_model
from helpers.engines import open_engine
from helpers.errors import DataError, LaneError
from helpers.manifest import Manifest
from helpers.photo_pipelines import Answer, PhotoRun, answers_of, photo_runs, read_fitted, run_of_log, tensor_hash
from helpers.predictions import cached_predictions
from helpers.recorded import load_recorded, recomputed
from helpers.runs.jvm_validation import PhotoFile, check_photo_names
from helpers.runs.run_log import RunLog

REFERENCE = "keras"
ARM = "arm"
MODEL_ENGINES = (
    "frozen",
    "tf_mobile",
    "litert",
    "jvm_tf_mobile",
    "jvm_tflite",
    ARM,
    "mlmodel",
    "mlpackage_fp32",
    "mlpackage_fp16",
)


@dataclass(frozen=True)
class Comparison:
    """One engine or platform beside Keras, which got its pictures by Python's own way.

    Attributes:
        model: the model's title, which says if it is untrained.
        what: the engine, or the platform and what of the way from the file is its own.
        kind: `model`, the same pictures at the network's size; or `pipeline`, the same files.
        where: on what it ran, one of the ledger's places.
        total: how many photos were compared.
        same_input: for how many of them the network's input was the same, bit for bit; None where it is not known.
        same_top1: on how many the most probable class is the same; None where no network ran.
        same_top5: on how many the five most probable classes are the same five, in any order.
        largest: the largest absolute difference of a natural log-probability, over the five classes that the other
            side finds most probable.
        median: the median of these differences.
        largest_of_all: the same over all classes, where all are known.
        median_of_all: the same over all classes, where all are known and in float32.
        top1: how many photos with a label were classified right; None for weights that know no photos.
        top5: how many had their class among the five most probable.
        note: what must be said of it.
    """

    model: str
    what: str
    kind: Literal["model", "pipeline"]
    where: str
    total: int
    same_input: int | None = None
    same_top1: int | None = None
    same_top5: int | None = None
    largest: float | None = None
    median: float | None = None
    largest_of_all: float | None = None
    median_of_all: float | None = None
    top1: Accuracy | None = None
    top5: Accuracy | None = None
    note: str = ""


@dataclass(frozen=True)
class Parity:
    """The comparisons of one kind, Keras' own row first; and a line for each engine or platform that was left out."""

    rows: tuple[Comparison, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Reference:
    """Keras, its pictures by Python's own way, and what it says of them."""

    manifest: Manifest
    names: tuple[str, ...]
    inputs: tuple[str, ...]
    labels: tuple[int | None, ...]
    probabilities: NDArray[np.float32]


def model_parity(
    model: str,
    images: NDArray[np.uint8],
    labels: Sequence[int | None] | None = None,
    weights: str | Path = "offline",
    engines: Sequence[str] = MODEL_ENGINES,
    arm_record: str | None = None,
    arm_again: int = 3,
    progress: bool = False,
) -> Parity:
    """Hand the same pictures to each engine.

    Engines of the JVM and of Core ML get the same bytes and scale them by themselves. That Java's tensor is Python's,
    bit for bit, is what the golden vectors hold it to (`helpers.golden`).

    Args:
        model: the model.
        images: uint8 (n, height, width, channels) at the network's size.
        labels: the true classes, where they are known.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        engines: as `helpers.engines.open_engine` takes them.
        arm_record: a record of `data/recorded` with the answers of `arm` to these images; without it, all are computed
            here, which takes seconds for each where the processor is emulated.
        arm_again: so many of the record's images, drawn at random, are computed again, to hold the record to.
        progress: show a progress bar over the engines.

    Raises:
        ImageError: the images are not what the network takes.
        DataError: not a label for each image; a record of something else, or not what is computed now.
        DeploymentError: whatever building and running the model raises, but LaneError: that engine is left out.
    """
    if labels is not None and len(labels) != len(images):
        raise DataError(f"expected a label for each of {len(images)} images; received {len(labels)}; None is unknown")
    with open_engine(REFERENCE, model, weights) as keras:
        reference = _Reference(
            keras.manifest,
            tuple(map(str, range(len(images)))),
            tuple(tensor_hash(image, keras.manifest.input) for image in images),
            tuple(labels) if labels is not None else (None,) * len(images),
            cached_predictions(keras, images),
        )
    runs: dict[str, Callable[[], PhotoRun]] = {
        name: partial(_run_engine, name, model, weights, images, reference) for name in engines
    }
    if ARM in runs and arm_record is not None:
        runs[ARM] = partial(_run_recorded, model, weights, images, reference, arm_record, arm_again)
    return _compared("model", reference, runs, progress)


def pipeline_parity(
    model: str,
    photos: Sequence[PhotoFile],
    weights: str | Path = "offline",
    logs: Mapping[str, RunLog] | None = None,
    progress: bool = False,
) -> Parity:
    """Hand the same files to each platform, which decodes and resizes them by its own code.

    Args:
        model: the model.
        photos: at least one JPEG or PNG file, each name once.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        logs: accuracy runs of phones over photos of these names, by what tables shall call them.
        progress: show a progress bar over the platforms.

    Raises:
        ImageError: Python cannot read a photo, or the network cannot take it; a name is no photo's, or comes twice.
        DeploymentError: whatever building and running the model raises, but LaneError: that platform is left out.
    """
    check_photo_names(photos)
    with open_engine(REFERENCE, model, weights) as keras:
        fitted = np.stack([read_fitted(photo, keras.manifest.input) for photo in photos])
        reference = _Reference(
            keras.manifest,
            tuple(photo.name for photo in photos),
            tuple(tensor_hash(picture, keras.manifest.input) for picture in fitted),
            tuple(photo.label for photo in photos),
            cached_predictions(keras, fitted),
        )
    runs = photo_runs(model, photos, weights, progress)
    for title, log in (logs or {}).items():
        runs[title] = partial(_run_logged, title, log, reference)
    return _compared("pipeline", reference, runs, progress)


def comparison_table(rows: Sequence[Comparison]) -> pd.DataFrame:
    """Comparisons of either kind as a table.

    Returns:
        One row per comparison: what, where, photos, same_input, same_top1, same_top5 (counts of photos), largest,
        median (differences of ln p over the five best classes), largest_of_all, median_of_all (over all classes),
        top1 and top5 (as `14 of 20: 70.0 % (48.1 to 85.5)`, with the 95 % interval), note. What is not known is NA.
    """
    counts = ("total", "same_input", "same_top1", "same_top5")
    differences = ("largest", "median", "largest_of_all", "median_of_all")
    table = pd.DataFrame({"what": [row.what for row in rows], "where": [row.where for row in rows]})
    for name in counts:
        title = "photos" if name == "total" else name
        table[title] = pd.array([getattr(row, name) for row in rows], dtype="Int64")
    for name in differences:
        table[name] = pd.array([getattr(row, name) for row in rows], dtype="Float64")
    for name in ("top1", "top5"):
        table[name] = [_accuracy_text(getattr(row, name)) for row in rows]
    table["note"] = [row.note for row in rows]
    return table


def _accuracy_text(accuracy: Accuracy | None) -> str | None:
    if accuracy is None:
        return None
    low, high = accuracy.interval
    return f"{accuracy.correct} of {accuracy.total}: {accuracy.percent:.1f} % ({low:.1f} to {high:.1f})"


def _run_engine(
    name: str, model: str, weights: str | Path, images: NDArray[np.uint8], reference: _Reference
) -> PhotoRun:
    with open_engine(name, model, weights) as engine:
        probabilities = cached_predictions(engine, images)
        return PhotoRun(
            engine.title,
            engine.where,
            dict(zip(reference.names, answers_of(probabilities), strict=True)),
            probabilities,
            None if engine.takes_images else dict(zip(reference.names, reference.inputs, strict=True)),
            SMALLEST_FLOAT16 if engine.precision == "float16" else SMALLEST_FLOAT32,
            "scales the bytes itself" if engine.takes_images else "",
        )


def _run_recorded(
    model: str, weights: str | Path, images: NDArray[np.uint8], reference: _Reference, record: str, again: int
) -> PhotoRun:
    manifest, _ = build_model(model, weights, ["tflite"])
    recorded = load_recorded(record, manifest.file("tflite").sha256, images)
    probabilities, here = recorded.probabilities, "none computed again here"
    if again:
        try:
            with open_engine(ARM, model, weights) as engine:
                probabilities, chosen = recomputed(recorded, engine, images, again)
            here = f"{len(chosen)} computed again here"
        except LaneError as error:
            here = f"{here}: {error}"
    return PhotoRun(
        recorded.info["engine"],
        recorded.info["where"],
        dict(zip(reference.names, answers_of(probabilities), strict=True)),
        probabilities,
        dict(zip(reference.names, reference.inputs, strict=True)),
        note=f"recorded on {recorded.info['processor']}; {here}",
    )


def _run_logged(title: str, log: RunLog, reference: _Reference) -> PhotoRun:
    manifest = reference.manifest
    if (log.model.name, log.model.weights_sha256) != (manifest.model, manifest.weights.sha256):
        raise DataError(
            f"expected {title} to be a run of {manifest.title} with the weights {manifest.weights.sha256[:12]}...; "
            f"received one of {log.model.name} with {log.model.weights_sha256[:12]}...; leave it out"
        )
    run = run_of_log(log, title)
    if not (run.answers or {}).keys() & set(reference.names):
        raise DataError(
            f"expected {title} to hold answers to photos such as {reference.names[0]}; received none of them; leave "
            "it out, or classify the same files there"
        )
    return run


def _compared(
    kind: Literal["model", "pipeline"],
    reference: _Reference,
    runs: Mapping[str, Callable[[], PhotoRun]],
    progress: bool,
) -> Parity:
    names = reference.names
    keras = PhotoRun(
        "Keras, the reference",
        "pc",
        dict(zip(names, answers_of(reference.probabilities), strict=True)),
        reference.probabilities,
        dict(zip(names, reference.inputs, strict=True)),
    )
    rows, left_out = [_comparison(kind, reference, keras)], []
    for name, run in tqdm(runs.items(), desc=f"{kind} parity", disable=not progress):
        try:
            rows.append(_comparison(kind, reference, run()))
        except LaneError as error:
            left_out.append(f"{name} left out: {error}")
    return Parity(tuple(rows), tuple(left_out))


def _comparison(kind: Literal["model", "pipeline"], reference: _Reference, run: PhotoRun) -> Comparison:
    manifest, inputs = reference.manifest, run.inputs
    same_input = None
    if inputs is not None:
        same_input = sum(inputs.get(name) == ours for name, ours in zip(reference.names, reference.inputs, strict=True))
    row = Comparison(manifest.title, run.what, kind, run.where, len(reference.names), same_input, note=run.note)
    if run.answers is None:
        return row
    answered = [at for at, name in enumerate(reference.names) if name in run.answers]
    ours = reference.probabilities[answered]
    theirs = [run.answers[reference.names[at]] for at in answered]
    pairs = list(zip(answers_of(ours), theirs, strict=True))
    differences = _log_differences(ours, theirs, run.smallest)
    row = replace(
        row,
        total=len(answered),
        same_top1=sum(first[0][0] == second[0][0] for first, second in pairs),
        same_top5=sum(dict(first).keys() == dict(second).keys() for first, second in pairs),
        largest=float(differences.max()),
        median=float(np.median(differences)),
    )
    if run.probabilities is not None:
        whole = agreement(reference.probabilities, run.probabilities, run.smallest)
        row = replace(row, largest_of_all=whole.largest_log_difference)
        # In float16 most classes count as the smallest number, on both sides: the median would be 0 of any network.
        if run.smallest == SMALLEST_FLOAT32:
            row = replace(row, median_of_all=whole.median_log_difference)
    labelled = [
        (label, answer)
        for at, answer in zip(answered, theirs, strict=True)
        if (label := reference.labels[at]) is not None
    ]
    if not labelled or manifest.weights.kind == "untrained":
        return row
    return replace(
        row,
        top1=Accuracy(sum(label == answer[0][0] for label, answer in labelled), len(labelled)),
        top5=Accuracy(sum(label in dict(answer) for label, answer in labelled), len(labelled)),
    )


def _log_differences(ours: NDArray[np.float32], theirs: Sequence[Answer], smallest: float) -> NDArray[np.float64]:
    """How far the logarithms of the probabilities that the other side tells are from ours, without their signs."""
    pairs = [(row[number], value) for row, answer in zip(ours, theirs, strict=True) for number, value in answer]
    logs = np.log(np.maximum(np.asarray(pairs, np.float64), smallest))
    return np.asarray(np.abs(logs[:, 0] - logs[:, 1]))
