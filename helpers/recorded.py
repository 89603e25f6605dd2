"""Predictions that take too long to compute in every run: computed once, recorded with what they belong to.

A record is two files in `data/recorded`: the probabilities, and a JSON file that names the model file by its hash, the
images by theirs, and the processor and versions that computed them. Notebook 07 computes a random part of it again each
time it runs: see `recomputed`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.data import load_mnist
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import DataError
from helpers.files import DATA, build_dir, sha256_bytes, sha256_file, write_text
from helpers.ilsvrc_samples import load_ilsvrc_samples
from helpers.parity import sample_images
from helpers.predictions import cached_predictions, read_predictions, write_predictions
from helpers.preprocess import fit_photos
from helpers.zoo import model_record

ARM_RECORD = "lenet_arm_mnist_test"
ARM_PHOTOS_RECORD = "squeezenet_arm_ilsvrc_samples"
# Of larger networks, their answers to `helpers.parity.sample_images`, with the weights that come with the project.
ARM_SAMPLE_RECORDS = {name: f"{name}_arm_photos" for name in ("mobilenet", "densenet121", "resnet50", "inceptionv3")}

# Two runs of one file on one processor give the same bits; other versions of LiteRT may add up in another order.
LARGEST_DIFFERENCE = 1e-5

# Seconds that the emulated processor may take for a batch; InceptionV3 takes minutes for a few photos.
_PATIENCE = 3600.0


@dataclass(frozen=True)
class Recorded:
    """Recorded probabilities, float32 (n, classes), and what is known of them."""

    probabilities: NDArray[np.float32]
    info: dict[str, Any]


def load_recorded(
    name: str, model_sha256: str, images: NDArray[np.uint8], folder: Path = DATA / "recorded"
) -> Recorded:
    """Load a record, after making sure that it is of this model file and these images.

    Args:
        name: the record's name, such as `lenet_arm_mnist_test`.
        model_sha256: the hash of the model file at hand.
        images: the images at hand, uint8 (n, height, width, channels).
        folder: where the records lie.

    Raises:
        DataError: the record is missing, damaged, or of something else.
    """
    try:
        info = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"expected the record {name}.json in {folder}: {error}; make it with {_WAY_OUT}") from error
    if not isinstance(info, dict) or not isinstance(info.get("classes"), int):
        raise DataError(f"{name}.json in {folder} is not a record of predictions; make it anew with {_WAY_OUT}")
    path = folder / f"{name}.npz"
    for what, expected, received in (
        ("model file", info.get("model_sha256"), model_sha256),
        ("images", info.get("images_sha256"), _hash_of(images)),
        ("probabilities", info.get("probabilities_sha256"), sha256_file(path) if path.is_file() else "no file"),
    ):
        if expected != received:
            raise DataError(
                f"the record {name} is of other {what}: expected SHA-256 {expected}, received {received}; "
                f"make it anew with {_WAY_OUT}"
            )
    return Recorded(read_predictions(path, (len(images), info["classes"])), info)


_WAY_OUT = "'python -m helpers.recorded', then copy build/recorded to data/recorded"


def _hash_of(images: NDArray[np.uint8]) -> str:
    return sha256_bytes(np.ascontiguousarray(images).tobytes())


def recomputed(
    record: Recorded, engine: Engine, images: NDArray[np.uint8], count: int, seed: int = 0, progress: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Compute a random part of a record again, and hold the record to it.

    Args:
        record: what was recorded of these images.
        engine: an open engine of the recorded kind.
        images: the images of the record, uint8 (n, height, width, channels).
        count: how many of them, 1 to n.
        seed: of the draw.
        progress: show a progress bar while computing.

    Returns:
        The record's probabilities, float32 (n, classes), with the new ones in their places; and the indices of these,
        int64 (count,), in ascending order.

    Raises:
        DataError: another count; or a probability differs by more than `LARGEST_DIFFERENCE`.
        DeploymentError: whatever the engine raises.
    """
    if not 1 <= count <= len(images):
        raise DataError(f"expected 1 to {len(images)} images to compute again; received {count}")
    chosen = np.sort(np.random.default_rng(seed).choice(len(images), count, replace=False))
    again = cached_predictions(engine, images[chosen], progress)
    largest = float(np.abs(again - record.probabilities[chosen]).max())
    if largest > LARGEST_DIFFERENCE:
        raise DataError(
            f"the record for {engine.title} is wrong or stale: expected the probabilities of {count} images within "
            f"{LARGEST_DIFFERENCE:g} of it; received a difference of {largest:g}; make it anew with {_WAY_OUT}"
        )
    probabilities = record.probabilities.copy()
    probabilities[chosen] = again
    return probabilities, chosen


def record_arm(model: str, images: NDArray[np.uint8], name: str) -> Path:
    """Compute images on the emulated ARM processor and write the record to `build/recorded`.

    Args:
        model: the model, with the weights that come with the project.
        images: uint8 (n, height, width, channels).
        name: the record's name.

    Returns:
        The folder of the record.

    Raises:
        LaneError: the ARM lane is not there.
    """
    folder = build_dir() / "recorded"
    with open_engine("arm", model, timeout=_PATIENCE) as engine:
        probabilities = cached_predictions(engine, images, progress=True)
        path = folder / f"{name}.npz"
        write_predictions(path, probabilities)
        info = {
            "engine": engine.title,
            "where": engine.where,
            "processor": "ARM Cortex-A72 emulated by QEMU",
            "versions": engine.versions(),
            "model_sha256": engine.file.sha256,
            "images_sha256": _hash_of(images),
            "probabilities_sha256": sha256_file(path),
            "classes": probabilities.shape[1],
        }
    write_text(folder / f"{name}.json", json.dumps(info, indent=1) + "\n")
    return folder


def record_all() -> Path:
    """Make all records anew, in `build/recorded`: an hour or so; see `record_arm`."""
    record_arm("lenet", load_mnist("test")[0], ARM_RECORD)
    samples = fit_photos([sample.pixels for sample in load_ilsvrc_samples()], model_record("squeezenet").input)
    record_arm("squeezenet", samples, ARM_PHOTOS_RECORD)
    for model, name in ARM_SAMPLE_RECORDS.items():
        record_arm(model, sample_images(model_record(model).input), name)
    return build_dir() / "recorded"


if __name__ == "__main__":
    print(record_all())
