"""SCHEDULER, and the Dask clusters that it means."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client, LocalCluster

from helpers import scheduling
from helpers.errors import LaneError
from helpers.files import build_dir
from helpers.scheduling import dask_client, scheduler_setting


def test_without_the_variable_there_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCHEDULER", raising=False)
    assert scheduler_setting() is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("  ", None),
        (" local ", "local"),
        ("tcp://host:8786", "tcp://host:8786"),
        ("tls://10.0.0.1:1", "tls://10.0.0.1:1"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_a_setting_is_read(monkeypatch: pytest.MonkeyPatch, text: str, expected: str | None) -> None:
    monkeypatch.setenv("SCHEDULER", text)
    assert scheduler_setting() == expected


@pytest.mark.parametrize(
    "text",
    [
        "LOCAL",
        "yes",
        "2",
        "host:8786",
        "tcp://host",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://:8786",
        "http://a:80",
        "tcp://a:8786/x",
        "tcp://a:8786 tcp://b:8786",
        "tcp://[:8786",
        "tcp://a:\u0661",
        "inproc://a:1",
        "x" * 5000,
    ],
)
def test_a_wrong_setting_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SCHEDULER", text)
    with pytest.raises(LaneError, match="expected SCHEDULER to be unset, 'local' or the address") as caught:
        scheduler_setting()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def _square(number: int) -> tuple[int, int, str | None]:
    return number * number, os.getpid(), os.environ.get("OMP_NUM_THREADS")


def test_local_workers_are_processes_like_this_one_and_end_with_the_block(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with warnings.catch_warnings(), dask_client("local", workers=2) as client:
        warnings.simplefilter("error")
        assert set(client.nthreads().values()) == {1}
        answers = client.gather(client.map(_square, range(20)))
        with pytest.raises(ZeroDivisionError):
            client.submit(divmod, 1, 0).result()
        children = psutil.Process().children(recursive=True)
    assert [answer[0] for answer in answers] == [number * number for number in range(20)]
    pids = {answer[1] for answer in answers}
    assert os.getpid() not in pids
    assert {answer[2] for answer in answers} == {None}
    assert pids <= {child.pid for child in children}
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert capfd.readouterr() == ("", "")


def test_local_has_two_workers_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with dask_client("local") as client:
        assert len(client.nthreads()) == 2


@pytest.mark.parametrize("workers", [0, -1, 257, True, 2.0, "2"])
def test_a_wrong_number_of_workers_is_refused_before_anything_starts(
    workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for start in ("_local", "_connected"):
        monkeypatch.setattr(scheduling, start, lambda *_: pytest.fail("started"))
    for scheduler in ("local", "tcp://127.0.0.1:1"):
        with (
            pytest.raises(LaneError, match=f"workers to be None or 1 to 256; received {workers!r}"),
            dask_client(scheduler, workers),
        ):
            pass


def test_a_script_without_a_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from helpers.errors import LaneError\nfrom helpers.scheduling import dask_client\n"
        "try:\n    with dask_client('local', 1):\n        pass\nexcept LaneError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0
    assert 'keeps its own work below `if __name__ == "__main__":`' in done.stdout.splitlines()[-1]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    return tmp_path / "build"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in which there is nothing to wait for."""
    monkeypatch.setattr(scheduling, "_CONNECT_SECONDS", 2)


@pytest.fixture
def cluster(build: Path) -> Iterator[LocalCluster]:
    """A cluster without workers, as another process would have started it."""
    with LocalCluster(
        n_workers=0, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs="CRITICAL"
    ) as started:
        yield started


def test_an_address_is_used_once_its_workers_are_found_to_be_alike(cluster: LocalCluster) -> None:
    cluster.scale(1)
    cluster.wait_for_workers(1, timeout=300)
    with dask_client(cluster.scheduler_address) as client:
        assert client.submit(_square, 3).result()[0] == 9
    # What was not started here goes on.
    with Client(cluster, set_as_default=False) as client:
        assert len(client.nthreads()) == 1
    assert list((build_dir() / "dask").iterdir()) == []


def test_too_few_workers_are_waited_for_and_then_told(cluster: LocalCluster, impatient: None) -> None:
    with (
        pytest.raises(
            LaneError, match=r"expected 1 workers or more at the Dask scheduler tcp://.*, found 0; start some"
        ),
        dask_client(cluster.scheduler_address),
    ):
        pass


@pytest.mark.parametrize("what", ["BUILD_DIR", "the source of helpers/", "numpy", "a file in BUILD_DIR"])
def test_a_worker_that_would_compute_otherwise_is_refused(
    cluster: LocalCluster, build: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    cluster.scale(1)
    cluster.wait_for_workers(1, timeout=300)
    match what:
        case "BUILD_DIR":
            monkeypatch.setenv("BUILD_DIR", str(build.parent / "another"))
        case "the source of helpers/":
            monkeypatch.setattr(scheduling, "package_hash", lambda: "edited since")
        case "numpy":
            own = scheduling._installed
            monkeypatch.setattr(scheduling, "_installed", lambda name: "99.0" if name == "numpy" else own(name))
        case _:
            # As on a machine that has a folder of its own under the same name: only this process sees the file.
            monkeypatch.setattr(scheduling, "write_text", lambda path, text: None)
            monkeypatch.setattr(scheduling, "_content", lambda probe: probe.name)
    with (
        pytest.raises(LaneError, match=rf"is not as this process is: expected {what} to be .*; start it anew from"),
        dask_client(cluster.scheduler_address),
    ):
        pass


def test_workers_with_several_threads_are_refused(build: Path) -> None:
    options = {"dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, **options) as cluster,
        pytest.raises(LaneError, match="expected the number of threads to be 1, received 2"),
        dask_client(cluster.scheduler_address),
    ):
        pass


def test_another_version_of_dask_is_named(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.scale(1)
    cluster.wait_for_workers(1, timeout=300)
    versions = Client.get_versions

    def newer(self: Client) -> dict[str, dict[str, dict[str, str]]]:
        found = versions(self)
        found["scheduler"]["packages"]["distributed"] = "2099.1.0"
        return found

    monkeypatch.setattr(Client, "get_versions", newer)
    with (
        pytest.raises(LaneError, match=r"the scheduler of the Dask cluster .*expected distributed to be .*2099\.1\.0"),
        dask_client(cluster.scheduler_address),
    ):
        pass


def _serve(said: bytes) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    connections.append(connection)
                    if said:
                        connection.sendall(said)
            except OSError:
                pass

        connections: list[socket.socket] = []
        threading.Thread(target=answer, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.2\r\n" * 20, b"\0" * 64], ids=["silent", "ssh", "zeros"])
def test_a_server_that_is_no_scheduler_is_told_and_does_not_hang(build: Path, impatient: None, said: bytes) -> None:
    for address in _serve(said):
        with pytest.raises(LaneError, match=f"no Dask scheduler of this version answers at {address}") as caught:
            dask_client(address).__enter__()
        assert "\n" not in str(caught.value)


def test_nobody_listening_is_told(build: Path, impatient: None) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(LaneError, match="no Dask scheduler of this version answers"), dask_client(address):
        pass
