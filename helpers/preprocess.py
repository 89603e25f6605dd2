"""The one definition of how an image becomes a network's input.

The numbers (size, resize rule, channel order, scale and bias) are data, an `ImageInput`, and travel in a model's
manifest. Python, Java and Swift all read them there: nothing about preprocessing is typed by hand a second time (paper,
section II.B.2, where the Android app must do this step itself).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from helpers.errors import ImageError

ChannelOrder = Literal["gray", "rgb", "bgr"]
_CHANNELS: dict[str, int] = {"gray": 1, "rgb": 3, "bgr": 3}

Side = Annotated[int, Field(ge=1, le=4096)]
PerChannel = Annotated[tuple[FiniteFloat, ...], Field(min_length=1, max_length=3)]

# A strip of 1 x 60,000 pixels would otherwise be enlarged to gigabytes before its middle is cut out.
LARGEST_RESIZED_SIDE = 16_384


class ResizeRule(BaseModel):
    """How a photo of any size becomes one of the network's size: resize it whole, then cut out the middle.

    The arithmetic is part of the definition, so that every platform can repeat it bit for bit. Divisions written // are
    of integers and round down.

    Sides: the photo's shorter side becomes `shorter_side`; its longer side becomes
    (longer * shorter_side + shorter // 2) // shorter.

    Interpolation `bilinear` is Pillow's, in two passes: always first along the rows (the width changes), then along
    the columns (the height changes). Each turns n uint8 values into m, separately for each channel. With float64
    numbers, rounded after each operation: step = n / m, and reach = step, but at least 1. For each new position i:
    centre = (i + 0.5) * step; first = floor(centre - reach + 0.5), but at least 0; end = floor(centre + reach + 0.5),
    but at most n. Each old position j, first <= j < end, has the weight w(j) = 1 - abs((j - centre + 0.5) * (1 /
    reach)), or 0 where that is negative. The weights are added up from left to right; each is divided by their sum,
    multiplied by 2**22 and rounded: q(j) = floor(w(j) / sum * 2**22 + 0.5). From here on the numbers are integers, and
    32 bits are enough: the new value is (2**21 + the sum of q(j) * old(j)) >> 22, limited to 0-255. The second pass
    works on the uint8 values of the first. Shrinking therefore averages over all old pixels, which other bilinear
    methods do not.

    Crop `center`: from the resized photo of H x W pixels, the rows from (H - height) // 2 and the columns from
    (W - width) // 2.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    shorter_side: Side
    interpolation: Literal["bilinear"] = "bilinear"
    crop: Literal["center"] = "center"

    def resized_sides(self, height: int, width: int) -> tuple[int, int]:
        """The (height, width) in pixels that a photo has after resizing and before cropping."""
        shorter, longer = min(height, width), max(height, width)
        resized = (longer * self.shorter_side + shorter // 2) // shorter
        return (self.shorter_side, resized) if height <= width else (resized, self.shorter_side)


class ImageInput(BaseModel):
    """What a network expects: tensor = pixel * scale + bias, per channel, in `channel_order`.

    `scale` and `bias` are listed in the network's channel order. The arithmetic is float32: one multiplication, then
    one addition, each rounded, so that every platform can repeat it bit for bit. `resize` says how a photo is brought
    to `height` and `width`; without it, images come at that size.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    height: Side
    width: Side
    channel_order: ChannelOrder
    scale: PerChannel
    bias: PerChannel
    resize: ResizeRule | None = None

    @model_validator(mode="after")
    def _one_number_per_channel(self) -> Self:
        for name, numbers in (("scale", self.scale), ("bias", self.bias)):
            if len(numbers) != self.channels:
                raise ValueError(
                    f"{name} needs {self.channels} numbers for channel order {self.channel_order!r}, "
                    f"received {len(numbers)}"
                )
        return self

    @model_validator(mode="after")
    def _room_for_the_crop(self) -> Self:
        if self.resize is not None and self.resize.shorter_side < max(self.height, self.width):
            raise ValueError(
                f"resize.shorter_side needs to be at least {max(self.height, self.width)}, so that "
                f"{self.height} x {self.width} can be cut out; received {self.resize.shorter_side}"
            )
        return self

    @property
    def channels(self) -> int:
        """How many channels an image has: 1 for gray, 3 for colour."""
        return _CHANNELS[self.channel_order]

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one image, (height, width, channels)."""
        return self.height, self.width, self.channels


def fit_photo(photo: NDArray[np.uint8], expected: ImageInput) -> NDArray[np.uint8]:
    """Bring one photo to a network's size by the input's resize rule; see `ResizeRule` for the arithmetic.

    Args:
        photo: uint8 of shape (any height, any width, channels); colour photos are RGB, as `helpers.photos` reads them.
        expected: the network's input. Without a resize rule, the photo must already have the network's size.

    Returns:
        A new array, uint8 of shape (height, width, channels); colour stays RGB, whatever the network's channel order.

    Raises:
        ImageError: the photo has the wrong type or shape, or is too long and thin; says what to do.
    """
    _check_photo(photo, expected)
    if expected.resize is None:
        return photo.copy()
    height, width = expected.resize.resized_sides(*photo.shape[:2])
    if max(height, width) > LARGEST_RESIZED_SIDE:
        raise ImageError(
            f"expected a photo that resizes to sides of at most {LARGEST_RESIZED_SIDE:,}; received one of "
            f"{photo.shape[0]:,} x {photo.shape[1]:,} (height x width), which would become {height:,} x {width:,}; "
            "crop it to a less extreme shape first"
        )
    # Pillow takes a gray image without its channel axis.
    image = Image.fromarray(photo if expected.channels == 3 else photo[..., 0])
    # In two steps, because in one, Pillow chooses the order of the two passes by the sizes, and rounding shows it.
    image = image.resize((width, image.height), Image.Resampling.BILINEAR)
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    top, left = (height - expected.height) // 2, (width - expected.width) // 2
    image = image.crop((left, top, left + expected.width, top + expected.height))
    return np.array(image, np.uint8).reshape(expected.shape)


def fit_photos(photos: Sequence[NDArray[np.uint8]], expected: ImageInput) -> NDArray[np.uint8]:
    """Bring photos of any sizes to a network's size, and stack them to a batch.

    Args:
        photos: at least one photo, each as `fit_photo` takes it.
        expected: the network's input.

    Returns:
        uint8 of shape (n, height, width, channels), in the order of the photos.

    Raises:
        ImageError: there is no photo, or one cannot be used; says which, counted from 0, and what to do.
    """
    fitted = []
    for number, photo in enumerate(photos):
        try:
            fitted.append(fit_photo(photo, expected))
        except ImageError as error:
            raise ImageError(f"photo {number}: {error}") from error
    if not fitted:
        raise ImageError("expected at least one photo; received none; give a list of photos")
    return np.stack(fitted)


def _check_photo(photo: NDArray[np.uint8], expected: ImageInput) -> None:
    height, width, channels = expected.shape
    fixed = expected.resize is None
    shape = str(expected.shape) if fixed else f"(any height, any width, {channels})"
    wanted = f"expected a uint8 photo of shape {shape} with values 0-255"
    if not isinstance(photo, np.ndarray):
        raise ImageError(f"{wanted}; received {type(photo).__name__}; read one with helpers.photos.open_photo")
    received = f"received {photo.dtype} of shape {photo.shape}"
    if photo.dtype != np.uint8:
        raise ImageError(f"{wanted}; {received}; keep the bytes that helpers.photos reads, and scale nothing")
    if photo.ndim == 4:
        raise ImageError(f"{wanted}; {received}, a batch: give one photo at a time, or use fit_photos")
    if photo.ndim not in (2, 3) or 0 in photo.shape:
        raise ImageError(f"{wanted}; {received}; read the photo with helpers.photos.open_photo")
    if photo.ndim == 2 or photo.shape[2] != channels:
        if photo.ndim == 2 and channels == 1:
            way_out = "add the channel axis with photo[..., None]"
        elif channels == 1:
            way_out = "this network reads gray: numpy.asarray(PIL.Image.fromarray(photo).convert('L'))[..., None]"
        else:
            way_out = "this network reads RGB: helpers.photos.open_photo makes every photo so"
        raise ImageError(f"{wanted}; {received}; {way_out}")
    if fixed and photo.shape != expected.shape:
        raise ImageError(
            f"{wanted}; {received}; this network has no resize rule: resize or crop the photo to {height} x {width}"
        )


def check_images(images: NDArray[np.uint8], expected: ImageInput) -> None:
    """Refuse a batch that is not uint8 of shape (n, height, width, channels), with n of at least 1.

    Raises:
        ImageError: says what was expected, what was received, and what to do.
    """
    height, width, channels = expected.shape
    wanted = f"uint8 images of shape (n, {height}, {width}, {channels}) with n >= 1 and values 0-255"
    if not isinstance(images, np.ndarray):
        raise ImageError(f"expected {wanted}; received {type(images).__name__}; make it an array with numpy.asarray")
    received = f"{images.dtype} of shape {images.shape}"
    if images.dtype != np.uint8:
        way_out = "keep the camera's bytes: the engine itself scales them"
        if np.issubdtype(images.dtype, np.floating) and images.size:
            if not np.isfinite(images).all():
                received += " that holds NaN or infinity"
            else:
                received += f" with values {images.min():g} to {images.max():g}"
        raise ImageError(f"expected {wanted}; received {received}; {way_out}")
    if images.ndim == 3 and images.shape == expected.shape:
        raise ImageError(f"expected {wanted}; received {received}, a single image: add the batch axis with image[None]")
    if images.ndim != 4 or images.shape[1:] != expected.shape or len(images) == 0:
        raise ImageError(f"expected {wanted}; received {received}; resize, crop or select the images first")


def to_tensor(images: NDArray[np.uint8], expected: ImageInput) -> NDArray[np.float32]:
    """Turn images into the network's input tensor.

    Args:
        images: uint8 of shape (n, height, width, channels); colour images are RGB.
        expected: the network's input.

    Returns:
        float32 of shape (n, height, width, channels), in the network's channel order.

    Raises:
        ImageError: the images are not what the network expects; see `check_images`.
    """
    check_images(images, expected)
    ordered = images[..., ::-1] if expected.channel_order == "bgr" else images
    scale = np.asarray(expected.scale, np.float32)
    bias = np.asarray(expected.bias, np.float32)
    return ordered.astype(np.float32) * scale + bias
