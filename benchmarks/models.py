"""All models: how long the way from weights to all files takes, in how much memory, and how nearly free it is again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from tqdm import tqdm

from helpers.zoo import model_names

# Each model in a process of its own, because a process never gives back its peak; both ways are timed in it, in turn.
_CHILD = """
import json, resource, sys, time
from helpers.artifacts import build_model

def seconds():
    start = time.perf_counter()
    build_model(sys.argv[1])
    return time.perf_counter() - start

first, again = seconds(), min(seconds() for _ in range(3))
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
title = build_model(sys.argv[1])[0].title
print(json.dumps({"title": title, "first": first, "again": again, "peak": peak}))
"""


@dataclass(frozen=True)
class Build:
    """One row: a model's files, made from its weights and then asked for again.

    Attributes:
        model: its title, which says if it is untrained.
        ratio: the seconds of asking again, divided by those of making.
        again_s: asking again, in seconds, the best of three.
        making_s: from the weights to all files, in seconds.
        peak_gb: the largest memory of the process, in 10**9 bytes.
    """

    model: str
    ratio: float
    again_s: float
    making_s: float
    peak_gb: float


def builds() -> Iterator[Build]:
    """Measure each model in turn."""
    for name in tqdm(model_names(), desc="from weights to all files", leave=False):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", _CHILD, name],
                env={**os.environ, "BUILD_DIR": folder},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        found = json.loads(done.stdout)
        yield Build(
            found["title"],
            round(found["again"] / found["first"], 4),
            round(found["again"], 2),
            round(found["first"], 1),
            round(found["peak"] / 1e9, 2),
        )
