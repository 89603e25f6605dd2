"""The user's own models beside the six of the paper: where each is kept, and what is known of it.

`helpers.own_model.register_model` puts a checked copy of a Keras file into `build/own_models/<name>/`, with a record of
its input and its labels beside it. From then on `helpers.zoo.model_record` knows the model by its name, and so does
everything that asks there. The tables of the paper's models stay as they are: `model_names` lists six.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from helpers.errors import ModelFileError
from helpers.files import build_dir, sha256_file
from helpers.manifest import ModelDescription

RECORD_NAME = "record.json"
# What a manifest, a run log and both apps take as a model's name.
OWN_NAME = re.compile(r"[a-z0-9_]{1,60}")


class OwnModel(ModelDescription):
    """A user's model: its description, and the copy of the file that it was given in."""

    schema_version: Literal[1] = 1
    file: Literal["model.h5", "model.keras"]


def own_folder(name: str) -> Path:
    """The folder of a user's model: the copy of its file, and its record."""
    return build_dir() / "own_models" / name


def own_model_names() -> tuple[str, ...]:
    """The names of the user's own models, sorted."""
    names = (path.parent.name for path in own_folder("").glob(f"*/{RECORD_NAME}"))
    return tuple(sorted(name for name in names if OWN_NAME.fullmatch(name)))


def find_own_model(name: str) -> OwnModel | None:
    """What is known of a user's model; None if there is none of that name.

    Raises:
        ModelFileError: its record is damaged.
    """
    if not isinstance(name, str) or not OWN_NAME.fullmatch(name):
        return None
    path = own_folder(name) / RECORD_NAME
    if not path.is_file():
        return None
    try:
        own = OwnModel.model_validate_json(path.read_bytes())
        fault = "" if own.model == name else f"it is of {own.model}"
    except (OSError, ValidationError) as error:
        fault = str(error).replace("\n", " ")[:200]
    if fault:
        raise ModelFileError(
            f"expected {path} to be the record of {name}; {fault}; remove its folder, register it again"
        )
    return own


def own_file(own: OwnModel) -> Path:
    """The copy of a user's model file, after comparing it with the record.

    Raises:
        ModelFileError: it is missing, or is not what was registered.
    """
    path = own_folder(own.model) / own.file
    try:
        received = sha256_file(path)
    except OSError as error:
        received = f"none: {error.strerror}"
    if received != own.weights.sha256:
        raise ModelFileError(
            f"expected {path} to be the file that was registered as {own.model}, with SHA-256 {own.weights.sha256}; "
            f"received {received}; remove its folder, register it again"
        )
    return path
