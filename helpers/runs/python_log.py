"""What every run log of this process has in common: the machine, the program, the model, the engine, what it took.

The same parts, by the same definitions, that the apps' cores write of theirs, so that a run in Python stands beside
theirs in one table. Paper, section IV.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TypedDict

from helpers.engines.base import Engine
from helpers.memory import peak_memory_bytes
from helpers.runs.machine import this_machine, usable_cores
from helpers.runs.run_log_parts import App, Device, EngineUsed, ModelUsed, Resources, ThreadCpu


class LogHead(TypedDict):
    """The fields of a `RunLog` that say what ran, and on what."""

    schema_version: int
    where: str
    device: Device
    app: App
    model: ModelUsed
    engine: EngineUsed


def log_head(engine: Engine, init_ns: int | None) -> LogHead:
    """Describe a run of an engine in this process.

    Args:
        engine: the engine; a runtime in a process of its own has a log of its own.
        init_ns: how long it took to open it, in nanoseconds, where that was measured.
    """
    versions = engine.versions()
    threads = versions.pop("threads", None)
    return {
        "schema_version": 1,
        "where": engine.where,
        "device": this_machine(),
        "app": App(name="python", build=_build()),
        "model": model_used(engine),
        "engine": EngineUsed(
            name=engine.name,
            version=", ".join(f"{name} {number}" for name, number in versions.items())[:300] or "unknown",
            threads=None if threads is None else int(threads),
            init_ns=init_ns,
        ),
    }


def model_used(engine: Engine) -> ModelUsed:
    """The model that an engine runs, as its manifest describes it, and the file."""
    manifest = engine.manifest
    return ModelUsed(
        name=manifest.model,
        classes=len(manifest.labels),
        weights_kind=manifest.weights.kind,
        weights_sha256=manifest.weights.sha256,
        file_format=engine.file.format,
        file_sha256=engine.file.sha256,
    )


def resources_used(wall_ns: int, cpu_ns: int, threads: tuple[ThreadCpu, ...] | None = None) -> Resources:
    """What a run of this process took.

    Args:
        wall_ns: how long it lasted.
        cpu_ns: the CPU time of all threads of this process meanwhile.
        threads: the same for each thread, where it is known, the busiest first.

    Returns:
        The resources; `cpu_percent` is CPU time over (time passed x cores), as in the logs of both apps. The peak of
        memory is that of the whole process until now, so also of what it did before.
    """
    return Resources(
        cpu_ns=cpu_ns,
        cpu_percent=min(100 * cpu_ns / (wall_ns * usable_cores()), 100.0),
        threads=threads,
        peak_memory_bytes=peak_memory_bytes(),
        battery_start_percent=None,
        battery_end_percent=None,
        thermal_state=None,
        gpu_percent=None,
        gpu_source=None,
    )


def _build() -> str:
    try:
        return version("smartphone-deep-learning")
    except PackageNotFoundError:
        return "development"
