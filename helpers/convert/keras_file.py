"""Keras model files: looked at, then loaded; and written, for every conversion to start from.

A model file is somebody's program. So what it holds is looked at first: whole HDF5 or a whole .keras archive of sane
size, with Keras' own layers alone and none that runs code or reads other files.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras

from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ModelFileError
from helpers.files import whole_file

FORMAT = "h5"
FILE_SUFFIX = ".h5"

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
ZIP_SIGNATURE = b"PK\x03\x04"

_LARGEST_BYTES = 1_000_000_000
_LARGEST_ARCHITECTURE = 10_000_000
_ARCHIVE_MEMBERS = frozenset({"config.json", "metadata.json", "model.weights.h5"})
# What runs code from the file, or another framework's program, or reads a file that the model file names.
_UNSAFE = frozenset(
    {
        "FlaxLayer",
        "IntegerLookup",
        "JaxLayer",
        "Lambda",
        "StringLookup",
        "TFSMLayer",
        "TextVectorization",
        "TorchModuleWrapper",
        "__lambda__",
        "__typespec__",
    }
)
_FUNCTION_MODULES = frozenset({"builtins", "keras.activations"})

# Reads all of an HDF5 file that `check_hdf5` would let pass: at most the file's chunk, what it unpacks to, and a copy.
# BLAS, which is not needed, would take address space for each core.
_READ_ALL = f"""
import math, os, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import h5py
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({4 * _LARGEST_BYTES}, resource.getrlimit(resource.RLIMIT_AS)[1]))
except (ImportError, AttributeError, OSError, ValueError):
    pass
def read(name, item):
    dict(item.attrs)
    if isinstance(item, h5py.Dataset) and not (item.external or item.is_virtual or item.dtype.hasobject):
        if max(math.prod(shape or ()) for shape in (item.shape, item.chunks)) * item.dtype.itemsize <= {_LARGEST_BYTES}:
            item[()]
with h5py.File(sys.argv[1], "r") as file:
    read("/", file)
    file.visititems(read)
"""
_READ_TIMEOUT_S = 120.0


def load_h5(path: Path) -> keras.Model:
    """Load a Keras model from an HDF5 file, for inference.

    Args:
        path: the .h5 file.

    Returns:
        The model, without optimizer or loss.

    Raises:
        ModelFileError: the file is missing, damaged, or not a Keras model that is safe to load.
    """
    wanted = f"expected {path.name} to be a Keras model in HDF5"
    if not path.is_file():
        raise ModelFileError(
            f"{wanted}; there is no such file in {path.parent}; save one with model.save({path.name!r})"
        )
    architecture = check_hdf5(path, wanted)
    if architecture is None:
        raise ModelFileError(
            f"{wanted}; received HDF5 without architecture and weights; save the whole model, not its weights"
        )
    check_architecture(architecture, wanted)
    return _loaded(path, wanted)


def unpack_archive(path: Path, target: Path, wanted: str) -> str:
    """Look at a .keras archive before Keras does, and take its weights out.

    Args:
        path: the .keras file.
        target: the HDF5 file to write, to be looked at with `check_hdf5`.
        wanted: how error messages begin.

    Returns:
        The architecture, as JSON.

    Raises:
        ModelFileError: the file is damaged, or holds what no model file of these networks does.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names, size = {member.filename for member in members}, sum(member.file_size for member in members)
            if not _ARCHIVE_MEMBERS <= names <= _ARCHIVE_MEMBERS | {"assets/"} or len(names) != len(members):
                raise ModelFileError(
                    f"{wanted} of {', '.join(sorted(_ARCHIVE_MEMBERS))}; received {len(members)} files, "
                    f"{_excerpt(sorted(names))}; save the model with Keras 3, without assets"
                )
            # What is unpacked can be any size, whatever the archive says.
            if any(
                member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size
                for member in members
            ):
                raise ModelFileError(
                    f"{wanted} of files that are not compressed; received one that is; refused: save the model with "
                    "Keras 3, which compresses nothing"
                )
            architecture_size = archive.getinfo("config.json").file_size
            if size > _LARGEST_BYTES or architecture_size > _LARGEST_ARCHITECTURE:
                raise ModelFileError(
                    f"{wanted} of at most {_LARGEST_BYTES:,} bytes, {_LARGEST_ARCHITECTURE:,} for config.json; "
                    f"received {size:,} and {architecture_size:,}; refused"
                )
            with archive.open("model.weights.h5") as weights, target.open("wb") as stream:
                shutil.copyfileobj(weights, stream)
            return archive.read("config.json").decode("utf-8")
    except ModelFileError:
        raise
    except Exception as error:  # zipfile and its decompressors raise several kinds for a file that is damaged inside
        raise ModelFileError(f"{wanted}; it cannot be unpacked: {_reason(error)}; save it again") from error


