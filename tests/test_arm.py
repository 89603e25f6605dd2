"""The ARM lane and its engine. Tests marked `arm` set the lane up; the others need no network and no emulator."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from helpers.engines import arm as arm_engine
from helpers.engines import arm_worker
from helpers.engines.arm import ArmLiteRTEngine, ArmWorker
from helpers.engines.arm_worker import ProtocolError
from helpers.errors import DeploymentError, LaneError, ManifestError, ModelFileError
from helpers.files import sha256_file
from helpers.lanes import arm as lane
from helpers.manifest import Manifest

SHAPE, CLASSES = (8, 8, 1), 3

linux = pytest.mark.skipif(sys.platform != "linux", reason="the ARM lane is for Linux")
emulated = pytest.mark.skipif(not lane.EMULATED, reason="this machine is an ARM one: nothing is set up")


@pytest.fixture(scope="session")
def arm_root() -> lane.ArmRoot:
    return lane.arm_root(progress=False)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small .tflite with the layers of LeNet: convolution, pooling, dense, sigmoid, softmax."""
    tf = pytest.importorskip("tensorflow")
    tf.keras.utils.set_random_seed(20190416)
    layers = tf.keras.layers
    network = tf.keras.Sequential(
        [
            tf.keras.Input(SHAPE, batch_size=1),
            layers.Conv2D(4, 3, activation="sigmoid"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(16, activation="sigmoid"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    path = tmp_path_factory.mktemp("arm") / "tiny.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(network).convert())
    return path


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (100, *SHAPE), dtype=np.uint8)


def manifest_for(path: Path, side: int = SHAPE[0]) -> Manifest:
    return Manifest.model_validate(
        {
            "model": "tiny",
            "title": "Tiny",
            "citation": "none",
            "input": {"height": side, "width": side, "channel_order": "gray", "scale": [1 / 255], "bias": [0.0]},
            "labels": [str(number) for number in range(CLASSES)],
            "weights": {"kind": "untrained", "source": "seed", "licence": "MIT", "sha256": "0" * 64},
            "files": [
                {
                    "format": "tflite",
                    "path": path.name,
                    "sha256": sha256_file(path),
                    "bytes": path.stat().st_size,
                    "input_node": "input",
                    "output_node": "output",
                    "recipe": "0" * 64,
                }
            ],
            "tools": {},
        }
    )


def gone(pid: int) -> bool:
    """Neither running nor a zombie."""
    return not Path(f"/proc/{pid}").exists()


# The engine


@pytest.mark.arm
def test_arm_gives_the_numbers_of_this_machine(arm_root: lane.ArmRoot, model: Path, images: np.ndarray) -> None:
    from helpers.engines.litert import LiteRTEngine

    manifest = manifest_for(model)
    with ArmLiteRTEngine(manifest, model.parent, progress=False) as engine:
        received = engine.predict(images)
        facts, versions = engine._worker.facts, engine.versions()
    with LiteRTEngine(manifest, model.parent) as here:
        expected = here.predict(images)
    assert received.shape == (len(images), CLASSES)
    assert received.dtype == np.float32
    np.testing.assert_allclose(received, expected, rtol=0, atol=2e-6)
    assert facts["machine"] == "aarch64"
    assert versions["ai-edge-litert"] == facts["litert"] == here.versions()["ai-edge-litert"]
    assert versions["arm-root"] == arm_root.key()


@pytest.mark.arm
def test_answers_do_not_depend_on_chunks_or_threads(arm_root: lane.ArmRoot, model: Path, images: np.ndarray) -> None:
    tensor = images[:9].astype(np.float32)
    with ArmWorker(arm_root, model) as one, ArmWorker(arm_root, model, threads=2) as two:
        whole = one.run(tensor)
        np.testing.assert_array_equal(np.concatenate([one.run(tensor[:4]), one.run(tensor[4:])]), whole)
        np.testing.assert_allclose(two.run(tensor), whole, rtol=0, atol=2e-6)


@pytest.mark.arm
def test_another_models_file_is_refused(model: Path) -> None:
    with pytest.raises(ModelFileError, match="another model"):
        ArmLiteRTEngine(manifest_for(model, side=9), model.parent, progress=False)


@pytest.mark.arm
@pytest.mark.parametrize("rubbish", [b"", b"not a model", bytes(4) + b"TFL3" + bytes(200)])
def test_rubbish_is_refused(arm_root: lane.ArmRoot, tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "rubbish.tflite"
    path.write_bytes(rubbish)
    with pytest.raises(DeploymentError, match=r"rubbish\.tflite"):
        ArmWorker(arm_root, path)


@pytest.mark.arm
def test_half_a_model_is_refused(arm_root: lane.ArmRoot, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.tflite"
    content = model.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DeploymentError, match=r"half\.tflite"):
        ArmWorker(arm_root, path)


@pytest.mark.arm
def test_text_is_refused_by_litert_itself(arm_root: lane.ArmRoot, tmp_path: Path) -> None:
    path = tmp_path / "text.tflite"
    path.write_text("this is no model\n" * 20)
    with pytest.raises(ModelFileError, match=r"could not load text\.tflite"):
        ArmWorker(arm_root, path)


def test_a_damaged_file_never_reaches_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tiny.tflite"
    path.write_bytes(b"first")
    manifest = manifest_for(path)
    path.write_bytes(b"other")
    monkeypatch.setattr(arm_engine, "arm_root", lambda progress: pytest.fail("the lane was set up"))
    with pytest.raises(ManifestError, match="damaged"):
        ArmLiteRTEngine(manifest, tmp_path)


# The worker


@pytest.mark.arm
def test_a_killed_worker_is_one_clear_error(arm_root: lane.ArmRoot, model: Path) -> None:
    tensor = np.zeros((2, *SHAPE), np.float32)
    with ArmWorker(arm_root, model) as worker:
        worker.run(tensor)
        # Stopped, it holds the request without an answer; then it dies in the middle of it.
        os.kill(worker.pid, signal.SIGSTOP)
        killer = threading.Timer(0.2, os.kill, (worker.pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(LaneError, match="ended by SIGKILL"):
            worker.run(tensor)
        killer.join()
        assert gone(worker.pid)
        with pytest.raises(LaneError, match="open the engine again"):
            worker.run(tensor)


@pytest.mark.arm
def test_a_hanging_worker_is_ended(arm_root: lane.ArmRoot, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ArmWorker(arm_root, model) as worker:
        monkeypatch.setattr(worker, "_timeout", 0.2)
        os.kill(worker.pid, signal.SIGSTOP)
        # More than a pipe holds: writing it waits for ever too.
        with pytest.raises(LaneError, match="no answer within"):
            worker.run(np.zeros((5000, *SHAPE), np.float32))
        assert gone(worker.pid)


@pytest.mark.arm
def test_close_leaves_no_process(arm_root: lane.ArmRoot, model: Path) -> None:
    worker = ArmWorker(arm_root, model)
    worker.close()
    worker.close()
    assert gone(worker.pid)
    stuck = ArmWorker(arm_root, model)
    os.kill(stuck.pid, signal.SIGSTOP)
    stuck.close()
    assert gone(stuck.pid)
    forgotten = ArmWorker(arm_root, model)
    pid = forgotten.pid
    del forgotten
    assert gone(pid)


@pytest.mark.arm
def test_an_interrupt_ends_the_worker(arm_root: lane.ArmRoot, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with ArmWorker(arm_root, model) as worker:
        monkeypatch.setattr(arm_worker, "read_frame", interrupted)
        with pytest.raises(KeyboardInterrupt):
            worker.run(np.zeros((1, *SHAPE), np.float32))
        assert gone(worker.pid)


@pytest.mark.arm
def test_a_refused_request_does_not_end_the_worker(arm_root: lane.ArmRoot, model: Path) -> None:
    with ArmWorker(arm_root, model) as worker:
        with pytest.raises(ModelFileError, match="float32"):
            worker.run(np.zeros((1, *SHAPE)))  # type: ignore[arg-type]
        with pytest.raises(ModelFileError, match="float32, received float64"):
            worker._exchange(npy(np.zeros((1, *SHAPE))), arm_worker.ARRAY)
        with pytest.raises(ModelFileError, match=r"\(8, 8, 1\)"):
            worker.run(np.zeros((1, 5, 5, 1), np.float32))
        assert worker.run(np.zeros((1, *SHAPE), np.float32)).shape == (1, CLASSES)
        assert worker.run(np.zeros((0, *SHAPE), np.float32)).shape == (0, CLASSES)


def test_what_a_worker_says_last_is_in_the_message(tmp_path: Path) -> None:
    script = "import sys; print('native crash report', file=sys.stderr); sys.exit(7)"
    with pytest.raises(LaneError, match=r"ended with status 7.*native crash report"):
        ArmWorker(pretended_root(sys.executable, "-c", script), tmp_path / "any.tflite")


def test_prints_in_the_stream_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(LaneError, match="expected a frame"):
        ArmWorker(pretended_root(sys.executable, "-c", "print('INFO: hello')"), tmp_path / "any.tflite")


def test_an_emulator_that_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(LaneError, match="could not start"):
        ArmWorker(pretended_root(str(tmp_path / "no-qemu")), tmp_path / "any.tflite")


def pretended_root(*command: str) -> lane.ArmRoot:
    return lane.ArmRoot(command, True, "none", "3", "2", "7", {})


# The protocol


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_an_array_survives_the_journey() -> None:
    array = np.random.default_rng(0).random((3, 4, 5, 2), np.float32)[:, ::2]
    stream = io.BytesIO()
    arm_worker.write_frame(stream, arm_worker.ARRAY, arm_worker.encode_array(array))
    stream.seek(0)
    kind, content = arm_worker.read_frame(stream) or (b"", b"")
    assert kind == arm_worker.ARRAY
    np.testing.assert_array_equal(arm_worker.decode_array(content, 4), array)
    assert arm_worker.read_frame(stream) is None


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.uint8, np.int32, ">f4"])
def test_the_protocol_refuses_other_types(dtype: type | str) -> None:
    array = np.zeros((1, 2, 2, 1), dtype)
    with pytest.raises(ProtocolError, match="float32"):
        arm_worker.encode_array(array)
    with pytest.raises(ProtocolError, match="float32"):
        arm_worker.decode_array(npy(array), 4)


def test_the_protocol_refuses_what_is_no_array() -> None:
    good = npy(np.zeros((1, 2, 2, 1), np.float32))
    pickled = io.BytesIO()
    np.save(pickled, np.array([{}], dtype=object), allow_pickle=True)
    for content in (b"", b"rubbish", good[:-1], good[:40], pickled.getvalue()):
        with pytest.raises(ProtocolError):
            arm_worker.decode_array(content, 4)
    with pytest.raises(ProtocolError, match="2 dimensions"):
        arm_worker.decode_array(good, 2)


@pytest.mark.parametrize(
    "stream", [b"A", b"A" + bytes(7), b"Z" + bytes(8), b"A" + b"\xff" * 8, b"A" + bytes(7) + b"\x05" + b"four"]
)
def test_the_protocol_refuses_broken_frames(stream: bytes) -> None:
    with pytest.raises(ProtocolError):
        arm_worker.read_frame(io.BytesIO(stream))


# The lane


@pytest.mark.arm
def test_the_root_says_what_it_is_made_of(arm_root: lane.ArmRoot) -> None:
    assert lane.arm_root(progress=False) == arm_root
    assert arm_root.packages["ai-edge-litert"] == arm_root.litert
    assert lane.arm_available() is None
    assert len(arm_root.key()) == 64
    if arm_root.emulated:
        assert {"libc6", "numpy"} <= set(arm_root.packages)


@linux
@emulated
def test_missing_apt_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    with pytest.raises(LaneError, match="expected the program apt-get, received none on PATH; use Debian"):
        lane.arm_root(progress=False)
    lane.arm_available.cache_clear()
    reason = lane.arm_available()
    lane.arm_available.cache_clear()
    assert reason is not None
    assert "apt-get" in reason
    assert "\n" not in reason


def test_another_system_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(LaneError, match="needs Linux"):
        lane.arm_root(progress=False)


@linux
@emulated
def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "file"))
    with pytest.raises(LaneError, match="BUILD_DIR"):
        lane.arm_root(progress=False)


@pytest.mark.arm
@linux
@emulated
def test_an_archive_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    monkeypatch.setenv(lane.SOURCE_VARIABLE, f"deb file:{tmp_path}/no-archive stable main")
    with pytest.raises(LaneError, match=r"could not download the arm64 packages.*no-archive.*ARM64_APT_SOURCE"):
        lane.arm_root(progress=False)
    assert not finished_roots(tmp_path)


@linux
@emulated
def test_a_half_built_root_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))

    def fails(part: Path, *_: object) -> None:
        (part / "half").mkdir(parents=True)
        raise LaneError("the network went away")

    monkeypatch.setattr(lane, "fetch_debs", fails)
    monkeypatch.setattr("shutil.which", lambda name: name)
    for _ in range(2):
        with pytest.raises(LaneError, match="went away"):
            lane.arm_root(progress=False)
        assert not finished_roots(tmp_path)


@linux
@emulated
@pytest.mark.parametrize("damage", ["no manifest", "half a manifest", "no python", "no emulator"])
def test_a_damaged_root_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    calls: list[Path] = []
    monkeypatch.setattr(lane, "_set_up", pretended_set_up(calls))
    first = lane.arm_root(progress=False)
    assert lane.arm_root(progress=False) == first
    assert len(calls) == 1
    manifest = calls[0] / "manifest.json"
    if damage == "no manifest":
        manifest.unlink()
    elif damage == "half a manifest":
        manifest.write_text(manifest.read_text()[:30])
    else:
        (calls[0] / ("python3" if damage == "no python" else "qemu")).unlink()
    assert lane.arm_root(progress=False) == first
    assert len(calls) == 2


@linux
@emulated
def test_two_that_set_up_at_once_build_one_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    calls: list[Path] = []
    monkeypatch.setattr(lane, "_set_up", pretended_set_up(calls, seconds=0.3))
    roots: list[lane.ArmRoot] = []
    threads = [threading.Thread(target=lambda: roots.append(lane.arm_root(progress=False))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len(roots) == 3
    assert roots[0] == roots[1] == roots[2]


def test_the_key_is_of_the_content_and_not_of_the_place() -> None:
    one = lane.ArmRoot(("/here/qemu",), True, "cortex-a72", "3.11", "2.3.0", "7.2", {"numpy": "2"})
    moved = lane.ArmRoot(("/there/qemu",), True, "cortex-a72", "3.11", "2.3.0", "7.2", {"numpy": "2"})
    other = lane.ArmRoot(("/here/qemu",), True, "cortex-a72", "3.11", "2.3.0", "7.2", {"numpy": "3"})
    assert one.key() == moved.key() != other.key()


def test_every_package_inside_is_pinned_by_hash() -> None:
    lock = lane.locked_requirements(lane.PINNED_PACKAGES)
    assert {line.partition("==")[0] for line in lock} == set(lane.PINNED_PACKAGES)
    assert all(" --hash=sha256:" in line for line in lock)


def pretended_set_up(calls: list[Path], seconds: float = 0.0):  # type: ignore[no-untyped-def]
    """A stand-in for the set up: makes the smallest folder that counts as finished."""

    def set_up(home: Path, _lock: tuple[str, ...], _progress: bool) -> lane.ArmRoot:
        calls.append(home)
        time.sleep(seconds)
        home.mkdir(exist_ok=True)
        (home / "python3").touch()
        (home / "qemu").write_text("#!/bin/sh\necho qemu-aarch64 version 7.2\n")
        (home / "qemu").chmod(stat.S_IRWXU)
        facts = {"cpu": "none", "python": "3.11", "litert": "2", "packages": {}}
        (home / "manifest.json").write_text(json.dumps(facts | {"qemu_file": "qemu", "python_file": "python3"}))
        root = lane._finished(home)
        assert root is not None
        return root

    return set_up


def finished_roots(build: Path) -> list[Path]:
    return [path for path in (build / "arm").iterdir() if lane._finished(path) is not None]
