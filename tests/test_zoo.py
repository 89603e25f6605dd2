"""The six networks: complete records, the paper's sizes, and names that are always the same."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from helpers.data import PHOTOS, load_photo
from helpers.errors import ModelFileError
from helpers.preprocess import fit_photos, to_tensor
from helpers.summary import summarize
from helpers.zoo import model_names, model_record

# Convolution layers, depth, parameters and floating-point operations, as counted from the networks once.
KNOWN = {
    "lenet": (2, 2, 866_890, 12_442_556),
    "resnet50": (53, 49, 25_636_712, 7_755_299_312),
    "inceptionv3": (94, 47, 23_851_784, 11_468_989_680),
    "squeezenet": (26, 18, 1_235_496, 710_940_216),
    "mobilenet": (28, 28, 4_253_864, 1_147_687_920),
    "densenet121": (120, 120, 8_062_504, 5_702_474_160),
}
# What Keras Applications do to a float image, by their own function.
KERAS_PREPROCESSING = {
    "resnet50": keras.applications.resnet.preprocess_input,
    "inceptionv3": keras.applications.inception_v3.preprocess_input,
    "mobilenet": keras.applications.mobilenet.preprocess_input,
    "densenet121": keras.applications.densenet.preprocess_input,
}


def test_the_paper_has_six_models() -> None:
    assert model_names() == tuple(KNOWN)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ModelFileError, match="received 'alexnet'"):
        model_record("alexnet")


@pytest.mark.parametrize("name", model_names())
def test_a_record_fits_its_network(name: str) -> None:
    record, model = model_record(name), model_record(name).build()
    assert model.name == name
    assert model.inputs[0].name == "image"
    assert model.layers[-1].name in {"probabilities", "predictions"}
    assert model.input_shape == (None, *record.input.shape)
    assert model.output_shape == (None, len(record.labels))
    assert len(record.label_ids) == (0 if name == "lenet" else 1000)
    assert record.title
    assert record.source
    assert record.citation


@pytest.mark.parametrize("name", model_names())
def test_the_sizes_are_known(name: str) -> None:
    summary = summarize(model_record(name).build())
    assert (summary.conv_layers, summary.depth, summary.parameters, summary.flops) == KNOWN[name]


@pytest.mark.parametrize("name", ["inceptionv3", "mobilenet", "densenet121"])
def test_names_do_not_depend_on_what_was_built_before(name: str) -> None:
    first, second = model_record(name).build(), model_record(name).build()
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    assert [weight.path for weight in first.weights] == [weight.path for weight in second.weights]


@pytest.mark.parametrize("name", KERAS_PREPROCESSING)
def test_preprocessing_is_that_of_keras(name: str) -> None:
    photos = fit_photos([load_photo(photo) for photo in PHOTOS[:2]], model_record(name).input)
    expected = KERAS_PREPROCESSING[name](photos.astype(np.float32))
    assert np.abs(to_tensor(photos, model_record(name).input) - expected).max() < 2e-5
