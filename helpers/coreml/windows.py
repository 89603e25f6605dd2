"""What convolutions and poolings have in common: a window of rows and columns that moves over an image.

Core ML pads rows and columns with zeros or nothing, in amounts that the file gives or that a rule finds: `same` keeps
the size (divided by the stride), and the padding that cannot be halved goes to the end, or with `lower` to the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers.errors import ModelFileError

Pair = tuple[int, int]

_MOST = 2**15


@dataclass(frozen=True)
class Window:
    """A window, in the order height, width.

    Attributes:
        kernel: its size in elements.
        strides: how far it moves at a time.
        dilations: the distance between its elements.
        pads: how many rows or columns are added before and after the image, for height and for width.
    """

    kernel: Pair
    strides: Pair = (1, 1)
    dilations: Pair = (1, 1)
    pads: tuple[Pair, Pair] = ((0, 0), (0, 0))

    @property
    def extent(self) -> Pair:
        """The rows and columns from its first to its last element."""
        (height, width), (down, right) = self.kernel, self.dilations
        return (height - 1) * down + 1, (width - 1) * right + 1


def pair(numbers: Sequence[int], what: str, default: Pair | None = None, least: int = 1) -> Pair:
    """Two numbers of a file, for height and width.

    Raises:
        ModelFileError: there are not two, or one is too small or absurdly large.
    """
    if not numbers and default is not None:
        return default
    if len(numbers) != 2 or any(not least <= number <= _MOST for number in numbers):
        raise ModelFileError(f"expected {what} to be two numbers from {least} to {_MOST:,}; received {_few(numbers)}")
    return int(numbers[0]), int(numbers[1])


def pad_pairs(numbers: Sequence[int], what: str) -> tuple[Pair, Pair]:
    """Four numbers of a file: top, bottom, left, right.

    Raises:
        ModelFileError: there are not four, or one is negative or absurdly large.
    """
    if len(numbers) != 4 or any(not 0 <= number <= _MOST for number in numbers):
        raise ModelFileError(f"expected {what} to be four numbers from 0 to {_MOST:,}; received {_few(numbers)}")
    top, bottom, left, right = (int(number) for number in numbers)
    return (top, bottom), (left, right)


def _few(numbers: Sequence[int]) -> str:
    return str([int(number) for number in numbers[:8]]) + (" ..." if len(numbers) > 8 else "")


def same(window: Window, image: Pair, lower: bool = False) -> Window:
    """Pad so that the output has the image's size divided by the stride, rounded up.

    Args:
        window: the window.
        image: the image's height and width.
        lower: put the odd row or column before the image rather than after it.
    """
    pads = []
    for size, stride, extent in zip(image, window.strides, window.extent, strict=True):
        total = max(0, (-(-size // stride) - 1) * stride + extent - size)
        less = total // 2
        pads.append((total - less, less) if lower else (less, total - less))
    return replace(window, pads=(pads[0], pads[1]))


def whole(window: Window, image: Pair) -> Window:
    """Pad further at the end, so that the last window takes the last row and column in, where it would be left out.

    A window that would begin after the image and its padding is left out, where there is padding. The padding must be
    the same on both sides.

    Raises:
        ModelFileError: the padding differs.
    """
    pads = []
    padded = any(before or after for before, after in window.pads)
    for size, stride, extent, (before, after) in zip(image, window.strides, window.extent, window.pads, strict=True):
        if before != after:
            raise ModelFileError(
                f"expected the same padding before and after, where the last pixel is included; received {window.pads}"
            )
        count = -(-(size + before + after - extent) // stride) + 1
        if padded and (count - 1) * stride >= size + before:
            count -= 1
        pads.append((before, max(after, (count - 1) * stride + extent - size - before)))
    return replace(window, pads=(pads[0], pads[1]))


def output_size(window: Window, image: Pair) -> Pair:
    """How many places the window takes on a padded image.

    Raises:
        ModelFileError: the window is larger than the padded image.
    """
    sizes = []
    for size, stride, extent, (before, after) in zip(image, window.strides, window.extent, window.pads, strict=True):
        left = size + before + after - extent
        if left < 0:
            raise ModelFileError(
                f"expected a window within the padded image; received one of {window.extent} on an image of {image} "
                f"with padding {window.pads}"
            )
        sizes.append(left // stride + 1)
    return sizes[0], sizes[1]
