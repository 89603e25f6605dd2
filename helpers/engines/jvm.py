"""The Android app's own Java code on the desktop's JVM: its preprocessing, its two engines, and no phone.

TensorFlow for Mobile is the app's version, 1.13.1, by the interface that the paper used (section II.B.2). Of
TensorFlow Lite there is a native library for desktops in version 2.6 only, where the app has 2.16.1: titles and
versions say so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from helpers.engines.base import Engine
from helpers.engines.jvm_worker import JvmWorker
from helpers.errors import ModelFileError
from helpers.lanes.java import java_lane
from helpers.manifest import Manifest


class JvmEngine(Engine):
    """One of the app's engines; it takes images as they are, since the app's code preprocesses them.

    Attributes:
        java_name: what the engine is called in Java.
    """

    where: ClassVar[str] = "jvm"
    takes_images: ClassVar[bool] = True
    batch_size: ClassVar[int] = 64
    java_name: ClassVar[str]

    def __init__(
        self, manifest: Manifest, folder: Path, threads: int = 1, progress: bool = True, timeout: float = 300.0
    ) -> None:
        """Build the app's Java code where needed, and load the model there.

        Args:
            manifest: the model's manifest.
            folder: the folder of the manifest and its files.
            threads: how many threads the interpreter may use inside one invocation; 1 to 256.
            progress: show a bar while the Java code is built, which happens once.
            timeout: seconds that loading the model may take, and each `batch_size` images.

        Raises:
            LaneError: there is no JDK or Maven here, or the process does not live.
            ModelFileError: the engine refuses the file, or `threads` is not 1 to 256.
        """
        super().__init__(manifest, folder)
        if not isinstance(threads, int) or not 1 <= threads <= 256:
            raise ModelFileError(f"expected 1 to 256 threads; received {threads!r}")
        self.lane = java_lane(progress)
        self._worker = JvmWorker(self.lane, self.java_name, manifest, folder, threads, timeout)

    def invoke(self, tensor: NDArray[Any]) -> NDArray[np.float32]:
        """See `Engine.invoke`; takes uint8 images, and includes the app's preprocessing."""
        return self._worker.run(tensor)

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        facts = self._worker.facts
        return {
            facts["engine"]: facts["version"],
            "jvm": facts["jvm"],
            "java-sources": self.lane.key,
            "threads": str(facts["threads"]),
        }

    def close(self) -> None:
        """End the process. Calling it twice does no harm."""
        self._worker.close()


class JvmTfMobileEngine(JvmEngine):
    """The paper's runtime: TensorFlow for Mobile, whose interface has no setting for threads: it takes each core."""

    name: ClassVar[str] = "jvm_tf_mobile"
    title: ClassVar[str] = "TF Mobile 1.13.1 in Java (desktop)"
    file_format: ClassVar[str] = "tf_mobile_pb"
    java_name: ClassVar[str] = "tf_mobile"

    def __init__(self, manifest: Manifest, folder: Path, progress: bool = True, timeout: float = 300.0) -> None:
        """Build the app's Java code where needed, and load the graph there; see `JvmEngine`."""
        super().__init__(manifest, folder, progress=progress, timeout=timeout)

    def fetch(self, images: NDArray[np.uint8], node: str) -> NDArray[np.float32]:
        """Fetch the output of any node, which the paper names as TensorFlow for Mobile's advantage (II.B.2).

        Args:
            images: uint8 (n, height, width, channels) at the model's input size.
            node: the node's name; the manifest lists those of the layers.

        Returns:
            float32 (n, values), that node's first output, flat as Java gets it.

        Raises:
            ImageError: the images are not what the model takes.
            ModelFileError: the graph has no such node.
        """
        if not isinstance(node, str) or not node:
            raise ModelFileError(
                f"expected the name of a node; received {node!r}; the manifest names those of the layers"
            )
        prepared = self.prepare(images)
        # One by one: a node inside may have a hundred times the numbers of an image.
        return np.concatenate([self._worker.run(prepared[at : at + 1], node) for at in range(len(prepared))])


class JvmTfLiteEngine(JvmEngine):
    """The successor: TensorFlow Lite."""

    name: ClassVar[str] = "jvm_tflite"
    title: ClassVar[str] = "TFLite 2.6 in Java (desktop; the APK has 2.16.1)"
    file_format: ClassVar[str] = "tflite"
    java_name: ClassVar[str] = "tflite"
