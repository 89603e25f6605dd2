"""How busy an iPhone's GPU and Neural Engine were, as read in Instruments and written down by hand.

No public interface tells an app, so the paper, too, read it in Instruments (section IV). The table
`data/device_results/gpu_use.csv` has a line for each run; the README.md beside it says what to write. Taught in
notebook 06_build_the_ios_app.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from helpers.errors import DataError
from helpers.files import DATA

GPU_USE = DATA / "device_results" / "gpu_use.csv"

_LARGEST_BYTES = 2**20
_Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class GpuUse(BaseModel):
    """One line: the mean use of an iPhone's processors over one run, in percent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_log: str
    gpu_percent: _Percent
    neural_engine_percent: _Percent | None = None
    remark: Annotated[str, Field(max_length=1_000)] = ""

    @field_validator("run_log")
    @classmethod
    def _is_a_file_name(cls, name: str) -> str:
        if not re.fullmatch(r"[\w.-]{1,200}\.json", name):
            raise ValueError(f"expected the name of a run log, such as live_lenet.json; received {name!r}")
        return name

    @field_validator("neural_engine_percent", mode="before")
    @classmethod
    def _may_be_empty(cls, text: object) -> object:
        return None if text == "" else text


def load_gpu_use(path: Path = GPU_USE) -> dict[str, GpuUse]:
    """Read and check the table.

    Args:
        path: a CSV file in UTF-8 whose first line names the columns.

    Returns:
        By the name of the run log, in the file's order; empty as long as nobody has filled it in.

    Raises:
        DataError: there is no such file, or a line is not what it should be; the message names the line.
    """
    columns = list(GpuUse.model_fields)
    way_out = "data/device_results/README.md says what to write"
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # a ValueError: characters that no path has
        reason = getattr(error, "strerror", error)
        raise DataError(f"cannot read {path}: {reason}; git checkout -- {path.name} brings it back") from error
    if len(content) > _LARGEST_BYTES:
        raise DataError(f"expected at most {_LARGEST_BYTES:,} bytes in {path}; received more; {way_out}")
    try:
        # A spreadsheet may put a byte order mark in front.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"expected {path} in UTF-8; received bytes that are not: {error.reason}; {way_out}") from error
    rows = csv.reader(io.StringIO(text, newline=""))
    found: dict[str, GpuUse] = {}
    try:
        header = next(rows, [])
        if header != columns:
            raise DataError(
                f"expected the columns {','.join(columns)} in {path}; received {','.join(header)!r}; {way_out}"
            )
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            use = _checked(path, rows.line_num, dict(zip(columns, row, strict=False)), len(row) == len(columns))
            if use.run_log in found:
                raise DataError(f"expected each run log once in {path}; received {use.run_log} again; drop one line")
            found[use.run_log] = use
    except csv.Error as error:
        raise DataError(f"line {rows.line_num} of {path} is no CSV: {error}; {way_out}") from error
    return found


def _checked(path: Path, line: int, cells: dict[str, str], complete: bool) -> GpuUse:
    if not complete:
        raise DataError(f"expected {len(GpuUse.model_fields)} cells in line {line} of {path}; received others")
    try:
        return GpuUse.model_validate({name: cell.strip() for name, cell in cells.items()})
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise DataError(f"line {line} of {path}: {faults}; data/device_results/README.md says what to write") from error
