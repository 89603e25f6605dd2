"""The reference engine: Keras itself, from the .h5 file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.convert.keras_file import load_h5
from helpers.engines.base import Engine
from helpers.errors import ModelFileError
from helpers.manifest import Manifest


class KerasEngine(Engine):
    """Keras on the PC."""

    name: ClassVar[str] = "keras"
    title: ClassVar[str] = "Keras"
    file_format: ClassVar[str] = "h5"

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelFileError: the file is not a Keras model that is safe to load, or takes images of another size.
        """
        super().__init__(manifest, folder)
        self._model = load_h5(self.path)
        if self._model.input_shape[1:] != manifest.input.shape:
            raise ModelFileError(
                f"expected {self.path.name} to take images of shape {manifest.input.shape}; received one that takes "
                f"{self._model.input_shape[1:]}; is it another model's file?"
            )

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Engine.invoke`."""
        return np.asarray(self._model.predict_on_batch(tensor))

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        return {"keras": keras.__version__, "tensorflow": tf.__version__}
