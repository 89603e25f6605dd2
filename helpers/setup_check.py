"""Is everything there? A table of what the notebooks need and what was found.

Taught in notebook 00_start_here.
"""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, version

import pandas as pd

from helpers.data import checked_bytes, recorded_checksums
from helpers.errors import DataError
from helpers.files import DATA, PROJECT

# The packages whose version decides what the notebooks compute; requirements.lock pins all of them.
_PACKAGES = (
    "ai-edge-litert",
    "coremltools",
    "keras",
    "numpy",
    "papermill",
    "tensorflow-cpu",
    "tensorflow",
    "tfcoreml",
)


def check_setup() -> pd.DataFrame:
    """Look at Python, the pinned packages, the data files and the optional lanes.

    Returns:
        One row per item: what it is, what was found, and `yes` or `no` with the way out.
    """
    from helpers.lanes.known import LANES

    rows = [("Python", f"{sys.version_info.major}.{sys.version_info.minor}", _yes(sys.version_info >= (3, 11)))]
    pinned = locked_versions()
    for package in _PACKAGES:
        try:
            found = version(package)
        except PackageNotFoundError:
            continue
        fits = found in pinned.get(package, ())
        rows.append((package, found, _yes(fits, f"pinned: {' or '.join(pinned.get(package, ()))}; run make setup")))
    broken = broken_data_files()
    rows.append(
        (
            "data files",
            f"{len(recorded_checksums()) - len(broken)} of {len(recorded_checksums())} intact",
            _yes(not broken),
        )
    )
    for lane in LANES.values():
        missing = lane.missing()
        found = "found" if missing is None else "not found"
        rows.append((f"lane: {lane.title}", found, _yes(missing is None, missing)))
    return pd.DataFrame(rows, columns=["what", "found", "as expected"])


def other_than_reference() -> str | None:
    """What is different here from the configuration whose outputs the notebooks store, in one line.

    Returns:
        None on the reference configuration: Linux x86-64, Python 3.11, the pinned packages, every lane.
    """
    from helpers.lanes.known import LANES

    if (sys.platform, platform.machine(), sys.version_info[:2]) != ("linux", "x86_64", (3, 11)):
        return f"{sys.platform} {platform.machine()}, Python {platform.python_version()}"
    return next((missing for lane in LANES.values() if (missing := lane.missing())), None)


def locked_versions() -> dict[str, tuple[str, ...]]:
    """The versions that `requirements.lock` allows, by package name; some depend on Python's version."""
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for name, pinned in re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", lock, flags=re.MULTILINE):
        found[name] = (*found.get(name, ()), pinned)
    return found


def broken_data_files() -> list[str]:
    """The files of `data/` that are missing or differ from their recorded checksum."""
    broken = []
    for key in recorded_checksums():
        try:
            checked_bytes(DATA / key)
        except DataError:
            broken.append(key)
    return broken


def _yes(good: bool, way_out: str | None = None) -> str:
    if good:
        return "yes"
    return f"no ({way_out})" if way_out else "no"


if __name__ == "__main__":
    # For `make test`: how nbval is to compare. Elsewhere than on the reference configuration it only runs the cells.
    difference = other_than_reference()
    if difference is not None:
        print(
            f"stored outputs are run but not compared, because this is not the reference: {difference}", file=sys.stderr
        )
    from helpers.series.plan import read_series
    from helpers.series.run import without_missing_lanes

    series = read_series()
    left_out = set(series.everything) - set(without_missing_lanes(series, series.with_needs(series.everything)))
    print(
        "--nbval" if difference is None else "--nbval-lax",
        *(f"--ignore=notebooks/{name}.ipynb" for name in sorted(left_out)),
    )
