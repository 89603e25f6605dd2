"""What is in an APK: how large each part is, and for which page sizes its native libraries were linked."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd

from helpers.apk.elf import library_page_sizes

# What each file of an APK belongs to; the first pattern that fits counts.
_PARTS = (
    (r"classes\.dex", "Java code, dexed"),
    (r"lib/([^/]+)/libtensorflow_inference\.so", "TensorFlow for Mobile, {}"),
    (r"lib/([^/]+)/libtensorflowlite_jni\.so", "TensorFlow Lite, {}"),
    (r"assets/models/([^/]+)/.*", "model {}"),
    (r"assets/golden/.*", "golden pictures"),
    (r"assets/mnist/.*", "MNIST's test digits"),
    (r".*", "screens: manifest, resources"),
)


def apk_sizes(apk: Path) -> pd.DataFrame:
    """How large the parts of an APK are.

    Returns:
        One row per part: `part`, the number of `files`, their `bytes`, and their `bytes in the APK`, where some are
        compressed. The last row is the APK itself; what the others do not add up to is the ZIP file's directory, gaps
        for the alignment, and the signature.
    """
    rows: dict[str, list[int]] = {}
    with zipfile.ZipFile(apk) as content:
        for entry in content.infolist():
            row = rows.setdefault(_part(entry.filename), [0, 0, 0])
            for column, value in enumerate((1, entry.file_size, entry.compress_size)):
                row[column] += value
    ordered = sorted(rows.items(), key=lambda item: -item[1][2])
    files, size = sum(row[0] for row in rows.values()), sum(row[1] for row in rows.values())
    table = [(part, *row) for part, row in ordered] + [("the APK", files, size, apk.stat().st_size)]
    return pd.DataFrame(table, columns=["part", "files", "bytes", "bytes in the APK"])


def page_sizes(apk: Path) -> pd.DataFrame:
    """For which sizes of memory pages each native library of an APK was linked; see `helpers.apk.elf`.

    Returns:
        One row per library: `library`, its `ABI`, and in bytes the `largest page` with which it runs: the smaller of
        what its `segments` and the end of its `read-only part` bear.

    Raises:
        LaneError: what is in the place of a library is none.
    """
    rows = []
    with zipfile.ZipFile(apk) as content:
        for name in content.namelist():
            if name.startswith("lib/"):
                _, abi, library = name.split("/")
                sizes = library_page_sizes(content.read(name))
                rows.append((library, abi, sizes.load, sizes.relro, sizes.largest))
    return pd.DataFrame(rows, columns=["library", "ABI", "segments", "read-only part", "largest page"])


def _part(name: str) -> str:
    found = ((re.fullmatch(pattern, name), part) for pattern, part in _PARTS)
    return next(part.format(*match.groups()) for match, part in found if match)
