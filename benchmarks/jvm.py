"""The app's pipelines on the desktop's JVM: what they make of a network's speed, for each model in each engine."""

from __future__ import annotations

from collections.abc import Iterator

from tqdm import tqdm

from benchmarks.pipelines import BOUND, CAMERA_FPS, ROUNDS, SECONDS, limit, pipeline_row
from benchmarks.table import Row, not_measured
from helpers.artifacts import build_model
from helpers.lanes.java import java_missing
from helpers.runs.jvm_pipeline import JVM_ENGINES, run_jvm_pipeline
from helpers.runs.pipeline_program import Mode
from helpers.runs.run_log import RunLog
from helpers.zoo import model_names

# For networks that a camera of 30 frames per second does not always keep busy.
_FAST_CAMERA_FPS = 100.0


def rows() -> Iterator[Row]:
    """Measure each model in each engine: one thread, two threads, and a faster camera where that tells more."""
    missing = java_missing()
    if missing is not None:
        yield not_measured("the app's Java pipelines", BOUND, "higher", missing, ">= 0.95")
        return
    runs = [(name, engine) for name in model_names() for engine in JVM_ENGINES]
    for name, engine in tqdm(runs, desc="pipelines on the JVM", leave=False):
        yield pipeline_row(_title(name, engine, "single"), _runs(name, engine, "single", CAMERA_FPS), CAMERA_FPS)
        logs = _runs(name, engine, "multi", CAMERA_FPS)
        yield pipeline_row(_title(name, engine, "multi"), logs, CAMERA_FPS)
        if limit(logs, CAMERA_FPS) != "network":
            fast = _runs(name, engine, "multi", _FAST_CAMERA_FPS)
            yield pipeline_row(f"{_title(name, engine, 'multi')}, fast camera", fast, _FAST_CAMERA_FPS)


def _runs(name: str, engine: str, mode: Mode, camera_fps: float) -> list[RunLog]:
    return [run_jvm_pipeline(name, engine, mode, SECONDS, camera_fps, progress=False) for _ in range(ROUNDS)]


def _title(name: str, engine: str, mode: Mode) -> str:
    # The manifest's title says if a model is untrained.
    title = build_model(name, formats=[JVM_ENGINES[engine].file_format])[0].title
    return f"Java, {mode}: {title}, {engine}"
