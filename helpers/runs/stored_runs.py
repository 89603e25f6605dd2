"""Measured runs of the pipelines, handed on from notebook 08 to notebook 09.

They lie beside the ledger (`build/runs`; a batch has its own) as run logs. A log that cannot be read, is of other
weights or of another camera, is not taken.

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from tqdm import tqdm

from helpers.errors import DataError
from helpers.files import ensure_folder
from helpers.lanes.java import java_missing
from helpers.ledger import ledger_dir
from helpers.runs.jvm_pipeline import run_jvm_pipeline
from helpers.runs.python_pipeline import run_python_pipeline
from helpers.runs.run_log import RunLog, load_run_log, save_run_log
from helpers.weights import choose_weights

# How the source of the frames is called in the logs, in Java as in Python.
_CAMERA = "30.0 frames per second"


def runs_folder() -> Path:
    """Where the runs lie; the folder need not exist."""
    return ledger_dir().parent / "runs"


def store_runs(logs: Mapping[tuple[str, str, str], RunLog]) -> None:
    """Keep live runs in the place of those that were kept before.

    Args:
        logs: the runs, by (network, engine, mode).

    Raises:
        ArtifactWriteError: the folder cannot be written.
    """
    shutil.rmtree(runs_folder(), ignore_errors=True)
    folder = ensure_folder(runs_folder())
    for names, log in logs.items():
        save_run_log(log, folder / _file_name(*names))


def multithreaded_runs(
    networks: Iterable[str], weights: Mapping[str, str], seconds: int = 4, progress: bool = False
) -> list[RunLog]:
    """One multithreaded run of each network, in the same engine: the one that was kept, or else measured now.

    The engine is the Android app's TensorFlow Lite on the JVM; without a JDK and Maven, LiteRT in Python.

    Args:
        networks: their names.
        weights: for each network what `helpers.weights.choose_weights` takes.
        seconds: how long each is measured, if it is.
        progress: show a progress bar over the networks.

    Raises:
        DeploymentError: whatever running a pipeline raises.
    """
    java = java_missing() is None
    engine, measure = ("tflite", run_jvm_pipeline) if java else ("litert", run_python_pipeline)
    logs = []
    for name in tqdm(list(networks), desc="pipelines", disable=not progress):
        kept = _kept(name, engine, weights[name])
        logs.append(kept or measure(name, engine, "multi", seconds, weights=weights[name]))
    return logs


def _kept(name: str, engine: str, weights: str) -> RunLog | None:
    """The kept run, if it can be read, and is of these weights and of a camera as it would be measured now."""
    try:
        log = load_run_log(runs_folder() / _file_name(name, engine, "multi"))
    except DataError:
        return None
    used = (log.model.name, log.model.weights_sha256)
    if log.pipeline is None or used != (name, choose_weights(name, weights).sha256):
        return None
    return log if _CAMERA in log.pipeline.source else None


def _file_name(network: str, engine: str, mode: str) -> str:
    return f"{network}-{engine}-{mode}.json"
