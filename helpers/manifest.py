"""The manifest: everything an app or an engine must know about a model, in one checked JSON file.

`build/models/<model>/manifest.json` lies beside the files it describes. Java, Swift and Python read the same file, so
no node name, size or preprocessing number is typed by hand (paper, section II.B.2: "manually set up the model").
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from helpers.errors import DataError, ManifestError
from helpers.files import path_bytes, sha256_path, write_text
from helpers.preprocess import ImageInput
from helpers.untrusted import first_faults, read_bounded

MANIFEST_NAME = "manifest.json"

_LARGEST_BYTES = 16 * 2**20

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1)]
Format = Literal[
    "h5",
    "frozen_pb",
    "tf_mobile_pb",
    "plain_tensorflow_pb",
    "tflite",
    "mlmodel",
    "mlpackage_fp32",
    "mlpackage_fp16",
    "mlmodel_from_pb",
    "mlmodel_tf_coreml",
    "mlmodel_from_plain_pb",
    "mlmodel_plain_tf_coreml",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelFile(_Strict):
    """One file of a model, and the names by which it is fed and read.

    A `.mlpackage` is a folder that systems show as one file; `helpers.files.sha256_path` says what its hash is.
    """

    format: Format
    path: Annotated[str, Field(min_length=1, max_length=120)]
    sha256: Annotated[Sha256, Field(description="of the file; of a folder: see helpers.files.sha256_path")]
    bytes: Annotated[int, Field(gt=0)]
    input_node: Text
    output_node: Text
    intermediate_nodes: tuple[Text, ...] = ()
    recipe: Annotated[Sha256, Field(description="hash of all that determined this file: weights, code, tool versions")]

    @field_validator("path")
    @classmethod
    def _stays_in_its_folder(cls, path: str) -> str:
        if PureWindowsPath(path).name != path or PurePosixPath(path).name != path or path == "..":
            raise ValueError(f"expected the name of a file beside the manifest, received {path!r}")
        return path


class Weights(_Strict):
    """Where the numbers in a model come from. Whatever is shown of an untrained model must say so.

    Of `given` weights, a user's own, nobody here knows what they were trained on.
    """

    kind: Literal["trained", "untrained", "given"]
    source: Text
    licence: Text
    sha256: Sha256


class ModelDescription(_Strict):
    """What a model is, whichever file holds it: its name, input, labels and weights."""

    model: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: Text
    citation: Text
    input: ImageInput
    labels: Annotated[tuple[Text, ...], Field(min_length=2)]
    label_ids: Annotated[tuple[Text, ...], Field(description="WordNet ids of the labels; empty for the digits")] = ()
    weights: Weights

    @field_validator("labels")
    @classmethod
    def _each_label_once(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        # An app finds a class by its label. Swift, unlike Python, holds two texts to be the same if Unicode does.
        counts = Counter(unicodedata.normalize("NFC", label) for label in labels)
        label, times = counts.most_common(1)[0]
        if times > 1:
            raise ValueError(f"expected each label once, received {label[:60]!r} {times} times")
        return labels

    @model_validator(mode="after")
    def _as_many_ids_as_labels(self) -> Self:
        if len(self.label_ids) not in (0, len(self.labels)):
            raise ValueError(f"expected {len(self.labels)} label_ids, or none; received {len(self.label_ids)}")
        return self


class Manifest(ModelDescription):
    """A model as an app sees it: its description, its files, and the tools that made them."""

    schema_version: Literal[1] = 1
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1)]
    tools: dict[str, str]

    @field_validator("files")
    @classmethod
    def _one_file_per_format(cls, files: tuple[ModelFile, ...]) -> tuple[ModelFile, ...]:
        formats = [file.format for file in files]
        if len(set(formats)) < len(formats) or len({file.path for file in files}) < len(files):
            raise ValueError(f"expected each format and each path once, received {formats}")
        return files

    def file(self, file_format: str) -> ModelFile:
        """The file of a format.

        Raises:
            ManifestError: the model has no file of that format.
        """
        for file in self.files:
            if file.format == file_format:
                return file
        formats = ", ".join(file.format for file in self.files)
        raise ManifestError(f"{self.model} has files of the formats {formats}; received {file_format!r}")


def load_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a model's folder. The files it names are checked when they are opened.

    Raises:
        ManifestError: there is no manifest, or it breaks a rule; the message names the field.
    """
    path = folder / MANIFEST_NAME
    way_out = "make it with helpers.artifacts.build_model, or run 'make notebooks'"
    try:
        content = read_bounded(path, _LARGEST_BYTES, "the manifest", way_out)
    except DataError as error:
        raise ManifestError(str(error)) from error
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise ManifestError(
            f"{path} is not a valid manifest: {first_faults(error)}; build the model again to replace it"
        ) from error


def save_manifest(manifest: Manifest, folder: Path) -> None:
    """Write a manifest into a model's folder, whole; see `helpers.files.whole_file` for the errors."""
    content = manifest.model_dump(mode="json")
    write_text(folder / MANIFEST_NAME, json.dumps(content, indent=1) + "\n")


def checked_file(manifest: Manifest, folder: Path, file_format: str) -> Path:
    """The path of a model's file, after comparing its content with the manifest.

    Raises:
        ManifestError: the file is missing, damaged, or of another model.
    """
    file = manifest.file(file_format)
    path = folder / file.path
    try:
        there = path.exists() and not path.is_symlink()
        size, received = (path_bytes(path), sha256_path(path)) if there else (0, "")
    except OSError as error:
        raise ManifestError(
            f"cannot read {path}: {error.strerror}; correct its rights, or build the model again"
        ) from error
    if not there:
        raise ManifestError(
            f"{manifest.model}'s manifest names {file.path}; {folder} has no such file; build the model again"
        )
    if received != file.sha256:
        raise ManifestError(
            f"{path} is damaged or of another model: expected {file.bytes:,} bytes with SHA-256 {file.sha256}, "
            f"received {size:,} bytes with {received}; build the model again"
        )
    return path


def manifest_schema() -> dict[str, Any]:
    """The manifest's JSON Schema; `data/schemas/manifest.schema.json` is a copy that a test holds to this."""
    schema = Manifest.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


if __name__ == "__main__":
    print(json.dumps(manifest_schema(), indent=1))
