"""The store of converted models: every file is made once, and made again only when something it depends on changes.

A file depends on the model, its weights, the converter's source and the versions of the tools. Their hash, the file's
`recipe`, stands in the manifest; a file with the right recipe and the right content is left alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from filelock import FileLock
from tqdm import tqdm

from helpers import weights as model_weights
from helpers.convert import keras_file
from helpers.convert.conversions import Conversion, conversions_of, needed_formats, tensorflow_formats
from helpers.convert.nodes import ConvertedNodes
from helpers.coreml.library import coreml_missing
from helpers.errors import ArtifactWriteError, DeploymentError, ManifestError, ModelFileError
from helpers.files import build_dir, ensure_folder, path_bytes, remove_path, sha256_bytes, sha256_path
from helpers.manifest import Manifest, ModelDescription, ModelFile, Weights, load_manifest, save_manifest
from helpers.memory import give_back_memory
from helpers.sources import source_hash
from helpers.weights import OFFLINE, ModelWeights, choose_weights
from helpers.zoo import ModelRecord, model_record


def model_folder(name: str, weights: str | Path = OFFLINE) -> Path:
    """The folder of a model's manifest and files; it need not exist yet.

    It is `build/models/<name>` for the weights that come with the project; others have a folder of their own beside it.
    """
    return _folder(model_record(name), choose_weights(name, weights))


def build_model(
    name: str, weights: str | Path = OFFLINE, formats: Sequence[str] | None = None, progress: bool = False
) -> tuple[Manifest, Path]:
    """Make what is missing of a model's deployable files, and its manifest.

    Args:
        name: the model, such as `lenet`.
        weights: `offline`, `imagenet` or the path of a Keras file; see `helpers.weights.choose_weights`.
        formats: the formats wanted; what they are made from comes along. Without it, those that TensorFlow's own tools
            make; see `helpers.convert.conversions`.
        progress: show a progress bar over the formats.

    Returns:
        The manifest, with the files asked for; and the folder that holds it and its files. The manifest in the folder
        also lists what was made before and is still up to date.

    Raises:
        ModelFileError: an unknown model or format, or weights that cannot be used.
        DataError: weights that cannot be fetched.
        LaneError: a format needs a tool that does not exist here.
        ArtifactWriteError: a file could not be written; nothing half-written is left.
    """
    record, chosen = model_record(name), choose_weights(name, weights)
    wanted = needed_formats(name, tensorflow_formats(name) if formats is None else formats)
    about = _described_model(record, chosen)
    folder = ensure_folder(_folder(record, chosen))
    # Two notebooks may ask for the same model at once; the second waits and then finds everything there.
    with _gone_if_empty(folder), _locked(folder / ".lock"):
        # What a killed process left half-written; nobody else writes here now.
        for leftover in folder.glob(f".{record.name}*"):
            remove_path(leftover)
        with tqdm(total=len(wanted), desc=f"{about.title} files", disable=not progress) as bar:
            files = _made_files(about, chosen, folder, wanted, bar)
        manifest = Manifest(**dict(about), files=tuple(files.values()), tools=_tools())
        if not _is_saved(manifest, folder):
            save_manifest(manifest, folder)
    return manifest.model_copy(update={"files": tuple(manifest.file(each) for each in wanted)}), folder


def _made_files(
    about: ModelDescription, chosen: ModelWeights, folder: Path, wanted: Sequence[str], bar: tqdm[Any]
) -> dict[str, ModelFile]:
    """Make the files that are wanted and not up to date; keep the others that are, wanted or not."""
    known = _known_files(folder)
    files: dict[str, ModelFile] = {}
    conversions = (_h5_conversion(chosen), *conversions_of(about.model))
    # Several conversions share a module.
    sources = {module: source_hash(module) for module in {conversion.module.__name__ for conversion in conversions}}
    for conversion in conversions:
        source = files.get(conversion.source) if conversion.source else None
        if conversion.source and source is None:
            continue  # what it is made from is not up to date, and not wanted
        code = sources[conversion.module.__name__]
        basis = _basis(conversion, code, source.sha256 if source else chosen.sha256, about)
        target = folder / f"{about.model}{conversion.suffix}"
        file = known.get(conversion.format)
        is_wanted = conversion.format in wanted
        if file is not None and (file.path != target.name or file.recipe != _recipe(basis, file)):
            file = None
        if is_wanted and file is not None and not _is_whole(file, folder):
            file = None
        if file is None and is_wanted:
            # One conversion at a time, whichever model it is of: two of the largest take 9 GB.
            with _locked(build_dir() / "conversion.lock"):
                nodes = _converted(conversion, folder / (source.path if source else ""), target, about)
                give_back_memory()
            file = _described_file(conversion, target, nodes, basis)
        if file is not None:
            files[conversion.format] = file
        bar.update(is_wanted)
    return files


def _converted(conversion: Conversion, source: Path, target: Path, about: ModelDescription) -> ConvertedNodes:
    try:
        return conversion.run(source, target, about)
    except DeploymentError:
        raise
    except Exception as error:  # of a user's own network, any tool on the way may meet what it does not know
        reason = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        raise ModelFileError(
            f"{about.title} cannot be converted to {conversion.format}: {reason}; see which layer it names, or take "
            "another format"
        ) from error


def _h5_conversion(chosen: ModelWeights) -> Conversion:
    """The first step, from the chosen weights to the .h5 file from which everything else is made."""
    return Conversion(
        "h5",
        keras_file.FILE_SUFFIX,
        None,
        model_weights,
        lambda _, target, about: keras_file.save_h5(chosen.load(), target),
    )


def _described_model(record: ModelRecord, chosen: ModelWeights) -> ModelDescription:
    return ModelDescription(
        model=record.name,
        title=f"{record.title} (untrained)" if chosen.kind == "untrained" else record.title,
        citation=record.citation,
        input=record.input,
        labels=record.labels,
        label_ids=record.label_ids,
        weights=Weights(kind=chosen.kind, source=chosen.source, licence=chosen.licence, sha256=chosen.sha256),
    )


def _tools() -> dict[str, str]:
    tools = {"keras": keras.__version__, "tensorflow": tf.__version__}
    return {**tools, "coremltools": version("coremltools")} if coreml_missing() is None else tools


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
    """The files that the folder's manifest lists, by format."""
    try:
        return {file.format: file for file in load_manifest(folder).files}
    except ManifestError:
        return {}


