"""`make bench`: tables of ratios, and the same as JSON in `build/bench.json`, so that two runs can be compared."""

from __future__ import annotations

import dataclasses
import json
import os
import platform

import pandas as pd

from benchmarks import coreml, jvm, lenet, models, swift
from helpers.files import build_dir, write_text


def main() -> None:
    """Measure everything, print the table, write the JSON."""
    rows = [dataclasses.asdict(ratio) for ratio in (*lenet.ratios(), *coreml.ratios())]
    print(pd.DataFrame(rows).to_string(index=False))
    print("below 1 means faster than what it is compared to\n")
    builds = [dataclasses.asdict(build) for build in models.builds()]
    print(pd.DataFrame(builds).to_string(index=False))
    print("ratio: asking the store again, divided by making all files from the weights")
    preprocessing = [dataclasses.asdict(row) for row in jvm.preprocessing()]
    print(f"\n{pd.DataFrame(preprocessing).to_string(index=False)}")
    print("preprocessing in the app's Java code, a camera frame of 640 x 480 for a network of 224 x 224\n")
    pipelines = {
        where: [dataclasses.asdict(row) for row in made]
        for where, made in (("jvm", jvm.pipelines()), ("swift", swift.pipelines()))
    }
    for where, runs in pipelines.items():
        print(f"the pipelines of the app's core ({where})\n{pd.DataFrame(runs).to_string(index=False)}")
    print("ratio: frames processed per second, divided by the lower of 1 / latency and the camera's rate")
    machine = {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    target = build_dir() / "bench.json"
    content = {
        "machine": machine,
        "ratios": rows,
        "builds": builds,
        "jvm_preprocessing": preprocessing,
        "pipelines": pipelines,
    }
    write_text(target, json.dumps(content, indent=1) + "\n")
    print(f"written to build/{target.name}")


if __name__ == "__main__":
    main()
