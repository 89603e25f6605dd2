"""Running the series a second time over running it the first time: what is valid is not executed again.

Two notebooks of the series stand for it, in a build folder of their own: the whole series would take the better part of
half an hour twice. What the machine has (lanes, the virtual environment) is there in both runs, as in `make notebooks`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from benchmarks.table import Row, row
from helpers.lanes.programs import run_program

_NOTEBOOKS = ("00", "01")
_AGAIN = 3


def rows() -> Iterator[Row]:
    """Measure the one row: a first run from nothing, then some more."""
    with tempfile.TemporaryDirectory() as folder, tqdm(desc="notebooks twice", total=1 + _AGAIN, leave=False) as bar:
        first, *again = (_seconds(Path(folder), bar) for _ in range(1 + _AGAIN))
    yield row(
        f"a second run of the series, notebooks {' and '.join(_NOTEBOOKS)}",
        "the first run, from an empty build folder",
        [seconds / first for seconds in again],
        "lower",
        "<= 1",
        f"{first:.0f} s once, then {min(again):.1f} to {max(again):.1f} s; all of a run: start, check, ledger, site",
    )


def _seconds(folder: Path, bar: tqdm[None]) -> float:
    command = ("env", f"BUILD_DIR={folder}", sys.executable, "-m", "helpers.series", "run", *_NOTEBOOKS)
    start = time.perf_counter()
    run_program(command, f"run the notebooks {' and '.join(_NOTEBOOKS)}")
    bar.update()
    return time.perf_counter() - start
