"""The command line: `python -m helpers.series --help`."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import DeploymentError, LaneError, SeriesError
from helpers.files import PROJECT
from helpers.series.environment import kernel_environment
from helpers.series.execution import Limits
from helpers.series.plan import read_series

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Run a command.

    Args:
        arguments: of the command line; `sys.argv` unless given.
        project: the folder that holds `notebooks/`, `helpers/` and `data/`.

    Returns:
        0 when all is well, 1 when a notebook failed, 2 when something was asked for that cannot be, 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        with _stopped_like_ctrl_c():
            return _run(options, project)
    except (LaneError, SeriesError) as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USE
    except (DeploymentError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\ninterrupted; what had finished is valid, and the same command goes on from there", file=sys.stderr)
        return INTERRUPTED


def _run(options: argparse.Namespace, project: Path) -> int:
    # Each command imports what it needs, so that the light ones start at once.
    if options.command == "env":
        for name, value in kernel_environment().items():
            print(f"{name}={shlex.quote(value)}")
        return 0
    series = read_series(project)
    match options.command:
        case "run":
            from helpers.series.run import run_series, succeeded

            limits = Limits(options.cell_timeout, options.timeout)
            outcomes = run_series(series, options.names, options.parameters, options.fresh, options.jobs, limits)
            return 0 if succeeded(outcomes) else FAILED
        case "batch":
            from helpers.series.batch import run_batch
            from helpers.series.run import succeeded

            limits = Limits(options.cell_timeout, options.timeout)
            outcomes = run_batch(series, options.table, options.fresh, options.jobs, limits)
            return 0 if succeeded(outcomes) else FAILED
        case "refresh":
            from helpers.series.refresh import refresh

            limits = Limits(options.cell_timeout, options.timeout)
            print(f"refreshed {os.path.relpath(refresh(series, options.name, options.parameters, limits))}")
        case "site":
            from helpers.series.site import build_site

            print(build_site(series))
        case "nav":
            from helpers.series.navigation import write_navigation

            for path in write_navigation(series):
                print(f"updated {os.path.relpath(path)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.series", description="Run the notebooks, and look after them."
    )
    commands = parser.add_subparsers(dest="command", required=True)

    limits = argparse.ArgumentParser(add_help=False)
    standard = Limits()
    limits.add_argument(
        "--cell-timeout", type=_positive, default=standard.cell, metavar="S", help="seconds for a cell (%(default)s)"
    )
    limits.add_argument(
        "--timeout", type=_positive, default=standard.notebook, metavar="S", help="seconds for a notebook (%(default)s)"
    )
    many = argparse.ArgumentParser(add_help=False)
    many.add_argument("--fresh", action="store_true", help="execute again what is valid from an earlier run")
    many.add_argument("--jobs", type=_positive, metavar="N", help="how many side by side (2, or 1 on one core)")
    parameters = argparse.ArgumentParser(add_help=False)
    parameters.add_argument(
        "-p", dest="parameters", action="append", default=[], metavar="[NOTEBOOK.]NAME=VALUE", help="set a parameter"
    )

    run = commands.add_parser("run", parents=[parameters, many, limits], help="run the series, or some notebooks of it")
    run.add_argument("names", nargs="*", help="such as 02 or 02_lenet_on_mnist; what they need runs too")
    batch = commands.add_parser(
        "batch", parents=[many, limits], help="run a table of parameter sets, with SCHEDULER on Dask workers"
    )
    batch.add_argument("table", type=Path, help="a CSV or YAML file")
    refresh = commands.add_parser("refresh", parents=[parameters, limits], help="store a notebook's outputs anew in it")
    refresh.add_argument("name", help="such as 02")
    commands.add_parser("site", help="write the HTML pages of the executed notebooks")
    commands.add_parser("nav", help="write the links between the notebooks into them")
    commands.add_parser("env", help="print the environment of the kernels as NAME=VALUE lines")
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a positive number, received {text}")
    return value


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """Let a polite request to end, or a closed terminal, stop a run in order; nohup's wish to ignore one is kept."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
