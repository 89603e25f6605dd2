"""tf-coreml, the paper's converter from .pb to .mlmodel: what it converts computes the same, and the rest is named."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from helpers.convert import plain_tensorflow, tf_coreml, tf_coreml_compat
from helpers.convert.frozen import freeze, read_graph
from helpers.convert.graph_preprocessing import with_preprocessing
from helpers.convert.keras_file import load_h5
from helpers.convert.tf_coreml import to_mlmodel
from helpers.convert.tf_coreml_compat import tf_coreml_available, tf_coreml_module
from helpers.convert.tf_coreml_graph import prepare
from helpers.convert.tf_coreml_ops import supported_ops, unsupported
from helpers.coreml.file import read_coreml
from helpers.coreml.network import CoreMLNetwork
from helpers.data import load_photo
from helpers.errors import LaneError, ModelFileError
from helpers.files import DATA, PROJECT
from helpers.preprocess import ImageInput, to_tensor
from helpers.squeezenet import load_squeezenet
from helpers.zoo import model_record

v1 = tf.compat.v1

LABELS = ("ant", "bee", "cat", "dog", "eel")
IMAGE = ImageInput(height=8, width=6, channel_order="rgb", scale=(1 / 127.5,) * 3, bias=(-1, -1, -1))

Build = Callable[[Any], Any]


def _random(*shape: int) -> NDArray[np.float32]:
    """The same numbers for the same shape each time."""
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def _pixels(image: ImageInput, count: int = 2) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (count, *image.shape), dtype=np.uint8)


def _graph(build: Build, image: ImageInput = IMAGE) -> Any:
    """A classifier that begins with what is built, whose values all have a say."""
    graph = tf.Graph()
    with graph.as_default():
        x = build(v1.placeholder(tf.float32, (None, *image.shape), name="image"))
        size = int(np.prod(x.shape[1:]))
        flat = tf.cast(x if x.shape.rank == 2 else tf.reshape(x, (-1, size)), tf.float32)
        weights = _random(size, len(LABELS)) / np.sqrt(np.float32(size))
        tf.nn.softmax(tf.matmul(flat, weights), name="probabilities")
    return graph.as_graph_def()


def _convert(graph: Any, image: ImageInput = IMAGE, labels: tuple[str, ...] = LABELS) -> Any:
    return to_mlmodel(graph, "image", "probabilities", image, labels)


def _by_tensorflow(
    graph: Any, images: NDArray[np.uint8], image: ImageInput = IMAGE, node: str = "probabilities"
) -> NDArray[np.float32]:
    tensor = to_tensor(images, image)
    with v1.Session(graph=tf.Graph()) as session:
        v1.import_graph_def(v1.GraphDef.FromString(graph.SerializeToString()), name="")
        # One at a time: a part of an image that is a matrix of its own knows no batches.
        return np.concatenate([session.run(f"{node}:0", {"image:0": one[None]}) for one in tensor])


def _by_core_ml(specification: Any, images: NDArray[np.uint8], folder: Path) -> NDArray[np.float32]:
    path = folder / "model.mlmodel"
    path.write_bytes(specification.SerializeToString())
    (probabilities,) = CoreMLNetwork(read_coreml(path)).run(images).values()
    return probabilities


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The largest difference of logarithms: small probabilities count like large ones."""
    return float(np.abs(np.log(one) - np.log(other)).max())


def _error_in_core_ml(graph: Any, folder: Path, image: ImageInput = IMAGE) -> float:
    images = _pixels(image)
    return _distance(_by_core_ml(_convert(graph, image), images, folder), _by_tensorflow(graph, images, image))


@dataclass(frozen=True, repr=False)
class Case:
    """One of the paper's networks, frozen and converted."""

    name: str
    graph: Any
    image: ImageInput
    labels: tuple[str, ...]
    specification: Any


