"""Run logs of the pipelines, made up: what the tests of summaries, figures and predictions need."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import (
    App,
    Device,
    EngineUsed,
    Frames,
    Latency,
    ModelUsed,
    PipelineRun,
    Resources,
    ThreadCpu,
)

MS = 10**6


def made_log(wall_ms: float, model: str = "mobilenet", where: str = "jvm", cores: int = 2, **parts: Any) -> RunLog:
    """A log of one run; `parts` are the fields of a `RunLog` that differ from an empty one's."""
    kind = next(
        kind
        for kind, part in (("live", "pipeline"), ("benchmark", "latency"), ("accuracy", "accuracy"))
        if part in parts
    )
    wall_ns = round(wall_ms * MS)
    cpu_ns = wall_ns // 2
    resources = Resources(
        cpu_ns=cpu_ns,
        cpu_percent=100 * cpu_ns / (wall_ns * cores),
        threads=(ThreadCpu(name="worker", cpu_ns=cpu_ns // 2), ThreadCpu(name="screen", cpu_ns=cpu_ns // 4)),
        peak_memory_bytes=100 * 10**6,
        battery_start_percent=None,
        battery_end_percent=None,
        thermal_state=None,
        gpu_percent=None,
        gpu_source=None,
    )
    fields: dict[str, Any] = {
        "schema_version": 1,
        "kind": kind,
        "where": where,
        "device": Device(manufacturer="unknown", model="PC", soc=None, os="Linux", os_version="6", cores=cores),
        "app": App(name="app", build="1"),
        "model": ModelUsed(
            name=model,
            classes=1000,
            weights_kind="untrained",
            weights_sha256="0" * 64,
            file_format=None,
            file_sha256=None,
        ),
        "engine": EngineUsed(name="stub", version="1", threads=1, init_ns=30 * MS),
        "started_at": datetime(2018, 6, 1, tzinfo=UTC),
        "wall_ns": wall_ns,
        "resources": resources,
        "latency": None,
        "pipeline": None,
        "accuracy": None,
        "golden": (),
    }
    return RunLog(**{**fields, **parts})


def live_log(run: PipelineRun, wall_ns: int, **parts: Any) -> RunLog:
    """A log of a live run."""
    return made_log(wall_ns / MS, pipeline=run, **parts)


def benchmark_log(
    first_ms: float, warm_up_ms: list[float], preprocess_ms: list[float], invoke_ms: list[float]
) -> RunLog:
    """A log of a benchmark that did nothing else."""
    latency = Latency(
        first_ns=round(first_ms * MS),
        warm_up_ns=tuple(round(ms * MS) for ms in warm_up_ms),
        steady_preprocess_ns=tuple(round(ms * MS) for ms in preprocess_ms),
        steady_invoke_ns=tuple(round(ms * MS) for ms in invoke_ms),
    )
    return made_log(latency.busy_ns / MS, latency=latency)


def single_run(durations_ms: list[float], wall_ms: float) -> PipelineRun:
    """A run on one thread whose frames follow on each other without a gap, each captured when it begins."""
    starts, now = [], 0.0
    for duration in durations_ms:
        starts.append(round(now * MS))
        now += duration
    ends = [start + round(duration * MS) for start, duration in zip(starts, durations_ms, strict=True)]
    count = len(durations_ms)
    return PipelineRun(
        mode="single",
        workers=1,
        source="made up",
        captured=count,
        processed=count,
        shown=count,
        dropped={"skipped_by_source": 0, "replaced_by_newer": 0},
        fps=count * 1000 / wall_ms,
        processed_per_second=count * 1000 / wall_ms,
        frames=Frames(
            number=tuple(range(count)),
            capture_ns=tuple(starts),
            start_ns=tuple(starts),
            end_ns=tuple(ends),
            shown_ns=tuple(ends),
        ),
    )
