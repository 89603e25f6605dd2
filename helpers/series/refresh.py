"""Executes a committed notebook anew and stores its outputs in it, without anything that differs between machines."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.errors import SeriesError
from helpers.files import sha256_bytes, write_text
from helpers.series.environment import notebook_settings
from helpers.series.execution import Execution, Limits
from helpers.series.nodes import code_cells, copied, file_text, first_line, read_node
from helpers.series.parameters import parse_assignments
from helpers.series.plan import Series

_NOTEBOOK_NOISE = ("papermill", "widgets", "signature", "vscode", "celltoolbar", "toc", "varInspector")
_CELL_NOISE = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "vscode", "outputId")
_WIDGET = "application/vnd.jupyter.widget-view+json"


def refresh(series: Series, name: str, assignments: Iterable[str] = (), limits: Limits | None = None) -> Path:
    """Execute a committed notebook and replace its outputs; the file is written whole, or not at all.

    Its cells stay as they are, so `assignments` make the outputs those of other parameters than the ones it shows.

    Args:
        series: the notebooks.
        name: the notebook, as users call it.
        assignments: parameters such as `LIMIT=20`.
        limits: when to give up on a cell or the notebook.

    Returns:
        The path of the notebook.

    Raises:
        SeriesError: the execution failed, or an output holds a path of this machine; the file is as it was.
    """
    notebook = series.find(name)
    parameters = parse_assignments(assignments, series, [notebook.name]).get(notebook.name, {})
    scratch = series.build / "series"
    scratch.mkdir(parents=True, exist_ok=True)
    # The outputs go into the repository; the rows of the ledger belong to a run and are thrown away.
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".refresh-") as ledger:
        settings = notebook_settings(series.build, Path(ledger), notebook.declared.environment)
        with Execution(notebook.path, parameters, settings, scratch, limits or Limits()) as execution:
            ended = execution.wait()
            if ended.failure:
                raise SeriesError(f"{notebook.path} is unchanged, because it {ended.failure}")
            executed = read_node(execution.notebook)
    node = with_outputs(notebook.node, executed)
    refuse_paths(node, [series.project, series.build, Path.home(), Path(sys.prefix)], notebook.name)
    nbformat.validate(node)
    write_text(notebook.path, file_text(node))
    return notebook.path


def with_outputs(committed: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """The committed notebook with the outputs of the executed one, cleaned.

    Cells are counted from 1, and only what a reader should see is kept: no times, no widgets, and nothing of stderr,
    where progress bars write.
    """
    node = copied(committed)
    node.nbformat_minor = max(node.nbformat_minor, 5)
    for noise in _NOTEBOOK_NOISE:
        node.metadata.pop(noise, None)
    node.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    node.metadata.language_info = {"name": "python"}
    for place, cell in enumerate(node.cells):
        cell.setdefault("id", f"{place:02d}-{sha256_bytes(cell.source.encode())[:8]}")
        for noise in _CELL_NOISE:
            cell.metadata.pop(noise, None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    for number, (cell, ran) in enumerate(zip(code_cells(node), code_cells(executed), strict=True), start=1):
        cell.execution_count = number
        cell.outputs = [output for output in ran.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
            output.get("metadata", {}).pop("execution", None)
            output.get("data", {}).pop(_WIDGET, None)
    return node


def refuse_paths(node: NotebookNode, folders: Iterable[Path], name: str) -> None:
    """Make sure that no output names a folder of this machine.

    Raises:
        SeriesError: one does; the message names the cell.
    """
    named = "|".join(re.escape(str(folder)) for folder in folders if folder.parent != folder)
    # Only whole folders: /some/one is not in /some/ones, and not in the middle of x/some/one.
    found_in = re.compile(rf"(?<![\w.-])(?:{named})(?![\w-])")
    for number, cell in enumerate(code_cells(node), start=1):
        for text in _texts(cell.outputs):
            if found := found_in.search(text):
                line = text[text.rfind("\n", 0, found.start()) + 1 :].splitlines()[0].strip()
                raise SeriesError(
                    f"{name} is unchanged, because the output of code cell {number} ({first_line(cell.source)}) names "
                    f"{found.group()}, a folder of this machine, in {line[:200]!r}; print a relative path instead"
                )


def _texts(value: object) -> Iterator[str]:
    """Every string in some outputs, without the pictures, whose base64 could hold anything."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.startswith("image/") or key == "image/svg+xml":
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