def try_hdf5(path: Path, wanted: str) -> None:
    """Read a stranger's HDF5 file in a process of its own first.

    Some damage makes the HDF5 library crash, or read in a circle for ever; no exception tells of that.

    Args:
        path: the file.
        wanted: how error messages begin.

    Raises:
        ModelFileError: reading it fails, crashes or does not end.
    """
    command = [sys.executable, "-I", "-c", _READ_ALL, str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_READ_TIMEOUT_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        hangs = isinstance(error, subprocess.TimeoutExpired)
        received = "that the HDF5 library cannot read to the end" if hangs else "that are not whole HDF5"
        raise ModelFileError(f"{wanted}; received {path.stat().st_size:,} bytes {received}; save it again") from error


def check_hdf5(path: Path, wanted: str) -> str | None:
    """Look at an HDF5 file before Keras does: whole, of sane size, and pointing at no other file.

    Args:
        path: the file.
        wanted: how error messages begin.

    Returns:
        The architecture in it, as JSON; None where it holds weights alone.

    Raises:
        ModelFileError: the file is damaged, or holds what no model file of these networks does.
    """
    try:
        with h5py.File(path, "r") as file:
            _check_content(file, wanted)
            architecture = file.attrs.get("model_config")
            if architecture is None or "model_weights" not in file:
                return None
            if not isinstance(architecture, str | bytes) or len(architecture) > _LARGEST_ARCHITECTURE:
                received = f"{len(architecture):,}" if isinstance(architecture, str | bytes) else "no text"
                raise ModelFileError(
                    f"{wanted} with an architecture of at most {_LARGEST_ARCHITECTURE:,} bytes of text, model_config; "
                    f"received {received}; refused: save it again"
                )
            # Keras 2 wrote bytes.
            return architecture if isinstance(architecture, str) else architecture.decode("utf-8")
    except ModelFileError:
        raise
    except Exception as error:  # h5py raises several kinds for a file that is damaged inside
        raise ModelFileError(
            f"{wanted}; received {path.stat().st_size:,} bytes that are not whole HDF5; save it again"
        ) from error


def _check_content(file: Any, wanted: str) -> None:
    """Walk through all groups that hard links reach, each once."""
    waiting, seen, total = [file["/"]], {file["/"].id}, 0
    while waiting:
        group = waiting.pop()
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise ModelFileError(
                    f"{wanted}, complete in itself; received one with a link to elsewhere, {_excerpt(name)}; refused"
                )
            item = group[name]
            if isinstance(item, h5py.Group) and item.id not in seen:
                seen.add(item.id)
                waiting.append(item)
            elif isinstance(item, h5py.Dataset):
                if item.dtype.hasobject:
                    raise ModelFileError(
                        f"{wanted}, made of numbers; received {_excerpt(name)} of {item.dtype}, whose size the file "
                        "does not say; refused"
                    )
                # What is read into memory at least: all of it, and one whole chunk. (`size` would overflow.)
                shapes = (item.shape or (), item.chunks or ())
                total += max(math.prod(shape) for shape in shapes) * item.dtype.itemsize
                if item.external or item.is_virtual or total > _LARGEST_BYTES:
                    raise ModelFileError(
                        f"{wanted}, complete in itself and of at most {_LARGEST_BYTES:,} bytes; received "
                        f"{_excerpt(name)}, which lies in another file or brings the sum to {total:,} bytes; refused"
                    )


def check_architecture(architecture: str, wanted: str) -> None:
    """Refuse an architecture with anything but Keras' own layers, or with a layer that runs code or reads files.

    Args:
        architecture: as JSON.
        wanted: how error messages begin.

    Raises:
        ModelFileError: it is refused, or is not JSON.
    """
    try:
        waiting = [json.loads(architecture)]
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{wanted}; its architecture is not JSON: {_reason(error)}; save it again") from error
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            if "class_name" in part:
                _check_part(part, wanted)


def _check_part(part: dict[str, Any], wanted: str) -> None:
    name, module = str(part["class_name"]), str(part.get("module") or "keras")
    if name.rpartition(".")[2] in _UNSAFE:
        raise ModelFileError(
            f"{wanted}; received one with {_excerpt(name)}, which runs code on loading or opens other files; refused: "
            "replace that layer"
        )
    if name == "function":
        name, allowed = str(part.get("config")), module in _FUNCTION_MODULES
    else:
        # Dots would let a name reach from one of Keras' modules into another.
        allowed = "." not in name and module.partition(".")[0] == "keras"
    if not allowed:
        raise ModelFileError(
            f"{wanted}, made of Keras' own layers; received {_excerpt(name)} of the module {_excerpt(module)}; "
            "refused: replace what is not part of Keras"
        )


def _excerpt(received: object) -> str:
    text = repr(received)
    return text if len(text) <= 80 else f"{text[:80]}..."


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__


def _loaded(path: Path, wanted: str) -> keras.Model:
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many kinds for a file that is damaged inside.
        raise ModelFileError(f"{wanted}; Keras cannot rebuild it: {_reason(error)}; save it again") from error
    check_form(model, wanted)
    return model


def check_form(model: keras.Model, wanted: str) -> None:
    """Make sure of what every converter and engine relies on: one float32 image goes in, one row of numbers comes out.

    Args:
        model: the model.
        wanted: how error messages begin.

    Raises:
        ModelFileError: it is another kind of model.
    """
    inputs, outputs = getattr(model, "inputs", None) or [], getattr(model, "outputs", None) or []
    shapes = [tuple(tensor.shape) for tensor in (*inputs, *outputs)]
    good = len(inputs) == len(outputs) == 1 and len(shapes[0]) == 4 and len(shapes[1]) == 2
    if not good or None in (*shapes[0][1:], shapes[1][1]) or inputs[0].dtype != "float32":
        received = [(tuple(tensor.shape), str(tensor.dtype)) for tensor in (*inputs, *outputs)]
        raise ModelFileError(
            f"{wanted} with one float32 input (n, height, width, channels) of a fixed size and one output "
            f"(n, classes); received {len(inputs)} inputs and {len(outputs)} outputs, {received}"
        )


def save_h5(model: keras.Model, target: Path) -> ConvertedNodes:
    """Write a model as the Keras .h5 file that every conversion starts from.

    Args:
        model: a functional Keras model with one image input and one output.
        target: the file to write.

    Returns:
        The names of the input and output layers, and of the layers between.

    Raises:
        ArtifactWriteError: the target cannot be written.
    """
    with whole_file(target) as partial:
        model.save(partial, include_optimizer=False)
    return ConvertedNodes(model.inputs[0].name, output_node(model), tuple(layer.name for layer in inner_layers(model)))


def output_node(model: keras.Model) -> str:
    """The name under which a model's probabilities come out: its last layer's."""
    return str(model.layers[-1].name)


def inner_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers between input and output, in the order in which they are computed."""
    return [layer for layer in model.layers[:-1] if not isinstance(layer, keras.layers.InputLayer)]
