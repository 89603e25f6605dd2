"""All models: asking the store for all files again, over making them from the weights; and in how much memory."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator

from tqdm import tqdm

from benchmarks.table import Row, row
from helpers.lanes.programs import run_program
from helpers.zoo import model_names

# Each model in a process of its own, because a process never gives back its peak; both ways are timed in it, in turn.
_CHILD = """
import json, sys, time
from helpers.artifacts import build_model
from helpers.memory import peak_memory_bytes

def seconds():
    start = time.perf_counter()
    build_model(sys.argv[1])
    return time.perf_counter() - start

first, again = seconds(), [seconds() for _ in range(3)]
peak = peak_memory_bytes()
title = build_model(sys.argv[1])[0].title
print(json.dumps({"title": title, "first": first, "again": again, "peak": peak}))
"""


def rows() -> Iterator[Row]:
    """Measure each model in turn."""
    for name in tqdm(model_names(), desc="from weights to all files", leave=False):
        with tempfile.TemporaryDirectory() as folder:
            command = ("env", f"BUILD_DIR={folder}", sys.executable, "-c", _CHILD, name)
            found = json.loads(run_program(command, f"build {name}").stdout)
        yield row(
            f"{found['title']}: asking the store again for all files of TensorFlow's tools",
            "making them from the weights",
            [again / found["first"] for again in found["again"]],
            "lower",
            "<= 1",
            f"made once, in {found['first']:.1f} s and {found['peak'] / 1e9:.2f} GB; asked three times",
        )
