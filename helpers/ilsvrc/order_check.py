"""A trained network's answers as evidence of the labels' order: nearly always wrong in one, often right in another.

Hits are counted by classes, not by images: a class is hit when the network's most frequent answer to its images is the
class itself. An untrained network, even one that gives all images the same answer, hits about one class in a thousand,
whatever order the labels are in. So this never fires for it, however large the set is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.ilsvrc.folder import IlsvrcFolder
from helpers.ilsvrc.label_orders import CLASSES, ORDER_TITLES, classes_of, other_orders, way_out

# By chance about one class of a thousand is hit; ten or more in one case of ten million.
_ENOUGH_HITS = 10
# So many times more classes must be hit than in the order that the labels are said to be in.
_FAR_MORE = 5


class OrderCheck:
    """Counts answers as they come, and compares the orders when asked."""

    def __init__(self, folder: IlsvrcFolder) -> None:
        """Take the folder whose labels are in question."""
        self._folder = folder
        self._others = other_orders(folder.order, folder.layout == "class folders")
        # How often each class was answered to the images of each label.
        self._answers: NDArray[np.int32] = np.zeros((CLASSES + 1, CLASSES), np.int32)

    def add(self, index: int, answer: int) -> None:
        """Count the best class that the network gave to the image of this index."""
        self._answers[self._folder.labels[index], answer] += 1

    def check(self) -> None:
        """Compare the orders by the answers so far.

        Raises:
            DataError: the answers contradict the order that the labels are said to be in, and fit another.
        """
        numbers = np.flatnonzero(self._answers.any(axis=1))
        usual = self._answers[numbers].argmax(axis=1)
        hits = {
            order: int((classes_of(numbers, order) == usual).sum()) for order in (self._folder.order, *self._others)
        }
        best = max(self._others, key=lambda order: hits[order])
        given = hits[self._folder.order]
        if hits[best] < _ENOUGH_HITS or hits[best] < _FAR_MORE * given:
            return
        class_folders = self._folder.layout == "class folders"
        raise DataError(
            f"expected the labels of {self._folder.label_file or self._folder.path} to be in "
            f"{ORDER_TITLES[self._folder.order]}; received labels in {ORDER_TITLES[best]}: of {len(numbers)} classes, "
            f"the network's usual answer is right for {hits[best]} if they are read so, and for {given} as they are "
            f"read now; {way_out(best, class_folders)}"
        )
