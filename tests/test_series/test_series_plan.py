"""What notebooks declare, and the parameters users set."""

from __future__ import annotations

import pytest

from helpers.errors import SeriesError
from helpers.series.parameters import checked, literal_parameters, parse_assignments


@pytest.fixture
def two(project):
    project.notebook("00_first", parameters="COUNT = 3\nRATE = 0.5\nNAME = 'x'\nQUICK: bool = False\nANY = None")
    project.notebook("01_second", parameters="COUNT = 4", needs=["00_first"])
    return project


def test_notebooks_come_in_the_order_of_their_numbers_but_needs_come_first(project):
    project.notebook("00_a", needs=["02_c"])
    project.notebook("01_b")
    project.notebook("02_c")
    project.notebook("solutions/01_b", needs=["00_a"])
    series = project.series()
    assert list(series.notebooks) == ["00_a", "01_b", "02_c"]
    assert series.with_needs(series.notebooks) == ["01_b", "02_c", "00_a"]
    assert series.with_needs(["solutions/01_b"]) == ["02_c", "00_a", "solutions/01_b"]


@pytest.mark.parametrize("text", ["01", "01_second", "01_second.ipynb", "notebooks/01_second.ipynb"])
def test_a_notebook_is_found_by_what_people_call_it(two, text):
    assert two.series().find(text).name == "01_second"


@pytest.mark.parametrize("text", ["", "7", "second", "0"])
def test_an_unknown_notebook_is_refused_with_the_known_ones(two, text):
    with pytest.raises(SeriesError, match="known: 00_first, 01_second"):
        two.series().find(text)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"needs": ["05_gone"]}, "needs '05_gone', which is no notebook; known: 00_a"),
        ({"needs": ["00_a"]}, "need each other"),
        ({"alone": "yes"}, "00_a is malformed: alone"),
        ({"input": ["data"]}, "00_a is malformed: input: Extra"),
        ({"inputs": ["../other"]}, "without '..'"),
        ({"outputs": ["/etc"]}, "relative path"),
    ],
)
def test_a_wrong_declaration_is_refused(project, declared, message):
    project.notebook("00_a", **declared)
    with pytest.raises(SeriesError, match=message):
        project.series()


def test_a_damaged_notebook_is_named(project):
    project.write("notebooks/00_a.ipynb", '{"cells": [')
    with pytest.raises(SeriesError, match=r"00_a\.ipynb is not a readable notebook"):
        project.series()


def test_a_parameters_cell_is_read_without_running_it():
    source = "COUNT: int = 3\nLIST = [1, -2]\nNONE = None  # a comment"
    assert literal_parameters(source, "00_a") == {"COUNT": 3, "LIST": [1, -2], "NONE": None}


@pytest.mark.parametrize("source", ["import os", "COUNT = 1 + x", "A = B = 1", "A, B = 1, 2", "COUNT ="])
def test_a_parameters_cell_with_logic_is_refused(source):
    with pytest.raises(SeriesError, match="parameters cell of 00_a"):
        literal_parameters(source, "00_a")


def test_assignments_reach_every_notebook_that_has_the_parameter_or_the_one_named(two):
    series = two.series()
    both = list(series.notebooks)
    assert parse_assignments(["COUNT=5"], series, both) == {"00_first": {"COUNT": 5}, "01_second": {"COUNT": 5}}
    assert parse_assignments(["COUNT=5", "01.COUNT=6"], series, both)["01_second"] == {"COUNT": 6}
    assert parse_assignments(["00_first.NAME=a=b"], series, both) == {"00_first": {"NAME": "a=b"}}


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("GONE=1", "unknown parameter 'GONE'.*known: 00_first: COUNT, RATE, NAME, QUICK, ANY; 01_second: COUNT"),
        ("01.NAME=x", "unknown parameter 'NAME'.*known: 01_second: COUNT"),
        ("07.COUNT=1", "no notebook is called '07'; known: 00_first, 01_second"),
        ("QUICK=maybe", "QUICK of 00_first expects a value of type bool like False, received 'maybe' of type str"),
        ("COUNT=1.5", "COUNT of 00_first expects a value of type int"),
        ("COUNT=true", "type int like 3, received True of type bool"),
        ("COUNT=", "received None"),
        ("RATE=fast", "type float"),
        ("NAME=7", "for a string write '\"7\"'"),
        ("COUNT", "expected a parameter like"),
        ("NAME=[", "as YAML"),
    ],
)
def test_a_wrong_assignment_is_refused_before_anything_runs(two, capsys, assignment, message):
    series = two.series()
    with pytest.raises(SeriesError, match=message):
        parse_assignments([assignment], series, list(series.notebooks))
    assert two.main("run", "-p", assignment) == 2
    assert "error: " in capsys.readouterr().err
    assert not (two.build / "notebooks").exists()


def test_an_assignment_for_a_notebook_outside_the_run_is_refused(two):
    assert two.main("run", "00", "-p", "01.COUNT=2") == 2


@pytest.mark.parametrize(
    ("value", "default", "expected"),
    [(3, 0.5, 3.0), ("1e-3", 0.5, 0.001), ([1], (1, 2), [1]), ("x", None, "x"), (None, None, None)],
)
def test_values_that_fit_are_taken(value, default, expected):
    result = checked(value, default, "X")
    assert result == expected
    assert type(result) is type(expected)
