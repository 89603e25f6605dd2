"""Is a model's architecture that of one of the paper's networks? Compared as text: nothing is built from it.

Keras has written architectures in several ways over its versions; here they come down to what each layer computes and
from which other layers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import keras

from helpers.zoo import ModelRecord

# What a layer computes depends on these settings; names, and what only training uses, may differ.
_SETTINGS = (
    "activation",
    "axis",
    "center",
    "data_format",
    "depth_multiplier",
    "dilation_rate",
    "epsilon",
    "filters",
    "groups",
    "keepdims",
    "kernel_size",
    "max_value",
    "negative_slope",
    "padding",
    "pool_size",
    "scale",
    "strides",
    "target_shape",
    "threshold",
    "units",
    "use_bias",
)
# Settings that older versions of Keras did not have, with the value that does as those versions did.
_UNWRITTEN = {"groups": 1, "keepdims": False, "negative_slope": 0.0, "threshold": 0.0}


def first_difference(received: list[dict[str, Any]], record: ModelRecord) -> tuple[int, str]:
    """Compare a model's layers with a network's.

    Args:
        received: the model's layers, as `described_layers` gives them.
        record: the network.

    Returns:
        How many of the first layers are alike, and the first difference in words; empty where there is none.
    """
    expected = _layers_of(record.build)
    for number, (wanted, found) in enumerate(zip(expected, received, strict=False)):
        if wanted["computes"] != found["computes"]:
            should, does = _words(wanted["computes"], found["computes"]), _words(found["computes"], wanted["computes"])
            return number, f"layer {number + 1}, {found['name']}, should be {should}; received {does}"
    alike = min(len(expected), len(received))
    if len(expected) != len(received):
        return alike, f"it should have {len(expected)} layers; received {len(received)}"
    return alike, ""


@cache
def _layers_of(build: Callable[[], keras.Model]) -> list[dict[str, Any]]:
    return described_layers(json.loads(build().to_json()))


def described_layers(model: Any) -> list[dict[str, Any]]:
    """A model's layers, from its architecture as any version of Keras writes it.

    Returns:
        For each layer its `name`, and what it `computes`: its kind, its settings, the numbers of the layers that it
        takes, and whether it gives the model's output.

    Raises:
        LookupError, TypeError, ValueError, AttributeError: it is not the architecture of a functional or sequential
            model; who calls knows what to say of the file.
    """
    content = model["config"]
    layers = content if isinstance(content, list) else content["layers"]
    sequential = isinstance(content, list) or "output_layers" not in content
    if sequential and layers[0]["class_name"] != "InputLayer":
        shape = layers[0]["config"].get("batch_input_shape")
        layers = [{"class_name": "InputLayer", "config": {"name": "", "batch_shape": shape}}, *layers]
    names = [str(layer["config"]["name"]) for layer in layers]
    if len(set(names)) != len(names):
        raise ValueError("two layers of one name")
    numbers = {name: number for number, name in enumerate(names, 1)}
    outputs = [names[-1]] if sequential else _sources(content["output_layers"])
    described = []
    for number, (layer, name) in enumerate(zip(layers, names, strict=True), 1):
        # Each use of a layer is a node; a sequential model's are not written down.
        nodes = [[before, 0, 0] for before in names[: number - 1][-1:]] if sequential else layer["inbound_nodes"]
        computes = {
            "kind": _layer_kind(layer),
            **_settings(layer),
            "input from layer": tuple(numbers.get(source) for source in _sources(nodes)),
            "uses": len(nodes),
            "training": '"training": true' in json.dumps(nodes),
            "output of the model": name in outputs,
        }
        described.append({"name": name, "computes": computes})
    return described


def _layer_kind(layer: dict[str, Any]) -> str:
    """The class of a layer; with its package where that is not Keras' own."""
    registered, module, name = layer.get("registered_name"), layer.get("module"), str(layer["class_name"])
    if registered and ">" in str(registered):
        return str(registered)
    return name if module in (None, "keras.layers") else f"{module}.{name}"


def _settings(layer: dict[str, Any]) -> dict[str, Any]:
    config = layer["config"]
    found = {key: _plain(config[key]) for key in _SETTINGS if key in config}
    if "axis" in found:
        # The channels of an image, in three ways of writing.
        axis = found["axis"][0] if isinstance(found["axis"], tuple) else found["axis"]
        found["axis"] = -1 if axis == 3 else axis
    if layer["class_name"] == "InputLayer":
        shape = config.get("batch_shape") or config.get("batch_input_shape")
        found["shape"] = _plain(shape)[1:]
    return {key: value for key, value in found.items() if key not in _UNWRITTEN or value != _UNWRITTEN[key]}


def _plain(setting: Any) -> Any:
    """A setting such that equal ones compare equal: Keras writes some as lists, epsilon in several roundings."""
    if isinstance(setting, (list, tuple)):
        return tuple(_plain(part) for part in setting)
    if isinstance(setting, dict) and setting.get("class_name") == "function":
        return setting.get("config")
    return float(f"{setting:.4g}") if isinstance(setting, float) and math.isfinite(setting) else setting


def _sources(part: Any) -> list[str]:
    """The names of the layers that a description of tensors points to, as Keras 2 or 3 writes it."""
    if isinstance(part, dict):
        if "keras_history" in part:
            return [str(part["keras_history"][0])]
        return [name for value in part.values() for name in _sources(value)]
    if isinstance(part, list):
        if len(part) >= 3 and isinstance(part[0], str) and isinstance(part[1], int):
            return [part[0]]
        return [name for value in part for name in _sources(value)]
    return []


def _words(layer: dict[str, Any], other: dict[str, Any]) -> str:
    """What of a layer another one does not have."""
    if layer["kind"] != other["kind"]:
        return str(layer["kind"])
    return ", ".join(f"{key} {value}" for key, value in layer.items() if other.get(key) != value) or "without more"
