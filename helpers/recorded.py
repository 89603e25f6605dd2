"""Predictions that take too long to compute in every run: computed once, recorded with what they belong to.

A record is two files in `data/recorded`: the probabilities, and a JSON file that names the model file by its hash, the
images by theirs, and the processor and versions that computed them. Notebook 07 computes a random part of it again each
time it runs.
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
from helpers.errors import DataError
from helpers.files import DATA, build_dir, sha256_bytes, sha256_file, write_text
from helpers.predictions import cached_predictions, read_predictions, write_predictions

ARM_RECORD = "lenet_arm_mnist_test"


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


def record_arm() -> Path:
    """Compute all 10,000 MNIST test digits on the emulated ARM processor and write the record to `build/recorded`.

    Returns:
        The folder of the record.

    Raises:
        LaneError: the ARM lane is not there.
    """
    images, _ = load_mnist("test")
    folder = build_dir() / "recorded"
    with open_engine("arm", "lenet") as engine:
        probabilities = cached_predictions(engine, images, progress=True)
        path = folder / f"{ARM_RECORD}.npz"
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
    write_text(folder / f"{ARM_RECORD}.json", json.dumps(info, indent=1) + "\n")
    return folder


if __name__ == "__main__":
    print(record_arm())
