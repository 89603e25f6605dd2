"""For which sizes of memory pages a native library was linked, read from its ELF header.

Android maps a library's segments as they lie in the file, in whole pages. Phones have had pages of 4 KB; newer ones may
have 16 KB. Two things that the linker fixed when it made the library decide whether such a phone can run it: the
alignment of the segments that are loaded, and where the part ends that becomes read-only once it is loaded
(GNU_RELRO). That part is rounded up to whole pages: with larger pages than it was made for, data behind it becomes
read-only, too, and the first write into it ends the app.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from helpers.errors import LaneError

_MARK = b"\x7fELF"
_WIDE, _LITTLE = 2, 1
# Kinds of segments, and the layout of the file's head and of a segment, for addresses of 64 and of 32 bits.
_PT_LOAD, _PT_GNU_RELRO = 1, 0x6474E552
_HEAD = {True: "<32xQ14xHH", False: "<28xI10xHH"}
_SEGMENT = {True: "<I12xQ16xQQ", False: "<I4xI8xI4xI"}


@dataclass(frozen=True)
class PageSizes:
    """The largest pages that a library bears, in bytes.

    Attributes:
        load: as far as the segments go that are loaded.
        relro: as far as the end of the read-only part goes; that of `load` where there is no such part.
    """

    load: int
    relro: int

    @property
    def largest(self) -> int:
        """The largest page with which it runs."""
        return min(self.load, self.relro)


def library_page_sizes(library: bytes) -> PageSizes:
    """Read it off a native library.

    Raises:
        LaneError: it is no whole little-endian ELF file, or has nothing to load.
    """
    try:
        mark, width, order = struct.unpack_from("<4sBB", library)
        if mark != _MARK or order != _LITTLE:
            raise LaneError(f"expected a native library, little-endian ELF; received a file that begins {mark!r}")
        wide = width == _WIDE
        table, length, count = struct.unpack_from(_HEAD[wide], library)
        places = range(table, table + length * count, length or 1)
        segments = [_segment(library, place, wide) for place in places]
    except struct.error as error:
        raise LaneError(f"expected a whole native library; received {len(library)} bytes: {error}") from error
    alignments = [alignment for kind, _, alignment in segments if kind == _PT_LOAD]
    if not alignments:
        raise LaneError(f"expected a native library with segments to load; received none among {len(segments)}")
    load = min(alignments)
    ends = [end for kind, end, _ in segments if kind == _PT_GNU_RELRO]
    # The largest power of two that divides an address is its lowest bit.
    return PageSizes(load, min((end & -end for end in ends), default=load))


def _segment(library: bytes, place: int, wide: bool) -> tuple[int, int, int]:
    """A segment's kind, the address behind its last byte in memory, and its alignment."""
    kind, address, size, alignment = struct.unpack_from(_SEGMENT[wide], library, place)
    return kind, address + size, alignment
