"""The environment of the kernels: settings of the user's own Jupyter, IPython or matplotlib have no influence."""

from __future__ import annotations

import os
from pathlib import Path

from helpers.files import build_dir

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


def child_environment(build: Path, ledger: Path) -> dict[str, str]:
    """The whole environment of a process that executes a notebook.

    Args:
        build: the build folder.
        ledger: where the notebook's rows of the ledger go.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return {**inherited, **kernel_environment(build), "LEDGER_DIR": str(ledger)}
