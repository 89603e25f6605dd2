"""The store of converted models: every file is made once, and made again only when something it depends on changes.

A file depends on the model, its weights, the converter's source and the versions of the tools. Their hash, the file's
`recipe`, stands in the manifest; a file with the right recipe and the right content is left alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import keras
import tensorflow as tf
from filelock import FileLock
from tqdm import tqdm

from helpers import weights as model_weights
from helpers.convert import frozen, keras_file, litert, plain_tensorflow, tf_mobile
from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ArtifactWriteError, DeploymentError, ManifestError
from helpers.files import build_dir, ensure_folder, sha256_bytes, sha256_file
from helpers.manifest import Manifest, ModelFile, Weights, checked_file, load_manifest, save_manifest
from helpers.memory import give_back_memory
from helpers.sources import source_hash
from helpers.weights import OFFLINE, ModelWeights, choose_weights
from helpers.zoo import ModelRecord, model_names, model_record

# Every conversion starts from the .h5 file. The plain-TensorFlow path is written out for LeNet alone: it is the paper's
# second path, shown on its smallest network.
_CONVERTERS: dict[str, tuple[ModuleType, ...]] = {
    **dict.fromkeys(model_names(), (frozen, tf_mobile, litert)),
    "lenet": (frozen, tf_mobile, plain_tensorflow, litert),
}


def model_folder(name: str, weights: str | Path = OFFLINE) -> Path:
    """The folder of a model's manifest and files; it need not exist yet.

    It is `build/models/<name>` for the weights that come with the project; others have a folder of their own beside it.
    """
    return _folder(model_record(name), choose_weights(name, weights))


def build_model(name: str, weights: str | Path = OFFLINE, progress: bool = False) -> tuple[Manifest, Path]:
    """Make what is missing of a model's deployable files, and its manifest.

    Args:
        name: the model, such as `lenet`.
        weights: `offline`, `imagenet` or the path of a Keras file; see `helpers.weights.choose_weights`.
        progress: show a progress bar over the formats.

    Returns:
        The manifest, and the folder that holds it and its files.

    Raises:
        ModelFileError: an unknown model, or weights that cannot be used.
        DataError: weights that cannot be fetched.
        ArtifactWriteError: a file could not be written; nothing half-written is left.
    """
    record, chosen = model_record(name), choose_weights(name, weights)
    title = f"{record.title} (untrained)" if chosen.kind == "untrained" else record.title
    folder = ensure_folder(_folder(record, chosen))
    tools = {"keras": keras.__version__, "tensorflow": tf.__version__}
    # Two notebooks may ask for the same model at once; the second waits and then finds everything there.
    with _gone_if_empty(folder), _locked(folder / ".lock"):
        # What a killed process left half-written; nobody else writes here now.
        for leftover in folder.glob(f".{record.name}*"):
            leftover.unlink(missing_ok=True)
        known = _known_files(folder)
        files: list[ModelFile] = []
        for converter in tqdm((keras_file, *_CONVERTERS[name]), desc=f"{title} files", disable=not progress):
            target = folder / f"{record.name}{converter.FILE_SUFFIX}"
            basis = _basis(converter, files[0].sha256 if files else chosen.sha256, record, tools)
            file = known.get(converter.FORMAT)
            if file is None or file.path != target.name or file.recipe != _recipe(basis, file):
                # One conversion at a time, whichever model it is of: two of the largest take 9 GB.
                with _locked(build_dir() / "conversion.lock"):
                    if converter is keras_file:
                        nodes = keras_file.save_h5(chosen.load(), target)
                    else:
                        nodes = converter.convert(folder / files[0].path, target)
                    give_back_memory()
                file = _described(converter, target, nodes, basis)
            files.append(file)
        manifest = Manifest(
            model=record.name,
            title=title,
            citation=record.citation,
            input=record.input,
            labels=record.labels,
            label_ids=record.label_ids,
            weights=Weights(kind=chosen.kind, source=chosen.source, sha256=chosen.sha256),
            files=tuple(files),
            tools=tools,
        )
        if not _is_saved(manifest, folder):
            save_manifest(manifest, folder)
    return manifest, folder


def _folder(record: ModelRecord, chosen: ModelWeights) -> Path:
    return build_dir() / "models" / "-".join(filter(None, (record.name, chosen.variant)))


@contextmanager
def _gone_if_empty(folder: Path) -> Iterator[None]:
    """Leave no folder behind for weights that were refused."""
    try:
        yield
    except DeploymentError:
        if {path.name for path in folder.iterdir()} <= {".lock"}:
            shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of that path; other processes wait."""
    lock = FileLock(path)
    try:
        lock.acquire()
    except OSError as error:
        raise ArtifactWriteError(
            f"could not lock {path.parent}: expected a folder that can be written, received "
            f"'{error.strerror or error}'; correct its rights, or set BUILD_DIR to another folder"
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


def _basis(converter: ModuleType, origin: str, record: ModelRecord, tools: dict[str, str]) -> str:
    """The hash of all that a file is made from; `origin` is the hash of the weights, or of the .h5 file."""
    source = source_hash((model_weights if converter is keras_file else converter).__name__)
    return sha256_bytes(repr([record.name, origin, converter.FORMAT, source, *sorted(tools.items())]).encode())


def _recipe(basis: str, file: ModelFile) -> str:
    """The hash of what a file was made from and of what came out, so that an edited manifest does not pass."""
    return sha256_bytes(f"{basis} {file.model_dump_json(exclude={'recipe'})}".encode())


def _described(converter: ModuleType, target: Path, nodes: ConvertedNodes, basis: str) -> ModelFile:
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
