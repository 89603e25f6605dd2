"""Files of others: ordinary, of a sane size, or one clear error."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from helpers.csv_rows import read_rows
from helpers.errors import DataError
from helpers.untrusted import first_faults, read_bounded


class _Row(BaseModel):
    name: str
    number: int


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5, "the list", "mend it") == b"12345"
    with pytest.raises(DataError, match=r"the list .*file to have at most 4 bytes; received more; mend it"):
        read_bounded(path, 4, "the list", "mend it")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_ordinary_file_is_never_opened(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "other"
    make(path)
    with pytest.raises(DataError, match=r"cannot read the list .*other: it is a folder, a pipe or a device; mend it"):
        read_bounded(path, 5, "the list", "mend it")


@pytest.mark.parametrize("name", ["absent", "a\0b", "x" * 5_000, "loop"])
def test_what_cannot_be_there_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(DataError, match="cannot read the list") as raised:
        read_bounded(tmp_path / name, 5, "the list", "mend it")
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith("; mend it")


def test_the_first_faults_name_their_fields() -> None:
    with pytest.raises(ValidationError) as raised:
        _Row.model_validate({"number": "many"})
    both = first_faults(raised.value)
    assert both.startswith("name: Field required; number: ")
    assert first_faults(raised.value, most=1) == "name: Field required"


def test_a_table_keeps_its_order_and_each_line_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,number\nb, 2\n\na,1\n")
    assert [row.number for row in read_rows(path, _Row, ("name",), "mend it")] == [2, 1]
    path.write_text("name,number\nb,2\nb,1\n")
    with pytest.raises(DataError, match=r"each name once .*; received b again"):
        read_rows(path, _Row, ("name",), "mend it")
