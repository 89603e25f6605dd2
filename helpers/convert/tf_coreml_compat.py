"""tf-coreml, the paper's converter from .pb to .mlmodel, on today's TensorFlow and NumPy.

The package `tfcoreml` 2.0 is its last version: for TensorFlow 1.5 to 1.14 and Python up to 3.7. Today it can still be
imported, but then finds names missing: TensorFlow 1's functions live in `tf.compat.v1` now, and `numpy.int` is gone.
Its modules look all of these up in names of their own, so while a conversion runs, those names, and no others, mean
stand-ins. TensorFlow, NumPy and every other module stay as they are.

Four more stand-ins make the conversion a function without effects: what it would print is kept, the graph comes from
memory instead of a file, the specification is handed out instead of being given to Apple's compiler, and the numbers
with which it runs the graph to see its shapes do not come from NumPy's random numbers, which a caller may be using.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from threading import RLock
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import tensorflow as tf

from helpers.coreml.library import coreml_missing, coreml_module
from helpers.errors import LaneError

_ABSENT = object()

# The stand-ins are put into the package's own modules, which all threads share; and while it is imported, what the
# process prints goes nowhere.
_ONE_AT_A_TIME = RLock()


@dataclass(frozen=True)
class TfCoreml:
    """The converter, ready to run.

    Attributes:
        convert: the package's `convert`; the path of the graph that it is given means nothing.
        printed: the lines that it has printed so far.
    """

    convert: Callable[..., Any]
    printed: list[str]


def tf_coreml_available() -> bool:
    """Whether tfcoreml, and coremltools, on which it builds, are installed."""
    return coreml_missing() is None and find_spec("tfcoreml") is not None


def tf_coreml_module(name: str) -> Any:
    """Import a module of tfcoreml, as it is.

    Args:
        name: the module, such as `tfcoreml._ops_to_layers`.

    Raises:
        LaneError: tfcoreml or coremltools is not installed.
    """
    if coreml_missing() is None and not tf_coreml_available():
        raise LaneError(
            "expected the package tfcoreml, version 2.0, the paper's converter from .pb to .mlmodel; received none: "
            "install requirements.lock again, or convert the Keras model with coremltools"
        )
    with _ONE_AT_A_TIME:
        return coreml_module(name)


@contextmanager
def tf_coreml(graph: tf.compat.v1.GraphDef) -> Iterator[TfCoreml]:
    """Make tf-coreml ready to convert a graph, while the block runs; other threads wait.

    Args:
        graph: the graph that `convert` will read, instead of a file.

    Raises:
        LaneError: tfcoreml or coremltools is not installed.
    """
    printed: list[str] = []
    libraries = {"np": _old_numpy(), "tf": tf.compat.v1}
    builtins = {
        "print": lambda *words: printed.append(" ".join(map(str, words))),
        "open": lambda *_: BytesIO(graph.SerializeToString()),
    }
    with _ONE_AT_A_TIME, ExitStack() as stack:
        converter = tf_coreml_module("tfcoreml._tf_coreml_converter")
        transform = tf_coreml_module("tfcoreml._tf_graph_transform")
        for module in [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "tfcoreml"]:
            for name in libraries.keys() & vars(module).keys():
                stack.enter_context(_meaning(module, name, libraries[name]))
            for name, function in builtins.items():
                stack.enter_context(_meaning(module, name, function))
        stack.enter_context(_meaning(converter, "MLModel", lambda specification: specification))
        # It takes operations for constants whose values are alike for two random images, which a network's can be by
        # chance. What is constant has been folded before.
        stack.enter_context(_meaning(transform, "MARK_CONST_OPS_BASED_ON_OUTPUT_VALUES", False))
        yield TfCoreml(converter.convert, printed)


def _old_numpy() -> SimpleNamespace:
    """NumPy's names, with the one that is gone, and with random numbers of its own, the same each time."""
    return SimpleNamespace(**{**vars(np), "int": int, "random": np.random.RandomState(0)})


@contextmanager
def _meaning(module: ModuleType, name: str, value: object) -> Iterator[None]:
    """Let a module's name mean something else while the block runs."""
    before = vars(module).get(name, _ABSENT)
    setattr(module, name, value)
    try:
        yield
    finally:
        if before is _ABSENT:
            delattr(module, name)
        else:
            setattr(module, name, before)
