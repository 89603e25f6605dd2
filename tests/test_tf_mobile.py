"""TensorFlow for Mobile: the rewritten graphs hold what 1.13.1 knows, and compute what they computed before."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from helpers import fetch_tf113_ops
from helpers.convert import folding, tf_mobile
from helpers.convert.frozen import freeze, read_graph
from helpers.convert.keras_file import inner_layers, load_h5, output_node
from helpers.convert.nodes import ConvertedNodes
from helpers.convert.tf113 import OPS_FILE, PRODUCER, check_known, load_op_list
from helpers.data import load_photo
from helpers.errors import DataError, LaneError, ModelFileError
from helpers.files import DATA, PROJECT
from helpers.squeezenet import load_squeezenet
from helpers.untrained import apply_untrained_weights

v1 = tf.compat.v1


@dataclass(frozen=True, repr=False)
class Case:
    """A model, before and after."""

    name: str
    source: Path
    target: Path
    model: keras.Model
    nodes: ConvertedNodes
    before: Any
    after: Any
    image: NDArray[np.float32]


def _mobilenet() -> keras.Model:
    image = keras.Input((224, 224, 3), name="image")
    model = keras.applications.MobileNet(weights=None, input_tensor=image)
    apply_untrained_weights("mobilenet", model)
    return model


def _photo(model: keras.Model) -> NDArray[np.float32]:
    """A photo of the model's size with values from -1 to 1; for SqueezeNet 127.5 times that."""
    _, height, width, channels = model.input_shape
    photo = Image.fromarray(load_photo("chelsea")).convert("L" if channels == 1 else "RGB").resize((width, height))
    scale = 1.0 if model.name == "squeezenet" else 127.5
    return ((np.asarray(photo, np.float32) - 127.5) / scale).reshape(1, height, width, channels)


