"""Shows a piece of the apps' source code, so that a lesson quotes the code that runs and never an old copy."""

from __future__ import annotations

import re
import textwrap
from pathlib import PurePosixPath

from IPython.display import Markdown

from helpers.errors import DataError
from helpers.files import PROJECT

_LANGUAGES = {".java": "java", ".swift": "swift", ".xml": "xml", ".gradle": "groovy"}


def listing(path: str, member: str) -> Markdown:
    """A method or type of a source file, as Markdown under the file's name and the part of the app it is in.

    Args:
        path: the file, from the project's folder on.
        member: its name; of several of one name, the first.

    Returns:
        The lines from its declaration (with the annotations above) to the brace that closes it, without indentation.

    Raises:
        DataError: there is no such file, or nothing of that name in it.
    """
    language = _LANGUAGES.get((PROJECT / path).suffix)
    if language is None:
        raise DataError(f"expected a file of {', '.join(_LANGUAGES)}; received {path!r}")
    try:
        lines = (PROJECT / path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; run it from a checkout of the project") from error
    # A declaration begins a line after its modifiers; a call stands in an expression or ends in a semicolon.
    declared = re.compile(rf"^( *)(?!return\b|new\b)(?:[\w<>\[\], .@?:]+ )?{re.escape(member)}\b[^;=]*$")
    for start, line in enumerate(lines):
        found = declared.match(line)
        if found and (end := _end(lines, start, found[1])):
            while start and lines[start - 1].startswith(found[1] + "@"):
                start -= 1
            code = textwrap.dedent("\n".join(lines[start : end + 1]))
            place = PurePosixPath(path)
            heading = f"`{place.name}`" + (f", in `{'/'.join(place.parts[:2])}`" if len(place.parts) > 2 else "")
            return Markdown(f"{heading}\n\n```{language}\n{code}\n```")  # type: ignore[no-untyped-call]
    raise DataError(f"expected a method or type {member!r} in {path}; received none of that name")


def _end(lines: list[str], start: int, indentation: str) -> int | None:
    """The line of the closing brace: the first one on the declaration's own level; None if a statement comes first."""
    for at in range(start + 1, len(lines)):
        if lines[at] == indentation + "}":
            return at
        if lines[at].startswith(indentation) and lines[at][len(indentation) : len(indentation) + 1].isalpha():
            return None
    return None
