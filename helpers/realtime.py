"""Frames in real time, short enough to be read and changed: on one thread, or with the network on a second one.

The paper's section III.B in Python, and what the apps do in Java and Swift. On one thread, capture, inference and
drawing take turns, so that the screen is as slow as the network. With a second thread, the screen shows every frame,
and the worker takes the newest whenever it is free; frames that became stale meanwhile are dropped and counted. Python
lets only one thread at a time run its code, but LiteRT computes outside of Python, and lets the screen go on.
Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DeploymentError, ModelFileError
from helpers.runs.run_log_parts import MOST_FRAMES, DropReason

if TYPE_CHECKING:
    from helpers.runs.pipeline_program import Mode

Picture = NDArray[np.uint8]

_FASTEST = 1_000_000


@dataclass(slots=True, eq=False)
class Frame:
    """A picture on its way, and its times in nanoseconds; None is what did not happen."""

    number: int
    picture: Picture
    capture_ns: int
    start_ns: int | None = None
    end_ns: int | None = None
    shown_ns: int | None = None


class PacedCamera:
    """A camera that is made up: it takes frames at a fixed rate, whether anybody fetches them, and gives the newest."""

    def __init__(self, pictures: Sequence[Picture], fps: float, count: int) -> None:
        """Make one; its first frame is taken when `frames` is first asked.

        Args:
            pictures: what the frames show, in turn and again from the first: uint8 (height, width, channels).
            fps: frames per second.
            count: after so many frames it ends.

        Raises:
            ModelFileError: no picture, or a rate or number of frames that no camera has.
        """
        if not pictures or not 0 < fps <= _FASTEST or count < 1:
            raise ModelFileError(
                f"expected a picture, frames per second up to {_FASTEST:,} and a frame; received {len(pictures)} "
                f"pictures, {fps} per second and {count} frames; choose others"
            )
        self.pictures, self.fps, self.count = pictures, fps, count
        self.stopped = threading.Event()

    def frames(self) -> Iterator[Frame]:
        """Wait for each next frame; those taken while nobody asked are skipped, which shows in the numbers."""
        number, first_ns = -1, time.perf_counter_ns()
        while True:
            newest = int((time.perf_counter_ns() - first_ns) * self.fps / 1e9)
            number = max(number + 1, newest)
            taken_ns = first_ns + math.ceil(number * 1e9 / self.fps)
            while number < self.count and (left_ns := taken_ns - time.perf_counter_ns()) > 0:
                if self.stopped.wait(left_ns / 1e9):
                    break
            if number >= self.count or self.stopped.is_set():
                return
            yield Frame(number, self.pictures[number % len(self.pictures)], taken_ns)


class FrameLog:
    """What became of each frame, counted; the times are kept of the first 27,000. Both threads write to it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.frames: list[Frame] = []
        self.processed = self.shown = self._fetched = 0
        self.dropped: dict[DropReason, int] = {
            "skipped_by_source": 0,
            "replaced_by_newer": 0,
            "stopped": 0,
            "failed": 0,
        }
        self._last = -1
        self._lock = threading.Lock()

    @property
    def captured(self) -> int:
        """How many frames the camera took from the first that was fetched to the last: all processed or dropped."""
        return self._fetched + self.dropped["skipped_by_source"]

    def fetch(self, frame: Frame) -> None:
        """A frame came from the camera."""
        if self._fetched:
            self.drop("skipped_by_source", frame.number - self._last - 1)
        self._fetched += 1
        self._last = frame.number
        if self._fetched <= MOST_FRAMES:
            self.frames.append(frame)

    def drop(self, reason: DropReason, count: int = 1) -> None:
        """The network will not see a frame."""
        with self._lock:
            self.dropped[reason] += count


