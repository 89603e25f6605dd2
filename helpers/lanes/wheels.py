"""Install the wheels that `requirements.lock` pins, for another processor and another Python than this one."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement

from helpers.errors import LaneError
from helpers.files import PROJECT, write_text
from helpers.lanes.programs import run_program

WHEEL_PLATFORMS = (
    "manylinux_2_28_aarch64",
    "manylinux_2_27_aarch64",
    "manylinux_2_17_aarch64",
    "manylinux2014_aarch64",
)


def locked_requirements(packages: Sequence[str]) -> tuple[str, ...]:
    """The entries of requirements.lock for some packages, each with its hashes on one line.

    Raises:
        LaneError: there is no lock file here.
    """
    path = PROJECT / "requirements.lock"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LaneError(
            f"the ARM lane needs {path}, which pins LiteRT: run it from a checkout of the project"
        ) from error
    lines = [" ".join(line.split()) for line in text.replace("\\\n", " ").splitlines()]
    return tuple(line for line in lines if line.partition("==")[0] in packages and " --hash=" in line)


def install_wheels(lock: tuple[str, ...], python: str, site: Path, downloads: Path) -> None:
    """Install the pinned arm64 wheels for Python `python` (such as "3.11") into `site`; pip checks every hash."""
    if importlib.util.find_spec("pip") is None:
        raise LaneError(f"the ARM lane needs pip in this Python: run '{sys.executable} -m ensurepip', then this again")
    there = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": "aarch64",
        "platform_system": "Linux",
        "sys_platform": "linux",
        "os_name": "posix",
    }
    wanted = []
    for line in lock:
        head, *hashes = line.split(" --hash=")
        requirement = Requirement(head)
        # pip would judge the marker by the Python that runs pip, not by the one inside.
        if requirement.marker is None or requirement.marker.evaluate(there):
            wanted.append(" --hash=".join((f"{requirement.name}{requirement.specifier}", *hashes)))
    requirements = downloads / "requirements.txt"
    write_text(requirements, "\n".join(wanted) + "\n")
    platforms = [word for name in WHEEL_PLATFORMS for word in ("--platform", name)]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    # The lock is for several Pythons at once, and pip would hold a package to the Python that runs pip.
    checks = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    target = [*platforms, "--python-version", python, "--implementation", "cp", "--target", str(site), "--no-compile"]
    run_program(
        (*pip, *target, *checks, "--requirement", str(requirements)),
        f"install LiteRT's arm64 wheels for Python {python}",
        "check that the Python package index can be reached, and that requirements.lock has wheels for that Python",
    )
