"""The parts of a run log: the machine, the model, the engine, and what a run of each kind counted and timed.

Each part is held to itself here; `helpers/runs/run_log.py` joins them and holds them to each other. Times are integers
in nanoseconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from helpers.manifest import Sha256

# Of so many fetched frames the times are kept: a quarter of an hour at 30 a second.
MOST_FRAMES = 27_000
MOST_IMAGES = 200_000
MOST_THREADS = 64
# A camera's time stamp may lie before the start of the run by as much.
EARLIEST_CAPTURE_NS = -10 * 10**9

Text = Annotated[str, Field(min_length=1, max_length=300)]
Count = Annotated[int, Field(ge=0, le=10**9)]
# Up to 100 days.
Nanoseconds = Annotated[int, Field(ge=0, le=10**16)]
CaptureTime = Annotated[int, Field(ge=EARLIEST_CAPTURE_NS, le=10**16)]
Percent = Annotated[FiniteFloat, Field(ge=0, le=100)]
Probability = Annotated[FiniteFloat, Field(ge=0, le=1)]
# Every list ends at its first fault: one for each of a million wrong entries would take gigabytes.
Durations = Annotated[tuple[Nanoseconds, ...], Field(max_length=1_000_000, fail_fast=True)]
Moments = Annotated[tuple[Nanoseconds | None, ...], Field(max_length=MOST_FRAMES, fail_fast=True)]
DropReason = Literal["skipped_by_source", "replaced_by_newer", "stopped", "failed"]


class Strict(BaseModel):
    """A part of a log: nothing unknown in it, nothing changed later, and a number in quotes is no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def check(holds: bool, expected: str) -> None:
    """Refuse a log in which something does not hold; pydantic makes one error of it, with the field's name."""
    if not holds:
        raise ValueError(f"expected {expected}")


def both_or_neither(first_name: str, first: object, second_name: str, second: object) -> None:
    """Refuse two values of which one is there alone."""
    check((first is None) == (second is None), f"{first_name} and {second_name} both or neither; received one")


def same_lengths(**columns: Sequence[object]) -> None:
    """Refuse columns of different lengths."""
    lengths = {name: len(column) for name, column in columns.items()}
    check(len(set(lengths.values())) == 1, f"columns of one length; received {lengths}")


class Device(Strict):
    """The machine, and its system. `soc` is the chip's name, where the system tells it."""

    manufacturer: Text
    model: Text
    soc: Text | None
    os: Text
    os_version: Text
    cores: Annotated[int, Field(ge=1, le=4096)]


class App(Strict):
    """The program that wrote the log."""

    name: Text
    build: Text


class ModelUsed(Strict):
    """The model, as its manifest describes it, and the file that ran; a stub engine reads no file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
    classes: Annotated[int, Field(ge=2, le=100_000)]
    weights_kind: Literal["trained", "untrained", "given"]
    weights_sha256: Sha256
    file_format: Text | None
    file_sha256: Sha256 | None

    @model_validator(mode="after")
    def _format_and_hash_together(self) -> Self:
        both_or_neither("file_format", self.file_format, "file_sha256", self.file_sha256)
        return self


class EngineUsed(Strict):
    """The runtime. `threads` are its own, not the pipeline's; null where the runtime chooses. `init_ns`: to open it."""

    name: Text
    version: Text
    threads: Annotated[int, Field(ge=1, le=4096)] | None
    init_ns: Nanoseconds | None


class ThreadCpu(Strict):
    """A thread of the process, and the CPU time that it took during the run, in its own code and in the system's.

    `name` is the one that the system knows, which Linux and Android cut to 15 bytes; of threads with one name, those
    after the first are numbered: `worker`, `worker 2`, `worker 3`. The pipelines' threads are `screen`, which captures
    and draws (and in single mode also infers), and `worker`, which infers. A thread that a runtime starts for itself
    without naming it goes, on Linux and Android, by the name of the one that started it; elsewhere it is `unnamed`.
    """

    name: Text
    cpu_ns: Nanoseconds


class Resources(Strict):
    """What the run took; null is what the platform does not tell.

    `cpu_percent` is CPU time over (time passed x cores), at most 100; the paper's Fig. 7 shows such a figure.

    `threads` says which thread took it, the busiest first, at most 64. Counted are the threads that were there at the
    run's end, and those of a pipeline up to their own end; of others that began and ended meanwhile, what they took is
    in `cpu_ns` alone. Linux and Android count a thread's time in ticks of 10 ms.
    """

    cpu_ns: Nanoseconds | None
    cpu_percent: Percent | None
    threads: Annotated[tuple[ThreadCpu, ...], Field(min_length=1, max_length=MOST_THREADS, fail_fast=True)] | None
    peak_memory_bytes: Annotated[int, Field(gt=0)] | None
    battery_start_percent: Percent | None
    battery_end_percent: Percent | None
    thermal_state: Text | None
    gpu_percent: Percent | None
    gpu_source: Text | None

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        both_or_neither("cpu_ns", self.cpu_ns, "cpu_percent", self.cpu_percent)
        both_or_neither("gpu_percent", self.gpu_percent, "gpu_source", self.gpu_source)
        battery = (self.battery_start_percent, self.battery_end_percent)
        both_or_neither("battery_start_percent", battery[0], "battery_end_percent", battery[1])
        return self

    @model_validator(mode="after")
    def _busiest_thread_first(self) -> Self:
        threads = self.threads or ()
        check(len({thread.name for thread in threads}) == len(threads), "threads with a name each; received one twice")
        for first, second in itertools.pairwise(threads):
            in_order = first.cpu_ns >= second.cpu_ns
            check(in_order, f"the busiest thread first; received {first.name!r} before {second.name!r}")
        return self


