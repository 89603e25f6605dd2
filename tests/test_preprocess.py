"""Preprocessing: the arithmetic, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from helpers.data import PHOTOS, load_photo
from helpers.errors import ImageError
from helpers.preprocess import LARGEST_RESIZED_SIDE, ImageInput, ResizeRule, fit_photo, fit_photos, to_tensor

GRAY = ImageInput(height=28, width=28, channel_order="gray", scale=(1 / 255,), bias=(0.0,))
CAFFE = ImageInput(height=2, width=3, channel_order="bgr", scale=(1, 1, 1), bias=(-103.939, -116.779, -123.68))


def _cropped_input(height: int, width: int, shorter_side: int, channel_order: str = "rgb") -> ImageInput:
    ones = (1.0,) * (1 if channel_order == "gray" else 3)
    rule = {"shorter_side": shorter_side}
    return ImageInput.model_validate(
        {
            "height": height,
            "width": width,
            "channel_order": channel_order,
            "scale": ones,
            "bias": ones,
            "resize": rule,
        }
    )


def _resampled(old: np.ndarray, m: int) -> np.ndarray:
    """One pass of the resize rule along the first axis, written from `ResizeRule`'s text and from nothing else."""
    n = len(old)
    step = n / m
    reach = max(step, 1.0)
    new = np.empty((m, *old.shape[1:]), np.uint8)
    for i in range(m):
        centre = (i + 0.5) * step
        first = max(math.floor(centre - reach + 0.5), 0)
        end = min(math.floor(centre + reach + 0.5), n)
        weights = [max(1 - abs((j - centre + 0.5) * (1 / reach)), 0.0) for j in range(first, end)]
        # Not sum(): from Python 3.12 on it corrects the roundings that the rule asks for.
        total = 0.0
        for weight in weights:
            total += weight
        q = np.array([math.floor(weight / total * 2**22 + 0.5) for weight in weights], np.int64)
        sums = 2**21 + np.tensordot(q, old[first:end].astype(np.int64), 1)
        assert sums.max() < 2**31, "32 bits are not enough"
        new[i] = np.clip(sums >> 22, 0, 255)
    return new


