"""Core ML's files on any system, read and computed by `helpers.coreml`: nothing passes from Keras but the file.

Apple's own runtime exists on Apple's systems alone. There it is a further engine, `AppleCoreMLEngine`, asked for by its
own name; nothing here ever takes its place in silence.
"""

from __future__ import annotations

import platform
from copy import copy
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from helpers.coreml.file import CoreMLFile, read_coreml
from helpers.coreml.image import ImageFeature
from helpers.coreml.library import coreml_module
from helpers.coreml.network import CoreMLNetwork
from helpers.engines.base import Engine, Precision
from helpers.errors import LaneError, ModelFileError
from helpers.manifest import Manifest


class CoreMLEngine(Engine):
    """A Core ML file in the reference runner. It takes images as they are: the preprocessing is in the file."""

    takes_images: ClassVar[bool] = True
    batch_size: ClassVar[int] = 64

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        """Read the file.

        Raises:
            ModelFileError: it is damaged, holds what the runner does not know, or is of another model.
        """
        super().__init__(manifest, folder)
        self.network = CoreMLNetwork(self.content())
        self._alteration: dict[str, str] = {}
        image = self.network.input
        wanted = f"expected {self.path.name} to take images of {manifest.input.height} x {manifest.input.width} pixels"
        if not isinstance(image, ImageFeature):
            raise ModelFileError(f"{wanted}; received one that takes an array; convert it with an image input")
        expected = manifest.input.height, manifest.input.width, manifest.input.channel_order
        if (image.height, image.width) != expected[:2] or (image.channel_order == "gray") != (expected[2] == "gray"):
            raise ModelFileError(
                f"{wanted}, {manifest.input.channel_order}; received one for {image.height} x {image.width}, "
                f"{image.channel_order}; is it another model's file?"
            )
        if self.network.class_labels != manifest.labels:
            raise ModelFileError(
                f"expected {self.path.name} to hold the manifest's {len(manifest.labels)} labels, in their order; "
                f"received {len(self.network.class_labels)}, or others; convert it again"
            )
        if self.file.output_node not in self.network.outputs:
            raise ModelFileError(
                f"expected {self.path.name} to have an output {self.file.output_node!r}; received "
                f"{', '.join(self.network.outputs)}; build the model again"
            )

    def content(self) -> CoreMLFile:
        """The file, read and looked at."""
        return read_coreml(self.path)

    def invoke(self, tensor: NDArray[Any]) -> NDArray[np.float32]:
        """See `Engine.invoke`; takes uint8 images."""
        probabilities: NDArray[np.float32] = self.network.run(tensor)[self.file.output_node]
        return probabilities

    def altered(self, what: str, file: CoreMLFile) -> CoreMLEngine:
        """The same engine with a file that is wrong on purpose, for the controls of a check.

        Args:
            what: what is wrong with it, in words.
            file: from `helpers.coreml.alterations`.
        """
        other = copy(self)
        other.network = CoreMLNetwork(file)
        other._alteration = {"alteration": what, "altered": file.sha256()}
        return other

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`; what was altered is part of what a cached prediction depends on."""
        return {"tensorflow": tf.__version__, "coremltools": version("coremltools"), **self._alteration}


class MlmodelEngine(CoreMLEngine):
    """The paper's format: a neural network in float32."""

    name: ClassVar[str] = "mlmodel"
    title: ClassVar[str] = "Core ML .mlmodel"
    file_format: ClassVar[str] = "mlmodel"


class MlpackageFp32Engine(CoreMLEngine):
    """An ML program in float32."""

    name: ClassVar[str] = "mlpackage_fp32"
    title: ClassVar[str] = "Core ML .mlpackage, float32"
    file_format: ClassVar[str] = "mlpackage_fp32"


class MlpackageFp16Engine(CoreMLEngine):
    """An ML program in float16."""

    name: ClassVar[str] = "mlpackage_fp16"
    title: ClassVar[str] = "Core ML .mlpackage, float16"
    file_format: ClassVar[str] = "mlpackage_fp16"
    precision: ClassVar[Precision] = "float16"


class MlmodelFromPbEngine(CoreMLEngine):
    """The frozen graph, converted by coremltools."""

    name: ClassVar[str] = "mlmodel_from_pb"
    title: ClassVar[str] = ".pb -> coremltools"
    file_format: ClassVar[str] = "mlmodel_from_pb"


class TfCoreMLEngine(CoreMLEngine):
    """The frozen graph, converted by tf-coreml."""

    name: ClassVar[str] = "mlmodel_tf_coreml"
    title: ClassVar[str] = ".pb -> tf-coreml"
    file_format: ClassVar[str] = "mlmodel_tf_coreml"


class PlainMlmodelFromPbEngine(CoreMLEngine):
    """The graph written in TensorFlow alone, converted by coremltools."""

    name: ClassVar[str] = "mlmodel_from_plain_pb"
    title: ClassVar[str] = "Plain TensorFlow .pb -> coremltools"
    file_format: ClassVar[str] = "mlmodel_from_plain_pb"


class PlainTfCoreMLEngine(CoreMLEngine):
    """The graph written in TensorFlow alone, converted by tf-coreml."""

    name: ClassVar[str] = "mlmodel_plain_tf_coreml"
    title: ClassVar[str] = "Plain TensorFlow .pb -> tf-coreml"
    file_format: ClassVar[str] = "mlmodel_plain_tf_coreml"


class AppleCoreMLEngine(Engine):
    """Apple's own runtime, on macOS."""

    name: ClassVar[str] = "apple_mlmodel"
    title: ClassVar[str] = "Apple's Core ML, .mlmodel"
    file_format: ClassVar[str] = "mlmodel"
    takes_images: ClassVar[bool] = True
    batch_size: ClassVar[int] = 1

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        """Load the file.

        Raises:
            LaneError: this is not macOS.
            ModelFileError: Core ML refuses the file.
        """
        if platform.system() != "Darwin":
            raise LaneError(
                f"expected macOS, on which alone Apple's Core ML runs; received {platform.system()}; "
                f"take the engine {self.file_format!r}, which reads the same file on any system"
            )
        super().__init__(manifest, folder)
        try:
            self._model = coreml_module("coremltools").models.MLModel(str(self.path))
        except Exception as error:  # Core ML has many kinds of its own
            reason = str(error).strip().partition("\n")[0]
            raise ModelFileError(f"Apple's Core ML refuses {self.path.name}: {reason}; convert it again") from error

    def invoke(self, tensor: NDArray[Any]) -> NDArray[np.float32]:
        """See `Engine.invoke`; takes uint8 images.

        Raises:
            ModelFileError: Core ML has no probability for one of the labels.
        """
        rows = []
        for image in tensor:
            picture = Image.fromarray(image if image.shape[-1] == 3 else image[..., 0])
            table = self._model.predict({self.file.input_node: picture}).get(self.file.output_node, {})
            missing = [label for label in self.manifest.labels if label not in table]
            if missing:
                raise ModelFileError(
                    f"expected {self.path.name} to give a probability for each of the manifest's "
                    f"{len(self.manifest.labels)} labels; received {len(table)}, none for {missing[0]!r}; "
                    "is it another model's file?"
                )
            rows.append([table[label] for label in self.manifest.labels])
        return np.asarray(rows, np.float32)

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        return {"macos": platform.mac_ver()[0], "coremltools": version("coremltools")}


class AppleMlpackageEngine(AppleCoreMLEngine):
    """Apple's own runtime with an ML program in float16, on macOS."""

    name: ClassVar[str] = "apple_mlpackage_fp16"
    title: ClassVar[str] = "Apple's Core ML, .mlpackage, float16"
    file_format: ClassVar[str] = "mlpackage_fp16"
    precision: ClassVar[Precision] = "float16"
