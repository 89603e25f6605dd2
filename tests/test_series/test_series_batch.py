"""Tables of parameter sets."""

from __future__ import annotations

import csv
import json

import pytest

from helpers.errors import SeriesError
from helpers.series.batch import read_table

LEDGER = "import os, pathlib\npathlib.Path(os.environ['LEDGER_DIR'], '00_a.json').write_text('[{\"claim\": \"x\"}]')"


@pytest.fixture
def notebooks(project):
    cells = [project.say("row"), LEDGER, "print('N is', N, NAME)\nassert N < 5"]
    project.notebook("00_a", *cells, parameters="N = 1\nNAME = 'x'")
    project.notebook("01_b", parameters="RATE = 0.5")
    return project


def test_a_csv_table_runs_and_resumes(notebooks):
    table = notebooks.write("sweep.csv", "notebook,N,NAME\n00,3,three\n00_a,9,\n")
    assert notebooks.main("batch", str(table)) == 1
    assert notebooks.said() == ["row"] * 2
    folder = notebooks.build / "batches" / "sweep"
    with (folder / "summary.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["status"] for row in rows] == ["executed", "failed"]
    assert json.loads(rows[0]["parameters"]) == {"N": 3, "NAME": "three"}
    assert "AssertionError" in rows[1]["message"]
    assert "N is 3 three" in notebooks.code_outputs(folder / rows[0]["output"])
    assert (folder / rows[1]["output"]).is_file()
    assert (folder / "001_00_a" / "00_a.json").is_file()
    assert not (notebooks.build / "ledger").exists()
    assert not (notebooks.build / "notebooks").exists()

    table.write_text(table.read_text().replace("9", "4"))
    assert notebooks.main("batch", str(table)) == 0
    assert notebooks.said() == ["row"]


def test_a_yaml_table_is_read(notebooks):
    table = notebooks.write(
        "sweep.yaml",
        "- notebook: '00'\n  name: large\n  parameters: {N: 4, NAME: big}\n"
        "- notebook: 01_b\n  parameters:\n    RATE: 1e-3\n- {notebook: 01_b}\n",
    )
    rows = read_table(table, notebooks.series())
    assert [(row.name, row.notebook.name, row.parameters) for row in rows] == [
        ("large", "00_a", {"N": 4, "NAME": "big"}),
        ("002_01_b", "01_b", {"RATE": 0.001}),
        ("003_01_b", "01_b", {}),
    ]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("t.csv", "notebook,N\n00_a,1\n00_a,many\n", "row 2, column N: N of 00_a expects a value of type int"),
        ("t.csv", "notebook,GONE\n00_a,\n00_a,1\n", "row 2, column GONE: unknown parameter"),
        ("t.csv", "notebook,N\n09,1\n,2\n", "row 1, column notebook: no notebook.*; row 2, column notebook: expected"),
        ("t.csv", "notebook,N\n00_a,1,2\n", "row 1, column a cell without a heading"),
        ("t.csv", "notebook,name\n00_a,x\n00_a,x\n", "row 2, column name: 'x' is taken"),
        ("t.csv", "notebook,name\n00_a,../x\n", "row 1, column name"),
        ("t.csv", "notebook,N\n", "it has no rows"),
        ("t.yaml", "- {notebook: 00_a, parameters: {N: yes}}\n", "row 1, column N: .*type bool"),
        ("t.yaml", "- {notebook: 00_a, params: {}}\n", "row 1, column params"),
        ("t.yaml", "- just text\n", "row 1, column notebook: expected a mapping"),
        ("t.yaml", "notebook: 00_a\n", "expected a list of rows"),
        ("t.yaml", "- [", "cannot read the table"),
    ],
)
def test_a_wrong_table_is_refused_before_anything_runs(notebooks, file, text, message):
    table = notebooks.write(file, text)
    with pytest.raises(SeriesError, match=message):
        read_table(table, notebooks.series())
    assert notebooks.main("batch", str(table)) == 2
    assert notebooks.said() == []
    assert not (notebooks.build / "batches").exists()


def test_a_missing_table_is_refused(notebooks):
    assert notebooks.main("batch", "gone.csv") == 2
