"""One run of a command of an app's core on this machine, whichever language the core is written in.

Both cores have the same command line: `pipeline` (paper, section III.B), `benchmark` and `validate` take a model's
folder and settings, and write a run log, as a phone does. Where they need frames, a camera is made up: it gives noise
of 640 x 480 pixels, or of the network's own size where it has no resize rule; the screen costs nothing. What the
command line refuses, it says in one line.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from helpers.artifacts import build_model
from helpers.errors import LaneError, ModelFileError
from helpers.files import build_dir, ensure_folder
from helpers.lanes.programs import run_program
from helpers.runs.run_log import RunLog, load_run_log

Mode = Literal["single", "multi"]
Command = Literal["pipeline", "benchmark", "validate"]

_LONGEST_SECONDS = 600
_CAMERA = "640x480"
# How the command line ends when it refuses something, with one line that says why.
_REFUSED = 2


@dataclass(frozen=True)
class PipelineProgram:
    """A core's command line.

    Attributes:
        start: gives the words that start it; called when all that is known without it has been checked.
        name: what messages call it, such as "Java".
        owner: whose run it is, such as "the iOS app's pipeline for lenet".
        advice: what to do when the process dies.
    """

    start: Callable[[], tuple[str, ...]]
    name: str
    owner: str
    advice: str


def run_pipeline(
    program: PipelineProgram,
    model: str,
    file_format: str,
    mode: Mode,
    seconds: int,
    settings: Mapping[str, object],
    weights: str | Path,
) -> RunLog:
    """Run a pipeline for some seconds, and read its log.

    Args:
        program: the command line.
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        file_format: which of its files must be there.
        mode: `single` or `multi`.
        seconds: how long, 1 to 600.
        settings: further arguments by name.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.

    Raises:
        LaneError: the process died, or what it needs is not here.
        ModelFileError: an argument that is refused, or a model that it cannot run.
    """
    check_seconds(seconds)
    arguments = {"mode": mode, "seconds": seconds, **settings}
    return run_command(program, "pipeline", model, file_format, arguments, weights, f"the {mode} pipeline of {model}")


def check_seconds(seconds: int) -> None:
    """Refuse a length of a run that is not 1 to 600 whole seconds.

    Raises:
        ModelFileError: it is not.
    """
    # To Python, True is the number 1.
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= _LONGEST_SECONDS:
        raise ModelFileError(f"expected 1 to {_LONGEST_SECONDS} whole seconds; received {seconds!r}")


def run_command(
    program: PipelineProgram,
    command: Command,
    model: str,
    file_format: str,
    settings: Mapping[str, object],
    weights: str | Path,
    title: str,
) -> RunLog:
    """Run one command of a core, and read its log.

    Args:
        program: the command line.
        command: what to run; to `pipeline` and `benchmark`, the camera's size is told here.
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        file_format: which of its files must be there.
        settings: further arguments by name.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        title: what messages call the run.

    Raises:
        LaneError: the process died, or what it needs is not here.
        ModelFileError: an argument that is refused, or a model that it cannot run.
    """
    manifest, folder = build_model(model, weights, [file_format])
    start = program.start()
    arguments: dict[str, object] = {"model": folder, **settings}
    if command != "validate":
        size = manifest.input
        arguments["size"] = _CAMERA if size.resize else f"{size.width}x{size.height}"
    # Below the build folder, which the program sees, wherever it is entered.
    with tempfile.TemporaryDirectory(prefix="run-", dir=ensure_folder(build_dir())) as place:
        log = Path(place) / "run.json"
        words = (word for name, value in (*arguments.items(), ("log", log)) for word in (f"--{name}", _word(value)))
        done = run_program((*start, command, *words), f"run {title}", check=False)
        if done.returncode == 0:
            return load_run_log(log)
    # A runtime may have said more before it.
    reason = re.findall(r"^error: (.*)$", done.stderr, re.MULTILINE)
    if done.returncode == _REFUSED and reason:
        raise ModelFileError(f"{program.owner}: {reason[-1]}")
    said = " | ".join(line.strip() for line in done.stderr.splitlines()[-4:] if line.strip()) or "nothing"
    raise LaneError(
        f"could not run {title}: {program.name} ended with {done.returncode} and said '{said}'; {program.advice}"
    )


def _word(value: object) -> str:
    """A value as the command line takes it: the shortest digits that mean the number, and no exponent."""
    return f"{Decimal(str(value)):f}" if isinstance(value, float) else str(value)
