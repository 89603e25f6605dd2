"""Twenty labelled photos of the ImageNet challenge, for a first look at a network's accuracy.

The paper measures on ILSVRC's 50,000 validation images (section III.C.1), which are not free to pass on. Twenty such
photos are part of the package foolbox. They are fetched when asked for, neither committed nor displayed; twenty photos
tell a working network from a broken one, not one percent from the next.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DataError, ImageError
from helpers.photos import read_photo
from helpers.pypi_file import fetch_pypi_file

_REQUIREMENT = "foolbox==3.3.4"
_FILE_NAME = "foolbox-3.3.4-py3-none-any.whl"
_SHA256 = "11049d515d38e765e206a73ace9cc648b81a0d6d1da9ad9057e149ee117989cb"

_COUNT = 20
_CLASSES = 1000
_MEMBER = re.compile(r"foolbox/data/imagenet_(\d\d)_(\d{1,3})\.jpg")
_LARGEST_FILE = 1_000_000
_LARGEST_SIDE = 4096


class IlsvrcSample(NamedTuple):
    """One photo and its class.

    Attributes:
        name: the photo's file name, such as `imagenet_00_243.jpg`.
        pixels: uint8 RGB of shape (height, width, 3).
        label: the index of its class, 0-999, in the order of `data/labels/imagenet.csv`.
        content: the file's bytes, a JPEG.
    """

    name: str
    pixels: NDArray[np.uint8]
    label: int
    content: bytes


def load_ilsvrc_samples() -> list[IlsvrcSample]:
    """Fetch the twenty photos, once, and read them.

    Returns:
        The photos in the order of their numbers, with their labels.

    Raises:
        DataError: they cannot be fetched; the message says how to bring them by hand.
    """
    return read_samples(fetch_pypi_file(_REQUIREMENT, _FILE_NAME, _SHA256))


def read_samples(wheel: Path) -> list[IlsvrcSample]:
    """Read the photos out of foolbox's wheel, in memory: nothing of the archive is written anywhere.

    Raises:
        DataError: the file is not an archive with exactly these twenty photos, each of a sane size.
    """
    wanted = f"expected {wheel.name} to hold {_COUNT} photos like foolbox/data/imagenet_00_243.jpg"
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = {member.filename: member for member in archive.infolist()}
            found = [match for match in map(_MEMBER.fullmatch, sorted(members)) if match]
            if [int(match[1]) for match in found] != list(range(_COUNT)):
                raise DataError(f"{wanted}; received {len(found)}; delete it and run this again")
            largest = max(members[match[0]].file_size for match in found)
            if largest > _LARGEST_FILE:
                raise DataError(f"{wanted}, each at most {_LARGEST_FILE:,} bytes; received {largest:,}; delete it")
            contents = [(match, archive.read(match[0])) for match in found]
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{wanted}; it cannot be read: {error}; delete it and run this again") from error
    return [
        IlsvrcSample(match[0].rpartition("/")[2], _pixels(content, match[0]), int(match[2]), content)
        for match, content in contents
    ]


def _pixels(content: bytes, name: str) -> NDArray[np.uint8]:
    try:
        return read_photo(content, name, largest_side=_LARGEST_SIDE)
    except ImageError as error:
        raise DataError(
            f"expected {name} to be a whole JPEG with sides of at most {_LARGEST_SIDE}; {error}; "
            "delete the wheel and run this again"
        ) from error
