"""Whole Core ML files, computed: images and arrays, several at once or one by one, good files and nonsense."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.coreml.file import CoreMLFile, read_coreml
from helpers.coreml.image import ImageFeature
from helpers.coreml.network import CoreMLNetwork
from helpers.coreml.specification import main_block
from helpers.errors import DeploymentError, ImageError, ModelFileError
from tests.coreml_models import ProgramMaker, borders, convolved, fill, network_file, normal
from tests.coreml_mutations import damaged_copies
from tests.coreml_samples import KINDS, LABELS, write_samples

IMAGES = np.random.default_rng(1).integers(0, 256, (3, 8, 6, 3), np.uint8)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small classifier of BGR images in the three kinds of file."""
    return write_samples(tmp_path_factory.mktemp("samples"))


def expected_probabilities(images: Any) -> Any:
    """What the small classifier should compute, from the numbers that its file was made of."""
    numbers = np.random.default_rng(0)
    filters, weights = (numbers.normal(size=size).astype(np.float32) for size in [(4, 3, 3, 3), (5, 96)])
    x = images[..., ::-1].transpose(0, 3, 1, 2) / 127.5 + np.array([-1, -2, -3]).reshape(3, 1, 1)
    hidden = convolved(x, filters, [(0, 0), (0, 0)], (1, 1), (1, 1), 1) + np.arange(4).reshape(4, 1, 1)
    logits = np.maximum(hidden, 0).reshape(len(images), 96) @ weights.T + np.arange(5)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def logarithms(probabilities: Any) -> Any:
    return np.log(np.maximum(probabilities, 1e-3))


class TestSamples:
    @pytest.mark.parametrize("kind", KINDS)
    def test_probabilities(self, samples: Path, kind: str) -> None:
        network = CoreMLNetwork(read_coreml(samples / kind))
        assert isinstance(network.input, ImageFeature)
        assert network.class_labels == LABELS
        (name,) = network.outputs
        received = network.run(IMAGES)[name]
        assert received.dtype == np.float32
        tolerance = 0.05 if "16" in kind else 1e-4
        difference = abs(logarithms(received) - logarithms(expected_probabilities(IMAGES))).max()
        assert difference < tolerance
        other_colours = abs(logarithms(received) - logarithms(expected_probabilities(IMAGES[..., ::-1]))).max()
        assert other_colours > 20 * tolerance

    @pytest.mark.parametrize("kind", KINDS)
    def test_several_images_are_what_each_is(self, samples: Path, kind: str) -> None:
        network = CoreMLNetwork(read_coreml(samples / kind))
        (name,) = network.outputs
        together = network.run(IMAGES)[name]
        alone = np.concatenate([network.run(IMAGES[number : number + 1])[name] for number in range(3)])
        np.testing.assert_allclose(together, alone, 1e-3 if "16" in kind else 1e-5)

    def test_steps_can_be_shown(self, samples: Path) -> None:
        layers = CoreMLNetwork(read_coreml(samples / "tiny.mlmodel")).steps
        operations = CoreMLNetwork(read_coreml(samples / "tiny32.mlpackage")).steps
        assert [step.kind for step in layers[:2]] == ["convolution", "activation"]
        assert ("conv_0", "conv", (1, 4, 6, 4)) in [(step.name, step.kind, step.shape) for step in operations]
        assert operations[-1].kind == "classify"
        assert operations[-1].shape == (1, 5)

    @pytest.mark.parametrize("wrong", [IMAGES[:, :7], IMAGES.astype(np.float32), IMAGES[0], IMAGES[:0]])
    def test_other_images(self, samples: Path, wrong: Any) -> None:
        with pytest.raises(ImageError):
            CoreMLNetwork(read_coreml(samples / "tiny.mlmodel")).run(wrong)

    @pytest.mark.parametrize("kind", KINDS)
    def test_another_number_of_labels(self, samples: Path, kind: str) -> None:
        file = read_coreml(samples / kind)
        if file.kind == "neural_network":
            file.specification.neuralNetworkClassifier.stringClassLabels.vector.append("fly")
        else:
            (operation,) = (each for each in main_block(file.specification).operations if each.type == "classify")
            words = operation.inputs["classes"].arguments[0].value.immediateValue.list.values
            words.add().CopyFrom(words[0])
            words[-1].immediateValue.tensor.strings.values[:] = ["fly"]
        with pytest.raises(ModelFileError, match="expected 6 probabilities; received shape"):
            CoreMLNetwork(file)


