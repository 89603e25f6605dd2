"""Executes many notebooks: needs first, independent ones side by side, measuring ones alone, valid ones not at all."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from tqdm import tqdm

from helpers.files import sha256_file
from helpers.series.environment import notebook_settings
from helpers.series.execution import Ended, Execution, Limits
from helpers.series.keys import Facts, content_hash, key_of
from helpers.series.places import Place
from helpers.series.plan import Notebook
from helpers.series.records import Record, read_record, what_changed

Status = Literal["executed", "valid", "failed", "not run"]


@dataclass(frozen=True)
class Job:
    """A notebook to execute with some parameters, and where everything goes."""

    name: str
    notebook: Notebook
    parameters: Mapping[str, object]
    facts: Facts
    needs: tuple[str, ...]
    """The names of the jobs to wait for."""
    build: Path
    output: Path
    record: Path
    ledger: Path
    """The folder for the notebook's rows of the ledger."""

    @property
    def failed_output(self) -> Path:
        """Where the partly executed notebook of a failure goes: `failed/` in the folder of the outputs."""
        return self.output.parent / "failed" / self.output.name

    @property
    def ledger_file(self) -> Path:
        """The file of the notebook's own rows of the ledger, which need not exist."""
        return self.ledger / f"{self.notebook.path.stem}.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a job; `message` says why for all but `executed`."""

    status: Status
    minutes: float | None = None
    message: str = ""


class _Running(NamedTuple):
    """A job that is being executed, and where."""

    job: Job
    execution: Execution
    place: Place


def execute_all(
    jobs: Iterable[Job], places: Sequence[Place], limits: Limits, fresh: Iterable[str] = ()
) -> dict[str, Outcome]:
    """Execute jobs, in their order as far as their needs allow.

    A failure stops only the jobs that need the failed one. When this function is left by an exception, for one by
    `KeyboardInterrupt`, no process stays behind and what had finished is still valid.

    Args:
        jobs: each after those it needs.
        places: where they may be executed; each says how many at the same time.
        limits: when to give up on a cell or a notebook.
        fresh: the names of jobs to execute even though their results are valid.

    Returns:
        The outcome of every job, in the order of the jobs.
    """
    jobs = list(jobs)
    outcomes, waiting = _sort_out(jobs, set(fresh))
    running: dict[str, _Running] = {}
    try:
        with _Progress(waiting) as progress:
            while waiting or running:
                for place in places:
                    there = [each.job for each in running.values() if each.place is place]
                    for job in startable(waiting, outcomes, there, place.slots):
                        waiting.remove(job)
                        running[job.name] = _Running(job, _start(job, limits, place), place)
                for name, (job, execution, _) in list(running.items()):
                    if (ended := execution.poll()) is not None:
                        outcomes[name] = _conclude(job, execution, ended)
                        del running[name]
                        execution.close()
                        progress.finished(job, outcomes[name])
                for job in [job for job in waiting if _failed_needs(job, outcomes)]:
                    waiting.remove(job)
                    needs = " and ".join(_failed_needs(job, outcomes))
                    outcomes[job.name] = Outcome("not run", message=f"it needs {needs}")
                    progress.finished(job, outcomes[job.name])
                progress.show({name: each.execution.cells_done() for name, each in running.items()})
                if running:
                    time.sleep(0.2)
    finally:
        for each in running.values():
            each.execution.close()
    return {job.name: outcomes[job.name] for job in jobs}


def _sort_out(jobs: list[Job], fresh: set[str]) -> tuple[dict[str, Outcome], list[Job]]:
    """The outcomes of the jobs whose results are valid, and the jobs to execute."""
    outcomes: dict[str, Outcome] = {}
    waiting: list[Job] = []
    for job in jobs:
        record = read_record(job.record)
        changed = what_changed(record, job.facts, job.output, job.build) if record else ""
        if record and not changed and job.name not in fresh:
            outcomes[job.name] = Outcome("valid", record.minutes, "valid from an earlier run")
        else:
            waiting.append(job)
            if changed:
                print(f"{job.name} runs again; {changed}")
    return outcomes, waiting


