"""A small Core ML classifier in all kinds of file, for the tests of what reads and computes them."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.coreml.file import CoreMLFile
from helpers.coreml.library import coreml_module
from helpers.coreml.specification import main_block

# Windows has neither this nor coremltools.
resource = pytest.importorskip("resource")

KINDS = ["tiny.mlmodel", "tiny32.mlpackage", "tiny16.mlpackage"]
LABELS = ("ant", "bee", "crane", "dürüm", "eel")
ITEM = Path("Data/com.apple.CoreML")
SPECIFICATION = ITEM / "model.mlmodel"
WEIGHTS = ITEM / "weights" / "weight.bin"


def conversions() -> dict[str, dict[str, Any]]:
    """What coremltools is to be told for each kind of file."""
    precision = coreml_module("coremltools").precision
    return {
        ".mlmodel": {"convert_to": "neuralnetwork"},
        "32.mlpackage": {"convert_to": "mlprogram", "compute_precision": precision.FLOAT32},
        "16.mlpackage": {"convert_to": "mlprogram", "compute_precision": precision.FLOAT16},
    }


def write_samples(folder: Path) -> Path:
    """Fill a folder with a small classifier of BGR images of 8 x 6 pixels, in the three kinds of file."""
    ct = coreml_module("coremltools")
    mb = coreml_module("coremltools.converters.mil").Builder
    random = np.random.default_rng(0)
    filters, weights = (random.normal(size=size).astype(np.float32) for size in [(4, 3, 3, 3), (5, 96)])

    def program(image: Any) -> Any:
        image = mb.relu(x=mb.conv(x=image, weight=filters, bias=np.arange(4, dtype=np.float32)))
        image = mb.linear(x=mb.reshape(x=image, shape=(1, 96)), weight=weights, bias=np.arange(5, dtype=np.float32))
        return mb.softmax(x=image, axis=-1, name="probabilities")

    image_type = ct.ImageType(
        "image", (1, 3, 8, 6), scale=1 / 127.5, bias=[-1.0, -2.0, -3.0], color_layout=ct.colorlayout.BGR
    )
    for suffix, options in conversions().items():
        classifier = ct.ClassifierConfig(list(LABELS))
        model = ct.convert(
            mb.program(input_specs=[mb.TensorSpec((1, 3, 8, 6))])(program),
            inputs=[image_type],
            classifier_config=classifier,
            **options,
        )
        model.save(str(folder / f"tiny{suffix}"))
    return folder


def written(message: Any, folder: Path) -> Path:
    """A message as a file; a program's goes into a package that is there."""
    if message.WhichOneof("Type") != "mlProgram":
        path = folder / "changed.mlmodel"
        path.write_bytes(message.SerializeToString())
        return path
    (folder / "copy.mlpackage" / SPECIFICATION).write_bytes(message.SerializeToString())
    return folder / "copy.mlpackage"


def declared_blobs(file: CoreMLFile) -> dict[int, tuple[str, int]]:
    """The type and count that a program declares for the blob at each offset."""
    found = {}
    for operation in main_block(file.specification).operations:
        value = operation.attributes.get("val")
        if value is not None and value.HasField("blobFileValue"):
            tensor = value.type.tensorType
            sizes = [dimension.constant.size for dimension in tensor.dimensions]
            found[value.blobFileValue.offset] = ("float16" if tensor.dataType == 10 else "float32", math.prod(sizes))
    return found


def peak_bytes() -> int:
    """The most memory that this process has had at any time."""
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