@pytest.fixture(scope="module", params=["lenet", "squeezenet", "mobilenet"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp(request.param)
    source, target = folder / "model.h5", folder / "model_tf_mobile.pb"
    if request.param == "lenet":
        shutil.copy(DATA / "lenet" / "lenet.h5", source)
    else:
        {"squeezenet": load_squeezenet, "mobilenet": _mobilenet}[request.param]().save(source)
    nodes = tf_mobile.convert(source, target)
    model = load_h5(source)
    return Case(request.param, source, target, model, nodes, freeze(model), read_graph(target), _photo(model))


def _run(graph: Any, names: Sequence[str], image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    # Importing adds today's default attributes to the message it is given.
    copy = v1.GraphDef.FromString(graph.SerializeToString())
    with v1.Session(graph=tf.Graph()) as session:
        v1.import_graph_def(copy, name="")
        return list(session.run([f"{name}:0" for name in names], {"image:0": image}))


class TestModels:
    def test_only_what_1_13_1_knows_is_left(self, case: Case) -> None:
        check_known(case.after, load_op_list())
        definitions = {definition.name: definition for definition in load_op_list().op}
        for node in case.after.node:
            assert set(node.attr) <= {attribute.name for attribute in definitions[node.op].attr}, node.name
        assert (case.after.versions.producer, case.after.versions.min_consumer) == (27, 0)

    def test_the_graph_before_is_refused(self, case: Case) -> None:
        with pytest.raises(ModelFileError, match=r"to have attributes of TensorFlow 1\.13\.1.*received '\w+'; rewrite"):
            check_known(case.before, load_op_list())

    def test_it_computes_what_it_computed_before(self, case: Case) -> None:
        (before,) = _run(case.before, [case.nodes.output_node], case.image)
        (after,) = _run(case.after, [case.nodes.output_node], case.image)
        assert before.max() > 0.1
        assert np.abs(np.log(after) - np.log(before)).max() < 1e-3

    def test_each_intermediate_node_is_its_layers_output(self, case: Case) -> None:
        names = case.nodes.intermediate_nodes
        inner = keras.Model(case.model.inputs, [case.model.get_layer(name).output for name in names])
        for name, by_keras, by_graph in zip(
            names, inner.predict_on_batch(case.image), _run(case.after, names, case.image), strict=True
        ):
            assert by_graph.shape == by_keras.shape
            assert np.allclose(by_graph, by_keras, rtol=1e-3, atol=1e-4 * np.abs(by_keras).max()), name

    def test_the_nodes(self, case: Case) -> None:
        assert (case.nodes.input_node, case.nodes.output_node) == ("image", output_node(case.model))
        inner = [layer.name for layer in inner_layers(case.model)]
        left_out = set(inner) - set(case.nodes.intermediate_nodes)
        if case.name == "mobilenet":
            assert len(left_out) == 27
            assert all(
                isinstance(case.model.get_layer(name), keras.layers.Conv2D | keras.layers.DepthwiseConv2D)
                for name in left_out
            )
            assert {"conv1", "conv_dw_1", "conv_pw_13"} <= left_out
            assert "conv_preds" in case.nodes.intermediate_nodes
        else:
            assert left_out == set()
        assert [name for name in inner if name not in left_out] == list(case.nodes.intermediate_nodes)

    def test_nothing_of_batch_normalisation_but_an_offset_is_left(self, case: Case) -> None:
        operations = Counter(node.op for node in case.after.node)
        assert operations["Mul"] == operations["Rsqrt"] == operations["Sub"] == operations["AddV2"] == 0
        assert operations["Add"] == (27 if case.name == "mobilenet" else 0)

    def test_the_changes_are_listed(self, case: Case) -> None:
        keep = (*case.nodes.intermediate_nodes, case.nodes.output_node)
        untouched = case.before.SerializeToString(deterministic=True)
        rewritten = tf_mobile.rewrite(case.before, keep)
        assert case.before.SerializeToString(deterministic=True) == untouched
        assert rewritten.graph.SerializeToString(deterministic=True) == case.target.read_bytes()
        counts = {(change.kind, change.subject): change.count for change in rewritten.changes}
        operations = Counter(node.op for node in case.after.node)
        assert counts["attribute dropped", "Conv2D: explicit_paddings"] == operations["Conv2D"]
        assert counts.get(("renamed", "AddV2 -> Add"), 0) == operations["Add"]
        assert counts.get(("merged", "Mul into the convolution before it"), 0) == operations["DepthwiseConv2dNative"]
        # A node that is merged takes its constant with it.
        nodes_of = {"left out": 1, "folded": 1, "merged": 2}
        fewer = sum(nodes_of.get(change.kind, 0) * change.count for change in rewritten.changes)
        assert (fewer, len(case.after.node)) == (
            len(case.before.node) - len(case.after.node),
            len(rewritten.graph.node),
        )

    def test_two_processes_write_the_same_bytes(self, case: Case, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from helpers.convert import tf_mobile;"
            "tf_mobile.convert(Path(sys.argv[1]), Path(sys.argv[2]))"
        )
        for seed in ("1", "2") if case.name == "mobilenet" else ("3",):
            target = tmp_path / f"{seed}.pb"
            subprocess.run(
                [sys.executable, "-c", program, str(case.source), str(target)],
                env=os.environ | {"PYTHONHASHSEED": seed},
                cwd=PROJECT,
                check=True,
                capture_output=True,
            )
            assert target.read_bytes() == case.target.read_bytes()


class TestOpList:
    def test_the_registry_is_1_13_1s(self) -> None:
        definitions = {definition.name: definition for definition in load_op_list().op}
        assert OPS_FILE.stat().st_size == 172_930
        assert len(definitions) == 1062
        # It came before FusedBatchNormV3 and after AddV2, whatever is said of both.
        assert {"Add", "AddV2", "FusedBatchNormV2"} <= definitions.keys()
        assert "FusedBatchNormV3" not in definitions
        attributes = {attribute.name for attribute in definitions["Conv2D"].attr}
        assert attributes == {"T", "strides", "use_cudnn_on_gpu", "padding", "data_format", "dilations"}

    def test_a_damaged_file_is_one_clear_error(self, tmp_path: Path) -> None:
        path = tmp_path / "tf113" / "ops.pb"
        path.parent.mkdir()
        path.write_bytes(OPS_FILE.read_bytes()[:-1])
        with pytest.raises(
            DataError, match=r"ops\.pb is damaged or is another file.*git checkout -- data/tf113/ops\.pb"
        ):
            load_op_list(path)

    def test_a_missing_file_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"cannot read .*restore it with"):
            load_op_list(tmp_path / "tf113" / "ops.pb")


class TestFetching:
    def test_without_maven(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("BUILD_DIR", str(tmp_path))
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(fetch_tf113_ops, "find_java", lambda: (Path("java"), "17"))
        with pytest.raises(
            LaneError, match=r"could not fetch libtensorflow-1\.13\.1\.jar: mvn does not start.*install"
        ):
            fetch_tf113_ops.fetch_ops()

    def test_on_another_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(platform, "machine", lambda: "arm64")
        with pytest.raises(LaneError, match=r"received .* on arm64; run it there"):
            fetch_tf113_ops.fetch_ops()

    def test_a_file_of_another_content(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("BUILD_DIR", str(tmp_path))
        monkeypatch.setattr(fetch_tf113_ops, "find_java", lambda: (Path("java"), "17"))
        monkeypatch.setattr(fetch_tf113_ops, "run_maven", lambda *arguments, purpose: None)
        with pytest.raises(DataError, match=r"libtensorflow-1\.13\.1\.jar with SHA-256 .*; received no file"):
            fetch_tf113_ops.fetch_ops()


def _graph(build: Any) -> Any:
    """The graph of a function from a placeholder (n, 6, 6, 4) named `image`; its output is named `out`."""
    graph = tf.Graph()
    with graph.as_default():
        tf.identity(build(v1.placeholder(tf.float32, (None, 6, 6, 4), name="image")), name="out")
    return graph.as_graph_def()


def _random(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(sum(shape)).uniform(0.5, 1.5, shape).astype(np.float32)


class TestRefusals:
    def test_an_operation_that_came_later_is_named_with_its_node(self) -> None:
        graph = v1.GraphDef()
        graph.node.add(name="bn/norm", op="FusedBatchNormV3")
        graph.node.add(name="odd", op="Quux")
        with pytest.raises(
            ModelFileError,
            match=r"received 'FusedBatchNormV3' \(node bn/norm\), 'Quux' \(node odd\); build the network",
        ):
            check_known(graph, load_op_list())

    def test_it_is_refused_by_rewriting_too(self) -> None:
        graph = _graph(lambda image: tf.raw_ops.LeakyRelu(features=tf.raw_ops.EuclideanNorm(input=image, axis=[1])))
        with pytest.raises(ModelFileError, match=r"received 'EuclideanNorm' \(node EuclideanNorm\)"):
            tf_mobile.rewrite(graph, ["out"])

    def test_a_setting_that_1_13_1_cannot_hold(self) -> None:
        padding = [[0, 0], [1, 2], [1, 2], [0, 0]]
        graph = _graph(lambda image: tf.nn.conv2d(image, _random(3, 3, 4, 5), 1, padding, name="conv"))
        with pytest.raises(ModelFileError, match=r"'conv' \(Conv2D\) to hold the default in 'explicit_paddings'.*i: 2"):
            tf_mobile.rewrite(graph, ["out"])

    def test_a_node_to_keep_that_is_not_there(self) -> None:
        with pytest.raises(ModelFileError, match="received none named conv1:0; give names of nodes"):
            tf_mobile.rewrite(_graph(tf.nn.relu), ["out", "conv1:0"])

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda node: node.input.append("image"), r"to have 1 inputs in TensorFlow 1\.13\.1; received 2"),
            (lambda node: node.attr.pop("T"), "to have the attribute 'T'.*received none"),
            (
                lambda node: node.attr["T"].CopyFrom(v1.AttrValue(i=1)),
                "'T' of node 'relu' .*to be a type.*received i: 1",
            ),
            (
                lambda node: node.attr["T"].CopyFrom(v1.AttrValue(type=7)),
                "'T' of node 'relu'.*received type: DT_STRING",
            ),
            (lambda node: node.attr["U"].CopyFrom(v1.AttrValue(i=1)), "attributes of .*: T; received 'U'"),
        ],
    )
    def test_a_node_of_another_form(self, change: Any, message: str) -> None:
        graph = _graph(lambda image: tf.nn.relu(image, name="relu"))
        check_known(graph, load_op_list())
        (relu,) = (node for node in graph.node if node.name == "relu")
        change(relu)
        with pytest.raises(ModelFileError, match=message):
            check_known(graph, load_op_list())

    def test_lists_and_numbers_of_inputs(self) -> None:
        graph = v1.GraphDef()
        graph.node.add(name="image", op="Placeholder").attr["dtype"].type = 1
        joined = graph.node.add(name="joined", op="ConcatV2", input=["image", "image", "image", "^image"])
        joined.attr["T"].type = 1
        joined.attr["N"].i = 2
        check_known(graph, load_op_list())
        joined.attr["N"].i = 3
        with pytest.raises(ModelFileError, match=r"'joined' .*to have 4 inputs.*received 3"):
            check_known(graph, load_op_list())
        pool = graph.node.add(name="pool", op="AvgPool", input=["image"])
        joined.attr["N"].i = 2
        pool.attr["T"].type = 1
        pool.attr["padding"].s = b"SAME"
        pool.attr["strides"].list.i.extend([1, 2, 2, 1])
        pool.attr["ksize"].list.f.extend([1, 2, 2, 1])
        with pytest.raises(ModelFileError, match=r"'ksize' of node 'pool' .*to be a list\(int\)"):
            check_known(graph, load_op_list())

    def test_what_the_old_runtime_has_retired(self) -> None:
        graph = _graph(tf.nn.relu)
        graph.versions.producer = PRODUCER
        graph.node.add(name="old", op="BatchNormWithGlobalNormalization")
        with pytest.raises(
            ModelFileError, match=r"'BatchNormWithGlobalNormalization' \(node old\), retired in version 9"
        ):
            check_known(graph, load_op_list())

    def test_a_graph_for_later_readers(self) -> None:
        graph = _graph(tf.nn.relu)
        graph.versions.min_consumer = 28
        with pytest.raises(ModelFileError, match="may read; received one for version 28 or later"):
            check_known(graph, load_op_list())


class TestMerging:
    """Factors and offsets move into the convolution before them only where that changes no value that is used."""

    @pytest.mark.parametrize(
        ("build", "merged"),
        [
            (lambda x: _conv(x) * _random(5), {"Mul": 1}),
            (lambda x: tf.constant(_random(1, 1, 1, 5)) * _conv(x), {"Mul": 1}),
            (lambda x: _conv(x) * 3.0, {"Mul": 1}),
            (lambda x: _depthwise(x) * _random(8), {"Mul": 1}),
            (lambda x: _biased(x) * _random(5) + _random(1, 1, 1, 5), {"Mul": 1, "AddV2": 1}),
            (lambda x: (_conv(x) * _random(5)) * _random(1, 5), {"Mul": 2}),
            (lambda x: (y := _biased(x) * _random(5)) + tf.nn.relu(y), {"Mul": 1}),
            # The sum's value is used again before the offset: it must stay as it is.
            (lambda x: tf.nn.relu(y := _biased(x) * _random(5)) + (y + _random(5)), {"Mul": 1}),
            (lambda x: (y := _conv(x)) * _random(5) + y, {}),
            (lambda x: tf.nn.bias_add(y := _conv(x), _random(5)) * _random(5) + y, {}),
            (lambda x: _conv(x) * _random(6, 5), {}),
            (lambda x: _conv(x) * _random(1, 6, 1, 1), {}),
            (lambda x: _conv(x) + _random(5), {}),
            (lambda x: x * _random(4), {}),
        ],
    )
    def test_what_is_merged(self, build: Any, merged: dict[str, int]) -> None:
        graph = _graph(build)
        new, counts = folding.merge_into_convolutions(graph, ["out"])
        assert counts == merged
        image = _random(2, 6, 6, 4)
        assert np.allclose(*_run(graph, ["out"], image), *_run(new, ["out"], image), rtol=1e-5)

    def test_a_value_that_is_kept_stays(self) -> None:
        graph = _graph(lambda x: tf.multiply(_conv(x), _random(5), name="factor") * _random(5))
        for keep, merged in ((["conv", "out"], {}), (["factor", "out"], {}), (["out"], {"Mul": 2})):
            new, counts = folding.merge_into_convolutions(graph, keep)
            assert counts == merged
            for before, after in zip(*(_run(which, keep, _random(1, 6, 6, 4)) for which in (graph, new)), strict=True):
                assert np.allclose(before, after, rtol=1e-5)

    def test_weights_that_two_convolutions_share_are_changed_for_one(self) -> None:
        def build(x: tf.Tensor) -> tf.Tensor:
            kernel = tf.constant(_random(3, 3, 4, 5))
            return tf.nn.conv2d(x, kernel, 1, "SAME") * _random(5) + tf.nn.conv2d(x, kernel, 1, "SAME")

        graph, image = _graph(build), _random(1, 6, 6, 4)
        new, counts = folding.merge_into_convolutions(graph, ["out"])
        assert counts == {"Mul": 1}
        assert np.allclose(*_run(graph, ["out"], image), *_run(new, ["out"], image), rtol=1e-5)


def _conv(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(x, _random(3, 3, 4, 5), 1, "SAME", name="conv")


def _depthwise(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.depthwise_conv2d(x, _random(3, 3, 4, 2), (1, 1, 1, 1), "SAME")


def _biased(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.bias_add(_conv(x), _random(5))


def test_a_convolution_that_something_else_reads_too_can_be_fetched() -> None:
    layers, image = keras.layers, keras.Input((8, 8, 3), name="image")
    alone = layers.Conv2D(4, 3, name="alone", padding="same", use_bias=True)(image)
    read_twice = layers.Conv2D(4, 3, name="read_twice", padding="same")(layers.BatchNormalization(name="bn1")(alone))
    sums = layers.Add(name="sums")([layers.BatchNormalization(name="bn2")(read_twice), read_twice])
    active = layers.Conv2D(4, 3, name="active", activation="relu")(sums)
    last = layers.GlobalAveragePooling2D(name="last")(layers.BatchNormalization(name="bn3")(active))
    names = [layer.name for layer in tf_mobile.fetchable_layers(keras.Model(image, last))]
    assert names == ["bn1", "read_twice", "bn2", "sums", "active", "bn3"]
