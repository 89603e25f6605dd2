"""Convolution, pooling and padding of images for Core ML networks, computed by TensorFlow.

Images stay (height, width, channels) in memory from one operation to the next, the order that TensorFlow computes; the
file's order of axes is (channels, height, width).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.coreml.layout import NotBatchable, Value, captured, check_shape, check_work, in_order
from helpers.coreml.windows import Window, output_size, same
from helpers.errors import ModelFileError

_CHANNELS_LAST = (0, 2, 3, 1)


def image_size(x: Value) -> tuple[int, int]:
    """The height and width of images.

    Raises:
        ModelFileError: the value does not have the axes (images, channels, height, width).
        NotBatchable: the images lie along another axis than the first.
    """
    if x.rank != 4:
        raise ModelFileError(f"expected images of 4 axes (image, channel, height, width); received shape {x.shape}")
    if x.batch not in (None, 0):
        raise NotBatchable
    return x.shape[2], x.shape[3]


def convolution(
    x: Value, weights: NDArray[np.float32], bias: NDArray[np.float32] | None, window: Window, groups: int
) -> Value:
    """Slide filters over images.

    Args:
        x: images (n, channels, height, width).
        weights: (filters, channels / groups, kernel height, kernel width).
        bias: (filters,), or None.
        window: with the kernel's size.
        groups: into how many parts the channels and the filters are divided; each part sees its own channels alone.

    Raises:
        ModelFileError: channels, filters, groups and bias do not fit each other, or the window the image.
    """
    image = image_size(x)
    filters, depth = weights.shape[:2]
    channels = x.shape[1]
    if groups < 1 or channels != depth * groups or filters % groups:
        raise ModelFileError(
            f"expected filters of {channels} channels divided into {groups} groups; received {filters} filters of "
            f"{depth} channels"
        )
    if bias is not None and bias.shape != (filters,):
        raise ModelFileError(f"expected one bias for each of {filters} filters; received shape {bias.shape}")
    size = _checked_output(x, filters, window, image)
    check_work(size, depth * prod(window.kernel))
    # TensorFlow takes amounts of padding too, but for a depthwise convolution its optimiser then aborts the process.
    keeps_size = window == same(window, image)
    mode = "SAME" if keeps_size else "VALID"
    tensor = in_order(x, _CHANNELS_LAST)
    tensor = tensor if keeps_size else _padded(tensor, window, 0.0)
    if groups > 1 and depth == 1 and window.strides[0] == window.strides[1] and window.dilations == (1, 1):
        kernel = weights.reshape(channels, filters // channels, *window.kernel).transpose(2, 3, 0, 1)
        result = tf.nn.depthwise_conv2d(tensor, _weights(kernel), (1, *window.strides, 1), mode)
    else:
        kernel = weights.transpose(2, 3, 1, 0)
        result = tf.nn.conv2d(tensor, _weights(kernel), window.strides, mode, dilations=window.dilations)
    if bias is not None:
        result = tf.nn.bias_add(result, _weights(bias))
    return Value(result, size, _CHANNELS_LAST, x.batch)


def _weights(array: NDArray[np.float32]) -> Any:
    return captured(np.ascontiguousarray(array))


def _checked_output(x: Value, channels: int, window: Window, image: tuple[int, int]) -> tuple[int, ...]:
    padded = [size + before + after for size, (before, after) in zip(image, window.pads, strict=True)]
    check_shape((*x.shape[:2], *padded))
    return check_shape((x.shape[0], channels, *output_size(window, image)))


def max_pooling(x: Value, window: Window) -> Value:
    """The largest number under each window; padding does not count.

    Raises:
        ModelFileError: the window does not fit the image, or can lie in the padding alone.
    """
    image = image_size(x)
    size = _pooled(x, window, image)
    tensor = _padded(in_order(x, _CHANNELS_LAST), window, -np.inf)
    result = tf.nn.max_pool2d(tensor, window.kernel, window.strides, "VALID")
    return Value(result, size, _CHANNELS_LAST, x.batch)


def average_pooling(x: Value, window: Window, count_padding: bool) -> Value:
    """The mean of the numbers under each window.

    Args:
        x: images (n, channels, height, width).
        window: the window.
        count_padding: whether the zeros of the padding are numbers too.

    Raises:
        ModelFileError: the window does not fit the image, or can lie in the padding alone.
    """
    image = image_size(x)
    size = _pooled(x, window, image)
    tensor = in_order(x, _CHANNELS_LAST)
    if not count_padding and window == same(window, image):
        result = tf.nn.avg_pool2d(tensor, window.kernel, window.strides, "SAME")
        return Value(result, size, _CHANNELS_LAST, x.batch)
    result = tf.nn.avg_pool2d(_padded(tensor, window, 0.0), window.kernel, window.strides, "VALID")
    if not count_padding and window.pads != ((0, 0), (0, 0)):
        rows, columns = (_counted(window, image, axis) for axis in (0, 1))
        share = rows[:, np.newaxis] * columns / prod(window.kernel)
        result = result / _weights(share[np.newaxis, :, :, np.newaxis].astype(np.float32))
    return Value(result, size, _CHANNELS_LAST, x.batch)


def _pooled(x: Value, window: Window, image: tuple[int, int]) -> tuple[int, ...]:
    for (before, after), kernel in zip(window.pads, window.kernel, strict=True):
        if max(before, after) >= kernel:
            raise ModelFileError(
                f"expected padding smaller than the pooling window; received padding {window.pads} for a window of "
                f"{window.kernel}"
            )
    size = _checked_output(x, x.shape[1], window, image)
    check_work(size, prod(window.kernel))
    return size


def _padded(tensor: Any, window: Window, value: float) -> Any:
    if window.pads == ((0, 0), (0, 0)):
        return tensor
    return tf.pad(tensor, [(0, 0), *window.pads, (0, 0)], constant_values=value)


def _counted(window: Window, image: tuple[int, int], axis: int) -> NDArray[np.float64]:
    """For each place of the window along an axis, how many of its elements lie on the image."""
    starts = np.arange(output_size(window, image)[axis]) * window.strides[axis] - window.pads[axis][0]
    ends = np.minimum(starts + window.kernel[axis], image[axis])
    return (ends - np.maximum(starts, 0)).astype(np.float64)


def padding(x: Value, pads: Sequence[tuple[int, int]], mode: str, value: float = 0.0) -> Value:
    """Put numbers around a tensor.

    Args:
        x: the tensor.
        pads: how many before and after, for each axis.
        mode: `constant`; `reflect`, which mirrors without the border itself; or `replicate`, which repeats the border.
        value: the constant.

    Raises:
        ModelFileError: more is to be mirrored than there is.
        NotBatchable: the axis of the images is padded.
    """
    if x.batch is not None and pads[x.batch] != (0, 0):
        raise NotBatchable
    shape = check_shape([size + before + after for size, (before, after) in zip(x.shape, pads, strict=True)])
    amounts = [pads[axis] for axis in x.order]
    if mode == "constant":
        return Value(tf.pad(captured(x.tensor), amounts, constant_values=value), shape, x.order, x.batch)
    if mode == "reflect" and any(
        max(amount) >= size for size, amount in zip(x.shape, pads, strict=True) if any(amount)
    ):
        raise ModelFileError(f"expected mirrored padding smaller than the tensor {x.shape}; received {list(pads)}")
    tensor = captured(x.tensor)
    for place, axis in enumerate(x.order):
        if pads[axis] != (0, 0):
            before, after = pads[axis]
            indices = np.pad(np.arange(x.shape[axis]), (before, after), "reflect" if mode == "reflect" else "edge")
            tensor = tf.gather(tensor, indices, axis=place)
    return Value(tensor, shape, x.order, x.batch)


def cropping(x: Value, pads: tuple[tuple[int, int], tuple[int, int]]) -> Value:
    """Take rows and columns away.

    Args:
        x: a tensor whose last axes are height and width.
        pads: how many at the start and at the end of the height, and of the width.

    Raises:
        ModelFileError: nothing would be left.
    """
    ranges = [slice(None)] * x.rank
    shape = list(x.shape)
    for axis, (before, after) in zip((-2, -1), pads, strict=True):
        shape[axis] -= before + after
        ranges[axis] = slice(before, x.shape[axis] - after)
    sizes = check_shape(shape)
    return Value(captured(x.tensor)[tuple(ranges[axis] for axis in x.order)], sizes, x.order, x.batch)