class TestImagesThatWouldBeMixed:
    """A file describes one image; what an operation would mix is computed image by image."""

    X = normal(3, 4, 5)

    def check(self, maker: ProgramMaker, expected: Any) -> None:
        received = CoreMLNetwork(maker.file()).run(self.X)["y"]
        assert received.shape == expected.shape
        np.testing.assert_allclose(received, expected, 1e-4, 1e-5)

    def made(self) -> ProgramMaker:
        return ProgramMaker((1, 4, 5))

    def test_softmax_of_the_first_axis(self) -> None:
        maker = self.made()
        maker.operation("softmax", (1, 4, 5), x="x", axis=0)
        self.check(maker, np.ones((3, 4, 5)))

    def test_mean_of_the_first_axis(self) -> None:
        maker = self.made()
        maker.operation("reduce_mean", (4, 5), x="x", axes=[0], keep_dims=False)
        self.check(maker, self.X)

    def test_reshape_without_it(self) -> None:
        maker = self.made()
        maker.operation("reshape", (2, 10), x="x", shape=[2, 10])
        self.check(maker, self.X.reshape(3, 2, 10))

    def test_squeeze_and_a_matrix(self) -> None:
        maker = self.made()
        matrix = normal(2, 5, seed=1)
        maker.operation("squeeze", (4, 5), np.float32, "a", x="x", axes=[0])
        maker.operation("linear", (4, 2), x="a", weight=matrix)
        self.check(maker, self.X @ matrix.T)

    def test_a_constant_with_more_along_the_first_axis(self) -> None:
        maker = self.made()
        constant = normal(2, 4, 5, seed=1)
        maker.operation("add", (2, 4, 5), x="x", y=constant)
        self.check(maker, self.X[:, np.newaxis] + constant)

    def test_padding_and_joining_the_first_axis(self) -> None:
        maker = self.made()
        maker.operation("pad", (2, 4, 5), np.float32, "a", x="x", pad=[1, 0, 0, 0, 0, 0], constant_val=2.0)
        maker.operation("concat", (3, 4, 5), values=["a", "x"], axis=0, interleave=False)
        self.check(maker, np.stack([np.stack([np.full((4, 5), 2.0), each, each]) for each in self.X]))

    def test_a_matrix_of_the_images(self) -> None:
        maker = ProgramMaker((1, 4))
        maker.operation("matmul", (4, 4), x="x", y="x", transpose_x=True, transpose_y=False)
        x = normal(3, 4)
        received = CoreMLNetwork(maker.file()).run(x)["y"]
        np.testing.assert_allclose(received, x[:, :, np.newaxis] * x[:, np.newaxis], 1e-5, 1e-6)

    def test_an_output_that_does_not_depend_on_the_input(self) -> None:
        maker = self.made()
        constant = normal(1, 3, seed=1)
        maker.operation("relu", (1, 3), x=constant)
        self.check(maker, np.repeat(np.maximum(constant, 0), 3, axis=0))

    def test_an_array_without_an_axis_for_them(self) -> None:
        maker = ProgramMaker((4, 5))
        maker.operation("transpose", (5, 4), x="x", perm=[1, 0])
        self.check(maker, self.X.transpose(0, 2, 1))


def older_classifier() -> CoreMLFile:
    """A classifier of gray images with five axes, as tf-coreml makes them."""
    layers = [
        ("convolution", {"outputChannels": 2, "kernelChannels": 1, "kernelSize": [2, 2], "weights": normal(2, 1, 2, 2),
                         "valid": {"paddingAmounts": borders(((0, 0), (0, 0)))}}, ["image"], "a"),
        ("reshape", {"targetShape": [1, 12, 1, 1], "mode": 1}, ["a"], "b"),
        ("innerProduct", {"inputChannels": 12, "outputChannels": 3, "weights": normal(3, 12, seed=1)}, ["b"], "c"),
        ("softmax", {}, ["c"], "chances"),
    ]  # fmt: skip
    file = network_file([(kind, values, inputs, output) for kind, values, inputs, output in layers], (1,), True)
    model = file.specification
    model.neuralNetworkClassifier.layers.extend(model.neuralNetwork.layers)
    classifier = model.neuralNetworkClassifier
    classifier.stringClassLabels.vector.extend(["one", "two", "three"])
    classifier.labelProbabilityLayerName = "chances"
    scaler = classifier.preprocessing.add(featureName="image").scaler
    fill(scaler, {"channelScale": 1 / 255, "grayBias": -0.5})
    model.description.ClearField("input")
    model.description.ClearField("output")
    fill(model.description.input.add(name="image").type.imageType, {"width": 4, "height": 3, "colorSpace": 10})
    model.description.output.add(name="probabilities").type.dictionaryType.stringKeyType.SetInParent()
    model.description.output.add(name="label").type.stringType.SetInParent()
    fill(model.description, {"predictedFeatureName": "label", "predictedProbabilitiesName": "probabilities"})
    return file


