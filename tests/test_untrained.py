"""Untrained weights: the same everywhere, made without a forward pass, and lively."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import keras
import numpy as np
import pytest

from helpers.data import PHOTOS, load_photo
from helpers.errors import ModelFileError
from helpers.preprocess import ImageInput, ResizeRule, fit_photos, to_tensor
from helpers.untrained import SEED, apply_untrained_weights, untrained_weights, weights_sha256

Array = np.ndarray


def _caffe(pixels: Array) -> Array:
    return pixels[..., ::-1] - np.array([103.939, 116.779, 123.68], np.float32)


def _tf(pixels: Array) -> Array:
    return pixels / 127.5 - 1


def _torch(pixels: Array) -> Array:
    mean, std = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
    return (pixels / 255 - mean) / std


NETWORKS: dict[str, tuple[Callable[..., keras.Model], int, Callable[[Array], Array]]] = {
    "resnet50": (keras.applications.ResNet50, 224, _caffe),
    "inceptionv3": (keras.applications.InceptionV3, 299, _tf),
    "mobilenet": (keras.applications.MobileNet, 224, _tf),
    "densenet121": (keras.applications.DenseNet121, 224, _torch),
}
HASHES = {
    "resnet50": "1f279dfdd90bdda7b11e85bbe09b73b956542a5d9a03f989196014030f695c64",
    "inceptionv3": "785d5f5dc66311685b702fbe503d1f56eb09c6eff37bc3160878807204636f36",
    "mobilenet": "c5a051e1267c596bc9e5c869be9108f5ab5eafdd5402e9b162c4a80c63b220d2",
    "densenet121": "3167ba36f5d06cabb3724e4c5822e6773a2f9d0723b339725822096fd6a0e3b4",
}
# The two usual single crops: the shorter side becomes the input's, or 8/7 of it, and the middle is cut out.
CROPS = (1.0, 8 / 7)


@cache
def _network(name: str) -> keras.Model:
    build, side, _ = NETWORKS[name]
    return build(weights=None, input_tensor=keras.Input((side, side, 3), name="image"))


def _inputs(name: str, crop: float) -> Array:
    _, side, preprocess = NETWORKS[name]
    rule = ResizeRule(shorter_side=round(side * crop))
    expected = ImageInput(height=side, width=side, channel_order="rgb", scale=(1, 1, 1), bias=(0, 0, 0), resize=rule)
    return preprocess(to_tensor(fit_photos([load_photo(photo) for photo in PHOTOS], expected), expected))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_bytes_are_known(name: str) -> None:
    model = _network(name)
    weights = untrained_weights(name, model)
    assert [array.shape for array in weights] == [tuple(weight.shape) for weight in model.weights]
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in weights)
    assert weights_sha256(weights) == HASHES[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_photos_get_different_and_confident_answers(name: str) -> None:
    model = _network(name)
    apply_untrained_weights(name, model)
    for crop in CROPS:
        probabilities = np.asarray(model([_inputs(name, crop)], training=False))
        top = probabilities.max(axis=1)
        assert top.min() > 0.2, top
        assert top.max() < 0.9, top
        assert len(set(probabilities.argmax(axis=1))) == len(PHOTOS) == 5


@pytest.mark.parametrize("name", NETWORKS)
def test_activations_keep_their_scale_through_the_depth(name: str) -> None:
    model = _network(name)
    apply_untrained_weights(name, model)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    probe = keras.Model(model.inputs, [layer.output for layer in norms])
    for layer, output in zip(norms, probe([_inputs(name, 1.0)[:2]], training=False), strict=True):
        gain = np.asarray(layer.gamma) if layer.scale else 1.0
        normalised = (np.asarray(output) - np.asarray(layer.beta)) / gain
        assert 0.5 < np.sqrt(normalised.var(axis=(0, 1, 2)).mean()) < 2.5, layer.name


def test_a_fresh_keras_network_is_dead_which_is_why_this_module_exists() -> None:
    model = keras.applications.MobileNet(weights=None)
    probabilities = np.asarray(model(_inputs("mobilenet", 1.0), training=False))
    assert probabilities.max() < 0.01


def test_red_and_blue_are_not_the_same() -> None:
    model = _network("mobilenet")
    apply_untrained_weights("mobilenet", model)
    right = _inputs("mobilenet", 1.0)
    difference = np.log(np.asarray(model([right]))) - np.log(np.asarray(model([right[..., ::-1]])))
    assert np.abs(difference).max(axis=1).min() > 1


def test_a_channels_statistics_are_its_own() -> None:
    model = _network("resnet50")
    weights = dict(zip([weight.path for weight in model.weights], untrained_weights("resnet50", model), strict=True))
    for part in ("gamma", "beta", "moving_mean", "moving_variance"):
        assert len(np.unique(weights[f"conv4_block3_2_bn/{part}"])) > 200, part


def test_no_forward_pass_and_no_old_weight_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    model = keras.applications.MobileNet(weights=None)
    before = [np.array(weight) for weight in model.weights]
    monkeypatch.setattr(keras.layers.Layer, "__call__", lambda *_: pytest.fail("a layer was run"))
    assert weights_sha256(untrained_weights("mobilenet", model)) == HASHES["mobilenet"]
    assert all(np.array_equal(old, new) for old, new in zip(before, model.weights, strict=True))


def test_another_seed_gives_other_weights_and_names_do_not_matter() -> None:
    # A second InceptionV3 of the process has other layer names: Keras goes on counting.
    again = keras.applications.InceptionV3(weights=None)
    assert weights_sha256(untrained_weights("inceptionv3", again)) == HASHES["inceptionv3"]
    assert weights_sha256(untrained_weights("inceptionv3", again, SEED + 1)) != HASHES["inceptionv3"]


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(ModelFileError, match=r"resnet50, .*received 'vgg16'"):
        untrained_weights("vgg16", _network("mobilenet"))


def test_a_layer_without_a_rule_is_refused() -> None:
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, keras.layers.UpSampling2D(name="larger")(image))
    with pytest.raises(ModelFileError, match="received larger, a UpSampling2D"):
        untrained_weights("mobilenet", model)
