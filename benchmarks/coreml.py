"""Core ML's files: what the reference runner costs against Keras, for each network, and what the store saves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.side_by_side import measure
from benchmarks.store import asking_again
from benchmarks.table import Row, not_measured
from helpers.convert.conversions import coreml_formats
from helpers.coreml.library import coreml_missing
from helpers.engines import open_engine
from helpers.parity import sample_images
from helpers.zoo import model_names

_ENGINES = ("mlmodel", "mlpackage_fp32", "mlpackage_fp16")


def rows() -> Iterator[Row]:
    """Measure each row in turn."""
    missing = coreml_missing()
    if missing is not None:
        yield not_measured("the reference runner of Core ML's files", "Keras engine", "lower", missing)
        return
    for name in model_names():
        yield from _runner(name)
    yield asking_again(coreml_formats("lenet"), "Core ML's files", rounds=3)


def _runner(name: str) -> Iterator[Row]:
    """The runner against Keras, both with the same images: the five samples, four times."""
    with open_engine("keras", name) as reference:
        images = np.tile(sample_images(reference.manifest.input), (4, 1, 1, 1))
        for engine_name in _ENGINES:
            with open_engine(engine_name, name) as engine:
                yield measure(
                    f"{engine.manifest.title}, {engine.title}, {len(images)} images",
                    lambda: engine.predict(images),
                    "Keras engine",
                    lambda: reference.predict(images),
                    rounds=5,
                )
