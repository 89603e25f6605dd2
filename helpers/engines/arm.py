"""LiteRT on an ARM processor: the numbers that a phone's processor computes, without a phone.

One worker process (helpers/engines/arm_worker.py) loads the model inside the ARM Python of helpers/lanes/arm.py and
serves every batch of its engine. The instructions are ARM's, NEON included; the speed is the emulator's and tells
nothing about a phone's.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from helpers.engines import arm_worker
from helpers.engines.base import Engine
from helpers.engines.worker import Worker
from helpers.errors import ModelFileError
from helpers.lanes.arm import EMULATED, ArmRoot, arm_root
from helpers.manifest import Manifest


class ArmLiteRTEngine(Engine):
    """A .tflite file in the LiteRT interpreter on ARM, one image at a time as in an app.

    Attributes:
        emulated: False where this machine's own processor is an ARM one, which then runs it.
        root: the Python that runs it, and the versions inside.
    """

    name: ClassVar[str] = "arm"
    title: ClassVar[str] = "LiteRT, ARMv8 (emulated)" if EMULATED else "LiteRT, ARMv8"
    where: ClassVar[str] = "arm-emulated" if EMULATED else "pc"
    emulated: ClassVar[bool] = EMULATED
    file_format: ClassVar[str] = "tflite"
    # An emulated image takes so long that the progress bar should move, and the worker answer, more often.
    batch_size: ClassVar[int] = 64

    def __init__(
        self, manifest: Manifest, folder: Path, threads: int = 1, progress: bool = True, timeout: float = 300.0
    ) -> None:
        """Set the ARM lane up where needed, and load the model there.

        Args:
            manifest: the model's manifest.
            folder: the folder of the manifest and its files.
            threads: how many threads the interpreter may use inside one invocation; at least 1.
            progress: show a bar while the lane is set up, which happens once.
            timeout: seconds that the worker may take to load the model, and for each `batch_size` images.

        Raises:
            LaneError: there is no ARM Python here and none can be had.
            ModelFileError: the file is not a whole .tflite model of this input size, or `threads` is below 1.
        """
        super().__init__(manifest, folder)
        if not isinstance(threads, int) or not 1 <= threads <= 256:
            raise ModelFileError(f"expected 1 to 256 threads; received {threads!r}")
        self.threads = threads
        self.root = arm_root(progress)
        self._worker = ArmWorker(self.root, self.path, threads, timeout)
        if self._worker.shape != manifest.input.shape:
            self.close()
            raise ModelFileError(
                f"expected {self.path.name} to take images of shape {manifest.input.shape}; received one that takes "
                f"{self._worker.shape}; is it another model's file?"
            )

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Engine.invoke`."""
        starts = range(0, len(tensor), self.batch_size)
        return np.concatenate([self._worker.run(tensor[start : start + self.batch_size]) for start in starts])

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        return {
            "ai-edge-litert": self.root.litert,
            "python": self.root.python,
            "processor": self.root.cpu,
            "qemu": self.root.qemu,
            "arm-root": self.root.key(),
            "threads": str(self.threads),
        }

    def close(self) -> None:
        """End the worker. Calling it twice does no harm."""
        self._worker.close()


class ArmWorker(Worker):
    """A process that has one model loaded on the ARM side and runs images through it.

    Attributes:
        facts: what the worker said of itself: "machine" and the versions of "python", "numpy" and "litert".
        shape: the shape of one image, (height, width, channels).
    """

    def __init__(self, root: ArmRoot, model: Path, threads: int = 1, timeout: float = 300.0) -> None:
        """Start the process and wait until the model is loaded; see `ArmLiteRTEngine` for arguments and errors."""
        self._model = model
        super().__init__(
            (*root.command, arm_worker.__file__, str(model.resolve()), str(threads)),
            f"the ARM worker for {model.name}",
            "is build/arm whole? Remove it to rebuild",
            timeout,
            {},
        )
        self.shape: tuple[int, ...] = tuple(self.facts["input"])

    def run(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run images through the network.

        Args:
            images: float32 (n, height, width, channels), already preprocessed.

        Returns:
            float32 (n, classes).

        Raises:
            ModelFileError: the worker refused the images, or they are not float32; it goes on serving.
            LaneError: the worker died, took longer than the timeout or was closed before.
        """
        try:
            request = arm_worker.encode_array(images)
        except arm_worker.ProtocolError as error:
            raise ModelFileError(f"{self._model.name} on ARM: {error}") from error
        return arm_worker.decode_array(self._exchange(request, arm_worker.ARRAY), 2)

    def _refused(self, loading: bool, reason: str) -> ModelFileError:
        return ModelFileError(
            f"LiteRT on ARM could not {'load' if loading else 'run'} {self._model.name}: '{reason}'; "
            "build the model again if the file is damaged"
        )
