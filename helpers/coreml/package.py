"""A `.mlpackage`: a folder with a list of what is in it, which may lead nowhere but into that folder.

`Manifest.json` lists items by identifier, each with a path below the folder `Data`. One of them is the specification,
a `.mlmodel` file; the weights lie beside it, and the specification names them by a path of its own, which begins with
`@model_path/`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from helpers.errors import ModelFileError

LARGEST_BYTES = 1_000_000_000
MANIFEST = "Manifest.json"

_LARGEST_MANIFEST = 1_000_000
_MOST_ENTRIES = 1_000
_LONGEST_PATH = 500
_MODEL_PATH = "@model_path/"


def specification_of(package: Path, wanted: str) -> Path:
    """Look at a package and find its specification.

    Args:
        package: the folder.
        wanted: how error messages begin.

    Returns:
        The path of an existing file inside the package.

    Raises:
        ModelFileError: the package holds links or too much; its manifest is missing, malformed or names what is not
            there or outside; or it has no specification.
        OSError: something in it cannot be read.
    """
    _check_tree(package, wanted)
    manifest = _manifest(package / MANIFEST, wanted)
    items = {
        identifier: _item(package / "Data", entry, f"{wanted}; in {MANIFEST}, item {identifier[:40]!r}")
        for identifier, entry in manifest["itemInfoEntries"].items()
    }
    root = manifest["rootModelIdentifier"]
    if root not in items or not items[root].is_file():
        raise ModelFileError(
            f"{wanted}; its {MANIFEST} should list the file of the model under rootModelIdentifier, {root[:40]!r}; "
            f"received {_excerpt(sorted(items))}; convert the model again"
        )
    return items[root]


def weights_of(specification: Path, name: str, wanted: str) -> Path:
    """Find the file of weights that a specification names.

    Args:
        specification: the specification's file, in a package that was looked at.
        name: the name in the specification, such as `@model_path/weights/weight.bin`.
        wanted: how error messages begin.

    Returns:
        The path of an existing file in the specification's folder or below.

    Raises:
        ModelFileError: the name leads elsewhere, or there is no such file.
    """
    fault = f"{wanted}; its weights should lie in a file beside the model, named as {_MODEL_PATH}weights/weight.bin"
    if not name.startswith(_MODEL_PATH) or not _is_plain(name.removeprefix(_MODEL_PATH)):
        raise ModelFileError(f"{fault}; received the name {_excerpt(name)}, which may lead elsewhere; refused")
    path = specification.parent / name.removeprefix(_MODEL_PATH)
    if not path.is_file():
        raise ModelFileError(f"{fault}; received no file {_excerpt(name)}; copy the whole folder again")
    return path


def _check_tree(package: Path, wanted: str) -> None:
    """Walk through the package: nothing but folders and ordinary files, of sane number and size."""
    waiting, entries, size = [package], 0, 0
    while waiting:
        with os.scandir(waiting.pop()) as folder:
            for entry in folder:
                entries += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    size += entry.stat(follow_symlinks=False).st_size
                else:
                    raise ModelFileError(
                        f"{wanted} of ordinary files; received {_excerpt(entry.name)}, a link or a device; refused"
                    )
                if entries > _MOST_ENTRIES or size > LARGEST_BYTES:
                    raise ModelFileError(
                        f"{wanted} of at most {_MOST_ENTRIES:,} files and {LARGEST_BYTES:,} bytes; received more; "
                        "refused"
                    )


def _manifest(path: Path, wanted: str) -> dict[str, Any]:
    if not path.is_file():
        raise ModelFileError(
            f"{wanted}; received a folder without {MANIFEST}; give a .mlpackage folder as the conversion writes it"
        )
    size = path.stat().st_size
    if size > _LARGEST_MANIFEST:
        raise ModelFileError(f"{wanted}; its {MANIFEST} has {size:,} bytes, more than {_LARGEST_MANIFEST:,}; refused")
    try:
        manifest = json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=_without_doubles)
    except (RecursionError, ValueError) as error:  # no JSON, no UTF-8, or a number of thousands of digits
        raise ModelFileError(
            f"{wanted}; its {MANIFEST} is not JSON: {str(error)[:120]}; convert the model again"
        ) from error
    fault = f"{wanted}; its {MANIFEST} should have fileFormatVersion 1.0.0, rootModelIdentifier and itemInfoEntries"
    if not isinstance(manifest, dict):
        raise ModelFileError(f"{fault}; received {type(manifest).__name__}; convert the model again")
    version, root, items = (
        manifest.get(key) for key in ("fileFormatVersion", "rootModelIdentifier", "itemInfoEntries")
    )
    if version != "1.0.0" or not isinstance(root, str) or not isinstance(items, dict):
        raise ModelFileError(
            f"{fault}; received {_excerpt(version)}, {_excerpt(root)} and {_excerpt(items)}; convert the model again"
        )
    return manifest


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; where a name stands there twice, readers disagree on what it means."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _item(data: Path, entry: object, fault: str) -> Path:
    name = entry.get("path") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not _is_plain(name):
        raise ModelFileError(
            f"{fault} should have a path inside the package's Data folder; received {_excerpt(name)}; refused"
        )
    path = data / name
    if not path.exists():
        raise ModelFileError(f"{fault} is not there: Data/{name[:80]}; copy the whole folder again")
    return path


def _is_plain(name: str) -> bool:
    """Whether a path, its parts separated by /, stays in its folder, however a system reads it."""
    parts = name.split("/")
    return len(name) <= _LONGEST_PATH and all(
        part not in {"", ".", ".."} and part.isprintable() and not set(part) & {"\\", ":"} for part in parts
    )


def _excerpt(value: object) -> str:
    return repr(value)[:80]