def _fitted(photo: np.ndarray, height: int, width: int, shorter_side: int) -> np.ndarray:
    old_height, old_width = photo.shape[:2]
    shorter, longer = sorted((old_height, old_width))
    other = (longer * shorter_side + shorter // 2) // shorter
    new_height, new_width = (shorter_side, other) if old_height <= old_width else (other, shorter_side)
    rows_done = _resampled(photo.swapaxes(0, 1), new_width).swapaxes(0, 1)
    resized = _resampled(rows_done, new_height)
    top, left = (new_height - height) // 2, (new_width - width) // 2
    return resized[top : top + height, left : left + width]


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


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize(("height", "width", "shorter_side"), [(227, 227, 256), (224, 224, 224), (299, 64, 342)])
def test_the_resize_rule_can_be_repeated_byte_for_byte(name: str, height: int, width: int, shorter_side: int) -> None:
    photo = load_photo(name)
    fitted = fit_photo(photo, _cropped_input(height, width, shorter_side))
    assert fitted.dtype == np.uint8
    assert np.array_equal(fitted, _fitted(photo, height, width, shorter_side))


def test_the_resize_rule_can_be_repeated_for_any_sizes() -> None:
    generator = np.random.default_rng(7)
    for _ in range(80):
        height, width = (int(side) for side in np.exp(generator.uniform(0, np.log(400), 2)))
        shorter_side = int(generator.integers(1, 120))
        out_height, out_width = (int(side) for side in generator.integers(1, shorter_side + 1, 2))
        # Half of them only black and white, where rounding and limiting show most.
        photo = generator.integers(0, 256, (height, width, 3), np.uint8)
        if generator.integers(2):
            photo = (photo > 127) * np.uint8(255)
        for pixels, order in ((photo, "bgr"), (photo[..., :1], "gray")):
            expected = _cropped_input(out_height, out_width, shorter_side, order)
            if max(expected.resize.resized_sides(height, width)) <= LARGEST_RESIZED_SIDE:
                fitted = fit_photo(pixels, expected)
                assert fitted.shape == expected.shape
                assert np.array_equal(fitted, _fitted(pixels, out_height, out_width, shorter_side))


def test_known_sides_and_pixels() -> None:
    rule = ResizeRule(shorter_side=256)
    assert rule.resized_sides(480, 640) == (256, 341)  # 341.33
    assert rule.resized_sides(640, 480) == (341, 256)
    assert rule.resized_sides(400, 600) == (256, 384)
    assert rule.resized_sides(512, 1025) == (256, 513)  # 512.5 goes up
    assert rule.resized_sides(7, 7) == (256, 256)
    # Two pixels become four, by quarters: 0, 25, 75, 100.
    row = np.array([[[0], [100]]], np.uint8).repeat(2, axis=0)
    assert fit_photo(row, _cropped_input(4, 4, 4, "gray"))[0, :, 0].tolist() == [0, 25, 75, 100]
    # Four become two. Shrinking averages over all: weights 3, 3, 1 of 7, where plain interpolation takes two halves.
    row = np.array([[[0], [0], [70], [210]]], np.uint8).repeat(4, axis=0)
    assert fit_photo(row, _cropped_input(2, 2, 2, "gray"))[0, :, 0].tolist() == [10, 120]
    # At the right size already, only the middle is cut out; an odd remainder leaves one more at the end.
    ramp = np.arange(5, dtype=np.uint8).reshape(1, 5, 1).repeat(4, axis=0)
    assert fit_photo(ramp, _cropped_input(4, 2, 4, "gray"))[0, :, 0].tolist() == [1, 2]


def test_colour_stays_rgb_and_the_photo_is_untouched() -> None:
    photo = np.full((30, 40, 3), (200, 10, 20), np.uint8)
    photo.flags.writeable = False
    fitted = fit_photo(photo, _cropped_input(8, 8, 10, "bgr"))
    assert (fitted == (200, 10, 20)).all()
    assert fitted.flags.writeable
    assert np.array_equal(fit_photo(photo[:, ::-1], _cropped_input(8, 8, 10)), fitted)


def test_without_a_rule_only_the_right_size_is_taken() -> None:
    digit = np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(28, 28, 1)
    fitted = fit_photo(digit, GRAY)
    assert np.array_equal(fitted, digit)
    assert not np.shares_memory(fitted, digit)
    assert fit_photos([digit, digit], GRAY).shape == (2, 28, 28, 1)


def test_a_rule_applies_to_photos_of_the_networks_size_too() -> None:
    photo = np.random.default_rng(8).integers(0, 256, (8, 8, 3), np.uint8)
    assert not np.array_equal(fit_photo(photo, _cropped_input(8, 8, 10)), photo)


def test_photos_of_many_sizes_become_one_batch() -> None:
    expected = _cropped_input(20, 30, 32)
    photos = [load_photo(name) for name in PHOTOS]
    batch = fit_photos(photos, expected)
    assert batch.shape == (5, 20, 30, 3)
    assert all(np.array_equal(image, fit_photo(photo, expected)) for image, photo in zip(batch, photos, strict=True))
    assert to_tensor(batch, expected).shape == batch.shape


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (None, r"received NoneType; read one with helpers\.photos\.open_photo"),
        ("photo.jpg", r"received str; read one"),
        (np.zeros((20, 20, 3), np.float32), "received float32 of shape .*keep the bytes"),
        (np.zeros((20, 20, 3), bool), "received bool"),
        (np.zeros((20, 20, 3), np.uint16), "received uint16"),
        (np.zeros((1, 20, 20, 3), np.uint8), "a batch: give one photo at a time, or use fit_photos"),
        (np.zeros(20, np.uint8), r"received uint8 of shape \(20,\)"),
        (np.uint8(3) * np.ones((), np.uint8), r"received .*uint8"),
        (np.zeros((0, 20, 3), np.uint8), r"shape \(0, 20, 3\)"),
        (np.zeros((20, 0, 3), np.uint8), r"shape \(20, 0, 3\)"),
        (np.zeros((20, 20, 0), np.uint8), r"shape \(20, 20, 0\)"),
        (np.zeros((20, 20), np.uint8), r"reads RGB: helpers\.photos\.open_photo"),
        (np.zeros((20, 20, 1), np.uint8), r"reads RGB"),
        (np.zeros((20, 20, 4), np.uint8), r"reads RGB"),
    ],
)
def test_what_is_no_photo_is_refused(photo: object, message: str) -> None:
    expected = _cropped_input(8, 8, 10)
    with pytest.raises(ImageError, match=rf"expected a uint8 photo of shape \(any height, any width, 3\).*{message}"):
        fit_photo(photo, expected)  # type: ignore[arg-type]
    good = np.zeros((20, 20, 3), np.uint8)
    with pytest.raises(ImageError, match=rf"^photo 1: expected a uint8 photo .*{message}"):
        fit_photos([good, photo], expected)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (np.zeros((28, 28, 3), np.uint8), r"reads gray: .*convert\('L'\)"),
        (np.zeros((28, 28), np.uint8), r"add the channel axis with photo\[\.\.\., None\]"),
        (np.zeros((32, 32, 1), np.uint8), "no resize rule: resize or crop the photo to 28 x 28"),
    ],
)
def test_a_network_of_digits_takes_digits_only(photo: np.ndarray, message: str) -> None:
    with pytest.raises(ImageError, match=rf"expected a uint8 photo of shape \(28, 28, 1\) .*{message}"):
        fit_photo(photo, GRAY)


@pytest.mark.parametrize("shape", [(1, 60_000, 3), (60_000, 1, 3), (3, 193, 3)])
def test_extreme_strips_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match=r"sides of at most 16,384; received one of .*crop it to a less extreme shape"):
        fit_photo(np.zeros(shape, np.uint8), _cropped_input(8, 8, 256))


def test_the_longest_allowed_strip_is_taken() -> None:
    assert fit_photo(np.full((3, 192, 3), 9, np.uint8), _cropped_input(8, 8, 256)).min() == 9


def test_no_photos_are_refused() -> None:
    with pytest.raises(ImageError, match="expected at least one photo; received none"):
        fit_photos([], GRAY)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"shorter_side": 26},
        {"shorter_side": 0},
        {"shorter_side": 5000},
        {"shorter_side": 28.5},
        {"shorter_side": 32, "interpolation": "bicubic"},
        {"shorter_side": 32, "crop": "top"},
        {"shorter_side": 32, "side": 1},
        32,
    ],
)
def test_a_wrong_resize_rule_is_refused(rule: object) -> None:
    content = {**GRAY.model_dump(), "width": 27, "resize": rule}
    with pytest.raises(ValidationError, match="resize"):
        ImageInput.model_validate(content)


def test_a_resize_rule_travels_as_json() -> None:
    expected = _cropped_input(8, 9, 9)
    assert expected.resize == ResizeRule(shorter_side=9, interpolation="bilinear", crop="center")
    assert ImageInput.model_validate_json(expected.model_dump_json()) == expected
    assert GRAY.resize is None
    # A manifest of before the rule.
    assert ImageInput.model_validate(GRAY.model_dump(exclude={"resize"})) == GRAY
