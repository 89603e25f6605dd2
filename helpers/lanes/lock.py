"""One at a time: of several processes that need a lane, one sets it up, and the others wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from helpers.errors import ArtifactWriteError, LaneError
from helpers.files import ensure_folder


@contextmanager
def alone(folder: Path, purpose: str, room: str) -> Iterator[None]:
    """Hold a folder's lock, and say so clearly if the folder cannot be written, now or inside.

    Args:
        folder: is made if it is not there.
        purpose: what it is for, in words that follow "could not".
        room: how much is going to be written, such as "400 MB".

    Raises:
        LaneError: the folder cannot be written, or is full.
    """
    try:
        with FileLock(ensure_folder(folder) / ".lock"):
            yield
    except (OSError, ArtifactWriteError) as error:
        raise LaneError(
            f"could not {purpose}: expected a folder {folder} that can be written and has {room} of room, "
            f"received '{error}'; correct that, or name another folder in BUILD_DIR"
        ) from error
