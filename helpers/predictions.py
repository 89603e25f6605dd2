"""Predictions, computed once: a cache whose key holds everything that could change the numbers.

The key is a hash of the engine's source, the model file, the images and the versions of the tools, so that no change
can hide behind an old result.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.engines.base import Engine
from helpers.errors import DataError, ModelFileError
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
    return _cached(engine, images, lambda: engine.predict(images, progress))


def cached_answers(engine: Engine, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The engine's probabilities for input tensors, whoever prepared them, from the cache where they are known.

    Args:
        engine: an open engine that takes tensors.
        tensors: float32 (n, height, width, channels), with n of at least 1; they go into the network as one batch.

    Returns:
        float32 (n, classes).

    Raises:
        ModelFileError: the engine takes images and prepares them itself; the tensors have another shape or type; or
            the runtime gave something that is not probabilities.
    """
    shape = engine.manifest.input.shape
    if engine.takes_images or tensors.shape[1:] != shape or len(tensors) == 0 or tensors.dtype != np.float32:
        raise ModelFileError(
            f"expected an engine that takes tensors, and float32 ones of shape (n, {', '.join(map(str, shape))}); "
            f"received {engine.title} and {tensors.dtype} of shape {tensors.shape}; take the engine keras or litert"
        )

    def answers() -> NDArray[np.float32]:
        probabilities = engine.invoke(tensors)
        expected = (len(tensors), len(engine.manifest.labels))
        if probabilities.shape != expected or not np.isfinite(probabilities).all():
            raise ModelFileError(
                f"expected {engine.path.name} to give finite probabilities of shape {expected}; received shape "
                f"{probabilities.shape}; are the numbers in the tensors finite?"
            )
        return np.asarray(probabilities, np.float32)

    return _cached(engine, tensors, answers)


def _cached(
    engine: Engine, inputs: NDArray[np.uint8 | np.float32], compute: Callable[[], NDArray[np.float32]]
) -> NDArray[np.float32]:
    path = (
        build_dir() / "predictions" / f"{engine.name}-{engine.manifest.model}-{prediction_key(engine, inputs)[:32]}.npz"
    )
    expected = (len(inputs), len(engine.manifest.labels))
    if path.is_file():
        try:
            return read_predictions(path, expected)
        except DataError:
            path.unlink()
    probabilities = compute()
    write_predictions(path, probabilities)
    return probabilities


def prediction_key(engine: Engine, inputs: NDArray[np.uint8 | np.float32]) -> str:
    """The SHA-256 over everything the predictions depend on, for images or for tensors."""
    parts = {
        "source": source_hash(type(engine).__module__),
        "model": engine.file.sha256,
        "input": engine.manifest.input.model_dump(mode="json"),
        "images" if inputs.dtype == np.uint8 else "tensors": sha256_bytes(np.ascontiguousarray(inputs).tobytes()),
        "shape": inputs.shape,
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
