"""Which files of the package a piece of code depends on, directly or through other modules, and their hash.

What is cached (converted files, predictions, executed notebooks) carries such a hash in its key, so that a change of
code can never hide behind an old result.

The imports are read from the syntax, nothing is run. An import inside a function counts, and so does a string that is
exactly a module's name, because `python -m` and `importlib` take modules in that form.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from helpers.files import PROJECT, sha256_bytes, sha256_file


def source_hash(module: str) -> str:
    """The SHA-256 over a module of this package and all modules that it imports, by name and content.

    The `__init__` files of packages are left out: what they hold (start-up, the list of engines) changes no result,
    and they name every engine, so that a change of one would count as a change of all.

    Args:
        module: its dotted name, such as `helpers.engines.litert`.
    """
    files = ImportGraph(PROJECT / "helpers", packages=False).files_used_by([f"import {module}"])
    return sha256_bytes(
        "".join(f"{path.relative_to(PROJECT).as_posix()} {sha256_file(path)}\n" for path in files).encode()
    )


class ImportGraph:
    """The modules of one package and what they import of it."""

    def __init__(self, package: Path, packages: bool = True) -> None:
        """Take the package in folder `package`; its modules are read when they are first asked for.

        With `packages=False` the `__init__.py` of a package does not count as used by what imports its modules.
        """
        self.package = package
        self._packages = packages
        self._used_by: dict[str, set[str]] = {}

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Every module of the package by its dotted name; a package stands for its `__init__.py`."""
        found: dict[str, Path] = {}
        for path in sorted(self.package.rglob("*.py")):
            parts = [self.package.name, *path.relative_to(self.package).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    def files_used_by(self, sources: Iterable[str]) -> list[Path]:
        """The files of the package that notebook cells with these sources make use of.

        These are the modules the cells import, what those import in turn, the `__init__.py` of each package on the way
        and the files that are no modules (templates, schemas) beside it. A cell that is not valid Python is taken to
        use the whole package.
        """
        waiting = set[str]()
        plain = TransformerManager()  # type: ignore[no-untyped-call]  # turns magics into Python
        for source in sources:
            try:
                tree = ast.parse(plain.transform_cell(source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                waiting |= set(self.modules)
            else:
                waiting |= self._mentioned(tree, "")
        reached = set[str]()
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= self._uses(name) - reached
        files = {self.modules[name] for name in reached}
        for folder in {path.parent for path in files if path.name == "__init__.py"}:
            files |= {path for path in folder.iterdir() if path.is_file() and path.suffix not in (".py", ".pyc")}
        return sorted(files)

    def _uses(self, name: str) -> set[str]:
        if name not in self._used_by:
            path = self.modules[name]
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            try:
                self._used_by[name] = self._mentioned(ast.parse(path.read_bytes()), package)
            except SyntaxError:
                self._used_by[name] = set(self.modules)
        return self._used_by[name]

    def _mentioned(self, tree: ast.AST, package: str) -> set[str]:
        """The modules named in a syntax tree, with the packages around them; `package` anchors relative imports."""
        names = set[str]()
        for node in ast.walk(tree):
            match node:
                case ast.Import():
                    names |= {alias.name for alias in node.names}
                case ast.ImportFrom():
                    parts = package.split(".")
                    anchor = parts[: len(parts) - node.level + 1] if node.level else []
                    base = ".".join([*anchor, *([node.module] if node.module else [])])
                    # `from package import name` imports the module `package.name` where there is one.
                    names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
                case ast.Constant(value=str(text)) if text in self.modules:
                    names.add(text)
        if not self._packages:
            return {name for name in names if name in self.modules and self.modules[name].name != "__init__.py"}
        around = {".".join(name.split(".")[:count]) for name in names for count in range(1, name.count(".") + 2)}
        return around & set(self.modules)