class TopClass(Strict):
    """A class, counted from 0 in the order of the manifest's labels, and its probability."""

    class_number: Annotated[int, Field(ge=0, lt=100_000)]
    probability: Probability


def check_top(top: Sequence[TopClass]) -> None:
    """Refuse a list of the best classes that is out of order, or no probabilities."""
    order = [(-entry.probability, entry.class_number) for entry in top]
    check(order == sorted(order), "the most probable class first, and of equal ones the lower number")
    check(len({entry.class_number for entry in top}) == len(top), "each class once; received one twice")
    total = sum(entry.probability for entry in top)
    check(total <= 1 + 1e-3, f"probabilities that add up to at most 1; received {total}")


class Latency(Strict):
    """A benchmark's calls, apart: the first, those that warm up, and the steady ones.

    `first_ns` and `warm_up_ns` are preprocessing and network together; of the steady calls, both are known apart.
    """

    first_ns: Nanoseconds
    warm_up_ns: Durations
    steady_preprocess_ns: Annotated[Durations, Field(min_length=1)]
    steady_invoke_ns: Annotated[Durations, Field(min_length=1)]

    @model_validator(mode="after")
    def _as_many_of_both(self) -> Self:
        same_lengths(steady_preprocess_ns=self.steady_preprocess_ns, steady_invoke_ns=self.steady_invoke_ns)
        return self

    @property
    def busy_ns(self) -> int:
        """All calls together."""
        return self.first_ns + sum(self.warm_up_ns) + sum(self.steady_preprocess_ns) + sum(self.steady_invoke_ns)


class Frames(Strict):
    """The times of the frames that were fetched, a column each; null is what did not happen to a frame.

    `number` counts all frames that the camera took. `start_ns` is the beginning of preprocessing, `end_ns` when the
    result was there, `shown_ns` when the frame was on the screen.
    """

    number: Annotated[tuple[Count, ...], Field(max_length=MOST_FRAMES, fail_fast=True)]
    capture_ns: Annotated[tuple[CaptureTime, ...], Field(max_length=MOST_FRAMES, fail_fast=True)]
    start_ns: Moments
    end_ns: Moments
    shown_ns: Moments

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        same_lengths(**{name: getattr(self, name) for name in type(self).model_fields})
        for first, second in itertools.pairwise(zip(self.number, self.capture_ns, strict=True)):
            check(first[0] < second[0], f"each frame once, in order; received frame {first[0]} before {second[0]}")
            check(first[1] <= second[1], f"frame {second[0]} captured after {first[0]}; received {second[1]}")
        rows = zip(self.number, self.capture_ns, self.start_ns, self.end_ns, self.shown_ns, strict=True)
        for number, capture, start, end, shown in rows:
            both_or_neither(f"start_ns of frame {number}", start, "end_ns", end)
            if start is not None and end is not None:
                check(capture <= start <= end, f"capture <= start <= end for frame {number}; received {capture}, ...")
            check(shown is None or capture <= shown, f"frame {number} to be shown after its capture, {capture}")
        return self

    @property
    def intervals(self) -> list[tuple[int, int]]:
        """Start and end of each frame that was processed."""
        pairs = zip(self.start_ns, self.end_ns, strict=True)
        return [(start, end) for start, end in pairs if start is not None and end is not None]

    @property
    def latencies_ns(self) -> list[int]:
        """From the beginning of preprocessing to the result, for each frame that was processed."""
        return [end - start for start, end in self.intervals]

    @property
    def ages_ns(self) -> list[int]:
        """From capture to the result, for each frame that was processed: how far behind the world an answer is."""
        return [end - capture for capture, end in zip(self.capture_ns, self.end_ns, strict=True) if end is not None]


