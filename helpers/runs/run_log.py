"""The run log: what a phone, the JVM, Swift or Python writes about an accuracy, benchmark or live run.

One schema for all of them. It is strict, because a log travels: whoever reads it later cannot ask the phone again.
What can be derived is held to what it is derived from (counts, rates, percentages, intervals), so that a log that
contradicts itself is refused instead of drawn. Times are integers in nanoseconds; those of events count from the run's
start. Paper, sections III.B-C and IV.

`data/schemas/run_log.schema.json` is exported from here: `python -m helpers.runs.run_log`.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from helpers.errors import DataError
from helpers.files import write_text
from helpers.runs.run_log_parts import (
    AccuracyRun,
    App,
    Device,
    EngineUsed,
    GoldenResult,
    ImageResult,
    Latency,
    ModelUsed,
    Nanoseconds,
    PipelineRun,
    Resources,
    Strict,
    check,
)
from helpers.untrusted import first_faults, read_bounded

LARGEST_BYTES = 128 * 2**20

# Systems count CPU time in ticks: over a short run, a little more than the time passed is no lie.
_CPU_TICKS_NS = 100 * 10**6
# Of each thread they tell two times, spent in its own code and in the system's, each cut to whole ticks of 10 ms.
_THREAD_TICKS_NS = 2 * 10 * 10**6
# What float16 loses of a sum of a thousand probabilities.
_SUM_SLACK = 0.01


class RunLog(Strict):
    """One run: who, what, where, with which result. Exactly the part that belongs to `kind` is there."""

    schema_version: Literal[1]
    kind: Literal["accuracy", "benchmark", "live"]
    where: Literal["phone", "jvm", "swift-linux", "pc", "arm-emulated"]
    device: Device
    app: App
    model: ModelUsed
    engine: EngineUsed
    started_at: AwareDatetime
    wall_ns: Annotated[Nanoseconds, Field(gt=0, description="how long the run took, without opening the engine")]
    resources: Resources
    latency: Latency | None
    pipeline: PipelineRun | None
    accuracy: AccuracyRun | None
    golden: Annotated[tuple[GoldenResult, ...], Field(max_length=1_000, fail_fast=True)]

    @model_validator(mode="after")
    def _is_one_run(self) -> Self:
        parts = {"accuracy": self.accuracy, "benchmark": self.latency, "live": self.pipeline}
        there = [kind for kind, part in parts.items() if part is not None]
        check(there == [self.kind], f"the part of a run of kind {self.kind!r} alone; received those of {there}")
        check(self.started_at.utcoffset() == timedelta(0), f"started_at in UTC; received {self.started_at}")
        phone = self.device.os in {"Android", "iOS"}
        check(phone == (self.where == "phone"), f"a phone's system on a phone only; received {self.device.os!r}")
        images = self.accuracy.images if self.accuracy else ()
        results: list[ImageResult | GoldenResult] = [*images, *self.golden]
        named = {entry.class_number for result in results for entry in result.top}
        highest = max(named | {image.label for image in images if image.label is not None}, default=0)
        check(highest < self.model.classes, f"classes below {self.model.classes}; received {highest}")
        for result in results:
            self._check_sum(result)
        pictures = {result.picture for result in self.golden}
        check(len(pictures) == len(self.golden), "each golden picture once; received one twice")
        return self

    def _check_sum(self, result: ImageResult | GoldenResult) -> None:
        """The classes that are not listed have at most the last one's probability each: is there enough for 1?"""
        told = sum(entry.probability for entry in result.top)
        most = told + (self.model.classes - len(result.top)) * result.top[-1].probability
        check(
            most >= 1 - _SUM_SLACK, f"probabilities that can add up to 1; received some that reach {most:.6g} at most"
        )

    @model_validator(mode="after")
    def _fits_into_its_time(self) -> Self:
        busy, workers = 0, 1
        if self.latency is not None:
            busy = self.latency.busy_ns
        if self.accuracy is not None:
            busy = sum(image.preprocess_ns + image.invoke_ns for image in self.accuracy.images)
        if self.pipeline is not None:
            frames, workers = self.pipeline.frames, self.pipeline.workers
            busy = sum(end - start for start, end in frames.intervals)
            latest = max((t for column in (frames.end_ns, frames.shown_ns) for t in column if t is not None), default=0)
            check(latest <= self.wall_ns, f"all within {self.wall_ns} ns; received an event at {latest}")
            for name, count in (("fps", self.pipeline.shown), ("processed_per_second", self.pipeline.processed)):
                rate, received = count * 1e9 / self.wall_ns, getattr(self.pipeline, name)
                check(abs(received - rate) <= 1e-6 * max(rate, 1), f"{name} of {rate:.6f}; received {received}")
        check(busy <= self.wall_ns * workers, f"at most {self.wall_ns * workers} ns of work; received {busy}")
        self._check_cpu()
        self._check_threads()
        return self

    def _check_cpu(self) -> None:
        cpu_ns, percent = self.resources.cpu_ns, self.resources.cpu_percent
        if cpu_ns is None or percent is None:
            return
        room = self.wall_ns * self.device.cores
        check(cpu_ns <= room + _CPU_TICKS_NS, f"at most {room} ns of CPU time; received {cpu_ns}")
        expected = min(100 * cpu_ns / room, 100.0)
        check(abs(percent - expected) <= 1e-3, f"cpu_percent of {expected:.4f}; received {percent}")

    def _check_threads(self) -> None:
        threads, cpu_ns = self.resources.threads or (), self.resources.cpu_ns
        for thread in threads:
            fits = thread.cpu_ns <= self.wall_ns + _CPU_TICKS_NS
            check(fits, f"at most {self.wall_ns} ns of CPU time of thread {thread.name!r}; received {thread.cpu_ns}")
        if cpu_ns is not None:
            total = sum(thread.cpu_ns for thread in threads)
            room = cpu_ns + _CPU_TICKS_NS + _THREAD_TICKS_NS * len(threads)
            check(total <= room, f"threads that took at most {cpu_ns} ns of CPU time together; received {total}")


def load_run_log(path: Path) -> RunLog:
    """Read and check a run log.

    Raises:
        DataError: there is none, it is too large, or it breaks a rule; the message names the field.
    """
    way_out = "export it again from the app, or take it away"
    content = read_bounded(path, LARGEST_BYTES, "the run log", way_out)
    try:
        return RunLog.model_validate_json(content)
    except ValidationError as error:
        raise DataError(f"{path} is not a valid run log: {first_faults(error)}; {way_out}") from error


def save_run_log(log: RunLog, path: Path) -> None:
    """Write a run log, whole; see `helpers.files.whole_file` for the errors."""
    write_text(path, log.model_dump_json() + "\n")


def run_log_schema() -> dict[str, Any]:
    """The run log's JSON Schema; `data/schemas/run_log.schema.json` is a copy that a test holds to this."""
    schema = RunLog.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


if __name__ == "__main__":
    print(json.dumps(run_log_schema(), indent=1))
