"""From a path to a Core ML model's checked contents: a `.mlmodel` file, or a `.mlpackage` folder.

What is in it comes from a stranger: sizes, form, names and offsets are checked before they are used, and no file
outside is ever opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.coreml.package import LARGEST_BYTES, specification_of, weights_of
from helpers.coreml.specification import Kind, blob_values, parse_specification
from helpers.coreml.weights_blob import WeightsBlob
from helpers.errors import ModelFileError
from helpers.files import sha256_bytes


@dataclass(frozen=True)
class CoreMLFile:
    """A Core ML model, read and looked at.

    Attributes:
        name: the name of the file or folder, for messages.
        specification: the message, `coremltools.proto.Model_pb2.Model`, whose form was checked.
        weights: the file of weights that its program names; None where it names none, as in a neural network.
        kind: `neural_network` or `ml_program`.
    """

    name: str
    specification: Any
    weights: WeightsBlob | None
    kind: Kind

    def sha256(self) -> str:
        """The SHA-256 of all that it holds."""
        weights = self.weights.content if self.weights is not None else b""
        return sha256_bytes(self.specification.SerializeToString(deterministic=True) + weights)


def read_coreml(path: Path) -> CoreMLFile:
    """Read a Core ML model.

    Args:
        path: a `.mlmodel` file or a `.mlpackage` folder.

    Returns:
        Its contents. Every blob of weights that a program names is there, whole; whether layers and operations make
        sense is seen when they are computed.

    Raises:
        ModelFileError: there is no such file; it is damaged, too large or unsafe; or of a kind that is not read here.
        LaneError: coremltools is not installed.
    """
    wanted = f"expected {path.name} to be a Core ML model"
    try:
        if path.is_dir():
            source = specification_of(path, wanted)
        elif path.is_file():
            source = path
        else:
            raise ModelFileError(
                f"{wanted}; there is no such file or folder in {path.parent}; give a .mlmodel file or a .mlpackage "
                "folder"
            )
        specification, kind = parse_specification(_content(source, wanted), wanted)
        weights = None
        if kind == "ml_program":
            weights = _weights(specification.mlProgram, source if source != path else None, wanted)
    except OSError as error:
        raise ModelFileError(
            f"{wanted}; it cannot be read: {error.strerror or error}; correct its rights, or copy it again"
        ) from error
    return CoreMLFile(path.name, specification, weights, kind)


def _content(path: Path, wanted: str) -> bytes:
    size = path.stat().st_size
    if not 0 < size <= LARGEST_BYTES:
        raise ModelFileError(
            f"{wanted}; {path.name} should have 1 to {LARGEST_BYTES:,} bytes; received {size:,}; copy it again"
        )
    return path.read_bytes()


def _weights(program: Any, specification: Path | None, wanted: str) -> WeightsBlob | None:
    """The file that a program's blobs lie in; `specification` is None for a program without a package."""
    values = list(blob_values(program))
    if not values:
        return None
    names = sorted({value.fileName for value in values})
    if specification is None or len(names) > 1:
        received = "a file alone, which names " if specification is None else "a program that names "
        received += ", ".join(name[:80] for name in names[:3])
        raise ModelFileError(
            f"{wanted} with its weights in one file of a .mlpackage folder; received {received}; give the whole "
            "folder, or convert the model again"
        )
    path = weights_of(specification, names[0], wanted)
    weights = WeightsBlob(path.name, _content(path, wanted))
    for value in values:
        weights.check(value.offset)
    return weights
