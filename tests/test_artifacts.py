"""The store: made once, made again when something changed, never half."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from helpers import artifacts
from helpers.artifacts import build_model
from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ArtifactWriteError, ModelFileError
from helpers.manifest import MANIFEST_NAME, checked_file
from helpers.zoo import build_lenet


@pytest.fixture(autouse=True)
def _own_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats that were really converted."""
    formats: list[str] = []
    saved = artifacts.keras_file.save_h5

    def save(model: keras.Model, target: Path) -> ConvertedNodes:
        formats.append("h5")
        return saved(model, target)

    monkeypatch.setattr(artifacts.keras_file, "save_h5", save)
    for converter in artifacts._CONVERTERS["lenet"]:
        original = converter.convert

        def convert(source: Path, target: Path, original=original, name=converter.FORMAT):  # type: ignore[no-untyped-def]
            formats.append(name)
            return original(source, target)

        monkeypatch.setattr(converter, "convert", convert)
    return formats


def test_the_second_time_nothing_is_converted(made: list[str]) -> None:
    first, _ = build_model("lenet")
    assert made == ["h5", "frozen_pb", "tf_mobile_pb", "plain_tensorflow_pb", "tflite"]
    made.clear()
    second, _ = build_model("lenet")
    assert made == []
    assert first == second


def test_only_what_is_damaged_or_missing_is_made_again(made: list[str]) -> None:
    manifest, folder = build_model("lenet")
    made.clear()
    (folder / "lenet.tflite").write_bytes(b"damaged")
    (folder / "lenet.pb").unlink()
    again, _ = build_model("lenet")
    assert made == ["frozen_pb", "tflite"]
    assert again == manifest
    for file in manifest.files:
        checked_file(manifest, folder, file.format)


def test_other_tool_versions_make_everything_again(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    build_model("lenet")
    made.clear()
    monkeypatch.setattr(artifacts.keras, "__version__", "99.0")
    build_model("lenet")
    assert len(made) == 5


def test_changed_converter_source_makes_its_file_again(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    build_model("lenet")
    made.clear()
    original = artifacts.source_hash
    monkeypatch.setattr(
        artifacts, "source_hash", lambda module: "new" if module.endswith("litert") else original(module)
    )
    build_model("lenet")
    assert made == ["tflite"]


def test_a_damaged_manifest_is_replaced() -> None:
    manifest, folder = build_model("lenet")
    (folder / MANIFEST_NAME).write_text("{")
    assert build_model("lenet")[0] == manifest


@pytest.mark.parametrize(
    "edit",
    [
        lambda files: files[1].update(output_node="fc9"),
        lambda files: files[0].update(format="frozen_pb") or files[1].update(format="h5"),
        lambda files: files[0].update(recipe=files[1]["recipe"]),
        lambda files: files[1].update(path="lenet_tf_mobile.pb") or files[2].update(path="lenet.pb"),
    ],
)
def test_an_edited_manifest_is_not_believed(edit: Callable[[list[dict[str, Any]]], object]) -> None:
    manifest, folder = build_model("lenet")
    content = json.loads((folder / MANIFEST_NAME).read_text())
    edit(content["files"])
    (folder / MANIFEST_NAME).write_text(json.dumps(content))
    assert build_model("lenet")[0] == manifest


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    _, folder = build_model("lenet")
    (folder / ".lenet-abc.h5").write_bytes(b"half")
    build_model("lenet")
    assert not (folder / ".lenet-abc.h5").exists()


def test_a_failed_conversion_leaves_no_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path, target: Path) -> None:
        raise ArtifactWriteError("no room")

    monkeypatch.setattr(artifacts.litert, "convert", fail)
    with pytest.raises(ArtifactWriteError):
        build_model("lenet")
    folder = artifacts.model_folder("lenet")
    assert not (folder / MANIFEST_NAME).exists()
    left = {path.name for path in folder.iterdir()}
    assert left <= {".lock", "lenet.h5", "lenet.pb", "lenet_tf_mobile.pb", "lenet_plain_tensorflow.pb"}


def test_an_unwritable_build_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file where a folder should be")
    with pytest.raises(ArtifactWriteError, match="build"):
        build_model("lenet")


def test_a_folder_that_may_not_be_written_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object) -> None:
        raise PermissionError(13, "Permission denied", ".lock")

    monkeypatch.setattr(artifacts.FileLock, "acquire", refuse)
    with pytest.raises(ArtifactWriteError, match=r"could not lock .*Permission denied.*BUILD_DIR"):
        build_model("lenet")


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ModelFileError, match="received 'alexnet'"):
        build_model("alexnet")


@pytest.mark.parametrize("name", [["lenet"], {}, None, 3])
def test_a_name_of_another_type_is_named(name: object) -> None:
    with pytest.raises(ModelFileError, match="expected one of the models"):
        build_model(name)  # type: ignore[arg-type]


def test_weights_that_are_refused_leave_no_folder(tmp_path: Path) -> None:
    build_lenet().save(tmp_path / "lenet.h5")
    with pytest.raises(ModelFileError, match="SqueezeNet"):
        build_model("squeezenet", tmp_path / "lenet.h5")
    assert list((tmp_path / "build" / "models").iterdir()) == []
