"""The store of converted models: every file is made once, and made again only when something it depends on changes.

A file depends on the model, its weights, the converter's source and the versions of the tools. Their hash, the file's
`recipe`, stands in the manifest; a file with the right recipe and the right content is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import keras
import tensorflow as tf
from filelock import FileLock
from tqdm import tqdm

from helpers.convert import frozen, keras_file, litert, plain_tensorflow
from helpers.convert.nodes import ConvertedNodes
from helpers.data import checked_bytes
from helpers.errors import ArtifactWriteError, ManifestError
from helpers.files import build_dir, ensure_folder, sha256_bytes, sha256_file
from helpers.manifest import Manifest, ModelFile, Weights, checked_file, load_manifest, save_manifest
from helpers.sources import source_hash
from helpers.zoo import ModelRecord, model_record

# The plain-TensorFlow path is written out for LeNet alone: it is the paper's second path, shown on its smallest
# network.
_CONVERTERS: dict[str, tuple[ModuleType, ...]] = {
    "lenet": (keras_file, frozen, plain_tensorflow, litert),
}


def model_folder(name: str) -> Path:
    """The folder of a model's manifest and files, `build/models/<name>`; it need not exist yet."""
    return build_dir() / "models" / model_record(name).name


def build_model(name: str, progress: bool = False) -> tuple[Manifest, Path]:
    """Make what is missing of a model's deployable files, and its manifest.

    Args:
        name: the model, such as `lenet`.
        progress: show a progress bar over the formats.

    Returns:
        The manifest, and the folder that holds it and its files.

    Raises:
        ModelFileError: an unknown model, or weights that cannot be used.
        ArtifactWriteError: a file could not be written; nothing half-written is left.
    """
    record = model_record(name)
    folder = ensure_folder(model_folder(name))
    tools = {"keras": keras.__version__, "tensorflow": tf.__version__}
    weights = Weights(
        kind=record.weights_kind, source=record.weights_source, sha256=sha256_bytes(checked_bytes(record.weights_file))
    )
    # Two notebooks may ask for the same model at once; the second waits and then finds everything there.
    with _alone(folder):
        # What a killed process left half-written; nobody else writes here now.
        for leftover in folder.glob(f".{record.name}*"):
            leftover.unlink(missing_ok=True)
        known = _known_files(folder)
        files = []
        for converter in tqdm(_CONVERTERS[name], desc=f"{record.title} files", disable=not progress):
            basis = _basis(record, weights, converter, tools)
            file = known.get(converter.FORMAT)
            if file is None or file.path != _file_name(record, converter) or file.recipe != _recipe(basis, file):
                file = _make(record, converter, folder, basis)
            files.append(file)
        manifest = Manifest(
            model=record.name,
            title=record.title,
            citation=record.citation,
            input=record.input,
            labels=record.labels,
            weights=weights,
            files=tuple(files),
            tools=tools,
        )
        if not _is_saved(manifest, folder):
            save_manifest(manifest, folder)
    return manifest, folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire()
    except OSError as error:
        raise ArtifactWriteError(
            f"could not lock {folder}: expected a folder that can be written, received '{error.strerror or error}'; "
            "correct its rights, or set BUILD_DIR to another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _is_saved(manifest: Manifest, folder: Path) -> bool:
    try:
        return load_manifest(folder) == manifest
    except ManifestError:
        return False


def _known_files(folder: Path) -> dict[str, ModelFile]:
    """The files of an earlier run whose content is still what its manifest says, by format."""
    try:
        manifest = load_manifest(folder)
    except ManifestError:
        return {}
    known: dict[str, ModelFile] = {}
    for file in manifest.files:
        try:
            checked_file(manifest, folder, file.format)
        except ManifestError:
            continue
        known[file.format] = file
    return known


def _basis(record: ModelRecord, weights: Weights, converter: ModuleType, tools: dict[str, str]) -> str:
    """The hash of all that a file is made from."""
    parts = [record.name, weights.sha256, converter.FORMAT, source_hash(converter.__name__), *sorted(tools.items())]
    return sha256_bytes(repr(parts).encode())


def _recipe(basis: str, file: ModelFile) -> str:
    """The hash of what a file was made from and of what came out, so that an edited manifest does not pass."""
    return sha256_bytes(f"{basis} {file.model_dump_json(exclude={'recipe'})}".encode())


def _file_name(record: ModelRecord, converter: ModuleType) -> str:
    return f"{record.name}{converter.FILE_SUFFIX}"


def _make(record: ModelRecord, converter: ModuleType, folder: Path, basis: str) -> ModelFile:
    target = folder / _file_name(record, converter)
    nodes: ConvertedNodes = converter.convert(record.weights_file, target)
    file = ModelFile(
        format=converter.FORMAT,
        path=target.name,
        sha256=sha256_file(target),
        bytes=target.stat().st_size,
        input_node=nodes.input_node,
        output_node=nodes.output_node,
        intermediate_nodes=nodes.intermediate_nodes,
        recipe="0" * 64,
    )
    return file.model_copy(update={"recipe": _recipe(basis, file)})
