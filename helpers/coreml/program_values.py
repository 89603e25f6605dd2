"""The types and the constants of an ML program, from protobuf messages to NumPy arrays.

A program says of everything of which type it is. Numbers stand in the program itself or in the file of weights beside
it; those of 16 bits stand in the program as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.coreml.layout import check_shape
from helpers.coreml.library import coreml_module
from helpers.coreml.weights_blob import WeightsBlob
from helpers.errors import ModelFileError

# The types that are read, by Apple's names, and how NumPy holds them.
DTYPES: dict[str, Any] = {
    "FLOAT16": np.dtype("<f2"),
    "FLOAT32": np.dtype("<f4"),
    "INT32": np.dtype("<i4"),
    "BOOL": np.dtype("?"),
    "STRING": np.dtype(object),
}
# By the field that holds immediate numbers, the types that they may be of.
_FIELDS = {"floats": {"FLOAT32"}, "ints": {"INT32"}, "bools": {"BOOL"}, "strings": {"STRING"}, "bytes": {"FLOAT16"}}


@dataclass(frozen=True)
class TensorType:
    """What a program says of a tensor.

    Attributes:
        dtype: a name in `DTYPES`.
        shape: its sizes; none for a single number.
    """

    dtype: str
    shape: tuple[int, ...]


def tensor_type(message: Any) -> TensorType:
    """Read a ValueType message.

    Raises:
        ModelFileError: it is no tensor, of a type that is not read here, or of unknown or absurd size.
    """
    kind = message.WhichOneof("type")
    if kind != "tensorType":
        raise ModelFileError(f"expected the type of a tensor; received {kind or 'none'}")
    tensor = message.tensorType
    names = {number: name for name, number in coreml_module("coremltools.proto.MIL_pb2").DataType.items()}
    dtype = names.get(tensor.dataType, str(tensor.dataType))
    if dtype not in DTYPES:
        raise ModelFileError(f"expected a tensor of type {', '.join(DTYPES)}; received {dtype}")
    if any(dimension.WhichOneof("dimension") != "constant" for dimension in tensor.dimensions):
        raise ModelFileError("expected a tensor of known size; received one with an open dimension")
    shape = check_shape([dimension.constant.size for dimension in tensor.dimensions])
    if tensor.rank != len(shape):
        raise ModelFileError(f"expected as many sizes as the rank says, {tensor.rank}; received {len(shape)}")
    return TensorType(dtype, shape)


def constant_value(message: Any, weights: WeightsBlob | None) -> tuple[TensorType, NDArray[Any]]:
    """Read a Value message: a constant.

    Args:
        message: the message.
        weights: the file of weights, or None where there is none.

    Returns:
        Its type, and the numbers; those of 16 bits are float16 still.

    Raises:
        ModelFileError: it is of a type or a size that does not fit its numbers.
    """
    kind = tensor_type(message.type)
    stored = message.WhichOneof("value")
    count = prod(kind.shape)
    if stored == "blobFileValue":
        if weights is None or kind.dtype in {"STRING", "BOOL"}:
            raise ModelFileError(f"expected a constant in the program; received one of type {kind.dtype} in a file")
        return kind, weights.array(message.blobFileValue.offset, DTYPES[kind.dtype], count).reshape(kind.shape)
    if stored != "immediateValue" or message.immediateValue.WhichOneof("value") != "tensor":
        raise ModelFileError(f"expected a constant tensor; received {stored or 'no value'}")
    tensor = message.immediateValue.tensor
    field = tensor.WhichOneof("value")
    if kind.dtype not in _FIELDS.get(field, set()):
        raise ModelFileError(f"expected numbers of type {kind.dtype}; received {field or 'none'}")
    values = getattr(tensor, field).values
    array = (
        np.frombuffer(values, DTYPES[kind.dtype], len(values) // 2)
        if field == "bytes"
        else np.array(values, DTYPES[kind.dtype])
    )
    if array.size != count:
        raise ModelFileError(f"expected {count:,} numbers for shape {kind.shape}; received {array.size:,}")
    return kind, array.reshape(kind.shape)
