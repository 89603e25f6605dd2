"""What a pipeline would do, computed from how long its stages take: frame by frame, in simulated time.

The rules are those of the pipelines in Python, Java and Swift (paper, section III.B): a camera takes frames at a fixed
rate and gives the newest; on one thread, capture, inference and drawing take turns; with workers beside the screen, a
queue between them keeps the newest frame, or all of them. Rates and ages are defined as in run logs;
`helpers.simulation.prediction` takes the stages' times from one run and holds what follows from them against another.
What is simulated says what it was made from, and is never a measurement.

Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from helpers.errors import DataError
from helpers.runs.run_log_parts import MOST_FRAMES, DropReason, Frames, PipelineRun

if TYPE_CHECKING:
    from helpers.runs.pipeline_program import Mode

Policy = Literal["latest", "fifo"]

_MS = 10**6
_LONGEST_MS = 10**6
_MOST_WORKERS = 64
_STAGES = ("capture_ms", "preprocess_ms", "inference_ms", "draw_ms")


@dataclass(frozen=True)
class StageTimes:
    """How long the stages of a pipeline take, in milliseconds: one number, or samples, which are shuffled.

    Attributes:
        inference_ms: the network.
        preprocess_ms: before it; 0 where the inference's samples hold both.
        capture_ms: to fetch a frame that the camera has taken.
        draw_ms: to show a frame.
        warm_up_ms: preprocessing and inference of a run's first frames, in order; the samples come after them.
        source: what these numbers are, and whose; each prediction repeats it.

    Raises:
        DataError: a number that is no duration, or a stage without any.
    """

    inference_ms: float | Sequence[float]
    preprocess_ms: float | Sequence[float] = 0.0
    capture_ms: float | Sequence[float] = 0.0
    draw_ms: float | Sequence[float] = 0.0
    warm_up_ms: Sequence[float] = ()
    source: str = "chosen numbers"

    def __post_init__(self) -> None:
        for name in (*_STAGES, "warm_up_ms"):
            given = getattr(self, name)
            try:
                values = np.atleast_1d(np.asarray(given, np.float64))
            except (TypeError, ValueError, OverflowError):
                values = np.array([np.nan])
            fits = values.ndim == 1 and bool(np.all((values >= 0) & (values <= _LONGEST_MS)))
            if not fits or (name in _STAGES and not values.size):
                try:
                    received = str(given)[:60]
                except ValueError:  # Python writes out no whole number of more than 4300 digits
                    received = "a number of too many digits"
                raise DataError(
                    f"expected {name} to be milliseconds, 0 to {_LONGEST_MS:,}, at least one; received "
                    f"{received!r}; leave out what was not measured"
                )
            object.__setattr__(self, name, tuple(values.tolist()))


@dataclass(frozen=True)
class SimulatedRun:
    """What would happen; nothing of it was measured.

    Attributes:
        predicted_from: where the stages' times come from.
        run: the frames' times, counts and rates, in the form of a run log's, without having happened.
        wall_ns: how long it would take, until the last frame is through.
    """

    predicted_from: str
    run: PipelineRun
    wall_ns: int

    @property
    def fps(self) -> float | None:
        """Frames shown per second, as `PipelineRun.display_fps`; None of fewer than two."""
        return self.run.display_fps

    @property
    def processed_per_second(self) -> float:
        """Frames processed per second of the whole run."""
        return self.run.processed_per_second

    @property
    def dropped(self) -> Mapping[DropReason, int]:
        """How many frames the network would not see, by reason."""
        return self.run.dropped

    @property
    def ages_ms(self) -> tuple[float, ...]:
        """From capture to result, in milliseconds, for each processed frame in the order of capture."""
        return tuple(age / _MS for age in self.run.frames.ages_ns)


@dataclass
class _Row:
    """A frame that was fetched; times in nanoseconds."""

    number: int
    capture: int
    shown: int | None = None
    start: int | None = None
    end: int | None = None


def simulate(
    stages: StageTimes,
    mode: Mode = "multi",
    *,
    fps: float = 30.0,
    seconds: float = 10.0,
    policy: Policy = "latest",
    depth: int | None = None,
    workers: int = 1,
    cores: int | None = None,
    engine_threads: int = 1,
    seed: int = 0,
) -> SimulatedRun:
    """Run a pipeline in simulated time.

    Args:
        stages: how long each stage takes.
        mode: `single`, where all take turns on one thread; or `multi`, where workers run beside the screen.
        fps: frames per second of the camera.
        seconds: how long the camera takes frames; what still waits then is processed, as in the real pipelines.
        policy: of the queue between screen and workers: `latest` holds one frame, which a newer one replaces; `fifo`
            gives them in order.
        depth: how many frames a `fifo` queue holds before a new one replaces the oldest; None for any number.
        workers: how many threads run the network, 1 to 64.
        cores: cores that the workers' engines and the screen share, the screen first; None for as many as they want.
        engine_threads: how many cores an engine uses inside one invocation, if it can get them.
        seed: the same seed puts the samples into the same order.

    Returns:
        The frames' times and the rates.

    Raises:
        DataError: a setting out of its range, or more than 27,000 frames.
    """
    _check_settings(mode, fps, seconds, policy, depth, workers, cores, engine_threads)
    count = max(1, round(fps * seconds))
    draws = _Draws(stages, count, seed)
    dropped: dict[DropReason, int] = {"skipped_by_source": 0, "replaced_by_newer": 0, "stopped": 0, "failed": 0}
    rows: list[_Row] = []
    now, number = 0, -1
    shown_by: list[tuple[int, int]] = []
    while (number := max(number + 1, int(now * fps / 1e9))) < count:
        row = _Row(number, math.ceil(number * 1e9 / fps))
        begin = max(now, row.capture)
        now = begin + draws.capture[len(rows)]
        if mode == "single":
            row.start, row.end = now, now + draws.work(len(rows))
            now = row.end
        now += draws.draw[len(rows)]
        row.shown = now
        shown_by.append((begin, now))
        rows.append(row)
    if mode == "multi":
        room = 1 if policy == "latest" else depth
        queue = _Queue(rows, room, dropped)
        _Workers(queue, draws, workers, cores, engine_threads, shown_by).run()
    dropped["skipped_by_source"] = rows[-1].number - rows[0].number + 1 - len(rows)
    return _as_run(rows, dropped, mode, workers, fps, stages.source)


class _Draws:
    """How long each stage takes in turn, in nanoseconds; the same for one seed, whatever else is chosen.

    The samples come in random order, each once before any comes again: few of them, drawn freely, would often miss
    the rare slow ones, or take them twice.
    """

    def __init__(self, stages: StageTimes, count: int, seed: int) -> None:
        numbers = np.random.default_rng(seed)

        def shuffled(samples: Sequence[float]) -> list[int]:
            rounds = [numbers.permutation(samples) for _ in range(-(-count // len(samples)))]
            return [int(value) for value in np.rint(np.concatenate(rounds)[:count] * _MS)]

        self.capture, self._preprocess, self._inference, self.draw = (
            shuffled(np.atleast_1d(getattr(stages, name)).tolist()) for name in _STAGES
        )
        self._warm_up = [int(value) for value in np.rint(np.asarray(stages.warm_up_ms) * _MS)]

    def work(self, place: int) -> int:
        """What preprocessing and network take of the frame that is processed as number `place`, counted from 0."""
        if place < len(self._warm_up):
            return self._warm_up[place]
        return self._preprocess[place] + self._inference[place]


class _Queue:
    """Frames that the screen has shown, in their order, and those of them that wait."""

    def __init__(self, rows: list[_Row], room: int | None, dropped: dict[DropReason, int]) -> None:
        self._coming = deque(rows)
        self._waiting: deque[_Row] = deque()
        self._room, self._dropped = room, dropped

    def next_arrival(self) -> float:
        return self._coming[0].shown or 0 if self._coming else math.inf

    def fill(self, now: int) -> None:
        while self.next_arrival() <= now:
            if len(self._waiting) == self._room:
                self._waiting.popleft()
                self._dropped["replaced_by_newer"] += 1
            self._waiting.append(self._coming.popleft())

    def take(self) -> _Row | None:
        return self._waiting.popleft() if self._waiting else None


class _Workers:
    """Threads that run the network on the frames of a queue, and share the cores that the screen leaves them."""

    def __init__(
        self,
        queue: _Queue,
        draws: _Draws,
        workers: int,
        cores: int | None,
        engine_threads: int,
        screen: Sequence[tuple[int, int]],
    ) -> None:
        self._queue, self._draws, self._workers, self._cores = queue, draws, workers, cores
        self._wanted = engine_threads if cores is None else min(engine_threads, cores)
        # When the screen's thread begins to need a core, and when it ceases to.
        self._changes = deque(
            change for begin, end in screen if end > begin for change in ((begin, 1), (end, 0)) if cores is not None
        )
        self._screen_busy = 0
        # Each frame in work, and how many nanoseconds of work it still needs.
        self._left: list[tuple[_Row, float]] = []
        self._begun = 0

    def run(self) -> None:
        now = 0
        while True:
            speed = self._speed()
            done = min((left for _, left in self._left), default=math.inf)
            finished = now + done / speed if speed else math.inf
            change = self._changes[0][0] if self._changes else math.inf
            # What is left to do of the screen alone changes nothing for the workers.
            until = min(finished, self._queue.next_arrival(), change)
            if until == math.inf:
                return
            later = max(now, math.ceil(until))
            self._left = [(row, left - (later - now) * speed) for row, left in self._left]
            now = later
            while self._changes and self._changes[0][0] <= now:
                self._screen_busy = self._changes.popleft()[1]
            self._finish(now)
            self._queue.fill(now)
            self._begin(now)

    def _speed(self) -> float:
        """Which part of its full speed each busy worker has."""
        if self._cores is None or not self._left:
            return 1.0
        return min(1.0, (self._cores - self._screen_busy) / (len(self._left) * self._wanted))

    def _finish(self, now: int) -> None:
        # Times are whole nanoseconds.
        for row, left in self._left:
            if left <= 0.5:
                row.end = now
        self._left = [(row, left) for row, left in self._left if row.end is None]

    def _begin(self, now: int) -> None:
        while len(self._left) < self._workers and (row := self._queue.take()) is not None:
            row.start = now
            self._left.append((row, float(self._draws.work(self._begun))))
            self._begun += 1


def _as_run(
    rows: Sequence[_Row], dropped: dict[DropReason, int], mode: Mode, workers: int, fps: float, source: str
) -> SimulatedRun:
    processed = sum(row.end is not None for row in rows)
    wall_ns = max(1, *(moment for row in rows for moment in (row.end, row.shown) if moment is not None))
    run = PipelineRun(
        mode=mode,
        workers=workers,
        source=f"simulated run, {fps:g} frames per second; stages {source}"[:300],
        captured=rows[-1].number - rows[0].number + 1,
        processed=processed,
        shown=len(rows),
        dropped=dropped,
        fps=len(rows) * 1e9 / wall_ns,
        processed_per_second=processed * 1e9 / wall_ns,
        frames=Frames(
            number=tuple(row.number for row in rows),
            capture_ns=tuple(row.capture for row in rows),
            start_ns=tuple(row.start for row in rows),
            end_ns=tuple(row.end for row in rows),
            shown_ns=tuple(row.shown for row in rows),
        ),
    )
    return SimulatedRun(source, run, wall_ns)


def _check_settings(
    mode: str,
    fps: float,
    seconds: float,
    policy: str,
    depth: int | None,
    workers: int,
    cores: int | None,
    engine_threads: int,
) -> None:
    frames = fps * seconds
    several = workers != 1 or policy != "latest" or depth is not None
    for holds, expected, received in (
        (mode in ("single", "multi"), "mode to be single or multi", mode),
        (0 < fps <= 10**6, "frames per second above 0, at most a million", fps),
        (seconds > 0 and frames <= MOST_FRAMES, f"at most {MOST_FRAMES:,} frames in more than 0 seconds", seconds),
        (policy in ("latest", "fifo"), "policy to be latest or fifo", policy),
        (depth is None or (policy == "fifo" and depth >= 1), "a depth of at least 1, of a fifo queue only", depth),
        (1 <= workers <= _MOST_WORKERS, f"1 to {_MOST_WORKERS} workers", workers),
        (mode == "multi" or not several, "one worker and no queue in single mode", f"{workers}, {policy}, {depth}"),
        (cores is None or cores >= 1, "at least 1 core", cores),
        (engine_threads >= 1, "at least 1 engine thread", engine_threads),
    ):
        if not holds:
            raise DataError(f"expected {expected}; received {received}; choose another value")
