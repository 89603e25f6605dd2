"""Tables that people fill in by hand, in CSV: each line checked, and refused with its number."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from helpers.errors import DataError
from helpers.untrusted import first_faults, read_bounded

Row = TypeVar("Row", bound=BaseModel)

_LARGEST_BYTES = 2**20


def read_rows(path: Path, kind: type[Row], key: tuple[str, ...], way_out: str) -> list[Row]:
    """Read and check a table.

    Args:
        path: a CSV file in UTF-8 of at most a mebibyte, whose first line names the columns.
        kind: what a line is; its fields are the columns.
        key: the columns that tell the lines apart.
        way_out: what the user can do about a table that is refused.

    Returns:
        The lines in the file's order, without the empty ones.

    Raises:
        DataError: there is no such file, or a line is not what it should be; the message names the line.
    """
    content = read_bounded(path, _LARGEST_BYTES, "the table", way_out)
    try:
        # A spreadsheet may put a byte order mark in front.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"expected {path} in UTF-8; received bytes that are not: {error.reason}; {way_out}") from error
    columns = list(kind.model_fields)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[tuple[str, ...], Row] = {}
    try:
        header = next(lines, [])
        if header != columns:
            raise DataError(
                f"expected the columns {','.join(columns)} in {path}; received {','.join(header)[:200]!r}; {way_out}"
            )
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise DataError(
                    f"expected {len(columns)} cells in line {lines.line_num} of {path}; received {len(cells)}; "
                    f"{way_out}"
                )
            try:
                row = kind.model_validate({name: cell.strip() for name, cell in zip(columns, cells, strict=True)})
            except ValidationError as error:
                raise DataError(f"line {lines.line_num} of {path}: {first_faults(error)}; {way_out}") from error
            name = tuple(getattr(row, column) for column in key)
            if name in found:
                raise DataError(
                    f"expected each {', '.join(key)} once in {path}; received {', '.join(name)} again; drop one line"
                )
            found[name] = row
    except csv.Error as error:
        raise DataError(f"line {lines.line_num} of {path} is no CSV: {error}; {way_out}") from error
    return list(found.values())