class PipelineRun(Strict):
    """Frames from a camera, or what stands in for one, to the screen.

    `captured` counts the frames that the camera took from the first fetched one to the last; each of them was either
    processed or dropped. `fps` are frames shown per second, `processed_per_second` frames processed, over the run.
    """

    mode: Literal["single", "multi"]
    workers: Annotated[int, Field(ge=1, le=64)]
    source: Text
    captured: Count
    processed: Count
    shown: Count
    dropped: dict[DropReason, Count]
    fps: Annotated[FiniteFloat, Field(ge=0)]
    processed_per_second: Annotated[FiniteFloat, Field(ge=0)]
    frames: Frames

    @property
    def fetched(self) -> int:
        """How many frames the pipeline fetched from the camera."""
        return self.captured - self.dropped.get("skipped_by_source", 0)

    @property
    def display_fps(self) -> float | None:
        """Frames shown per second from the first to the last whose time is there; None of fewer than two moments.

        `fps` counts over the whole run, also the time before the first frame and after the camera's last one, while the
        network still computes; of a short run that is a good part.
        """
        shown = [moment for moment in self.frames.shown_ns if moment is not None]
        passed = max(shown) - min(shown) if shown else 0
        return (len(shown) - 1) * 1e9 / passed if passed else None

    @model_validator(mode="after")
    def _counts_add_up(self) -> Self:
        dropped = sum(self.dropped.values())
        check(
            self.processed + dropped == self.captured,
            f"processed + dropped = captured; received {self.processed} + {dropped}, and {self.captured}",
        )
        check(self.shown <= self.fetched, f"at most {self.fetched} frames shown; received {self.shown}")
        kept = min(self.fetched, MOST_FRAMES)
        received = len(self.frames.number)
        check(received == kept, f"the times of {kept} frames; received those of {received}")
        processed = len(self.frames.intervals)
        shown = sum(time is not None for time in self.frames.shown_ns)
        # Of a long run, `frames` holds a part.
        whole = received == self.fetched
        for name, part in (("processed", processed), ("shown", shown)):
            count = getattr(self, name)
            fits = part == count if whole else part <= count <= part + self.fetched - received
            check(fits, f"{count} {name} frames; received the times of {part}")
        if whole:
            span = self.frames.number[-1] - self.frames.number[0] + 1 if received else 0
            check(span == self.captured, f"frame numbers that span {self.captured} frames; received {span}")
        return self

    @model_validator(mode="after")
    def _one_worker_does_one_thing_at_a_time(self) -> Self:
        check(self.mode == "multi" or self.workers == 1, f"one worker in single mode; received {self.workers}")
        if self.workers == 1:
            intervals = sorted(self.frames.intervals)
            for (_, end), (start, _) in itertools.pairwise(intervals):
                check(end <= start, f"one frame at a time; received one that began at {start}, before the end at {end}")
        if self.mode == "single":
            for result, shown in zip(self.frames.end_ns, self.frames.shown_ns, strict=True):
                in_turn = shown is None or (result is not None and result <= shown)
                check(in_turn, f"frames shown after their results in single mode; received {shown} and {result}")
        return self


class ImageResult(Strict):
    """What the model said of one image. `label` is the true class, where it is known."""

    id: Text
    label: Annotated[int, Field(ge=0, lt=100_000)] | None
    top: Annotated[tuple[TopClass, ...], Field(min_length=1, max_length=5, fail_fast=True)]
    preprocess_ns: Nanoseconds
    invoke_ns: Nanoseconds

    @model_validator(mode="after")
    def _most_probable_first(self) -> Self:
        check_top(self.top)
        return self


class FailedImage(Strict):
    """An image that could not be read or classified, and why."""

    id: Text
    message: Annotated[str, Field(min_length=1, max_length=2_000)]


class AccuracyRun(Strict):
    """A model's answers to the images of a data set; the counts are of `images`, of which `labelled` have a label."""

    data_set: Text
    labelled: Count
    top1_correct: Count
    top5_correct: Count
    images: Annotated[tuple[ImageResult, ...], Field(max_length=MOST_IMAGES, fail_fast=True)]
    failed: Annotated[tuple[FailedImage, ...], Field(max_length=MOST_IMAGES, fail_fast=True)]

    @model_validator(mode="after")
    def _counts_add_up(self) -> Self:
        ids = [*(image.id for image in self.images), *(image.id for image in self.failed)]
        check(len(set(ids)) == len(ids), "each image once; received an id twice")
        labelled = [image for image in self.images if image.label is not None]
        counted = {
            "labelled": len(labelled),
            "top1_correct": sum(image.label == image.top[0].class_number for image in labelled),
            "top5_correct": sum(image.label in [entry.class_number for entry in image.top] for image in labelled),
        }
        for name, count in counted.items():
            check(getattr(self, name) == count, f"{name} to be {count}, as counted; received {getattr(self, name)}")
        return self


class Spread(Strict):
    """A channel of an input tensor. A wrong scale, bias or channel order shows here first."""

    min: FiniteFloat
    mean: FiniteFloat
    max: FiniteFloat

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        # The mean of equal float32 numbers may miss them by a rounding.
        slack = 1e-6 * max(abs(self.min), abs(self.max))
        inside = self.min - slack <= self.mean <= self.max + slack
        check(inside and self.min <= self.max, f"min <= mean <= max; received {self.min}, {self.mean}, {self.max}")
        return self


class GoldenResult(Strict):
    """What preprocessing and the model made of a picture of `data/golden`; see `helpers.golden` for the hashes."""

    picture: Text
    fitted_sha256: Sha256
    tensor_sha256: Sha256
    channels: Annotated[tuple[Spread, ...], Field(min_length=1, max_length=3, fail_fast=True)]
    top: Annotated[tuple[TopClass, ...], Field(min_length=1, max_length=5, fail_fast=True)]

    @model_validator(mode="after")
    def _most_probable_first(self) -> Self:
        check_top(self.top)
        return self
