"""The machine that a measurement was made on, for run logs and results of this process: a PC, never a phone."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

from helpers.runs.run_log_parts import Device

_CPU_INFO = Path("/proc/cpuinfo")


def this_machine() -> Device:
    """The processor's name, the system, and the cores, as far as the system tells.

    `cores` are those that this process may use, as the JVM counts them too; a container may have fewer than the
    machine.
    """
    name = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return Device(
        manufacturer="Apple" if name == "macOS" else "unknown",
        model=_processor()[:300],
        soc=None,
        os=name or "unknown",
        os_version=f"{platform.release() or 'unknown'}, Python {platform.python_version()}"[:300],
        cores=usable_cores(),
    )


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        with _CPU_INFO.open(encoding="utf-8", errors="replace") as stream:
            named = re.search(r"^model name\s*:\s*(\S.*)$", stream.read(2**16), re.MULTILINE)
    except OSError:
        # Not Linux: what it does not tell stays unknown.
        named = None
    return named.group(1).strip() if named else platform.processor() or platform.machine() or "unknown"