class LatestFrame:
    """Where the screen's thread leaves frames for the worker: one waits, and a newer one takes its place."""

    def __init__(self, log: FrameLog) -> None:
        """Begin with none; what is dropped is counted in `log`."""
        self._log = log
        self._waiting: Frame | None = None
        self._ended = False
        self._changed = threading.Condition()

    def put(self, frame: Frame) -> None:
        """Leave a frame. The one that still waits is dropped; after the end, this one is."""
        with self._changed:
            if self._ended:
                self._log.drop("stopped")
                return
            if self._waiting is not None:
                self._log.drop("replaced_by_newer")
            self._waiting = frame
            self._changed.notify()

    def take(self) -> Frame | None:
        """Wait for a frame; None when none will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._ended)
            frame, self._waiting = self._waiting, None
            return frame

    def end(self, *, drop: bool) -> None:
        """No more frames will come. The one that waits may still be taken, or is dropped."""
        with self._changed:
            self._ended = True
            if drop and self._waiting is not None:
                self._log.drop("stopped")
                self._waiting = None
            self._changed.notify()


class Pipeline:
    """Frames from a camera through a network to a screen.

    Attributes:
        log: what became of the frames so far.
        cpu_ns: the CPU time in nanoseconds of each thread that has ended: `screen`, and in `multi` mode `worker`.
    """

    def __init__(
        self,
        camera: PacedCamera,
        classify: Callable[[Picture], object],
        draw: Callable[[Picture, object], object] = lambda picture, result: None,
        mode: Mode = "multi",
    ) -> None:
        """Prepare one; nothing runs yet.

        Args:
            camera: where the frames come from.
            classify: the network: takes a picture, gives a result of any kind.
            draw: the screen: takes a picture and the newest result, None before the first; by default costs nothing.
            mode: `single` or `multi`.
        """
        self.camera, self.classify, self.draw, self.mode = camera, classify, draw, mode
        self.log = FrameLog()
        self.cpu_ns: dict[threading.Thread, int] = {}
        self._latest = LatestFrame(self.log)
        self._result: object = None
        self._errors: list[BaseException] = []

    def run(self) -> FrameLog:
        """Run until the camera ends, somebody calls `stop`, or something fails; once.

        Raises:
            DeploymentError: the first error of any thread; all threads have ended then. Or it ran before.
        """
        if self.cpu_ns:
            raise ModelFileError("expected a new pipeline; received one that ran before; make another, camera too")
        tasks = {"screen": self._in_turn} if self.mode == "single" else {"screen": self._screen, "worker": self._worker}
        threads = [
            threading.Thread(target=self._guard, args=(task,), name=name, daemon=True) for name, task in tasks.items()
        ]
        started = []
        try:
            for thread in threads:
                thread.start()
                started.append(thread)
            for thread in started:
                thread.join()
        finally:
            # After an interruption, too, no thread goes on behind the reader's back.
            self.stop()
            for thread in started:
                thread.join()
        if self._errors:
            raise self._one_error() from self._errors[0]
        return self.log

    def stop(self) -> None:
        """End it, from any thread: no more frames are fetched, and the one that waits is dropped."""
        self.camera.stopped.set()
        self._latest.end(drop=True)

    def _in_turn(self) -> None:
        """One thread for all: the next frame waits until this one has been classified and drawn."""
        for frame in self.camera.frames():
            self.log.fetch(frame)
            self._process(frame)
            self._show(frame)

    def _screen(self) -> None:
        """The first of two threads: each frame is drawn with the newest result, and left for the worker."""
        try:
            for frame in self.camera.frames():
                self.log.fetch(frame)
                try:
                    self._show(frame)
                except BaseException:
                    self.log.drop("failed")
                    raise
                self._latest.put(frame)
        finally:
            self._latest.end(drop=False)

    def _worker(self) -> None:
        """The second of two threads: whenever it is free, it takes the newest frame."""
        while (frame := self._latest.take()) is not None:
            self._process(frame)

    def _process(self, frame: Frame) -> None:
        start_ns = time.perf_counter_ns()
        try:
            self._result = self.classify(frame.picture)
        except BaseException:
            self.log.drop("failed")
            raise
        frame.start_ns, frame.end_ns = start_ns, time.perf_counter_ns()
        self.log.processed += 1

    def _show(self, frame: Frame) -> None:
        self.draw(frame.picture, self._result)
        frame.shown_ns = time.perf_counter_ns()
        self.log.shown += 1

    def _guard(self, task: Callable[[], None]) -> None:
        """Run a thread's task; when it fails, the other thread ends as well."""
        try:
            task()
        except BaseException as error:
            self._errors.append(error)
            self.stop()
        finally:
            self.cpu_ns[threading.current_thread()] = time.thread_time_ns()

    def _one_error(self) -> DeploymentError:
        error = self._errors[0]
        if isinstance(error, DeploymentError):
            return error
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        return ModelFileError(
            f"expected the pipeline to run; received {type(error).__name__}: {reason}; correct the function that was "
            "given for the network or the screen"
        )
