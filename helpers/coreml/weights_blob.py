"""An ML program's weights: the file beside it, `weight.bin`, in which each tensor is a blob.

The format is Apple's "MIL blob storage", version 2, all numbers little-endian. The file begins with a header of 64
bytes: how many blobs, and the version. A program names a blob by the offset of its record, which is 64 bytes too: the
number 0xDEADBEEF, the type, the size of the data in bytes, and where they begin. Records and data begin at multiples of
64 bytes.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from helpers.errors import ModelFileError

_ALIGNMENT = 64
_HEADER = struct.Struct("<II")  # count, version
_RECORD = struct.Struct("<IIQQ")  # sentinel, type, size in bytes, offset of the data
_VERSION = 2
_SENTINEL = 0xDEADBEEF
# Others exist (bfloat16, and numbers of less than a byte), for weights that were made smaller.
_DTYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype("<f2"),
    2: np.dtype("<f4"),
    3: np.dtype("<u1"),
    4: np.dtype("<i1"),
    6: np.dtype("<i2"),
    7: np.dtype("<u2"),
    14: np.dtype("<i4"),
    15: np.dtype("<u4"),
}


class WeightsBlob:
    """The content of a weights file, of which nothing is believed.

    Attributes:
        name: the file's name, for messages.
        content: the file's bytes.

    Args:
        name: the file's name, for messages.
        content: the file's bytes.

    Raises:
        ModelFileError: the header is not that of such a file.
    """

    def __init__(self, name: str, content: bytes) -> None:
        """See the class."""
        self.name = name
        self.content = content
        wanted = f"expected {name} to be a weights file, MIL blob storage of version {_VERSION}"
        if len(content) < _ALIGNMENT:
            raise ModelFileError(
                f"{wanted}; received {len(content)} bytes, less than its header has; convert the model again"
            )
        count, version = _HEADER.unpack_from(content)
        if version != _VERSION or _ALIGNMENT * (1 + count) > len(content):
            raise ModelFileError(
                f"{wanted}; received version {version} and {count:,} blobs in {len(content):,} bytes; convert the "
                "model again"
            )

    def check(self, offset: int) -> None:
        """Make sure that there is a blob of a known type, whole.

        Args:
            offset: where its record begins, in bytes.

        Raises:
            ModelFileError: there is none.
        """
        self._record(offset)

    def halved(self, offset: int) -> WeightsBlob:
        """A copy in which the first eighth of a blob's numbers is half of what it was; for checks that must fail.

        Args:
            offset: where the blob's record begins, in bytes; its numbers are floats.

        Raises:
            ModelFileError: there is no such blob.
        """
        dtype, size, start = self._record(offset)
        content = bytearray(self.content)
        numbers = np.frombuffer(content, dtype, max(1, size // dtype.itemsize // 8), start)
        numbers /= 2
        return WeightsBlob(self.name, bytes(content))

    def array(self, offset: int, dtype: DTypeLike, count: int) -> NDArray[Any]:
        """The numbers of one blob.

        Args:
            offset: where its record begins, in bytes.
            dtype: the type that the program declares for them.
            count: how many numbers the program declares.

        Returns:
            An array of shape (count,) that cannot be written to.

        Raises:
            ModelFileError: there is no such blob, or it has another type or size.
        """
        stored, size, start = self._record(offset)
        declared = np.dtype(dtype).newbyteorder("<")
        if stored != declared or count < 1 or size != count * stored.itemsize:
            raise ModelFileError(
                f"expected {count:,} numbers of type {declared.name} at offset {offset:,} of {self.name}, as the "
                f"program declares; received {size:,} bytes of type {stored.name}; convert the model again"
            )
        return np.frombuffer(self.content, stored, count, start)

    def _record(self, offset: int) -> tuple[np.dtype[Any], int, int]:
        """The type, the size in bytes and the beginning of a blob's data."""
        wanted = f"expected a blob at offset {offset:,} of {self.name}"
        whole = len(self.content)
        # The first 64 bytes are the file's header.
        if not _ALIGNMENT <= offset <= whole - _ALIGNMENT or offset % _ALIGNMENT:
            raise ModelFileError(
                f"{wanted}; records lie at multiples of {_ALIGNMENT} from {_ALIGNMENT}, in a file that has {whole:,} "
                "bytes; convert the model again"
            )
        sentinel, kind, size, start = _RECORD.unpack_from(self.content, offset)
        if sentinel != _SENTINEL or kind not in _DTYPES:
            raise ModelFileError(
                f"{wanted}, beginning with {_SENTINEL:#x} and a type among {sorted(_DTYPES)}; received {sentinel:#x} "
                f"and type {kind}; convert the model again, without compressing its weights"
            )
        if start < _ALIGNMENT or start % _ALIGNMENT or start + size > whole:
            raise ModelFileError(
                f"{wanted}, with data inside the file; received {size:,} bytes from {start:,} on, of {whole:,}; "
                "convert the model again"
            )
        return _DTYPES[kind], size, start
