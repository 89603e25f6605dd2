"""Keras -> a .pb file that TensorFlow for Mobile runs: the frozen graph, rewritten for the paper's own runtime.

TensorFlow for Mobile ended with version 1.13.1. What today's TensorFlow freezes is not what that runtime reads: it
refuses a graph with a single attribute that it does not know. So the graph is folded, which also makes it smaller and
faster; what came later is put into the words of that time; and what is left is compared with the runtime's registry.

Taught in notebook 03_freeze_for_android.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from helpers.convert.folding import fold_constants, merge_into_convolutions
from helpers.convert.frozen import INPUT_NODE, check_inference_only, freeze, in_order
from helpers.convert.keras_file import inner_layers, load_h5, output_node
from helpers.convert.nodes import ConvertedNodes
from helpers.convert.tf113 import PRODUCER, VERSION, check_known, load_op_list
from helpers.errors import ModelFileError
from helpers.files import write_bytes

FORMAT = "tf_mobile_pb"
FILE_SUFFIX = "_tf_mobile.pb"

# Newer operations that are older ones under another name: both add numbers alike, but Add joins strings too. TensorFlow
# 1.13.1 knows AddV2 already; older runtimes and converters of that time, such as tf-coreml, do not.
_RENAMED = {"AddV2": "Add"}


@dataclass(frozen=True)
class Change:
    """One kind of change to a graph.

    Attributes:
        kind: what was done, such as `attribute dropped`.
        subject: to what, such as `Conv2D: explicit_paddings`.
        count: how many nodes it concerned; a node that is merged takes its constant with it, which is not counted.
    """

    kind: str
    subject: str
    count: int


@dataclass(frozen=True)
class Rewritten:
    """A graph for TensorFlow for Mobile, and how it came about.

    Attributes:
        graph: the new graph.
        changes: what was changed, in the order in which it was done.
    """

    graph: tf.compat.v1.GraphDef
    changes: tuple[Change, ...]


def convert(source: Path, target: Path) -> ConvertedNodes:
    """Freeze a Keras .h5 file into a .pb file for TensorFlow for Mobile 1.13.1.

    Two conversions on one machine give the same bytes. On another kind of processor the last bits of folded numbers
    may differ, since they are computed here.

    Args:
        source: the Keras .h5 file.
        target: the .pb file to write.

    Returns:
        The names of the nodes. A convolution that was merged with its batch normalisation is not among them.

    Raises:
        ModelFileError: the source is not a usable Keras model, or needs an operation that the runtime does not know.
        DataError: the runtime's registry in `data/` is missing or damaged.
        ArtifactWriteError: the target cannot be written.
    """
    model = load_h5(source)
    inner = tuple(layer.name for layer in fetchable_layers(model))
    rewritten = rewrite(freeze(model), (*inner, output_node(model)))
    check_inference_only(rewritten.graph)
    write_bytes(target, rewritten.graph.SerializeToString(deterministic=True))
    return ConvertedNodes(INPUT_NODE, output_node(model), inner)


def fetchable_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers between input and output whose values a folded graph still has, in the order of computation.

    A convolution without activation whose only reader is a batch normalisation becomes one operation with it: its own
    value is never computed, and would keep the two apart if it were asked for. All other layers stay.

    Args:
        model: a functional Keras model.
    """
    readers: dict[int, list[keras.layers.Layer | None]] = {id(tensor): [None] for tensor in model.outputs}
    for layer in model.layers:
        for tensor in keras.tree.flatten(layer.input):
            readers.setdefault(id(tensor), []).append(layer)
    return [layer for layer in inner_layers(model) if not _merges(layer, readers.get(id(layer.output), []))]


def _merges(layer: keras.layers.Layer, readers: list[keras.layers.Layer | None]) -> bool:
    return (
        type(layer) in {keras.layers.Conv2D, keras.layers.DepthwiseConv2D}
        and layer.activation is keras.activations.linear
        and len(readers) == 1
        and isinstance(readers[0], keras.layers.BatchNormalization)
    )


def rewrite(graph: tf.compat.v1.GraphDef, keep: Sequence[str]) -> Rewritten:
    """Fold a frozen graph and put it into the words of TensorFlow 1.13.1.

    Args:
        graph: a frozen graph, which is not changed.
        keep: the nodes whose names and values stay, the output among them.

    Returns:
        A graph with nothing but the operations and attributes of TensorFlow 1.13.1, and the list of changes.

    Raises:
        ModelFileError: a node to keep is not there; an attribute cannot be left out; or something is left that
            TensorFlow 1.13.1 does not know.
        DataError: the registry of TensorFlow 1.13.1 is missing or damaged.
    """
    op_list = load_op_list()
    missing = sorted(set(keep) - {node.name for node in graph.node})
    if missing:
        raise ModelFileError(
            f"expected a graph with all nodes to keep; received none named {', '.join(missing)}; "
            "give names of nodes, such as 'conv1', not of tensors, such as 'conv1:0'"
        )
    needed = in_order(graph, keep)
    folded = fold_constants(needed, keep)
    new, merged = merge_into_convolutions(folded, keep)
    changes = [
        Change("left out", "not needed by what is kept", len(graph.node) - len(needed.node)),
        Change("folded", "constant or without effect", len(needed.node) - len(folded.node)),
        *(Change("merged", f"{op} into the convolution before it", count) for op, count in sorted(merged.items())),
        *_rename(new),
        *_drop_attributes(new, op_list),
        _set_producer(new),
    ]
    check_known(new, op_list)
    return Rewritten(new, tuple(change for change in changes if change.count))


def _rename(graph: tf.compat.v1.GraphDef) -> list[Change]:
    counts: Counter[str] = Counter()
    for node in graph.node:
        if node.op in _RENAMED:
            counts[node.op] += 1
            node.op = _RENAMED[node.op]
    return [Change("renamed", f"{op} -> {_RENAMED[op]}", count) for op, count in sorted(counts.items())]


def _drop_attributes(graph: tf.compat.v1.GraphDef, op_list: Any) -> list[Change]:
    """Remove the attributes that TensorFlow 1.13.1 does not have, where that changes nothing."""
    known = {definition.name: {attribute.name for attribute in definition.attr} for definition in op_list.op}
    counts: Counter[str] = Counter()
    for node in graph.node:
        for name in sorted(set(node.attr) - known.get(node.op, set(node.attr))):
            if not name.startswith("_") and not _is_default(node, name):
                received = str(node.attr[name]).strip().replace("\n", " ")
                raise ModelFileError(
                    f"expected node {node.name!r} ({node.op}) to hold the default in {name!r}, an attribute that "
                    f"TensorFlow {VERSION} does not have; received {received or 'an empty value'}; build the layer "
                    "without that setting, or deploy the model as .tflite"
                )
            del node.attr[name]
            counts[f"{node.op}: {name}"] += 1
    return [Change("attribute dropped", subject, count) for subject, count in sorted(counts.items())]


def _is_default(node: Any, attribute: str) -> bool:
    """Whether an attribute holds what today's TensorFlow takes where none is given."""
    definition = op_def_registry.get(node.op)
    defaults = {wanted.name: wanted.default_value for wanted in definition.attr} if definition is not None else {}
    return attribute in defaults and node.attr[attribute] == defaults[attribute]


def _set_producer(graph: tf.compat.v1.GraphDef) -> Change:
    """Say that the graph is of the version of the format that the runtime itself writes."""
    subject = f"graph version {graph.versions.producer} -> {PRODUCER}"
    graph.versions.CopyFrom(type(graph.versions)(producer=PRODUCER))
    return Change("versioned", subject, len(graph.node))
