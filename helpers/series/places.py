"""Where notebooks are executed: each execution is a process of its own, on this machine or on another.

`schedule` decides which notebook is executed when and at which place, a place starts its process, and `execution`
watches it. The place of a run without SCHEDULER is `Here`; `workers` has those of a Dask cluster.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from helpers.series.child import Order
from helpers.series.environment import Settings, child_environment
from helpers.series.processes import MARK, end_all

LOG = "log.txt"
# The status of a process of which nothing is known any more, because what watched it is gone.
LOST = 1000


class Child(Protocol):
    """A process that executes a notebook."""

    def status(self) -> int | None:
        """None while it runs, then its exit status: below 0 the signal that ended it, or `LOST`."""

    def end(self) -> None:
        """End whatever is left of it and of what it has started, and wait until that is gone."""


class Place(Protocol):
    """A machine that executes notebooks; those that measure time have it to themselves."""

    @property
    def slots(self) -> int:
        """How many notebooks it executes side by side."""

    def start(self, order: Order, settings: Settings) -> Child:
        """Begin to execute a notebook.

        Args:
            order: what to execute; what the process says goes into `log.txt` of the order's folder.
            settings: what its environment must have; the rest of the environment is the place's own.
        """


def default_jobs() -> int:
    """How many notebooks run side by side unless told otherwise; two, because each may hold a network and its data."""
    return min(2, os.cpu_count() or 1)


class Here:
    """This machine, without any scheduler."""

    def __init__(self, slots: int | None = None) -> None:
        """Allow so many notebooks side by side, by default `default_jobs()`."""
        self.slots = slots or default_jobs()

    def start(self, order: Order, settings: Settings) -> LocalChild:
        """Begin to execute a notebook; see `Place`."""
        return LocalChild(order, settings)


class LocalChild:
    """A process of this machine that executes a notebook: `helpers.series.child`."""

    def __init__(self, order: Order, settings: Settings) -> None:
        """Start it; see `Place.start`."""
        # The folder is this execution's alone, so its name finds every process that was started for it.
        self._mark = order["folder"]
        with (Path(order["folder"]) / LOG).open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "helpers.series.child"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**child_environment(settings), MARK: self._mark},
                # Ctrl-C in a terminal reaches this process only, which then ends the others in order.
                start_new_session=True,
            )
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order, default=str).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the process ended at once; its status will say so
        except BaseException:
            self.end()
            raise

    def status(self) -> int | None:
        """See `Child`."""
        return self._process.poll()

    def end(self) -> None:
        """See `Child`."""
        end_all(self._process.pid if self._process.poll() is None else None, self._mark)
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()
