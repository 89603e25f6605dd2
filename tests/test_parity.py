"""The parity check: right files pass, wrong networks and wrong files do not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers import engines, parity
from helpers.accuracy import agreement
from helpers.engines.litert import LiteRTEngine
from helpers.parity import ParityCheck, check_parity, parity_table, rounding_tolerance, sample_images
from helpers.zoo import build_lenet, model_names, model_record


class WrongLiteRT(LiteRTEngine):
    """A runtime whose answers are right and whose probabilities are off by a thousandth."""

    name = "wrong"

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        return super().invoke(tensor) * np.float32(0.999)


# In the project's build folder, where the notebooks find the files and the predictions again.
@pytest.mark.parametrize("name", model_names())
def test_all_files_agree_and_the_controls_do_not(name: str) -> None:
    checks = check_parity(name)
    assert [check.kind for check in checks] == ["file"] * 3 + ["control"] * (2 if name == "lenet" else 3)
    assert all(check.as_expected for check in checks), checks
    # Not by a hair: a hundredfold lies between what is right and what is wrong.
    worst, least = (
        pick(check.difference for check in checks if check.kind == kind)
        for pick, kind in ((max, "file"), (min, "control"))
    )
    assert 100 * worst < least


def test_the_second_time_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))

    def all_numbers() -> list[str]:
        return [repr(dataclasses.asdict(check)) for check in check_parity("lenet")]

    assert all_numbers() == all_numbers()


def test_a_runtime_that_is_off_by_a_thousandth_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    monkeypatch.setitem(engines._ENGINES, "wrong", (__name__, "WrongLiteRT"))
    monkeypatch.setattr(parity, "FILE_ENGINES", ("litert", "wrong"))
    right, wrong, *_ = check_parity("lenet")
    assert right.as_expected
    assert not wrong.as_expected
    assert wrong.difference == pytest.approx(0.001, rel=0.05)


@pytest.mark.parametrize(("kind", "expected"), [("file", [True, True, False]), ("control", [False, False, True])])
def test_a_file_must_agree_and_a_control_must_not(kind: str, expected: list[bool]) -> None:
    reference = np.array([[1.0, 0.5]])
    tolerance = agreement(reference, reference / 1.1).largest_log_difference
    checks = []
    for factor in (1.0, 1.1, 1.2):
        compared = agreement(reference, reference / factor)
        checks.append(ParityCheck("LeNet", "it", kind, "float32", compared, tolerance))  # type: ignore[arg-type]
    assert [check.as_expected for check in checks] == expected


def test_the_difference_is_that_of_the_logarithms() -> None:
    compared = agreement(np.array([[1.0, 0.5]]), np.array([[1.0, 0.25]]))
    assert ParityCheck("LeNet", "it", "file", "float32", compared, 0.1).difference == pytest.approx(np.log(2))


def test_the_table_has_a_row_for_each_check_and_says_which_is_wrong() -> None:
    compared = agreement(np.array([[1.0, 0.5]]), np.array([[1.0, 0.25]]))
    checks = [
        ParityCheck("LeNet", "it", "file", "float16", compared, 1),
        ParityCheck("LeNet", "another", "control", "float32", compared, 1),
    ]
    table = parity_table(checks)
    assert list(table["what"]) == ["it", "another"]
    assert list(table["precision"]) == ["float16", "float32"]
    assert list(table["verdict"]) == ["agrees", "WRONG"]
    assert table["difference"].tolist() == pytest.approx([np.log(2)] * 2)
    assert table["tolerance"].tolist() == [1, 1]
    assert table["snr_db"].tolist() == pytest.approx([10 * np.log10(20)] * 2)
    assert table["psnr_db"].tolist() == pytest.approx([10 * np.log10(32)] * 2)
    assert table["relative_error"].tolist() == pytest.approx([1, 1])
    assert table["same_top_five"].tolist() == [1, 1]


def test_the_tolerance_grows_with_the_sums_and_the_logarithms() -> None:
    # LeNet's sums have 25 + 400 + 3200 + 256 + 128 terms; a probability of exp(-10) carries ten times its rounding.
    probabilities = np.array([[1 - np.exp(-10), np.exp(-10)]], np.float32)
    assert rounding_tolerance(build_lenet(), probabilities) == pytest.approx(4 * 2**-24 * 4009**0.5 * 10, rel=1e-5)


@pytest.mark.parametrize("name", ["lenet", "squeezenet"])
def test_samples_are_five_images_of_the_networks_size(name: str) -> None:
    images = sample_images(model_record(name).input)
    assert images.dtype == np.uint8
    assert images.shape == (5, *model_record(name).input.shape)
