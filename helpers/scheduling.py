"""Many workers instead of one process: the variable SCHEDULER, and the Dask cluster that it means.

`SCHEDULER=local` starts worker processes on this machine; `SCHEDULER=tcp://host:8786` uses a Dask scheduler that runs
already, with workers on any number of machines. Without it everything is computed in one process, and the results are
the same to the last digit. Taught in notebook 07_validate_accuracy.

Workers on other machines need the same checkout and the same build folder, both at the same paths, as a shared disk
gives them, and one thread each, because engines are not made to be called by two threads at once. Start them there by:

    dask scheduler
    BUILD_DIR=/shared/build dask worker tcp://HOST:8786 --nworkers 2 --nthreads 1

All that can be checked is checked before anything is computed: a worker with other packages or another source would
give other numbers.
"""

from __future__ import annotations

import asyncio
import functools
import os
import platform
import re
import signal
import uuid
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from helpers.errors import LaneError
from helpers.files import PROJECT, build_dir, sha256_bytes, sha256_file, write_text

if TYPE_CHECKING:
    from distributed import Client

# What decides the numbers that a worker computes, and whether it can be talked to.
_PACKAGES = (
    "ai-edge-litert",
    "coremltools",
    "dask",
    "distributed",
    "keras",
    "numpy",
    "pillow",
    "tensorflow",
    "tensorflow-cpu",
)
_SOURCE = "the source of helpers/"
_CONNECT_SECONDS = 15
_MOST_WORKERS = 256
_RESTART = "start it anew from the same checkout and environment, with the same BUILD_DIR and --nthreads 1"


def scheduler_setting() -> str | None:
    """What the environment variable SCHEDULER asks for.

    Returns:
        None where it is unset or empty: one process. Else `local`, or the address of a Dask scheduler.

    Raises:
        LaneError: it is neither.
    """
    text = os.environ.get("SCHEDULER", "").strip()
    if not text:
        return None
    if text != "local" and not _is_address(text):
        raise LaneError(
            "expected SCHEDULER to be unset, 'local' or the address of a Dask scheduler such as tcp://host:8786; "
            f"received {text[:80]!r}; correct it, or unset it to compute in one process"
        )
    return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        # The port is read here, which refuses one beyond 65535.
        return bool(
            re.fullmatch(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d+", text) and parts.hostname and parts.port
        )
    except ValueError:
        return False


@contextmanager
def dask_client(scheduler: str, workers: int | None = None) -> Iterator[Client]:
    """A client of the cluster that a setting means; what was started for it ends with the block, however it is left.

    Args:
        scheduler: `local`, or the address of a Dask scheduler; see `scheduler_setting`.
        workers: of `local`, how many processes to start, by default one for each core but two at least; of an address,
            how many must be there, by default one; 1 to 256.

    Raises:
        LaneError: `workers` is out of its range, nothing answers at the address, it has too few workers, or one of them
            is not as this process is: other versions, another source, another build folder, several threads.
    """
    # To Python, True is the number 1.
    if workers is not None and not (type(workers) is int and 1 <= workers <= _MOST_WORKERS):
        raise LaneError(f"expected workers to be None or 1 to {_MOST_WORKERS}; received {workers!r}")
    from distributed.utils import silence_logging_cmgr

    # Dask speaks of every worker that comes or goes; what matters reaches the caller as an error.
    with (
        silence_logging_cmgr("CRITICAL"),
        (_local if scheduler == "local" else _connected)(scheduler, workers) as client,
    ):
        yield client


@contextmanager
def _local(_: str, workers: int | None) -> Iterator[Client]:
    import dask
    from distributed import Client, LocalCluster

    count = workers or max(2, os.cpu_count() or 1)
    # Dask would set the number of threads of numerical libraries in its workers: they are to compute as this process.
    with dask.config.set({"distributed.nanny.pre-spawn-environ": {}}):
        try:
            cluster = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                memory_limit=0,
                dashboard_address="127.0.0.1:0",
                silence_logs="CRITICAL",
                preload=[__name__],
            )
        except (RuntimeError, OSError) as error:
            raise LaneError(
                f"could not start {count} worker processes ({_in_one_line(error)}); a script that asks for them keeps "
                'its own work below `if __name__ == "__main__":`; or unset SCHEDULER to compute in one process'
            ) from error
    with cluster, Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        yield client


def dask_setup(_: object) -> None:
    """Called by Dask in each worker of `local`: Ctrl-C in a terminal reaches it too, but its caller is to end it."""
    signal.signal(signal.SIGINT, lambda *_: None)


