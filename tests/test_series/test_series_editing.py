"""What is written into committed notebooks: navigation, and refreshed outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers.errors import SeriesError
from helpers.series.navigation import navigation_cell
from helpers.series.refresh import refresh


def last_cell(path):
    return json.loads(path.read_text())["cells"][-1]


def test_navigation_links_neighbours_and_is_idempotent(project):
    paths = [project.notebook(name, "print(1)") for name in ("00_a", "01_b", "02_c")]
    solution = project.notebook("solutions/01_b", "print(1)")
    paths[1].write_text(paths[1].read_text().replace("Title of 01_b", "Title [b]"))
    assert project.main("nav") == 0
    bars = ["".join(last_cell(path)["source"]) for path in [*paths, solution]]
    assert "- [Title \\[b\\]](01_b.ipynb)\n- [Title of 02_c](02_c.ipynb)" in bars[0]
    assert bars[1] == "---\n← [Title of 00_a](00_a.ipynb) · [Contents](00_a.ipynb) · [Title of 02_c](02_c.ipynb) →"
    assert bars[2] == "---\n← [Title \\[b\\]](01_b.ipynb) · [Contents](00_a.ipynb)"
    assert bars[3] == "---\n← [Title \\[b\\]](../01_b.ipynb) · [Contents](../00_a.ipynb)"
    assert last_cell(paths[0])["metadata"]["tags"] == ["navigation"]
    assert navigation_cell(project.series(), "02_c").source == bars[2]
    before = [path.read_bytes() for path in [*paths, solution]]
    assert project.main("nav") == 0
    assert [path.read_bytes() for path in [*paths, solution]] == before


def test_a_solution_without_a_notebook_is_refused(project):
    project.notebook("00_a")
    project.notebook("solutions/07_x")
    assert project.main("nav") == 2


def test_refresh_stores_clean_outputs(project):
    progress = "import sys\nfrom tqdm import tqdm\nfor _ in tqdm(range(3)):\n    print('out', flush=True)"
    path = project.notebook("00_a", progress, "", "N", "import warnings\nwarnings.warn('loud')", parameters="N = 7")
    node = json.loads(path.read_text())
    node["metadata"] |= {"papermill": {"duration": 1}, "kernelspec": {"name": "mine", "display_name": "Mine"}}
    node["cells"][2]["metadata"] = {"papermill": {}, "execution": {"iopub.status.busy": "now"}, "tags": ["keep"]}
    path.write_text(json.dumps(node))
    assert project.main("refresh", "00", "-p", "N=8") == 0
    text = path.read_text()
    node = json.loads(text)
    assert text.endswith("}\n")
    assert text.startswith('{\n "cells"')
    assert "papermill" not in text
    assert "iopub" not in text
    assert "stderr" not in text
    assert "injected" not in text
    assert node["metadata"]["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert node["metadata"]["language_info"] == {"name": "python"}
    assert [cell["id"] for cell in node["cells"]] == [f"cell-{number}" for number in range(6)]
    code = [cell for cell in node["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, None, 3, 4]
    assert code[1]["outputs"] == [{"name": "stdout", "output_type": "stream", "text": ["out\n"] * 3}]
    assert code[1]["metadata"] == {"tags": ["keep"]}
    assert code[3]["outputs"][0]["execution_count"] == 3
    assert code[3]["outputs"][0]["data"] == {"text/plain": ["8"]}
    assert not (project.build / "ledger").exists()
    assert list((project.build / "series").iterdir()) == []


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("1 / 0", r"is unchanged, because it failed in code cell 2 \(1 / 0\):\n  ZeroDivisionError: division by zero"),
        ("import os\nprint('in', os.getcwd())", r"code cell 2 \(import os\) names .*print a relative path"),
        ("from pathlib import Path\nPath.home() / 'x'", "code cell 2 .* names .*, a folder of this machine"),
    ],
)
def test_refresh_leaves_the_file_alone_when_it_fails(project, cell, message):
    path = project.notebook("00_a", "print('fine')", cell)
    before = path.read_bytes()
    with pytest.raises(SeriesError, match=message):
        refresh(project.series(), "00")
    assert path.read_bytes() == before


def test_only_whole_folders_are_refused(project):
    from helpers.series.nodes import parse
    from helpers.series.refresh import refuse_paths

    def node(text, mime="text/plain"):
        output = {"output_type": "display_data", "metadata": {}, "data": {mime: text}}
        cell = {"cell_type": "code", "metadata": {}, "source": "x", "execution_count": 1, "outputs": [output]}
        return parse(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}))

    for text, mime in [("/someonefs", "text/plain"), ("a/someone/b", "text/plain"), ("aa/someone/", "image/png")]:
        refuse_paths(node(text, mime), [Path("/someone"), Path("/")], "00_a")
    with pytest.raises(SeriesError, match="names /someone"):
        refuse_paths(node("line\nat '/someone/x'"), [Path("/someone")], "00_a")
