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
from helpers.convert import coreml, frozen, litert, plain_tensorflow, tf_mobile
from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ArtifactWriteError, ManifestError, ModelFileError
from helpers.files import remove_path, sha256_path, whole_folder
from helpers.manifest import MANIFEST_NAME, Manifest, ModelDescription, checked_file, load_manifest
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
    for converter in (frozen, tf_mobile, plain_tensorflow, litert):
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


class TestFormats:
    """Packages made in a moment stand in for Core ML's converter; the store knows nothing but hashes."""

    @pytest.fixture(autouse=True)
    def _quick_coreml(self, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        def convert(source: Path, target: Path, about: ModelDescription, kind: str) -> ConvertedNodes:
            made.append(kind)
            assert source.is_file()
            with whole_folder(target) as folder:
                (folder / "weights").mkdir()
                (folder / "weights" / "weight.bin").write_bytes(f"{about.title} {kind}".encode())
                (folder / "Manifest.json").write_text("{}")
            return ConvertedNodes("image", "probabilities")

        monkeypatch.setattr(coreml, "convert", convert)

    @staticmethod
    def _formats(manifest: Manifest) -> list[str]:
        return [file.format for file in manifest.files]

    def test_only_what_is_asked_for_and_its_sources_are_made(self, made: list[str]) -> None:
        manifest, folder = build_model("lenet", formats=["plain_tensorflow_pb", "mlpackage_fp16"])
        assert made == ["h5", "plain_tensorflow_pb", "program_fp16"]
        assert self._formats(manifest) == ["h5", "plain_tensorflow_pb", "mlpackage_fp16"]
        assert {path.name for path in folder.iterdir()} == {
            ".lock",
            "lenet.h5",
            "lenet_plain_tensorflow.pb",
            "lenet_fp16.mlpackage",
            MANIFEST_NAME,
        }

    def test_no_format_is_the_keras_file_alone(self, made: list[str]) -> None:
        manifest, _ = build_model("lenet", formats=())
        assert made == self._formats(manifest) == ["h5"]

    def test_asking_for_others_later_keeps_the_former(self, made: list[str]) -> None:
        first, folder = build_model("lenet", formats=["mlpackage_fp16"])
        second, _ = build_model("lenet", formats=["mlpackage_fp32"])
        assert made == ["h5", "program_fp16", "program_fp32"]
        assert self._formats(second) == ["h5", "mlpackage_fp32"]
        saved = load_manifest(folder)
        assert self._formats(saved) == ["h5", "mlpackage_fp32", "mlpackage_fp16"]
        assert saved.file("mlpackage_fp16") == first.file("mlpackage_fp16")
        made.clear()
        again, _ = build_model("lenet", formats=["mlpackage_fp16", "mlpackage_fp32"])
        assert made == []
        assert again == saved == load_manifest(folder)

    def test_what_is_no_longer_up_to_date_leaves_the_saved_manifest(
        self, made: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, folder = build_model("lenet", formats=["mlpackage_fp16", "plain_tensorflow_pb"])
        original = artifacts.source_hash
        monkeypatch.setattr(
            artifacts, "source_hash", lambda module: "new" if module.endswith(".coreml") else original(module)
        )
        build_model("lenet", formats=())
        assert self._formats(load_manifest(folder)) == ["h5", "plain_tensorflow_pb"]
        made.clear()
        build_model("lenet", formats=["mlpackage_fp16"])
        assert made == ["program_fp16"]

    @pytest.mark.parametrize("damage", ["a byte", "a missing file", "a further file", "no folder", "a file", "a link"])
    def test_a_damaged_package_is_made_again_when_it_is_asked_for(self, made: list[str], damage: str) -> None:
        manifest, folder = build_model("lenet", formats=["mlpackage_fp16"])
        package = folder / "lenet_fp16.mlpackage"
        weights = package / "weights" / "weight.bin"
        match damage:
            case "a byte":
                weights.write_bytes(weights.read_bytes()[:-1] + b"7")
            case "a missing file":
                weights.unlink()
            case "a further file":
                (package / "more").write_bytes(b"")
            case "no folder":
                remove_path(package)
            case "a file":
                remove_path(package)
                package.write_bytes(b"no folder")
            case "a link":
                package.rename(folder / "elsewhere")
                package.symlink_to(folder / "elsewhere")
        with pytest.raises(ManifestError, match="build the model again"):
            checked_file(manifest, folder, "mlpackage_fp16")
        made.clear()
        build_model("lenet", formats=())
        assert made == []
        again, _ = build_model("lenet", formats=["mlpackage_fp16"])
        assert made == ["program_fp16"]
        assert again == manifest
        assert sha256_path(checked_file(again, folder, "mlpackage_fp16")) == manifest.file("mlpackage_fp16").sha256

    def test_what_a_killed_process_left_of_a_package_is_removed(self) -> None:
        _, folder = build_model("lenet", formats=["mlpackage_fp16"])
        (folder / ".lenet_fp16-abc.mlpackage" / "new").mkdir(parents=True)
        build_model("lenet", formats=["mlpackage_fp16"])
        assert not [path for path in folder.iterdir() if path.name.startswith(".lenet")]

    def test_an_unknown_format_is_named_before_anything_is_made(self, made: list[str], tmp_path: Path) -> None:
        with pytest.raises(ModelFileError, match=r"expected formats of lenet: h5, frozen_pb, .*received 'onnx'"):
            build_model("lenet", formats=["h5", "onnx"])
        assert made == []
        assert not (tmp_path / "build" / "models").exists()


class TestWholeFolders:
    def test_a_folder_appears_whole_and_takes_the_place_of_an_old_one(self, tmp_path: Path) -> None:
        target = tmp_path / "deep" / "it.mlpackage"
        for text in ("first", "second"):
            with whole_folder(target) as folder:
                (folder / text).write_text(text)
                assert not (target / text).exists()
            assert [path.name for path in target.iterdir()] == [text]
        assert list((tmp_path / "deep").iterdir()) == [target]

    @pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()])
    def test_a_failure_inside_leaves_the_old_one(self, tmp_path: Path, error: BaseException) -> None:
        target = tmp_path / "it"
        target.mkdir()
        (target / "old").write_text("old")

        def fail_half_way() -> None:
            with whole_folder(target) as folder:
                (folder / "half").write_text("half")
                raise error

        with pytest.raises(ArtifactWriteError if isinstance(error, OSError) else type(error)):
            fail_half_way()
        assert list(tmp_path.iterdir()) == [target]
        assert [path.name for path in target.iterdir()] == ["old"]

    def test_a_link_is_replaced_and_what_it_leads_to_stays(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "kept").write_text("kept")
        for name, leads_to in (("it", "elsewhere"), ("broken", "nowhere")):
            (tmp_path / name).symlink_to(tmp_path / leads_to)
            with whole_folder(tmp_path / name) as folder:
                (folder / "new").write_text("new")
            assert not (tmp_path / name).is_symlink()
            assert (tmp_path / name / "new").is_file()
        assert (tmp_path / "elsewhere" / "kept").is_file()

    def test_others_may_read_what_is_written(self, tmp_path: Path) -> None:
        (tmp_path / "usual").mkdir()
        with whole_folder(tmp_path / "it"):
            pass
        assert (tmp_path / "it").stat().st_mode == (tmp_path / "usual").stat().st_mode


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

    monkeypatch.setattr(litert, "convert", fail)
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