class TestFiveAxes:
    IMAGES = np.random.default_rng(2).integers(0, 256, (3, 3, 4, 1), np.uint8)

    def test_a_classifier(self) -> None:
        network = CoreMLNetwork(older_classifier())
        received = network.run(self.IMAGES)["probabilities"]
        x = self.IMAGES.transpose(0, 3, 1, 2) / 255 - 0.5
        hidden = convolved(x, normal(2, 1, 2, 2), [(0, 0), (0, 0)], (1, 1), (1, 1), 1)
        last = np.exp(hidden.transpose(0, 2, 3, 1).reshape(3, 12) @ normal(3, 12, seed=1).T)
        np.testing.assert_allclose(received, last / last.sum(axis=1, keepdims=True), 1e-4)
        first = np.exp(hidden.reshape(3, 12) @ normal(3, 12, seed=1).T)
        assert abs(received - first / first.sum(axis=1, keepdims=True)).max() > 0.01

    def test_images_and_arrays_with_different_axes(self) -> None:
        file = older_classifier()
        file.specification.neuralNetworkClassifier.imageInputShapeMapping = 1
        with pytest.raises(ModelFileError, match="RANK5_IMAGE_MAPPING"):
            CoreMLNetwork(file)

    @pytest.mark.parametrize("shape", [(4,), (4, 2, 3)])
    def test_arrays(self, shape: tuple[int, ...]) -> None:
        x = normal(3, *shape)
        network = CoreMLNetwork(network_file([("activation", {"ReLU": {}}, ["x"], "y")], shape, five_axes=True))
        np.testing.assert_array_equal(network.run(x)["y"], np.maximum(x, 0))

    def test_an_array_of_two_axes(self) -> None:
        with pytest.raises(ModelFileError, match="channels, height, width"):
            CoreMLNetwork(network_file([("activation", {"ReLU": {}}, ["x"], "y")], (4, 2), five_axes=True))


class TestNonsense:
    """A neural network that is well formed and makes no sense."""

    def made(self) -> tuple[CoreMLFile, Any]:
        relu: dict[str, Any] = {"ReLU": {}}
        file = network_file([("activation", relu, ["x"], "a"), ("activation", relu, ["a"], "y")], (1, 4))
        return file, file.specification.neuralNetwork.layers

    def check(self, file: CoreMLFile, message: str) -> None:
        with pytest.raises(ModelFileError, match=message) as caught:
            CoreMLNetwork(file)
        assert "convert the model again" in str(caught.value)

    def test_it_is_good_before_it_is_damaged(self) -> None:
        assert CoreMLNetwork(self.made()[0]).run(normal(2, 4))["y"].shape == (2, 4)

    def test_names(self) -> None:
        for change, message in (
            (lambda layers: layers[0].input.__setitem__(0, "b"), r"layer 'activation_0' .*before gives; received 'b'"),
            (lambda layers: layers[0].input.__setitem__(0, "y"), "before gives; received 'y'"),
            (lambda layers: layers[1].output.__setitem__(0, "a"), r"layer 'activation_1' .*new name; received \['a'\]"),
            (lambda layers: layers[1].output.__setitem__(0, "x"), "new name"),
            (lambda layers: layers[1].output.__setitem__(0, "z"), "to give the output 'y'"),
            (lambda layers: layers[1].output.append("z"), "one output"),
            (lambda layers: layers[1].input.append("x"), "expected 1 inputs; received 2"),
            (lambda layers: layers[1].ClearField("input"), "expected 1 inputs; received 0"),
            (lambda layers: layers[1].ClearField("activation"), "received no type"),
        ):
            file, layers = self.made()
            change(layers)
            self.check(file, message)

    @pytest.mark.parametrize("which", ["inputTensor", "outputTensor"])
    def test_declared_shapes(self, which: str) -> None:
        for rank, sizes, good in ((2, [1, 4], True), (2, [-1, 4], True), (2, [1, 5], False), (3, [1, 4, 1], False)):
            file, layers = self.made()
            getattr(layers[0], which).add(rank=rank, dimValue=sizes)
            if good:
                CoreMLNetwork(file)
            else:
                self.check(file, r"layer 'activation_0' .*shape that is declared")

    def test_the_declared_shape_of_an_output(self) -> None:
        file, _ = self.made()
        file.specification.description.output[0].type.multiArrayType.shape.extend([1, 5])
        self.check(file, r"the output 'y' .*declared shape \(1, 5\); received \(1, 4\)")

    @pytest.mark.parametrize("wrong", [normal(2, 5), normal(4), normal(2, 4).astype(np.float64), normal(0, 4)])
    def test_other_arrays(self, wrong: Any) -> None:
        with pytest.raises(ImageError, match="expected float32 of shape"):
            CoreMLNetwork(self.made()[0]).run(wrong)

    def test_an_absurd_input(self) -> None:
        file, _ = self.made()
        file.specification.description.input[0].type.multiArrayType.shape[:] = [1, 2**27]
        self.check(file, "the input of made.mlmodel: expected a tensor of 1 to")


