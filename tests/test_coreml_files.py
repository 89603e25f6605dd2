"""Core ML files: what is in them is read, and whatever else comes is one clear error."""

from __future__ import annotations

import json
import os
import shutil
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coreml_mutations import damaged_copies, mutated
from coreml_samples import (
    ITEM,
    KINDS,
    LABELS,
    SPECIFICATION,
    WEIGHTS,
    declared_blobs,
    peak_bytes,
    write_samples,
    written,
)

from helpers.coreml import package as package_module
from helpers.coreml.file import read_coreml
from helpers.coreml.image import (
    ImageFeature,
    class_labels,
    image_tensor,
    input_feature,
    output_names,
    scaled,
)
from helpers.coreml.package import MANIFEST
from helpers.coreml.specification import blob_values, main_block, network_of
from helpers.errors import DeploymentError, ModelFileError


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small classifier in the three kinds of file."""
    return write_samples(tmp_path_factory.mktemp("coreml"))


@pytest.fixture
def network(files: Path) -> Any:
    """The message of the neural network, to be changed."""
    return read_coreml(files / "tiny.mlmodel").specification


@pytest.fixture
def program(files: Path) -> Any:
    """The message of the ML program, to be changed."""
    return read_coreml(files / "tiny32.mlpackage").specification


@pytest.fixture
def package(files: Path, tmp_path: Path) -> Path:
    """A copy of a package, to be damaged."""
    return Path(shutil.copytree(files / "tiny32.mlpackage", tmp_path / "copy.mlpackage"))


def _refused(path: Path, message: str) -> None:
    with pytest.raises(ModelFileError, match=message) as caught:
        read_coreml(path)
    assert str(caught.value).startswith(f"expected {path.name} to be a Core ML model")
    assert len(str(caught.value)) < 700


class TestReading:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_classifier(self, files: Path, kind: str) -> None:
        file = read_coreml(files / kind)
        assert (file.name, file.kind) == (kind, "neural_network" if kind == "tiny.mlmodel" else "ml_program")
        assert input_feature(file) == ImageFeature("image", 8, 6, "bgr")
        assert class_labels(file) == LABELS
        assert output_names(file) == ({"neural_network": "probabilities"}.get(file.kind, "classLabel_probs"),)
        assert (file.weights is None) == (file.kind == "neural_network")

    def test_the_specification_is_the_files(self, files: Path) -> None:
        message = read_coreml(files / "tiny.mlmodel").specification
        assert message == type(message).FromString((files / "tiny.mlmodel").read_bytes())
        held = [layer.WhichOneof("layer") for layer in network_of(message).layers]
        assert {"convolution", "innerProduct", "softmaxND"} <= set(held)

    def test_the_weights_of_both_precisions(self, files: Path) -> None:
        arrays = {}
        for kind in KINDS[1:]:
            file = read_coreml(files / kind)
            assert file.weights is not None
            blobs = declared_blobs(file)
            assert len(blobs) == 2
            arrays[kind] = {count: file.weights.array(offset, dtype, count) for offset, (dtype, count) in blobs.items()}
        random = np.random.default_rng(0)
        for count, single in arrays["tiny32.mlpackage"].items():
            expected = random.normal(size=count).astype(np.float32)
            assert np.array_equal(single, expected)
            assert np.array_equal(arrays["tiny16.mlpackage"][count], expected.astype(np.float16))
            assert not single.flags.writeable

    def test_a_network_in_a_package_has_no_weights_file(self, files: Path, package: Path) -> None:
        shutil.copy(files / "tiny.mlmodel", package / SPECIFICATION)
        file = read_coreml(package)
        assert (file.kind, file.weights) == ("neural_network", None)

    def test_a_package_may_hold_other_plain_files(self, package: Path) -> None:
        (package / "Data" / ".DS_Store").write_bytes(b"x")
        assert read_coreml(package).kind == "ml_program"

    def test_no_classifier(self, network: Any, program: Any, package: Path, tmp_path: Path) -> None:
        layers = network.neuralNetworkClassifier.layers
        network.neuralNetwork.layers.extend(layers)
        assert class_labels(read_coreml(written(network, tmp_path))) == ()
        operations = main_block(program).operations
        assert operations[-1].type == "classify"
        del operations[-1]
        assert class_labels(read_coreml(written(program, tmp_path))) == ()

    def test_labels_in_a_constant(self, program: Any, package: Path, tmp_path: Path) -> None:
        operations = main_block(program).operations
        (argument,) = operations[-1].inputs["classes"].arguments
        constant = operations.add(type="const")
        constant.outputs.add(name="labels")
        constant.attributes["val"].CopyFrom(argument.value)
        argument.name = "labels"
        assert class_labels(read_coreml(written(program, tmp_path))) == LABELS
        constant.outputs[0].name = "other"
        with pytest.raises(ModelFileError, match="'labels', which is no constant"):
            class_labels(read_coreml(written(program, tmp_path)))


class TestNoSuchFile:
    def test_nothing_there(self, tmp_path: Path) -> None:
        _refused(tmp_path / "none.mlmodel", "there is no such file or folder")

    def test_a_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.mlmodel")
        _refused(tmp_path / "pipe.mlmodel", "there is no such file or folder")

    @pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 5000])
    def test_a_name_that_no_file_has(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ModelFileError, match=r"no such file|cannot be read: File name too long"):
            read_coreml(tmp_path / name)

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "empty.mlmodel").touch()
        _refused(tmp_path / "empty.mlmodel", "should have 1 to 1,000,000,000 bytes; received 0")

    @pytest.mark.parametrize("kind", ["file", "package"])
    def test_too_large(self, tmp_path: Path, package: Path, kind: str) -> None:
        path = tmp_path / "large.mlmodel" if kind == "file" else package / WEIGHTS
        with path.open("ab") as stream:
            stream.truncate(1_000_000_001)
        before = peak_bytes()
        _refused(path if kind == "file" else package, "1,000,000,000 bytes; received")
        assert peak_bytes() - before < 100_000_000

    def test_no_right_to_read(self, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
        for kind in KINDS:
            _refused(files / kind, "cannot be read: Permission denied")


class TestForm:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda m: m.ClearField("specificationVersion"), "version from 1 to 10 for .*; received 0"),
            (lambda m: setattr(m, "specificationVersion", 11), "received 11"),
            (lambda m: setattr(m, "specificationVersion", -1), "received -1"),
            (lambda m: setattr(m, "isUpdatable", True), "trained on the phone"),
            (lambda m: m.ClearField("neuralNetworkClassifier"), "received a file that says of no kind what it is"),
            (lambda m: m.pipeline.models.add(), "received pipeline;"),
            (lambda m: m.treeEnsembleClassifier.SetInParent(), "received treeEnsembleClassifier"),
            (lambda m: m.neuralNetworkRegressor.SetInParent(), "received neuralNetworkRegressor"),
            (lambda m: m.customModel.SetInParent(), "received customModel"),
            (lambda m: m.linkedModel.SetInParent(), "received linkedModel"),
            (lambda m: m.serializedModel.SetInParent(), "received serializedModel"),
            (lambda m: m.neuralNetwork.SetInParent(), "with layers; received none"),
            (lambda m: m.ClearField("description"), "names each input differently; received none"),
            (lambda m: m.description.ClearField("output"), "names each output differently; received none"),
            (lambda m: m.description.input.append(m.description.input[0]), "input differently; .*'image', 'image'"),
            (lambda m: m.description.output.append(m.description.output[0]), "output differently"),
            (lambda m: setattr(m.description.input[0], "name", ""), r"input differently; received \[''\]"),
            (lambda m: m.description.input[0].ClearField("type"), "of what type each input is; received 'image'"),
            (lambda m: m.description.functions.add(), "received 1 functions"),
            (lambda m: m.description.state.add(), "and 1 states"),
        ],
    )
    def test_a_network_that_is_not_read_here(
        self, network: Any, tmp_path: Path, change: Callable[[Any], object], message: str
    ) -> None:
        read_coreml(written(network, tmp_path))
        change(network)
        _refused(written(network, tmp_path), message)

    @pytest.mark.parametrize("where", ["layers", "branch", "loop"])
    def test_a_custom_layer(self, network: Any, tmp_path: Path, where: str) -> None:
        layers = network.neuralNetworkClassifier.layers
        if where == "branch":
            layers.add().branch.ifBranch.layers.add().softmax.SetInParent()
            layers = layers[-1].branch.elseBranch.layers
        elif where == "loop":
            layers = layers.add().loop.bodyNetwork.layers
        read_coreml(written(network, tmp_path))
        layers.add(name="mine").custom.className = "MyLayer"
        _refused(written(network, tmp_path), "received 'mine', a custom layer of class 'MyLayer'")

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda m: setattr(m, "specificationVersion", 5), "version from 6 to 10 for mlProgram; received 5"),
            (lambda m: setattr(m.mlProgram, "version", 2), "received version 2"),
            (lambda m: m.mlProgram.functions["more"].SetInParent(), r"received version 1 and \['main', 'more'\]"),
            (lambda m: m.mlProgram.functions.clear(), r"received version 1 and \[\]"),
            (
                lambda m: setattr(m.mlProgram.functions["main"], "opset", "X"),
                r"its own set, 'X'; received \['CoreML5'\]",
            ),
            (lambda m: main_block(m).ClearField("operations"), "operations for its own set"),
        ],
    )
    def test_a_program_that_is_not_read_here(
        self, program: Any, package: Path, tmp_path: Path, change: Callable[[Any], object], message: str
    ) -> None:
        read_coreml(written(program, tmp_path))
        change(program)
        _refused(written(program, tmp_path), message)

    def test_a_program_without_its_package(self, files: Path, tmp_path: Path) -> None:
        path = shutil.copy(files / "tiny32.mlpackage" / SPECIFICATION, tmp_path / "alone.mlmodel")
        _refused(path, "received a file alone, which names @model_path/weights/weight.bin; give the whole folder")


class TestPackage:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"a": ' * 100_000,
            b"1" * 10_000,
            b'{"fileFormatVersion": "1.0.0", "fileFormatVersion": "1.0.0"}',
        ],
    )
    def test_a_manifest_that_is_not_json(self, package: Path, content: bytes) -> None:
        (package / MANIFEST).write_bytes(content)
        _refused(package, r"its Manifest\.json is not JSON")

    @pytest.mark.parametrize("content", ["null", "3", "[]", "NaN", '"text"', "{}", '{"itemInfoEntries": []}'])
    def test_a_manifest_of_another_form(self, package: Path, content: str) -> None:
        (package / MANIFEST).write_text(content)
        _refused(package, "should have fileFormatVersion 1.0.0, rootModelIdentifier and itemInfoEntries; received")

    @pytest.mark.parametrize(
        ("key", "value", "message"),
        [
            ("fileFormatVersion", "2.0.0", "received '2.0.0'"),
            ("fileFormatVersion", None, "received None"),
            ("rootModelIdentifier", 3, "received .* 3 and"),
            ("rootModelIdentifier", "other", "under rootModelIdentifier, 'other'"),
            ("itemInfoEntries", {}, "under rootModelIdentifier"),
            ("itemInfoEntries", {"a": 3}, "item 'a' should have a path inside .*; received None"),
            ("itemInfoEntries", {"a": {"path": 3}}, "item 'a' should have a path inside .*; received 3"),
            ("itemInfoEntries", {"a": {"path": "com.apple.CoreML/none"}}, "is not there: Data/com.apple.CoreML/none"),
        ],
    )
    def test_a_manifest_that_says_something_else(self, package: Path, key: str, value: object, message: str) -> None:
        manifest = json.loads((package / MANIFEST).read_text())
        (package / MANIFEST).write_text(json.dumps({**manifest, key: value}))
        _refused(package, message)

    @pytest.mark.parametrize(
        "path",
        [
            "",
            ".",
            "..",
            "/etc/passwd",
            "../Manifest.json",
            "com.apple.CoreML/../../Manifest.json",
            "com.apple.CoreML//model.mlmodel",
            "com.apple.CoreML/./model.mlmodel",
            "com.apple.CoreML\\model.mlmodel",
            "..\\outside.mlmodel",
            "C:\\model.mlmodel",
            "C:model.mlmodel",
            "com.apple.CoreML/model.mlmodel\0",
            "com.apple.CoreML/\ud800",
            "x/" * 300 + "x",
        ],
    )
    def test_a_path_that_may_lead_elsewhere(self, package: Path, path: str) -> None:
        (package.parent / "outside.mlmodel").write_bytes((package / SPECIFICATION).read_bytes())
        manifest = json.loads((package / MANIFEST).read_text())
        root = manifest["itemInfoEntries"][manifest["rootModelIdentifier"]]
        assert root["path"] == "com.apple.CoreML/model.mlmodel"
        root["path"] = path
        (package / MANIFEST).write_text(json.dumps(manifest))
        _refused(package, "should have a path inside the package's Data folder")

    @pytest.mark.parametrize("name", [MANIFEST, "Data", str(ITEM), str(SPECIFICATION), str(WEIGHTS), "Data/more"])
    def test_a_link(self, package: Path, files: Path, name: str) -> None:
        path = package / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(files / "tiny32.mlpackage" / ("Data" if name == "Data/more" else name))
        _refused(package, f"of ordinary files; received '{path.name}', a link or a device; refused")

    @pytest.mark.parametrize("name", [MANIFEST, "Data", str(ITEM), str(SPECIFICATION), str(WEIGHTS)])
    def test_a_part_that_is_missing_or_is_of_another_kind(self, package: Path, name: str) -> None:
        path = package / name
        path.rename(package.parent / "away")
        _refused(package, "without Manifest.json|is not there|received no file '@model_path/weights/weight.bin'")
        if (package.parent / "away").is_dir():
            path.write_bytes(b"x")
        else:
            path.mkdir()
        _refused(package, "without Manifest.json|is not there|received no file|under rootModelIdentifier")

    def test_a_pipe(self, package: Path) -> None:
        os.mkfifo(package / "Data" / "pipe")
        _refused(package, "received 'pipe', a link or a device")

    def test_too_many_files(self, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package_module, "_MOST_ENTRIES", 6)
        read_coreml(package)
        (package / "Data" / "more").touch()
        _refused(package, "of at most 6 files and 1,000,000,000 bytes; received more")

    def test_a_manifest_that_is_too_long(self, package: Path) -> None:
        (package / MANIFEST).write_bytes((package / MANIFEST).read_bytes() + b" " * 1_000_000)
        _refused(package, "its Manifest.json has 1,000,617 bytes, more than 1,000,000")

    @pytest.mark.parametrize("file", ["specification", "weights"])
    def test_an_empty_file(self, package: Path, file: str) -> None:
        path = package / {"specification": SPECIFICATION, "weights": WEIGHTS}[file]
        path.write_bytes(b"")
        _refused(package, rf"{path.name} should have 1 to 1,000,000,000 bytes; received 0")


class TestWeightsName:
    @pytest.mark.parametrize(
        "name",
        [
            "",
            "weights/weight.bin",
            "@model_path",
            "@model_path/",
            "@model_path/../outside.bin",
            "@model_path/weights/../../../outside.bin",
            "@model_path//etc/passwd",
            "@model_path/weights\\weight.bin",
            "@model_path/C:weight.bin",
            "/etc/passwd",
            "@model_path/weights/weight.bin\0",
        ],
    )
    def test_a_name_that_may_lead_elsewhere(self, program: Any, package: Path, tmp_path: Path, name: str) -> None:
        shutil.copy(package / WEIGHTS, tmp_path / "outside.bin")
        for value in blob_values(program.mlProgram):
            value.fileName = name
        _refused(written(program, tmp_path), "which may lead elsewhere; refused")

    def test_no_such_file(self, program: Any, package: Path, tmp_path: Path) -> None:
        for value in blob_values(program.mlProgram):
            value.fileName = "@model_path/weights/other.bin"
        _refused(written(program, tmp_path), "received no file '@model_path/weights/other.bin'")

    def test_two_files(self, program: Any, package: Path, tmp_path: Path) -> None:
        shutil.copy(package / WEIGHTS, package / WEIGHTS.with_name("other.bin"))
        next(iter(blob_values(program.mlProgram))).fileName = "@model_path/weights/other.bin"
        _refused(written(program, tmp_path), "weights in one file of a .mlpackage folder; received .*other.bin")

    def test_a_name_in_an_odd_place_is_seen(self, program: Any, package: Path, tmp_path: Path) -> None:
        inner = main_block(program).operations[0].blocks.add().operations.add()
        held = inner.inputs["x"].arguments.add().value.immediateValue.tuple.values.add()
        held.blobFileValue.fileName = "@model_path/../outside.bin"
        _refused(written(program, tmp_path), "outside.bin")
        held.blobFileValue.fileName = "@model_path/weights/weight.bin"
        held.blobFileValue.offset = 1 << 60
        with pytest.raises(ModelFileError, match="expected a blob at offset 1,152,921,504,606,846,976"):
            read_coreml(written(program, tmp_path))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"x", "received 1 bytes, less than its header has"),
            (struct.pack("<II56x", 1, 2), "received version 2 and 1 blobs in 64 bytes"),
            (struct.pack("<II56x", 0, 1), "received version 1 and 0 blobs"),
            (struct.pack("<II56x", 2**32 - 1, 2) * 2, "received version 2 and 4,294,967,295 blobs"),
        ],
        ids=["short", "count", "version", "huge count"],
    )
    def test_a_header_of_another_file(self, package: Path, content: bytes, message: str) -> None:
        (package / WEIGHTS).write_bytes(content)
        with pytest.raises(ModelFileError, match=f"expected weight.bin to be a weights file.*{message}"):
            read_coreml(package)


class TestDamage:
    @pytest.mark.parametrize("kind", ["tiny.mlmodel", "tiny16.mlpackage"])
    def test_it_reads_or_is_one_clear_error(self, files: Path, tmp_path: Path, kind: str) -> None:
        errors = []
        before = peak_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for description, path in damaged_copies(files / kind, 200, seed=0, folder=tmp_path):
                try:
                    errors.append(_error_of(path))
                except Exception as error:
                    pytest.fail(f"{description}: {error!r}")
        assert len(errors) == 200
        assert 10 < errors.count("") < 190
        assert max(map(len, errors)) < 700
        assert peak_bytes() - before < 100_000_000

    def test_the_copies_are_different_and_the_same_each_time(self, files: Path, tmp_path: Path) -> None:
        content = (files / "tiny.mlmodel").read_bytes()
        copies = list(mutated(content, 40, seed=1))
        assert copies == list(mutated(content, 40, seed=1))
        assert copies != list(mutated(content, 40, seed=2))
        assert not [description for description, changed in copies if changed == content]
        source = files / "tiny32.mlpackage"
        for number, (_, copy) in enumerate(damaged_copies(source, 12, 0, tmp_path)):
            changed = [file for file in (SPECIFICATION, WEIGHTS, MANIFEST) if not _same(copy / file, source / file)]
            assert changed == [(SPECIFICATION, WEIGHTS, MANIFEST)[number % 3]]


def _same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def _error_of(path: Path) -> str:
    """The error in all that this half of the runner can tell of a model; empty where there is none."""
    try:
        file = read_coreml(path)
        feature = input_feature(file)
        class_labels(file)
        output_names(file)
        if file.weights is not None:
            for offset, (dtype, count) in declared_blobs(file).items():
                file.weights.array(offset, dtype, count)
        if isinstance(feature, ImageFeature) and feature.height * feature.width < 10_000:
            channels = 1 if feature.channel_order == "gray" else 3
            images = np.ones((1, feature.height, feature.width, channels), np.uint8)
            scaled(image_tensor(images, feature), file, feature)
    except DeploymentError as error:
        return str(error)
    return ""
