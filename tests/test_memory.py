"""The peak of a process is its own, whoever started it."""

from __future__ import annotations

import subprocess
import sys

from helpers.memory import peak_memory_bytes

_CHILD = "from helpers.memory import peak_memory_bytes; print(peak_memory_bytes())"


def test_what_a_process_used_shows_and_stays() -> None:
    before = peak_memory_bytes()
    block = bytearray(before + 50_000_000)
    block[::4096] = b"x" * len(block[::4096])
    del block
    assert peak_memory_bytes() > before + 50_000_000


def test_a_child_does_not_inherit_the_peak() -> None:
    block = bytearray(400_000_000)
    block[::4096] = b"x" * len(block[::4096])
    done = subprocess.run([sys.executable, "-c", _CHILD], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 350_000_000