def run_or_refuse(file: CoreMLFile) -> bool:
    """Compute black images; True where that worked, False where one of the package's own errors says why not."""
    try:
        network = CoreMLNetwork(file)
        assert isinstance(network.input, ImageFeature)
        channels = 1 if network.input.channel_order == "gray" else 3
        for result in network.run(
            np.zeros((2, network.input.height, network.input.width, channels), np.uint8)
        ).values():
            assert len(result) == 2
    except DeploymentError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files(samples: Path, tmp_path: Path, kind: str) -> None:
    ran = 0
    for _, path in damaged_copies(samples / kind, 200, 5, tmp_path):
        try:
            file = read_coreml(path)
        except ModelFileError:
            continue
        ran += run_or_refuse(file)
    assert 0 < ran < 200


_NUMBERS = [0, 1, 2, 3, 5, 100, 2**16, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1, -1, -2, -(2**31), -(2**63)]
_FLOATS = [0.0, 1.0, -1.0, 1e-45, 1e38, float("inf"), float("nan")]
_WORDS = ["", "x", "image", "same", "valid", "custom", "same_lower", "fp16", "relu", "conv", "pad", "mul", "const"]


def places(message: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Every field that is set in a message, with the message that it is in, and its key in a map."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            for key in sorted(value):
                yield from places(value[key])
                yield message, field, key
        else:
            if field.message_type is not None:
                for each in value if field.is_repeated else [value]:
                    yield from places(each)
            yield message, field, None


def tamper(message: Any, chance: random.Random) -> None:
    """Give one field of a message another value: absurd, missing, doubled or out of order."""
    parent, field, key = chance.choice(list(places(message)))
    value = getattr(parent, field.name)
    if key is not None:
        del value[key]
    elif field.is_repeated and chance.random() < 0.5:
        kept = list(value)
        chance.shuffle(kept)
        del value[:]
        value.extend(kept[: chance.randint(0, len(kept))] + kept[: chance.randint(0, 1)])
    elif field.message_type is not None:
        parent.ClearField(field.name)
    else:
        options = {"float": _FLOATS, "double": _FLOATS, "str": _WORDS, "bytes": [b"", b"\0"], "bool": [True, False]}
        held = value[0] if field.is_repeated else value
        chosen = chance.choice(options.get(type(held).__name__, _NUMBERS))
        try:
            if field.is_repeated:
                value[chance.randrange(len(value))] = chosen
            else:
                setattr(parent, field.name, chosen)
        except ValueError:  # too large for the field, or negative
            parent.ClearField(field.name)


@pytest.mark.parametrize("kind", [*KINDS, "older"])
def test_well_formed_nonsense(samples: Path, kind: str) -> None:
    """What protobuf itself accepts, and no bit flip in a long file finds."""
    good = older_classifier() if kind == "older" else read_coreml(samples / kind)
    assert run_or_refuse(good)
    chance = random.Random(3)
    ran = 0
    for _ in range(150):
        message = type(good.specification)()
        message.CopyFrom(good.specification)
        tamper(getattr(message, message.WhichOneof("Type")), chance)
        ran += run_or_refuse(CoreMLFile(good.name, message, good.weights, good.kind))
    assert 0 < ran < 150
