"""The last cell of every notebook, generated and never typed: links to the previous one, the contents and the next."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from helpers.files import write_text
from helpers.series.nodes import copied, file_text, markdown_cell, tags
from helpers.series.plan import SOLUTIONS, Notebook, Series
from helpers.series.titles import title

TAG = "navigation"
_CELL_ID = "navigation"


def write_navigation(series: Series) -> list[Path]:
    """Give every notebook of the series and every solution its navigation cell.

    Returns:
        The files that changed; a second call changes none.

    Raises:
        SeriesError: a solution whose name fits no notebook.
    """
    changed: list[Path] = []
    for notebook in series.everything.values():
        text = file_text(_with_last(notebook.node, navigation_cell(series, notebook.name)))
        if text != notebook.path.read_text(encoding="utf-8"):
            write_text(notebook.path, text)
            changed.append(notebook.path)
    return changed


def navigation_cell(series: Series, name: str) -> NotebookNode:
    """The navigation cell that the notebook of this name should have.

    Raises:
        SeriesError: a solution whose name fits no notebook.
    """
    notebook = series.everything[name]
    cell = markdown_cell(_solution_bar(series, notebook) if name in series.solutions else _bar(series, notebook), TAG)
    cell.id = _CELL_ID
    return cell


def neighbours(names: list[str], name: str) -> tuple[str | None, str | None]:
    """The names before and after one of them."""
    place = names.index(name)
    return (names[place - 1] if place else None), (names[place + 1] if place + 1 < len(names) else None)


def solved_notebook(series: Series, solution: Notebook) -> Notebook:
    """The notebook whose exercises a solution solves: the one with the same number.

    Raises:
        SeriesError: there is none.
    """
    name = solution.name.removeprefix(f"{SOLUTIONS}/")
    return series.find(name if name in series.notebooks else name.partition("_")[0])


def _with_last(node: NotebookNode, cell: NotebookNode) -> NotebookNode:
    """A copy of a notebook that ends with this navigation cell, whatever bars it had before."""
    node = copied(node)
    node.cells = [each for each in node.cells if TAG not in tags(each)]
    if (node.nbformat, node.nbformat_minor) < (4, 5):
        del cell["id"]  # only newer notebooks have these
    node.cells.append(cell)
    return node


def _bar(series: Series, notebook: Notebook) -> str:
    names = list(series.notebooks)
    before, after = neighbours(names, notebook.name)
    links = [f"← {_link(series, before)}"] if before else []
    if before:
        links.append(f"[Contents]({names[0]}.ipynb)")
    if after:
        links.append(f"{_link(series, after)} →")
    bar = f"---\n{' · '.join(links)}"
    if before:
        return bar
    contents = "\n".join(f"- {_link(series, name)}" for name in names)
    return f"---\n**Contents**\n\n{contents}\n\n{' · '.join(links)}".rstrip()


def _solution_bar(series: Series, solution: Notebook) -> str:
    solved = solved_notebook(series, solution)
    contents = next(iter(series.notebooks))
    return f"---\n← {_link(series, solved.name, '../')} · [Contents](../{contents}.ipynb)"


def _link(series: Series, name: str, folder: str = "") -> str:
    text = title(series.notebooks[name].node, name).replace("[", r"\[").replace("]", r"\]")
    return f"[{text}]({folder}{name}.ipynb)"
