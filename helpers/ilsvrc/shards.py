"""The store of an evaluation: a small file of predictions for each few images, found again by what it depends on.

A shard's name is a hash of everything that could change its numbers: the model file, the engine's source, settings and
versions, the preprocessing with its source and the decoder's version, the processor's kind, and of each image its name,
its size, and the times at which its content and its status last changed. The last of these moves even when somebody
sets the other back, and reading 50,000 files to hash them would take as long as evaluating some networks. The true
classes are no part of it: a corrected label file costs no new predictions.

Each shard is written whole, in one step: a process killed at any moment leaves the shards that are done, and nothing
that looks like one but is not. A shard with images that could not be read is computed again next time, since the
trouble may be over by then.
"""

from __future__ import annotations

import dataclasses
import json
import math
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL
from PIL import features

from helpers.engines.base import Engine
from helpers.errors import DataError
from helpers.files import build_dir, sha256_bytes, write_text
from helpers.ilsvrc.answers import TOP, ImageAnswer
from helpers.ilsvrc.folder import IlsvrcFolder
from helpers.ilsvrc.label_orders import CLASSES
from helpers.predictions import prediction_key
from helpers.sources import source_hash

# A killed process loses less than one shard of work; 50,000 images make a thousand small files.
SHARD_IMAGES = 50

_LARGEST_SHARD = 1_000_000


@dataclass(frozen=True)
class Shard:
    """A few images that are read, predicted and stored together.

    Attributes:
        start: the index of its first image in the folder.
        names: its images.
        path: its file, there or not.
    """

    start: int
    names: tuple[str, ...]
    path: Path


def engine_key(engine: Engine) -> str:
    """The SHA-256 over everything but the images that an engine's answers depend on."""
    parts = {
        "engine": prediction_key(engine, np.empty((0, *engine.manifest.input.shape), np.uint8)),
        "source": source_hash("helpers.ilsvrc.answers"),
        "decoder": [PIL.__version__, features.version("libjpeg_turbo"), features.version("zlib")],
        "processor": platform.machine(),
    }
    return sha256_bytes(json.dumps(parts, sort_keys=True).encode())


def store_folder(engine: Engine, key: str) -> Path:
    """The folder of an engine's shards and results, under the build folder, by its key; it need not exist yet."""
    return build_dir() / "ilsvrc" / f"{engine.name}-{engine.manifest.model}-{key[:16]}"


def plan_shards(folder: IlsvrcFolder, store: Path, key: str, count: int) -> list[Shard]:
    """Divide the first images of a folder into shards.

    Args:
        folder: the images.
        store: the store's folder.
        key: the engine's key.
        count: how many images.

    Returns:
        The shards, in the order of the images.
    """
    shards = []
    for start in range(0, count, SHARD_IMAGES):
        end = min(start + SHARD_IMAGES, count)
        names = folder.names[start:end]
        parts = [key, list(names), folder.files[start:end].tolist()]
        shard_key = sha256_bytes(json.dumps(parts).encode())
        shards.append(Shard(start, names, store / "shards" / f"{shard_key[:32]}.json"))
    return shards


def write_shard(shard: Shard, answers: Sequence[ImageAnswer]) -> None:
    """Write a shard whole; see `helpers.files.whole_file` for the errors."""
    write_text(shard.path, json.dumps([dataclasses.asdict(answer) for answer in answers], indent=1) + "\n")


def read_shard(shard: Shard, with_failures: bool = False) -> list[ImageAnswer] | None:
    """Read a shard's answers; None where they have to be computed.

    Args:
        shard: the shard.
        with_failures: whether a shard will do in which images failed.

    Returns:
        An answer for each image; None where there is no file, a damaged one, or one in which images failed.
    """
    try:
        if shard.path.stat().st_size > _LARGEST_SHARD:
            return None
        answers = [_checked(entry) for entry in json.loads(shard.path.read_bytes())]
    except (OSError, ValueError, TypeError, KeyError, RecursionError, DataError):
        return None
    names = tuple(answer.name for answer in answers)
    failed = any(answer.failure for answer in answers)
    return answers if names == shard.names and (with_failures or not failed) else None


def _checked(entry: dict[str, object]) -> ImageAnswer:
    name, classes, probabilities = entry["name"], entry["classes"], entry["probabilities"]
    if not (isinstance(name, str) and isinstance(classes, list) and isinstance(probabilities, list)):
        raise DataError("expected a name, classes and probabilities; compute it again")
    answer = ImageAnswer(name, tuple(classes), tuple(probabilities), str(entry["failure"]))
    numbers = (*answer.classes, *answer.probabilities)
    sound = (
        len(answer.classes) == len(answer.probabilities) == len(set(answer.classes)) == TOP
        and all(type(each) is int and 0 <= each < CLASSES for each in answer.classes)
        and all(type(each) is float for each in answer.probabilities)
        and all(math.isfinite(each) for each in numbers)
        and answer.probabilities == tuple(sorted(answer.probabilities, reverse=True))
    )
    if not sound and not answer.failure:
        raise DataError(f"expected {TOP} classes and their probabilities; received others; compute it again")
    return answer
