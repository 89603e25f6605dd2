"""Accuracy, intervals and agreement, against values known from outside."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.accuracy import agreement, top_k_accuracy, wilson_interval
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
