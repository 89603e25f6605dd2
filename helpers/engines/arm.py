"""LiteRT on an ARM processor: the numbers that a phone's processor computes, without a phone.

One worker process (helpers/engines/arm_worker.py) loads the model inside the ARM Python of helpers/lanes/arm.py and
serves every batch of its engine. The instructions are ARM's, NEON included; the speed is the emulator's and tells
nothing about a phone's.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from helpers.engines import arm_worker
from helpers.engines.base import Engine
from helpers.errors import LaneError, ModelFileError
from helpers.lanes.arm import EMULATED, ArmRoot, arm_root
from helpers.manifest import Manifest

# How long the worker has to finish by itself once its input has ended.
FAREWELL_SECONDS = 5.0


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


class ArmWorker:
    """A process that has one model loaded on the ARM side and runs images through it.

    Attributes:
        facts: what the worker said of itself: "machine" and the versions of "python", "numpy" and "litert".
        shape: the shape of one image, (height, width, channels).
    """

    def __init__(self, root: ArmRoot, model: Path, threads: int = 1, timeout: float = 300.0) -> None:
        """Start the process and wait until the model is loaded; see `ArmLiteRTEngine` for arguments and errors."""
        self._model, self._timeout, self._late = model, timeout, False
        # A file, not a pipe: nobody reads it until something goes wrong, and a full pipe would stop the worker.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        try:
            self._process = subprocess.Popen(
                (*root.command, arm_worker.__file__, str(model.resolve()), str(threads)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                bufsize=0,
                start_new_session=True,  # Ctrl-C reaches this side only, which then ends the worker
            )
        except OSError as error:
            self._stderr.close()
            raise LaneError(
                f"could not start the ARM worker: {error}; is build/arm whole? Remove it to rebuild"
            ) from error
        # Ends the process even if nobody calls close(): when this object goes, or at the interpreter's exit.
        self._end = weakref.finalize(self, _end_process, self._process)
        self.facts: dict[str, Any] = json.loads(self._exchange(None, arm_worker.HELLO))
        self.shape: tuple[int, ...] = tuple(self.facts["input"])

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

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
        if not self._end.alive:
            raise LaneError(f"the ARM worker for {self._model.name} has ended: open the engine again")
        return arm_worker.decode_array(self._exchange(request, arm_worker.ARRAY), 2)

    def close(self) -> None:
        """End the process. Calling it twice does no harm."""
        self._end()
        self._stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchange(self, request: bytes | None, expected: bytes) -> bytes:
        """Send a request, if any, and return the content of the answer, which must be of the expected kind."""
        stdin, stdout = _pipes(self._process)
        # Killing the process ends a read or write that would otherwise wait for ever.
        watchdog = threading.Timer(self._timeout, self._kill_late)
        watchdog.daemon = True
        watchdog.start()
        frame, problem = None, ""
        try:
            if request is not None:
                arm_worker.write_frame(stdin, arm_worker.ARRAY, request)
            frame = arm_worker.read_frame(stdout)
        except (OSError, arm_worker.ProtocolError) as error:
            problem = str(error)
        except BaseException:
            # Interrupted halfway, the stream can't be used again.
            self._process.kill()
            self.close()
            raise
        finally:
            watchdog.cancel()
            watchdog.join()
        if frame is None or self._late:
            raise self._lost(problem)
        kind, content = frame
        if kind == arm_worker.ERROR:
            if expected == arm_worker.HELLO:
                self.close()
            raise ModelFileError(
                f"LiteRT on ARM could not {'load' if expected == arm_worker.HELLO else 'run'} {self._model.name}: "
                f"'{content.decode(errors='replace')}'; build the model again if the file is damaged"
            )
        if kind != expected:
            raise self._lost(f"expected a frame of kind {expected!r}, received {kind!r}")
        return content

    def _kill_late(self) -> None:
        self._late = True
        self._process.kill()

    def _lost(self, problem: str) -> LaneError:
        """End a worker that cannot be used any more, and say what became of it."""
        self._end.detach()
        # A worker that died has a status of its own; give it the moment it needs to be seen as ended.
        _end_process(self._process, patience=0.0 if self._late else 1.0)
        status = self._process.returncode
        if self._late:
            fate = f"gave no answer within {self._timeout:g} s and was ended"
        elif status < 0:
            fate = f"was ended by {signal.Signals(-status).name}"
        else:
            fate = f"ended with status {status}"
        size = os.fstat(self._stderr.fileno()).st_size
        tail = os.pread(self._stderr.fileno(), 2000, max(0, size - 2000)).decode(errors="replace")
        self._stderr.close()
        said = " | ".join(line.strip() for line in tail.splitlines()[-5:] if line.strip()) or problem or "nothing"
        return LaneError(
            f"the ARM worker for {self._model.name} {fate}; the last it said was '{said}'; open the engine again, "
            "with a longer timeout if this machine is busy"
        )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """A worker's input and output."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _end_process(process: subprocess.Popen[bytes], patience: float = FAREWELL_SECONDS) -> None:
    """End a worker: it may finish by itself once its input has ended, and is killed otherwise. No zombie is left."""
    stdin, stdout = _pipes(process)
    stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()
        stdout.close()
