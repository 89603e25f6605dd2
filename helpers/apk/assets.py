"""What the app reads itself: the models, the golden pictures, and for LeNet MNIST's test digits.

The layout is what `InstalledModels` and the app's runs expect: `models/<name>/manifest.json` with the files beside it,
`golden/*.png`, `mnist/t10k-*-ubyte`.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Sequence
from pathlib import Path

from helpers.artifacts import build_model
from helpers.data import checked_bytes
from helpers.errors import ModelFileError
from helpers.files import DATA, ensure_folder, whole_folder, write_bytes
from helpers.golden import GOLDEN
from helpers.manifest import Manifest, checked_file, save_manifest
from helpers.weights import OFFLINE
from helpers.zoo import model_names

# What the app's two engines read; whatever else the store holds of a model stays away.
FORMATS = ("tf_mobile_pb", "tflite")
_DIGITS = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def app_models(
    models: Sequence[str], weights: str | Path = OFFLINE, progress: bool = False
) -> list[tuple[Manifest, Path]]:
    """The models from the artifact store, built first where they are missing.

    Args:
        models: their names, such as `lenet`; each counts once.
        weights: see `helpers.weights.choose_weights`.
        progress: show a bar for each model.

    Returns:
        For each its manifest, with the files that the app reads and no others, and its folder in the store. Of a
        user's own model that one runtime cannot take there is the other's file alone.

    Raises:
        ModelFileError: an unknown model.
        DeploymentError: see `helpers.artifacts.build_model`.
    """
    return [_app_model(name, weights, progress) for name in dict.fromkeys(models)]


def _app_model(name: str, weights: str | Path, progress: bool) -> tuple[Manifest, Path]:
    formats = FORMATS if name in model_names() else _own_formats(name, weights)
    manifest, folder = build_model(name, weights, formats, progress)
    return manifest.model_copy(update={"files": tuple(manifest.file(each) for each in formats)}), folder


def _own_formats(name: str, weights: str | Path) -> tuple[str, ...]:
    """What can be made of a user's own model. The app offers an engine for the files that are there."""
    made, problems = [], []
    for each in FORMATS:
        try:
            build_model(name, weights, [each])
            made.append(each)
        except ModelFileError as error:
            problems.append(error)
    if not made:
        raise problems[0]
    return tuple(made)


def gather_assets(models: Sequence[tuple[Manifest, Path]], folder: Path) -> Path:
    """Lay everything in one folder, whole or not at all.

    Args:
        models: from `app_models`.
        folder: is made; what was in it is removed.

    Raises:
        ManifestError: a model's file is not what its manifest says.
        ArtifactWriteError: the folder cannot be written.
    """
    with whole_folder(folder) as assets:
        for manifest, store in models:
            target = ensure_folder(assets / "models" / manifest.model)
            for file in manifest.files:
                shutil.copyfile(checked_file(manifest, store, file.format), target / file.path)
            save_manifest(manifest, target)
        for picture in sorted(GOLDEN.glob("*.png")):
            ensure_folder(assets / "golden")
            shutil.copyfile(picture, assets / "golden" / picture.name)
        if any(manifest.model == "lenet" for manifest, _ in models):
            for name in _DIGITS:
                # Not as .gz: Android's packer unpacks those on its own, under another name.
                content = gzip.decompress(checked_bytes(DATA / "mnist" / f"{name}.gz"))
                write_bytes(assets / "mnist" / name, content)
    return folder
