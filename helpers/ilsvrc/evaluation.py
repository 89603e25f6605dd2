"""A model's accuracy on a folder of validation images: single crop, top-1 and top-5, any number of images.

Images stream through: no more than two shards of them are in memory. What is predicted is stored shard by shard
(`helpers.ilsvrc.shards`), so a killed evaluation goes on where it was, and the end is one table of all images. An image
that cannot be used is counted as neither right nor wrong: it is listed. When more than one in a hundred cannot be used,
the folder is damaged and no accuracy is told.

Taught in notebook 07_validate_accuracy (paper, section III.C.1).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from tqdm import tqdm

from helpers.accuracy import Accuracy
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import ArtifactWriteError, DataError, ModelFileError
from helpers.files import ensure_folder, remove_path, sha256_bytes, whole_file
from helpers.ilsvrc.answers import TOP, ImageAnswer
from helpers.ilsvrc.computing import EngineChoice, compute_here, compute_on_workers
from helpers.ilsvrc.folder import IlsvrcFolder
from helpers.ilsvrc.order_check import OrderCheck
from helpers.ilsvrc.shards import Shard, engine_key, plan_shards, read_shard, store_folder, write_shard
from helpers.labels import load_imagenet_labels
from helpers.scheduling import dask_client

# So many images may fail in the smallest set, and one in a hundred in a large one.
_ALLOWED_FAILURES = 10
_ALLOWED_SHARE = 100

TABLE_COLUMNS = (
    "image",
    "class",
    *(f"answer_{place}" for place in range(1, TOP + 1)),
    *(f"probability_{place}" for place in range(1, TOP + 1)),
    "failure",
)


@dataclass(frozen=True)
class Evaluation:
    """A model's accuracy on a folder's images.

    Attributes:
        model: the model's title, which says if it is untrained.
        engine: the engine's title.
        where: on what the engine ran, one of the ledger's `pc`, `jvm`, `arm-emulated`, `swift-linux`.
        top1: how often the best answer is the true class; `total` is the images that could be used.
        top5: how often the true class is among the five best.
        failures: (name, reason) of each image that could not be used, and so is not counted.
        computed: how many images were predicted by this call; the others were stored before.
        table: a CSV file of `TABLE_COLUMNS`, one row for each image in the order of the names: its path, true class,
            the five best classes and their probabilities; or why it failed.
    """

    model: str
    engine: str
    where: str
    top1: Accuracy
    top5: Accuracy
    failures: tuple[tuple[str, str], ...]
    computed: int
    table: Path


def evaluate(
    folder: IlsvrcFolder,
    model: str = "squeezenet",
    engine: str = "litert",
    weights: str | Path = "offline",
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    limit: int | None = None,
    progress: bool = False,
) -> Evaluation:
    """Evaluate a model on a folder's images, or go on with an evaluation that was interrupted.

    Args:
        folder: the images, from `helpers.ilsvrc.folder.open_ilsvrc`.
        model: the model, one whose classes are ImageNet's.
        engine: the engine, one of `helpers.engines.engine_names()`.
        weights: as `helpers.weights.choose_weights` takes them.
        scheduler: None for this process alone; `local` or the address of a Dask scheduler for its workers, which give
            the same answers to the last digit.
        workers: as `helpers.scheduling.dask_client` takes it.
        limit: only the first so many images.
        progress: show a progress bar over the images.

    Returns:
        The accuracies; the table of predictions is written.

    Raises:
        DataError: the labels are in another order than the folder says, more than one image in a hundred cannot be
            used, or `limit` is no positive number.
        ModelFileError: the model has other classes, or cannot be run.
        ArtifactWriteError: the build folder cannot be written.
        LaneError: the engine's or Dask's processes cannot be had.
    """
    if limit is not None and (type(limit) is not int or limit < 1):
        raise DataError(f"expected a limit of at least 1 image, or none; received {limit!r}")
    count = min(limit or len(folder), len(folder))
    choice = EngineChoice(engine, model, str(weights))
    with ExitStack() as stack:
        opened = stack.enter_context(open_engine(*choice))
        _check_classes(opened)
        key = engine_key(opened)
        store = store_folder(opened, key)
        stack.enter_context(_alone(store))
        shards = plan_shards(folder, store, key, count)
        tally = _Tally(folder, count)
        waiting = []
        for shard in shards:
            stored = read_shard(shard)
            if stored is None:
                waiting.append(shard)
            else:
                tally.add(shard, stored)
        tally.check()
        title = f"{opened.manifest.title}, {opened.title}"
        bar = stack.enter_context(tqdm(total=count, initial=tally.seen, desc=title, unit="image", disable=not progress))
        stored_before = tally.seen
        if scheduler is None:
            computed = compute_here(opened, folder.path, waiting)
        else:
            # The workers open engines of their own.
            opened.close()
            client = stack.enter_context(dask_client(scheduler, workers)) if waiting else None
            computed = compute_on_workers(client, choice, key, folder.path, waiting) if client else iter(())
        for shard, answers in computed:
            write_shard(shard, answers)
            tally.add(shard, answers)
            tally.check()
            bar.update(len(answers))
        return Evaluation(
            model=opened.manifest.title,
            engine=opened.title,
            where=opened.where,
            top1=Accuracy(tally.right, tally.answered),
            top5=Accuracy(tally.right_in_five, tally.answered),
            failures=tuple(sorted(tally.failures)),
            computed=count - stored_before,
            table=_write_table(folder, store, shards),
        )


class _Tally:
    """Counts what is right as the answers come, in any order."""

    def __init__(self, folder: IlsvrcFolder, count: int) -> None:
        self._folder = folder
        self._allowed = max(_ALLOWED_FAILURES, count // _ALLOWED_SHARE)
        self._order = OrderCheck(folder)
        self._count = count
        self.right = self.right_in_five = self.answered = 0
        self.failures: list[tuple[str, str]] = []

    @property
    def seen(self) -> int:
        return self.answered + len(self.failures)

    def add(self, shard: Shard, answers: Sequence[ImageAnswer]) -> None:
        for index, answer in enumerate(answers, start=shard.start):
            if answer.failure:
                self.failures.append((answer.name, answer.failure))
                continue
            true_class = int(self._folder.classes[index])
            self.answered += 1
            self.right += answer.classes[0] == true_class
            self.right_in_five += true_class in answer.classes
            self._order.add(index, answer.classes[0])

    def check(self) -> None:
        """Stop where going on would give no accuracy to believe in."""
        if len(self.failures) > self._allowed or (self.seen == self._count and not self.answered):
            name, reason = min(self.failures)
            raise DataError(
                f"expected images that can be read in {self._folder.path}; received {len(self.failures)} of "
                f"{self.seen} that cannot, the first {name}: {reason}"
            )
        self._order.check()


def _check_classes(engine: Engine) -> None:
    if engine.manifest.label_ids != tuple(label.wnid for label in load_imagenet_labels()):
        raise ModelFileError(
            f"expected a model with ImageNet's 1000 classes; received {engine.manifest.title} with "
            f"{len(engine.manifest.labels)} others; take squeezenet, for example"
        )


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """One evaluation at a time writes into a store; what a killed one left half-written is removed."""
    lock = FileLock(ensure_folder(store / "shards").parent / ".lock")
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print(f"another evaluation of the same images writes to {store.name}; waiting for it", file=sys.stderr)
            lock.acquire()
    except OSError as error:
        raise ArtifactWriteError(
            f"could not lock {store}: expected a folder that can be written, received '{error.strerror or error}'; "
            "correct its rights, or set BUILD_DIR to another folder"
        ) from error
    try:
        for leftover in (*store.glob(".predictions-*"), *store.glob("shards/.*.json")):
            remove_path(leftover)
        yield
    finally:
        lock.release()


def _write_table(folder: IlsvrcFolder, store: Path, shards: Sequence[Shard]) -> Path:
    """Merge the shards; the file's name holds what the table depends on, so that no result takes another's place."""
    names = [shard.path.name for shard in shards]
    key = sha256_bytes(repr((names, folder.classes.tobytes())).encode())
    path = store / f"predictions-{key[:16]}.csv"
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(TABLE_COLUMNS)
        for shard in shards:
            answers = read_shard(shard, with_failures=True)
            if answers is None:
                raise DataError(f"expected {shard.path} as it was just written; received another; run this again")
            for index, answer in enumerate(answers, start=shard.start):
                blank = ("",) * (2 * TOP if answer.failure else 0)
                values = (*answer.classes, *answer.probabilities, *blank, answer.failure)
                table.writerow((answer.name, folder.classes[index], *values))
    return path
