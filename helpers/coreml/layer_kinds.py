"""What is known of each kind of layer of a neural network: what computes it, and how many inputs it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.coreml.layout import Value

# Any number of inputs, within reason.
MANY = 10_000

Handler = Callable[[Any, Sequence[Value]], Value]


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer.

    Attributes:
        handler: computes it, from its parameters and its inputs.
        least: the smallest number of inputs.
        most: the largest number of inputs.
    """

    handler: Handler
    least: int
    most: int


def registrar(table: dict[str, LayerKind]) -> Callable[..., Callable[[Handler], Handler]]:
    """A decorator that enters what computes a kind of layer in a table.

    Args:
        table: kinds of layers by their names in the format.

    Returns:
        `layer(name, least=1, most=None)`, where `most` is `least` unless given.
    """

    def layer(name: str, least: int = 1, most: int | None = None) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            table[name] = LayerKind(handler, least, least if most is None else most)
            return handler

        return register

    return layer
