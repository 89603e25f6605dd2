"""The conversion to Core ML: the file holds the network, its preprocessing and its labels, and is always the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.artifacts import build_model
from helpers.convert import coreml, frozen
from helpers.convert.coreml import convert, convert_frozen, graph_to_coreml, to_coreml
from helpers.convert.coreml_file import save_coreml
from helpers.convert.frozen import freeze, read_graph
from helpers.convert.plain_tensorflow import convert as convert_plain
from helpers.coreml.file import read_coreml
from helpers.coreml.library import coreml_module
from helpers.coreml.network import CoreMLNetwork
from helpers.data import load_mnist
from helpers.errors import ArtifactWriteError, DeploymentError, LaneError, ModelFileError
from helpers.files import DATA, PROJECT, sha256_path
from helpers.manifest import ModelDescription, Weights
from helpers.preprocess import ChannelOrder, to_tensor
from helpers.zoo import model_record
from tests.coreml_mutations import damaged_copies
from tests.coreml_samples import peak_bytes
from tests.coreml_tiny import (
    KINDS,
    LABELS,
    SUFFIXES,
    converted,
    keras_outputs,
    tiny_description,
    tiny_images,
    tiny_input,
    tiny_network,
)

LENET_FILE = DATA / "lenet" / "lenet.h5"
# What float16 may change in the tiny network's numbers, relative to the largest.
_FLOAT16 = 2e-3


def _lenet_description() -> ModelDescription:
    record = model_record("lenet")
    weights = Weights(kind="trained", source="MNIST", licence="MIT", sha256="ab" * 32)
    return ModelDescription(
        model="lenet",
        title="LeNet",
        citation=record.citation,
        input=record.input,
        labels=record.labels,
        weights=weights,
    )


class TestLayers:
    LAYERS = ("relu", "pixels", "norm")

    @pytest.mark.parametrize("kind", KINDS)
    def test_layers_asked_for_come_out_under_their_names_in_that_order(self, kind: Any, tmp_path: Path) -> None:
        image = tiny_input()
        network = converted(kind, image, tmp_path, layers=self.LAYERS)
        assert network.outputs == ("probabilities", *self.LAYERS)
        images = tiny_images(image)
        received, expected = network.run(images), keras_outputs(self.LAYERS, to_tensor(images, image))
        for name in network.outputs:
            assert received[name].shape == expected[name].shape, name
            allowed = (_FLOAT16 if kind == "program_fp16" else 1e-5) * np.abs(expected[name]).max()
            assert np.abs(received[name] - expected[name]).max() <= allowed, name
        # A layer under another's name would not pass.
        assert np.abs(expected["relu"] - expected["norm"]).max() > 10 * _FLOAT16 * np.abs(expected["norm"]).max()

    def test_another_order_gives_the_same_values_under_the_same_names(self, tmp_path: Path) -> None:
        image = tiny_input()
        (tmp_path / "one").mkdir()
        (tmp_path / "other").mkdir()
        one = converted("neural_network", image, tmp_path / "one", layers=self.LAYERS).run(tiny_images(image))
        other = converted("neural_network", image, tmp_path / "other", layers=self.LAYERS[::-1]).run(tiny_images(image))
        assert list(other) == ["probabilities", *self.LAYERS[::-1]]
        assert all(np.array_equal(one[name], other[name]) for name in one)

    def test_their_shapes_and_words_stand_in_the_description(self) -> None:
        model = to_coreml(tiny_network(), tiny_description(tiny_input()), layers=("pool", "relu"))
        outputs = {feature.name: feature for feature in model.get_spec().description.output}
        assert list(outputs) == ["classLabel", "probabilities", "pool", "relu"]
        assert tuple(outputs["relu"].type.multiArrayType.shape) == (1, 6, 5, 4)
        assert tuple(outputs["pool"].type.multiArrayType.shape) == (1, 4)
        assert "relu" in outputs["relu"].shortDescription

    @pytest.mark.parametrize("layer", ["conv9", "answer", "image", ""])
    def test_a_layer_that_is_not_there_is_named(self, layer: str) -> None:
        with pytest.raises(
            ModelFileError, match=rf"received '{layer}'; its layers are pixels, conv, norm, relu, pool$"
        ):
            to_coreml(tiny_network(), tiny_description(tiny_input()), layers=("conv", layer))

    def test_a_layer_asked_for_twice_is_named(self) -> None:
        with pytest.raises(ModelFileError, match="each layer once; received relu, conv, relu"):
            to_coreml(tiny_network(), tiny_description(tiny_input()), layers=("relu", "conv", "relu"))


class TestPreprocessing:
    """The layer `pixels` gives what reaches the network, so it is compared bit by bit."""

    @pytest.mark.parametrize("kind", ["neural_network", "program_fp32"])
    @pytest.mark.parametrize(
        ("order", "per_channel"), [("gray", False), ("rgb", False), ("bgr", False), ("rgb", True), ("bgr", True)]
    )
    def test_the_file_does_what_to_tensor_does(
        self, kind: Any, order: ChannelOrder, per_channel: bool, tmp_path: Path
    ) -> None:
        image = tiny_input(order, per_channel)
        images = tiny_images(image)
        network = converted(kind, image, tmp_path, layers=("pixels",))
        assert network.input.channel_order == order  # type: ignore[union-attr]
        assert np.array_equal(network.run(images)["pixels"], to_tensor(images, image))

    def test_float16_rounds_the_result_once(self, tmp_path: Path) -> None:
        image = tiny_input("bgr")
        images = tiny_images(image)
        received = converted("program_fp16", image, tmp_path, layers=("pixels",)).run(images)["pixels"]
        assert np.array_equal(received, to_tensor(images, image).astype(np.float16).astype(np.float32))

    def test_float16_scales_in_float32_also_where_each_channel_has_its_scale(self, tmp_path: Path) -> None:
        image = tiny_input("bgr", True)
        images = tiny_images(image)
        received = converted("program_fp16", image, tmp_path, layers=("pixels",)).run(images)["pixels"]
        assert np.array_equal(received, to_tensor(images, image).astype(np.float16).astype(np.float32))

    def test_the_pass_that_is_left_out_would_be_seen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        image = tiny_input("rgb", True)
        images = tiny_images(image)
        # Another pass, which has nothing to do here, is left out instead.
        monkeypatch.setattr(coreml, "_INEXACT_PASS", "common::fuse_prelu")
        received = converted("neural_network", image, tmp_path, layers=("pixels",)).run(images)["pixels"]
        expected = to_tensor(images, image)
        assert 1e-6 < np.abs(received - expected).max() / np.abs(expected).max() < 1e-4

    @pytest.mark.parametrize("per_channel", [False, True])
    def test_a_frozen_graph_gets_the_same(
        self, per_channel: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(coreml, "_check_fits", lambda *_: None)
        image = tiny_input("bgr", per_channel)
        images = tiny_images(image)
        model = graph_to_coreml(freeze(tiny_network()), tiny_description(image), "pixels")
        # The network is cut behind `pixels`, which stands where the probabilities would.
        specification = model.get_spec()
        assert specification.description.predictedProbabilitiesName == "probabilities"
        network = specification.neuralNetworkClassifier
        network.stringClassLabels.vector[:] = map(str, range(int(np.prod(image.shape))))
        path = tmp_path / "pixels.mlmodel"
        save_coreml(specification, path)
        received = CoreMLNetwork(read_coreml(path)).run(images)["probabilities"]
        expected = to_tensor(images, image)
        assert received.shape == (len(images), expected[0].size)
        # The order of the axes inside is the converter's matter.
        assert any(
            np.array_equal(received, expected.transpose(0, *axes).reshape(len(images), -1))
            for axes in ((1, 2, 3), (3, 1, 2))
        )

    @pytest.mark.parametrize("kind", KINDS)
    def test_an_array_is_left_as_it_is(self, kind: Any, tmp_path: Path) -> None:
        image = tiny_input("bgr", True)
        tensor = to_tensor(tiny_images(image), image)
        network = converted(kind, image, tmp_path, input_kind="array", layers=("pixels",))
        assert network.input.shape == (1, 6, 5, 3)  # type: ignore[union-attr]
        received, expected = network.run(tensor), keras_outputs((), tensor)["probabilities"]
        if kind == "program_fp16":
            tensor = tensor.astype(np.float16).astype(np.float32)
        assert np.array_equal(received["pixels"], tensor)
        assert np.abs(received["probabilities"] - expected).max() <= (_FLOAT16 if kind == "program_fp16" else 1e-6)


class TestDescription:
    @pytest.fixture(scope="class", params=KINDS)
    def specification(self, request: pytest.FixtureRequest) -> Any:
        return to_coreml(tiny_network(), tiny_description(tiny_input()), request.param).get_spec()

    def test_it_says_what_the_model_is_where_it_comes_from_and_under_which_terms(self, specification: Any) -> None:
        metadata = specification.description.metadata
        assert "Tiny (untrained)" in metadata.shortDescription
        assert "made for a test" in metadata.shortDescription
        assert (metadata.author, metadata.license, metadata.versionString) == ("Nobody, 2000", "MIT", "01234567")

    def test_every_input_and_output_has_its_name_and_words(self, specification: Any) -> None:
        description = specification.description
        assert [feature.name for feature in description.input] == ["image"]
        assert [feature.name for feature in description.output] == ["classLabel", "probabilities"]
        assert all(feature.shortDescription for feature in (*description.input, *description.output))
        assert "5 x 6 pixels" in description.input[0].shortDescription
        assert description.predictedFeatureName == "classLabel"
        assert description.predictedProbabilitiesName == "probabilities"

    def test_it_holds_no_date(self, specification: Any) -> None:
        content = specification.SerializeToString()
        assert not re.search(rb"conversion_date|20[2-9]\d-[01]\d", content)

    def test_an_array_says_its_order_and_a_gray_image_that_it_is_gray(self) -> None:
        (array,) = (
            to_coreml(tiny_network(), tiny_description(tiny_input()), input_kind="array").get_spec().description.input
        )
        assert "float32 (1, 6, 5, 3)" in array.shortDescription
        assert "bgr" in array.shortDescription
        (gray,) = to_coreml(tiny_network(1), tiny_description(tiny_input("gray"))).get_spec().description.input
        assert "gray image" in gray.shortDescription

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_labels_stay_in_their_order(self, kind: Any, tmp_path: Path) -> None:
        image = tiny_input()
        network = converted(kind, image, tmp_path)
        assert network.class_labels == LABELS
        assert network.outputs == ("probabilities",)
        expected = keras_outputs((), to_tensor(tiny_images(image), image))["probabilities"]
        assert np.abs(network.run(tiny_images(image))["probabilities"] - expected).max() <= _FLOAT16
        # Two classes in each other's place would be seen.
        assert np.diff(np.sort(expected[0])).min() > 2 * _FLOAT16


# What a second process converts: after other networks, and with another order of hashes.
_CHILD = """
import sys
from pathlib import Path

