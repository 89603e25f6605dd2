"""A second `make notebooks` over the first: what is valid is not executed again.

The whole series runs in a build folder of its own, so the first run makes all that a fresh clone's makes, the virtual
environment apart. It takes the better part of half an hour, and its progress is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Row, row
from helpers.errors import SeriesError

_AGAIN = 3


def rows() -> Iterator[Row]:
    """Measure the one row: a first run from nothing, then some more."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        first, *again = (_seconds(Path(folder)) for _ in range(1 + _AGAIN))
    yield row(
        "a second run of the whole series",
        "the first run, from an empty build folder",
        [seconds / first for seconds in again],
        "lower",
        "<= 1",
        f"{first:.0f} s once, then {min(again):.1f} to {max(again):.1f} s; all of a run: start, check, ledger, site",
    )


def _seconds(build: Path) -> float:
    start = time.perf_counter()
    # What it prints of its progress goes to the terminal.
    done = subprocess.run(
        (sys.executable, "-m", "helpers.series", "run"),
        env=os.environ | {"BUILD_DIR": str(build)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SeriesError(
            f"expected the series to run; received exit code {done.returncode}; 'make notebooks' says where it fails"
        )
    return time.perf_counter() - start
