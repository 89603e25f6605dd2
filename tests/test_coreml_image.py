"""What Core ML networks take and give: descriptions, the bytes of photos, and labels."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coreml_samples import (
    write_samples,
    written,
)

from helpers.coreml.file import read_coreml
from helpers.coreml.image import (
    ArrayFeature,
    ImageFeature,
    class_labels,
    image_tensor,
    input_feature,
    output_names,
    scaled,
)
from helpers.coreml.specification import main_block, network_of
from helpers.errors import ImageError, ModelFileError


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


class TestInput:
    def _feature(self, network: Any, tmp_path: Path) -> ImageFeature | ArrayFeature:
        return input_feature(read_coreml(written(network, tmp_path)))

    def test_an_array(self, network: Any, tmp_path: Path) -> None:
        array = network.description.input[0].type.multiArrayType
        array.shape.extend([3, 8, 6])
        for name, dtype in [("FLOAT32", "f4"), ("DOUBLE", "f8"), ("INT32", "i4"), ("INT8", "i1"), ("FLOAT16", "f2")]:
            array.dataType = type(array).ArrayDataType.Value(name)
            assert self._feature(network, tmp_path) == ArrayFeature("image", (3, 8, 6), np.dtype(dtype))

    @pytest.mark.parametrize(
        ("name", "number", "order"), [("GRAYSCALE", 10, "gray"), ("RGB", 20, "rgb"), ("BGR", 30, "bgr")]
    )
    def test_the_order_of_colours(self, network: Any, tmp_path: Path, name: str, number: int, order: str) -> None:
        image = network.description.input[0].type.imageType
        image.colorSpace = type(image).ColorSpace.Value(name)
        assert image.colorSpace == number
        assert self._feature(network, tmp_path) == ImageFeature("image", 8, 6, order)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda t: setattr(t, "isOptional", True), "may be left out"),
            (lambda t: t.int64Type.SetInParent(), "received int64Type"),
            (lambda t: t.doubleType.SetInParent(), "received doubleType"),
            (lambda t: t.stringType.SetInParent(), "received stringType"),
            (lambda t: t.dictionaryType.SetInParent(), "received dictionaryType"),
            (lambda t: t.sequenceType.SetInParent(), "received sequenceType"),
            (lambda t: t.stateType.SetInParent(), "received stateType"),
            (lambda t: t.imageType.enumeratedSizes.SetInParent(), r"several sizes \(enumeratedSizes\)"),
            (lambda t: t.imageType.imageSizeRange.SetInParent(), r"several sizes \(imageSizeRange\)"),
            (lambda t: setattr(t.imageType, "height", 0), "received 0 x 6"),
            (lambda t: setattr(t.imageType, "width", -6), "received 8 x -6"),
            (lambda t: setattr(t.imageType, "width", 2**63 - 1), "received 8 x 9223372036854775807"),
            (lambda t: setattr(t.imageType, "colorSpace", 0), "received colour space 0"),
            (lambda t: setattr(t.imageType, "colorSpace", 40), "received colour space 40"),
            (lambda t: setattr(t.imageType, "colorSpace", 77), "received colour space 77"),
            (lambda t: t.multiArrayType.SetInParent(), r"received shape \(\)"),
            (lambda t: t.multiArrayType.shape.extend([2, -1]), r"received shape \(2, -1\)"),
            (lambda t: t.multiArrayType.shape.extend([2, 0]), r"received shape \(2, 0\)"),
            (lambda t: t.multiArrayType.shape.extend([2**40, 2**40]), "received shape"),
            (lambda t: t.multiArrayType.shape.extend([1] * 6), "with 1 to 5 dimensions"),
            (lambda t: t.multiArrayType.shape.extend([1]), "received data type 0"),
            (lambda t: t.multiArrayType.enumeratedShapes.SetInParent(), r"several shapes \(enumeratedShapes\)"),
            (lambda t: t.multiArrayType.shapeRange.SetInParent(), r"several shapes \(shapeRange\)"),
        ],
    )
    def test_an_input_that_is_not_taken(
        self, network: Any, tmp_path: Path, change: Callable[[Any], object], message: str
    ) -> None:
        change(network.description.input[0].type)
        with pytest.raises(ModelFileError, match=rf"expected the input 'image' of changed\.mlmodel to be.*{message}"):
            self._feature(network, tmp_path)

    def test_two_inputs(self, network: Any, tmp_path: Path) -> None:
        network.description.input.add(name="more").type.CopyFrom(network.description.input[0].type)
        with pytest.raises(ModelFileError, match="have one input; received 2: image, more"):
            self._feature(network, tmp_path)


class TestImages:
    @pytest.mark.parametrize("order", ["rgb", "bgr", "gray"])
    def test_a_photos_bytes_in_the_networks_order(self, order: str) -> None:
        channels = 1 if order == "gray" else 3
        images = np.random.default_rng(1).integers(0, 256, (2, 8, 6, channels), np.uint8)
        tensor = image_tensor(images, ImageFeature("image", 8, 6, order))
        assert (tensor.dtype, tensor.shape) == (np.float32, (2, channels, 8, 6))
        for place, source in enumerate({"rgb": (0, 1, 2), "bgr": (2, 1, 0), "gray": (0,)}[order]):
            assert np.array_equal(tensor[:, place], images[..., source])

    @pytest.mark.parametrize(
        ("shape", "dtype"),
        [
            ((1, 8, 6, 1), "u1"),
            ((1, 8, 6, 4), "u1"),
            ((1, 6, 8, 3), "u1"),
            ((1, 3, 8, 6), "u1"),
            ((8, 6, 3), "u1"),
            ((0, 8, 6, 3), "u1"),
            ((1, 8, 6, 3), "f4"),
            ((1, 8, 6, 3), "i1"),
        ],
    )
    def test_other_images_are_refused(self, shape: tuple[int, ...], dtype: str) -> None:
        with pytest.raises(ImageError, match=r"expected uint8 images of shape \(n, 8, 6, 3\)"):
            image_tensor(np.ones(shape, dtype), ImageFeature("image", 8, 6, "rgb"))

    @pytest.mark.parametrize("order", ["rgb", "bgr", "gray"])
    def test_scaling_to_the_bit(self, network: Any, tmp_path: Path, order: str) -> None:
        """Biases belong to colours, not to places: the same numbers come out of RGB and BGR."""
        (step,) = network_of(network).preprocessing
        step.scaler.channelScale = 1 / 57.3
        biases = {"red": -2.117, "green": 0.3, "blue": 19.7, "gray": 0.01}
        for colour, bias in biases.items():
            setattr(step.scaler, f"{colour}Bias", bias)
        file = read_coreml(written(network, tmp_path))
        feature = ImageFeature("image", 16, 16, order)
        images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(1 if order == "gray" else 3, axis=-1)
        received = scaled(image_tensor(images, feature), file, feature)
        assert received.dtype == np.float32
        colours = {"rgb": ["red", "green", "blue"], "bgr": ["blue", "green", "red"], "gray": ["gray"]}[order]
        for place, colour in enumerate(colours):
            expected = [
                np.float32(np.float32(float(byte) * float(np.float32(1 / 57.3))) + np.float32(biases[colour]))
                for byte in range(256)
            ]
            assert received[0, place].ravel().tolist() == [float(number) for number in expected]

    def test_the_converters_numbers(self, files: Path) -> None:
        """What was given to coremltools as a bias for the first channel, which is blue, is the bias of blue."""
        file = read_coreml(files / "tiny.mlmodel")
        feature = input_feature(file)
        assert isinstance(feature, ImageFeature)
        white = image_tensor(np.full((1, 8, 6, 3), 255, np.uint8), feature)
        assert np.allclose(scaled(white, file, feature)[0, :, 0, 0], [1.0, 0.0, -1.0])

    def test_nothing_to_scale(self, network: Any, files: Path, tmp_path: Path) -> None:
        feature = ImageFeature("image", 8, 6, "bgr")
        tensor = image_tensor(np.ones((1, 8, 6, 3), np.uint8), feature)
        del network_of(network).preprocessing[:]
        for path in (files / "tiny16.mlpackage", written(network, tmp_path)):
            assert scaled(tensor, read_coreml(path), feature) is tensor

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda p: p[0].meanImage.meanImage.extend([1.0] * 144), r"received \[\('image', 'meanImage'\)\]"),
            (lambda p: p[0].ClearField("scaler"), r"received \[\('image', None\)\]"),
            (lambda p: setattr(p[0], "featureName", "other"), "received .*'other'"),
            (lambda p: p.append(p[0]), r"received \[\('image', 'scaler'\), \('image', 'scaler'\)\]"),
            (lambda p: p[0].scaler.ClearField("channelScale"), "received the scale 0"),
            (lambda p: setattr(p[0].scaler, "channelScale", np.nan), "received the scale nan"),
            (lambda p: setattr(p[0].scaler, "blueBias", np.inf), "received the scale .*inf"),
        ],
    )
    def test_scaling_that_is_not_done_here(
        self, network: Any, tmp_path: Path, change: Callable[[Any], object], message: str
    ) -> None:
        change(network_of(network).preprocessing)
        feature = ImageFeature("image", 8, 6, "bgr")
        tensor = image_tensor(np.ones((1, 8, 6, 3), np.uint8), feature)
        with pytest.raises(ModelFileError, match=rf"scale its image 'image' once, by numbers other than 0; {message}"):
            scaled(tensor, read_coreml(written(network, tmp_path)), feature)

    def test_an_absurd_scale_gives_infinity_and_no_warning(self, network: Any, tmp_path: Path) -> None:
        network_of(network).preprocessing[0].scaler.channelScale = 3e38
        feature = ImageFeature("image", 8, 6, "bgr")
        tensor = image_tensor(np.full((1, 8, 6, 3), 255, np.uint8), feature)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert np.isinf(scaled(tensor, read_coreml(written(network, tmp_path)), feature)).all()


class TestOutput:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda n: n.stringClassLabels.ClearField("vector"), "received 0 labels"),
            (lambda n: n.stringClassLabels.vector.append("crane"), "received 6 labels, 5 of them different"),
            (lambda n: n.int64ClassLabels.vector.append(1), "labels in words; received int64ClassLabels"),
            (lambda n: n.ClearField("ClassLabels"), "labels in words; received none"),
        ],
    )
    def test_labels_of_a_network_that_are_none(
        self, network: Any, tmp_path: Path, change: Callable[[Any], object], message: str
    ) -> None:
        change(network_of(network))
        with pytest.raises(ModelFileError, match=message):
            class_labels(read_coreml(written(network, tmp_path)))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda o: o[-1].inputs.pop("classes"), "the first with 0 lists"),
            (lambda o: o.append(o[-1]), "received 2 such operations"),
            (lambda o: o[-1].inputs["classes"].arguments[0].value.ClearField("immediateValue"), "received 0 labels"),
            (lambda o: o[-1].inputs["classes"].arguments[0].ClearField("value"), "received 0 labels"),
            (
                lambda o: (
                    o[-1].inputs["classes"].arguments[0].value.immediateValue.list.values[1].immediateValue.Clear()
                ),
                "with something else in it",
            ),
        ],
    )
    def test_labels_of_a_program_that_are_none(
        self, program: Any, package: Path, tmp_path: Path, change: Callable[[Any], object], message: str
    ) -> None:
        change(main_block(program).operations)
        with pytest.raises(ModelFileError, match=message):
            class_labels(read_coreml(written(program, tmp_path)))

    def test_outputs(self, network: Any, tmp_path: Path) -> None:
        outputs = network.description.output
        outputs.add(name="array").type.multiArrayType.SetInParent()
        assert output_names(read_coreml(written(network, tmp_path))) == ("probabilities", "array")
        outputs.add(name="picture").type.imageType.SetInParent()
        with pytest.raises(ModelFileError, match="received 'picture', imageType"):
            output_names(read_coreml(written(network, tmp_path)))
        del outputs[:]
        outputs.add(name="classLabel").type.stringType.SetInParent()
        with pytest.raises(ModelFileError, match="received a label alone"):
            output_names(read_coreml(written(network, tmp_path)))
