"""What the two kinds of Core ML networks have in common when they are computed step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import tensorflow as tf

from helpers.coreml.layout import Value
from helpers.errors import ModelFileError

# Ten times what the largest network of the paper has.
MOST_STEPS = 20_000


@dataclass(frozen=True)
class Step:
    """One layer or operation of a network.

    Attributes:
        name: its name in the file.
        kind: its type in the file, such as `convolution` or `conv`.
        shape: the shape of what it gives for one image, as the file counts axes.
        gives: the name of the value that it gives.
        reads: the names of the values that it reads.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    gives: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Computed:
    """A network, computed.

    Attributes:
        outputs: its outputs by the names of the file's description.
        steps: what was computed, in that order.
    """

    outputs: dict[str, Value]
    steps: tuple[Step, ...]


@contextmanager
def named(step: str) -> Iterator[None]:
    """Say in which step something failed.

    Args:
        step: the file, and its layer or operation.

    Raises:
        ModelFileError: whatever failed, also in TensorFlow.
    """
    try:
        yield
    except ModelFileError as error:
        advice = "" if "convert" in str(error) else "; convert the model again"
        raise ModelFileError(f"{step}: {error}{advice}") from error
    except (ArithmeticError, LookupError, TypeError, ValueError, tf.errors.OpError) as error:
        reason = str(error).strip().partition("\n")[0][:300]
        raise ModelFileError(
            f"{step}: expected inputs and parameters that can be computed; received some for which TensorFlow says: "
            f"{reason or type(error).__name__}; convert the model again"
        ) from error
