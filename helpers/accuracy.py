"""Accuracy and agreement: how good a model is, and how far two runtimes give the same answers.

Taught in notebook 07_validate_accuracy (paper, section III.C.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import DataError

# The smallest probability that a log-probability is taken of: below it float32 softmax outputs carry no information.
SMALLEST_FLOAT32 = 1e-30
# The same for float16: its smallest number with all digits. Below, digits are lost, and below 2**-25 there is only 0.
SMALLEST_FLOAT16 = 2.0**-14
# The 97.5 % point of the normal distribution, for intervals of 95 %.
_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Accuracy:
    """How many of a number of images were classified correctly."""

    correct: int
    total: int

    @property
    def percent(self) -> float:
        """The accuracy in percent."""
        return 100 * self.correct / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of 95 %, in percent: where the accuracy on endless images of this kind may well lie."""
        low, high = wilson_interval(self.correct, self.total)
        return 100 * low, 100 * high


@dataclass(frozen=True)
class Agreement:
    """How two runtimes' probabilities for the same images compare.

    Attributes:
        differing: the indices of the images on which their top answers differ, int64 (k,).
        total: how many images were compared.
        largest_difference: the largest absolute difference of any probability.
        largest_log_difference: the largest absolute difference of any natural log-probability.
        median_log_difference: the median of these differences, over all classes of all images.
        relative_log_error: the length of the vector of these differences, divided by that of the log-probabilities.
        snr_db: the signal-to-noise ratio of the probabilities, in decibels: the sum of their squares over the sum of
            the squared differences; infinite where there are none.
        psnr_db: the same with the square of the largest probability over the mean squared difference.
        same_top_five: on how many images the five most probable classes are the same five, in any order.
    """

    differing: NDArray[np.int64]
    total: int
    largest_difference: float
    largest_log_difference: float
    median_log_difference: float
    relative_log_error: float
    snr_db: float
    psnr_db: float
    same_top_five: int


def wilson_interval(correct: int, total: int, z: float = _Z95) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927), as fractions; 95 % by default.

    Unlike the textbook's normal approximation it stays between 0 and 1 and holds near 100 %.

    Raises:
        DataError: not 0 <= correct <= total, or nothing to count.
    """
    if total < 1 or not 0 <= correct <= total:
        raise DataError(f"expected 0 <= correct <= total and total >= 1; received {correct} of {total}")
    share = correct / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def top_k_accuracy(probabilities: NDArray[np.float32], labels: NDArray[np.integer], k: int = 1) -> Accuracy:
    """Count the images whose true class is among the k most probable ones.

    Args:
        probabilities: float (n, classes).
        labels: integers (n,), the true classes.
        k: 1 for the paper's accuracy of LeNet, 5 for its accuracy of the ILSVRC models.

    Raises:
        DataError: shapes, labels or k do not fit together, or a probability is not finite.
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    if probabilities.ndim != 2 or len(probabilities) != len(labels) or len(labels) == 0 or labels.ndim != 1:
        raise DataError(
            f"expected (n, classes) and (n,) with n >= 1; received {probabilities.shape} and {labels.shape}"
        )
    if probabilities.dtype.kind != "f" or labels.dtype.kind not in "iu":
        raise DataError(
            "expected probabilities as floats and labels as integers; "
            f"received {probabilities.dtype} and {labels.dtype}"
        )
    classes = probabilities.shape[1]
    if not isinstance(k, int) or not 1 <= k <= classes:
        raise DataError(f"expected k from 1 to {classes}; received {k}")
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"expected labels from 0 to {classes - 1}; received {labels.min()} to {labels.max()}")
    if not np.isfinite(probabilities).all():
        raise DataError("expected finite probabilities; received NaN or infinity")
    # A stable sort of the negated row breaks ties by class number, the same way on every platform.
    top = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return Accuracy(int((top == labels[:, np.newaxis]).any(axis=1).sum()), len(labels))


def agreement(
    reference: NDArray[np.float32], other: NDArray[np.float32], smallest: float = SMALLEST_FLOAT32
) -> Agreement:
    """Compare two runtimes' probabilities for the same images.

    Log-probabilities are compared too, because with many classes almost every probability is so small that an absolute
    difference says nothing.

    Args:
        reference: float (n, classes).
        other: float (n, classes).
        smallest: smaller probabilities count as this one where logarithms are compared. Where a runtime computes in
            float16, take `SMALLEST_FLOAT16`.

    Raises:
        DataError: the shapes differ, or there is nothing to compare.
    """
    reference, other = np.asarray(reference), np.asarray(other)
    if reference.shape != other.shape or reference.ndim != 2 or reference.size == 0:
        raise DataError(f"expected two arrays of one shape (n, classes); received {reference.shape} and {other.shape}")
    for given in (reference, other):
        if given.dtype.kind != "f" or not np.isfinite(given).all():
            raise DataError(
                f"expected finite probabilities as floats; received {given.dtype}, or NaN or infinity in them"
            )
    first, second = reference.astype(np.float64), other.astype(np.float64)
    logs = np.log(np.maximum(first, smallest))
    log_differences = logs - np.log(np.maximum(second, smallest))
    squared = np.square(first - second)
    top_five = [np.sort(np.argsort(-each, axis=1, kind="stable")[:, :5], axis=1) for each in (first, second)]
    return Agreement(
        differing=np.flatnonzero(first.argmax(axis=1) != second.argmax(axis=1)),
        total=len(first),
        largest_difference=float(np.abs(first - second).max()),
        largest_log_difference=float(np.abs(log_differences).max()),
        median_log_difference=float(np.median(np.abs(log_differences))),
        relative_log_error=float(np.linalg.norm(log_differences)) / max(float(np.linalg.norm(logs)), smallest),
        snr_db=_decibels(float(np.square(first).sum()), float(squared.sum())),
        psnr_db=_decibels(float(first.max()) ** 2, float(squared.mean())),
        same_top_five=int((top_five[0] == top_five[1]).all(axis=1).sum()),
    )


def accuracy_table(accuracies: Mapping[str, Accuracy]) -> pd.DataFrame:
    """Accuracies with their intervals of 95 %, one row each, by whose they are.

    Returns:
        The columns `correct`, `of`, and in percent, as texts with two decimals, `accuracy (%)`, `from` and `to (95 %)`.
    """
    return pd.DataFrame(
        {
            "correct": each.correct,
            "of": each.total,
            "accuracy (%)": f"{each.percent:.2f}",
            "from": f"{each.interval[0]:.2f}",
            "to (95 %)": f"{each.interval[1]:.2f}",
        }
        for each in accuracies.values()
    ).set_index(pd.Index(accuracies, name="engine"))


def agreement_table(agreements: Mapping[str, Agreement]) -> pd.DataFrame:
    """Agreements with a reference, one row each, by whose they are.

    The differences are only compared with bounds, since their last digits depend on the processor.

    Returns:
        The columns `differing answers`, `same five best` (on how many images), and whether the largest difference of a
        probability is at most 0.00001, the largest of ln p at most 0.001, and the median of ln p at most 0.0001.
    """
    return pd.DataFrame(
        {
            "differing answers": len(each.differing),
            "same five best": each.same_top_five,
            "p within 0.00001": each.largest_difference <= 1e-5,
            "ln p within 0.001": each.largest_log_difference <= 1e-3,
            "median of ln p within 0.0001": each.median_log_difference <= 1e-4,
        }
        for each in agreements.values()
    ).set_index(pd.Index(agreements, name="engine"))


def _decibels(signal: float, noise: float) -> float:
    if noise == 0:
        return math.inf
    return 10 * math.log10(signal / noise) if signal else -math.inf