def _is_whole(file: ModelFile, folder: Path) -> bool:
    """Whether a file's content is still what the manifest says; a link is no file of the folder."""
    path = folder / file.path
    try:
        return not path.is_symlink() and sha256_path(path) == file.sha256
    except OSError:
        return False


def _basis(conversion: Conversion, code: str, origin: str, about: ModelDescription) -> str:
    """The hash of all that a file is made from: the converter's `code`, and the weights or the file it starts from."""
    parts = [about.model_dump_json(), origin, conversion.format, code, *sorted(_tools().items())]
    return sha256_bytes(repr(parts).encode())


def _recipe(basis: str, file: ModelFile) -> str:
    """The hash of what a file was made from and of what came out, so that an edited manifest does not pass."""
    return sha256_bytes(f"{basis} {file.model_dump_json(exclude={'recipe'})}".encode())


def _described_file(conversion: Conversion, target: Path, nodes: ConvertedNodes, basis: str) -> ModelFile:
    file = ModelFile(
        format=conversion.format,
        path=target.name,
        sha256=sha256_path(target),
        bytes=path_bytes(target),
        input_node=nodes.input_node,
        output_node=nodes.output_node,
        intermediate_nodes=nodes.intermediate_nodes,
        recipe="0" * 64,
    )
    return file.model_copy(update={"recipe": _recipe(basis, file)})
