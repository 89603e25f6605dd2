"""The structure that every notebook keeps, so that a reader who knows one knows them all."""

from __future__ import annotations

import ast
import json
import re
import statistics
from pathlib import Path
from typing import get_args

import nbformat
import pytest
import yaml

from helpers.files import DATA, NOTEBOOKS, PROJECT
from helpers.ledger import Status
from helpers.paper import claims
from helpers.series.plan import code_cells, read_series, tags

SERIES = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
LESSON_HEADINGS = ["## Exercises", "## Summary", "## On your own", "## Further reading"]
UNCOMPARED = {"nbval-ignore-output", "nbval-skip", "raises-exception"}


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(params=SERIES, ids=_name)
def lesson(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(params=SERIES + SOLUTIONS, ids=_name)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def _markdown(notebook: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _compared_outputs(notebook: nbformat.NotebookNode) -> tuple[int, int]:
    """How many outputs nbval compares, and how many there are; a picture's mere name is not a comparison."""
    compared = total = 0
    for cell in code_cells(notebook):
        for output in cell.outputs:
            total += 1
            texts = output.get("text") or output.get("data", {}).get("text/plain", "")
            is_picture = "image/png" in output.get("data", {})
            compared += bool(texts) and not is_picture and not UNCOMPARED & set(tags(cell))
    return compared, total


def test_there_is_a_solution_for_every_lesson() -> None:
    assert [path.name for path in SERIES] == [path.name for path in SOLUTIONS]


def test_opening(lesson: nbformat.NotebookNode) -> None:
    first = lesson.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    for part in ("**What you'll do.**", "**What you'll learn**", "**What you'll need.**"):
        assert part in first.source, part


def test_closing(lesson: nbformat.NotebookNode) -> None:
    headings = re.findall(r"^## .*", _markdown(lesson), flags=re.MULTILINE)
    assert headings[-4:] == LESSON_HEADINGS


def test_exercises_check_themselves(lesson: nbformat.NotebookNode) -> None:
    checks = [cell for cell in code_cells(lesson) if re.search(r"^check\(", cell.source, flags=re.MULTILINE)]
    assert len(checks) >= 2
    for cell in checks:
        assert re.search(r"^\w+ = None$", cell.source, flags=re.MULTILINE), "the reader has nothing to replace"
        assert "Not answered yet" in str(cell.outputs)


def test_solutions_are_right(path: Path, notebook: nbformat.NotebookNode) -> None:
    if path in SOLUTIONS:
        lesson = nbformat.read(NOTEBOOKS / path.name, as_version=4)
        asked = sum("Not answered yet" in str(cell.outputs) for cell in code_cells(lesson))
        solved = sum("Right." in str(cell.outputs) for cell in code_cells(notebook))
        assert solved == asked


def test_cell_sizes(lesson: nbformat.NotebookNode) -> None:
    lines = [len(cell.source.splitlines()) for cell in code_cells(lesson)]
    assert 10 <= len(lines) <= 45
    assert statistics.median(lines) <= 8
    assert sorted(lines)[int(0.9 * len(lines))] <= 18
    assert max(lines) <= 40
    assert sum(lines) <= 250


def test_prose_beside_the_code(lesson: nbformat.NotebookNode) -> None:
    words = len(_markdown(lesson).split())
    lines = sum(len(cell.source.splitlines()) for cell in code_cells(lesson))
    assert 5 <= words / lines <= 20


def test_every_cell_is_explained(lesson: nbformat.NotebookNode) -> None:
    kinds = "".join(cell.cell_type[0] for cell in lesson.cells)
    assert "ccccc" not in kinds, "five code cells in a row without a word"


def test_first_code_cell_holds_literal_parameters(notebook: nbformat.NotebookNode) -> None:
    first = code_cells(notebook)[0]
    assert "parameters" in tags(first)
    body = ast.parse(first.source).body
    assert body
    for statement in body:
        assert isinstance(statement, ast.Assign)
        (target,) = statement.targets
        assert isinstance(target, ast.Name)
        assert target.id.isupper()
        ast.literal_eval(statement.value)
    assert first.source.lstrip().startswith("#") or len(body) == 1, "say what each parameter is for"


def test_one_clean_run(path: Path, notebook: nbformat.NotebookNode) -> None:
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
    assert set(notebook.metadata) <= {"kernelspec", "language_info", "series"}
    assert path.stat().st_size < 1_500_000
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}, "only tags belong into a cell's metadata"


def test_outputs_are_clean(notebook: nbformat.NotebookNode) -> None:
    stored = json.dumps([cell.outputs for cell in code_cells(notebook)])
    assert not re.search(r"/(work|root|tmp|home|Users)/\w", stored), "a machine's path"
    assert '"name": "stderr"' not in stored, "warnings or progress bars"
    assert not re.search(r"[Ww]arning|it/s|\d\d:\d\d:\d\d", stored)


def test_pictures_have_alternative_text(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert len(output.metadata.get("image/png", {}).get("alt", "")) > 20, cell.source[:60]


def test_nbval_compares_most_outputs(path: Path, notebook: nbformat.NotebookNode) -> None:
    compared, total = _compared_outputs(notebook)
    assert compared >= total / 2
    if path in SERIES:
        assert compared >= 5


def test_links_lead_somewhere(path: Path, notebook: nbformat.NotebookNode) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", _markdown(notebook)):
        if "://" not in link:
            assert (path.parent / link).exists(), link
    for name in re.findall(r"`((?:solutions/)?\d\d_\w+\.ipynb)`", _markdown(notebook)):
        assert (NOTEBOOKS / name).exists(), name
    for name in re.findall(r"`((?:helpers|data)/[\w/.]+)`", _markdown(notebook)):
        assert (PROJECT / name).exists() or name == "data/device_results", name


def test_navigation_is_generated(path: Path, notebook: nbformat.NotebookNode) -> None:
    from helpers.series.navigation import navigation_cell

    last = notebook.cells[-1]
    assert "navigation" in tags(last)
    series = read_series()
    name = path.stem if path in SERIES else f"solutions/{path.stem}"
    assert last.source == navigation_cell(series, name).source, "write it anew: python -m helpers.series nav"


def test_taught_in_notebooks_exist() -> None:
    found = 0
    for source in (PROJECT / "helpers").rglob("*.py"):
        for name in re.findall(r"[Tt]aught in notebook\s+(\w+)", source.read_text()):
            assert (NOTEBOOKS / f"{name}.ipynb").is_file(), f"{source}: {name}"
            found += 1
    assert found >= 5


def test_every_claim_is_judged_in_its_notebook() -> None:
    said = {path.stem: str([cell.outputs for cell in code_cells(nbformat.read(path, as_version=4))]) for path in SERIES}
    statuses = "|".join(get_args(Status))
    for claim in claims().values():
        # Recording a row prints its status and the claim; a quotation mark inside is escaped in what was stored.
        wording = re.escape(claim.claim).replace("'", r"\\?'")
        assert re.search(rf"(?:{statuses}): {wording}", said[claim.notebook]), f"{claim.notebook}: {claim.id}"


def test_claims_are_in_order_and_unique() -> None:
    statements = yaml.safe_load((DATA / "paper" / "claims.yaml").read_text())
    names = [statement["id"] for statement in statements]
    assert len(names) == len(set(names))
    assert {claim.about for claim in claims().values()} <= {"pc", "phone", "world"}
