"""All steps in order, each done only when something it depends on has changed.

Beside what was made lies a file `….key`: the hash of all it was made from, and of itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from tqdm import tqdm

from helpers.apk import assets as app_assets
from helpers.apk import steps
from helpers.apk.assets import app_models, gather_assets
from helpers.apk.signing import debug_key
from helpers.apk.steps import ABIS, Compiled, align, compile_app, make_dex, pack, package_resources, sign
from helpers.apk.tools import apk_folder, apk_key, apk_tools
from helpers.errors import ArtifactWriteError, LaneError
from helpers.files import DATA, ensure_folder, path_bytes, sha256_bytes, sha256_path, whole_file, write_text
from helpers.golden import GOLDEN
from helpers.manifest import Manifest
from helpers.sources import source_hash
from helpers.weights import OFFLINE

DEFAULT_MODELS = ("lenet", "squeezenet")
DEFAULT_ABI = "arm64-v8a"


def build_apk(
    models: Sequence[str] = DEFAULT_MODELS,
    abis: Sequence[str] = (DEFAULT_ABI,),
    weights: str | Path = OFFLINE,
    progress: bool = False,
) -> Path:
    """The signed APK with these models, made first where it is missing or out of date.

    Args:
        models: their names; none makes an APK that waits for models to be pushed to the phone.
        abis: the processors it is for; see `helpers.apk.steps.ABIS`.
        weights: the models' weights; see `helpers.weights.choose_weights`.
        progress: show a bar over the steps.

    Returns:
        Its path, `build/android/apk/real-time-classifier_<models>_<ABIs>.apk`.

    Raises:
        LaneError: something to make it with is missing, or failed; or an unknown ABI.
        ModelFileError: an unknown model, or weights that cannot be used.
        ArtifactWriteError: the folder cannot be written, or the disk is full.
        DeploymentError: see `helpers.artifacts.build_model`.
    """
    abis = checked_abis(abis)
    tools = apk_tools()
    chosen = app_models(models, weights, progress)
    folder = ensure_folder(apk_folder())
    target = folder / f"{_name(chosen, abis)}.apk"
    try:
        key_store = debug_key(tools, folder)
        sources = _hash(apk_key(), tools.key(), source_hash(steps.__name__))
        data = (sha256_path(GOLDEN), sha256_path(DATA / "checksums.json"), source_hash(app_assets.__name__))
        manifests = [manifest.model_dump_json() for manifest, _ in chosen]
        key = _hash(sources, data, manifests, abis, sha256_path(key_store))

        def make(signed: Path) -> None:
            with tempfile.TemporaryDirectory(dir=folder) as part, _counted(progress) as done:
                compiled = Compiled(done(made_once(folder / "compiled", sources, compile_app)))
                dex = done(made_once(folder / "classes.dex", sources, lambda path: make_dex(tools, compiled, path)))
                resources = done(package_resources(tools, Path(part) / "resources.apk"))
                gathered = done(gather_assets(chosen, Path(part) / "assets"))
                unsigned = done(pack(compiled, dex, resources, gathered, abis, Path(part) / "unsigned.apk"))
                aligned = done(align(tools, unsigned, Path(part) / "aligned.apk"))
                with whole_file(signed) as partial:
                    done(sign(tools, aligned, key_store, partial))

        return made_once(target, key, make)
    except OSError as error:
        raise ArtifactWriteError(
            f"could not build {target.name}: expected a folder {folder} that can be written and has room, received "
            f"'{error.strerror or error}'; correct that, or name another folder in BUILD_DIR"
        ) from error


def checked_abis(abis: Sequence[str]) -> tuple[str, ...]:
    """The ABIs, each once.

    Raises:
        LaneError: the runtimes have no native library for one of them, or there is none.
    """
    unknown = [abi for abi in abis if abi not in ABIS]
    if unknown or not abis:
        raise LaneError(
            f"expected ABIs for which both runtimes have a native library, {', '.join(ABIS)}; "
            f"received {unknown[0] if unknown else 'none'!r}; most phones are arm64-v8a"
        )
    return tuple(dict.fromkeys(abis))


def made_once(target: Path, key: str, make: Callable[[Path], object]) -> Path:
    """Make a file or a folder, unless it is there, whole, and was made from the same.

    Args:
        target: what `make` makes; it is given this path.
        key: the hash of all that it is made from.
        make: makes it.
    """
    note = target.with_name(f"{target.name}.key")
    with FileLock(ensure_folder(target.parent) / f".{target.name}.lock"):
        if not (target.exists() and note.is_file() and note.read_text() == _note(target, key)):
            note.unlink(missing_ok=True)
            make(target)
            write_text(note, _note(target, key))
    return target


@contextmanager
def _counted(progress: bool) -> Iterator[Callable[[Path], Path]]:
    """A progress bar over the seven steps: what is given to the function counts as done, and is given back."""
    with tqdm(total=7, desc="APK", unit="step", disable=not progress) as bar:

        def done(path: Path) -> Path:
            bar.update()
            return path

        yield done


def _hash(*parts: object) -> str:
    return sha256_bytes(repr(parts).encode())


def _note(target: Path, key: str) -> str:
    return f"{key} {sha256_path(target)} {path_bytes(target)}\n"


def _name(models: Sequence[tuple[Manifest, Path]], abis: Sequence[str]) -> str:
    # The folder in the store also tells weights apart.
    names = [folder.name for _, folder in models] or ["no-models"]
    return "_".join(("real-time-classifier", "-".join(names), *abis))
