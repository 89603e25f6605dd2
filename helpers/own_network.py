"""From a user's Keras file to a network as this project's own are: one graph of layers, with names that can be kept.

A Sequential model, models inside a model (which transfer learning makes), arithmetic between the layers and names of
any kind become one functional network from `image` to `probabilities`. Every converter then finds what it relies on:
each layer is called once, and its name can be a node's.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.convert.frozen import INPUT_NODE
from helpers.convert.keras_file import check_form, load_h5, save_h5
from helpers.errors import ModelFileError
from helpers.given_file import opened_file

OUTPUT_LAYER = "probabilities"

# A gigabyte of float32: as much as a Keras file may hold.
_LARGEST_NUMBERS = 250_000_000
_LARGEST_SIDE = 4096
_TRIALS = 4
# How far a row of float32 probabilities may add up to something else than 1.
_SUM_TOLERANCE = 1e-3

# Keras' functions between layers, and the activation that does the same.
_ACTIVATIONS = {
    "Relu": "relu",
    "Relu6": "relu6",
    "Sigmoid": "sigmoid",
    "Silu": "silu",
    "Softmax": "softmax",
    "Tanh": "tanh",
}
# Arithmetic of two tensors, and the layer that does the same.
_MERGES: dict[str, type[keras.layers.Layer]] = {
    "Add": keras.layers.Add,
    "Maximum": keras.layers.Maximum,
    "Minimum": keras.layers.Minimum,
    "Multiply": keras.layers.Multiply,
    "Subtract": keras.layers.Subtract,
}
# Arithmetic of a tensor and a number, as scale and offset.
_SCALINGS: dict[str, Callable[[float], tuple[float, float]]] = {
    "Add": lambda number: (1.0, number),
    "Subtract": lambda number: (1.0, -number),
    "Multiply": lambda number: (number, 0.0),
    "Divide": lambda number: (1 / number, 0.0),
    "TrueDivide": lambda number: (1 / number, 0.0),
}


def load_own_network(path: Path, name: str) -> keras.Model:
    """Load a user's classifier.

    Args:
        path: a Keras file, `.h5` or `.keras`, with a whole model.
        name: what the network is called from now on.

    Returns:
        A functional network from float32 `image` (n, height, width, 1 or 3) to float32 `probabilities` (n, classes),
        with the file's weights; it computes what the file's model does.

    Raises:
        ModelFileError: the file is missing, damaged or unsafe, or holds no classifier of images that can be deployed;
            the message says what to do.
    """
    wanted = f"expected {path.name} to be a Keras file"
    with opened_file(path) as (architecture, _):
        if architecture is None:
            raise ModelFileError(
                f"{wanted} with a whole model; received weights alone; save it with model.save('name.keras')"
            )
        # In a graph of its own, Keras builds variables without numbers: a few bytes can ask for terabytes.
        with tf.Graph().as_default():
            _check_size(_loaded(path, wanted), wanted)
        model = _loaded(path, wanted)
    for weight in model.weights:
        if not np.isfinite(weight.numpy()).all():
            raise ModelFileError(
                f"{wanted} with finite weights; received NaN or infinity in {weight.path}; train it again"
            )
    network = _unrolled(model, name, wanted)
    # Inside a model whose input has no fixed size, sizes are known only now.
    _check_size(network, wanted)
    _check_same(model, network, wanted)
    return network


def _loaded(path: Path, wanted: str) -> keras.Model:
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many kinds for a file that is damaged inside
        reason = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        raise ModelFileError(
            f"{wanted} that Keras {keras.__version__} can load; it says: {reason}; save it again as .keras, its "
            "layers named with letters, digits and _"
        ) from error
    try:
        check_form(model, wanted)
    except ModelFileError as error:
        raise ModelFileError(
            f"{error}; give a model that begins with keras.Input((height, width, 3)), or 1 for gray, and ends in one "
            "softmax"
        ) from error
    return model


def _check_size(model: keras.Model, wanted: str) -> None:
    height, width, channels = model.inputs[0].shape[1:]
    if channels not in (1, 3) or not 1 <= min(height, width) <= max(height, width) <= _LARGEST_SIDE:
        raise ModelFileError(
            f"{wanted} with a model of images (height, width, channels): sides of 1 to {_LARGEST_SIDE:,} pixels, and 1 "
            f"channel or 3, the last axis; received {tuple(model.inputs[0].shape[1:])}; build it with "
            "keras.Input((height, width, 3))"
        )
    classes = model.outputs[0].shape[-1]
    if classes < 2:
        raise ModelFileError(
            f"{wanted} with a probability for each of at least 2 classes; received {classes}; for yes and no, end the "
            "model in keras.layers.Dense(2, activation='softmax')"
        )
    operations = _operations(model)
    policies = {operation.dtype_policy.name for operation in operations if isinstance(operation, keras.layers.Layer)}
    if policies - {"float32"}:
        raise ModelFileError(
            f"{wanted} with layers that compute in float32; received {min(policies - {'float32'})!r}; build the model "
            "under the policy float32 and give it these weights with set_weights"
        )
    largest = max(_numbers(operation, node) for operation in operations for node in operation._inbound_nodes)
    if max(model.count_params(), _TRIALS * largest) > _LARGEST_NUMBERS:
        raise ModelFileError(
            f"{wanted} of at most {_LARGEST_NUMBERS:,} parameters, and {_LARGEST_NUMBERS // _TRIALS:,} numbers between "
            f"two layers or in an attention; received {model.count_params():,} and {largest:,}; no phone runs it: make "
            "it smaller"
        )


def _numbers(operation: Any, node: Any) -> int:
    """How many numbers the largest tensor of an operation has for one image."""
    largest = max((math.prod(side or 1 for side in tensor.shape[1:]) for tensor in node.output_tensors), default=0)
    kinds = (
        keras.layers.AdditiveAttention,
        keras.layers.Attention,
        keras.layers.GroupQueryAttention,
        keras.layers.MultiHeadAttention,
    )
    if not isinstance(operation, kinds):
        return largest
    # Each head compares each place with each other, which no output shows.
    places: int = max(math.prod(side or 1 for side in tensor.shape[1:-1]) for tensor in node.input_tensors)
    heads: int = max(getattr(operation, name, 1) for name in ("num_heads", "num_query_heads"))
    added: int = max(tensor.shape[-1] or 1 for tensor in node.input_tensors)
    return max(largest, places**2 * (added if isinstance(operation, keras.layers.AdditiveAttention) else heads))


def _operations(model: keras.Model) -> list[Any]:
    """All operations of a model, and of the models inside it."""
    found: list[Any] = []
    for operation in _functional(model).operations:
        found += _operations(operation) if isinstance(operation, keras.Model) else [operation]
    return found


def _functional(model: keras.Model) -> keras.Model:
    """A model as a graph: a Sequential one is the chain of its layers."""
    return keras.Model(model.inputs, model.outputs) if isinstance(model, keras.Sequential) else model


def _unrolled(model: keras.Model, name: str, wanted: str) -> keras.Model:
    """Copy a model layer by layer into one without models inside, under names that a graph can have."""
    # The name is a scope of the graph: it must not be that of the input or the output.
    scope = f"{name}_network"
    names = _Names(scope)
    last = _last_operation(model)
    called: set[int] = set()

    def run(inner: keras.Model, inputs: Any) -> Any:
        # What keras.models.clone_model is made of; that cannot unroll a model inside a model.
        return inner._run_through_graph(inputs, operation_fn=lambda operation: operation, call_fn=call)

    def call(operation: Any, *inputs: Any, **settings: Any) -> Any:
        if isinstance(operation, keras.Model):
            return run(_functional(operation), inputs[0])
        if not isinstance(operation, keras.layers.Layer):
            layer, tensors = _as_layer(operation, inputs, settings, wanted)
            return _renamed(layer, OUTPUT_LAYER if operation is last else names.of(layer))(tensors)
        if operation.weights and id(operation) in called:
            raise ModelFileError(
                f"{wanted} in which each layer with weights is used once; received {operation.name[:60]!r} twice; give "
                "each place a layer of its own"
            )
        called.add(id(operation))
        # How a layer behaves while training is nothing that a phone needs.
        settings.pop("training", None)
        layer = _renamed(operation, OUTPUT_LAYER if operation is last else names.of(operation))
        outputs = layer(*inputs, **settings)
        layer.set_weights(operation.get_weights())
        return outputs

    image = keras.Input(model.inputs[0].shape[1:], name=INPUT_NODE)
    try:
        (output,) = keras.tree.flatten(run(_functional(model), image))
        return keras.Model(image, output, name=scope)
    except ModelFileError:
        raise
    except Exception as error:  # what a stranger's layer makes of a copy of itself can be anything
        reason = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        raise ModelFileError(
            f"{wanted} with a model that can be copied layer by layer; Keras says: {reason}; build it from Keras' "
            "plain layers"
        ) from error


def _last_operation(model: keras.Model) -> Any:
    """What gives a model's output."""
    operation = model.outputs[0]._keras_history.operation
    return _last_operation(operation) if isinstance(operation, keras.Model) else operation


