"""However a run is stopped, nothing of it stays behind, and what had finished is valid."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import psutil
import pytest

# Whoever runs the tests in the background may have had Ctrl-C ignored, and children inherit that.
COMMAND = (
    "import signal, sys, pathlib; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from helpers.series.__main__ import main; sys.exit(main(['run'], pathlib.Path(sys.argv[1])))"
)


def wait_until(condition, seconds=120):
    """Poll a condition; the limit only keeps a broken test from hanging."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "gave up waiting"
        time.sleep(0.1)


def gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_a_stopped_run_leaves_no_process_and_goes_on_later(project, number, status):
    pids = project.build / "pids.txt"
    hang = (
        "import os, subprocess, time\n"
        "far = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        f"with open({str(pids)!r}, 'w') as file:\n    print(os.getppid(), os.getpid(), far.pid, 'end', file=file)\n"
        "time.sleep(1000)"
    )
    finished = ["00_a"] if number == signal.SIGINT else []
    if finished:
        project.notebook("00_a", project.say("a"))
    project.notebook("01_b", hang, needs=finished)
    runner = subprocess.Popen([sys.executable, "-c", COMMAND, str(project.root)], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: pids.exists() and "end" in pids.read_text())
        child, kernel, far = map(int, pids.read_text().split()[:3])
        runner.send_signal(number)
        assert runner.wait(timeout=120) == status
        # Killed outright, the runner cannot end the others; they notice by themselves.
        wait_until(lambda: all(map(gone, (child, kernel, far))) and not project.processes())
        records = [f"{name}.json" for name in finished]
        wait_until(lambda: [path.name for path in (project.build / "series").iterdir()] == records)
    finally:
        runner.kill()
        runner.wait()
    if finished:
        assert project.said() == ["a"]
        project.notebook("01_b", project.say("b"), needs=finished)
        assert project.main("run") == 0
        assert project.said() == ["b"]
