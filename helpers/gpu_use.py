"""How busy an iPhone's GPU and Neural Engine were, as read in Instruments and written down by hand.

No public interface tells an app, so the paper, too, read it in Instruments (section IV). The table
`data/device_results/gpu_use.csv` has a line for each run; the README.md beside it says what to write. Taught in
notebook 06_build_the_ios_app.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from helpers.csv_rows import read_rows
from helpers.files import DATA

GPU_USE = DATA / "device_results" / "gpu_use.csv"

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
    rows = read_rows(path, GpuUse, ("run_log",), "data/device_results/README.md says what to write")
    return {use.run_log: use for use in rows}
