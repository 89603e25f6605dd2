"""Run other programs to their end, and turn their failures into one clear error."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from helpers.errors import LaneError

# Seconds that one program may take, downloads included.
STEP_SECONDS = 1200


def run_program(
    command: tuple[str, ...], purpose: str, advice: str = "", context: Sequence[str] = (), check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with no input and its messages in English.

    Raises:
        LaneError: it took too long, or failed where `check` is set; the message has `context`, the end of what the
            program said, and `advice`.
    """
    # A user's pip may be set to install for the user, which pip does not allow together with a folder.
    environment = os.environ | {"LC_ALL": "C.UTF-8", "PIP_USER": "0"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=STEP_SECONDS,
        )
    except OSError as error:
        raise LaneError(
            f"could not {purpose}: {command[0]} does not start: {error.strerror}" + (f"; {advice}" if advice else "")
        ) from error
    except subprocess.TimeoutExpired as error:
        raise LaneError(f"could not {purpose}: no end within {STEP_SECONDS} s; {advice}") from error
    if check and done.returncode:
        tail = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()][-4:]
        raise LaneError(
            f"could not {purpose}: {Path(command[0]).name} ended with {done.returncode} and said "
            f"'{' | '.join((*context, *tail))}'" + (f"; {advice}" if advice else "")
        )
    return done
