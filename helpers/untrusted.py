"""Files that somebody else wrote: read with a limit, and refused in one line that says what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from helpers.errors import DataError


def read_bounded(path: Path, most_bytes: int, what: str, way_out: str) -> bytes:
    """The content of an ordinary file.

    Args:
        path: the file.
        most_bytes: how large it may be; more than that is never read.
        what: what it should be, for the message: "the run log", for example.
        way_out: what the user can do.

    Raises:
        DataError: it cannot be read, is no ordinary file, or is too large.
    """
    try:
        # Asked before the file is opened: opening a pipe would wait for its writer, reading a device may never end.
        if path.exists() and not path.is_file():
            raise DataError(f"cannot read {what} {path}: it is a folder, a pipe or a device; {way_out}")
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except (OSError, ValueError) as error:  # a ValueError: characters that no path has
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise DataError(f"cannot read {what} {path}: {reason}; {way_out}") from error
    if len(content) > most_bytes:
        raise DataError(f"expected {what} {path} to have at most {most_bytes:,} bytes; received more; {way_out}")
    return content


def first_faults(error: ValidationError, most: int = 5) -> str:
    """What a file breaks of the rules that pydantic holds it to.

    Args:
        error: what pydantic raised.
        most: how many faults are told, each with the field's name.
    """
    # Without the input and its context, which would be copied for each fault of a large file.
    found = error.errors(include_url=False, include_input=False, include_context=False)[:most]
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}" for fault in found)
