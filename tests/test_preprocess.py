"""Preprocessing: the arithmetic, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from helpers.errors import ImageError
from helpers.preprocess import ImageInput, to_tensor

GRAY = ImageInput(height=28, width=28, channel_order="gray", scale=(1 / 255,), bias=(0.0,))
CAFFE = ImageInput(height=2, width=3, channel_order="bgr", scale=(1, 1, 1), bias=(-103.939, -116.779, -123.68))


def test_gray_is_scaled_to_one() -> None:
    tensor = to_tensor(np.full((2, 28, 28, 1), 255, np.uint8), GRAY)
    assert tensor.dtype == np.float32
    assert tensor.shape == (2, 28, 28, 1)
    assert np.allclose(tensor, 1, atol=1e-7)


def test_bgr_turns_the_channels_and_biases_each() -> None:
    image = np.zeros((1, 2, 3, 3), np.uint8)
    image[..., 0] = 200  # red
    tensor = to_tensor(image, CAFFE)
    assert np.allclose(tensor[0, 0, 0], [-103.939, -116.779, 200 - 123.68])


def test_arithmetic_is_float32_multiply_then_add() -> None:
    torch_like = ImageInput(
        height=1, width=1, channel_order="rgb", scale=(0.0171, 0.0175, 0.0174), bias=(-2.118, -2.036, -1.804)
    )
    pixels = np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 1, 1, 3)
    expected = np.float32(pixels) * np.float32(torch_like.scale) + np.float32(torch_like.bias)
    assert np.array_equal(to_tensor(pixels, torch_like), expected)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((1, 28, 28, 1), np.float32), "received float32.*values 0 to 0"),
        (np.full((1, 28, 28, 1), np.nan), "NaN or infinity"),
        (np.zeros((1, 28, 28, 1), np.int64), "received int64"),
        (np.zeros((28, 28, 1), np.uint8), "a single image: add the batch axis"),
        (np.zeros((1, 28, 28), np.uint8), r"shape \(1, 28, 28\)"),
        (np.zeros((1, 28, 28, 3), np.uint8), r"shape \(1, 28, 28, 3\)"),
        (np.zeros((1, 32, 32, 1), np.uint8), "resize, crop or select"),
        (np.zeros((0, 28, 28, 1), np.uint8), "n >= 1"),
        ([[1]], "received list"),
        (None, "received NoneType"),
    ],
)
def test_wrong_images_are_refused(images: object, message: str) -> None:
    with pytest.raises(ImageError, match=message) as caught:
        to_tensor(images, GRAY)  # type: ignore[arg-type]
    assert "expected uint8 images of shape (n, 28, 28, 1)" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"scale": (1.0, 1.0)},
        {"bias": ()},
        {"scale": (float("nan"),)},
        {"channel_order": "cmyk"},
        {"height": 0},
        {"width": 100_000},
        {"crop": "center"},
    ],
)
def test_a_wrong_input_description_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ImageInput(**{**GRAY.model_dump(), **change})
