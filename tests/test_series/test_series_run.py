"""Running the series: order, side by side and alone, resuming, failures."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from helpers.series.keys import Keys
from helpers.series.records import read_record, what_changed
from helpers.series.run import table
from helpers.series.schedule import Job, Outcome, startable

LEDGER = (
    "import json, os, pathlib\n"
    "folder = pathlib.Path(os.environ['LEDGER_DIR'])\n"
    "(folder / '{name}.json').write_text(json.dumps([{{'claim': '{name}'}}]))"
)


def valid(project, name):
    series = project.series()
    records = {each: record for each in series.notebooks if (record := read_record(series.record(each)))}
    keys = Keys(series, {each: record.parameters for each, record in records.items()})
    return name in records and not what_changed(records[name], keys.facts(name), series.executed(name), series.build)


def test_a_second_run_executes_nothing_and_a_change_only_what_depends_on_it(project, capsys):
    project.write("helpers/used.py", "")
    kept = f"open({str(project.build / 'kept.bin')!r}, 'w').close()"
    use = "def later():\n    import helpers.used"
    project.notebook(
        "00_a", project.say("a"), kept, LEDGER.format(name="00_a"), parameters="N = 1", outputs=["kept.bin"]
    )
    project.notebook("01_b", project.say("b"), use, "print(__import__('os').getcwd())", needs=["00_a"])
    project.notebook("02_c", project.say("c"), LEDGER.format(name="02_c"))
    project.notebook("solutions/01_b", "1 / 0")
    assert project.main("run") == 0
    assert sorted(project.said()) == ["a", "b", "c"]
    assert project.json("ledger.json") == [{"claim": "00_a"}, {"claim": "02_c"}]
    assert (project.build / "site" / "index.html").is_file()
    assert str(project.root / "notebooks") in project.code_outputs(project.build / "notebooks/01_b.ipynb")
    assert sorted(path.name for path in (project.build / "series").iterdir()) == ["00_a.json", "01_b.json", "02_c.json"]

    capsys.readouterr()
    assert project.main("run") == 0
    assert project.said() == []
    assert capsys.readouterr().out.count("valid from an earlier run") == 3

    project.write("helpers/used.py", "# changed")
    (project.build / "kept.bin").unlink()
    with (project.build / "notebooks/02_c.ipynb").open("a") as edited:
        edited.write("\n")
    assert [valid(project, name) for name in ("00_a", "01_b", "02_c")] == [False, False, False]
    assert project.main("run", "01") == 0
    assert project.said() == ["a", "b"]
    printed = capsys.readouterr().out
    assert "00_a runs again; gone from the build folder, or written by others: kept.bin" in printed
    assert "01_b runs again; changed: helpers/used.py" in printed

    (project.build / "ledger/00_a.json").write_text("[]")
    assert not valid(project, "00_a")
    (project.build / "ledger/00_a.json").unlink()
    assert not valid(project, "00_a")
    assert project.main("run", "00", "-p", "N=2") == 0
    assert project.said() == ["a"]
    assert read_record(project.series().record("00_a")).parameters == {"N": 2}
    assert valid(project, "00_a")
    assert not valid(project, "01_b")


def test_fresh_executes_what_is_named_again(project):
    project.notebook("00_a", project.say("a"))
    project.notebook("solutions/00_a", project.say("solution"), LEDGER.format(name="00_a"), needs=["00_a"])
    assert project.main("run", "solutions/00_a") == 0
    assert project.main("run", "solutions/00_a", "--fresh") == 0
    assert project.said() == ["a", "solution", "solution"]
    assert project.json("ledger.json") == []


def test_the_minutes_of_each_notebook_and_of_all_are_told(project, capsys):
    outcomes = {
        "00_a": Outcome("executed", 1.26),
        "01_b": Outcome("valid", 2.5, "valid from an earlier run"),
        "02_c": Outcome("failed", 0.04, "failed in code cell 1"),
        "03_d": Outcome("not run", message="it needs 02_c"),
    }
    assert table(outcomes).splitlines() == [
        "notebook  minutes  outcome",
        "00_a          1.3  executed",
        "01_b          2.5  valid from an earlier run",
        "02_c          0.0  failed",
        "03_d               not run: it needs 02_c",
        "in all        3.8",
    ]
    project.notebook("00_a", "x = 1")
    for again in ("executed", "valid from an earlier run"):
        assert project.main("run", "--jobs", "1") == 0
        printed = capsys.readouterr().out
        assert re.search(rf"^00_a +\d+\.\d  {again}$", printed, flags=re.MULTILINE)
        assert re.search(r"^this run took \d+\.\d minutes; notebooks side by side: 1$", printed, flags=re.MULTILINE)


def test_independent_notebooks_run_side_by_side_and_measuring_ones_alone(project):
    start = f"import pathlib, time\nhere = pathlib.Path({str(project.build)!r})"

    def meets(own, other):
        """Code that ends only while the other runs as well."""
        return (
            f"{start}\n(here / 'running-{own}').touch()\n(here / 'met-{own}').touch()\n"
            f"while not (here / 'met-{other}').exists():\n    time.sleep(0.05)\n(here / 'running-{own}').unlink()"
        )

    project.notebook("00_left", meets("left", "right"))
    project.notebook("01_measures", f"{start}\nassert not list(here.glob('running-*'))", alone=True)
    project.notebook("02_right", meets("right", "left"))
    # 00 waits for 02, which 01 must not keep waiting.
    assert project.main("run", "--jobs", "3", "--cell-timeout", "60") == 0


def test_what_may_start_beside_what(project):
    for number, declared in enumerate([{}, {"alone": True}, {}, {"needs": ["00_x"]}, {"alone": True}]):
        project.notebook(f"0{number}_x", **declared)
    series, here = project.series(), Path()
    jobs = {
        name[:2]: Job(name, each, {}, {}, each.declared.needs, here, here, here, here)
        for name, each in series.notebooks.items()
    }

    def starts(waiting, running=(), done=(), side_by_side=3):
        outcomes = {jobs[number].name: Outcome("executed") for number in done}
        chosen = startable([jobs[n] for n in waiting], outcomes, [jobs[n] for n in running], side_by_side)
        return [job.name[:2] for job in chosen]

    assert starts(["00", "01", "02", "03"]) == ["00", "02"]
    assert starts(["01", "03"], running=["02"], done=["00"]) == ["03"]
    assert starts(["00", "01", "02"], side_by_side=1) == ["00"]
    assert starts(["01", "02", "04"]) == ["01"]
    assert starts(["02", "04"], running=["01"]) == []
    assert starts(["03"], running=["00"]) == []


def test_a_failure_names_its_cell_and_stops_only_what_needs_it(project, capsys):
    project.notebook("00_a", "x = 1", "# why\nraise ValueError('not \\x1b[31mred')", parameters="N = 1")
    project.notebook("01_b", project.say("b"), needs=["00_a"])
    project.notebook("02_c", project.say("c"), needs=["01_b"])
    project.notebook("03_d", project.say("d"))
    project.write("build/ledger/03_d.json", '[{"claim": "of an earlier version, which wrote rows"}]')
    assert project.main("run", "-p", "N=2") == 1
    assert project.json("ledger.json") == []
    assert project.said() == ["d"]
    printed = capsys.readouterr().out
    assert "00_a failed in code cell 3 (# why):\n  ValueError: not red\n  partly executed: " in printed
    assert "not run: it needs 00_a" in printed
    assert "not run: it needs 01_b" in printed
    assert (project.build / "notebooks/failed/00_a.ipynb").is_file()
    assert not (project.build / "notebooks/00_a.ipynb").exists()
    assert valid(project, "03_d")
    assert not valid(project, "00_a")

    project.notebook("00_a", "x = 1", parameters="N = 1")
    assert project.main("run", "01") == 0
    assert project.said() == ["b"]
    assert not (project.build / "notebooks/failed/00_a.ipynb").exists()


@pytest.mark.parametrize(
    ("cell", "options", "message"),
    [
        ("import os\nos.kill(os.getpid(), 9)", [], "DeadKernelError: the kernel was killed"),
        (
            "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(600)",
            [],
            "the process that executed it was killed",
        ),
        ("import time\ntime.sleep(600)", ["--cell-timeout", "2"], "the cell was still running after 2 s"),
        ("import time\ntime.sleep(600)", ["--timeout", "5"], "the notebook was still running after 5 s"),
        ("import sys\nsys.exit()", [], "the cell ended the notebook before its last cell"),
    ],
    ids=["killed kernel", "killed child", "hanging cell", "hanging notebook", "early exit"],
)
def test_no_end_is_silent(project, capsys, cell, options, message):
    project.notebook("00_a", "x = 1", cell, "y = 2")
    assert project.main("run", *options) == 1
    assert f"00_a failed in code cell 2 ({cell.splitlines()[0]}):\n  {message}" in capsys.readouterr().out
    assert [path.name for path in (project.build / "series").iterdir()] == []
    assert project.processes() == []


def test_an_undelivered_output_and_an_absent_input_are_reported(project, capsys):
    project.notebook("00_a", "x = 1", inputs=["data/gone"], outputs=["models/x.bin"])
    assert project.main("run") == 1
    printed = capsys.readouterr().out
    assert "did not leave in" in printed
    assert "models/x.bin" in printed
    assert "00_a declares the input data/gone, which does not exist" in printed


def test_kernels_use_this_environment_and_leave_the_home_folder_alone(project, monkeypatch, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MPLBACKEND", "agg")
    project.notebook(
        "00_a", "import os, sys\nprint(sys.prefix, os.environ['PYTHONHASHSEED'], os.environ.get('MPLBACKEND') == 'agg')"
    )
    assert project.main("run") == 0
    assert f"{sys.prefix} 0 False" in project.code_outputs(project.build / "notebooks/00_a.ipynb")
    assert list(home.iterdir()) == []


def test_the_environment_is_printed_for_other_tools(project, capsys):
    assert project.main("env") == 0
    assert f"IPYTHONDIR={project.build / 'jupyter' / 'ipython'}" in capsys.readouterr().out.splitlines()