def startable(waiting: list[Job], outcomes: Mapping[str, Outcome], running: list[Job], side_by_side: int) -> list[Job]:
    """The jobs to start now on one machine: their needs are met, and they may run beside those that run there."""
    start: list[Job] = []
    for job in waiting:
        beside = [*running, *start]
        if len(beside) >= side_by_side or any(each.notebook.declared.alone for each in beside):
            break
        met = all(need in outcomes and outcomes[need].status in ("executed", "valid") for need in job.needs)
        if met and not (job.notebook.declared.alone and beside):
            start.append(job)
    return start


def _failed_needs(job: Job, outcomes: Mapping[str, Outcome]) -> list[str]:
    return [need for need in job.needs if need in outcomes and outcomes[need].status in ("failed", "not run")]


def _start(job: Job, limits: Limits, place: Place) -> Execution:
    # Rows of an earlier version must not survive in the ledger when the notebook no longer writes them.
    job.ledger_file.unlink(missing_ok=True)
    job.ledger.mkdir(parents=True, exist_ok=True)
    settings = notebook_settings(job.build, job.ledger, job.notebook.declared.environment)
    return Execution(job.notebook.path, job.parameters, settings, job.record.parent, limits, place)


def _conclude(job: Job, execution: Execution, ended: Ended) -> Outcome:
    """Put the executed notebook where it belongs, and write the record last."""
    minutes = round(ended.seconds / 60, 2)
    failure = ended.failure
    absent = [path for path in job.notebook.declared.outputs if not (job.build / path).exists()]
    if not failure and absent:
        failure = f"ran to its end, but did not leave in {job.build} what it declares: {', '.join(absent)}"
    if failure:
        if execution.notebook.exists():
            job.failed_output.parent.mkdir(parents=True, exist_ok=True)
            execution.notebook.replace(job.failed_output)
            failure += f"\n  partly executed: {os.path.relpath(job.failed_output)}"
        return Outcome("failed", minutes, failure)
    job.output.parent.mkdir(parents=True, exist_ok=True)
    execution.notebook.replace(job.output)
    job.failed_output.unlink(missing_ok=True)
    ledger = [os.path.relpath(job.ledger_file, job.build)] if job.ledger_file.exists() else []
    Record(
        notebook=job.notebook.name,
        parameters=dict(job.parameters),
        key=key_of(job.facts),
        facts=job.facts,
        sha256=sha256_file(job.output),
        files={path: content_hash(job.build / path) for path in (*job.notebook.declared.outputs, *ledger)},
        minutes=minutes,
    ).write(job.record)
    return Outcome("executed", minutes)


class _Progress:
    """One bar over the code cells of all jobs to execute; in a log instead of a terminal it speaks once a minute."""

    def __init__(self, jobs: list[Job]) -> None:
        self._cells = {job.name: len(job.notebook.code_cells) for job in jobs}
        self._finished = 0
        self._every = 0.5 if sys.stderr.isatty() else 60.0
        self._shown_at = 0.0
        self._bar = tqdm(
            total=sum(self._cells.values()),
            disable=not jobs,
            dynamic_ncols=True,
            bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} cells, {elapsed}{postfix}",
        )

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.set_postfix_str("", refresh=True)
        self._bar.close()

    def show(self, running: Mapping[str, int]) -> None:
        """Show how many cells each running job has done."""
        self._bar.n = self._finished + sum(min(done, self._cells[name]) for name, done in running.items())
        if time.monotonic() - self._shown_at >= self._every:
            self._shown_at = time.monotonic()
            self._bar.set_postfix_str(", ".join(running), refresh=True)

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Count a job as finished, and say at once if it failed."""
        self._finished += self._cells[job.name]
        if outcome.status == "failed":
            tqdm.write(f"{job.name} {outcome.message.splitlines()[0]}", file=sys.stderr)
