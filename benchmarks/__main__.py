"""`make bench`: one table of ratios, and the same as JSON in `build/bench.json`, so that two runs can be compared.

python -m benchmarks                         everything, as `make bench` does
python -m benchmarks lenet swift             some groups of rows; into build/bench-lenet-swift.json
python -m benchmarks --compare OLD.json      what changed since, in build/bench.json; nothing is measured
python -m benchmarks lenet --compare OLD.json    measures, then says what changed
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.record import changes, load_record, record_of, save_record
from benchmarks.table import Row, not_measured, shown
from helpers.errors import DataError, DeploymentError
from helpers.files import build_dir

# The groups of rows, each with the module whose `rows` measures it. The quiet and short ones come first.
GROUPS = {
    "lenet": "benchmarks.lenet",
    "loadgen": "benchmarks.reference_method",
    "export": "benchmarks.export",
    "evaluation": "benchmarks.evaluation",
    "preprocessing": "benchmarks.java_preprocessing",
    "jvm": "benchmarks.jvm",
    "python": "benchmarks.python",
    "swift": "benchmarks.swift",
    "coreml": "benchmarks.coreml",
    "store": "benchmarks.models",
    "notebooks": "benchmarks.notebooks",
}
FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON; or compare.

    Args:
        arguments: of the command line; `sys.argv` unless given.

    Returns:
        0 when all is well, 1 when a file cannot be written or what was measured here not be read, 2 for wrong arguments
        (also an OLD.json that holds no benchmarks), 130 after Ctrl-C. Whether a ratio is what was needed does not
        matter: it is reported, not asserted.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios, each measured side by side.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"groups of rows: {', '.join(GROUPS)}")
    parser.add_argument("--compare", type=Path, metavar="OLD.json", help="say what changed since that run")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in GROUPS]
    if unknown:
        print(f"error: expected some of {', '.join(GROUPS)}; received {', '.join(unknown)}", file=sys.stderr)
        return WRONG_USE
    try:
        # Before anything is measured: it may take half an hour.
        old = load_record(options.compare) if options.compare else None
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USE
    try:
        chosen = list(dict.fromkeys(options.names))
        target = build_dir() / f"{'-'.join(('bench', *chosen))}.json"
        if chosen or old is None:
            measure_groups(chosen or list(GROUPS), target)
        if old is not None:
            print("\n".join(changes(old, load_record(target))) or "nothing changed beyond both spreads")
    except DeploymentError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\ninterrupted; the groups that had finished are kept", file=sys.stderr)
        return INTERRUPTED
    return 0


def measure_groups(names: Iterable[str], target: Path) -> None:
    """Measure groups of rows, print the table and write the JSON, which after each group holds what there is.

    Args:
        names: of `GROUPS`.
        target: the JSON file.

    Raises:
        ArtifactWriteError: it cannot be written.
    """
    rows: list[Row] = []
    for name in names:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        rows += guarded(name, import_module(GROUPS[name]).rows)
        save_record(record_of(rows), target)
    print(shown(rows))
    print(f"ratio: the median over the rounds; spread: the smallest and the largest. Written to {target}")


def guarded(name: str, measured: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    """A group's rows; what it cannot measure is told in a row, and the other groups go on.

    Args:
        name: the group's.
        measured: measures its rows in turn.
    """
    try:
        yield from measured()
    except Exception as error:  # whatever one group meets must not cost the others' rows
        reason = str(error) if isinstance(error, DeploymentError) else f"{type(error).__name__}: {error}"
        yield not_measured(f"{name}: the rest", "what it would be compared to", "lower", reason)


if __name__ == "__main__":
    sys.exit(main())
