"""Latencies of phones that others published, to predict from: never measured here, and never one ranking.

The stacks, versions and networks differ from row to row, and are those of their sources. `data/paper/
published_latencies.csv` holds them with the source of each. What is simulated from them says so, and preprocessing,
camera and screen are not in them. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from helpers.errors import DataError
from helpers.files import DATA
from helpers.simulation.simulator import StageTimes

PUBLISHED = DATA / "paper" / "published_latencies.csv"

_LARGEST_BYTES = 2**20
_Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class PublishedLatency(BaseModel):
    """One row: how long one inference took, as somebody published it.

    Attributes:
        device: the phone, or its chip.
        unit: which part of it computed.
        runtime: by which software.
        model: the network of this project that it comes closest to.
        published_as: how the source calls the network.
        ms: milliseconds for an image.
        source: who published it, where.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: _Text
    unit: _Text
    runtime: _Text
    model: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
    published_as: _Text
    ms: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
    source: _Text

    def stage_times(self) -> StageTimes:
        """The network's time alone, for `helpers.simulation.simulator`; what is predicted from it names the row."""
        row = f"{self.published_as} on {self.device}, {self.unit}, {self.runtime}: {self.ms:g} ms"
        return StageTimes(self.ms, source=f"published: {row} ({self.source})")


def published_latencies(path: Path = PUBLISHED) -> tuple[PublishedLatency, ...]:
    """Read and check the rows.

    Args:
        path: a CSV file in UTF-8 whose first line names the columns.

    Returns:
        The rows in the file's order; each combination of device, unit, runtime and model once.

    Raises:
        DataError: there is no such file, or a line is not what it should be; the message names the line.
    """
    way_out = f"git checkout -- {path.name} brings the project's own back"
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # a ValueError: characters that no path has
        raise DataError(f"cannot read {path}: {getattr(error, 'strerror', error)}; {way_out}") from error
    if len(content) > _LARGEST_BYTES:
        raise DataError(f"expected at most {_LARGEST_BYTES:,} bytes in {path}; received more; {way_out}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"expected {path} in UTF-8; received bytes that are not: {error.reason}; {way_out}") from error
    found: dict[tuple[str, ...], PublishedLatency] = {}
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = next(lines, [])
        if columns != list(PublishedLatency.model_fields):
            raise DataError(
                f"expected the columns {','.join(PublishedLatency.model_fields)} in {path}; received "
                f"{','.join(columns)[:200]!r}; {way_out}"
            )
        for cells in lines:
            row = _checked(path, lines.line_num, dict(zip(columns, cells, strict=False)), len(cells) == len(columns))
            key = (row.device, row.unit, row.runtime, row.model)
            if key in found:
                raise DataError(f"expected each combination once in {path}; received {key} again; drop one line")
            found[key] = row
    except csv.Error as error:
        raise DataError(f"line {lines.line_num} of {path} is no CSV: {error}; {way_out}") from error
    return tuple(found.values())


def published_table(path: Path = PUBLISHED) -> pd.DataFrame:
    """The rows as a table, the file's columns; see `published_latencies` for the errors."""
    return pd.DataFrame(
        [row.model_dump() for row in published_latencies(path)], columns=[*PublishedLatency.model_fields]
    )


def published_latency(device: str, unit: str, runtime: str, model: str, path: Path = PUBLISHED) -> PublishedLatency:
    """One row.

    Raises:
        DataError: nobody published that; the message lists what there is of the device or of all.
    """
    rows = published_latencies(path)
    for row in rows:
        if (row.device, row.unit, row.runtime, row.model) == (device, unit, runtime, model):
            return row
    near = [row for row in rows if row.device == device] or rows
    there = "; ".join(dict.fromkeys(f"{row.device}, {row.unit}, {row.runtime}" for row in near))
    raise DataError(f"expected one of {there}, with its model; received {device}, {unit}, {runtime}, {model}")


def _checked(path: Path, line: int, cells: dict[str, str], complete: bool) -> PublishedLatency:
    if not complete:
        raise DataError(
            f"expected {len(PublishedLatency.model_fields)} cells in line {line} of {path}; received others"
        )
    try:
        return PublishedLatency.model_validate(cells)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5])
        raise DataError(f"line {line} of {path}: {faults}; give each number its source") from error
