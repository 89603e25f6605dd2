"""The operations of an ML program, computed one after the other.

A program says of each tensor whether its numbers have 32 or 16 bits. An operation whose result has 16 is computed with
32 from its inputs, and its result is rounded: in which order and with how many bits a phone adds up is not published,
but what it hands on has 16. Numbers too large for them, above 65,504, become infinite, as on a phone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf
from numpy.typing import NDArray

from helpers.coreml.arguments import Arguments
from helpers.coreml.file import CoreMLFile
from helpers.coreml.image import output_names
from helpers.coreml.layout import Value
from helpers.coreml.operations import OPERATIONS
from helpers.coreml.program_values import TensorType, constant_value, tensor_type
from helpers.coreml.specification import main_block
from helpers.coreml.steps import MOST_STEPS, Computed, Step, named
from helpers.coreml.weights_blob import WeightsBlob
from helpers.errors import ModelFileError

_OPERATION_SETS = ("CoreML5", "CoreML6", "CoreML7", "CoreML8")
_FLOATS = {"FLOAT16", "FLOAT32"}
_CAST_TO = {"fp16": "FLOAT16", "fp32": "FLOAT32"}


@dataclass
class _Names:
    """What the names in a program stand for, so far.

    Attributes:
        weights: the file of weights.
        values: tensors that are computed, with their types.
        constants: constants, with their types.
        lists: lists of words, which only `classify` reads.
    """

    weights: WeightsBlob | None
    values: dict[str, tuple[str, Value]] = field(default_factory=dict)
    constants: dict[str, tuple[TensorType, NDArray[Any]]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)

    def check_new(self, name: str) -> None:
        if not name or name in self.values or name in self.constants or name in self.lists:
            raise ModelFileError(f"expected an output with a new name; received {name[:80]!r}")


def compute_program(file: CoreMLFile, name: str, x: Value) -> Computed:
    """Compute an ML program.

    Args:
        file: the model, an ML program.
        name: the name of its input in the description.
        x: the input.

    Raises:
        ModelFileError: an operation is not known, does not fit its inputs, gives another shape or type than is
            declared, or reads what nothing gives; names the operation.
        NotBatchable: an operation would mix the images.
    """
    block = _checked_block(file)
    names = _Names(file.weights)
    names.values[name] = _input(file, name, x)
    outputs: dict[str, Value] = {}
    steps = []
    for operation in block.operations:
        given = ", ".join(output.name[:80] for output in operation.outputs[:2])
        with named(f"operation {given!r} ({operation.type[:40]}) of {file.name}"):
            if operation.blocks:
                raise ModelFileError("expected an operation without blocks of its own; received some")
            if operation.type == "const":
                _define(operation, names)
                continue
            if operation.type == "classify":
                output, value = _classified(operation, names)
                outputs[output] = value
            else:
                value = _compute(operation, names)
            steps.append(Step(given, operation.type, value.shape, operation.outputs[0].name, _read_names(operation)))
    outputs |= {name: value for name, (_, value) in names.values.items() if name in block.outputs}
    return Computed(_asked_for(file, block, outputs), tuple(steps))


def _read_names(operation: Any) -> tuple[str, ...]:
    """The names of the values that an operation reads, constants among them."""
    return tuple(each.name for given in operation.inputs.values() for each in given.arguments if each.name)


def _checked_block(file: CoreMLFile) -> Any:
    function = file.specification.mlProgram.functions["main"]
    block = main_block(file.specification)
    if function.opset not in _OPERATION_SETS or block.inputs or len(block.operations) > MOST_STEPS:
        raise ModelFileError(
            f"expected {file.name} to use the operations of {', '.join(_OPERATION_SETS)}, at most {MOST_STEPS:,}, in a "
            f"block without inputs of its own; received {len(block.operations):,} of {function.opset[:40]} in a block "
            f"with {len(block.inputs)} inputs; convert the model again"
        )
    return block


def _input(file: CoreMLFile, name: str, x: Value) -> tuple[str, Value]:
    inputs = file.specification.mlProgram.functions["main"].inputs
    with named(f"the input of {file.name}"):
        if [given.name for given in inputs] != [name]:
            raise ModelFileError(f"expected one, {name[:80]!r}; received {[given.name[:80] for given in inputs[:5]]}")
        kind = tensor_type(inputs[0].type)
        if kind.dtype not in _FLOATS or kind.shape != x.shape:
            raise ModelFileError(f"expected floating-point numbers of shape {x.shape}; received {kind}")
    return kind.dtype, _rounded(x) if kind.dtype == "FLOAT16" else x


def _rounded(value: Value) -> Value:
    """The nearest numbers of 16 bits."""
    return value.like(tf.cast(tf.cast(value.tensor, tf.float16), tf.float32))


def _define(operation: Any, names: _Names) -> None:
    if sorted(operation.attributes) != ["name", "val"] or operation.inputs or len(operation.outputs) != 1:
        raise ModelFileError(
            f"expected a constant with a name, a value and one output; received {sorted(operation.attributes)[:5]}, "
            f"{len(operation.inputs)} inputs and {len(operation.outputs)} outputs"
        )
    (output,) = operation.outputs
    message = operation.attributes["val"]
    names.check_new(output.name)
    if message.type.WhichOneof("type") == "listType":
        names.lists.add(output.name)
        return
    kind, array = constant_value(message, names.weights)
    if tensor_type(output.type) != kind:
        raise ModelFileError(f"expected the declared type {tensor_type(output.type)}; received {kind}")
    names.constants[output.name] = kind, array


def _arguments(operation: Any, names: _Names) -> tuple[Arguments, set[str]]:
    """The inputs of an operation, and which kinds of floating-point numbers are among them."""
    arguments = Arguments({}, {})
    dtypes = set()
    for key in sorted(operation.inputs):
        tensors: list[Value | NDArray[Any]] = []
        bindings = operation.inputs[key].arguments
        for binding in bindings:
            if binding.WhichOneof("binding") == "name" and binding.name in names.values:
                dtype, value = names.values[binding.name]
                tensors.append(value)
            else:
                kind, array = _constant(binding, names)
                dtype = kind.dtype
                if dtype in _FLOATS:
                    tensors.append(array)
                if len(bindings) == 1:
                    arguments.constants[key] = array
            dtypes.add(dtype)
        arguments.tensors[key] = tensors
    return arguments, dtypes & _FLOATS


def _constant(binding: Any, names: _Names) -> tuple[TensorType, NDArray[Any]]:
    if binding.WhichOneof("binding") == "value":
        return constant_value(binding.value, names.weights)
    if binding.name not in names.constants:
        raise ModelFileError(
            f"expected inputs that the program or an operation before gives; received {binding.name[:80]!r}"
        )
    return names.constants[binding.name]


def _compute(operation: Any, names: _Names) -> Value:
    if operation.type not in OPERATIONS:
        raise ModelFileError(
            f"expected an operation among const, classify, {', '.join(sorted(OPERATIONS))}; received "
            f"{operation.type[:40]!r}"
        )
    if set(operation.attributes) - {"name"} or len(operation.outputs) != 1:
        raise ModelFileError(
            f"expected one output and no attribute but the name; received {len(operation.outputs)} and "
            f"{sorted(operation.attributes)[:5]}"
        )
    kind = OPERATIONS[operation.type]
    arguments, dtypes = _arguments(operation, names)
    value = kind.handler(arguments)
    unknown = sorted(set(operation.inputs) - arguments.used)
    if unknown:
        raise ModelFileError(f"expected no further input; received {unknown[0][:40]!r}, which is not known here")
    if operation.type == "cast":
        dtypes = {_CAST_TO[arguments.one("dtype", "O")]}
    (output,) = operation.outputs
    names.check_new(output.name)
    declared = tensor_type(output.type)
    if dtypes != {declared.dtype} or declared.shape != value.shape:
        raise ModelFileError(
            f"expected the declared type {declared.dtype} and shape {declared.shape}; received inputs of type "
            f"{', '.join(sorted(dtypes))} and shape {value.shape}"
        )
    if declared.dtype == "FLOAT16" and not kind.exact:
        value = _rounded(value)
    names.values[output.name] = declared.dtype, value
    return value


def _classified(operation: Any, names: _Names) -> tuple[str, Value]:
    """The output that holds the probabilities, and the probabilities; the labels are read elsewhere."""
    if sorted(operation.inputs) != ["classes", "probabilities"] or len(operation.outputs) != 2:
        raise ModelFileError(
            f"expected classes, probabilities and two outputs; received {sorted(operation.inputs)[:5]} and "
            f"{len(operation.outputs)}"
        )
    bindings = operation.inputs["probabilities"].arguments
    if len(bindings) != 1 or bindings[0].name not in names.values:
        raise ModelFileError("expected probabilities that an operation before gives; received others")
    for output in operation.outputs:
        names.check_new(output.name)
    return operation.outputs[1].name, names.values[bindings[0].name][1]


def _asked_for(file: CoreMLFile, block: Any, outputs: dict[str, Value]) -> dict[str, Value]:
    wanted = output_names(file)
    missing = [name for name in wanted if name not in block.outputs or name not in outputs]
    if missing:
        raise ModelFileError(
            f"expected an operation of {file.name} to give the output {missing[0][:80]!r}; received none; convert the "
            "model again"
        )
    return {name: outputs[name] for name in wanted}
