"""The one definition of how an image becomes a network's input.

The numbers (size, channel order, scale and bias) are data, an `ImageInput`, and travel in a model's manifest. Python,
Java and Swift all read them there: nothing about preprocessing is typed by hand a second time (paper, section II.B.2,
where the Android app must do this step itself).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from helpers.errors import ImageError

ChannelOrder = Literal["gray", "rgb", "bgr"]
_CHANNELS: dict[str, int] = {"gray": 1, "rgb": 3, "bgr": 3}

Side = Annotated[int, Field(ge=1, le=4096)]
PerChannel = Annotated[tuple[FiniteFloat, ...], Field(min_length=1, max_length=3)]


class ImageInput(BaseModel):
    """What a network expects: tensor = pixel * scale + bias, per channel, in `channel_order`.

    `scale` and `bias` are listed in the network's channel order. The arithmetic is float32: one multiplication, then
    one addition, each rounded, so that every platform can repeat it bit for bit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    height: Side
    width: Side
    channel_order: ChannelOrder
    scale: PerChannel
    bias: PerChannel

    @model_validator(mode="after")
    def _one_number_per_channel(self) -> Self:
        for name, numbers in (("scale", self.scale), ("bias", self.bias)):
            if len(numbers) != self.channels:
                raise ValueError(
                    f"{name} needs {self.channels} numbers for channel order {self.channel_order!r}, "
                    f"received {len(numbers)}"
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
