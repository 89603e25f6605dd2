"""A project of tiny notebooks in a temporary folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from helpers.series.__main__ import main
from helpers.series.plan import Series, read_series
from helpers.series.processes import MARK


class Project:
    """A folder with `notebooks/` and `helpers/`; the build folder is beside them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.build = root / "build"
        self.build.mkdir()
        (root / "notebooks").mkdir()
        self.write("helpers/__init__.py", "")

    def write(self, path: str, text: str) -> Path:
        """Write a text file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def notebook(self, name: str, *cells: str, parameters: str = "", text: str = "", **series: object) -> Path:
        """Write a notebook: a title, its parameters cell if any, and its code cells."""
        node = nbformat.v4.new_notebook(metadata={"series": series} if series else {})
        node.cells.append(nbformat.v4.new_markdown_cell(text or f"# Title of {name}\n\nSays this. And more."))
        if parameters:
            node.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        node.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
        for number, cell in enumerate(node.cells):
            cell.id = f"cell-{number}"
        return self.write(f"notebooks/{name}.ipynb", nbformat.writes(node) + "\n")

    def series(self) -> Series:
        """The notebooks as they are now."""
        return read_series(self.root)

    def main(self, *arguments: str) -> int:
        """Run a command; its exit status."""
        return main(arguments, self.root)

    def say(self, word: str) -> str:
        """The code of a cell that appends a word to the list that `said` returns."""
        return f"with open({str(self.build / 'said.txt')!r}, 'a') as said:\n    print({word!r}, file=said)"

    def said(self) -> list[str]:
        """What cells have said since the last call."""
        path = self.build / "said.txt"
        words = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return words

    def processes(self) -> list[int]:
        """The processes that were started for notebooks of this project and still run."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if MARK in (environment := process.environ()) and environment.get("BUILD_DIR") == str(self.build):
                    found.append(process.pid)
        return found

    def code_outputs(self, path: Path) -> str:
        """The text that the cells of an executed notebook printed."""
        node = nbformat.read(path, as_version=4)
        return "".join(
            output.get("text", "") for cell in node.cells if cell.cell_type == "code" for output in cell.outputs
        )

    def json(self, path: str) -> object:
        """A JSON file of the build folder."""
        return json.loads((self.build / path).read_text())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "project" / "build"))
    monkeypatch.delenv("LEDGER_DIR", raising=False)
    monkeypatch.delenv("LANES", raising=False)
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project")
