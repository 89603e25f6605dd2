"""The command line: `python -m helpers.ilsvrc --help`."""

from __future__ import annotations

import argparse
import sys

from helpers.errors import DataError, DeploymentError
from helpers.ilsvrc.evaluation import Evaluation, evaluate
from helpers.ilsvrc.folder import VARIABLE, IlsvrcFolder, given_ilsvrc, open_ilsvrc
from helpers.ilsvrc.label_files import OFFICIAL_IMAGES
from helpers.ilsvrc.label_orders import ORDER_TITLES, ORDERS
from helpers.scheduling import scheduler_setting

_SHOWN_FAILURES = 20


def main(arguments: list[str] | None = None) -> None:
    """Evaluate a model on a folder and print the accuracies; errors are one line, and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.ilsvrc",
        description="A model's accuracy on ILSVRC-2012's validation images, or on some of them.",
    )
    parser.add_argument(
        "folder", nargs="?", help=f"the folder of the images; without it, the one that {VARIABLE} names"
    )
    parser.add_argument("--model", default="squeezenet")
    parser.add_argument("--engine", default="litert")
    parser.add_argument("--weights", default="offline", help="offline, imagenet, or the path of a Keras file")
    parser.add_argument("--scheduler", help="local, or the address of a Dask scheduler; by default what SCHEDULER says")
    parser.add_argument("--workers", type=int, help="how many workers of Dask")
    parser.add_argument("--limit", type=int, help="only the first so many images")
    parser.add_argument(
        "--order", choices=ORDERS, help="the order of the classes in the label file, if not its usual one"
    )
    parser.add_argument("--labels", help="the label file, if it lies elsewhere")
    chosen = parser.parse_args(arguments)
    try:
        folder = open_ilsvrc(chosen.folder, chosen.order, chosen.labels) if chosen.folder else given_ilsvrc()
        if folder is None:
            raise DataError(f"expected a folder, as an argument or in {VARIABLE}; received none; name one")
        _print_folder(folder)
        done = evaluate(
            folder,
            chosen.model,
            chosen.engine,
            chosen.weights,
            scheduler=chosen.scheduler or scheduler_setting(),
            workers=chosen.workers,
            limit=chosen.limit,
            progress=True,
        )
    except DeploymentError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted; run it again to go on, what is done is kept", file=sys.stderr)
        sys.exit(130)
    _print_result(done)


def _print_folder(folder: IlsvrcFolder) -> None:
    labels = folder.label_file.name if folder.label_file else folder.layout
    print(
        f"{len(folder):,} images of {OFFICIAL_IMAGES:,} in {folder.path}; "
        f"labels: {labels}, {ORDER_TITLES[folder.order]}"
    )


def _print_result(done: Evaluation) -> None:
    print(f"{done.model}, {done.engine}: {done.top1.total:,} images, {done.computed:,} of them computed now")
    for title, accuracy in (("top-1", done.top1), ("top-5", done.top5)):
        low, high = accuracy.interval
        print(f"{title}: {accuracy.percent:.2f} % (95 % interval {low:.2f} to {high:.2f}), {accuracy.correct:,} right")
    if done.failures:
        print(f"not counted, because they cannot be used: {len(done.failures)}")
        for name, reason in done.failures[:_SHOWN_FAILURES]:
            print(f"  {name}: {reason}")
    print(done.table)


if __name__ == "__main__":
    main()
