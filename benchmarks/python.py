"""The pipelines in Python: what they make of a network's speed, for each model in LiteRT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from tqdm import tqdm

from benchmarks.pipelines import CAMERA_FPS, ROUNDS, SECONDS, pipeline_row
from benchmarks.table import Row
from helpers.artifacts import build_model
from helpers.runs.pipeline_program import Mode
from helpers.runs.python_pipeline import run_python_pipeline
from helpers.zoo import model_names


def rows() -> Iterator[Row]:
    """Measure each model, with one thread and with two."""
    runs = [(name, mode) for name in model_names() for mode in get_args(Mode)]
    for name, mode in tqdm(runs, desc="pipelines in Python", leave=False):
        logs = [run_python_pipeline(name, "litert", mode, SECONDS, CAMERA_FPS) for _ in range(ROUNDS)]
        title = build_model(name, formats=["tflite"])[0].title
        yield pipeline_row(f"Python, {mode}: {title}, litert", logs, CAMERA_FPS)
