"""The data sets that come with the project: MNIST and a few openly licensed photos.

Every file is checked against the SHA-256 in `data/checksums.json` before a byte of it is used, so a damaged clone or a
swapped file is one clear error instead of a wrong accuracy. `data/README.md` gives provenance and licences.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DataError, ImageError
from helpers.files import DATA, sha256_bytes
from helpers.photos import read_photo

Split = Literal["train", "test"]

PHOTOS = ("chelsea", "coffee", "rocket", "astronaut", "motorcycle")

_MNIST_FILES: dict[str, tuple[str, str, int]] = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 60_000),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 10_000),
}
# The IDX format (described with MNIST itself): two zero bytes, a type code, the number of dimensions, then the sizes.
_IDX_UINT8 = 0x08


def load_mnist(split: Split, folder: Path = DATA / "mnist") -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Load MNIST, the paper's data set for LeNet (section III.A, reference 29).

    Args:
        split: `"train"` (60,000 digits) or `"test"` (10,000 digits).
        folder: where the gzipped IDX files lie.

    Returns:
        images, uint8 of shape (n, 28, 28, 1), 0 for the background and 255 for ink; labels, uint8 of shape (n,), 0-9.

    Raises:
        DataError: an unknown split, or a file that is missing, damaged or not the one that was published.
    """
    if split not in _MNIST_FILES:
        raise DataError(f"MNIST has the splits {sorted(_MNIST_FILES)}; received {split!r}")
    images_name, labels_name, count = _MNIST_FILES[split]
    images = _read_idx(folder / images_name, (count, 28, 28))
    labels = _read_idx(folder / labels_name, (count,))
    return images[..., np.newaxis], labels


def load_photo(name: str) -> NDArray[np.uint8]:
    """Load one of the project's openly licensed photos (`PHOTOS`).

    Returns:
        The photo, uint8 RGB of shape (height, width, 3).

    Raises:
        DataError: an unknown name, or a file that is missing or damaged.
    """
    if name not in PHOTOS:
        raise DataError(f"the project has the photos {', '.join(PHOTOS)}; received {name!r}")
    path = DATA / "photos" / f"{name}.png"
    content = checked_bytes(path)
    try:
        return read_photo(content, path.name)
    except ImageError as error:
        raise DataError(f"{path} is not a whole picture: {error}; restore it from the repository") from error


def checked_bytes(path: Path) -> bytes:
    """Read a file of `data/` and compare its SHA-256 with the recorded one.

    Args:
        path: the file; its folder and file name (`mnist/train-labels-idx1-ubyte.gz`) are the key in
        `data/checksums.json`.

    Raises:
        DataError: the file is missing, has no recorded checksum, or differs from it.
    """
    key = f"{path.parent.name}/{path.name}"
    expected = recorded_checksums().get(key)
    if expected is None:
        raise DataError(f"{key} has no entry in data/checksums.json; expected one of the project's own data files")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}; restore it with 'git checkout -- data/{key}'"
        ) from error
    received = sha256_bytes(content)
    if received != expected:
        raise DataError(
            f"{path} is damaged or is another file: expected SHA-256 {expected}, received {received} "
            f"({len(content):,} bytes); restore it with 'git checkout -- data/{key}'"
        )
    return content


def recorded_checksums() -> dict[str, str]:
    """The SHA-256 of each data file, by its folder and name, from `data/checksums.json`.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        checksums: dict[str, str] = json.loads((DATA / "checksums.json").read_bytes())
        if not all(isinstance(value, str) for value in checksums.values()):
            raise ValueError("not a table of hashes")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise DataError(
            f"expected data/checksums.json to be a table of hashes: {error}; "
            "restore it with 'git checkout -- data/checksums.json'"
        ) from error
    return checksums


def _read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    try:
        content = gzip.decompress(checked_bytes(path))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is not a whole gzip file: {error}; restore it from the repository") from error
    return parse_idx(content, shape, path.name)


def parse_idx(content: bytes, shape: tuple[int, ...], name: str) -> NDArray[np.uint8]:
    """Read uint8 data in the IDX format of MNIST.

    Args:
        content: the unpacked bytes of the file.
        shape: the sizes the file must have, for example (60000, 28, 28).
        name: what error messages call the file.

    Returns:
        The data, uint8 of the given shape.

    Raises:
        DataError: the header or the length is not that of uint8 data of this shape.
    """
    header = struct.pack(">BBBB", 0, 0, _IDX_UINT8, len(shape)) + struct.pack(f">{len(shape)}I", *shape)
    expected_length = len(header) + int(np.prod(shape))
    if content[: len(header)] != header or len(content) != expected_length:
        raise DataError(
            f"{name} is not an IDX file of uint8 data of shape {shape}: expected the header {header.hex()} and "
            f"{expected_length:,} bytes in all, received {content[: len(header)].hex()} and {len(content):,} bytes"
        )
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)
