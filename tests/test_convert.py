"""Converters: what comes out is whole, inference-only and always the same; what goes in is checked."""

from __future__ import annotations

import errno
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from helpers.convert import frozen, keras_file, litert, plain_tensorflow, tf113, tf_mobile
from helpers.errors import ArtifactWriteError, ModelFileError
from helpers.files import DATA, sha256_file, whole_file
from helpers.manifest import Manifest

LENET_H5 = DATA / "lenet" / "lenet.h5"
CONVERTERS = [frozen, tf_mobile, plain_tensorflow, litert]


@pytest.fixture(scope="module")
def tensor() -> NDArray[np.float32]:
    return np.random.default_rng(0).random((3, 28, 28, 1), np.float32)


@pytest.fixture(scope="module")
def expected(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(keras.models.load_model(LENET_H5, compile=False).predict_on_batch(tensor))


@pytest.mark.parametrize("converter", CONVERTERS, ids=lambda module: module.FORMAT)
def test_converting_twice_gives_the_same_bytes(converter: object, tmp_path: Path) -> None:
    first = converter.convert(LENET_H5, tmp_path / "first")  # type: ignore[attr-defined]
    second = converter.convert(LENET_H5, tmp_path / "second")  # type: ignore[attr-defined]
    assert first == second
    assert sha256_file(tmp_path / "first") == sha256_file(tmp_path / "second")


@pytest.mark.parametrize("name", ["frozen_pb", "plain_tensorflow_pb"])
def test_a_pb_runs_in_a_bare_session(
    lenet: tuple[Manifest, Path], name: str, tensor: NDArray[np.float32], expected: NDArray[np.float32]
) -> None:
    manifest, folder = lenet
    file = manifest.file(name)
    graph_def = tf.compat.v1.GraphDef.FromString((folder / file.path).read_bytes())
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.compat.v1.import_graph_def(graph_def, name="")
        feed = {f"{file.input_node}:0": tensor}
        assert np.allclose(session.run(f"{file.output_node}:0", feed), expected, rtol=1e-4, atol=1e-7)
        for node in file.intermediate_nodes:
            assert session.run(f"{node}:0", feed).shape[0] == 3


@pytest.mark.parametrize("name", ["frozen_pb", "plain_tensorflow_pb"])
def test_nothing_of_training_is_left(lenet: tuple[Manifest, Path], name: str) -> None:
    manifest, folder = lenet
    graph = frozen.read_graph(folder / manifest.file(name).path)
    operations = {node.op for node in graph.node}
    assert not any("Variable" in op or op in {"Switch", "Merge", "VarHandleOp"} for op in operations)
    assert [node.name for node in graph.node if node.op == "Placeholder"] == [manifest.file(name).input_node]
    assert not graph.library.function


def test_intermediate_nodes_are_the_layers_outputs(lenet: tuple[Manifest, Path], tensor: NDArray[np.float32]) -> None:
    manifest, folder = lenet
    file = manifest.file("frozen_pb")
    model = keras.models.load_model(LENET_H5, compile=False)
    inner = keras.Model(model.inputs, [model.get_layer(node).output for node in file.intermediate_nodes])
    by_keras = inner.predict_on_batch(tensor)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.compat.v1.import_graph_def(frozen.read_graph(folder / file.path), name="")
        by_graph = session.run([f"{node}:0" for node in file.intermediate_nodes], {f"{file.input_node}:0": tensor})
    for node, first, second in zip(file.intermediate_nodes, by_keras, by_graph, strict=True):
        assert np.allclose(first, second, rtol=1e-4, atol=1e-6), node


def test_a_tflite_runs_in_a_bare_interpreter(
    lenet: tuple[Manifest, Path], tensor: NDArray[np.float32], expected: NDArray[np.float32]
) -> None:
    from ai_edge_litert.interpreter import Interpreter

    manifest, folder = lenet
    file = manifest.file("tflite")
    interpreter = Interpreter(str(folder / file.path))
    interpreter.allocate_tensors()
    inputs = {detail["name"]: detail["index"] for detail in interpreter.get_input_details()}
    outputs = {detail["name"]: detail["index"] for detail in interpreter.get_output_details()}
    interpreter.set_tensor(inputs[file.input_node], tensor[:1])
    interpreter.invoke()
    assert np.allclose(interpreter.get_tensor(outputs[file.output_node]), expected[:1], rtol=1e-4, atol=1e-7)


def test_a_graph_with_a_variable_is_refused() -> None:
    graph = tf.Graph()
    with graph.as_default():
        tf.compat.v1.placeholder(tf.float32, (None, 1), name="image")
        tf.compat.v1.Variable(1.0, use_resource=False, name="weight")
    with pytest.raises(ModelFileError, match=r"weight \(VariableV2\)"):
        frozen.check_inference_only(graph.as_graph_def())


def test_a_graph_with_two_inputs_is_refused() -> None:
    graph = tf.Graph()
    with graph.as_default():
        tf.compat.v1.placeholder(tf.float32, (None, 1), name="image")
        tf.compat.v1.placeholder(tf.bool, (), name="learning_phase")
    with pytest.raises(ModelFileError, match="learning_phase"):
        frozen.check_inference_only(graph.as_graph_def())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "not whole HDF5"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 50, "not whole HDF5"),
        ("half", ""),
    ],
)
def test_a_broken_h5_is_refused(tmp_path: Path, content: bytes | str | None, message: str) -> None:
    path = tmp_path / "lenet.h5"
    if content == "half":
        whole = LENET_H5.read_bytes()
        content = whole[: len(whole) // 2]
    if content is not None:
        path.write_bytes(content)  # type: ignore[arg-type]
    with pytest.raises(ModelFileError, match=f"expected lenet.h5 to be a Keras model in HDF5.*{message}"):
        keras_file.load_h5(path)


def test_h5_without_architecture_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as content:
        content["kernel"] = np.zeros(3)
    with pytest.raises(ModelFileError, match="without architecture and weights"):
        keras_file.load_h5(tmp_path / "weights.h5")


def test_h5_with_a_lambda_layer_is_refused_unread(tmp_path: Path) -> None:
    image = keras.Input((28, 28, 1))
    model = keras.Model(image, keras.layers.Lambda(lambda x: x * 2)(keras.layers.Flatten()(image)))
    model.save(tmp_path / "lambda.h5")
    with pytest.raises(ModelFileError, match="runs code on loading"):
        keras_file.load_h5(tmp_path / "lambda.h5")


def test_the_plain_graph_refuses_other_networks(tmp_path: Path) -> None:
    image = keras.Input((28, 28, 1))
    keras.Model(image, keras.layers.Dense(10, name="fc1")(keras.layers.Flatten()(image))).save(tmp_path / "other.h5")
    with pytest.raises(
        ModelFileError, match=r"conv1 to have a float32 kernel of shape \(5, 5, 1, 16\).*received nothing"
    ):
        plain_tensorflow.convert(tmp_path / "other.h5", tmp_path / "other.pb")
    assert not (tmp_path / "other.pb").exists()


def test_a_graph_that_writes_files_is_refused(tmp_path: Path) -> None:
    graph = tf.Graph()
    with graph.as_default():
        tf.compat.v1.placeholder(tf.float32, (None, 1), name="image")
        tf.io.write_file(str(tmp_path / "written"), "by a model")
    (tmp_path / "evil.pb").write_bytes(graph.as_graph_def().SerializeToString())
    with pytest.raises(ModelFileError, match=r"received 'WriteFile' .*do not run this file"):
        frozen.read_graph(tmp_path / "evil.pb")


def test_an_operation_that_tensorflow_does_not_know_is_named(tmp_path: Path) -> None:
    graph = tf.compat.v1.GraphDef()
    graph.node.add(name="image", op="Placeholder")
    graph.node.add(name="odd", op="Quux")
    (tmp_path / "odd.pb").write_bytes(graph.SerializeToString())
    with pytest.raises(ModelFileError, match=r"does not know 'Quux' \(node odd\)"):
        frozen.read_graph(tmp_path / "odd.pb")


def test_a_loop_is_refused_not_followed_for_ever() -> None:
    graph = tf.compat.v1.GraphDef()
    graph.node.add(name="one", op="Identity", input=["two"])
    graph.node.add(name="two", op="Identity", input=["one"])
    with pytest.raises(ModelFileError, match="loop through"):
        frozen.in_order(graph, ["one"])


def _model(inputs: object, outputs: object, path: Path) -> Path:
    keras.Model(inputs, outputs).save(path)
    return path


@pytest.mark.parametrize("converter", CONVERTERS, ids=lambda module: module.FORMAT)
@pytest.mark.parametrize("form", ["two inputs", "two outputs", "integers", "a sequence", "an open size"])
def test_models_of_another_form_are_refused(converter: object, form: str, tmp_path: Path) -> None:
    layers, image = keras.layers, keras.Input((8, 8, 1))
    out = layers.Dense(2)(layers.Flatten()(image))
    inputs, outputs = {
        "two inputs": (
            [image, second := keras.Input((8, 8, 1))],
            layers.Add()([out, layers.Dense(2)(layers.Flatten()(second))]),
        ),
        "two outputs": (image, [out, layers.Dense(3)(out)]),
        "integers": (whole := keras.Input((8, 8, 1), dtype="int32"), layers.Dense(2)(layers.Flatten()(whole))),
        "a sequence": (steps := keras.Input((28, 28)), layers.Dense(2)(layers.LSTM(4)(steps))),
        "an open size": (free := keras.Input((None, None, 1)), layers.Dense(2)(layers.GlobalAveragePooling2D()(free))),
    }[form]
    source = _model(inputs, outputs, tmp_path / "model.h5")
    with pytest.raises(ModelFileError, match="one float32 input"):
        converter.convert(source, tmp_path / "target")  # type: ignore[attr-defined]
    assert not (tmp_path / "target").exists()


class TestWholeFile:
    def test_a_full_disk_leaves_the_old_file_and_nothing_else(self, tmp_path: Path) -> None:
        target = tmp_path / "model.pb"
        target.write_text("old")

        def write_on_a_full_disk() -> None:
            with whole_file(target) as partial:
                partial.write_text("half of the n")
                raise OSError(errno.ENOSPC, "No space left on device")

        with pytest.raises(ArtifactWriteError, match=r"model\.pb.*No space left on device.*free some space"):
            write_on_a_full_disk()
        assert [path.name for path in tmp_path.iterdir()] == ["model.pb"]
        assert target.read_text() == "old"

    def test_a_really_full_file_system(self, tmp_path: Path) -> None:
        full = Path("/dev/full")
        if not full.exists():
            pytest.skip("this system has no /dev/full")

        def write() -> None:
            with whole_file(tmp_path / "model.tflite"), full.open("wb", buffering=0) as stream:
                stream.write(b"x" * 4096)

        with pytest.raises(ArtifactWriteError, match="No space left on device"):
            write()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("converter", CONVERTERS, ids=lambda module: module.FORMAT)
    def test_a_folder_that_cannot_be_written(self, converter: object, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("a file where a folder should be")
        with pytest.raises(ArtifactWriteError, match="could not make the folder"):
            converter.convert(LENET_H5, tmp_path / "file" / "model")  # type: ignore[attr-defined]

    def test_an_interruption_leaves_nothing(self, tmp_path: Path) -> None:
        def interrupted() -> None:
            with whole_file(tmp_path / "model.pb") as partial:
                partial.write_text("half")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert list(tmp_path.iterdir()) == []


class TestDamagedGraphs:
    def test_a_missing_source_is_named_with_its_reader(self) -> None:
        graph = tf.compat.v1.GraphDef()
        graph.node.add(name="relu", op="Relu", input=["nowhere:1"])
        with pytest.raises(ModelFileError, match="none named 'nowhere', which relu needs"):
            frozen.in_order(graph, ["relu"])

    def test_a_missing_output_and_no_output(self) -> None:
        graph = tf.compat.v1.GraphDef()
        with pytest.raises(ModelFileError, match="none named 'relu', which the caller needs"):
            frozen.in_order(graph, ["relu"])
        with pytest.raises(ModelFileError, match="at least one output"):
            frozen.in_order(graph, [])

    def test_two_nodes_of_one_name(self) -> None:
        graph = tf.compat.v1.GraphDef()
        graph.node.add(name="relu", op="Relu")
        graph.node.add(name="relu", op="Relu6")
        with pytest.raises(ModelFileError, match="'relu' more than once"):
            frozen.in_order(graph, ["relu"])

    def test_a_constant_with_too_few_numbers(self) -> None:
        graph = frozen.freeze(keras_file.load_h5(LENET_H5))
        for node in graph.node:
            if node.op == "Const" and node.attr["value"].tensor.tensor_content:
                node.attr["value"].tensor.tensor_content = b"ab"
        with pytest.raises(ModelFileError, match=r"constant .* to hold as many numbers as its shape says"):
            tf113.check_known(graph, tf113.load_op_list())
