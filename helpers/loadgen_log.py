"""What MLPerf's LoadGen wrote of a run, read with care: its files are text that anybody may have changed.

LoadGen writes a summary for people, a detailed log of which each line is `:::MLLOG` and a JSON object, and in accuracy
mode the answers. The last two are read here, and held to what they must say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, model_validator

from helpers.errors import DataError
from helpers.runs.run_log_parts import Nanoseconds, Strict, Text, check
from helpers.untrusted import read_bounded

# MLPerf's rules for phones, version 4.0: so many queries, so many seconds, and repeated results as near as this.
RULE_QUERIES = 1024
RULE_SECONDS = 60.0
LARGEST_DIFFERENCE = 0.05

DETAIL = "mlperf_log_detail.txt"
ANSWERS = "mlperf_log_accuracy.json"

_LARGEST_DETAIL = 16 * 2**20
_PREFIX = ":::MLLOG "
# A float32 as hexadecimal digits.
_DIGITS = 8
# What stands around an answer: two numbers and their names.
_AROUND = 200
_WAY_OUT = "measure again"

Positive = Annotated[FiniteFloat, Field(gt=0)]


class LoadgenRun(Strict):
    """One performance run, in LoadGen's own numbers.

    `says` is its verdict on the minimum of queries and seconds that it was given, and on whether the queries suffice
    for the percentile. `queries_per_second` counts the time between queries too.
    """

    loadgen: Text
    says: Literal["VALID", "INVALID"]
    queries: Annotated[int, Field(ge=1, le=10**9)]
    queries_per_second: Positive
    min_ns: Nanoseconds
    mean_ns: Nanoseconds
    p50_ns: Nanoseconds
    p90_ns: Nanoseconds
    p99_ns: Nanoseconds
    max_ns: Nanoseconds
    asked_queries: Annotated[int, Field(ge=1)]
    asked_ms: Annotated[int, Field(ge=0)]

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return self.queries / self.queries_per_second

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        order = [self.min_ns, self.p50_ns, self.p90_ns, self.p99_ns, self.max_ns]
        check(order == sorted(order), f"percentiles in order; received {order}")
        check(self.min_ns <= self.mean_ns <= self.max_ns, f"a mean from {self.min_ns} to {self.max_ns}")
        enough = self.queries >= self.asked_queries and self.seconds >= 0.99 * self.asked_ms / 1000
        check(self.says == "INVALID" or enough, f"a valid run of {self.asked_queries} queries and {self.asked_ms} ms")
        return self


# The names of these fields in the log.
_KEYS = {
    "loadgen": "loadgen_version",
    "says": "result_validity",
    "queries": "result_query_count",
    "queries_per_second": "result_qps_with_loadgen_overhead",
    "min_ns": "result_min_latency_ns",
    "mean_ns": "result_mean_latency_ns",
    "p50_ns": "result_50.00_percentile_latency_ns",
    "p90_ns": "result_90.00_percentile_latency_ns",
    "p99_ns": "result_99.00_percentile_latency_ns",
    "max_ns": "result_max_latency_ns",
    "asked_queries": "effective_min_query_count",
    "asked_ms": "effective_min_duration_ms",
}


def read_run(folder: Path) -> LoadgenRun:
    """Read the detailed log of a performance run.

    Args:
        folder: where LoadGen wrote it.

    Raises:
        DataError: there is none, or it is not what LoadGen writes of a single-stream run.
    """
    path = folder / DETAIL
    found: dict[str, Any] = {}
    try:
        for line in _text(path, _LARGEST_DETAIL).splitlines():
            entry = json.loads(line.removeprefix(_PREFIX)) if line.startswith(_PREFIX) else None
            if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
                raise ValueError(f"expected lines of {_PREFIX.strip()} with a key and a value; received {line[:60]!r}")
            if entry["key"] in found and entry["key"] in (*_KEYS.values(), "effective_scenario"):
                raise ValueError(f"expected {entry['key']} once; received it twice")
            found[entry["key"]] = entry["value"]
        if found.get("effective_scenario") != "SingleStream":
            raise ValueError(
                f"expected the scenario SingleStream; received {str(found.get('effective_scenario'))[:60]}"
            )
        return LoadgenRun.model_validate({name: found.get(key) for name, key in _KEYS.items()})
    except (ValueError, RecursionError) as error:  # pydantic's ValidationError is a ValueError
        raise DataError(f"{path.name} is no log of a LoadGen run: {_one_line(error)}; {_WAY_OUT}") from error


def read_answers(folder: Path, count: int, classes: int) -> NDArray[np.float32]:
    """Read the answers of an accuracy run, in the order of the samples.

    Args:
        folder: where LoadGen wrote them.
        count: how many samples there were; each was asked once.
        classes: how many probabilities an answer has.

    Returns:
        float32 (count, classes).

    Raises:
        DataError: there are none, or they are others.
    """
    path = folder / ANSWERS
    found: dict[int, NDArray[np.float32]] = {}
    try:
        entries = json.loads(_text(path, (count + 1) * (_DIGITS * classes + _AROUND)))
        if not isinstance(entries, list):
            raise ValueError("expected a list of answers")
        for entry in entries:
            if not isinstance(entry, dict) or entry.keys() != {"seq_id", "qsl_idx", "data"}:
                raise ValueError("expected answers with seq_id, qsl_idx and data")
            index, data = entry["qsl_idx"], entry["data"]
            if type(index) is not int or not 0 <= index < count or index in found:
                raise ValueError(f"expected each sample from 0 to {count - 1} once; received {str(index)[:60]}")
            if not isinstance(data, str) or len(data) != _DIGITS * classes:
                raise ValueError(f"expected {classes} numbers for sample {index}")
            found[index] = np.frombuffer(bytes.fromhex(data), "<f4").astype(np.float32)
            if not np.isfinite(found[index]).all():
                raise ValueError(f"expected finite numbers for sample {index}")
        if len(found) != count:
            raise ValueError(f"expected {count} answers; received {len(found)}")
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path.name} holds no answers of a LoadGen run: {_one_line(error)}; {_WAY_OUT}") from error
    return np.stack([found[index] for index in range(count)])


def _text(path: Path, largest: int) -> str:
    return read_bounded(path, largest, "LoadGen's log", _WAY_OUT).decode("utf-8")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