def _renamed(layer: keras.layers.Layer, name: str) -> keras.layers.Layer:
    return type(layer).from_config({**layer.get_config(), "name": name})


def _as_layer(operation: Any, inputs: Any, settings: Any, wanted: str) -> tuple[keras.layers.Layer, Any]:
    """The layer that does what a bare operation does, and the tensors it takes. Only layers have a place in a file."""
    kind = type(operation).__name__
    plain = [isinstance(each, int | float) and not isinstance(each, bool) for each in inputs]
    if not settings and kind in _ACTIVATIONS and len(inputs) == 1 and operation.get_config().get("axis", -1) == -1:
        return keras.layers.Activation(_ACTIVATIONS[kind]), inputs[0]
    if not settings and len(inputs) == 2:
        if kind in _SCALINGS and plain == [False, True]:
            return keras.layers.Rescaling(*_SCALINGS[kind](float(inputs[1]))), inputs[0]
        if kind in {"Add", "Multiply"} and plain == [True, False]:
            return keras.layers.Rescaling(*_SCALINGS[kind](float(inputs[0]))), inputs[1]
        same = all(isinstance(each, keras.KerasTensor) for each in inputs)
        if kind in _MERGES and same and inputs[0].shape == inputs[1].shape:
            return _MERGES[kind](), list(inputs)
    raise ModelFileError(
        f"{wanted} made of layers; received the bare operation {kind!r} ({operation.name[:60]}); put a layer in its "
        "place, such as keras.layers.Rescaling, Activation, Concatenate or Reshape"
    )


