"""The folder of device logs: each file read and judged by itself, so that a bad one hides no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.accuracy import Accuracy
from helpers.device_logs.flags import Flag, call_times, flags_of
from helpers.device_logs.known_models import check_model, manifests_at_hand
from helpers.device_logs.places import is_phone, label
from helpers.errors import DataError
from helpers.files import DATA, build_dir, sha256_bytes
from helpers.gpu_use import GpuUse, load_gpu_use
from helpers.runs.run_log import RunLog, load_run_log

DEVICE_RESULTS = DATA / "device_results"

_GPU_USE = "gpu_use.csv"
_MANIFESTS = "manifests"
_NO_LOGS = {"readme.md", _GPU_USE, _MANIFESTS}


@dataclass(frozen=True)
class DeviceLog:
    """A log that can be used.

    Attributes:
        name: the file's name.
        log: what it says.
        flags: reasons not to trust some of its numbers; to be shown beside them.
        gpu_use: what was read in Instruments for this run, where somebody wrote it down.
    """

    name: str
    log: RunLog
    flags: tuple[Flag, ...]
    gpu_use: GpuUse | None = None

    @property
    def is_phone(self) -> bool:
        """Whether its numbers are a phone's."""
        return is_phone(self.log)

    @property
    def label(self) -> str:
        """What it was measured on, in words; see `helpers.device_logs.places.label`."""
        return label(self.log)


@dataclass(frozen=True)
class RefusedFile:
    """A file, or a line of the table of GPUs, that was not used; and why, in one line."""

    name: str
    reason: str


@dataclass(frozen=True)
class DeviceLogs:
    """All that lies in the folder: each file is in one of the two.

    Attributes:
        logs: those that can be used, sorted by name.
        refused: the others, sorted by name, and lines of `gpu_use.csv` that belong to no log.
    """

    logs: tuple[DeviceLog, ...]
    refused: tuple[RefusedFile, ...]

    @property
    def phones(self) -> tuple[DeviceLog, ...]:
        """The logs whose numbers may be called a phone's."""
        return tuple(each for each in self.logs if each.is_phone)


def read_device_logs(folder: Path = DEVICE_RESULTS, models: Path | None = None) -> DeviceLogs:
    """Read all logs of a folder, and judge each.

    Beside the logs may lie `gpu_use.csv` (`helpers.gpu_use`), and manifests that apps were built with, as
    `manifests/NAME/manifest.json`.

    Args:
        folder: the folder of the logs.
        models: the folder of the models' folders, whose manifests the logs are held to; `build/models` by default.

    Returns:
        The logs that can be used, and the files that cannot, with the reason.

    Raises:
        DataError: there is no such folder, or it cannot be read.
    """
    # The first look at the folder: it tells whether there is one.
    paths = _files(folder)
    built, lines = manifests_at_hand(build_dir() / "models" if models is None else models)
    beside, more = manifests_at_hand(folder / _MANIFESTS)
    refused = [RefusedFile("manifest.json", line) for line in (*lines, *more)]
    logs: list[DeviceLog] = []
    copies: dict[str, str] = {}
    for path in paths:
        try:
            log = _read(path)
            content = sha256_bytes(log.model_dump_json().encode())
            if content in copies:
                raise DataError(f"the same run as {copies[content]}: a copy counts once; take one of them away")
            flags = [*check_model(log, built, beside), *flags_of(log)]
        except DataError as error:
            refused.append(RefusedFile(path.name, _one_line(error)))
            continue
        copies[content] = path.name
        logs.append(DeviceLog(path.name, log, tuple(flags)))
    joined, unused = _with_gpu_use(_with_same_start(logs), folder / _GPU_USE)
    return DeviceLogs(tuple(joined), tuple(sorted([*refused, *unused], key=lambda each: each.name)))


def device_log_table(logs: Sequence[DeviceLog]) -> pd.DataFrame:
    """The logs as a table.

    Returns:
        One row per log: file, measured on (see `label`), model, weights (trained, untrained or given), engine,
        threads, kind, median_ms (of a call or a frame), fps (shown), processed_per_second, top1 and top5 (in percent
        of the images with a label), of (so many), gpu_percent, flags (their names). What a run does not tell is NA.
    """
    return pd.DataFrame([_row(each) for each in logs], columns=list(_COLUMNS)).astype(_COLUMNS)


_COLUMNS = {
    "file": "str",
    "measured on": "str",
    "model": "str",
    "weights": "str",
    "engine": "str",
    "threads": "Int64",
    "kind": "str",
    "median_ms": "Float64",
    "fps": "Float64",
    "processed_per_second": "Float64",
    "top1": "Float64",
    "top5": "Float64",
    "of": "Int64",
    "gpu_percent": "Float64",
    "flags": "str",
}


def _row(each: DeviceLog) -> dict[str, object]:
    log = each.log
    row: dict[str, object] = {
        "file": each.name,
        "measured on": each.label,
        "model": log.model.name,
        "weights": log.model.weights_kind,
        "engine": " ".join(f"{log.engine.name} {log.engine.version}".split()),
        "threads": log.engine.threads,
        "kind": log.kind,
        "gpu_percent": each.gpu_use.gpu_percent if each.gpu_use else log.resources.gpu_percent,
        "flags": ", ".join(flag.name for flag in each.flags),
    }
    times = call_times(log)
    if len(times):
        row["median_ms"] = float(np.median(times)) / 1e6
    if log.pipeline is not None:
        row |= {"fps": log.pipeline.fps, "processed_per_second": log.pipeline.processed_per_second}
    if log.accuracy is not None and log.accuracy.labelled:
        total = log.accuracy.labelled
        top1, top5 = Accuracy(log.accuracy.top1_correct, total), Accuracy(log.accuracy.top5_correct, total)
        row |= {"top1": top1.percent, "top5": top5.percent, "of": total}
    return row


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name.lower() not in _NO_LOGS)
    except (OSError, ValueError) as error:  # a ValueError: characters that no path has
        reason = getattr(error, "strerror", error)
        raise DataError(
            f"cannot read the folder of device logs {folder}: {reason}; correct the path or its rights"
        ) from error


def _read(path: Path) -> RunLog:
    if path.suffix.lower() != ".json":
        raise DataError(f"expected run logs, whose names end in .json; received {path.name}; take it away")
    return load_run_log(path)


def _with_same_start(logs: Sequence[DeviceLog]) -> list[DeviceLog]:
    """Flag logs of one device that began in the same moment and differ: one of them was changed."""
    moments = Counter((each.log.device, each.log.started_at) for each in logs)
    return [
        replace(each, flags=(*each.flags, _SAME_START)) if moments[each.log.device, each.log.started_at] > 1 else each
        for each in logs
    ]


_SAME_START = Flag("same_start", "another log of this device began in the same moment and says something else", {})


def _with_gpu_use(logs: Sequence[DeviceLog], path: Path) -> tuple[list[DeviceLog], list[RefusedFile]]:
    """Join the lines of the table of GPUs to their logs; lines that belong to none are told."""
    if not path.exists():
        return list(logs), []
    try:
        uses = load_gpu_use(path)
    except DataError as error:
        return list(logs), [RefusedFile(path.name, _one_line(error))]
    apples = {each.name for each in logs if each.is_phone and each.log.device.os == "iOS"}
    unused = [
        RefusedFile(path.name, f"expected the name of an iPhone's log that can be used; received {name}; correct it")
        for name in uses
        if name not in apples
    ]
    joined = [replace(each, gpu_use=uses[each.name]) if each.name in apples & uses.keys() else each for each in logs]
    return joined, unused


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
