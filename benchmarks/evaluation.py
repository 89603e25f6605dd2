"""An evaluation of thousands of images: its memory, its speed over a bare loop, and what two workers of Dask gain.

Each run has a process and a build folder of its own: a process never gives back its peak of memory, and nothing is to
be found stored. The images are synthetic, and kept in the build folder.

    python -m benchmarks.evaluation one FOLDER 500      what the parent runs; prints JSON
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.table import Row, row
from helpers.artifacts import build_model
from helpers.engines import open_engine
from helpers.errors import DeploymentError
from helpers.files import build_dir
from helpers.ilsvrc.computing import EngineChoice, worker_engine
from helpers.ilsvrc.evaluation import evaluate
from helpers.ilsvrc.folder import IlsvrcFolder, open_ilsvrc
from helpers.ilsvrc.synthetic import make_synthetic_ilsvrc
from helpers.lanes.programs import run_program
from helpers.memory import peak_memory_bytes
from helpers.photos import open_photo
from helpers.preprocess import fit_photo
from helpers.scheduling import dask_client
from helpers.sources import source_hash

IMAGES = 5000
_CHOICE = EngineChoice("litert", "squeezenet", "offline")
_WORKERS = 2
_ROUNDS = 5
# A process that computes all the time gets a core of its own, unless other programs want it too.
_STARVED = 0.9


def rows(images: int = IMAGES) -> Iterator[Row]:
    """Measure each row in turn.

    Args:
        images: how many images; a tenth of them is what the memory is compared with.
    """
    folder = _images(images)
    few, first = _measured("one", folder, images // 10), _measured("one", folder, images)
    # By turns, so that a machine that grows slower or faster does so for both.
    shared = [_measured("workers", folder, images) for _ in range(2)]
    alone = [first, _measured("one", folder, images)]
    peak = max(each["peak"] for each in alone)
    yield row(
        f"evaluating {images:,} images: peak memory",
        f"evaluating {images // 10:,}",
        [each["peak"] / few["peak"] for each in alone],
        "lower",
        "<= 1.1",
        f"SqueezeNet, LiteRT, {peak / 1e6:,.0f} MB against {few['peak'] / 1e6:,.0f} MB, fresh processes",
    )
    turns = _measured("turns", folder, images)
    yield row(
        "evaluating: images per second",
        "a loop that reads, fits and predicts one image at a time",
        turns["ratios"],
        "higher",
        ">= 0.9",
        f"SqueezeNet, LiteRT with one thread, {images // _ROUNDS:,} images in each of {_ROUNDS} rounds by turns; "
        "opening the engine and storing the answers counted; the loop's CPU time over the evaluation's is "
        f"{turns['cpu_ratio']:.2f}, which other programs on the machine do not change",
    )
    one, many = (_means(each) for each in (alone, shared))
    busy = one["cpu"] / one["seconds"]
    cores = os.cpu_count() or 1
    yield row(
        f"evaluating {images:,} images with {_WORKERS} Dask workers: images per second",
        "in one process",
        [each["seconds"] / other["seconds"] for each, other in zip(alone, shared, strict=True)],
        "higher",
        remark=f"{many['seconds']:.1f} s against {one['seconds']:.1f} s on {cores} cores. "
        f"{_best_case(busy, cores)}. Of the workers' time, {many['start']:.1f} s start their processes and "
        f"{many['opening']:.1f} s import TensorFlow and open the engine in each; reading the shards again and "
        f"merging them takes {one['again']:.1f} s either way",
    )


def _means(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {name: fmean(run[name] for run in runs) for name in runs[0]}


def _best_case(busy: float, cores: int) -> str:
    """What workers can gain at best, from how many cores one process keeps busy."""
    if busy < _STARVED:
        return (
            f"One process got only {busy:.2f} cores: other programs kept the machine busy, measure again without them"
        )
    best = min(_WORKERS, cores / busy)
    return f"One process keeps {busy:.2f} cores busy, as a thread reads ahead: workers can be {best:.2f} times as fast"


def _images(count: int) -> Path:
    """A synthetic folder in the build folder; its label file is written last, so one without it is made anew."""
    made = build_dir() / "synthetic_ilsvrc" / f"{count}-{source_hash('helpers.ilsvrc.synthetic')[:12]}"
    try:
        if len(open_ilsvrc(made)) == count:
            return made
    except DeploymentError:
        pass
    make_synthetic_ilsvrc(made, count, progress=True)
    return made


def _measured(kind: str, folder: Path, count: int) -> dict[str, Any]:
    _, models = build_model(_CHOICE.model, _CHOICE.weights, ["tflite"])
    with tempfile.TemporaryDirectory() as build:
        shutil.copytree(models, Path(build) / "models" / models.name)
        program = (sys.executable, "-m", "benchmarks.evaluation", kind, str(folder), str(count))
        done = run_program(("env", f"BUILD_DIR={build}", *program), f"evaluate {count} images")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _one(folder: IlsvrcFolder, count: int) -> dict[str, float]:
    cpu = time.process_time()
    seconds = _seconds(lambda: evaluate(folder, limit=count))
    cpu = time.process_time() - cpu
    return {
        "seconds": seconds,
        "cpu": cpu,
        "peak": peak_memory_bytes(),
        "again": _seconds(lambda: evaluate(folder, limit=count)),
    }


def _turns(folder: IlsvrcFolder, count: int) -> dict[str, Any]:
    size = count // _ROUNDS
    with open_engine(*_CHOICE) as engine:

        def bare(names: tuple[str, ...]) -> None:
            for name in names:
                engine.predict(fit_photo(open_photo(folder.path / name), engine.manifest.input)[None])

        bare(folder.names[:20])
        ratios, cpu = [], [0.0, 0.0]
        for turn in range(_ROUNDS):
            end = (turn + 1) * size
            # What the turns before have stored is found again: each computes the images that the loop gets.
            ways: list[Callable[[], object]] = [
                lambda end=end: evaluate(folder, limit=end),
                lambda end=end: bare(folder.names[end - size : end]),
            ]
            seconds = [0.0, 0.0]
            for way in (0, 1) if turn % 2 == 0 else (1, 0):
                used = time.process_time()
                seconds[way] = _seconds(ways[way])
                cpu[way] += time.process_time() - used
            ratios.append(seconds[1] / seconds[0])
    return {"ratios": ratios, "cpu_ratio": cpu[1] / cpu[0]}


def _workers(folder: IlsvrcFolder, count: int) -> dict[str, float]:
    seconds = _seconds(lambda: evaluate(folder, scheduler="local", workers=_WORKERS, limit=count))
    start = time.perf_counter()
    with dask_client("local", _WORKERS) as client:
        started = time.perf_counter()
        client.gather([client.submit(_opened, place, workers=[each]) for place, each in enumerate(client.nthreads())])
        opened = time.perf_counter()
    return {"seconds": seconds, "start": started - start, "opening": opened - started}


def _opened(_: int) -> None:
    worker_engine(_CHOICE)


if __name__ == "__main__":
    what, where, how_many = sys.argv[1:]
    measure = {"one": _one, "turns": _turns, "workers": _workers}[what]
    print(json.dumps(measure(open_ilsvrc(where), int(how_many))))
