"""Keras' weights from a server on this machine: the right file is kept, anything else leaves nothing behind."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from helpers import keras_download
from helpers.errors import ArtifactWriteError, DataError
from helpers.files import sha256_bytes
from helpers.keras_download import fetch_keras_weights
from helpers.zoo import build_lenet

NAME = "lenet_weights.h5"


class _Server(ThreadingHTTPServer):
    """Answers with `content` and `status`; says that it is `missing` bytes longer."""

    content = b""
    status = 200
    missing = 0
    asked = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that do not listen to the end."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.content) + self.server.missing))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The content of a file with LeNet."""
    path = tmp_path_factory.mktemp("weights") / NAME
    build_lenet().save(path)
    return path.read_bytes()


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    return tmp_path / "downloads"


@pytest.fixture
def server(weights: bytes, downloads: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    """A server with LeNet's file, whose hash is known as that of `lenet` and not known as that of `squeezenet`."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        server.content = weights
        known = f"md5:{hashlib.md5(weights, usedforsecurity=False).hexdigest()}"
        monkeypatch.setattr(keras_download, "_SERVER", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(keras_download, "_FILES", {"resnet50": (f"a/{NAME}", known), "lenet": (f"a/{NAME}", None)})
        for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(proxy, raising=False)
        yield server
        server.shutdown()
        thread.join()


def _refused(model: str, message: str, folder: Path) -> None:
    before = sorted(folder.glob("*"))
    with pytest.raises(DataError, match=rf"^expected {NAME} from .*received no such file: .*{message}.*'offline'"):
        fetch_keras_weights(model)
    assert sorted(folder.glob("*")) == before


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# `resnet50` stands for the networks with a known hash, `lenet` for the one without.
BOTH = pytest.mark.parametrize("model", ["resnet50", "lenet"])


@BOTH
def test_the_right_file_is_kept_and_not_fetched_again(server: _Server, downloads: Path, model: str) -> None:
    path = fetch_keras_weights(model)
    assert path == downloads / NAME
    assert path.read_bytes() == server.content
    assert fetch_keras_weights(model) == path
    assert server.asked == 1
    assert _names(downloads) == ([NAME] if model == "resnet50" else [NAME, f"{NAME}.sha256.json"])


def test_another_file_is_refused(server: _Server, downloads: Path) -> None:
    server.content += b"more"
    _refused("resnet50", "a file with md5:", downloads)


@BOTH
@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><title>Log in</title>", b"\x89HDF\r\n\x1a\nhalf"])
def test_what_is_no_weights_is_refused(server: _Server, downloads: Path, content: bytes, model: str) -> None:
    server.content = content
    _refused(model, f"{len(content)} bytes without LeNet's weights" if model == "lenet" else "md5:", downloads)


@BOTH
def test_a_download_that_breaks_off_is_refused(server: _Server, downloads: Path, model: str) -> None:
    server.content = server.content[: len(server.content) // 2]
    server.missing = len(server.content)
    _refused(model, "IncompleteRead", downloads)


@BOTH
@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_server_that_refuses_is_named(server: _Server, downloads: Path, status: int, model: str) -> None:
    server.status = status
    _refused(model, str(status), downloads)


@BOTH
def test_a_server_that_is_not_there_is_named(
    server: _Server, downloads: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as other:
        port = other.server_port
    monkeypatch.setattr(keras_download, "_SERVER", f"http://127.0.0.1:{port}")
    _refused(model, "refused", downloads)


@BOTH
def test_a_damaged_file_is_fetched_again(server: _Server, downloads: Path, model: str) -> None:
    fetch_keras_weights(model).write_bytes(b"half")
    assert fetch_keras_weights(model).read_bytes() == server.content
    assert server.asked == 2


def test_the_first_hash_is_recorded_and_later_files_are_held_to_it(server: _Server, downloads: Path) -> None:
    path = fetch_keras_weights("lenet")
    first = server.content
    assert json.loads((downloads / f"{NAME}.sha256.json").read_text()) == {"sha256": sha256_bytes(first)}
    path.unlink()
    other = build_lenet()
    other.set_weights([np.zeros_like(array) for array in other.get_weights()])
    other.save(downloads.parent / NAME)
    server.content = (downloads.parent / NAME).read_bytes()
    _refused("lenet", "a file with sha256:", downloads)
    server.content = first
    assert fetch_keras_weights("lenet") == path


def test_a_file_without_a_recorded_hash_is_not_believed(server: _Server, downloads: Path) -> None:
    downloads.mkdir()
    (downloads / NAME).write_bytes(b"left by a process that was killed")
    assert fetch_keras_weights("lenet").read_bytes() == server.content


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"sha256": 3}', '{"sha256": "abc"}', "\udcff", "[" * 100_000, '{"sha256": null}']
)
def test_a_useless_record_is_named(server: _Server, downloads: Path, content: str) -> None:
    downloads.mkdir()
    (downloads / f"{NAME}.sha256.json").write_text(content, errors="surrogateescape")
    with pytest.raises(DataError, match=r"sha256\.json to hold the SHA-256 of the first download; .*delete"):
        fetch_keras_weights("lenet")
    assert server.asked == 0


def test_a_build_folder_that_cannot_be_written_is_named(server: _Server, downloads: Path) -> None:
    downloads.write_text("a file where a folder should be")
    with pytest.raises(ArtifactWriteError, match="downloads"):
        fetch_keras_weights("resnet50")


@BOTH
def test_a_full_disk_is_not_called_a_wrong_download(
    server: _Server, downloads: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(url: str, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras_download, "_download", fail)
    with pytest.raises(ArtifactWriteError, match="No space left"):
        fetch_keras_weights(model)
    assert list(downloads.iterdir()) == []


def test_an_interruption_leaves_nothing(server: _Server, downloads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(url: str, target: Path) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(keras_download, "_download", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch_keras_weights("lenet")
    assert list(downloads.iterdir()) == []


def test_the_addresses_and_hashes_are_those_of_keras() -> None:
    """Held to the source of the Keras that is installed."""
    import keras

    folder = Path(keras.__file__).parent / "src" / "applications"
    for module, name in [("resnet", "resnet50"), ("inception_v3", "inceptionv3"), ("densenet", "densenet121")]:
        address, known = keras_download._FILES[name]
        source = (folder / f"{module}.py").read_text(encoding="utf-8")
        assert known is not None
        assert known.removeprefix("md5:") in source
        assert address.partition("/")[0] in source
    assert "mobilenet_%s_%d_tf.h5" in (folder / "mobilenet.py").read_text(encoding="utf-8")
