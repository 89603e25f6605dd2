"""What every engine has in common: check, preprocess, invoke, check again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helpers.errors import ModelFileError
from helpers.manifest import Manifest, checked_file
from helpers.preprocess import check_images, to_tensor

Precision = Literal["float32", "float16"]


class Engine(ABC):
    """A model in a runtime.

    Attributes:
        name: the engine's short name.
        title: how tables and figures call it.
        where: on what it runs, one of the ledger's `pc`, `jvm`, `arm-emulated`, `swift-linux`, `phone`.
        file_format: the format of the model file it reads.
        precision: the type of the numbers between the layers.
        takes_images: whether `invoke` takes images as they are, because the runtime or the file preprocesses them.
        batch_size: how many images `predict` hands to the runtime at a time.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    where: ClassVar[str] = "pc"
    file_format: ClassVar[str]
    precision: ClassVar[Precision] = "float32"
    takes_images: ClassVar[bool] = False
    batch_size: ClassVar[int] = 256

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        """Check the model file against its manifest.

        Raises:
            ManifestError: the file is missing, damaged or of another model.
        """
        self.manifest = manifest
        self.file = manifest.file(self.file_format)
        self.path = checked_file(manifest, folder, self.file_format)

    def prepare(self, images: NDArray[np.uint8]) -> NDArray[Any]:
        """Turn images into what `invoke` takes: for most engines the preprocessed tensor.

        Args:
            images: uint8 (n, height, width, channels) at the model's input size; colour images are RGB.

        Returns:
            float32 (n, height, width, channels); or the images themselves, for an engine that takes these.

        Raises:
            ImageError: the images are not what the model takes.
        """
        if self.takes_images:
            check_images(images, self.manifest.input)
            return images
        return to_tensor(images, self.manifest.input)

    @abstractmethod
    def invoke(self, tensor: NDArray[Any]) -> NDArray[np.float32]:
        """Run the network alone.

        Args:
            tensor: what `prepare` gives.

        Returns:
            float32 (n, classes), the probabilities.
        """

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """The tools, and their versions, on which a result of this engine depends."""

    def predict(self, images: NDArray[np.uint8], progress: bool = False) -> NDArray[np.float32]:
        """Classify images.

        Args:
            images: uint8 (n, height, width, channels) at the model's input size; colour images are RGB.
            progress: show a progress bar over the images.

        Returns:
            float32 (n, classes), the probabilities; each row sums to 1.

        Raises:
            ImageError: the images are not what the model takes.
            ModelFileError: the runtime gave something that is not probabilities.
        """
        check_images(images, self.manifest.input)
        rows = []
        with tqdm(total=len(images), desc=self.title, unit="image", disable=not progress) as bar:
            # Preprocessed batch by batch: floats take four times the memory of the images.
            for start in range(0, len(images), self.batch_size):
                batch = self.prepare(images[start : start + self.batch_size])
                try:
                    probabilities = self.invoke(batch)
                except (ValueError, TypeError, RuntimeError) as error:
                    reason = str(error).strip().partition("\n")[0]
                    raise ModelFileError(
                        f"{self.title} cannot run {self.path.name}: {reason}; is it another model's file?"
                    ) from error
                rows.append(self._checked(probabilities, len(batch)))
                bar.update(len(batch))
        return np.concatenate(rows)

    def close(self) -> None:  # noqa: B027 - most runtimes have nothing to let go of
        """Let go of the runtime. Calling it twice does no harm."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _checked(self, probabilities: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        expected = (count, len(self.manifest.labels))
        if probabilities.shape != expected or not np.isfinite(probabilities).all():
            raise ModelFileError(
                f"expected {self.path.name} to give finite probabilities of shape {expected}; received shape "
                f"{probabilities.shape}, {np.isfinite(probabilities).sum()} finite numbers; is it another model's file?"
            )
        return np.asarray(probabilities, np.float32)
