"""Runs the series: `make notebooks`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence

from helpers.errors import SeriesError
from helpers.lanes.known import LANES
from helpers.series.execution import Limits
from helpers.series.keys import Keys, lanes
from helpers.series.parameters import parse_assignments
from helpers.series.places import Here
from helpers.series.plan import SOLUTIONS, Notebook, Series
from helpers.series.schedule import Job, Outcome, execute_all
from helpers.series.site import build_site


def run_series(
    series: Series,
    names: Sequence[str] = (),
    assignments: Iterable[str] = (),
    fresh: bool = False,
    side_by_side: int | None = None,
    limits: Limits | None = None,
) -> dict[str, Outcome]:
    """Execute the series or a part of it, merge the ledger, make the site, and print what happened.

    Args:
        series: the notebooks.
        names: which notebooks, as users call them; whatever these need is included. Without names, the whole series.
        assignments: parameters such as `EPOCHS=3` or `02.EPOCHS=3`.
        fresh: execute the named notebooks even if their results are valid.
        side_by_side: how many at the same time.
        limits: when to give up on a cell or a notebook.

    Returns:
        What became of each notebook.

    Raises:
        SeriesError: an unknown notebook or parameter, or a value of another type; nothing was executed.
    """
    chosen = [series.find(name).name for name in names] or list(series.notebooks)
    included = without_missing_lanes(series, series.with_needs(chosen))
    parameters = parse_assignments(assignments, series, included)
    keys = Keys(series, parameters)
    jobs = [_job(series, series.everything[name], parameters.get(name, {}), keys) for name in included]
    _report_absent_inputs(series, jobs)
    here, began = Here(side_by_side), time.monotonic()
    outcomes = execute_all(jobs, [here], limits or Limits(), chosen if fresh else ())
    merge_ledger(series)
    index = build_site(series)
    print(table(outcomes))
    print(f"this run took {(time.monotonic() - began) / 60:.1f} minutes; notebooks side by side: {here.slots}")
    print(f"read the results at {index}")
    print_failures(outcomes)
    return outcomes


def without_missing_lanes(series: Series, names: Sequence[str]) -> list[str]:
    """The notebooks that can run here; of the others one line each says what is missing.

    Args:
        series: the notebooks.
        names: those wanted, each after what it needs.

    Raises:
        SeriesError: the environment asks for all lanes, and one cannot run.
    """
    left_out: dict[str, str] = {}
    for name in names:
        declared = series.everything[name].declared
        missing = LANES[declared.lane].missing() if declared.lane else None
        reasons = [missing, *(left_out.get(need) for need in declared.needs)]
        reason = next((each for each in reasons if each), None)
        if reason is None:
            continue
        if "all" in lanes():
            raise SeriesError(f"LANES=all, but {name} cannot run here: {reason}")
        print(f"{name} is left out: {reason}", file=sys.stderr)
        left_out[name] = reason
    return [name for name in names if name not in left_out]


def _job(series: Series, notebook: Notebook, parameters: Mapping[str, object], keys: Keys) -> Job:
    build = series.build
    # A solution repeats steps of its notebook; its rows must not take the place of that notebook's.
    ledger = build / "ledger" / SOLUTIONS if notebook.name in series.solutions else build / "ledger"
    return Job(
        name=notebook.name,
        notebook=notebook,
        parameters=parameters,
        facts=keys.facts(notebook.name),
        needs=notebook.declared.needs,
        build=build,
        output=series.executed(notebook.name),
        record=series.record(notebook.name),
        ledger=ledger,
    )


def merge_ledger(series: Series) -> None:
    """Merge the notebooks' rows of the ledger into one file, in the order of the series."""
    from helpers import ledger

    ledger.merge(list(series.notebooks))


def table(outcomes: Mapping[str, Outcome]) -> str:
    """The outcomes and minutes as a small table; of a valid result, the minutes that it once took.

    The last row has the minutes of all, one after another.
    """
    width = max(map(len, [*outcomes, "notebook"]))
    lines = [f"{'notebook':{width}}  minutes  outcome"]
    for name, outcome in outcomes.items():
        minutes = "" if outcome.minutes is None else f"{outcome.minutes:.1f}"
        words = {"valid": outcome.message, "not run": f"not run: {outcome.message}"}.get(outcome.status, outcome.status)
        lines.append(f"{name:{width}}  {minutes:>7}  {words}")
    total = sum(outcome.minutes or 0.0 for outcome in outcomes.values())
    lines.append(f"{'in all':{width}}  {total:>7.1f}")
    return "\n".join(lines)


def print_failures(outcomes: Mapping[str, Outcome]) -> None:
    """Print each failure with its cell and its error."""
    for name, outcome in outcomes.items():
        if outcome.status == "failed":
            print(f"\n{name} {outcome.message}")


def succeeded(outcomes: Mapping[str, Outcome]) -> bool:
    """Whether every result is there."""
    return all(outcome.status in ("executed", "valid") for outcome in outcomes.values())


def _report_absent_inputs(series: Series, jobs: Iterable[Job]) -> None:
    for job in jobs:
        for path in job.notebook.declared.inputs:
            if not (series.project / path).exists():
                print(f"{job.name} declares the input {path}, which does not exist")
