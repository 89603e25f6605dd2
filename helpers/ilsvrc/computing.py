"""Who computes the shards: this process, which reads the next images while the network runs, or the workers of Dask."""

from __future__ import annotations

import functools
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import LaneError
from helpers.ilsvrc.answers import FittedImages, ImageAnswer, answer_images, read_images
from helpers.ilsvrc.shards import Shard, engine_key

if TYPE_CHECKING:
    from distributed import Client

# Shards waiting for each worker: enough that none is idle while the answers of another come in.
_AHEAD = 3


class EngineChoice(NamedTuple):
    """An engine by its name, a model and its weights: the arguments of `helpers.engines.open_engine`."""

    engine: str
    model: str
    weights: str


def compute_here(engine: Engine, folder: Path, shards: Sequence[Shard]) -> Iterator[tuple[Shard, list[ImageAnswer]]]:
    """Compute shards in this process. A thread reads the images of the next shard while the network runs.

    Args:
        engine: open.
        folder: where the images lie.
        shards: what is to be computed.

    Yields:
        each shard and its answers, in their order.

    Raises:
        ModelFileError: the engine cannot run the model.
    """
    expected = engine.manifest.input

    def read(shard: Shard) -> FittedImages:
        return read_images(folder, shard.names, expected)

    with ThreadPoolExecutor(1, thread_name_prefix="reader") as reader:
        following = iter(shards)
        ahead = deque(reader.submit(read, shard) for shard in itertools.islice(following, 1))
        for shard in shards:
            images = ahead.popleft().result()
            ahead.extend(reader.submit(read, each) for each in itertools.islice(following, 1))
            yield shard, answer_images(engine, images)


def compute_on_workers(
    client: Client, choice: EngineChoice, key: str, folder: Path, shards: Sequence[Shard]
) -> Iterator[tuple[Shard, list[ImageAnswer]]]:
    """Compute shards on Dask's workers. The shards of a worker that dies go to another.

    Args:
        client: of `helpers.scheduling.dask_client`.
        choice: what each worker opens, once.
        key: this process' key of the same engine; the answers of a worker with another are refused.
        folder: where the images lie, for the workers too.
        shards: what is to be computed.

    Yields:
        each shard and its answers, as they are finished.

    Raises:
        LaneError: a worker has another engine; workers died again and again; the scheduler is gone.
        DeploymentError: whatever opening and running the engine raises.
    """
    from distributed import KilledWorker, as_completed

    waiting = iter(shards)
    running: dict[Any, Shard] = {}

    def submit(count: int) -> list[Any]:
        submitted = {
            client.submit(_answer_shard, choice, str(folder), shard.names, pure=False): shard
            for shard in itertools.islice(waiting, count)
        }
        running.update(submitted)
        return list(submitted)

    try:
        workers = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
        done = as_completed(submit(_AHEAD * workers), loop=client.loop)  # type: ignore[no-untyped-call]
        for future in done:
            shard = running.pop(future)
            worker_key, answers = future.result()
            if worker_key != key:
                raise LaneError(
                    f"expected Dask workers with this process' model, engine and packages (key {key[:12]}); received "
                    f"one with {worker_key[:12]}; start the workers anew from the same checkout and environment"
                )
            done.update(submit(1))  # type: ignore[no-untyped-call]
            yield shard, answers
    except (KilledWorker, CancelledError, OSError) as error:
        raise LaneError(
            f"the Dask workers were lost: {' '.join(str(error).split())[:200]}; look whether they run out of memory, "
            "and run this again: what is done is kept"
        ) from error


def _answer_shard(choice: EngineChoice, folder: str, names: tuple[str, ...]) -> tuple[str, list[ImageAnswer]]:
    """What a worker does."""
    engine, key = worker_engine(choice)
    return key, answer_images(engine, read_images(Path(folder), names, engine.manifest.input))


@functools.cache
def worker_engine(choice: EngineChoice) -> tuple[Engine, str]:
    """The engine of this worker process, opened when it is first asked for, and its key."""
    engine = open_engine(*choice)
    return engine, engine_key(engine)
