"""The process that executes one notebook by papermill: `python -m helpers.series.child`.

It reads one line of JSON, an `Order`, from its standard input, and writes the result beside the executed notebook.
Its standard input stays open as long as the process that gave the order lives: when it closes, even because that
process was killed outright, this one ends with its kernel.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import TypedDict

from helpers.files import write_text
from helpers.series.processes import MARK, end_all


class Order(TypedDict):
    """What to execute."""

    source: str
    """The notebook."""
    folder: str
    """An empty folder that takes `notebook.ipynb` and `result.json`; it vanishes if the giver of the order does."""
    directory: str
    """The kernel's working directory."""
    parameters: dict[str, object]
    cell_timeout: int


class Result(TypedDict):
    """How it ended: both empty when all went well."""

    error: str
    message: str


def main() -> int:
    """Execute the notebook of the order; 0 when all its cells ran."""
    order: Order = json.loads(sys.stdin.readline())
    folder = Path(order["folder"])
    left_alone = threading.Event()
    guard = threading.Thread(target=_end_when_left_alone, args=[folder, left_alone], daemon=True)
    guard.start()
    result = execute(order)
    if left_alone.is_set():
        guard.join()
    write_text(folder / "result.json", json.dumps(result))
    return 1 if result["error"] else 0


def execute(order: Order) -> Result:
    """Execute a notebook; whatever goes wrong becomes part of the result."""
    # jsonschema would compile a grammar of web addresses, about a second, for a check that notebooks do not use.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import papermill

    # papermill fills in {placeholders} in paths; these paths have none.
    source, target = (
        path.replace("{", "{{").replace("}", "}}") for path in (order["source"], f"{order['folder']}/notebook.ipynb")
    )
    # Kernels that start at the same moment can take each other's ports; one that then does not answer is started again.
    for attempts_left in (2, 1, 0):
        try:
            papermill.execute_notebook(
                source,
                target,
                parameters=order["parameters"],
                kernel_name="python3",
                language="python",
                cwd=order["directory"],
                progress_bar=False,
                start_timeout=100,
                execution_timeout=order["cell_timeout"],
                coalesce_streams=True,
            )
        except papermill.PapermillExecutionError as error:
            return {"error": error.ename, "message": str(error.evalue)}
        except Exception as error:
            if attempts_left and "Kernel didn't respond" in str(error):
                continue
            return {"error": type(error).__name__, "message": str(error)}
        break
    return {"error": "", "message": ""}


def _end_when_left_alone(folder: Path, left_alone: threading.Event) -> None:
    sys.stdin.read()
    left_alone.set()
    end_all(os.getpid(), os.environ.get(MARK, ""))
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
