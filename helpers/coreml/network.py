"""A Core ML file, computed on any system: the reference for what an iPhone should compute.

Apple's own runtime exists for Apple's systems alone. This one reads the file and nothing else, by the published
description of the format, and hands the arithmetic to TensorFlow. Whatever it does not know, it refuses by name.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.coreml.file import CoreMLFile
from helpers.coreml.image import ImageFeature, class_labels, image_tensor, input_feature, scaled
from helpers.coreml.layout import NotBatchable, Value, check_shape, limited_work, straight
from helpers.coreml.neural_network import compute_layers, has_five_axes
from helpers.coreml.program import compute_program
from helpers.coreml.steps import Computed, Step, named
from helpers.errors import ImageError, ModelFileError

_CHANNELS_LAST = (0, 2, 3, 1)


class CoreMLNetwork:
    """A Core ML file, checked and ready to be computed.

    Attributes:
        input: the image or the array that it takes.
        class_labels: what a classifier tells apart, in the order of its probabilities; none for other networks.
        outputs: the names of its outputs; for a classifier that of the probabilities.
        steps: its layers or operations with the shapes of what they give, in the order of computation.

    Raises:
        ModelFileError: the file holds what is not known here, or what makes no sense; names the layer or operation.
    """

    def __init__(self, file: CoreMLFile) -> None:
        """Check the whole network and prepare its computation.

        Args:
            file: from `helpers.coreml.file.read_coreml`.
        """
        self._file = file
        self.input = input_feature(file)
        self.class_labels = class_labels(file)
        self._five_axes = file.kind == "neural_network" and has_five_axes(file, isinstance(self.input, ImageFeature))
        self._shape = self._input_shape()
        # A file describes one image; several go through at once where they have an axis and no operation mixes them.
        self._together = _leading_one(self._shape)
        try:
            self._function, computed = self._traced()
        except NotBatchable:
            self._together = False
            self._function, computed = self._traced()
        self.outputs = tuple(computed.outputs)
        self.steps: tuple[Step, ...] = computed.steps
        self._output_shapes = {name: self._output_shape(name, value) for name, value in computed.outputs.items()}

    def run(self, images: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
        """Compute the network.

        Args:
            images: for an image uint8 (n, height, width, channels), colours in the order red, green, blue; for an array
                float32 (n, ...), where a leading 1 in the file's shape stands for n.

        Returns:
            For each output float32 (n, ...), one row for each image; a classifier's probabilities have the shape (n,
            classes).

        Raises:
            ImageError: the images or the array have another type or shape than the file says.
            ModelFileError: TensorFlow cannot compute the network.
        """
        tensor = self._tensor(images)
        with named(f"the computation of {self._file.name}"):
            if self._together:
                computed = [self._function(tf.constant(tensor))]
            else:
                computed = [self._function(tf.constant(one.reshape(self._physical_shape()))) for one in tensor]
            joined = {name: np.concatenate([each[name].numpy().ravel() for each in computed]) for name in self.outputs}
        return {name: joined[name].reshape(len(tensor), *self._output_shapes[name]) for name in self.outputs}

    def _input_shape(self) -> tuple[int, ...]:
        """The shape that the first layer sees."""
        if isinstance(self.input, ImageFeature):
            return 1, 1 if self.input.channel_order == "gray" else 3, self.input.height, self.input.width
        with named(f"the input of {self._file.name}"):
            shape = check_shape(self.input.shape)
            if not self._five_axes:
                return shape
            if len(shape) not in (1, 3):
                raise ModelFileError(f"expected (channels) or (channels, height, width); received {shape}")
            return (1, *shape) if len(shape) == 3 else (1, *shape, 1, 1)

    def _order(self) -> tuple[int, ...]:
        return _CHANNELS_LAST if isinstance(self.input, ImageFeature) else tuple(range(len(self._shape)))

    def _physical_shape(self) -> tuple[int, ...]:
        return tuple(self._shape[axis] for axis in self._order())

    def _traced(self) -> tuple[Any, Computed]:
        """The network as a TensorFlow function, and what is known of its steps and outputs.

        Raises:
            NotBatchable: several images would be mixed.
        """
        seen = []

        def run(tensor: tf.Tensor) -> dict[str, tf.Tensor]:
            x = Value(tensor, self._shape, self._order(), 0 if self._together else None)
            if self._file.kind == "ml_program":
                computed = compute_program(self._file, self.input.name, x)
            else:
                computed = compute_layers(self._file, self.input.name, x, self._five_axes)
            if self._together and any(value.batch != 0 for value in computed.outputs.values()):
                raise NotBatchable
            seen.append(computed)
            return {name: straight(value) for name, value in computed.outputs.items()}

        shape = (None, *self._physical_shape()[1:]) if self._together else self._physical_shape()
        function = tf.function(run, input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False)
        with limited_work():
            return function.get_concrete_function(), seen[-1]

    def _output_shape(self, name: str, value: Value) -> tuple[int, ...]:
        """The shape of an output for one image, without the axis of the images.

        Raises:
            ModelFileError: the file's description says another.
        """
        shape = value.shape
        with named(f"the output {name[:80]!r} of {self._file.name}"):
            if self.class_labels and name == self._file.specification.description.predictedProbabilitiesName:
                if prod(shape) != len(self.class_labels):
                    raise ModelFileError(f"expected {len(self.class_labels):,} probabilities; received shape {shape}")
                return (prod(shape),)
            (feature,) = (each for each in self._file.specification.description.output if each.name == name)
            declared = tuple(feature.type.multiArrayType.shape)
            if self._five_axes:
                shape = shape[1:2] if shape[2:] == (1, 1) and len(declared) != 3 else shape[1:]
            if declared and declared != shape:
                raise ModelFileError(f"expected the declared shape {declared}; received {shape}")
            return shape[1:] if not self._five_axes and _leading_one(shape) else shape

    def _tensor(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """What the network gets: images by their axes in memory, arrays as they are."""
        if isinstance(self.input, ImageFeature):
            tensor = scaled(image_tensor(images, self.input), self._file, self.input)
            return np.ascontiguousarray(tensor.transpose(_CHANNELS_LAST))
        expected = self.input.shape
        if not self._five_axes and _leading_one(expected):
            expected = expected[1:]
        array = np.asarray(images)
        if (
            array.dtype != np.float32
            or array.ndim != len(expected) + 1
            or array.shape[1:] != expected
            or not len(array)
        ):
            raise ImageError(
                f"expected float32 of shape (n, {', '.join(map(str, expected))}), n at least 1; received "
                f"{array.dtype} of shape {array.shape}; give one row for each input"
            )
        return array.reshape(-1, *(self._shape[1:] if _leading_one(self._shape) else self._shape))


def _leading_one(shape: tuple[int, ...]) -> bool:
    """Whether a shape begins with an axis for the images."""
    return shape[:1] == (1,)