@pytest.fixture(scope="module", params=["lenet", "plain_lenet", "squeezenet"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    record = model_record(request.param.removeprefix("plain_"))
    if request.param == "plain_lenet":
        target = tmp_path_factory.mktemp("plain") / "lenet.pb"
        plain_tensorflow.convert(DATA / "lenet" / "lenet.h5", target)
        graph = read_graph(target)
    else:
        graph = freeze(load_squeezenet() if request.param == "squeezenet" else load_h5(DATA / "lenet" / "lenet.h5"))
    untouched = graph.SerializeToString(deterministic=True)
    specification = _convert(graph, record.input, record.labels)
    assert graph.SerializeToString(deterministic=True) == untouched
    return Case(request.param, graph, record.input, record.labels, specification)


class TestNetworks:
    def test_it_computes_what_the_frozen_graph_computes(self, case: Case, tmp_path: Path) -> None:
        height, width, channels = case.image.shape
        photo = Image.fromarray(load_photo("chelsea")).convert("L" if channels == 1 else "RGB").resize((width, height))
        images = np.stack([np.asarray(photo), np.asarray(photo.rotate(90))]).reshape(2, height, width, channels)
        expected = _by_tensorflow(case.graph, images, case.image)
        received = _by_core_ml(case.specification, images, tmp_path)
        assert expected.max() > 0.1
        assert _distance(received, expected) < 1e-4
        # A network without its preprocessing would not be noticed if it did not matter.
        case_without = type(case.specification).FromString(case.specification.SerializeToString())
        case_without.neuralNetworkClassifier.preprocessing[0].scaler.channelScale *= 0.5
        assert _distance(_by_core_ml(case_without, images, tmp_path), expected) > 1e-3

    def test_its_input_is_an_image(self, case: Case) -> None:
        (feature,) = case.specification.description.input
        kind = feature.type.imageType
        colours = {"gray": kind.GRAYSCALE, "rgb": kind.RGB, "bgr": kind.BGR}
        assert feature.name == "image__0"
        assert (kind.height, kind.width, 1 if kind.colorSpace == kind.GRAYSCALE else 3) == case.image.shape
        assert kind.colorSpace == colours[case.image.channel_order]
        (preprocessing,) = case.specification.neuralNetworkClassifier.preprocessing
        scaler = preprocessing.scaler
        assert preprocessing.featureName == feature.name
        assert scaler.channelScale == np.float32(case.image.scale[0])
        # The biases go by the names of the colours; SqueezeNet's are in the order blue, green, red.
        biases = {
            "gray": (scaler.grayBias,),
            "rgb": (scaler.redBias, scaler.greenBias, scaler.blueBias),
            "bgr": (scaler.blueBias, scaler.greenBias, scaler.redBias),
        }
        assert biases[case.image.channel_order] == tuple(np.float32(case.image.bias))

    def test_its_outputs_are_the_probabilities_and_the_label(self, case: Case) -> None:
        description, network = case.specification.description, case.specification.neuralNetworkClassifier
        assert [feature.name for feature in description.output] == ["probabilities__0", "classLabel"]
        assert description.predictedProbabilitiesName == network.labelProbabilityLayerName == "probabilities__0"
        assert description.predictedFeatureName == "classLabel"
        assert tuple(network.stringClassLabels.vector) == case.labels
        assert network.layers[-1].WhichOneof("layer") == "softmax"

    def test_two_processes_give_the_same_bytes(self, case: Case, tmp_path: Path) -> None:
        program = (
            "import sys, tensorflow as tf; from pathlib import Path; from helpers.zoo import model_record;"
            "from helpers.convert.tf_coreml import to_mlmodel; from helpers.convert.frozen import read_graph;"
            "record = model_record(sys.argv[1]); graph = read_graph(Path(sys.argv[2]));"
            "made = to_mlmodel(graph, 'image', 'probabilities', record.input, record.labels);"
            "Path(sys.argv[3]).write_bytes(made.SerializeToString(deterministic=True))"
        )
        source, target = tmp_path / "model.pb", tmp_path / "model.mlmodel"
        source.write_bytes(case.graph.SerializeToString())
        # This process has a hash seed of its own.
        subprocess.run(
            [sys.executable, "-c", program, case.name.removeprefix("plain_"), str(source), str(target)],
            env=os.environ | {"PYTHONHASHSEED": "1"},
            cwd=PROJECT,
            check=True,
            capture_output=True,
        )
        assert target.read_bytes() == case.specification.SerializeToString(deterministic=True)


class TestPreprocessing:
    @settings(deadline=None, max_examples=20, derandomize=True)
    @given(
        scale=st.tuples(*[st.floats(1e-3, 2)] * 3),
        bias=st.tuples(*[st.floats(-200, 200)] * 3),
        order=st.sampled_from(["rgb", "bgr"]),
    )
    def test_in_the_graph_it_is_exact(self, scale: Any, bias: Any, order: Any) -> None:
        image = ImageInput(height=8, width=6, channel_order=order, scale=scale, bias=bias)
        graph = with_preprocessing(_graph(tf.nn.relu), "image", image)
        images = _pixels(image)
        raw = ImageInput(height=8, width=6, channel_order=order, scale=(1, 1, 1), bias=(0, 0, 0))
        received = _by_tensorflow(graph, images, raw, "image/preprocessed")
        assert received.tobytes() == to_tensor(images, image).tobytes()

    def test_everything_that_read_the_input_reads_what_comes_of_it(self) -> None:
        graph = _graph(lambda x: tf.nn.relu(x) + x)
        before = graph.SerializeToString(deterministic=True)
        new = with_preprocessing(graph, "image", IMAGE)
        assert graph.SerializeToString(deterministic=True) == before
        readers = [node.name for node in new.node if "image" in node.input]
        assert readers == ["image/scaled"]
        assert sum(list(node.input).count("image/preprocessed") for node in new.node) == 2

    @pytest.mark.parametrize("order", ["rgb", "bgr"])
    def test_channels_of_different_scales(self, order: Any, tmp_path: Path) -> None:
        image = ImageInput(height=8, width=6, channel_order=order, scale=(0.01, 0.02, 0.03), bias=(-1, -0.5, 0.25))
        graph = _graph(_conv, image)
        specification = _convert(graph, image)
        (preprocessing,) = specification.neuralNetworkClassifier.preprocessing
        scaler = preprocessing.scaler
        assert (scaler.channelScale, scaler.redBias, scaler.greenBias, scaler.blueBias) == (1, 0, 0, 0)
        assert _error_in_core_ml(graph, tmp_path, image) < 1e-4

    def test_gray(self, tmp_path: Path) -> None:
        image = ImageInput(height=8, width=6, channel_order="gray", scale=(1 / 255,), bias=(-0.5,))
        graph = _graph(lambda x: tf.nn.conv2d(x, _random(3, 3, 1, 2), 1, "SAME"), image)
        assert _error_in_core_ml(graph, tmp_path, image) < 1e-4

    def test_no_input_of_that_name(self) -> None:
        for name, received in (("picture", "no such node"), ("probabilities", "Softmax")):
            with pytest.raises(ModelFileError, match=rf"a Placeholder '{name}'; received {received}; give the name"):
                with_preprocessing(_graph(tf.nn.relu), name, IMAGE)

    def test_twice(self) -> None:
        once = with_preprocessing(_graph(tf.nn.relu), "image", IMAGE)
        with pytest.raises(ModelFileError, match=r"has the node 'image/bias' already; give the graph as it was frozen"):
            with_preprocessing(once, "image", IMAGE)


def _state() -> dict[str, dict[str, Any]]:
    """All names of the converter's modules, and what they mean."""
    return {name: dict(vars(module)) for name, module in sys.modules.items() if name.split(".")[0] == "tfcoreml"}


class TestCompatibility:
    def test_nothing_is_left_changed(
        self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        here = tmp_path / "here"
        here.mkdir()
        monkeypatch.chdir(here)
        monkeypatch.setattr("tempfile.tempdir", str(here))
        tf_coreml_module("tfcoreml")
        before, numpy_before = _state(), set(vars(np))
        random_numbers = np.random.get_state()[1:3]  # noqa: NPY002 - those that a caller may be using
        assert _error_in_core_ml(_graph(_conv), tmp_path) < 1e-4
        with pytest.raises(ModelFileError, match="it stopped with"):
            _convert(_graph(lambda x: tf.reduce_sum(x, (2, 3))))
        assert _state() == before
        assert len(before) > 5
        assert set(vars(np)) == numpy_before
        assert not hasattr(np, "int")
        assert sys.modules["tensorflow"] is tf
        assert sys.modules["numpy"] is np
        assert str(np.random.get_state()[1:3]) == str(random_numbers)  # noqa: NPY002
        assert list(here.iterdir()) == []
        assert capfd.readouterr() == ("", "")

    def test_as_it_is_it_does_not_run(self, tmp_path: Path) -> None:
        source = tmp_path / "graph.pb"
        source.write_bytes(_graph(_conv).SerializeToString())
        with pytest.raises(AttributeError, match="GraphDef"):
            tf_coreml_module("tfcoreml").convert(str(source), None, ["probabilities:0"])

    def test_threads_wait_for_each_other(self) -> None:
        graphs = [_graph(lambda x, n=n: tf.nn.relu(x) * n) for n in (2.0, 3.0, 4.0)]
        expected = [_convert(graph).SerializeToString(deterministic=True) for graph in graphs]
        assert len(set(expected)) == len(graphs)
        with ThreadPoolExecutor(3) as pool:
            received = [made.SerializeToString(deterministic=True) for made in pool.map(_convert, graphs)]
        assert received == expected

    def test_what_is_alike_for_two_images_is_no_constant(self, tmp_path: Path) -> None:
        """By itself, tf-coreml takes it for one, after a look at two random images without negative values."""
        graph = _graph(lambda x: tf.squeeze(_mean(tf.nn.relu(-x)), (1, 2)) + tf.reduce_max(x, (1, 2)))
        assert "Squeeze" in {node.op for node in prepare(graph, "image", "probabilities", IMAGE).node}
        assert _error_in_core_ml(graph, tmp_path) < 1e-4

    @pytest.mark.parametrize(
        ("missing", "message"), [("tfcoreml", "tfcoreml, version 2.0"), ("coremltools", "coremltools")]
    )
    def test_without_a_package(self, monkeypatch: pytest.MonkeyPatch, missing: str, message: str) -> None:
        def find(name: str) -> object:
            return None if name == missing else object()

        monkeypatch.setattr(tf_coreml_compat, "find_spec", find)
        monkeypatch.setattr("helpers.coreml.library.find_spec", find)
        with pytest.raises(LaneError, match=rf"expected the package {message}.*received none"):
            supported_ops()
        assert not tf_coreml_available()


def _conv(x: Any) -> Any:
    return tf.nn.conv2d(x, _random(3, 3, x.shape[-1], 4) / 3, 1, "SAME")


def _biased(x: Any) -> Any:
    return tf.nn.bias_add(_conv(x), _random(4))


def _mean(x: Any) -> Any:
    return tf.reduce_mean(x, (1, 2), keepdims=True)


def _square_sums(x: Any) -> Any:
    """The sum of each channel's square and those of its neighbours."""
    band = np.float32(np.abs(np.subtract.outer(np.arange(4), np.arange(4))) <= 1)
    return tf.nn.conv2d(x * x, band[None, None], 1, "SAME")


def _chosen(x: Any, channels: list[int]) -> Any:
    return tf.nn.conv2d(x, np.eye(x.shape[-1], dtype=np.float32)[None, None, :, channels], 1, "SAME")


def _normalized(x: Any, fused: bool) -> Any:
    factor, offset, mean, variance = _random(4), _random(4) + 1, _random(4) / 2, np.abs(_random(4)) + 0.1
    if fused:
        return v1.nn.fused_batch_norm(_conv(x), factor, offset, mean, variance, 1e-3, is_training=False)[0]
    return tf.nn.batch_normalization(_conv(x), mean, variance, offset, factor, 1e-3)


def _flat(x: Any) -> Any:
    return tf.reshape(x, (-1, 144))


# For each operation: a network that has it; and the same altered as the advice says.
ADVICE: dict[str, tuple[Build, Build]] = {
    "AddN": (lambda x: tf.add_n([_conv(x), _biased(x), -_conv(x)]), lambda x: _conv(x) + _biased(x) - _conv(x)),
    "BatchMatMulV2": (
        lambda x: tf.matmul(x, _random(1, 1, 3, 4)),
        lambda x: tf.nn.conv2d(x, _random(1, 1, 3, 4), 1, "SAME"),
    ),
    "Einsum": (
        lambda x: tf.einsum("nhwc,cd->nhwd", x, _random(3, 4)),
        lambda x: tf.nn.conv2d(x, _random(3, 4)[None, None], 1, "SAME"),
    ),
    "Erf": (
        lambda x: x * (1 + tf.math.erf(x * np.float32(0.5**0.5))),
        lambda x: 2 * keras.activations.gelu(x, approximate=True),
    ),
    "Erfc": (tf.nn.gelu, lambda x: keras.activations.gelu(x, approximate=True)),
    "Expm1": (tf.math.expm1, lambda x: tf.exp(x) - 1),
    "FusedBatchNormV3": (lambda x: _normalized(x, fused=True), lambda x: _normalized(x, fused=False)),
    "GatherV2": (lambda x: tf.gather(x, [2, 0], axis=-1), lambda x: _chosen(x, [2, 0])),
    "LogSoftmax": (lambda x: tf.exp(tf.nn.log_softmax(x)), tf.nn.softmax),
    "PadV2": (
        lambda x: tf.pad(x, ((0, 0), (1, 2), (2, 1), (0, 0)), constant_values=0.5),
        lambda x: tf.pad(x - 0.5, ((0, 0), (1, 2), (2, 1), (0, 0))) + 0.5,
    ),
    "ReverseV2": (lambda x: tf.reverse(x, [-1]), lambda x: _chosen(x, [2, 1, 0])),
    "SelectV2": (lambda x: tf.where(x > 0.1, x, 0.1), lambda x: tf.maximum(x, 0.1)),
    "Selu": (tf.nn.selu, lambda x: 1.0507010 * tf.nn.relu(x) - 1.7580993 * tf.nn.relu(-tf.nn.elu(x))),
    "Softplus": (tf.nn.softplus, lambda x: tf.nn.relu(x) + tf.math.log(1 + tf.exp(-tf.abs(x)))),
    "Softsign": (tf.nn.softsign, lambda x: x / (1 + tf.abs(x))),
    "SplitV": (
        lambda x: tf.split(x, [1, 2], -1)[1],
        lambda x: tf.slice(x, (0, 0, 0, 1), (1, 8, 6, 2)),
    ),
    "Tile": (keras.layers.UpSampling2D(2), lambda x: v1.image.resize_nearest_neighbor(x, (16, 12))),
    # Of the operations in tf-coreml's set, uses that it would convert into something else.
    "Conv2D": (
        lambda x: tf.nn.conv2d(x, _random(3, 3, 3, 4), 1, "SAME", dilations=2),
        lambda x: tf.nn.convolution(x, _random(3, 3, 3, 4), 1, "SAME", dilations=2),
    ),
    "Conv2D, padded": (
        lambda x: tf.nn.conv2d(x, _random(3, 3, 3, 4), 1, ((0, 0), (1, 2), (2, 1), (0, 0))),
        lambda x: tf.nn.conv2d(tf.pad(x, ((0, 0), (1, 2), (2, 1), (0, 0))), _random(3, 3, 3, 4), 1, "VALID"),
    ),
    "LRN": (
        lambda x: tf.nn.lrn(_conv(x), depth_radius=1, bias=1, alpha=0.5, beta=0.75),
        lambda x: _conv(x) * tf.pow(1 + 0.5 * _square_sums(_conv(x)), -0.75),
    ),
    "MatMul": (
        lambda x: tf.matmul(_flat(x), _random(4, 144), transpose_b=True),
        lambda x: tf.matmul(_flat(x), _random(4, 144).T.copy()),
    ),
    "MatMul, of a matrix": (
        lambda x: tf.reshape(tf.matmul(tf.reshape(x, (-1, 3)), _random(3, 4)), (-1, 8, 6, 4)),
        lambda x: tf.nn.conv2d(x, _random(3, 4)[None, None], 1, "SAME"),
    ),
}
# Operations whose advice changes what the network computes: it has to be trained again.
TRAIN_AGAIN: dict[str, tuple[Build, Build]] = {
    "ResizeArea": (lambda x: v1.image.resize_area(x, (12, 9)), lambda x: v1.image.resize_bilinear(x, (12, 9))),
    "ResizeBicubic": (lambda x: v1.image.resize_bicubic(x, (12, 9)), lambda x: v1.image.resize_bilinear(x, (12, 9))),
    "ResizeBilinear": (
        lambda x: tf.image.resize(x, (12, 9)),
        lambda x: v1.image.resize_bilinear(x, (12, 9), align_corners=True),
    ),
}
# Operations that have no other form.
NO_WAY: dict[str, Build] = {
    "Cast": lambda x: tf.cast(x * 3, tf.int32),
    "Floor": lambda x: tf.floor(x * 3),
    "MirrorPad": lambda x: tf.pad(x, ((0, 0), (0, 0), (0, 0), (1, 1)), "REFLECT"),
    "Sin": tf.sin,
}
# The layers of altered networks, and of others below, that the reference runner does not compute.
UNCOMPUTED = {
    "ResizeArea": "resizeBilinear",
    "ResizeBicubic": "resizeBilinear",
    "ResizeBilinear": "resizeBilinear",
    "SplitV": "slice",
    "Tile": "upsample",
    "slice": "slice",
    "split": "split",
    "transposed convolution": "convolution",
}
# What tf-coreml would convert into something else if it were let.
MISTAKEN: dict[str, Build] = {
    "Conv2D": ADVICE["Conv2D"][0],
    **{name: NO_WAY[name] for name in ("Cast", "Floor")},
}


def _check_converted(name: str, graph: Any, folder: Path) -> None:
    if name in UNCOMPUTED:
        layers = _convert(graph).neuralNetworkClassifier.layers
        assert UNCOMPUTED[name] in {layer.WhichOneof("layer") for layer in layers}
    else:
        assert _error_in_core_ml(graph, folder) < 1e-4


class TestAdvice:
    def test_the_set_is_the_packages_own(self) -> None:
        assert len(supported_ops()) == 80
        assert {"Conv2D", "DepthwiseConv2dNative", "Elu", "LeakyRelu", "Relu6", "Softmax"} <= supported_ops()
        assert not {"Erf", "FusedBatchNormV3", "Selu", "Softplus", "Shape"} & supported_ops()

    @pytest.mark.parametrize("name", [*ADVICE, *TRAIN_AGAIN])
    def test_followed_it_leads_to_a_model(self, name: str, tmp_path: Path) -> None:
        original, altered = (_graph(build) for build in {**ADVICE, **TRAIN_AGAIN}[name])
        op = name.partition(",")[0]
        found = unsupported(prepare(original, "image", "probabilities", IMAGE))
        assert op in {problem.op for problem in found}
        with pytest.raises(ModelFileError) as caught:
            _convert(original)
        for problem in found:
            assert problem.node in {node.name for node in original.node}
            assert f"{problem.op} (node {problem.node}): {problem.advice}" in str(caught.value)
        _check_converted(name, altered, tmp_path)
        if name in ADVICE:
            images = _pixels(IMAGE, 8)
            difference = _distance(_by_tensorflow(original, images), _by_tensorflow(altered, images))
            assert difference < (1e-2 if name in {"Erf", "Erfc"} else 1e-5)

    def test_the_two_forms_of_gelu(self) -> None:
        x = np.linspace(-10, 10, 100_001, dtype=np.float32)
        exact, other = (np.asarray(keras.activations.gelu(x, approximate=form)) for form in (False, True))
        assert 0.0004 < np.abs(exact - other).max() < 0.0005

    @pytest.mark.parametrize("op", NO_WAY)
    def test_what_has_no_other_form_is_named_too(self, op: str) -> None:
        with pytest.raises(ModelFileError, match=rf"hold nothing but operations that it converts.*{op} \(node "):
            _convert(_graph(NO_WAY[op]))

    @pytest.mark.parametrize("name", MISTAKEN)
    def test_unnamed_it_would_lead_to_another_model(
        self, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tf_coreml, "unsupported", lambda graph: ())
        assert _error_in_core_ml(_graph(MISTAKEN[name]), tmp_path) > 1e-3

    def test_channels_first(self) -> None:
        graph = _graph(lambda x: tf.nn.bias_add(x, _random(8), data_format="NCHW", name="first"))
        problems = {problem.node: problem for problem in unsupported(graph)}
        assert problems["first"].op == "BiasAdd"
        assert "channels last" in problems["first"].advice

    def test_the_window_of_tf_coremls_lrn_is_too_small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tf_coreml, "unsupported", lambda graph: ())
        layers = _convert(_graph(ADVICE["LRN"][0])).neuralNetworkClassifier.layers
        # A radius of 1 means three channels.
        assert [layer.lrn.localSize for layer in layers if layer.WhichOneof("layer") == "lrn"] == [1]

    def test_many_are_counted(self) -> None:
        def build(x: Any) -> Any:
            for _ in range(7):
                x = tf.sin(x)
            return x

        with pytest.raises(ModelFileError, match=r"received 7 others: Sin \(node Sin\).*\(node Sin_4\).*; and 2 more$"):
            _convert(_graph(build))


# What tf-coreml converts, beyond the layers of the paper's networks.
CONVERTED: dict[str, Build] = {
    "a bias and a scalar": lambda x: tf.nn.relu(_biased(x) + 0.5) * 2,
    "addition of an image": lambda x: _conv(x) + _random(1, 8, 6, 4),
    "average of windows": lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"),
    "batch normalisation first": lambda x: tf.nn.batch_normalization(
        x, _random(3), np.abs(_random(3)) + 0.1, 1, 2, 1e-3
    ),
    "concatenation": lambda x: tf.concat([x, _conv(x)], 3),
    "depthwise": lambda x: tf.nn.depthwise_conv2d(x, _random(3, 3, 3, 2), (1, 2, 2, 1), "SAME"),
    "division": lambda x: x / (0.01 + tf.abs(x)),
    "hard swish": lambda x: keras.activations.hard_swish(4 * _biased(x)),
    "layer normalisation": lambda x: (
        (x - tf.reduce_mean(x, -1, keepdims=True)) * tf.math.rsqrt(tf.math.reduce_variance(x, -1, keepdims=True) + 1e-3)
    ),
    "leaky": tf.nn.leaky_relu,
    "leaky by maximum": lambda x: tf.maximum(_conv(x), 0.2 * _conv(x)),
    "limits": lambda x: tf.clip_by_value(x, -0.5, 0.5),
    "logarithm of one more": lambda x: tf.math.log1p(tf.abs(x)),
    "padding": lambda x: tf.nn.conv2d(tf.pad(x, ((0, 0), (1, 2), (3, 1), (0, 0))), _random(3, 3, 3, 4), 2, "VALID"),
    "relu6": lambda x: tf.nn.relu6(8 * x),
    "shape asked for": lambda x: tf.reshape(tf.nn.relu(x), (tf.shape(x)[0], 144)),
    "silu": keras.activations.silu,
    "slice": lambda x: tf.slice(x, (0, 1, 2, 0), (1, 4, 3, 3)),
    "split": lambda x: tf.multiply(*tf.split(_conv(x), 2, 3)),
    "squeeze and excitation": lambda x: x * tf.sigmoid(_mean(x)),
    "transposed convolution": lambda x: tf.nn.conv2d_transpose(x, _random(3, 3, 4, 3), (1, 16, 12, 4), 2, "SAME"),
    "two sides swapped": lambda x: tf.transpose(x, (0, 2, 1, 3)),
}
# What the names of operations cannot foretell: tf-coreml knows them, and stops.
STOPPED: dict[str, Build] = {
    "axes from the back": lambda x: tf.concat([tf.reduce_mean(x, (1, 2)), tf.reduce_max(x, (1, 2))], -1),
    "columns and channels": lambda x: tf.reduce_sum(x, (2, 3)),
    "one factor for each place": lambda x: x * _random(8, 6, 1),
    "part of the rows": lambda x: x[:, 1:5],
    "power for each channel": lambda x: tf.pow(x + 2, _random(3)),
    "rows split": lambda x: tf.multiply(*tf.split(x, 2, 1)),
    "three axes in a circle": lambda x: tf.transpose(x, (0, 3, 1, 2)),
    "upsampling by half": lambda x: v1.image.resize_nearest_neighbor(x, (12, 9)),
    "distance from a constant": lambda x: tf.math.squared_difference(x, _random(3)),
    "a product with two readers": lambda x: (y := tf.matmul(_flat(x), _random(144, 4))) * (y + _random(4)),
}


class TestLimits:
    @pytest.mark.parametrize("name", CONVERTED)
    def test_what_it_converts_computes_the_same(self, name: str, tmp_path: Path) -> None:
        _check_converted(name, _graph(CONVERTED[name]), tmp_path)

    @pytest.mark.parametrize("name", STOPPED)
    def test_where_it_stops_one_error_says_why(self, name: str) -> None:
        graph = _graph(STOPPED[name])
        assert unsupported(prepare(graph, "image", "probabilities", IMAGE)) == ()
        with pytest.raises(
            ModelFileError,
            match=r"^expected the graph for tf-coreml to use its operations .*(stopped with: \S|has lost)",
        ):
            _convert(graph)

    def test_the_node_at_which_it_stopped_is_named(self) -> None:
        with pytest.raises(ModelFileError, match=r"Axis value CW not supported.*op name: Sum \( type:  Sum \)"):
            _convert(_graph(STOPPED["columns and channels"]))

    def test_epsilons_would_be_seen(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        graph = _graph(CONVERTED["division"])
        assert _error_in_core_ml(graph, tmp_path) < 1e-5
        monkeypatch.setattr(tf_coreml, "_set_epsilons", lambda specification: None)
        assert _error_in_core_ml(graph, tmp_path) > 1e-4


class TestBadGraphs:
    def test_no_such_nodes(self) -> None:
        graph = _graph(_conv)
        with pytest.raises(ModelFileError, match="one input, 'picture'; it is computed from 'image'; give the names"):
            to_mlmodel(graph, "picture", "probabilities", IMAGE, LABELS)
        with pytest.raises(ModelFileError, match="none named 'classes'"):
            to_mlmodel(graph, "image", "classes", IMAGE, LABELS)
        with pytest.raises(ModelFileError, match="compute 'image' from one input, 'image'"):
            to_mlmodel(graph, "image", "image", IMAGE, LABELS)

    def test_two_inputs(self) -> None:
        def build(x: Any) -> Any:
            return x + v1.placeholder(tf.float32, (None, 8, 6, 3), name="other")

        with pytest.raises(ModelFileError, match="one input, 'image'; it is computed from 'image', 'other'"):
            _convert(_graph(build))

    def test_an_input_without_effect(self) -> None:
        with pytest.raises(ModelFileError, match="computed from constants alone"):
            _convert(_graph(lambda x: tf.constant(_random(1, 4))))

    def test_an_empty_graph(self) -> None:
        with pytest.raises(ModelFileError, match="to have nodes; received none"):
            _convert(v1.GraphDef())

    @pytest.mark.parametrize("change", ["unknown", "stateful", "loop", "twice", "attribute", "weights"])
    def test_a_damaged_graph(self, change: str) -> None:
        graph = _graph(_biased)
        (node,) = [node for node in graph.node if node.op == "Conv2D"]
        message = {
            "unknown": "does not know 'Unheard'",
            "stateful": "nothing but computation; received 'WriteFile'",
            "loop": "a loop through",
            "twice": "'Conv2D' more than once",
            "attribute": "TensorFlow refuses it",
            "weights": "TensorFlow refuses it",
        }[change]
        if change == "unknown":
            node.op = "Unheard"
        elif change == "stateful":
            node.op = "WriteFile"
        elif change == "loop":
            node.input[0] = "BiasAdd"
        elif change == "twice":
            graph.node.add().CopyFrom(node)
        elif change == "attribute":
            del node.attr["strides"]
        else:
            node.input[1] = "image"
        with pytest.raises(ModelFileError, match=message):
            _convert(graph)

    def test_a_constant_that_would_fill_the_memory(self) -> None:
        graph = _graph(lambda x: x + tf.constant(_random(3), name="huge"))
        (node,) = [node for node in graph.node if node.name == "huge"]
        tensor = node.attr["value"].tensor
        tensor.Clear()
        tensor.dtype = tf.float32.as_datatype_enum
        tensor.float_val.append(1)
        for size in (100_000, 100_000, 3):
            tensor.tensor_shape.dim.add(size=size)
        with pytest.raises(
            ModelFileError, match=r"at most 536,870,912 constant values; received 30,000,00\d,\d+; convert"
        ):
            _convert(graph)

    @pytest.mark.parametrize("change", ["shorter", "longer", "negative", "type"])
    def test_a_constant_that_is_not_whole(self, change: str) -> None:
        graph = _graph(lambda x: x + tf.constant(_random(3), name="offset"))
        (node,) = [node for node in graph.node if node.name == "offset"]
        tensor = node.attr["value"].tensor
        if change == "shorter":
            tensor.tensor_content = tensor.tensor_content[:-1]
        elif change == "longer":
            tensor.tensor_content = b""
            tensor.float_val.extend(range(4))
        elif change == "negative":
            tensor.tensor_shape.dim[0].size = -3
        else:
            tensor.dtype = 99
        with pytest.raises(ModelFileError, match="to be whole; received the constant 'offset' of shape"):
            _convert(graph)

    @pytest.mark.parametrize("changed", [{"height": 7}, {"channel_order": "gray", "scale": (1,), "bias": (0,)}])
    def test_another_image(self, changed: dict[str, Any]) -> None:
        image = ImageInput(**{**IMAGE.model_dump(), **changed})
        with pytest.raises(
            ModelFileError, match=r"float32 images of shape \(1, .*received float32 of shape \(None, 8, 6"
        ):
            _convert(_graph(_conv), image)

    @pytest.mark.parametrize("labels", [LABELS[:4], (*LABELS, "fox"), ()])
    def test_another_number_of_labels(self, labels: tuple[str, ...]) -> None:
        with pytest.raises(ModelFileError, match=rf"each of the {len(labels)} labels.*received \(1, 5\)"):
            _convert(_graph(_conv), labels=labels)

    def test_two_labels_alike(self) -> None:
        with pytest.raises(ModelFileError, match="received 'bee' more than once"):
            _convert(_graph(_conv), labels=("ant", "bee", "cat", "bee", "eel"))

    @settings(deadline=None, max_examples=40, derandomize=True)
    @given(data=st.data())
    def test_any_change_gives_a_model_or_one_error(self, data: st.DataObject) -> None:
        graph = _graph(lambda x: tf.nn.max_pool2d(tf.nn.relu6(_biased(x)), 2, 2, "SAME"))
        node = graph.node[data.draw(st.integers(0, len(graph.node) - 1))]
        names = [other.name for other in graph.node]
        change = data.draw(st.sampled_from(["op", "input", "attribute", "value", "remove"]))
        if change == "op":
            node.op = data.draw(st.sampled_from(["Relu", "Softmax", "Identity", "Add", "MatMul", "Reshape", "Const"]))
        elif change == "input" and node.input:
            node.input[0] = data.draw(st.sampled_from(names))
        elif change == "attribute" and node.attr:
            del node.attr[data.draw(st.sampled_from(sorted(node.attr)))]
        elif change == "value" and node.op == "Const":
            node.attr["value"].tensor.tensor_content = data.draw(st.binary(max_size=64))
        elif change == "remove":
            graph.node.remove(node)
        # Anything but these two ends is raised here, as it is.
        with contextlib.suppress(ModelFileError):
            assert _convert(graph).neuralNetworkClassifier.layers
