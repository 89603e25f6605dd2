"""Files, read and written with care: hashes, whole writes, and the project's own folders."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import ArtifactWriteError

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT / "data"
NOTEBOOKS = PROJECT / "notebooks"


def build_dir() -> Path:
    """The folder for everything generated: `$BUILD_DIR` where it is set, else `build/` of the project.

    Returns:
        An absolute path; the folder need not exist yet.
    """
    return Path(os.environ.get("BUILD_DIR") or PROJECT / "build").resolve()


def user_path(text: str | Path) -> Path:
    """The absolute path that a user's text means: `~` is the home folder, a relative path starts at the project's.

    Raises:
        RuntimeError: the text begins with `~` and a name, and nobody has that name here.
    """
    return PROJECT / Path(text).expanduser()


def sha256_bytes(content: bytes) -> str:
    """The SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's content, as 64 hexadecimal digits, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def ensure_folder(folder: Path) -> Path:
    """Make a folder and those above it, where they are not there yet.

    Returns:
        The folder.

    Raises:
        ArtifactWriteError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactWriteError(
            f"could not make the folder {folder}: expected a place that can be written, received "
            f"'{error.strerror or error}'; correct its rights, or set BUILD_DIR to another folder"
        ) from error
    return folder


def sha256_path(path: Path) -> str:
    """The SHA-256 of a file, or of a folder with all that is in it.

    Of a folder it is that of the list of its files, sorted by path, one line each: the file's SHA-256, two spaces, its
    path inside the folder with `/`, a line feed. The command sha256sum writes such lists.
    """
    if not path.is_dir():
        return sha256_file(path)
    return sha256_bytes("".join(f"{sha256_file(file)}  {name}\n" for name, file in _files_in(path)).encode())


def path_bytes(path: Path) -> int:
    """The size in bytes of a file, or of all files in a folder."""
    return sum(file.stat().st_size for _, file in _files_in(path)) if path.is_dir() else path.stat().st_size


def _files_in(folder: Path) -> list[tuple[str, Path]]:
    files = ((file.relative_to(folder).as_posix(), file) for file in folder.rglob("*") if file.is_file())
    return sorted(files, key=lambda entry: entry[0].encode())


def remove_path(path: Path) -> None:
    """Remove a file, or a folder with all that is in it; what is not there is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Write a folder whole or not at all.

    Yields a temporary folder beside it. When the block ends well, the folder takes its final name, and an older one of
    that name is gone; when it fails, nothing stays behind and an older one is untouched.

    Raises:
        ArtifactWriteError: the place cannot be written, or the disk is full.
    """
    ensure_folder(path.parent)
    partial: Path | None = None
    try:
        with _writing(path):
            partial = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix))
            written = partial / "new"
            written.mkdir()
            yield written
            # A folder cannot take the place of another in one step: the old one is moved out of the way first.
            old = partial / "old"
            if path.exists() or path.is_symlink():
                path.rename(old)
            try:
                written.rename(path)
            except BaseException:
                if old.exists() or old.is_symlink():
                    old.rename(path)
                raise
    finally:
        if partial is not None:
            remove_path(partial)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file whole or not at all.

    Yields a temporary path in the same folder. When the block ends well, the file takes its final name in one step;
    when it fails, nothing stays behind and an older file of that name is untouched.

    Raises:
        ArtifactWriteError: the folder cannot be written, or the disk is full.
    """
    ensure_folder(path.parent)
    partial: Path | None = None
    try:
        with _writing(path):
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
            os.close(handle)
            partial = Path(name)
            yield partial
            # mkstemp makes private files; a generated file gets the rights any other new file would get.
            umask = os.umask(0)
            os.umask(umask)
            partial.chmod(0o666 & ~umask)
            partial.replace(path)
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArtifactWriteError(
            f"could not write {path.name} in {path.parent}: expected a folder that can be written and has room, "
            f"received '{error.strerror or error}'; free some space, correct the folder's rights or "
            "take away what is in the file's place, then run this again"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all; see `whole_file` for the errors."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a binary file whole or not at all; see `whole_file` for the errors."""
    with whole_file(path) as partial:
        partial.write_bytes(content)
