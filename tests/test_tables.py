"""Tables I and II beside a network's summary: what counts as the same."""

from __future__ import annotations

import pytest

from helpers.errors import DataError
from helpers.paper import table_1
from helpers.summary import summarize
from helpers.tables import compare_with_table, same_value, written_like
from helpers.zoo import build_lenet


@pytest.mark.parametrize(
    ("printed", "value", "same"),
    [
        ("866K", 866_890, True),
        ("866K", 867_000, False),
        ("25.6 M", 25_636_712, True),
        ("7.7 B", 7_755_299_312, True),
        ("7.7 B", 7_800_000_000, False),
        ("714 M", 710_940_216, False),
        ("8 M", 8_062_504, True),
        ("17MB", 17_103_923, True),
        ("3.5MB", 3_474_404, True),
        ("28M", 12_442_556, False),
    ],
)
def test_less_than_a_unit_of_the_last_digit_is_the_same(printed: str, value: int, same: bool) -> None:
    assert same_value(printed, value) is same


def test_a_number_is_written_the_papers_way() -> None:
    assert written_like("7.7 B", 7_755_299_312) == "7.8 B"
    assert written_like("866K", 866_890) == "867K"
    assert written_like("17MB", 17_103_923) == "17MB"


@pytest.mark.parametrize("printed", ["", "many", "7.7", "-7 B", "7.7 G"])
def test_what_is_no_number_of_the_tables_is_refused(printed: str) -> None:
    with pytest.raises(DataError, match="expected a number and one of the units"):
        same_value(printed, 1)


def test_lenet_differs_from_table_1_in_the_flops_alone() -> None:
    cells = compare_with_table(summarize(build_lenet()), 3_474_404, table_1().set_index("id")["lenet"])
    assert [cell.id for cell in cells] == table_1()["id"].tolist()[:-1]
    assert [cell.id for cell in cells if not cell.agrees] == ["flops"]
    assert {cell.id: cell.shown for cell in cells}["flops"] == "12M (paper: 28M)"
    assert {cell.id: cell.measured for cell in cells}["parameters"] == 866_890


def test_a_column_without_a_row_is_refused() -> None:
    column = table_1().set_index("id")["lenet"].drop("flops")
    with pytest.raises(DataError, match="with the row 'flops'"):
        compare_with_table(summarize(build_lenet()), 1, column)
