"""Accuracy, intervals and agreement, against values known from outside."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.accuracy import (
    SMALLEST_FLOAT16,
    Accuracy,
    accuracy_table,
    agreement,
    agreement_table,
    top_k_accuracy,
    wilson_interval,
)
from helpers.errors import DataError


@pytest.mark.parametrize(
    ("correct", "total", "low", "high"),
    [
        # R: prop.test(x, n, correct = FALSE) gives the Wilson interval.
        (9943, 10_000, 0.992629, 0.995593),
        (5, 10, 0.236593, 0.763407),
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
    ],
)
def test_wilson_interval(correct: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(correct, total) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize(("correct", "total"), [(1, 0), (-1, 10), (11, 10)])
def test_wilson_interval_refuses_impossible_counts(correct: int, total: int) -> None:
    with pytest.raises(DataError, match=f"received {correct} of {total}"):
        wilson_interval(correct, total)


def test_top_k() -> None:
    probabilities = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.3, 0.4, 0.3]], np.float32)
    labels = np.array([1, 0, 2])
    assert top_k_accuracy(probabilities, labels, 1).correct == 1
    assert top_k_accuracy(probabilities, labels, 2).correct == 2
    assert top_k_accuracy(probabilities, labels, 3).correct == 3


def test_top_k_breaks_ties_by_class_number() -> None:
    tied = np.full((1, 4), 0.25, np.float32)
    assert [top_k_accuracy(tied, np.array([label]), 2).correct for label in range(4)] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("probabilities", "labels", "k"),
    [
        (np.ones((2, 3)), np.array([0]), 1),
        (np.ones((2, 3)), np.array([0, 3]), 1),
        (np.ones((2, 3)), np.array([0, -1]), 1),
        (np.ones((2, 3)), np.array([0, 1]), 4),
        (np.ones((2, 3)), np.array([0, 1]), 0),
        (np.full((2, 3), np.nan), np.array([0, 1]), 1),
        (np.ones((0, 3)), np.array([], int), 1),
    ],
)
def test_top_k_refuses_what_does_not_fit(probabilities: np.ndarray, labels: np.ndarray, k: int) -> None:
    with pytest.raises(DataError, match="expected"):
        top_k_accuracy(probabilities, labels, k)


def test_agreement_finds_the_image_and_the_size() -> None:
    first = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], np.float32)
    second = first.copy()
    second[2] = [0.6, 0.4]
    found = agreement(first, second)
    assert found.differing.tolist() == [2]
    assert found.total == 3
    assert found.largest_difference == pytest.approx(0.4, abs=1e-6)
    assert found.largest_log_difference == pytest.approx(np.log(3), abs=1e-6)


def test_agreement_sees_small_probabilities() -> None:
    first = np.array([[1.0, 1e-20]], np.float32)
    second = np.array([[1.0, 1e-15]], np.float32)
    assert agreement(first, second).largest_difference < 1e-10
    assert agreement(first, second).largest_log_difference > 11


def test_agreement_refuses_other_shapes() -> None:
    with pytest.raises(DataError, match="two arrays of one shape"):
        agreement(np.ones((2, 3), np.float32), np.ones((2, 4), np.float32))


@pytest.mark.parametrize("wrong", [np.array([[np.nan, 1.0]]), np.array([[1, 0]]), np.array([["a", "b"]])])
def test_what_is_not_a_finite_float_is_refused(wrong: np.ndarray) -> None:
    right = np.array([[0.5, 0.5]])
    for pair in ((right, wrong), (wrong, right)):
        with pytest.raises(DataError, match="expected finite probabilities"):
            agreement(*pair)
    with pytest.raises(DataError, match="expected"):
        top_k_accuracy(wrong, np.array([0]))
    with pytest.raises(DataError, match="labels as integers"):
        top_k_accuracy(right, np.array([0.0]))
    with pytest.raises(DataError, match="expected k from 1"):
        top_k_accuracy(right, np.array([0]), 1.0)  # type: ignore[arg-type]


class TestNoise:
    """The measures of the difference as a whole, by hand: 0.8 and 0.6 have the squares 0.64 and 0.36."""

    REFERENCE = np.array([[0.8, 0.6]])

    def test_decibels_are_ten_times_the_logarithm_of_a_ratio_of_squares(self) -> None:
        found = agreement(self.REFERENCE, self.REFERENCE + np.array([0.1, 0.0]))
        # 1 / 0.01 is 20 dB; the mean of 0.01 and 0 is 0.005, and 0.64 / 0.005 is 128.
        assert found.snr_db == pytest.approx(20)
        assert found.psnr_db == pytest.approx(10 * np.log10(128))

    def test_the_error_is_set_against_the_reference_and_not_the_other_way_round(self) -> None:
        doubled = agreement(self.REFERENCE, self.REFERENCE * 2)
        halved = agreement(self.REFERENCE * 2, self.REFERENCE)
        assert doubled.snr_db == pytest.approx(0)
        assert halved.snr_db == pytest.approx(10 * np.log10(4))

    def test_equal_numbers_have_no_noise(self) -> None:
        found = agreement(self.REFERENCE, self.REFERENCE.copy())
        assert found.snr_db == found.psnr_db == np.inf
        assert found.relative_log_error == found.largest_log_difference == 0

    def test_nothing_but_noise_is_minus_infinity(self) -> None:
        found = agreement(np.zeros((1, 2)), np.array([[0.5, 0.5]]))
        assert found.snr_db == found.psnr_db == -np.inf

    def test_nothing_at_all_is_equal(self) -> None:
        assert agreement(np.zeros((2, 3)), np.zeros((2, 3))).snr_db == np.inf

    def test_the_relative_error_is_of_the_whole_vector_of_logarithms(self) -> None:
        # The logarithms are -3 and -4, and of the other -3 and -4.5: 0.5 of 5.
        found = agreement(np.exp([[-3.0, -4.0]]), np.exp([[-3.0, -4.5]]))
        assert found.relative_log_error == pytest.approx(0.1)

    def test_a_certain_answer_has_the_logarithm_0_and_no_division_by_it(self) -> None:
        assert agreement(np.ones((1, 1)), np.ones((1, 1))).relative_log_error == 0


def test_smaller_probabilities_count_as_the_smallest() -> None:
    first, second = np.array([[1.0, 2.0**-20]]), np.array([[1.0, 0.0]])
    assert agreement(first, second, SMALLEST_FLOAT16).largest_log_difference == 0
    assert agreement(first, second, 2.0**-24).largest_log_difference == pytest.approx(4 * np.log(2))
    assert agreement(first, second).largest_log_difference == pytest.approx(np.log(2.0**-20 / 1e-30))
    # The smallest number of float16 that has all its digits.
    assert np.finfo(np.float16).smallest_normal == SMALLEST_FLOAT16
    assert agreement(np.array([[1.0, 2.0**-14]]), np.array([[1.0, 2.0**-15]]), SMALLEST_FLOAT16).relative_log_error == 0


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ([0.3, 0.25, 0.2, 0.1, 0.08, 0.05, 0.02], 1),
        ([0.08, 0.1, 0.2, 0.25, 0.3, 0.05, 0.02], 1),
        ([0.3, 0.25, 0.2, 0.1, 0.05, 0.08, 0.02], 0),
        # A tie for the fifth place goes to the class with the smaller number.
        ([0.3, 0.25, 0.2, 0.1, 0.05, 0.05, 0.05], 1),
    ],
)
def test_the_five_most_probable_are_compared_as_a_set(other: list[float], same: int) -> None:
    reference = [0.3, 0.25, 0.2, 0.1, 0.08, 0.05, 0.02]
    found = agreement(np.array([reference, reference]), np.array([other, reference]))
    assert found.same_top_five == same + 1


def test_fewer_than_five_classes_are_all_among_the_first_five() -> None:
    assert agreement(np.array([[0.9, 0.1]]), np.array([[0.1, 0.9]])).same_top_five == 1


def test_tables_by_engine() -> None:
    table = accuracy_table({"a": Accuracy(9_943, 10_000), "b": Accuracy(0, 10)})
    assert table.loc["a"].tolist() == [9943, 10000, "99.43", "99.26", "99.56"]
    assert table.loc["b", "from"] == "0.00"
    right = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
    other = np.array([[0.1, 0.9], [0.2, 0.8]], np.float32)
    compared = agreement_table({"same": agreement(right, right), "other": agreement(right, other)})
    assert compared.loc["same"].tolist() == [0, 2, True, True, True]
    assert compared.loc["other"].tolist() == [1, 2, False, False, False]
