"""Predictions, computed once: a cache whose key holds everything that could change the numbers.

The key is a hash of the engine's source, the model file, the images and the versions of the tools, so that no change
can hide behind an old result.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.engines.base import Engine
from helpers.errors import DataError
from helpers.files import build_dir, sha256_bytes, whole_file
from helpers.sources import source_hash


def cached_predictions(engine: Engine, images: NDArray[np.uint8], progress: bool = False) -> NDArray[np.float32]:
    """The engine's probabilities for images, from the cache where they have been computed before.

    Args:
        engine: an open engine.
        images: uint8 (n, height, width, channels), as `Engine.predict` takes them.
        progress: show a progress bar while computing.

    Returns:
        float32 (n, classes).

    Raises:
        DeploymentError: whatever `Engine.predict` raises.
    """
    path = (
        build_dir() / "predictions" / f"{engine.name}-{engine.manifest.model}-{prediction_key(engine, images)[:32]}.npz"
    )
    expected = (len(images), len(engine.manifest.labels))
    if path.is_file():
        try:
            return read_predictions(path, expected)
        except DataError:
            path.unlink()
    probabilities = engine.predict(images, progress)
    write_predictions(path, probabilities)
    return probabilities


def prediction_key(engine: Engine, images: NDArray[np.uint8]) -> str:
    """The SHA-256 over everything the predictions depend on."""
    parts = {
        "source": source_hash(type(engine).__module__),
        "model": engine.file.sha256,
        "input": engine.manifest.input.model_dump(mode="json"),
        "images": sha256_bytes(np.ascontiguousarray(images).tobytes()),
        "shape": images.shape,
        "versions": engine.versions() | {"numpy": np.__version__},
    }
    return sha256_bytes(json.dumps(parts, sort_keys=True).encode())


def write_predictions(path: Path, probabilities: NDArray[np.float32]) -> None:
    """Write probabilities as a compressed .npz file, whole; see `helpers.files.whole_file` for the errors."""
    with whole_file(path) as partial:
        np.savez_compressed(partial, probabilities=probabilities)


def read_predictions(path: Path, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Read probabilities that `write_predictions` wrote.

    Args:
        path: the .npz file.
        shape: the shape they must have, (images, classes).

    Returns:
        float32 of that shape.

    Raises:
        DataError: the file is missing, damaged, or holds something else.
    """
    wanted = f"expected {path.name} to hold float32 probabilities of shape {shape}"
    try:
        with zipfile.ZipFile(path) as archive, archive.open("probabilities.npy") as member:
            # The size is read before the numbers, so that a file cannot ask for more memory than it should have.
            version = np.lib.format.read_magic(member)
            found = np.lib.format.read_array_header_1_0(member) if version == (1, 0) else None
            if found != (shape, False, np.dtype(np.float32)):
                raise ValueError(f"it holds {found}")
            content = member.read(4 * int(np.prod(shape)) + 1)
        probabilities = np.frombuffer(content, np.float32).reshape(shape).copy()
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds for a damaged file
        raise DataError(f"{wanted}; it cannot be read: {error}; compute it again") from error
    if not np.isfinite(probabilities).all():
        raise DataError(f"{wanted}; received some that are not finite; compute it again")
    return probabilities
