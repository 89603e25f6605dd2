"""The table kept as JSON, so that two runs can be compared: on one machine, or before and after a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from benchmarks.table import Row
from helpers.errors import DataError
from helpers.files import write_text
from helpers.runs.machine import this_machine
from helpers.runs.run_log_parts import Device, Strict, check
from helpers.untrusted import first_faults, read_bounded

# The tools that the ratios are made of.
_TOOLS = (
    "tensorflow-cpu",
    "tensorflow",
    "keras",
    "numpy",
    "ai-edge-litert",
    "coremltools",
    "dask",
    "mlcommons-loadgen",
)

_LARGEST_BYTES = 16 * 2**20


class Record(Strict):
    """One run of the benchmarks: where, with what, and the rows."""

    schema_version: Literal[1]
    machine: Device
    versions: dict[str, str]
    rows: Annotated[tuple[Row, ...], Field(max_length=10_000)]

    @model_validator(mode="after")
    def _each_row_once(self) -> Self:
        often = Counter(row.key for row in self.rows)
        twice = next((key for key, times in often.items() if times > 1), None)
        check(twice is None, f"each row once; received {twice} twice")
        return self


def record_of(rows: Sequence[Row]) -> Record:
    """The rows with this machine and its tools."""
    versions = {}
    for tool in _TOOLS:
        try:
            versions[tool] = version(tool)
        except PackageNotFoundError:
            # There are two packages of TensorFlow, and some tools do not exist for each system.
            continue
    return Record(schema_version=1, machine=this_machine(), versions=versions, rows=tuple(rows))


def save_record(record: Record, path: Path) -> None:
    """Write a record, whole; see `helpers.files.whole_file` for the errors."""
    write_text(path, record.model_dump_json(indent=1) + "\n")


def load_record(path: Path) -> Record:
    """Read a record.

    Raises:
        DataError: there is none, or it is not what `save_record` writes.
    """
    way_out = "run 'make bench' to write one"
    content = read_bounded(path, _LARGEST_BYTES, "the benchmarks", way_out)
    try:
        return Record.model_validate_json(content)
    except ValidationError as error:
        faults = " ".join(first_faults(error, most=3).split())
        raise DataError(f"{path} holds no benchmarks: {faults}; {way_out}") from error


def changes(old: Record, new: Record) -> list[str]:
    """What is different in a newer record, a line each; what lies within either run's spread is no difference.

    A single round has no spread: what it may vary by is unknown, and it is called neither better nor worse.

    Args:
        old: the older one.
        new: the newer one.

    Returns:
        First what else differs (machine, versions), then the rows that changed, that are met no more or met now, and
        that only one of the two has.
    """
    lines = []
    if old.machine != new.machine:
        lines.append(f"machine: {_machine(old.machine)}, now {_machine(new.machine)}")
    for tool in sorted(old.versions.keys() | new.versions.keys()):
        before, now = old.versions.get(tool, "none"), new.versions.get(tool, "none")
        if before != now:
            lines.append(f"version of {tool}: {before}, now {now}")
    known = {row.key: row for row in old.rows}
    for row in new.rows:
        lines += _changed(known.pop(row.key, None), row)
    lines += [f"{_title(row)}: no longer in the table" for row in known.values()]
    return lines


def _changed(old: Row | None, new: Row) -> list[str]:
    if old is None:
        return [f"{_title(new)}: new, {_value(new)}"]
    if old.spread is None or new.spread is None:
        return [] if old.spread is new.spread else [f"{_title(new)}: {_value(old)}, now {_value(new)}"]
    lines = []
    several = all(low < high for low, high in (old.spread, new.spread))
    if several and (new.spread[0] > old.spread[1] or new.spread[1] < old.spread[0]):
        better = (new.spread[0] > old.spread[1]) == (new.better == "higher")
        lines.append(f"{_title(new)}: {'better' if better else 'WORSE'}, {_value(old)}, now {_value(new)}")
    if old.met != new.met:
        words = {True: "met", False: "NOT met", None: "not asked"}
        lines.append(f"{_title(new)}: {words[old.met]}, now {words[new.met]} ({new.needed or 'nothing needed'})")
    return lines


def _title(row: Row) -> str:
    return f"{row.name} / {row.compared_to}"


def _value(row: Row) -> str:
    if row.spread is None:
        return row.remark
    return f"{row.ratio:g} ({row.spread[0]:g} to {row.spread[1]:g})"


def _machine(machine: Device) -> str:
    return f"{machine.model}, {machine.cores} cores, {machine.os} {machine.os_version}"
