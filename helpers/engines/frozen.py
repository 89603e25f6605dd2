"""The frozen graph in TensorFlow: what TensorFlow for Mobile does on a phone, on the PC.

The file is opened the way an app opens it: a session, the names of the input and output nodes, and nothing from Keras.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.convert.frozen import read_graph
from helpers.engines.base import Engine
from helpers.errors import ModelFileError
from helpers.manifest import Manifest
from helpers.preprocess import to_tensor


class FrozenEngine(Engine):
    """A frozen .pb file in a TensorFlow 1 session."""

    name: ClassVar[str] = "frozen"
    title: ClassVar[str] = "Frozen graph"
    file_format: ClassVar[str] = "frozen_pb"

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        """Import the graph.

        Raises:
            ModelFileError: the file is not a graph, or has not the nodes that the manifest names.
        """
        super().__init__(manifest, folder)
        graph = tf.Graph()
        with graph.as_default():
            try:
                tf.compat.v1.import_graph_def(read_graph(self.path), name="")
            except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
                raise ModelFileError(f"{self.path.name} cannot be imported: {error}; convert it again") from error
        self._session = tf.compat.v1.Session(graph=graph)
        self._check_node(self.file.input_node)
        self._check_node(self.file.output_node)

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Engine.invoke`."""
        return self._run(self.file.output_node, tensor)

    def fetch(self, images: NDArray[np.uint8], node: str) -> NDArray[np.float32]:
        """Fetch the output of any node, which the paper names as TensorFlow for Mobile's advantage (II.B.2).

        Args:
            images: uint8 (n, height, width, channels) at the model's input size.
            node: the node's name; the manifest lists those of the layers.

        Returns:
            float32 (n, ...), that node's first output.

        Raises:
            ImageError: the images are not what the model takes.
            ModelFileError: the graph has no such node.
        """
        self._check_node(node)
        return self._run(node, to_tensor(images, self.manifest.input))

    def close(self) -> None:
        """See `Engine.close`."""
        self._session.close()

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        return {"tensorflow": tf.__version__}

    def _check_node(self, node: str) -> None:
        names = {operation.name for operation in self._session.graph.get_operations()}
        if not isinstance(node, str) or node not in names:
            raise ModelFileError(
                f"{self.path.name} has no node {node!r}; it has {len(names)} nodes, and its manifest names "
                f"{', '.join((self.file.input_node, *self.file.intermediate_nodes, self.file.output_node))}"
            )

    def _run(self, node: str, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.asarray(self._session.run(f"{node}:0", {f"{self.file.input_node}:0": tensor}))
        except (ValueError, TypeError, tf.errors.OpError) as error:
            raise ModelFileError(
                f"{self.path.name} cannot compute {node!r} from a tensor of shape {tensor.shape}: {error}; "
                "is it another model's file?"
            ) from error


class TfMobileGraphEngine(FrozenEngine):
    """The graph rewritten for TensorFlow for Mobile, computed by today's TensorFlow: the file of the app, on the PC."""

    name: ClassVar[str] = "tf_mobile"
    title: ClassVar[str] = "TF Mobile's graph, on today's TensorFlow"
    file_format: ClassVar[str] = "tf_mobile_pb"


class PlainTensorFlowEngine(FrozenEngine):
    """The graph written in TensorFlow alone and frozen by the paper's own calls."""

    name: ClassVar[str] = "plain_tensorflow"
    title: ClassVar[str] = "Plain TensorFlow, frozen"
    file_format: ClassVar[str] = "plain_tensorflow_pb"
