"""Ending a process with everything that it started, wherever it went."""

from __future__ import annotations

import contextlib
import os

import psutil

# Every process started for a notebook inherits this variable, so even one whose parent is gone is found.
MARK = "SERIES_EXECUTION"


def end_all(root: int | None, mark: str) -> None:
    """Kill a process, its descendants, and every process whose environment carries a mark; wait until they are gone.

    A kernel runs in a session of its own, so ending the process group would not be enough. The caller itself is spared.

    Args:
        root: the process to begin with; None for a process that has ended, of which only the marked ones remain.
        mark: the value of the variable `MARK` in their environment.
    """
    for _ in range(5):
        found = {each for each in _descendants(root) | _marked(mark) if each.pid != os.getpid()}
        if not found:
            return
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, timeout=5)


def _descendants(root: int | None) -> set[psutil.Process]:
    if root is None:
        return set()
    try:
        process = psutil.Process(root)
        return {each for each in [process, *process.children(recursive=True)] if _alive(each)}
    except psutil.NoSuchProcess:
        return set()


def _marked(mark: str) -> set[psutil.Process]:
    found = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and _alive(process):
                found.add(process)
        except (psutil.Error, OSError):
            continue
    return found


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
