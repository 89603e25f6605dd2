"""The browser lane: a Chromium without a window, in which the tests open JupyterLab as a reader would.

Playwright is in requirements.lock. It would fetch a browser of its own from the web; here it drives the one that the
system has.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from helpers.errors import LaneError

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ON_A_MAC = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
_ADVICE = "install it with `apt-get install chromium` on Debian, or Google Chrome elsewhere"


def browser_missing() -> str | None:
    """Why no browser can be driven here, in one line with the way out; None where one can."""
    if importlib.util.find_spec("playwright") is None:
        return "the Python package playwright is not installed; run make setup"
    return None if _found() else f"no Chromium on PATH; {_ADVICE}"


def find_browser() -> Path:
    """The Chromium, or Google's build of it, that is installed here.

    Raises:
        LaneError: there is none.
    """
    found = _found()
    if found is None:
        raise LaneError(f"expected Chromium on PATH to open a page with, found none; {_ADVICE}")
    return found


def _found() -> Path | None:
    for program in _PROGRAMS:
        if path := shutil.which(program):
            return Path(path)
    applications = [Path("/Applications", each) for each in _ON_A_MAC] if sys.platform == "darwin" else []
    return next((path for path in applications if path.is_file()), None)
