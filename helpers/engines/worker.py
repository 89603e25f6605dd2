"""A process that has one model loaded and answers requests: what the engines that run elsewhere have in common.

The two sides speak in the frames of `helpers.engines.arm_worker`. However the process ends, the caller gets one clear
error, waits no longer than it said it would, and leaves no process behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, Self

from helpers.engines import arm_worker
from helpers.errors import LaneError, ModelFileError

# How long the process has to finish by itself once its input has ended.
FAREWELL_SECONDS = 5.0


class Worker(ABC):
    """The process.

    Attributes:
        facts: what it said of itself when the model was loaded.
    """

    # How long one that has stopped answering may take to end: it has a status of its own, which is worth having.
    last_seconds = 1.0

    def __init__(
        self, command: Sequence[str], what: str, advice: str, timeout: float, environment: Mapping[str, str]
    ) -> None:
        """Start the process and wait until the model is loaded.

        Args:
            command: the program and its arguments.
            what: what error messages call the process.
            advice: what to do if it does not start.
            timeout: seconds that loading the model may take, and each request.
            environment: variables to set for it.

        Raises:
            ModelFileError: the model was refused.
            LaneError: the process does not start, died, or took longer than the timeout.
        """
        self._what, self._timeout, self._late = what, timeout, False
        # A file, not a pipe: nobody reads it until something goes wrong, and a full pipe would stop the process.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                bufsize=0,
                env=os.environ | environment,
                start_new_session=True,  # Ctrl-C reaches this side only, which then ends the process
            )
        except OSError as error:
            self._stderr.close()
            raise LaneError(f"could not start {what}: {error}; {advice}") from error
        # Ends the process even if nobody calls close(): when this object goes, or at the interpreter's exit.
        self._end = weakref.finalize(self, _end_process, self._process)
        self.facts: dict[str, Any] = json.loads(self._exchange(None, arm_worker.HELLO))

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def close(self) -> None:
        """End the process. Calling it twice does no harm."""
        self._end()
        self._stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _refused(self, loading: bool, reason: str) -> ModelFileError:
        """The error for a model, or a request, that the process has refused for a reason."""

    def _crash(self) -> str:
        """What is known of a crash, beyond the status and what the process said; empty for nothing."""
        return ""

    def _exchange(self, request: bytes | None, expected: bytes) -> bytes:
        """Send a request, if any, and return the content of the answer, which must be of the expected kind."""
        if not self._end.alive:
            raise LaneError(f"{self._what} has ended: open the engine again")
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
            _kill(self._process)
            self.close()
            raise
        finally:
            watchdog.cancel()
            watchdog.join()
        if frame is None or self._late:
            raise self._lost(problem)
        kind, content = frame
        if kind == arm_worker.ERROR:
            loading = expected == arm_worker.HELLO
            if loading:
                self.close()
            raise self._refused(loading, content.decode(errors="replace"))
        if kind != expected:
            raise self._lost(f"expected a frame of kind {expected!r}, received {kind!r}")
        return content

    def _kill_late(self) -> None:
        self._late = True
        _kill(self._process)

    def _lost(self, problem: str) -> LaneError:
        """End a process that cannot be used any more, and say what became of it."""
        self._end.detach()
        _end_process(self._process, patience=0.0 if self._late else self.last_seconds)
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
            f"{self._what} {fate}{self._crash()}; the last it said was '{said}'; open the engine again, with a longer "
            "timeout if this machine is busy"
        )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """A process's input and output."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _end_process(process: subprocess.Popen[bytes], patience: float = FAREWELL_SECONDS) -> None:
    """End a process: it may finish by itself once its input has ended, and is killed otherwise. No zombie is left."""
    stdin, stdout = _pipes(process)
    stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill(process)
        process.wait()
        stdout.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it has started: one of them could hold its output open, and be waited for."""
    if process.poll() is None:
        # It leads a group of its own, since it was started in a session of its own.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
