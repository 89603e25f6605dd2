"""What a run in this process takes of the machine: time, CPU time, which thread took it, and memory.

One definition of CPU use for Python, the JVM and phones (paper, section III.C.2): CPU time over (time passed x cores).
Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from helpers.runs.python_log import resources_used
from helpers.runs.run_log_parts import MOST_THREADS, Resources, ThreadCpu

_OWN = Path("/proc/self")
# Linux sets its mark of the most memory that the process had back to what it has now.
_FORGET_PEAK = "5"


class RunMeter:
    """Measures from its making to `stop`.

    Attributes:
        start_ns: the moment of `time.perf_counter_ns` at which it began.
    """

    def __init__(self) -> None:
        """Begin to measure."""
        # Not Linux, or not allowed: the most of the process's whole life stays, which holds the run's.
        with contextlib.suppress(OSError):
            (_OWN / "clear_refs").write_text(_FORGET_PEAK)
        self._threads = _thread_times()
        self._cpu_ns = time.process_time_ns()
        self.start_ns = time.perf_counter_ns()

    def stop(self, ended: Mapping[threading.Thread, int]) -> tuple[int, Resources]:
        """End the measurement.

        Args:
            ended: CPU time in nanoseconds of threads that began and ended meanwhile, as they themselves measured it.

        Returns:
            How long it took in nanoseconds, and the resources. The peak of memory is the whole process's, so also of
            what it held before; where the system cannot begin it anew, as Linux can, it is that since its start.
        """
        wall_ns = max(time.perf_counter_ns() - self.start_ns, 1)
        cpu_ns = time.process_time_ns() - self._cpu_ns
        times = [(thread.name, ns) for thread, ns in ended.items()]
        # The system may still know a thread that has ended a moment ago.
        counted = {thread.native_id for thread in ended}
        for number, (name, now_ns) in _thread_times().items():
            if number not in counted:
                times.append((name, now_ns - self._threads.get(number, ("", 0))[1]))
        times = sorted((pair for pair in times if pair[1] > 0), key=lambda pair: -pair[1])
        return wall_ns, resources_used(wall_ns, cpu_ns, _rows(times[:MOST_THREADS]) or None)


def _rows(times: list[tuple[str, int]]) -> tuple[ThreadCpu, ...]:
    """A row for each thread; of equal names the later ones are numbered."""
    rows: dict[str, ThreadCpu] = {}
    for name, cpu_ns in times:
        unique, number = name, 1
        while unique in rows:
            number += 1
            unique = f"{name} {number}"
        rows[unique] = ThreadCpu(name=unique, cpu_ns=cpu_ns)
    return tuple(rows.values())


def _thread_times() -> dict[int, tuple[str, int]]:
    """Name and CPU time in nanoseconds of each thread that the process has now, by the system's number for it."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    found = {}
    for thread in psutil.Process().threads():
        cpu_ns = round((thread.user_time + thread.system_time) * 1e9)
        found[thread.id] = (names.get(thread.id) or _system_name(thread.id), cpu_ns)
    return found


def _system_name(number: int) -> str:
    try:
        return (_OWN / "task" / str(number) / "comm").read_text(errors="replace").strip() or "thread"
    except OSError:
        # Not Linux, or the thread has just ended.
        return "thread"
