"""The named inputs of one operation of an ML program, asked for by what computes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.coreml.layout import Value, constant
from helpers.errors import ModelFileError


@dataclass
class Arguments:
    """The inputs of one operation, by name; each kind of operation asks for what it knows.

    Attributes:
        tensors: for each name the tensors given; constants of floating-point numbers are among them, as arrays.
        constants: for each name the array, where one constant was given.
        used: the names that were asked for.
    """

    tensors: dict[str, list[Value | NDArray[Any]]]
    constants: dict[str, NDArray[Any]]
    used: set[str] = field(default_factory=set)

    def many(self, name: str) -> list[Value]:
        """Tensors, at least one.

        Raises:
            ModelFileError: there is none.
        """
        self.used.add(name)
        if not self.tensors.get(name):
            raise ModelFileError(f"expected the input {name!r} to be a tensor of numbers; received none")
        return [given if isinstance(given, Value) else constant(given) for given in self.tensors[name]]

    def tensor(self, name: str) -> Value:
        """One tensor.

        Raises:
            ModelFileError: there is none, or there are several.
        """
        values = self.many(name)
        if len(values) != 1:
            raise ModelFileError(f"expected one tensor as the input {name!r}; received {len(values)}")
        return values[0]

    def has(self, name: str) -> bool:
        """Whether an input was given."""
        return name in self.tensors or name in self.constants

    def array(self, name: str, kinds: str, axes: int) -> NDArray[Any]:
        """A constant.

        Args:
            name: the input's name.
            kinds: NumPy's letters for the kinds of numbers that it may be of: `f`, `i`, `b`, or `O` for words.
            axes: how many axes it has.

        Raises:
            ModelFileError: it is missing, no constant, or of another kind.
        """
        self.used.add(name)
        array = self.constants.get(name)
        if array is None:
            raise ModelFileError(f"expected the input {name!r} to be a constant; received none")
        if array.dtype.kind not in kinds or array.ndim != axes:
            raise ModelFileError(
                f"expected the input {name!r} to have {axes} axes and kind {kinds}; received shape {array.shape} of "
                f"{array.dtype.name}"
            )
        return array

    def numbers(self, name: str, axes: int = 1) -> NDArray[np.float32]:
        """A constant of floating-point numbers, as float32."""
        return self.array(name, "f", axes).astype(np.float32)

    def integers(self, name: str, default: Sequence[int] | None = None) -> list[int]:
        """A list of integers, or what it is where it was left out."""
        if default is not None and not self.has(name):
            return list(default)
        return [int(number) for number in self.array(name, "i", 1)]

    def one(self, name: str, kinds: str, default: Any = None) -> Any:
        """A single number, truth or word, or what it is where it was left out."""
        if default is not None and not self.has(name):
            return default
        return self.array(name, kinds, 0).item()
