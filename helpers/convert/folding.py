"""Fold a frozen graph: what does not depend on the image is computed once, here, instead of on the phone.

Two steps. TensorFlow's own optimizer (grappler) computes everything that is constant, so that of a batch normalisation
only a factor and an offset for each channel are left. Then both move into the convolution before them, as the tools of
TensorFlow 1 did it: the factor into its weights, the offset into its bias. Grappler does the first of these for plain
convolutions, but not for depthwise ones, nor for those with a bias.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.grappler import tf_optimizer

from helpers.convert.frozen import in_order

_ADDITIONS = frozenset({"Add", "AddV2"})
_CONVOLUTIONS = frozenset({"Conv2D", "DepthwiseConv2dNative"})


def fold_constants(graph: tf.compat.v1.GraphDef, keep: Sequence[str]) -> tf.compat.v1.GraphDef:
    """Compute what is constant and leave out what has no effect.

    Args:
        graph: a frozen graph.
        keep: the nodes whose names and values stay.

    Returns:
        The folded graph, in an order that depends on the graph alone.
    """
    meta_graph = tf.compat.v1.MetaGraphDef(graph_def=graph)
    # This collection is where grappler looks for the names of nodes that someone will fetch.
    meta_graph.collection_def["train_op"].node_list.value.extend(keep)
    config = tf.compat.v1.ConfigProto()
    options = config.graph_options.rewrite_options
    options.optimizers.extend(["constfold", "dependency", "arithmetic", "constfold"])
    # Without these, grappler leaves tiny graphs as they are, and stops half-way on a slow machine.
    options.min_graph_nodes = -1
    options.meta_optimizer_timeout_ms = -1
    return in_order(tf_optimizer.OptimizeGraph(config, meta_graph, verbose=False), keep)


def merge_into_convolutions(
    graph: tf.compat.v1.GraphDef, keep: Collection[str]
) -> tuple[tf.compat.v1.GraphDef, Counter[str]]:
    """Move constant factors and offsets behind a convolution into its weights and its bias.

    Nothing moves where a value between is kept or used twice, and only one number for each channel moves.

    Args:
        graph: a folded graph, each node after its inputs.
        keep: the nodes whose names and values stay.

    Returns:
        The new graph; and how many nodes of each operation were merged into the convolution before them.
    """
    merging = _Merging(graph, keep)
    merged: Counter[str] = Counter()
    for node in graph.node:
        if merging.merge(merging.nodes[node.name]):
            merged[node.op] += 1
    return in_order(merging.graph(), list(keep)), merged


class _Merging:
    """A graph while its nodes are merged: by name, with the names that took others' places."""

    def __init__(self, graph: tf.compat.v1.GraphDef, keep: Collection[str]) -> None:
        self.nodes = {node.name: tf.compat.v1.NodeDef.FromString(node.SerializeToString()) for node in graph.node}
        self._versions = graph.versions
        self._keep = frozenset(keep)
        self._uses = Counter(name.removeprefix("^").split(":")[0] for node in graph.node for name in node.input)
        self._instead: dict[str, str] = {}

    def graph(self) -> tf.compat.v1.GraphDef:
        return tf.compat.v1.GraphDef(node=self.nodes.values(), versions=self._versions)

    def merge(self, node: Any) -> bool:
        """Merge one node into the convolution before it; False where it cannot be, or is no factor or offset."""
        for position, name in enumerate(node.input):
            node.input[position] = self._instead.get(name, name)
        if node.name in self._keep or len(node.input) != 2 or node.op not in {"Mul", *_ADDITIONS}:
            return False
        sources = [self.nodes.get(name) for name in node.input]
        for product, constant in (sources, sources[::-1]):
            if product is not None and constant is not None and constant.op == "Const":
                bias = product if self._is_bias(product) else None
                convolution = self.nodes[bias.input[0]] if bias is not None else product
                channels = self._channels(convolution)
                values = _each_channel(constant, channels) if channels else None
                if values is None or not self._alone(product) or not self._alone(convolution):
                    return False
                return self._merge_values(node, convolution, bias, values)
        return False

    def _merge_values(self, node: Any, convolution: Any, bias: Any, values: NDArray[np.float32]) -> bool:
        if node.op == "Mul":
            depthwise = convolution.op == "DepthwiseConv2dNative"
            # The last two axes of a depthwise kernel are one channel each, and its outputs.
            self._change(
                convolution, lambda kernel: kernel * (values.reshape(kernel.shape[2:]) if depthwise else values)
            )
            if bias is not None:
                self._change(bias, lambda offset: offset * values)
        elif bias is not None:
            self._change(bias, lambda offset: offset + values)
        else:
            return False
        taken = bias if bias is not None else convolution
        self._instead[node.name] = taken.name
        self._uses[taken.name] = self._uses[node.name]
        return True

    def _is_bias(self, node: Any) -> bool:
        convolution = self.nodes.get(node.input[0]) if node.op == "BiasAdd" else None
        return convolution is not None and _channels_last(node) and self._constant(node)

    def _channels(self, node: Any) -> int:
        """The number of channels that a convolution with constant weights gives; 0 for every other node."""
        if node.op not in _CONVOLUTIONS or not _channels_last(node) or not self._constant(node):
            return 0
        *_, before, after = (size.size for size in self.nodes[node.input[1]].attr["value"].tensor.tensor_shape.dim)
        return int(before * after if node.op == "DepthwiseConv2dNative" else after)

    def _constant(self, node: Any) -> bool:
        weights = self.nodes.get(node.input[1])
        return weights is not None and weights.op == "Const" and weights.attr["dtype"].type == tf.float32

    def _alone(self, node: Any) -> bool:
        """Whether nothing but the next node uses this one's value."""
        return self._uses[node.name] == 1 and node.name not in self._keep

    def _change(self, node: Any, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> None:
        """Give a node other weights of its own; the old ones may serve other nodes too."""
        old = self.nodes[node.input[1]]
        name = f"{node.name}/merged"
        new = tf.compat.v1.NodeDef(name=name, op="Const")
        new.attr["dtype"].type = tf.float32.as_datatype_enum
        new.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(change(tf.make_ndarray(old.attr["value"].tensor))))
        self.nodes[name] = new
        node.input[1] = name


def _channels_last(node: Any) -> bool:
    # Reading an attribute that is not there would add it.
    return "data_format" not in node.attr or node.attr["data_format"].s == b"NHWC"


def _each_channel(constant: Any, channels: int) -> NDArray[np.float32] | None:
    """A constant as one number for each channel of a tensor (n, height, width, channels); None if it is another."""
    values = tf.make_ndarray(constant.attr["value"].tensor)
    if values.dtype != np.float32 or values.ndim > 4 or values.shape[:-1] != (1,) * (values.ndim - 1):
        return None
    if values.size not in {1, channels}:
        return None
    return np.ascontiguousarray(np.broadcast_to(values.reshape(-1), (channels,)))
