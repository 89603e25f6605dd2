"""The parity check of Core ML's files: they agree with Keras, and none of the controls does, whatever the precision."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers import engines, parity
from helpers.engines.coreml import MlmodelEngine
from helpers.parity import ParityCheck, check_coreml_parity, rounding_tolerance
from helpers.zoo import build_lenet, model_names, model_record

FILES = [
    "Core ML .mlmodel",
    "Core ML .mlpackage, float32",
    "Core ML .mlpackage, float16",
    ".pb -> coremltools",
    ".pb -> tf-coreml",
]
PLAIN = ["Plain TensorFlow .pb -> coremltools", "Plain TensorFlow .pb -> tf-coreml"]
AVERAGE = "one average scale for all channels"
COLOUR = ["red and blue swapped", "a layer's weights 1 % larger", "the preprocessing's biases dropped"]
OTHERS = [
    "red and blue swapped (float16)",
    "a block of weights halved (float16)",
    "red and blue swapped (tf-coreml)",
    "a layer's weights 1 % larger (tf-coreml)",
]
CONTROLS = {
    **{name: [*COLOUR, *OTHERS] for name in model_names()},
    "lenet": ["a layer's weights 1 % larger", "a layer's biases dropped", *OTHERS[1::2]],
    # The one network with a scale for each channel.
    "densenet121": [*COLOUR, AVERAGE, *OTHERS],
}
# How many layers have a kernel, counted in the papers that introduced the networks.
KERNELS = {"lenet": 5, "resnet50": 54, "inceptionv3": 95, "squeezenet": 26, "mobilenet": 28, "densenet121": 121}


class WrongMlmodel(MlmodelEngine):
    """A runtime whose answers are right and whose probabilities are off by a thousandth."""

    name = "wrong"

    def invoke(self, tensor: NDArray[np.uint8]) -> NDArray[np.float32]:
        return super().invoke(tensor) * np.float32(0.999)


# In the project's build folder, where the notebooks find the files and the predictions again.
@pytest.mark.parametrize("name", model_names())
def test_all_files_agree_and_the_controls_do_not(name: str) -> None:
    checks = check_coreml_parity(name)
    files = [check for check in checks if check.kind == "file"]
    controls = [check for check in checks if check.kind == "control"]
    assert checks == [*files, *controls]
    assert [check.what for check in files] == (FILES + PLAIN if name == "lenet" else FILES)
    assert [check.what for check in controls] == CONTROLS[name]
    assert all(check.as_expected for check in checks), checks
    # Not by a hair: the files need half of what is allowed, and the controls three times as much.
    for check in files:
        assert check.difference <= check.tolerance / 2, check
        assert len(check.agreement.differing) == 0, check
    for check in controls:
        assert check.difference >= 3 * check.tolerance, check
    _check_tolerances(name, checks)


def _check_tolerances(name: str, checks: list[ParityCheck]) -> None:
    """By the formula, written down again. Some probability of every network is below what float16 can hold."""
    float16 = 4 / 2**11 * math.sqrt(2 * KERNELS[name]) * 14 * math.log(2)
    for check in checks:
        assert check.precision == ("float16" if "float16" in check.what else "float32")
        if check.precision == "float16":
            assert check.tolerance == pytest.approx(float16)
        else:
            assert check.tolerance < float16 / 50


@pytest.fixture
def own_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of its own, with one Core ML file a model."""
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    monkeypatch.setattr(parity, "coreml_formats", lambda name: ("mlmodel",))


@pytest.mark.usefixtures("own_build")
def test_the_second_time_is_the_same() -> None:
    def all_numbers() -> list[str]:
        return [repr(dataclasses.asdict(check)) for check in check_coreml_parity("lenet")]

    assert all_numbers() == all_numbers()


@pytest.mark.usefixtures("own_build")
def test_a_runtime_that_is_off_by_a_thousandth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engines._ENGINES, "mlmodel", (__name__, "WrongMlmodel"))
    wrong, *_ = check_coreml_parity("lenet")
    assert not wrong.as_expected
    assert wrong.difference == pytest.approx(0.001, rel=0.05)
    assert wrong.agreement.snr_db == pytest.approx(60, abs=0.1)


@pytest.mark.usefixtures("own_build")
def test_a_control_that_does_nothing_is_found_also_after_a_cached_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(check.as_expected for check in check_coreml_parity("lenet"))
    monkeypatch.setattr(parity, "alterations", lambda file: {"a layer's weights 1 % larger": lambda: file})
    *_, control = check_coreml_parity("lenet")
    assert control.kind == "control"
    assert not control.as_expected


def test_float16s_tolerance_grows_with_the_layers_and_stops_at_its_smallest_number() -> None:
    network = build_lenet()
    for smallest, logarithm in ((math.exp(-5), 5), (2.0**-14, 14 * math.log(2)), (1e-20, 14 * math.log(2))):
        probabilities = np.array([[1 - smallest, smallest]], np.float32)
        expected = 4 * 2**-11 * math.sqrt(2 * 5) * logarithm
        assert rounding_tolerance(network, probabilities, "float16") == pytest.approx(expected, rel=1e-5)


def test_float32s_tolerance_is_less_than_float16s_for_the_same_numbers() -> None:
    network = model_record("squeezenet").build()
    probabilities = np.array([[0.5, 0.5]], np.float32)
    one, other = (rounding_tolerance(network, probabilities, precision) for precision in ("float32", "float16"))  # type: ignore[arg-type]
    assert one < other / 50
