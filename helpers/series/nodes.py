"""Notebook files as nbformat reads and writes them, and the few questions everyone asks of their cells."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.errors import SeriesError


def read_node(path: Path) -> NotebookNode:
    """Read a notebook file.

    Raises:
        SeriesError: it is missing or not a valid notebook.
    """
    try:
        node: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(node)
        node_text = nbformat.writes(node)  # type: ignore[no-untyped-call]
        node_text.encode()
    except Exception as error:  # nbformat raises many kinds for a file that is not what it should be
        reason = str(error).strip() or type(error).__name__
        raise SeriesError(f"{path} is not a readable notebook: {reason.splitlines()[0]}") from error
    return node


def parse(text: str) -> NotebookNode:
    """A notebook from the text of its file, not validated.

    Raises:
        ValueError: the text is not JSON, for one because the file is being written at this moment.
    """
    node: NotebookNode = nbformat.v4.reads(text)  # type: ignore[no-untyped-call]
    return node


def copied(node: NotebookNode) -> NotebookNode:
    """A deep copy."""
    copy: NotebookNode = nbformat.from_dict(node)  # type: ignore[no-untyped-call]
    return copy


def markdown_cell(source: str, tag: str) -> NotebookNode:
    """A new Markdown cell with one tag."""
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source, metadata={"tags": [tag]})  # type: ignore[no-untyped-call]
    return cell


def file_text(node: NotebookNode) -> str:
    """The text of a notebook's file: nbformat's JSON and a newline at the end."""
    return str(nbformat.writes(node)) + "\n"  # type: ignore[no-untyped-call]


def code_cells(node: NotebookNode) -> list[NotebookNode]:
    """The cells that hold code, in order, without the one papermill injects."""
    return [
        cell
        for cell in node.cells
        if cell.cell_type == "code" and cell.source.strip() and "injected-parameters" not in tags(cell)
    ]


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", []))


def first_line(source: str) -> str:
    """The first line of a cell that is not empty, shortened: enough to find the cell by."""
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return line if len(line) <= 80 else f"{line[:77]}..."
