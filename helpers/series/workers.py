"""The workers of a Dask cluster as places that execute notebooks.

Each worker starts the same process that a run without a scheduler starts, one at a time, and only says how it ended:
the executed notebook and all that it leaves lie in the build folder, which every worker sees. Outputs, records and
errors are therefore those of a run without a scheduler.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.scheduling import dask_client
from helpers.series.child import Order
from helpers.series.environment import Settings
from helpers.series.places import LOST, Here, LocalChild, Place, default_jobs
from helpers.series.processes import end_all

if TYPE_CHECKING:
    from distributed import Client, Future

# A worker that was restarted is back within this time; after it, its machine counts as gone.
_GONE_SECONDS = 60
_ASK_SECONDS = 5


@contextmanager
def places(scheduler: str | None, side_by_side: int | None) -> Iterator[Sequence[Place]]:
    """The places that a setting of SCHEDULER means; what was started for them ends with the block.

    Args:
        scheduler: None, `local` or an address, as `helpers.scheduling.scheduler_setting` returns it.
        side_by_side: how many notebooks at the same time, all places together; by default two on this machine, and one
            for each worker of a cluster that runs already.

    Raises:
        LaneError: the cluster cannot be used; see `helpers.scheduling.dask_client`.
    """
    if scheduler is None:
        yield [Here(side_by_side)]
        return
    count = (side_by_side or default_jobs()) if scheduler == "local" else None
    with dask_client(scheduler, count) as client:
        yield _machines(client, side_by_side)


def _machines(client: Client, at_most: int | None) -> list[Place]:
    """The machines of a cluster, with a slot for each worker, but no more slots than allowed in all."""
    left = at_most
    machines: list[Place] = []
    for host, workers in sorted(_hosts(client).items()):
        slots = workers if left is None else min(workers, left)
        left = None if left is None else left - slots
        if slots:
            machines.append(Machine(client, host, slots))
    return machines


def _hosts(client: Client) -> Counter[str]:
    """The hosts of the workers, and how many workers each has."""
    from distributed.comm.addressing import get_address_host

    workers = client.nthreads()  # type: ignore[no-untyped-call]
    return Counter(str(get_address_host(address)) for address in workers)


class Machine:
    """A machine with workers of a cluster."""

    def __init__(self, client: Client, host: str, slots: int) -> None:
        """Take the machine that the cluster knows as `host`."""
        self.slots = slots
        self._client = client
        self._host = host
        self._asked_at = self._seen_at = time.monotonic()

    def start(self, order: Order, settings: Settings) -> WorkerChild:
        """Begin to execute a notebook on one of the machine's workers; see `Place`."""
        # A notebook that gave work to the cluster would wait for the very worker that executes it.
        future = self._client.submit(
            run_child,
            order,
            {**settings, "SCHEDULER": None},
            workers=[self._host],
            allow_other_workers=False,
            pure=False,
        )
        return WorkerChild(self, self._client, future, order["folder"])

    def is_there(self) -> bool:
        """Whether the machine has had workers of late."""
        now = time.monotonic()
        if now - self._asked_at >= _ASK_SECONDS:
            self._asked_at = now
            with contextlib.suppress(OSError):
                if self._host in _hosts(self._client):
                    self._seen_at = now
        return now - self._seen_at < _GONE_SECONDS


class WorkerChild:
    """A process of a worker that executes a notebook."""

    def __init__(self, machine: Machine, client: Client, future: Future[int], folder: str) -> None:
        """Take what stands for it."""
        self._machine = machine
        self._client = client
        self._future = future
        self._folder = folder

    def status(self) -> int | None:
        """See `helpers.series.places.Child`."""
        from distributed import CancelledError, KilledWorker

        if not self._done():
            return None if self._machine.is_there() else LOST
        try:
            return int(self._future.result())
        except (CancelledError, KilledWorker):
            return LOST

    def _done(self) -> bool:
        return bool(self._future.done())  # type: ignore[no-untyped-call]

    def end(self) -> None:
        """See `helpers.series.places.Child`."""
        if not self._done():
            self._future.cancel()  # type: ignore[no-untyped-call]
            # On every worker: which of them has it need not be known, and those that are gone need not answer.
            self._client.run(end_all, None, self._folder, on_error="ignore")


def run_child(order: Order, settings: Settings) -> int:
    """Execute a notebook; this is what a worker does.

    Returns:
        The exit status of the process, or `LOST` where it was given up, or was begun before by a worker that is gone:
        Dask gives a lost worker's task to another one, but a notebook may have done half of its work.
    """
    try:
        (Path(order["folder"]) / "begun").touch(exist_ok=False)
    except (FileExistsError, FileNotFoundError):
        return LOST
    if not _wanted():
        return LOST
    child = LocalChild(order, settings)
    try:
        while (status := child.status()) is None and _wanted():
            time.sleep(0.2)
    finally:
        child.end()
    return LOST if status is None else status


def _wanted() -> bool:
    """Whether anybody waits for the task: a cluster forgets the tasks of one who cancels them, or is gone."""
    from distributed import get_worker

    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    return task is not None and task.state != "cancelled"
