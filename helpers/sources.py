"""Which source files a piece of the package depends on, and their hash.

What is cached (converted files, predictions, executed notebooks) carries such a hash in its key, so that a change of
code can never hide behind an old result.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

from helpers.files import PROJECT


def module_closure(*modules: str) -> tuple[Path, ...]:
    """The files of the package that modules import, directly or not, themselves included.

    Imports inside functions count too. Modules outside the package do not: their versions are pinned by the lock file.

    Args:
        modules: dotted names such as `helpers.engines.litert`; names outside the package are passed over.

    Returns:
        The files, sorted.
    """
    seen: set[Path] = set()
    waiting = [path for module in modules for path in _files_of(module)]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += [file for module in _imports_of(path) for file in _files_of(module)]
    return tuple(sorted(seen))


def source_hash(*modules: str) -> str:
    """The SHA-256 over the content of `module_closure`, with the files' names."""
    digest = hashlib.sha256()
    for path in module_closure(*modules):
        digest.update(str(path.relative_to(PROJECT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def imported_modules(source: str) -> list[str]:
    """The package's modules that a piece of Python imports, as dotted names; `from a import b` gives `a` and `a.b`."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.split(".")[0] == "helpers"]


def _files_of(module: str) -> list[Path]:
    """The file of a module and the `__init__` files of the packages it lies in; none for what is not a module."""
    if module.split(".")[0] != "helpers":
        return []
    parts = module.split(".")
    candidates = [PROJECT.joinpath(*parts[:count], "__init__.py") for count in range(1, len(parts) + 1)]
    candidates.append(PROJECT.joinpath(*parts).with_suffix(".py"))
    return [path for path in candidates if path.is_file()]


@cache
def _imports_at(path: Path, _changed: int) -> tuple[str, ...]:
    return tuple(imported_modules(path.read_text(encoding="utf-8")))


def _imports_of(path: Path) -> tuple[str, ...]:
    return _imports_at(path, path.stat().st_mtime_ns)
