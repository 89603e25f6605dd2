"""The two files that give the validation images' classes where the images lie in one flat folder.

`ILSVRC2012_validation_ground_truth.txt` of the challenge's development kit has one number a line: line i is the class
of ILSVRC2012_val_0000000i. `val.txt`, as Caffe's scripts bring it, has a name and a number a line. What the numbers
mean is told by `helpers.ilsvrc.label_orders`; here they are only read, and refused where they cannot be labels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.ilsvrc.label_orders import CLASSES, ORDER_TITLES, Order

GROUND_TRUTH = "ILSVRC2012_validation_ground_truth.txt"
VAL_TXT = "val.txt"
OFFICIAL_IMAGES = 50_000

# The full files have 0.2 and 1.6 MB.
_LARGEST_FILE = 20_000_000
_MOST_LINES = 100_000
_NUMBER = re.compile(r"[0-9]{1,9}")
_IMAGE = re.compile(r"ilsvrc2012_val_([0-9]{8})", re.ASCII)


@dataclass(frozen=True, eq=False)
class LabelFile:
    """What a label file says, before anything is made of its numbers.

    Attributes:
        path: the file.
        order: the order that a file of its kind is in, or the one that the user has named.
        by_image: the label of each image; the key is the image's name without folder and suffix, in lower case.
        with_names: whether each line names its image; else the place of a line tells it.
    """

    path: Path
    order: Order
    by_image: Mapping[str, int]
    with_names: bool


def image_key(name: str) -> str:
    """By what a label file and a folder find each other: the name without folder and suffix, in lower case."""
    file_name = name.rpartition("/")[2]
    return (file_name.rpartition(".")[0] or file_name).lower()


def image_number(name: str) -> int:
    """The number of a validation image from its name, from 1; 0 where it is no such name."""
    found = _IMAGE.fullmatch(image_key(name))
    return int(found[1]) if found else 0


def read_label_file(path: Path, order: Order | None = None) -> LabelFile:
    """Read a label file of either kind; its content decides which.

    Args:
        path: the file.
        order: the order of the classes, where the user knows that it is not the one of that kind of file.

    Returns:
        The labels as they are written.

    Raises:
        DataError: the file cannot be read, is of neither kind, or has numbers that its order does not have.
    """
    lines = _lines(path)
    with_names = len(lines[0].split()) == 2
    wanted = "a name and a number" if with_names else "one number, or a name and a number,"
    by_image: dict[str, int] = {}
    for place, line in enumerate(lines, start=1):
        name, _, number = line.strip().rpartition(" ") if with_names else (f"ILSVRC2012_val_{place:08d}", "", line)
        if not name or not _NUMBER.fullmatch(number.strip()):
            raise DataError(f"expected {wanted} in each line of {path}; received {line[:60]!r} in line {place}")
        key = image_key(name.strip())
        if key in by_image:
            raise DataError(f"expected each image once in {path}; received {name.strip()[:60]!r} again in line {place}")
        by_image[key] = int(number)
    stated: Order = order or ("sorted" if with_names else "devkit")
    _check_range(path, np.array(list(by_image.values()), np.int64), stated, order is None)
    return LabelFile(path, stated, by_image, with_names)


def _lines(path: Path) -> list[str]:
    wanted = f"expected {path} to be a text file of labels"
    way_out = f"give the kit's {GROUND_TRUTH} or Caffe's {VAL_TXT}"
    try:
        if not path.is_file():
            raise DataError(f"{wanted}; received nothing, a folder or a device; {way_out}")
        size = path.stat().st_size
        if size > _LARGEST_FILE:
            raise DataError(f"{wanted}, of at most {_LARGEST_FILE:,} bytes; received {size:,}; {way_out}")
        content = path.read_bytes()
        lines_there = content.count(b"\n")
        if lines_there > _MOST_LINES:
            raise DataError(f"{wanted}, of at most {_MOST_LINES:,} lines; received {lines_there:,}; {way_out}")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{wanted} in UTF-8; received other bytes at {error.start:,}; {way_out}") from error
    except OSError as error:
        raise DataError(f"{wanted}; it cannot be read: {error.strerror}; correct its rights") from error
    # Tabs and spaces may separate; only a line feed, perhaps after a carriage return, ends a line.
    lines = text.replace("\t", " ").rstrip().split("\n")
    if not lines[0].strip():
        raise DataError(f"{wanted}; received an empty first line; {way_out}")
    return lines


def _check_range(path: Path, numbers: NDArray[np.int64], order: Order, by_kind: bool) -> None:
    low, high = int(numbers.min()), int(numbers.max())
    from_1 = order in ("devkit", "sorted_from_1")
    least, most = (1, CLASSES) if from_1 else (0, CLASSES - 1)
    if least <= low and high <= most:
        return
    message = (
        f"expected {path} to be in {ORDER_TITLES[order]}, with numbers {least} to {most}; received {low} to {high}"
    )
    if high - low >= CLASSES or high > CLASSES:
        raise DataError(f"{message}, which no order of {CLASSES} classes has; is it the file of another data set?")
    alternatives = ("sorted", "devkit_from_0") if from_1 else ("devkit", "sorted_from_1")
    choices = " or ".join(f"order={each!r} ({ORDER_TITLES[each]})" for each in alternatives)
    raise DataError(f"{message}; {'if you know the order, ' if by_kind else ''}give {choices}")


def labels_of(file: LabelFile, names: tuple[str, ...]) -> NDArray[np.int64]:
    """The label of each image of a folder.

    Args:
        file: the labels.
        names: the images' names.

    Returns:
        int64 (n,), as they are written.

    Raises:
        DataError: an image has no label, or the lines cannot belong to these images.
    """
    count = len(file.by_image)
    missing = [name for name in names if image_key(name) not in file.by_image]
    if missing:
        raise DataError(
            f"expected a label for each image in {file.path}, which has {count:,}; received none for {missing[0]!r} "
            f"and {len(missing) - 1:,} others; give the file that belongs to these images"
        )
    highest = max(image_number(name) for name in names)
    # Where lines carry no names, one line too many or too few would shift all that follow.
    if not file.with_names and count not in (highest, OFFICIAL_IMAGES):
        raise DataError(
            f"expected {file.path} to have a line for each image: {highest:,}, the highest number in a name, or "
            f"{OFFICIAL_IMAGES:,}; received {count:,} lines; give the file that belongs to these images"
        )
    return np.array([file.by_image[image_key(name)] for name in names], np.int64)
