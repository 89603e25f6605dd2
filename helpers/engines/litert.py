"""LiteRT (TensorFlow Lite) on the PC's own processor."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from helpers.convert.litert import open_interpreter
from helpers.engines.base import Engine
from helpers.errors import ModelFileError
from helpers.manifest import Manifest


class LiteRTEngine(Engine):
    """A .tflite file in the LiteRT interpreter, one image at a time as in an app."""

    name: ClassVar[str] = "litert"
    title: ClassVar[str] = f"LiteRT, {platform.machine()}"
    file_format: ClassVar[str] = "tflite"

    def __init__(self, manifest: Manifest, folder: Path, threads: int = 1) -> None:
        """Open the file.

        Args:
            manifest: the model's manifest.
            folder: the folder of the manifest and its files.
            threads: how many threads the interpreter may use inside one invocation; 1 to 256.

        Raises:
            ModelFileError: the file is not a whole .tflite model of this input size, or `threads` is not 1 to 256.
        """
        super().__init__(manifest, folder)
        if not isinstance(threads, int) or not 1 <= threads <= 256:
            raise ModelFileError(f"expected 1 to 256 threads; received {threads!r}")
        self.threads = threads
        self._interpreter = open_interpreter(self.path.read_bytes(), self.path.name, threads)
        (network_input,) = self._interpreter.get_input_details()
        (network_output,) = self._interpreter.get_output_details()
        expected = (1, *manifest.input.shape)
        if tuple(network_input["shape"]) != expected:
            raise ModelFileError(
                f"expected {self.path.name} to take a tensor of shape {expected}; received one that takes "
                f"{tuple(map(int, network_input['shape']))}; is it another model's file?"
            )
        self._input, self._output = network_input["index"], network_output["index"]

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Engine.invoke`."""
        rows = []
        for image in tensor:
            self._interpreter.set_tensor(self._input, image[np.newaxis])
            self._interpreter.invoke()
            rows.append(self._interpreter.get_tensor(self._output))
        return np.concatenate(rows)

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        return {"ai-edge-litert": version("ai-edge-litert"), "threads": str(self.threads)}
