"""The same Keras file under another of Keras' backends.

Keras takes its backend when it is imported, so another one needs a Python of its own. Used by notebook
03_freeze_for_android to test the paper's statement that a .h5 file works across backends (section II.B.1).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from helpers.errors import ModelFileError

_SCRIPT = """
import sys, keras
from helpers.data import load_mnist
model = keras.models.load_model(sys.argv[1], compile=False)
images = load_mnist("test")[0][: int(sys.argv[2])].astype("float32") / 255
answers = keras.ops.convert_to_numpy(model(images)).argmax(axis=1)
print(keras.backend.backend(), *answers)
"""
_TIMEOUT_S = 600


def answers_with_backend(backend: str, h5_file: Path, count: int) -> list[int]:
    """Classify the first MNIST test digits with a Keras file under a backend.

    Args:
        backend: `jax`, `tensorflow` or `torch`, as far as it is installed.
        h5_file: LeNet's .h5 file.
        count: how many digits.

    Returns:
        The answers, 0-9, in the order of the digits.

    Raises:
        ModelFileError: Keras could not load or run the file under that backend.
    """
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(h5_file), str(count)],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    used, *answers = done.stdout.split() or [""]
    if done.returncode != 0 or used != backend:
        reason = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        raise ModelFileError(f"expected {h5_file.name} to run under Keras' backend {backend!r}; received: {reason}")
    return [int(answer) for answer in answers]
