"""A user's own weights: a Keras file, looked at with suspicion, for one of the paper's networks.

Only numbers are taken over: the network itself is built by this project. A whole model must have just its architecture;
that is compared as text, and nothing is ever built from it. Weights alone do not tell activations, strides or
connections: they fit a network when all their shapes do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import keras

from helpers.errors import ModelFileError
from helpers.given_file import opened_file
from helpers.same_network import described_layers, first_difference
from helpers.zoo import ModelRecord, model_names, model_record


def load_weights_file(path: Path, record: ModelRecord) -> keras.Model:
    """Build a network with the weights of a file.

    Args:
        path: a Keras file with a whole model or with weights alone.
        record: the network.

    Returns:
        The network of `record.build`, with these weights.

    Raises:
        ModelFileError: the file is missing, damaged, unsafe, or of another network; the message names the first layer
            that differs.
    """
    with _opened(path) as (layers, weights):
        if layers is not None:
            _, difference = first_difference(layers, record)
            if difference:
                raise ModelFileError(
                    f"expected {path.name} to be {record.title}; {difference}; give the file of a model with just "
                    "that architecture"
                )
        model = record.build()
        reason = _fill(model, weights)
    if reason is not None:
        raise ModelFileError(
            f"expected {path.name} to hold {record.title}'s weights; {reason}; save the model again with Keras, as "
            "model.save('name.keras')"
        )
    for weight in model.weights:
        if not keras.ops.all(keras.ops.isfinite(weight)):
            raise ModelFileError(
                f"expected {path.name} to hold finite weights; received NaN or infinity in {weight.path}; train the "
                "model again"
            )
    return model


def model_of(path: Path) -> str:
    """Tell which of the paper's networks a file holds.

    Args:
        path: a Keras file with a whole model or with weights alone.

    Returns:
        The network's name, such as `mobilenet`.

    Raises:
        ModelFileError: the file is missing, damaged, unsafe, or of no network of the paper.
    """
    nearest = (-1, "it holds weights alone, which fit none")
    with _opened(path) as (layers, weights):
        for name in model_names():
            record = model_record(name)
            if layers is None:
                if _fill(record.build(), weights) is None:
                    return name
                continue
            alike, difference = first_difference(layers, record)
            if not difference:
                return name
            nearest = max(nearest, (alike, f"it is most like {record.title}, but {difference}"))
    raise ModelFileError(
        f"expected {path.name} to hold one of the networks {', '.join(model_names())}; {nearest[1]}; take the file "
        "away or give another"
    )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[list[dict[str, Any]] | None, Path]]:
    """The layers of the model in a file (None: weights alone), and a file from which Keras can read the weights."""
    with opened_file(path) as (architecture, weights):
        layers = None
        if architecture is not None:
            try:
                layers = described_layers(json.loads(architecture))
            except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
                raise ModelFileError(
                    f"expected {path.name} to be a Keras file with a functional or sequential model; received an "
                    f"architecture that cannot be read: {type(error).__name__} {str(error)[:80]}; save the model again "
                    "with Keras 3"
                ) from error
        yield layers, weights


def _fill(model: keras.Model, weights: Path) -> str | None:
    """Give a network the weights of a file that was looked at; where they do not fit, say why."""
    try:
        with h5py.File(weights, "r") as content:
            received = _count(content)
        # Keras itself does not mind what is too much in its own layout.
        if received is not None and received != model.count_params():
            return f"it should have {model.count_params():,} numbers; received {received:,}"
        model.load_weights(weights)
    except Exception as error:  # Keras raises many kinds for weights that do not fit or are damaged
        return f"Keras says: {str(error).strip().partition(chr(10))[0][:300] or type(error).__name__}"
    return None


def _count(content: Any) -> int | None:
    """How many numbers a file in Keras 3's layout has for layers; None where it has another layout."""
    if "layers" not in content or "layer_names" in content.attrs:
        return None
    total = 0

    def add(name: str, item: Any) -> None:
        nonlocal total
        if isinstance(item, h5py.Dataset) and "seed_generator" not in name:
            total += item.size

    content["layers"].visititems(add)
    return total
