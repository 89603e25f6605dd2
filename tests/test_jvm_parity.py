"""The app's Java code gives Keras' numbers: all models, both engines, preprocessing included."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from jvm_models import each_engine, opened
from numpy.typing import NDArray

from helpers.accuracy import agreement
from helpers.artifacts import build_model
from helpers.data import load_mnist
from helpers.engines import open_engine
from helpers.engines.jvm import JvmEngine
from helpers.parity import sample_images
from helpers.predictions import cached_predictions
from helpers.zoo import model_names

pytestmark = pytest.mark.java


@functools.cache
def reference(name: str) -> NDArray[np.float32]:
    """What Keras says of a model's photos."""
    with open_engine("keras", name) as engine:
        return cached_predictions(engine, sample_images(engine.manifest.input))


@each_engine
@pytest.mark.parametrize("name", model_names())
def test_photos_get_the_probabilities_of_keras(name: str, engine_class: type[JvmEngine]) -> None:
    with opened(engine_class, name) as engine:
        images = sample_images(engine.manifest.input)
        received = engine.predict(images)
    compared = agreement(reference(name), received)
    assert compared.relative_log_error < 1e-3
    # What it really is: rounding alone, far from any mistake.
    assert compared.largest_log_difference < 1e-3
    assert compared.same_top_five == len(images)
    assert received.dtype == np.float32


@each_engine
def test_ten_thousand_digits_are_classified_as_by_keras(engine_class: type[JvmEngine]) -> None:
    images, labels = load_mnist("test")
    with opened(engine_class, "lenet") as engine:
        received = engine.predict(images)
    with open_engine("keras", "lenet") as keras_engine:
        compared = agreement(cached_predictions(keras_engine, images), received)
    assert int((received.argmax(axis=1) == labels).sum()) == 9961
    assert list(compared.differing) == []
    assert compared.relative_log_error < 1e-5


@each_engine
def test_the_preprocessing_is_javas_by_the_manifest_it_is_given(engine_class: type[JvmEngine]) -> None:
    """A control: with the bias of one channel left out, the numbers must not agree any more."""
    manifest, folder = build_model("mobilenet", formats=[engine_class.file_format])
    images = sample_images(manifest.input)
    with engine_class(manifest, folder, progress=False) as engine:
        right = engine.predict(images)
    wrong_input = manifest.input.model_copy(update={"bias": (*manifest.input.bias[:2], 0.0)})
    with engine_class(manifest.model_copy(update={"input": wrong_input}), folder, progress=False) as engine:
        wrong = engine.predict(images)
    assert agreement(right, wrong).relative_log_error > 0.01
