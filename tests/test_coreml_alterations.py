"""The controls of the parity check: each file is wrong in one way, and in no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from helpers.convert.coreml import Kind, to_coreml
from helpers.convert.coreml_file import read_back, save_coreml
from helpers.coreml.alterations import alterations
from helpers.coreml.file import CoreMLFile, read_coreml
from helpers.coreml.network import CoreMLNetwork
from helpers.errors import ModelFileError
from helpers.preprocess import ChannelOrder
from tests.coreml_tiny import SUFFIXES, tiny_description, tiny_images, tiny_input, tiny_network

INPUTS: dict[str, tuple[ChannelOrder, bool]] = {
    "gray": ("gray", False),
    "rgb": ("rgb", False),
    "bgr": ("bgr", False),
    "a scale for each channel": ("rgb", True),
}
COLOUR = {"a layer's weights 1 % larger", "red and blue swapped", "the preprocessing's biases dropped"}
EXPECTED = {
    "gray": {"a layer's weights 1 % larger", "a layer's biases dropped"},
    "rgb": COLOUR,
    "bgr": COLOUR,
    "a scale for each channel": COLOUR | {"one average scale for all channels"},
}


def _file(folder: Path, order: ChannelOrder, per_channel: bool, kind: Kind = "neural_network") -> CoreMLFile:
    image = tiny_input(order, per_channel)
    model = to_coreml(tiny_network(image.channels), tiny_description(image), kind)
    path = folder / f"tiny{SUFFIXES[kind]}"
    save_coreml(model.get_spec(), path, model.weights_dir)
    return read_coreml(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CoreMLFile]:
    return {name: _file(tmp_path_factory.mktemp("tiny"), *chosen) for name, chosen in INPUTS.items()}


CASES = [(name, what) for name in INPUTS for what in sorted(EXPECTED[name])]


@pytest.mark.parametrize("name", INPUTS)
def test_each_kind_of_input_has_its_mistakes(files: dict[str, CoreMLFile], name: str) -> None:
    assert set(alterations(files[name])) == EXPECTED[name]


@pytest.mark.parametrize(("name", "what"), CASES)
def test_the_given_file_is_not_changed_and_the_mistake_is_the_same_each_time(
    files: dict[str, CoreMLFile], name: str, what: str
) -> None:
    file = files[name]
    before = file.specification.SerializeToString(deterministic=True)
    once, twice = alterations(file)[what](), alterations(file)[what]()
    assert file.specification.SerializeToString(deterministic=True) == before
    assert once.specification == twice.specification != file.specification
    assert (once.name, once.weights, once.kind) == (file.name, file.weights, file.kind)


@pytest.mark.parametrize(("name", "what"), CASES)
def test_the_answers_change(files: dict[str, CoreMLFile], name: str, what: str) -> None:
    images = tiny_images(tiny_input(*INPUTS[name]))
    right = CoreMLNetwork(files[name]).run(images)["probabilities"]
    wrong = CoreMLNetwork(alterations(files[name])[what]()).run(images)["probabilities"]
    assert np.abs(np.log(right) - np.log(wrong)).max() > 1e-4


def _part(specification: Any, what: str) -> Any:
    """The one part of a specification that a mistake is in."""
    network = specification.neuralNetworkClassifier
    constants = [layer.loadConstantND.data for layer in network.layers if layer.WhichOneof("layer") == "loadConstantND"]
    convolutions = [layer.convolution for layer in network.layers if layer.WhichOneof("layer") == "convolution"]
    match what:
        case "red and blue swapped":
            return specification.description.input[0].type.imageType
        case "a layer's weights 1 % larger":
            return convolutions[-1].weights
        case "a layer's biases dropped":
            return convolutions[-1].bias
        case "one average scale for all channels":
            return constants[0]
    return constants[1] if constants else network.preprocessing[0].scaler


@pytest.mark.parametrize(("name", "what"), CASES)
def test_exactly_one_part_is_changed(files: dict[str, CoreMLFile], name: str, what: str) -> None:
    altered = alterations(files[name])[what]().specification
    assert altered != files[name].specification
    _part(altered, what).CopyFrom(_part(files[name].specification, what))
    assert altered == files[name].specification


def _changed(name: str, what: str) -> Callable[[dict[str, CoreMLFile]], tuple[Any, Any]]:
    def parts(files: dict[str, CoreMLFile]) -> tuple[Any, Any]:
        altered = alterations(files[name])[what]().specification
        return _part(files[name].specification, what), _part(altered, what)

    return parts


class TestWhatIsDone:
    def test_weights_grow_by_a_hundredth(self, files: dict[str, CoreMLFile]) -> None:
        before, after = (np.asarray(part.floatValue) for part in _changed("rgb", "a layer's weights 1 % larger")(files))
        assert before.size == 3 * 3 * 3 * 4
        assert after == pytest.approx(1.01 * before)

    @pytest.mark.parametrize(("name", "order"), [("rgb", 30), ("bgr", 20)])
    def test_the_other_order_of_colours_is_declared(self, files: dict[str, CoreMLFile], name: str, order: int) -> None:
        _, after = _changed(name, "red and blue swapped")(files)
        assert after.colorSpace == order

    def test_the_scale_stays_where_the_biases_go(self, files: dict[str, CoreMLFile]) -> None:
        before, after = _changed("bgr", "the preprocessing's biases dropped")(files)
        assert (after.redBias, after.greenBias, after.blueBias) == (0, 0, 0)
        assert 0 not in (before.redBias, before.greenBias, before.blueBias)
        assert after.channelScale == before.channelScale

    def test_biases_inside_the_network_go_too(self, files: dict[str, CoreMLFile]) -> None:
        before, after = _changed("a scale for each channel", "the preprocessing's biases dropped")(files)
        assert list(before.floatValue) == pytest.approx(tiny_input("rgb", True).bias)
        assert list(after.floatValue) == [0, 0, 0]

    def test_the_average_is_of_what_is_divided_by(self, files: dict[str, CoreMLFile]) -> None:
        _, after = _changed("a scale for each channel", "one average scale for all channels")(files)
        assert list(after.floatValue) == pytest.approx([3 / (127.5 + 58.4 + 3.7)] * 3)

    def test_a_layers_biases_become_zeros(self, files: dict[str, CoreMLFile]) -> None:
        before, after = _changed("gray", "a layer's biases dropped")(files)
        assert len(after.floatValue) == len(before.floatValue) == 4
        assert any(before.floatValue)
        assert not any(after.floatValue)


@pytest.mark.parametrize("kind", ["program_fp32", "program_fp16"])
@pytest.mark.parametrize(("name", "expected"), [("rgb", {"red and blue swapped"}), ("gray", set())])
def test_programs_are_altered_in_the_file_beside(tmp_path: Path, kind: Kind, name: str, expected: set[str]) -> None:
    block = "a block of weights halved"
    file = _file(tmp_path, *INPUTS[name], kind)
    known = alterations(file)
    assert set(known) == {block, *expected}
    altered = known[block]()
    assert altered.specification == file.specification
    before, after = (np.frombuffer(each.weights.content, np.uint8) for each in (file, altered) if each.weights)
    # One eighth of 3 x 3 x 3 x 4 numbers, or of 3 x 3 x 1 x 4, each of two or four bytes.
    assert 0 < (before != after).sum() <= (13 if name == "rgb" else 4) * 4
    images = tiny_images(tiny_input(*INPUTS[name]))
    right, wrong = (CoreMLNetwork(each).run(images)["probabilities"] for each in (file, altered))
    assert np.abs(np.log(right) - np.log(wrong)).max() > 1e-4


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    image = tiny_input("rgb", False)
    array = to_coreml(tiny_network(3), tiny_description(image), input_kind="array")
    with pytest.raises(ModelFileError, match="takes an array"):
        alterations(read_back(array))
    pixels = keras.Input(image.shape, name="image")
    dense = keras.layers.Dense(5, activation="softmax")(keras.layers.Flatten()(pixels))
    with pytest.raises(ModelFileError, match="to have a convolution"):
        alterations(read_back(to_coreml(keras.Model(pixels, dense), tiny_description(image))))
