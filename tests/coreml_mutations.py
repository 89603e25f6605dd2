"""Damaged copies of Core ML models: what a bad disk, a broken download or ill will makes of a file.

Whatever reads or runs a model should give a result or one clear error for each of them, and nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

# Longer pieces would leave nothing of a small file.
_LONGEST_PIECE = 64


def mutated(content: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Change bytes: flipped bits, a missing end, a missing piece and a doubled piece, in turn.

    Args:
        content: the bytes.
        count: how many changed copies.
        seed: of the random numbers; the same seed makes the same copies.

    Yields:
        What was done, and the changed bytes.
    """
    random = np.random.default_rng(seed)
    for number in range(count):
        place = int(random.integers(len(content)))
        piece = content[place : place + int(random.integers(1, _LONGEST_PIECE))]
        if number % 4 == 0:
            changed = bytearray(content)
            for each in random.choice(len(content), min(len(content), int(random.integers(1, 4))), replace=False):
                changed[each] ^= 1 << int(random.integers(8))
            yield "bits flipped", bytes(changed)
        elif number % 4 == 1:
            yield f"cut off at {place}", content[:place]
        elif number % 4 == 2:
            yield f"{len(piece)} bytes missing at {place}", content[:place] + content[place + len(piece) :]
        else:
            yield f"{len(piece)} bytes doubled at {place}", content[:place] + piece + content[place:]


def damaged_copies(source: Path, count: int, seed: int, folder: Path) -> Iterator[tuple[str, Path]]:
    """Make damaged copies of a model, one at a time, in the same place.

    Args:
        source: a `.mlmodel` file or a `.mlpackage` folder. Of a package, each file is damaged in turn.
        count: how many copies.
        seed: of the random numbers.
        folder: an empty folder for the copy.

    Yields:
        What was done, and the path of the copy; it is good until the next one is asked for.
    """
    copy = folder / source.name
    if source.is_dir():
        shutil.copytree(source, copy)
        files = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    else:
        files = [Path()]
    contents = [(source / file).read_bytes() for file in files]
    streams = [mutated(content, -(-count // len(files)), seed + number) for number, content in enumerate(contents)]
    for number in range(count):
        which = number % len(files)
        description, changed = next(streams[which])
        (copy / files[which]).write_bytes(changed)
        yield f"{files[which].name or source.name}, seed {seed}, copy {number}: {description}", copy
        (copy / files[which]).write_bytes(contents[which])
