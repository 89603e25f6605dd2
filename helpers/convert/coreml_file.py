"""The finish of a Core ML file: names and words for those who open it in Xcode, and bytes that do not change.

Xcode shows a model's description on a page of its own and makes a class from it: its properties are the names of the
features, and its comments their descriptions.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.coreml.file import CoreMLFile, read_coreml
from helpers.coreml.library import coreml_module
from helpers.files import whole_folder, write_bytes
from helpers.manifest import ModelDescription

_MANIFEST = "Manifest.json"


def finish(
    specification: Any,
    about: ModelDescription,
    names: Mapping[str, str],
    shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> None:
    """Give a converted classifier's features their names, and describe it in words.

    Args:
        specification: the Model message of a classifier, which is changed.
        about: what the model is.
        names: for the name of each feature as converted its final name: `image`, `probabilities`, and a layer's own.
        shapes: for each further output its shape, by its final name.
    """
    ct = coreml_module("coremltools")
    program = specification.WhichOneof("Type") == "mlProgram"
    # In an ML program the probabilities have one name as a tensor and another as a table by label.
    table = specification.description.predictedProbabilitiesName
    for old, new in names.items():
        ct.utils.rename_feature(specification, table if program and new == "probabilities" else old, new)
    _describe(specification, about, shapes or {})


def _describe(specification: Any, about: ModelDescription, shapes: Mapping[str, tuple[int, ...]]) -> None:
    description = specification.description
    (network_input,) = description.input
    network_input.shortDescription = _input_in_words(about, network_input.type.WhichOneof("Type") == "imageType")
    # coremltools 9 declares the first of several outputs as the table of probabilities, whichever that is.
    del description.output[:]
    label = description.output.add(name="classLabel", shortDescription="The most probable class")
    label.type.stringType.SetInParent()
    table = description.output.add(name="probabilities", shortDescription="The probability of each class")
    table.type.dictionaryType.stringKeyType.SetInParent()
    for name, shape in shapes.items():
        layer = description.output.add(name=name, shortDescription=f"The output of the layer {name}")
        layer.type.multiArrayType.shape.extend(shape)
        layer.type.multiArrayType.dataType = layer.type.multiArrayType.FLOAT32
    description.predictedFeatureName = "classLabel"
    description.predictedProbabilitiesName = "probabilities"
    metadata = description.metadata
    metadata.shortDescription = _in_words(about)
    metadata.author = about.citation
    metadata.license = about.weights.licence
    metadata.versionString = about.weights.sha256[:8]
    # The day of the conversion would make every file another one.
    for key in [key for key in metadata.userDefined if key.endswith("conversion_date")]:
        del metadata.userDefined[key]


def save_coreml(specification: Any, target: Path, weights: str | None = None) -> None:
    """Write a Core ML model whole or not at all; the same model gives the same bytes.

    Args:
        specification: the Model message.
        target: the `.mlmodel` file; or for an ML program the `.mlpackage` folder.
        weights: for an ML program the folder of its weights, `MLModel.weights_dir`.

    Raises:
        ArtifactWriteError: the target cannot be written.
    """
    content = specification.SerializeToString(deterministic=True)
    if weights is None:
        write_bytes(target, content)
        return
    with whole_folder(target) as folder:
        inner = folder / "Data" / "com.apple.CoreML"
        inner.mkdir(parents=True)
        (inner / "model.mlmodel").write_bytes(content)
        shutil.copytree(weights, inner / "weights", copy_function=shutil.copyfile)
        (folder / _MANIFEST).write_text(_package_manifest(), encoding="utf-8", newline="\n")


def read_back(model: Any) -> CoreMLFile:
    """Save a converted model as coremltools does, and read it as a stranger's file.

    Args:
        model: coremltools' MLModel.

    Returns:
        The contents of the file, which is gone again.

    Raises:
        ModelFileError: it is no model that the reader takes.
    """
    suffix = ".mlmodel" if model.weights_dir is None else ".mlpackage"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{suffix}"
        model.save(str(path))
        return read_coreml(path)


def _package_manifest() -> str:
    """The list of a package's items. coremltools draws their names at random; these are always the same."""
    items = {
        "com.apple.CoreML/model.mlmodel": ("model.mlmodel", "CoreML Model Specification"),
        "com.apple.CoreML/weights": ("weights", "CoreML Model Weights"),
    }
    identifiers = {path: str(uuid.uuid5(uuid.NAMESPACE_URL, path)).upper() for path in items}
    content = {
        "fileFormatVersion": "1.0.0",
        "itemInfoEntries": {
            identifiers[path]: {"author": "com.apple.CoreML", "description": text, "name": name, "path": path}
            for path, (name, text) in items.items()
        },
        "rootModelIdentifier": identifiers["com.apple.CoreML/model.mlmodel"],
    }
    return json.dumps(content, indent=4) + "\n"


def _in_words(about: ModelDescription) -> str:
    classes = f"{len(about.labels):,} classes"
    if about.label_ids:
        classes = f"the {classes} of ImageNet"
    elif about.labels == tuple("0123456789"):
        classes = "the ten digits"
    return f"{about.title} tells {classes} apart. Weights: {about.weights.source}."


def _input_in_words(about: ModelDescription, image: bool) -> str:
    height, width, channels = about.input.shape
    if image:
        text = f"A {'gray' if channels == 1 else 'colour'} image of {width} x {height} pixels, as the camera gives it"
        rule = about.input.resize
        return f"{text}: shorter side resized to {rule.shorter_side}, then the centre cut out" if rule else text
    order = f"in the order {about.input.channel_order}, " if channels > 1 else ""
    return f"float32 (1, {height}, {width}, {channels}), {order}already preprocessed: pixel * scale + bias"
