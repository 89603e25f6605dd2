"""Small Core ML models made message by message, and what they should compute, in NumPy by the definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.coreml.file import CoreMLFile
from helpers.coreml.library import coreml_module
from helpers.coreml.network import CoreMLNetwork

Array = NDArray[Any]
Layer = tuple[str, dict[str, Any], list[str], str]
_FLOAT32 = 65568  # the array type of a feature


def normal(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    """Random numbers of both signs."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def described(names: Sequence[str], shape: Sequence[int]) -> Any:
    """A model with an array `x` and arrays as outputs, still without a network."""
    model = coreml_module("coremltools.proto.Model_pb2").Model()
    feature = model.description.input.add(name="x")
    feature.type.multiArrayType.dataType = _FLOAT32
    feature.type.multiArrayType.shape.extend(shape)
    for name in names:
        model.description.output.add(name=name).type.multiArrayType.dataType = _FLOAT32
    return model


def fill(message: Any, values: dict[str, Any]) -> Any:
    """Set a message's fields: dicts are messages, arrays are weights, lists are repeated."""
    for name, value in values.items():
        field = getattr(message, name)
        if isinstance(value, np.ndarray) and value.dtype == np.float16:
            field.float16Value = value.tobytes()
        elif isinstance(value, np.ndarray):
            field.floatValue.extend(value.ravel().tolist())
        elif isinstance(value, dict):
            field.SetInParent()
            fill(field, value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for each in value:
                fill(field.add(), each)
        elif isinstance(value, list):
            field.extend(value)
        else:
            setattr(message, name, value)
    return message


def network_file(layers: Sequence[Layer], shape: Sequence[int], five_axes: bool = False) -> CoreMLFile:
    """A neural network of an array `x`, whose output is that of the last layer.

    Args:
        layers: for each its kind, its parameters, its inputs and its output.
        shape: the array's shape as the description says it.
        five_axes: whether it is of the older kind.
    """
    model = described([layers[-1][3]], shape)
    model.specificationVersion = 1 if five_axes else 4
    network = model.neuralNetwork
    network.arrayInputShapeMapping = network.imageInputShapeMapping = 0 if five_axes else 1
    for number, (kind, parameters, inputs, output) in enumerate(layers):
        layer = network.layers.add(name=f"{kind}_{number}", input=inputs, output=[output])
        getattr(layer, kind).SetInParent()
        fill(getattr(layer, kind), parameters)
    return CoreMLFile("made.mlmodel", model, None, "neural_network")


def run_layer(kind: str, parameters: dict[str, Any], x: Array, five_axes: bool = False) -> NDArray[np.float32]:
    """Compute one layer for several inputs; the description has a leading 1 for them, unless there are five axes."""
    shape = x.shape[1:] if five_axes else (1, *x.shape[1:])
    network = CoreMLNetwork(network_file([(kind, parameters, ["x"], "y")], shape, five_axes))
    return network.run(x)["y"]


def borders(pads: tuple[tuple[int, int], tuple[int, int]]) -> dict[str, Any]:
    """A BorderAmounts message."""
    return {"borderAmounts": [{"startEdgeSize": before, "endEdgeSize": after} for before, after in pads]}


def same_pads(size: int, stride: int, extent: int, lower: bool) -> tuple[int, int]:
    """The padding of one axis by the rule in Apple's description."""
    out = (size + stride - 1) // stride
    total = max(0, (out - 1) * stride + extent - size)
    small, large = total // 2, total - total // 2
    return (large, small) if lower else (small, large)


def windows(image: Array, kernel: Any, strides: Any, dilations: Any, sizes: Any) -> Any:
    """Each place of a window on a padded (channels, height, width) image, and what is under it."""
    for row in range(sizes[0]):
        for column in range(sizes[1]):
            top, left = row * strides[0], column * strides[1]
            bottom = top + (kernel[0] - 1) * dilations[0] + 1
            right = left + (kernel[1] - 1) * dilations[1] + 1
            yield row, column, image[:, top : bottom : dilations[0], left : right : dilations[1]]


def counts(size: Any, kernel: Any, strides: Any, dilations: Any = (1, 1)) -> tuple[int, int]:
    """How many places a window has on an image that is padded already."""
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    first, second = ((s - e) // t + 1 for s, e, t in zip(size, extents, strides, strict=True))
    return first, second


def convolved(x: Array, weights: Array, pads: Any, strides: Any, dilations: Any, groups: int) -> Array:
    """A convolution of (n, channels, height, width), number by number in float64."""
    padded = np.pad(x.astype(np.float64), [(0, 0), (0, 0), *pads])
    kernel, depth, share = weights.shape[2:], weights.shape[1], weights.shape[0] // groups
    sizes = counts(padded.shape[2:], kernel, strides, dilations)
    result = np.zeros((len(x), weights.shape[0], *sizes))
    for number, image in enumerate(padded):
        for row, column, under in windows(image, kernel, strides, dilations, sizes):
            for filter_number, one in enumerate(weights.astype(np.float64)):
                group = filter_number // share
                part = under[group * depth : (group + 1) * depth]
                result[number, filter_number, row, column] = (part * one).sum()
    return result


def pooled(x: Array, kernel: Any, pads: Any, strides: Any, how: Callable[[Array], Any]) -> Array:
    """A pooling of (n, channels, height, width); padding is NaN for the function that pools."""
    padded = np.pad(x.astype(np.float64), [(0, 0), (0, 0), *pads], constant_values=np.nan)
    sizes = counts(padded.shape[2:], kernel, strides)
    result = np.zeros((*x.shape[:2], *sizes))
    for number, image in enumerate(padded):
        for row, column, under in windows(image, kernel, strides, (1, 1), sizes):
            result[number, :, row, column] = how(under.reshape(len(under), -1))
    return result


def mean_with_padding(under: Array) -> Any:
    """The mean of each row, where padding counts as zero."""
    return np.nan_to_num(under).mean(axis=1)


def mean_without_padding(under: Array) -> Any:
    """The mean of each row, where padding does not count."""
    return np.nanmean(under, axis=1)


def largest(under: Array) -> Any:
    """The largest number of each row, where padding does not count."""
    return np.nanmax(under, axis=1)


class ProgramMaker:
    """An ML program, made operation by operation. Its input is an array `x`, its output the last result.

    Args:
        shape: the shape of the input.
        dtype: the type of its numbers, float32 or float16.
    """

    def __init__(self, shape: Sequence[int], dtype: Any = np.float32) -> None:
        self._mil = coreml_module("coremltools.proto.MIL_pb2")
        self._shape = tuple(shape)
        self.model = described(["y"], shape)
        self.model.specificationVersion = 6
        self.model.mlProgram.version = 1
        self.function = self.model.mlProgram.functions["main"]
        self.function.opset = "CoreML5"
        self.block = self.function.block_specializations["CoreML5"]
        self._typed(self.function.inputs.add(name="x").type, np.dtype(dtype), self._shape)
        self._count = 0

    def _typed(self, message: Any, dtype: Any, shape: Sequence[int]) -> None:
        tensor = message.tensorType
        names = {"f4": "FLOAT32", "f2": "FLOAT16", "i4": "INT32", "b1": "BOOL"}
        tensor.dataType = self._mil.DataType.Value(names.get(dtype.str[1:], "STRING"))
        tensor.rank = len(shape)
        for size in shape:
            tensor.dimensions.add().constant.size = size

    def constant(self, value: Any) -> str:
        """Add a constant and give its name: an array, a number, a truth, a word, or a list of integers."""
        array = np.asarray(value)
        if array.dtype.kind in "iu":
            array = array.astype(np.int32)
        elif array.dtype == np.float64:
            array = array.astype(np.float32)
        self._count += 1
        operation = self.block.operations.add(type="const")
        output = operation.outputs.add(name=f"const_{self._count}")
        self._typed(output.type, array.dtype, array.shape)
        operation.attributes["name"].immediateValue.tensor.strings.values.append(output.name)
        message = operation.attributes["val"]
        message.type.CopyFrom(output.type)
        tensor = message.immediateValue.tensor
        fields = {"f4": "floats", "i4": "ints", "b1": "bools"}
        if array.dtype == np.float16:
            tensor.bytes.values = array.tobytes()
        else:
            field = getattr(tensor, fields.get(array.dtype.str[1:], "strings"))
            field.SetInParent()
            field.values.extend(array.ravel().tolist())
        return output.name

    def operation(
        self, kind: str, shape: Sequence[int], dtype: Any = np.float32, result: str = "y", /, **given: Any
    ) -> Any:
        """Add an operation; a str that names a result stays a name, a list of them too, all else becomes constants.

        Returns:
            The message, to be damaged.
        """
        results = {"x", *(output.name for each in self.block.operations for output in each.outputs)}
        named: dict[str, list[str]] = {}
        for key, value in given.items():
            if isinstance(value, str) and value in results:
                named[key] = [value]
            elif isinstance(value, list) and value and isinstance(value[0], str):
                named[key] = value
            else:
                named[key] = [self.constant(value)]
        operation = self.block.operations.add(type=kind)
        for key, names in named.items():
            for each in names:
                operation.inputs[key].arguments.add(name=each)
        self._typed(operation.outputs.add(name=result).type, np.dtype(dtype), shape)
        operation.attributes["name"].immediateValue.tensor.strings.values.append(result)
        return operation

    def file(self) -> CoreMLFile:
        """The program as a file."""
        del self.block.outputs[:]
        self.block.outputs.append("y")
        return CoreMLFile("made.mlpackage", self.model, None, "ml_program")

    def run(self, x: Array) -> NDArray[np.float32]:
        """Compute it for several inputs along the first axis, or for one."""
        array = x.astype(np.float32)
        return CoreMLNetwork(self.file()).run(array if self._shape[:1] == (1,) else array.reshape(-1, *self._shape))[
            "y"
        ]
