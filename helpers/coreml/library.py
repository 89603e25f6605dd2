"""The package coremltools, imported quietly, or refused with one clear error where it does not exist."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from typing import Any

from helpers.errors import LaneError
from helpers.quiet import quiet_native_stderr

_IMPORTING = threading.Lock()


def coreml_missing() -> str | None:
    """Why the Core ML lane cannot run here, and what to do; None if it can."""
    if find_spec("coremltools") is not None:
        return None
    return (
        "expected the package coremltools, which exists for macOS and for Linux on x86-64; received none: "
        "use one of these systems for Core ML's files, or install requirements.lock again"
    )


def coreml_module(name: str) -> Any:
    """Import coremltools, or a module of it.

    On Linux it would announce that Apple's runtime is not there, and that this TensorFlow is newer than those it was
    tried with. Neither helps a reader: what it converts is checked number by number.

    Args:
        name: the module, such as `coremltools` or `coremltools.proto.Model_pb2`.

    Raises:
        LaneError: coremltools is not installed.
    """
    missing = coreml_missing()
    if missing is not None:
        raise LaneError(missing)
    if name in sys.modules:
        return sys.modules[name]
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    # The streams are the whole process's: one thread at a time may turn them aside.
    with _IMPORTING, quiet_native_stderr(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return import_module(name)
