"""`make bench`: tables of ratios, and the same as JSON in `build/bench.json`, so that two runs can be compared."""

from __future__ import annotations

import dataclasses
import json
import os
import platform

import pandas as pd

from benchmarks import coreml, lenet, models
from helpers.files import build_dir, write_text


def main() -> None:
    """Measure everything, print the table, write the JSON."""
    rows = [dataclasses.asdict(ratio) for ratio in (*lenet.ratios(), *coreml.ratios())]
    print(pd.DataFrame(rows).to_string(index=False))
    print("below 1 means faster than what it is compared to\n")
    builds = [dataclasses.asdict(build) for build in models.builds()]
    print(pd.DataFrame(builds).to_string(index=False))
    print("ratio: asking the store again, divided by making all files from the weights")
    machine = {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    target = build_dir() / "bench.json"
    write_text(target, json.dumps({"machine": machine, "ratios": rows, "builds": builds}, indent=1) + "\n")
    print(f"written to build/{target.name}")


if __name__ == "__main__":
    main()
