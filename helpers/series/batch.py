"""Runs a table of parameter sets: one row, one execution of one notebook.

Rows share the models and other generated files of the build folder, but each has its own executed notebook and its own
rows of the ledger, in `batches/TABLE/ROW/`, so a batch never changes what the series says.

With the environment variable SCHEDULER the rows are executed by the workers of a Dask cluster, with the same results;
`helpers.scheduling` says what it may hold and what the workers need.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers.errors import SeriesError
from helpers.files import whole_file
from helpers.scheduling import scheduler_setting
from helpers.series.execution import Limits
from helpers.series.keys import Keys
from helpers.series.parameters import PlainLoader, checked_parameters, parse_value
from helpers.series.plan import Notebook, Series
from helpers.series.run import print_failures, table
from helpers.series.schedule import Job, Outcome, execute_all
from helpers.series.workers import places

_ROW_KEYS = {"notebook", "parameters", "name"}


@dataclass(frozen=True)
class Row:
    """One row of a table, checked."""

    name: str
    notebook: Notebook
    parameters: Mapping[str, object]


def run_batch(
    series: Series, path: Path, fresh: bool = False, side_by_side: int | None = None, limits: Limits | None = None
) -> dict[str, Outcome]:
    """Execute a table and write `summary.csv` beside its rows' results.

    Args:
        series: the notebooks.
        path: a CSV file with the column `notebook` and a column for each parameter (an empty cell leaves the default),
            or a YAML list of mappings with the keys `notebook`, `parameters` and `name`. CSV may have `name` as well.
        fresh: execute rows even if their results are valid.
        side_by_side: how many at the same time; by default two, or one for each worker of a cluster.
        limits: when to give up on a cell or a notebook.

    Returns:
        What became of each row.

    Raises:
        SeriesError: the table cannot be read, or some rows are wrong; the message names them all, nothing was executed.
        LaneError: SCHEDULER is none, or its cluster cannot be used; nothing was executed.
    """
    rows = read_table(path, series)
    folder = series.build / "batches" / path.stem
    keys = Keys(series, {})
    jobs = [
        Job(
            name=row.name,
            notebook=row.notebook,
            parameters=row.parameters,
            facts=keys.facts(row.notebook.name, row.parameters),
            needs=(),
            build=series.build,
            output=folder / row.name / row.notebook.path.name,
            record=folder / row.name / "record.json",
            ledger=folder / row.name,
        )
        for row in rows
    ]
    names = [job.name for job in jobs]
    with places(scheduler_setting(), side_by_side) as where:
        outcomes = execute_all(jobs, where, limits or Limits(), names if fresh else ())
    _write_summary(folder / "summary.csv", jobs, outcomes)
    print(table(outcomes))
    print(f"summary: {os.path.relpath(folder / 'summary.csv')}")
    print_failures(outcomes)
    return outcomes


def read_table(path: Path, series: Series) -> list[Row]:
    """Read and check a table; see `run_batch` for its form and the errors."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = _csv_rows(text) if path.suffix.lower() == ".csv" else _yaml_rows(text)
        entries = list(raw)
        json.dumps(entries, sort_keys=True, default=str)
    except Exception as error:  # csv and yaml raise many kinds for a file that is not what it should be
        raise SeriesError(f"cannot read the table {path}: {error or type(error).__name__}") from error
    rows: list[Row] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            row = _checked_row(number, entry, series)
            if any(each.name == row.name for each in rows):
                raise SeriesError(f"column name: {row.name!r} is taken by an earlier row")
            rows.append(row)
        except SeriesError as error:
            problems.append(f"row {number}, {error}")
    if problems or not entries:
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise SeriesError(f"the table {path} cannot be run: " + ("; ".join(problems[:5]) or "it has no rows") + more)
    return rows


def _csv_rows(text: str) -> Iterator[object]:
    """Rows in the form of the YAML ones; the texts of the parameters are read later, when errors can name the row."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="", strict=True)
    for record in reader:
        cells = {column.strip(): cell for column, cell in record.items() if isinstance(cell, str) and cell.strip()}
        extra = record.get("")
        row: dict[str, object] = {key: cells.pop(key).strip() for key in ("notebook", "name") if key in cells}
        if isinstance(extra, list):
            row["a cell without a heading"] = extra
        yield {**row, "parameters": {name: _Text(cell) for name, cell in cells.items()}}


class _Text(str):
    """The text of a CSV cell, still to be read as YAML."""


def _yaml_rows(text: str) -> Iterator[object]:
    document = yaml.load(text, Loader=PlainLoader)
    if not isinstance(document, list):
        raise yaml.YAMLError(f"expected a list of rows, received {type(document).__name__}")
    yield from document


def _checked_row(number: int, entry: object, series: Series) -> Row:
    """One row, checked.

    Raises:
        SeriesError: the message begins with the column.
    """
    if not isinstance(entry, dict):
        raise SeriesError(f"column notebook: expected a mapping with 'notebook' and 'parameters', received {entry!r}")
    for key in entry:
        if key not in _ROW_KEYS:
            raise SeriesError(f"column {key}: expected one of {', '.join(sorted(_ROW_KEYS))}")
    if not isinstance(entry.get("notebook"), str):
        raise SeriesError(f"column notebook: expected the name of a notebook, received {entry.get('notebook')!r}")
    try:
        notebook = series.find(entry["notebook"])
    except SeriesError as error:
        raise SeriesError(f"column notebook: {error}") from error
    given = entry.get("parameters") or {}
    if not isinstance(given, dict):
        raise SeriesError(f"column parameters: expected a mapping, received {given!r}")
    parameters: dict[str, object] = {}
    for column, value in given.items():
        try:
            read = parse_value(value) if isinstance(value, _Text) else value
            parameters |= checked_parameters({str(column): read}, notebook)
        except SeriesError as error:
            raise SeriesError(f"column {column}: {error}") from error
    name = str(entry.get("name") or f"{number:03d}_{notebook.path.stem}")
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise SeriesError(f"column name: expected letters, digits, '_', '.' and '-', received {name!r}")
    return Row(name, notebook, parameters)


def _write_summary(path: Path, jobs: list[Job], outcomes: Mapping[str, Outcome]) -> None:
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["row", "notebook", "parameters", "status", "minutes", "output", "message"])
        for job in jobs:
            outcome = outcomes[job.name]
            output = job.failed_output if outcome.status == "failed" else job.output
            writer.writerow(
                [
                    job.name,
                    job.notebook.name,
                    json.dumps(job.parameters, default=repr),
                    outcome.status,
                    outcome.minutes,
                    output.relative_to(path.parent).as_posix(),
                    " ".join(outcome.message.split()),
                ]
            )
