"""What Xcode compiles into the app: each model's `.mlmodel`, and beside it its manifest.

Xcode names the class that it makes of a model after the file, and a bundle has no folders: so the files are
`SqueezeNet.mlmodel` and `SqueezeNet.manifest.json`, after the model's title. The app's `InstalledModels` finds them
(paper, section II.B.1: a model that is "directly instantiated").
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from helpers.artifacts import build_model
from helpers.errors import ManifestError
from helpers.files import PROJECT, sha256_path, whole_file, write_text
from helpers.manifest import Manifest, checked_file
from helpers.weights import OFFLINE
from helpers.zoo import model_record

MODELS = PROJECT / "ios_app" / "Models"
# The paper's format. An ML program would need a newer system than the paper's, and is compiled in the same way.
FORMAT = "mlmodel"
MANIFEST_SUFFIX = ".manifest.json"


def add_models(models: Sequence[str], weights: str | Path = OFFLINE, folder: Path = MODELS) -> list[Path]:
    """Copy models into the app's folder; the store builds them first where they are missing.

    Args:
        models: their names, such as `squeezenet`; each counts once.
        weights: see `helpers.weights.choose_weights`.
        folder: where Xcode looks.

    Returns:
        The `.mlmodel` files. One that is there already, with a manifest that says the same, is left alone.

    Raises:
        ModelFileError: an unknown model.
        ManifestError: the store's file is not what its manifest says.
        LaneError: Core ML's converter does not exist here.
        ArtifactWriteError: the folder cannot be written.
        DeploymentError: see `helpers.artifacts.build_model`.
    """
    return [_added(name, weights, folder) for name in dict.fromkeys(models)]


def app_manifest(manifest: Manifest, title: str) -> Manifest:
    """A manifest as the app gets it: with the one file that Xcode compiles, under its name there.

    Args:
        manifest: the store's.
        title: the model's, after which its files are named.
    """
    file = manifest.file(FORMAT).model_copy(update={"path": f"{title}.mlmodel"})
    return manifest.model_copy(update={"files": (file,)})


def _added(name: str, weights: str | Path, folder: Path) -> Path:
    built, store = build_model(name, weights, [FORMAT], progress=True)
    source = checked_file(built, store, FORMAT)
    title = model_record(name).title
    manifest = app_manifest(built, title)
    target = folder / f"{title}.mlmodel"
    described = folder / f"{title}{MANIFEST_SUFFIX}"
    if _is_there(manifest, target, described):
        return target
    with whole_file(target) as part:
        shutil.copyfile(source, part)
    write_text(described, json.dumps(manifest.model_dump(mode="json"), indent=1) + "\n")
    return target


def _is_there(manifest: Manifest, target: Path, described: Path) -> bool:
    """Whether the app's folder has this very model. By which tools it was made there does not matter."""
    try:
        there = load_app_manifest(described)
        same_file = sha256_path(target) == manifest.file(FORMAT).sha256
    except (ManifestError, OSError):
        return False
    return same_file and same_model(there, manifest)


def load_app_manifest(path: Path) -> Manifest:
    """Read a manifest of the app's folder.

    Raises:
        ManifestError: there is none, or it breaks a rule.
    """
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ManifestError(
            f"expected a manifest in {path}, received '{error}'; run 'make ios' for its model"
        ) from error


def same_model(one: Manifest, other: Manifest) -> bool:
    """Whether two manifests say the same of a model, whichever tools and converter it was made with."""

    def essence(manifest: Manifest) -> Manifest:
        files = tuple(file.model_copy(update={"recipe": ""}) for file in manifest.files)
        return manifest.model_copy(update={"files": files, "tools": {}})

    return essence(one) == essence(other)
