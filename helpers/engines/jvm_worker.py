"""A Java process that has one model loaded in one of the app's engines, and runs many images through it.

The far side is the class Server in `android_app/engines/src/desktop`. A native library that crashes takes the whole JVM
with it, which then leaves a report: the error names it.
"""

from __future__ import annotations

import re
import struct
import tempfile
import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.engines.arm_worker import ARRAY
from helpers.engines.worker import Worker
from helpers.errors import ArtifactWriteError, LaneError, ModelFileError
from helpers.files import build_dir, ensure_folder
from helpers.lanes.java import JavaLane
from helpers.manifest import Manifest, save_manifest


class JvmWorker(Worker):
    """The process.

    Attributes:
        facts: what it said of itself: "engine", "version", "threads", "jvm", "input" (height, width, channels) and
            "classes".
    """

    # A JVM that crashes writes its report first.
    last_seconds = 20.0

    def __init__(
        self, lane: JavaLane, engine: str, manifest: Manifest, folder: Path, threads: int = 1, timeout: float = 300.0
    ) -> None:
        """Start the process and wait until the model is loaded.

        Args:
            lane: the app's Java code.
            engine: the name of the engine in Java, `tf_mobile` or `tflite`.
            manifest: the model's manifest; the Java side gets this one, whatever lies in the folder.
            folder: the folder of the model's files.
            threads: how many threads the engine may use, where it can be told.
            timeout: seconds that loading the model may take, and each request.

        Raises:
            ModelFileError: the engine refuses the model.
            LaneError: the process does not start, died, or took longer than the timeout.
        """
        what = f"the Java process for {manifest.model} ({engine})"
        try:
            # A name of its own, since numbers of processes come again.
            self._report = ensure_folder(build_dir() / "android" / "crashes") / f"hs_err_{uuid.uuid4().hex[:12]}.log"
        except ArtifactWriteError as error:
            raise LaneError(f"could not start {what}: {error}") from error
        command = lane.command(
            # The JVM's own words must not come between the frames; of a crash a report is enough.
            "-XX:+DisplayVMOutputToStderr",
            f"-XX:ErrorFile={self._report}",
            "-XX:-CreateCoredumpOnCrash",
            "-Xmx1g",
        )
        with tempfile.TemporaryDirectory(prefix="jvm-") as manifest_folder:
            save_manifest(manifest, Path(manifest_folder))
            super().__init__(
                (*command, "serve", manifest_folder, str(folder.resolve()), engine, str(threads)),
                what,
                f"is {lane.java} whole? Install it again",
                timeout,
                # TensorFlow 1.13.1 tells of the processor's features otherwise.
                {"TF_CPP_MIN_LOG_LEVEL": "2"},
            )

    def run(self, images: NDArray[np.uint8], node: str = "") -> NDArray[np.float32]:
        """Preprocess images in Java and run them through the network, one at a time as in the app.

        Args:
            images: uint8 (n, height, width, channels) at the model's input size, n at least 1; colour images are RGB.
            node: the name of a node inside the network to fetch; empty for the probabilities.

        Returns:
            float32 (n, values): the probabilities, or the node's values in its own order.

        Raises:
            ModelFileError: the engine cannot compute it; the process goes on serving.
            LaneError: the process died, took longer than the timeout or was closed before.
        """
        name = node.encode()
        content = self._exchange(struct.pack(">I", len(name)) + name + images.tobytes(), ARRAY)
        return np.frombuffer(content, "<f4").astype(np.float32).reshape(len(images), -1)

    def _refused(self, loading: bool, reason: str) -> ModelFileError:
        # The Java side says itself what was expected, what was received, and what to do.
        return ModelFileError(f"{self._what}: {reason}")

    def _crash(self) -> str:
        try:
            report = self._report.read_text(errors="replace")
        except OSError:
            return ""
        cause = re.search(r"^# +(\S.* at pc=\S+)", report, re.MULTILINE)
        place = re.search(r"Problematic frame:\n# +(.*)", report)
        found = " in ".join(match[1] for match in (cause, place) if match)
        return f" after a crash ({found or 'of an unknown cause'}), of which the JVM's report is {self._report}"
