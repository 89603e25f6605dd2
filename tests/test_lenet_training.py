"""The training recipe's parts, each against what it must do; a whole run is notebook 02's part."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import lenet_training, train_lenet
from helpers.data import load_mnist
from helpers.errors import DataError
from helpers.lenet_training import RECIPE, distort, fold_network, learning_rate, training_network


def test_folding_changes_no_answer() -> None:
    keras.utils.set_random_seed(3)
    network = training_network()
    random = np.random.default_rng(3)
    for layer in network.layers:
        if layer.name.endswith("_norm"):
            layer.set_weights([random.uniform(0.5, 2, weight.shape) for weight in layer.get_weights()])
    images = random.random((20, 28, 28, 1), np.float32)
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(network(images, training=False)))
    folded = fold_network(network)
    assert folded.count_params() == 866_890
    assert np.allclose(folded.predict_on_batch(images), expected, atol=1e-6)
    assert expected.std() > 1e-3, "outputs that are all equal would agree with anything"


def test_distortion_moves_images_but_keeps_their_ink() -> None:
    images = load_mnist("train")[0][:50].astype(np.float32) / 255
    distorted = distort(tf.constant(images), tf.constant([1, 2])).numpy()
    again = distort(tf.constant(images), tf.constant([1, 2])).numpy()
    other = distort(tf.constant(images), tf.constant([1, 3])).numpy()
    assert distorted.shape == images.shape
    assert np.array_equal(distorted, again)
    assert not np.array_equal(distorted, other)
    assert distorted.min() >= 0
    assert distorted.max() <= 1 + 1e-6
    ratio = distorted.sum(axis=(1, 2, 3)) / images.sum(axis=(1, 2, 3))
    assert 0.7 < np.median(ratio) < 1.4


def test_the_learning_rate_rises_then_falls_to_zero() -> None:
    rates = [learning_rate(step, 1000) for step in range(1000)]
    assert max(rates) == pytest.approx(RECIPE.peak_learning_rate)
    assert rates.index(max(rates)) == round(RECIPE.warmup * 1000) - 1
    assert rates[-1] < 1e-5 * RECIPE.peak_learning_rate + 1e-6
    assert rates[0] < rates[50] < rates[99]


def test_a_short_run_learns_and_writes_its_log(tmp_path: Path) -> None:
    images, labels = load_mnist("train")
    lenet, table = lenet_training.train_lenet(images[:6000], labels[:6000], epochs=2, seed=1, progress=False)
    assert [row["epoch"] for row in table] == [1, 2]
    assert table[1]["loss"] < table[0]["loss"]
    log = train_lenet.save_run(lenet, table, tmp_path)
    assert log["test_correct"] > 8000
    assert json.loads((tmp_path / "training_log.json").read_text()) == log
    for name in ("lenet.keras", "lenet.h5"):
        assert keras.models.load_model(tmp_path / name, compile=False).count_params() == 866_890


@pytest.mark.parametrize(
    ("images", "labels", "epochs"),
    [
        (np.zeros((200, 28, 28, 1), np.float32), np.zeros(200, np.uint8), 1),
        (np.zeros((200, 28, 28), np.uint8), np.zeros(200, np.uint8), 1),
        (np.zeros((10, 28, 28, 1), np.uint8), np.zeros(10, np.uint8), 1),
        (np.zeros((200, 28, 28, 1), np.uint8), np.zeros(199, np.uint8), 1),
        (np.zeros((200, 28, 28, 1), np.uint8), np.full(200, 10, np.uint8), 1),
        (np.zeros((200, 28, 28, 1), np.uint8), np.zeros(200, np.uint8), 0),
    ],
)
def test_wrong_data_is_refused(images: np.ndarray, labels: np.ndarray, epochs: int) -> None:
    with pytest.raises(DataError, match="expected"):
        lenet_training.train_lenet(images, labels, epochs=epochs, seed=1)
