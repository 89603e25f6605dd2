"""One notebook, executed in a process of its own that can be watched, limited and ended."""

from __future__ import annotations

import json
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from helpers.series.child import Order, Result
from helpers.series.environment import Settings
from helpers.series.nodes import code_cells, first_line, parse
from helpers.series.places import LOG, LOST, Here, Place


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds."""

    cell: int = 3600
    notebook: int = 4 * 3600


@dataclass(frozen=True)
class Ended:
    """How an execution ended: `failure` is empty, or names the cell, the error and its message."""

    failure: str
    seconds: float


class Execution:
    """A notebook being executed. Use it as a context manager: at the end of the block none of its processes is left.

    `notebook` is the executed notebook, which grows cell by cell; it vanishes with the block, so take it before.
    """

    def __init__(
        self,
        source: Path,
        parameters: Mapping[str, object],
        settings: Settings,
        scratch: Path,
        limits: Limits,
        place: Place | None = None,
    ) -> None:
        """Start the execution.

        Args:
            source: the notebook; it is not changed.
            parameters: what to inject after its `parameters` cell.
            settings: what the environment of its kernel must have; see `helpers.series.environment`.
            scratch: a folder of the same file system as the result's place, for a temporary folder.
            limits: when to give up.
            place: what executes it; this machine unless given.
        """
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=scratch, prefix=f".{source.stem}-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self.notebook = folder / "notebook.ipynb"
        self._result = folder / "result.json"
        self._log = folder / LOG
        self._limits = limits
        self._seen: NotebookNode | None = None
        self._seen_at = 0
        order: Order = {
            "source": str(source),
            "folder": str(folder),
            "directory": str(source.parent),
            "parameters": dict(parameters),
            "cell_timeout": limits.cell,
        }
        self._began = time.monotonic()
        try:
            self._child = (place or Here()).start(order, settings)
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Execution:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End whatever is left of the execution and remove its temporary folder."""
        self._child.end()
        self._folder.cleanup()

    def cells_done(self) -> int:
        """How many code cells have run to their end."""
        node = self._look()
        return sum(1 for cell in code_cells(node) if _ended(cell)) if node else 0

    def poll(self) -> Ended | None:
        """None while the notebook is being executed, otherwise how it ended."""
        seconds = time.monotonic() - self._began
        status = self._child.status()
        if status is None:
            if seconds < self._limits.notebook:
                return None
            self._child.end()
            return Ended(
                f"{self._where()}:\n  {_too_long('the notebook', self._limits.notebook, '--timeout')}", seconds
            )
        try:
            result: Result = json.loads(self._result.read_bytes())
        except (OSError, ValueError):
            return Ended(f"{self._where()}:\n  {self._last_words(status)}", seconds)
        if not result["error"]:
            node = self._look()
            if node and not all(map(_ended, code_cells(node))):
                # papermill takes sys.exit() in a cell for success.
                return Ended(f"{self._where()}:\n  the cell ended the notebook before its last cell", seconds)
            return Ended("", seconds)
        return Ended(f"{self._where()}:\n  {self._explain(result)}", seconds)

    def wait(self) -> Ended:
        """Wait for the end."""
        while (ended := self.poll()) is None:
            time.sleep(0.2)
        return ended

    def _look(self) -> NotebookNode | None:
        """The notebook as last saved; papermill rewrites it in place, so a half-written one is passed over."""
        try:
            changed = self.notebook.stat().st_mtime_ns
            if changed != self._seen_at:
                self._seen = parse(self.notebook.read_text(encoding="utf-8"))
                self._seen_at = changed
        except (OSError, ValueError):
            pass
        return self._seen

    def _where(self) -> str:
        """The cell the execution has come to.

        papermill marks all cells as completed when the kernel dies, but only those that began have a time of beginning.
        """
        node = self._look()
        begun = [
            (number, cell)
            for number, cell in enumerate(code_cells(node) if node else [], start=1)
            if cell.metadata.get("papermill", {}).get("start_time")
        ]
        if not begun:
            return "failed before its first code cell"
        number, cell = begun[-1]
        return f"failed in code cell {number} ({first_line(cell.source)})"

    def _explain(self, result: Result) -> str:
        match result["error"]:
            case "CellTimeoutError":
                return _too_long("the cell", self._limits.cell, "--cell-timeout")
            case "DeadKernelError":
                return "DeadKernelError: the kernel was killed or crashed, often because memory ran out"
            case name:
                lines = str(strip_ansi(result["message"])).strip().splitlines()  # type: ignore[no-untyped-call]
                return "\n  ".join([f"{name}: {lines[0] if lines else ''}".rstrip(": "), *lines[1:20]])

    def _last_words(self, status: int) -> str:
        """For a process that ended without a result."""
        try:
            log = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
        except OSError:  # a lost process takes its folder with it
            log = []
        if status == LOST:
            how = "is lost with the worker that had it, which was killed or cut off, often because memory ran out"
        elif status < 0:
            how = f"was killed by {signal.Signals(-status).name}, often because memory ran out"
        else:
            how = f"ended with status {status} and no result"
        return "\n  ".join([f"the process that executed it {how}", *log])


def _ended(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("papermill", {}).get("end_time"))


def _too_long(what: str, seconds: int, option: str) -> str:
    return f"{what} was still running after {seconds} s and was ended; allow more by {option}"
