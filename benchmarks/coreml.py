"""Core ML's files: what the reference runner costs against Keras, for each network, and what the store saves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.side_by_side import Ratio, measure
from benchmarks.store import asking_again
from helpers.convert.conversions import coreml_formats
from helpers.engines import open_engine
from helpers.parity import sample_images
from helpers.zoo import model_names

_ENGINES = ("mlmodel", "mlpackage_fp32", "mlpackage_fp16")


def ratios() -> Iterator[Ratio]:
    """Measure each row in turn; there is none where coremltools does not exist."""
    formats = coreml_formats("lenet")
    if not formats:
        return
    for name in model_names():
        yield from _runner(name)
    yield asking_again(formats, "Core ML's files", rounds=3)


def _runner(name: str) -> Iterator[Ratio]:
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
