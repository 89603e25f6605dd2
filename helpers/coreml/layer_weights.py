"""The weights that stand in a neural network's layers: numbers of 32 or 16 bits, checked against their shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ModelFileError


def layer_weights(weights: Any, shape: Sequence[int], what: str) -> NDArray[np.float32]:
    """Read the numbers of a WeightParams message.

    Args:
        weights: the message.
        shape: the shape that the layer declares for them, the last axis lying together.
        what: what they are, for messages.

    Returns:
        float32 of that shape.

    Raises:
        ModelFileError: there are more or fewer; or they are stored in a way that is not read here, such as quantized.
    """
    kinds = [field.name for field, _ in weights.ListFields() if field.name != "isUpdatable"]
    if len(kinds) != 1 or kinds[0] not in {"floatValue", "float16Value"}:
        raise ModelFileError(f"expected {what} as floatValue or float16Value; received {', '.join(kinds) or 'none'}")
    if kinds[0] == "floatValue":
        numbers = np.asarray(weights.floatValue, np.float32)
    elif len(weights.float16Value) % 2:
        raise ModelFileError(f"expected {what} of two bytes each; received {len(weights.float16Value):,} bytes")
    else:
        numbers = np.frombuffer(weights.float16Value, "<f2").astype(np.float32)
    if any(size < 1 for size in shape) or numbers.size != prod(shape):
        raise ModelFileError(f"expected {what} of shape {tuple(shape)}; received {numbers.size:,} numbers")
    return numbers.reshape(tuple(shape))
