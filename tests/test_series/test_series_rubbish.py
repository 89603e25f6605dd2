"""Rubbish from outside is one clear error, before anything runs."""

from __future__ import annotations

import pytest

from helpers.errors import SeriesError
from helpers.series.batch import read_table
from helpers.series.nodes import read_node
from helpers.series.parameters import checked, literal_parameters, parse_value


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "5", "{}", '{"cells": null}', '{"nbformat_minor": "x"}', "[" * 100_000]
)
def test_what_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "00_a.ipynb"
    path.write_text(text)
    with pytest.raises(SeriesError, match="is not a readable notebook"):
        read_node(path)


@pytest.mark.parametrize(
    "text",
    [
        "2024-13-45",
        "!!int abc",
        "!!timestamp x",
        "!!bool maybe",
        "[" * 5000,
        "&a [*a]",
        "{1: a, b: c}",
        "[&x 1, *x]",
        "{",
    ],
)
def test_a_value_that_is_not_what_it_says_is_named(text):
    with pytest.raises(SeriesError, match="cannot read the value"):
        parse_value(text)


def test_a_number_too_large_for_a_float_is_refused():
    with pytest.raises(SeriesError, match="of type float"):
        checked(10**400, 1.0, "RATE")


@pytest.mark.parametrize("text", [".nan", "nan", "-.inf", "1e999"])
def test_no_number_at_all_is_refused_before_anything_runs(text):
    with pytest.raises(SeriesError, match="RATE expects finite numbers"):
        checked(parse_value(text), 1.0, "RATE")
    with pytest.raises(SeriesError, match="RATES expects finite numbers"):
        checked([1.0, float(text.replace(".", ""))], (1.0, 2.0), "RATES")


@pytest.mark.parametrize(
    "source", ["LIMIT = {[]: 1}", "X = " + "-" * 3000 + "1", "X = {1: 2, 'a': 3}", "X = open('f')"]
)
def test_a_parameters_cell_of_another_kind_is_named(source):
    with pytest.raises(SeriesError, match="may hold only lines like"):
        literal_parameters(source, "00_a")


BOMB = "- &a [x, x, x]\n" + "".join(f"- &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize("text", [BOMB, "5", "{", "- {notebook: !!python/object:os.system x}", "\0"])
def test_a_table_of_another_kind_is_named(project, tmp_path, text):
    project.notebook("00_a", "1")
    (tmp_path / "table.yaml").write_text(text)
    with pytest.raises(SeriesError, match="table"):
        read_table(tmp_path / "table.yaml", project.series())


def test_a_long_list_of_problems_is_cut(project, tmp_path):
    project.notebook("00_a", "1")
    (tmp_path / "table.csv").write_text("notebook\n" + "nowhere\n" * 5000)
    with pytest.raises(SeriesError, match="and 4995 more") as caught:
        read_table(tmp_path / "table.csv", project.series())
    assert len(str(caught.value)) < 2000
