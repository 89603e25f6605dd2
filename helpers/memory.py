"""A process's memory: its peak, and what a conversion has used given back to the system."""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from pathlib import Path


def give_back_memory() -> None:
    """Free what nobody uses any more, and return it to the system where the C library can do that.

    TensorFlow's graphs are held together by reference cycles, and the C library of Linux keeps freed memory for later:
    after ResNet50's conversion a process holds 4.6 GB of which it needs 1.2. Two notebooks side by side would not fit
    into 8 GB.
    """
    gc.collect()
    if sys.platform == "linux":
        # Not every C library of Linux has it.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def peak_memory_bytes() -> int:
    """The most memory that this process has had, in bytes.

    Linux' own mark is asked: `getrusage` would also count what the process had before it became this program, which is
    the memory of the one that started it.
    """
    if sys.platform == "linux":
        found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
        if found:
            return 1024 * int(found[1])
    import resource  # Windows has none

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