from helpers.zoo import build_lenet
from tests.test_coreml_conversion import convert_everything

others = build_lenet(), build_lenet()
convert_everything(Path(sys.argv[1]))
"""


def convert_everything(folder: Path) -> Path:
    """Convert the tiny network and LeNet to files of all kinds, from Keras and from a frozen graph."""
    folder.mkdir()
    tiny_network().save(folder / "tiny.h5")
    tiny = tiny_description(tiny_input("rgb", True))
    for kind in KINDS:
        convert(folder / "tiny.h5", folder / f"tiny_{kind}{SUFFIXES[kind]}", tiny, kind)  # type: ignore[arg-type]
    (folder / "tiny.pb").write_bytes(freeze(tiny_network()).SerializeToString())
    convert_frozen(folder / "tiny.pb", folder / "tiny_from_pb.mlmodel", tiny)
    convert(LENET_FILE, folder / "lenet.mlmodel", _lenet_description(), "neural_network")
    convert(LENET_FILE, folder / "lenet.mlpackage", _lenet_description(), "program_fp16")
    return folder


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256_path(path) for path in folder.iterdir() if path.suffix.startswith(".ml")}


def test_every_conversion_gives_the_same_bytes(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", _CHILD, str(tmp_path / "elsewhere")]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True) as other:
        first = _hashes(convert_everything(tmp_path / "first"))
        assert len(first) == 6
        assert _hashes(convert_everything(tmp_path / "second")) == first
        _, said = other.communicate(timeout=300)
    assert other.returncode == 0, said
    assert _hashes(tmp_path / "elsewhere") == first


COMMITTED = PROJECT / "ios_app" / "Models" / "LeNet.mlmodel"


def test_the_apps_model_is_the_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    _, folder = build_model("lenet", formats=["mlmodel"])
    assert COMMITTED.read_bytes() == (folder / "lenet.mlmodel").read_bytes()


class TestRefusals:
    def test_what_coremltools_cannot_convert_is_one_clear_error(self) -> None:
        image = keras.Input((6, 5, 3), name="image")
        x = keras.layers.GlobalAveragePooling2D()(keras.ops.fft2((image, image))[0])
        network = keras.Model(image, keras.layers.Dense(5, activation="softmax")(x))
        with pytest.raises(ModelFileError, match=r"^Tiny \(untrained\) cannot be converted to Core ML: .*FFT.*; see"):
            to_coreml(network, tiny_description(tiny_input()))

    @pytest.mark.parametrize("labels", [LABELS[:4], LABELS[:4] * 2, (*LABELS[:4], LABELS[0])])
    def test_a_different_label_for_each_probability_is_needed(self, labels: tuple[str, ...]) -> None:
        about = tiny_description(tiny_input()).model_copy(update={"labels": labels})
        with pytest.raises(ModelFileError, match=r"expected labels|to 5; is it another model's"):
            to_coreml(tiny_network(), about)
        with pytest.raises(ModelFileError, match=r"expected labels|to 5; is it another model's"):
            graph_to_coreml(freeze(tiny_network()), about, "answer")

    def test_a_description_of_another_network_is_refused(self) -> None:
        with pytest.raises(ModelFileError, match=r"received a network from \(6, 5, 3\) to 5"):
            to_coreml(tiny_network(), _lenet_description())

    @pytest.mark.parametrize(("option", "value"), [("kind", "neuralnetwork"), ("input_kind", "Image")])
    def test_unknown_choices_are_refused(self, option: str, value: str) -> None:
        with pytest.raises(ModelFileError, match=f"expected {option} to be one of .*; received '{value}'"):
            to_coreml(tiny_network(), tiny_description(tiny_input()), **{option: value})  # type: ignore[arg-type]

    def test_names_that_the_file_needs_itself_are_refused(self) -> None:
        image = keras.Input((6, 5, 3), name="image")
        x = keras.layers.Conv2D(4, 3, name="classLabel")(image)
        network = keras.Model(image, keras.layers.Dense(5, activation="softmax")(keras.layers.Flatten()(x)))
        with pytest.raises(ModelFileError, match="received 'classLabel'; give the layer another name"):
            to_coreml(network, tiny_description(tiny_input()), layers=["classLabel"])

    def test_models_of_another_form_are_refused(self) -> None:
        one, other = keras.Input((6, 5, 3)), keras.Input((6, 5, 3))
        flat = keras.layers.Dense(5)(keras.layers.Flatten()(one + other))
        for network in (keras.Model([one, other], flat), keras.Sequential([keras.layers.Dense(5)])):
            with pytest.raises(ModelFileError, match="expected a Keras model with one float32 input"):
                to_coreml(network, tiny_description(tiny_input()))

    def test_a_source_that_is_no_model_leaves_no_target(self, tmp_path: Path) -> None:
        about = tiny_description(tiny_input())
        (tmp_path / "tiny.h5").write_bytes(b"rubbish")
        with pytest.raises(ModelFileError, match=r"tiny\.h5"):
            convert(tmp_path / "tiny.h5", tmp_path / "tiny.mlmodel", about, "neural_network")
        with pytest.raises(ModelFileError, match=r"tiny\.h5"):
            convert_frozen(tmp_path / "tiny.h5", tmp_path / "tiny.mlmodel", about)
        assert [path.name for path in tmp_path.iterdir()] == ["tiny.h5"]

    def test_without_coremltools_the_error_names_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("helpers.coreml.library.find_spec", lambda name: None)
        with pytest.raises(LaneError, match="expected the package coremltools"):
            to_coreml(tiny_network(), tiny_description(tiny_input()))
        with pytest.raises(LaneError, match="expected the package coremltools"):
            graph_to_coreml(freeze(tiny_network()), tiny_description(tiny_input()), "answer")


class TestFrozenGraphs:
    @pytest.mark.parametrize("plain", [False, True])
    def test_lenets_graph_computes_the_same_as_in_tensorflow(self, plain: bool, tmp_path: Path) -> None:
        source, target = tmp_path / "lenet.pb", tmp_path / "lenet.mlmodel"
        (convert_plain if plain else frozen.convert)(LENET_FILE, source)
        nodes = convert_frozen(source, target, _lenet_description())
        assert (nodes.input_node, nodes.output_node) == ("image", "probabilities")
        digits = load_mnist("test")[0][:100]
        network = CoreMLNetwork(read_coreml(target))
        assert network.class_labels == tuple("0123456789")
        received = network.run(digits)["probabilities"]
        expected = _in_tensorflow(source, digits.astype(np.float32) / 255)
        assert np.abs(np.log(received) - np.log(expected)).max() < 1e-4
        assert np.abs(np.log(received) - np.log(_in_tensorflow(source, digits / np.float32(254)))).max() > 1e-3

    def test_the_graph_itself_is_not_changed(self) -> None:
        graph = freeze(tiny_network())
        before = graph.SerializeToString(deterministic=True)
        graph_to_coreml(graph, tiny_description(tiny_input("rgb", True)), "answer")
        assert graph.SerializeToString(deterministic=True) == before

    def test_a_node_that_is_not_there_is_named(self) -> None:
        with pytest.raises(ModelFileError, match="answer9"):
            graph_to_coreml(freeze(tiny_network()), tiny_description(tiny_input()), "answer9")


def _in_tensorflow(path: Path, tensor: np.ndarray) -> np.ndarray:
    graph = read_graph(path)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.compat.v1.import_graph_def(graph, name="")
        return np.asarray(session.run(f"{coreml.last_node(graph)}:0", {"image:0": tensor}))


class TestSaving:
    @pytest.fixture(scope="class")
    def model(self) -> Any:
        return to_coreml(tiny_network(), tiny_description(tiny_input()), "program_fp16")

    def test_coremltools_itself_opens_the_package(self, model: Any, tmp_path: Path) -> None:
        target = tmp_path / "tiny.mlpackage"
        save_coreml(model.get_spec(), target, model.weights_dir)
        again = coreml_module("coremltools").models.MLModel(str(target), skip_model_load=True)
        assert again.get_spec().description == model.get_spec().description
        (weights,) = (path for path in Path(again.weights_dir).iterdir())
        assert weights.read_bytes() == (Path(model.weights_dir) / weights.name).read_bytes()

    def test_its_list_names_what_is_there_and_nothing_else(self, model: Any, tmp_path: Path) -> None:
        target = tmp_path / "tiny.mlpackage"
        save_coreml(model.get_spec(), target, model.weights_dir)
        manifest = json.loads((target / "Manifest.json").read_text())
        items = manifest["itemInfoEntries"]
        paths = {item["path"] for item in items.values()}
        assert paths == {"com.apple.CoreML/model.mlmodel", "com.apple.CoreML/weights"}
        assert items[manifest["rootModelIdentifier"]]["path"] == "com.apple.CoreML/model.mlmodel"
        assert all(re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", identifier) for identifier in items)
        assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == {
            "Manifest.json",
            "Data/com.apple.CoreML/model.mlmodel",
            "Data/com.apple.CoreML/weights/weight.bin",
        }

    @pytest.mark.parametrize("failing", ["copytree", "write_text", "rename"])
    def test_a_failure_half_way_leaves_the_old_package(
        self, model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
    ) -> None:
        target = tmp_path / "tiny.mlpackage"
        target.mkdir()
        (target / "old").write_text("as it was")

        def fail(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            if failing == "copytree":
                patch.setattr("helpers.convert.coreml_file.shutil.copytree", fail)
            else:
                patch.setattr(Path, failing, fail)
            with pytest.raises(ArtifactWriteError, match=r"tiny\.mlpackage.*No space left"):
                save_coreml(model.get_spec(), target, model.weights_dir)
        assert [path.name for path in tmp_path.iterdir()] == ["tiny.mlpackage"]
        assert (target / "old").read_text() == "as it was"

    def test_a_failure_between_the_two_renames_brings_the_old_package_back(
        self, model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "tiny.mlpackage"
        target.mkdir()
        (target / "old").write_text("as it was")
        rename = Path.rename

        def only_the_old(self: Path, to: Path) -> Path:
            if self.name == "new":
                raise OSError(5, "Input/output error")
            return rename(self, to)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", only_the_old)
            with pytest.raises(ArtifactWriteError, match="Input/output error"):
                save_coreml(model.get_spec(), target, model.weights_dir)
        assert [path.name for path in tmp_path.iterdir()] == ["tiny.mlpackage"]
        assert (target / "old").read_text() == "as it was"

    def test_an_interrupt_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        specification = to_coreml(tiny_network(), tiny_description(tiny_input())).get_spec()
        target = tmp_path / "tiny.mlmodel"
        target.write_bytes(b"as it was")

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", interrupt)
            with pytest.raises(KeyboardInterrupt):
                save_coreml(specification, target)
        assert [path.name for path in tmp_path.iterdir()] == ["tiny.mlmodel"]
        assert target.read_bytes() == b"as it was"

    def test_a_new_package_takes_the_place_of_an_old_one(self, model: Any, tmp_path: Path) -> None:
        target = tmp_path / "tiny.mlpackage"
        target.mkdir()
        (target / "old").write_text("gone soon")
        save_coreml(model.get_spec(), target, model.weights_dir)
        assert not (target / "old").exists()
        assert read_coreml(target).kind == "ml_program"
        assert [path.name for path in tmp_path.iterdir()] == ["tiny.mlpackage"]


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(("kind", "seed"), [("neural_network", 31), ("program_fp32", 32), ("program_fp16", 33)])
def test_a_damaged_file_gives_numbers_or_one_clear_error(kind: Any, seed: int, tmp_path: Path) -> None:
    image = tiny_input("rgb", True)
    model = to_coreml(tiny_network(), tiny_description(image), kind)
    source = tmp_path / f"tiny{SUFFIXES[kind]}"
    save_coreml(model.get_spec(), source, model.weights_dir)
    images, folder = tiny_images(image, 2), tmp_path / "damaged"
    folder.mkdir()
    before, refused = peak_bytes(), 0
    for what, path in damaged_copies(source, 70, seed, folder):
        try:
            received = CoreMLNetwork(read_coreml(path)).run(images)
        except DeploymentError:
            refused += 1
        except Exception as error:
            pytest.fail(f"{what}: {type(error).__name__}: {error}")
        else:
            assert all(array.dtype == np.float32 and len(array) == 2 for array in received.values()), what
    # Both happen: some damage is in a number, and most is not.
    assert 0 < refused < 70
    assert peak_bytes() - before < 1_000_000_000
