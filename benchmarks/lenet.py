"""LeNet: what the package's layers cost over the bare runtimes, and what the caches save."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from benchmarks.side_by_side import measure
from benchmarks.store import asking_again
from benchmarks.table import Row
from helpers.convert.conversions import tensorflow_formats
from helpers.data import load_mnist
from helpers.engines import open_engine
from helpers.predictions import cached_predictions

_IMAGES = 2000


def rows() -> Iterator[Row]:
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
            f"LiteRT engine, {_IMAGES} digits",
            lambda: litert.predict(images),
            "a bare interpreter loop",
            bare_loop,
            needed="<= 1.1",
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
            needed="<= 1",
        )
    yield asking_again(tensorflow_formats("lenet"), "TensorFlow's files", rounds=5)
