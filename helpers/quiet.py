"""Keep native libraries' start-up chatter out of the notebooks.

TensorFlow and LiteRT write notices ("oneDNN custom operations are on", "Created XNNPACK delegate") straight to the
process's error stream, where no Python setting reaches them. A reader cannot tell them from a warning that matters.
Errors are not touched: they come as exceptions.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_STDERR = 2


@contextmanager
def quiet_native_stderr() -> Iterator[None]:
    """Send what is written to file descriptor 2 nowhere while the block runs."""
    sys.stderr.flush()
    kept = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        os.close(nowhere)


def quiet_tensorflow() -> None:
    """Make TensorFlow's import silent, and its advice on old interfaces and formats too; called once, by the package.

    The paper's steps are made of those: TensorFlow 1's functions and the .h5 format.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    for library in ("tensorflow", "absl"):
        logging.getLogger(library).addFilter(lambda record: record.levelno >= logging.ERROR)
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _QuietTensorFlowFinder())


class _QuietTensorFlowFinder(MetaPathFinder):
    """Finds TensorFlow as usual, but runs its import quietly. It steps aside after that."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        with quiet_native_stderr():
            self._loader.exec_module(module)
