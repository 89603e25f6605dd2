"""Latencies of phones that others published, to predict from: never measured here, and never one ranking.

The stacks, versions and networks differ from row to row, and are those of their sources. `data/paper/
published_latencies.csv` holds them with the source of each. What is simulated from them says so, and preprocessing,
camera and screen are not in them. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from helpers.csv_rows import read_rows
from helpers.errors import DataError
from helpers.files import DATA
from helpers.simulation.simulator import StageTimes

PUBLISHED = DATA / "paper" / "published_latencies.csv"

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
    way_out = f"give each number its source; git checkout -- {path.name} brings the project's own back"
    return tuple(read_rows(path, PublishedLatency, ("device", "unit", "runtime", "model"), way_out))


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