@contextmanager
def _connected(address: str, workers: int | None) -> Iterator[Client]:
    from distributed import Client
    from distributed.versions import VersionMismatchWarning

    try:
        # Dask waits for ever for the greeting of a server that is none of its own, so it is asked for beforehand; in a
        # thread, because a notebook's kernel has an event loop already.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _greet(address)).result()
        with warnings.catch_warnings():
            # `_check_workers` says it more clearly.
            warnings.simplefilter("ignore", VersionMismatchWarning)
            client = Client(  # type: ignore[no-untyped-call]
                address, timeout=_CONNECT_SECONDS, set_as_default=False
            )
    except Exception as error:  # a server of another kind makes Dask fail in many ways
        raise LaneError(
            f"no Dask scheduler of this version answers at {address} ({_in_one_line(error)}); start one by "
            "`dask scheduler`, correct SCHEDULER, or unset it to compute in one process"
        ) from error
    with client:
        _check_workers(client, address, workers or 1)
        yield client


async def _greet(address: str) -> None:
    from distributed.comm.core import connect
    from distributed.security import Security

    options = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    greeting = connect(address, timeout=_CONNECT_SECONDS, **options)  # type: ignore[no-untyped-call]
    comm = await asyncio.wait_for(greeting, _CONNECT_SECONDS)
    await comm.close()


def _check_workers(client: Client, address: str, wanted: int) -> None:
    """Make sure that there are workers, and that they would compute what this process would.

    Raises:
        LaneError: they would not; the message names one that differs, and in what.
    """
    try:
        client.wait_for_workers(wanted, timeout=_CONNECT_SECONDS)
    except TimeoutError as error:
        raise LaneError(
            f"expected {wanted} workers or more at the Dask scheduler {address}, found {len(_threads(client))}; start "
            f"some by `dask worker {address} --nthreads 1`"
        ) from error
    versions = cast(dict[str, Any], client.get_versions())
    for where, found in {"the scheduler": versions["scheduler"], **versions["workers"]}.items():
        _compare(where, _protocol(found), _protocol(versions["client"]))
    for worker, threads in _threads(client).items():
        _compare(worker, {"the number of threads": str(threads)}, {"the number of threads": "1"})

    probe = build_dir() / "dask" / f"probe-{uuid.uuid4().hex}"
    write_text(probe, probe.name)
    try:
        own = circumstances(probe) | {_SOURCE: package_hash()}
        answers = client.run(circumstances, probe, on_error="return")
    finally:
        probe.unlink(missing_ok=True)
    for worker, answer in answers.items():
        if isinstance(answer, BaseException):
            raise LaneError(
                f"the Dask worker {worker} cannot use the package `helpers` ({_in_one_line(answer)}); {_RESTART}"
            )
        _compare(worker, answer, own)


def _threads(client: Client) -> dict[str, int]:
    """The workers' addresses and their numbers of threads."""
    return dict(client.nthreads())  # type: ignore[no-untyped-call]


def _protocol(found: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """What two processes must share before they can exchange functions: of `Client.get_versions`."""
    python = str(found["host"]["python"]).split(".")[:2]
    packages = {name: str(found["packages"].get(name)) for name in ("dask", "distributed", "cloudpickle", "msgpack")}
    return {"Python": ".".join(python), **packages}


def _compare(where: str, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    what = next((name for name in expected if found.get(name) != expected[name]), None)
    if what is not None:
        who = where if where == "the scheduler" else f"the worker {where}"
        raise LaneError(
            f"{who} of the Dask cluster is not as this process is: expected {what} to be {expected[what]}, received "
            f"{found.get(what)}; {_RESTART}"
        )


def circumstances(probe: Path) -> dict[str, str]:
    """All that decides whether a worker computes what this process would; run in both and compared.

    Args:
        probe: a file that was just written into the build folder, to see whether that is the same one.

    Returns:
        A readable name and a short value for each.
    """
    return {
        "the processor and system": f"{platform.system()} {platform.machine()}",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: _installed(name) for name in _PACKAGES},
        "the folder of the project": str(PROJECT),
        _SOURCE: _first_package_hash(),
        "BUILD_DIR": str(build_dir()),
        "a file in BUILD_DIR": _content(probe),
    }


def package_hash() -> str:
    """The SHA-256 over all modules of this package, by path and content, as the files are now."""
    files = sorted((PROJECT / "helpers").rglob("*.py"))
    return sha256_bytes(
        "".join(f"{path.relative_to(PROJECT).as_posix()} {sha256_file(path)}\n" for path in files).encode()
    )


# A worker that was started long ago runs the source of that time, whatever the files hold now.
_first_package_hash = functools.cache(package_hash)


def _content(probe: Path) -> str:
    return probe.read_text(encoding="utf-8") if probe.is_file() else "not there"


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _in_one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
