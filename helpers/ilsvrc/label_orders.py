"""The orders in which ILSVRC's 1000 classes are numbered, and how a wrong one is found out before it is scored.

The challenge's development kit numbers the classes from 1 in an order of its own (ILSVRC2012_ID: 1 is the kit fox).
Caffe, Keras and torchvision number them from 0 in the order of the sorted WordNet ids (0 is the tench). Both orders
have 1000 numbers and no class has the same place in both, so labels in the wrong one give an accuracy near 0.1 %, and
labels shifted by one as well. A wrong order is therefore named wherever something is known that contradicts it:

- the numbers themselves: there is no class 0 in the kit's order, no class 1000 in the other;
- the true classes of the first 1000 validation images, which are part of the project (`data/labels/`);
- a trained network's answers (`helpers.ilsvrc.order_check`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from helpers.data import checked_bytes
from helpers.errors import DataError
from helpers.files import DATA
from helpers.labels import load_imagenet_labels

CLASSES = 1000
DEVKIT_FILE = DATA / "labels" / "ilsvrc2012_devkit_order.csv"
KNOWN_FILE = DATA / "labels" / "ilsvrc2012_first_images.csv"

Order = Literal["devkit", "sorted", "devkit_from_0", "sorted_from_1"]
ORDERS: tuple[Order, ...] = get_args(Order)
ORDER_TITLES: Mapping[str, str] = {
    "devkit": "the development kit's order, counted from 1",
    "sorted": "the order of the sorted WordNet ids, counted from 0",
    "devkit_from_0": "the development kit's order, counted from 0",
    "sorted_from_1": "the order of the sorted WordNet ids, counted from 1 (0 being a background class)",
    # Two mistakes of scripts that sort images into class folders, seen from the folders' side.
    "devkit_list": "places in the sorted list that were looked up in the development kit's list",
    "devkit_list_from_1": "places in the sorted list that were looked up in the development kit's list, counted from 1",
}

# So few known images could agree with an order by chance in one case of 10**15.
_ENOUGH_KNOWN = 5
_MOSTLY = 0.9


@cache
def devkit_classes() -> NDArray[np.int64]:
    """The classes in the development kit's order.

    Returns:
        int64 (1000,): at place i the class, as the networks number it, that the kit calls i + 1. Read-only.

    Raises:
        DataError: the project's file is damaged.
    """
    classes = _classes_by_number(DEVKIT_FILE, ["number", "wnid"])
    if not np.array_equal(np.sort(classes), np.arange(CLASSES)):
        raise DataError(f"expected each class once in {DEVKIT_FILE.name}; restore it from the repository")
    return classes


@cache
def known_classes() -> NDArray[np.int64]:
    """The true classes of the first validation images.

    Returns:
        int64 (1000,): at place i the class, as the networks number it, of image i + 1. Read-only.

    Raises:
        DataError: the project's file is damaged.
    """
    return _classes_by_number(KNOWN_FILE, ["image", "wnid"])


def _classes_by_number(path: Path, header: list[str]) -> NDArray[np.int64]:
    numbers = {label.wnid: number for number, label in enumerate(load_imagenet_labels())}
    rows = list(csv.reader(io.StringIO(checked_bytes(path).decode("utf-8"))))
    if rows[0] != header or [row[0] for row in rows[1:]] != [str(place + 1) for place in range(CLASSES)]:
        raise DataError(f"expected {path.name} to be a table of {header} with 1 to {CLASSES}; restore it")
    classes = np.array([numbers[wnid] for _, wnid in rows[1:]], np.int64)
    classes.flags.writeable = False
    return classes


def classes_of(numbers: NDArray[np.int64], order: str) -> NDArray[np.int64]:
    """Turn the numbers of a label file into classes as the networks number them.

    Args:
        numbers: int64, any shape.
        order: one of `ORDER_TITLES`: the order that the numbers are in.

    Returns:
        int64 of the same shape, 0-999; -1 where the order has no such number.
    """
    # In the two lists of class folders, the number is a class, whose place in the kit's list is meant.
    table = {
        "devkit": devkit_classes(),
        "devkit_from_0": devkit_classes(),
        "devkit_list": np.argsort(devkit_classes()),
        "devkit_list_from_1": np.argsort(devkit_classes()) + 1,
    }.get(order, np.arange(CLASSES))
    places = numbers - 1 if order in ("devkit", "sorted_from_1") else numbers
    inside = (places >= 0) & (places < CLASSES)
    classes = np.where(inside, table[np.where(inside, places, 0)], -1)
    return np.where(classes < CLASSES, classes, -1)


def numbers_of(classes: NDArray[np.int64], order: Order) -> NDArray[np.int64]:
    """The reverse of `classes_of`: how an order numbers the networks' classes 0-999."""
    places = np.argsort(devkit_classes())[classes] if order.startswith("devkit") else classes
    return places + 1 if order in ("devkit", "sorted_from_1") else places


def other_orders(order: Order, class_folders: bool) -> tuple[str, ...]:
    """The orders that numbers may really be in, apart from the one that they are said to be in."""
    lists = ("devkit_list", "devkit_list_from_1") if class_folders else ()
    return (*(each for each in ORDERS if each != order), *lists)


def check_known_images(
    images: NDArray[np.int64], numbers: NDArray[np.int64], order: Order, where: str, class_folders: bool = False
) -> None:
    """Compare labels with the true classes of the first validation images, as far as these are among the images.

    Labels that agree with no order at all are no evidence: they belong to other pictures of the same names, such as a
    synthetic set's.

    Args:
        images: int64 (n,), the numbers in the images' names, from 1; 0 for an image of another name.
        numbers: int64 (n,), their labels as they are written.
        order: the order that the labels are said to be in.
        where: what error messages call the labels.
        class_folders: whether the labels come from class folders.

    Raises:
        DataError: the labels are right in another order, which the message names, and wrong in this one.
    """
    known = (images >= 1) & (images <= CLASSES)
    total = int(known.sum())
    if total < _ENOUGH_KNOWN:
        return
    truth = known_classes()[images[known] - 1]
    right = {
        each: int((classes_of(numbers[known], each) == truth).sum())
        for each in (order, *other_orders(order, class_folders))
    }
    best = max(right, key=lambda each: right[each])
    if best != order and right[best] >= _MOSTLY * total and right[order] < total - right[order]:
        raise DataError(
            f"expected {where} to be in {ORDER_TITLES[order]}; received labels in {ORDER_TITLES[best]}: so read, "
            f"{right[best]} of the {total} images whose class is known have it, as read now {right[order]}; "
            f"{way_out(best, class_folders)}"
        )


def way_out(order: str, class_folders: bool) -> str:
    """What to do about labels that are in another order, this one."""
    if class_folders:
        return "sort the images into the class folders anew"
    return f"give order={order!r} (--order {order}), or correct the labels"
