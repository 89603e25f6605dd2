"""LeNet: what the package's layers cost over the bare runtimes, and what the caches save."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from benchmarks.side_by_side import Ratio, measure
from helpers.artifacts import build_model
from helpers.data import load_mnist
from helpers.engines import open_engine
from helpers.predictions import cached_predictions

_IMAGES = 2000


def ratios() -> Iterator[Ratio]:
    """Measure each row in turn."""
    images = load_mnist("test")[0][:_IMAGES]
    with open_engine("litert", "lenet") as litert, open_engine("keras", "lenet") as keras:
        interpreter = Interpreter(str(litert.path), num_threads=1)
        interpreter.allocate_tensors()
        source = interpreter.get_input_details()[0]["index"]
        sink = interpreter.get_output_details()[0]["index"]

        def bare_loop() -> None:
            for image in images.astype(np.float32) / 255:
                interpreter.set_tensor(source, image[np.newaxis])
                interpreter.invoke()
                interpreter.get_tensor(sink)

        yield measure(
            f"LiteRT engine, {_IMAGES} digits", lambda: litert.predict(images), "a bare interpreter loop", bare_loop
        )
        yield measure(
            f"LiteRT engine, {_IMAGES} digits, one by one",
            lambda: litert.predict(images),
            "Keras engine, batches of 256",
            lambda: keras.predict(images),
        )
        cached_predictions(litert, images)
        yield measure(
            "predictions from the cache",
            lambda: cached_predictions(litert, images),
            "computing them",
            lambda: litert.predict(images),
        )
    with tempfile.TemporaryDirectory() as folder:
        yield _store(Path(folder))


def _store(folder: Path) -> Ratio:
    """Ask the store for what it has, against converting everything; in a build folder of its own."""
    before = os.environ.get("BUILD_DIR")
    os.environ["BUILD_DIR"] = str(folder)
    try:

        def from_nothing() -> None:
            shutil.rmtree(folder / "models", ignore_errors=True)
            build_model("lenet")

        from_nothing()
        # Each conversion leaves everything in place, so the other way always finds it.
        return measure(
            "asking the store again", lambda: build_model("lenet"), "converting all formats", from_nothing, rounds=5
        )
    finally:
        if before is None:
            del os.environ["BUILD_DIR"]
        else:
            os.environ["BUILD_DIR"] = before
