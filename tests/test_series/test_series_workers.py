"""Batches whose rows are executed by the workers of a Dask cluster: the same as without."""

from __future__ import annotations

import contextlib
import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from distributed import LocalCluster

from helpers.series import batch
from helpers.series.places import Here

TABLE = "notebook,name,N\n00_a,one,1\n00_a,nine,9\n00_a,two,2\n"
LEDGER = "import os, pathlib\npathlib.Path(os.environ['LEDGER_DIR'], '00_a.json').write_text('[]')"


@pytest.fixture
def table(project) -> Path:
    """Rows of which one fails."""
    cells = ["import os", LEDGER, "print('N is', N, os.environ.get('DECLARED'), os.environ.get('SCHEDULER'))"]
    project.notebook("00_a", *cells, "assert N < 5, 'too large'", parameters="N = 0", environment=["DECLARED"])
    return project.write("rows.csv", TABLE)


@pytest.fixture
def cluster(project) -> Iterator[str]:
    """The address of a scheduler with one worker, which has a variable of its own."""
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        silence_logs="CRITICAL",
        env={"DECLARED": "of the worker"},
    ) as started:
        yield started.scheduler_address


def wait_until(condition, seconds=120):
    """Poll a condition; the limit only keeps a broken test from hanging."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "gave up waiting"
        time.sleep(0.1)


def results(project) -> dict[str, object]:
    """All that a batch leaves, without what differs from run to run: times, and the names of temporary files."""
    folder = project.build / "batches" / "rows"
    with (folder / "summary.csv").open(newline="") as stream:
        summary = [{**row, "minutes": ""} for row in csv.DictReader(stream)]
    found: dict[str, object] = {"summary.csv": summary}
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb":
            found[name] = [(cell.source, cell.get("outputs")) for cell in nbformat.read(path, as_version=4).cells]
        elif path.name == "record.json":
            record = dict(project.json(f"batches/rows/{name}"))
            found[name] = {key: record[key] for key in ("notebook", "parameters", "key", "facts", "files")}
        elif path.name != "summary.csv":
            found[name] = path.read_text()
    return found


def test_rows_of_workers_are_those_of_one_process(project, table, monkeypatch, capsys):
    runs = []
    for scheduler in (None, "local"):
        if scheduler:
            monkeypatch.setenv("SCHEDULER", scheduler)
        assert project.main("batch", str(table), "--fresh") == 1
        runs.append((results(project), capsys.readouterr().out))
    (alone, said), (shared, said_too) = runs
    assert shared == alone
    assert "assert N < 5" in str(alone["nine/failed/00_a.ipynb"])
    assert "nine failed in code cell 5 (assert N < 5, 'too large'):\n  AssertionError: too large" in said
    assert [line.split()[:1] for line in said_too.splitlines()] == [line.split()[:1] for line in said.splitlines()]
    assert project.processes() == []

    # What is valid is not executed by workers either.
    table.write_text(TABLE.replace("9", "4"))
    assert project.main("batch", str(table)) == 0
    assert [row["status"] for row in results(project)["summary.csv"]] == [
        "valid",
        "executed",
        "valid",
    ]


def test_a_worker_gets_the_declared_variables_but_no_work_to_give_away(project, table, cluster, monkeypatch):
    monkeypatch.setenv("SCHEDULER", cluster)
    table.write_text("notebook,name,N\n00_a,one,1\n")
    executed = project.build / "batches" / "rows" / "one" / "00_a.ipynb"
    for value, expected in ((None, "N is 1 None None"), ("of the user", "N is 1 of the user None")):
        if value is not None:
            monkeypatch.setenv("DECLARED", value)
        assert project.main("batch", str(table)) == 0
        assert expected in project.code_outputs(executed)


def test_a_killed_worker_is_a_failed_row_and_the_others_go_on(project, cluster, monkeypatch, capsys):
    killed = project.build / "killed"
    kill = (
        "import os, pathlib, psutil, time\n"
        "# A worker that dies takes the notebook with it: kernel, child, worker.\n"
        f"if N == 9:\n    with open({str(killed)!r}, 'a') as file:\n        print('once', file=file)\n"
        "    psutil.Process().parent().parent().kill()\n    time.sleep(1000)"
    )
    project.notebook("00_a", "x = 1", kill, parameters="N = 0")
    monkeypatch.setenv("SCHEDULER", cluster)
    assert project.main("batch", str(project.write("rows.csv", TABLE))) == 1
    summary = results(project)["summary.csv"]
    assert [row["status"] for row in summary] == ["executed", "failed", "executed"]
    assert "lost with the worker" in summary[1]["message"]
    assert killed.read_text().split() == ["once"], "a lost row was executed a second time"
    wait_until(lambda: not project.processes())


def test_a_measuring_row_is_alone_on_its_machine(project, monkeypatch):
    here = f"import pathlib, time\nhere = pathlib.Path({str(project.build)!r})\n"
    runs = f"{here}(here / f'running-{{N}}').touch()\ntime.sleep(1)\n(here / f'running-{{N}}').unlink()"
    project.notebook("00_a", runs, parameters="N = 0")
    project.notebook("01_b", f"{here}time.sleep(1)\nassert not list(here.glob('running-*'))", alone=True)
    monkeypatch.setenv("SCHEDULER", "local")
    table = project.write("rows.csv", "notebook,N\n00,1\n01,\n00,2\n00,3\n")
    assert project.main("batch", str(table)) == 0


def test_another_machine_goes_on_beside_a_measuring_row(project, monkeypatch):
    here = f"import pathlib, time\nhere = pathlib.Path({str(project.build)!r})\n"
    meets = "(here / {own!r}).touch()\nwhile not (here / {other!r}).exists():\n    time.sleep(0.05)"
    project.notebook("00_a", here + meets.format(own="plain", other="measuring"))
    project.notebook("01_b", here + meets.format(own="measuring", other="plain"), alone=True)
    monkeypatch.setattr(batch, "places", lambda *_: contextlib.nullcontext([Here(1), Here(1)]))
    table = project.write("rows.csv", "notebook,name\n00,\n01,\n")
    assert project.main("batch", str(table), "--cell-timeout", "60") == 0


@pytest.mark.parametrize("scheduler", ["somewhere", "tcp://127.0.0.1:1"])
def test_a_scheduler_that_is_none_is_refused_before_anything_runs(project, table, monkeypatch, capsys, scheduler):
    monkeypatch.setenv("SCHEDULER", scheduler)
    monkeypatch.setattr("helpers.scheduling._CONNECT_SECONDS", 1)
    assert project.main("batch", str(table)) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert not (project.build / "batches").exists()


@pytest.mark.parametrize("kind", ["local", "address"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_batch_leaves_no_process(project, request, monkeypatch, kind, number):
    pids = project.build / "pids.txt"
    hang = (
        "import os, time\n"
        f"with open({str(pids)!r}, 'w') as file:\n    print(os.getppid(), os.getpid(), 'end', file=file)\n"
        "time.sleep(1000)"
    )
    project.notebook("00_a", hang, parameters="N = 0")
    table = project.write("rows.csv", "notebook,N\n00_a,1\n")
    monkeypatch.setenv("SCHEDULER", "local" if kind == "local" else request.getfixturevalue("cluster"))
    command = (
        "import signal, sys, pathlib; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from helpers.series.__main__ import main; sys.exit(main(['batch', sys.argv[2]], pathlib.Path(sys.argv[1])))"
    )
    runner = subprocess.Popen(
        [sys.executable, "-c", command, str(project.root), str(table)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(lambda: pids.exists() and "end" in pids.read_text())
        workers = psutil.Process(runner.pid).children(recursive=True)
        if number == signal.SIGINT:
            os.killpg(runner.pid, number)  # as a terminal does: the workers of `local` get it as well
        else:
            runner.kill()
        said = runner.communicate(timeout=120)[1]
        wait_until(lambda: not project.processes())
        wait_until(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in workers))
    finally:
        runner.kill()
        runner.wait()
    if number == signal.SIGINT:
        assert runner.returncode == 130
        assert "Traceback" not in said
        assert said.strip().endswith("the same command goes on from there")
    assert not list((project.build / "batches").rglob("record.json"))