class _Names:
    """Gives each layer a name that a node of a graph can have, and no other has; upper and lower case count as one."""

    def __init__(self, scope: str) -> None:
        # What Core ML calls its features.
        self._taken = {INPUT_NODE, OUTPUT_LAYER, "classlabel"}
        # TensorFlow numbers a scope that it opens twice.
        self._scope = re.compile(rf"{scope}(_\d+)*")
        self._seen: Counter[str] = Counter()

    def of(self, layer: Any) -> str:
        # Keras numbers layers without a name over the whole process; here they are numbered over the network.
        kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(layer).__name__).lower()
        base = re.sub(r"[^A-Za-z0-9_]", "_", layer.name)
        base = (
            re.sub(r"_\d+$", "", base) if re.sub(r"_\d+$", "", base).replace("_", "") == kind.replace("_", "") else base
        )
        if not re.match(r"[A-Za-z0-9]", base) or self._scope.fullmatch(base.lower()):
            base = f"layer_{base}"
        name = base
        while name.lower() in self._taken:
            self._seen[base.lower()] += 1
            name = f"{base}_{self._seen[base.lower()]}"
        self._taken.add(name.lower())
        return name


def _check_same(model: keras.Model, network: keras.Model, wanted: str) -> None:
    """Make sure that the copy computes what the model does, and that it computes probabilities."""
    noise = np.random.default_rng(1).random((_TRIALS, *network.inputs[0].shape[1:]), dtype=np.float32)
    # Whatever the preprocessing is, pixels as they are and pixels scaled to 1 both have to give probabilities.
    tensor = np.concatenate([noise[:2], noise[2:] * np.float32(255)])
    try:
        with TemporaryDirectory() as folder:
            stored = Path(folder) / "model.h5"
            save_h5(network, stored)
            copies = (network, load_h5(stored))
        expected, *received = (np.asarray(each(tensor, training=False)) for each in (model, *copies))
    except ModelFileError as error:
        raise ModelFileError(
            f"{wanted} that can also be stored as HDF5; {error}; build it from Keras' plain layers"
        ) from error
    except Exception as error:  # whatever a layer cannot compute, or be stored with
        reason = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        raise ModelFileError(
            f"{wanted} with a model that runs and can be stored as HDF5; Keras says: {reason}; build it from Keras' "
            "plain layers"
        ) from error
    sums = expected.sum(axis=1, dtype=np.float64)
    if not (np.isfinite(expected).all() and expected.min() >= 0 and np.abs(sums - 1).max() <= _SUM_TOLERANCE):
        raise ModelFileError(
            f"{wanted} with a model that ends in probabilities: none negative, and 1 in all; received values from "
            f"{expected.min():.4g} to {expected.max():.4g} that add up to {sums.min():.4g}-{sums.max():.4g}; add a "
            "softmax, as keras.Sequential([model, keras.layers.Softmax()])"
        )
    difference = max(float(np.abs(expected - each).max()) for each in received)
    if not difference <= _SUM_TOLERANCE:
        raise ModelFileError(
            f"{wanted} with a model that can be copied layer by layer; the copy's probabilities differ by "
            f"{difference:.2g}; build it from Keras' plain layers"
        )
