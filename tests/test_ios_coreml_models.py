"""The models in the iOS app: LeNet's, with which it is cloned, and those that `make ios` adds."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.artifacts import build_model
from helpers.errors import ManifestError, ModelFileError
from helpers.files import PROJECT, sha256_file
from helpers.ios.__main__ import main
from helpers.ios.models import MODELS, add_models, app_manifest, load_app_manifest, same_model
from helpers.zoo import model_names, model_record


def test_the_apps_manifest_is_the_stores() -> None:
    manifest, _ = build_model("lenet", formats=["mlmodel"])
    committed = load_app_manifest(MODELS / "LeNet.manifest.json")
    assert same_model(committed, app_manifest(manifest, "LeNet"))
    (file,) = committed.files
    assert (file.path, file.sha256) == ("LeNet.mlmodel", sha256_file(MODELS / "LeNet.mlmodel"))
    # The compiled model still carries the beginning of this: the app compares it.
    model = (MODELS / "LeNet.mlmodel").read_bytes()
    assert committed.weights.sha256[:8].encode() in model


def test_a_model_is_added_once(tmp_path: Path) -> None:
    (path,) = add_models(["lenet", "lenet"], folder=tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"LeNet.mlmodel", "LeNet.manifest.json"}
    assert path.read_bytes() == (MODELS / "LeNet.mlmodel").read_bytes()
    before = [each.stat().st_ino for each in sorted(tmp_path.iterdir())]
    add_models(["lenet"], folder=tmp_path)
    assert [each.stat().st_ino for each in sorted(tmp_path.iterdir())] == before


@pytest.mark.parametrize("name", ["LeNet.mlmodel", "LeNet.manifest.json"])
def test_a_damaged_one_is_replaced(tmp_path: Path, name: str) -> None:
    add_models(["lenet"], folder=tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-5])
    add_models(["lenet"], folder=tmp_path)
    assert sha256_file(tmp_path / "LeNet.mlmodel") == sha256_file(MODELS / "LeNet.mlmodel")
    load_app_manifest(tmp_path / "LeNet.manifest.json")


def test_other_weights_are_another_model() -> None:
    manifest = load_app_manifest(MODELS / "LeNet.manifest.json")
    weights = manifest.weights.model_copy(update={"sha256": "0" * 64})
    assert not same_model(manifest, manifest.model_copy(update={"weights": weights}))
    assert same_model(manifest, manifest.model_copy(update={"tools": {"keras": "4"}}))


def test_what_does_not_exist_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="'vgg'"):
        add_models(["vgg"], folder=tmp_path)
    with pytest.raises(SystemExit, match=r"^error: .*'vgg'"):
        main(["vgg"])
    with pytest.raises(ManifestError, match="run 'make ios' for its model"):
        load_app_manifest(tmp_path / "LeNet.manifest.json")


def test_a_title_can_name_a_class() -> None:
    for name in model_names():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", model_record(name).title)


@pytest.mark.skipif(
    shutil.which("git") is None or not (PROJECT / ".git").exists(), reason="not a clone of the repository"
)
def test_only_lenet_is_committed() -> None:
    git = ("git", "-C", str(MODELS.parent), "check-ignore", "--quiet")

    def is_ignored(path: str) -> bool:
        return subprocess.run([*git, path], check=False).returncode == 0

    assert is_ignored("Models/SqueezeNet.mlmodel")
    assert is_ignored("Models/SqueezeNet.manifest.json")
    assert not is_ignored("Models/LeNet.mlmodel")
    assert not is_ignored("Models/LeNet.manifest.json")
