"""The class names of ImageNet, in the order of the networks' outputs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from helpers.data import checked_bytes
from helpers.errors import DataError
from helpers.files import DATA

_HEADER = ["index", "wnid", "name"]
_CLASSES = 1000


class ImagenetLabel(NamedTuple):
    """One class of ILSVRC.

    Attributes:
        wnid: its WordNet id, such as `n02123045`; ILSVRC's folders are named by it.
        name: its English name, which no other class has.
    """

    wnid: str
    name: str


def load_imagenet_labels(path: Path = DATA / "labels" / "imagenet.csv") -> tuple[ImagenetLabel, ...]:
    """Load the 1000 classes; the position is the network's output index.

    Raises:
        DataError: the file is missing, damaged, or not a table of 1000 classes.
    """
    return parse_imagenet_labels(checked_bytes(path), path.name)


def parse_imagenet_labels(content: bytes, name: str) -> tuple[ImagenetLabel, ...]:
    """Read a table of the columns index, wnid and name.

    Args:
        content: the bytes of the CSV file, UTF-8.
        name: what error messages call the file.

    Raises:
        DataError: it is no such table of 1000 classes in their order.
    """
    wanted = f"expected {name} to be a UTF-8 table of {','.join(_HEADER)} with the indices 0 to {_CLASSES - 1} in order"
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{wanted}; it cannot be read: {error}; restore it from the repository") from error
    if rows[:1] != [_HEADER] or len(rows) != _CLASSES + 1:
        raise DataError(f"{wanted}; received the header {rows[:1]} and {max(0, len(rows) - 1)} rows; restore it")
    for index, row in enumerate(rows[1:]):
        if len(row) != len(_HEADER) or row[0] != str(index) or not all(row):
            raise DataError(f"{wanted}; received {row} at index {index}; restore it from the repository")
    return tuple(ImagenetLabel(wnid, label) for _, wnid, label in rows[1:])
