"""The environment of the kernels: settings of the user's own Jupyter, IPython or matplotlib have no influence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.files import build_dir

# Variables and their values; None for one that must not be set.
Settings = Mapping[str, str | None]

# These would add kernels of other environments, or stop figures from reaching the notebook.
_LEFT_OUT = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "MPLBACKEND")


def kernel_environment(build: Path | None = None) -> dict[str, str]:
    """The variables to set for whatever executes the project's notebooks (this package, or nbval in the tests).

    Args:
        build: the build folder, `build_dir()` unless given; all that Jupyter keeps is below it.
    """
    build = build or build_dir()
    own = build / "jupyter"
    return {
        "BUILD_DIR": str(build),
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "MPLCONFIGDIR": str(own / "matplotlib"),
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def notebook_settings(build: Path, ledger: Path, declared: Iterable[str] = ()) -> Settings:
    """What the environment of a notebook's execution must have, on whichever machine that is.

    Args:
        build: the build folder.
        ledger: where the notebook's rows of the ledger go.
        declared: the variables that the notebook's result depends on, as its metadata names them.
    """
    handed_on = {name: os.environ.get(name) for name in ("LANES", *declared)}
    return {**handed_on, **kernel_environment(build), "LEDGER_DIR": str(ledger)}


def child_environment(settings: Settings) -> dict[str, str]:
    """The whole environment of a process of this machine that executes a notebook."""
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return {name: value for name, value in {**inherited, **settings}.items() if value is not None}
