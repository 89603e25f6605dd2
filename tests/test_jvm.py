"""The app's two engines in Java: nodes, versions, threads; and whatever goes wrong is one clear error in Python."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from jvm_models import each_engine, opened

from helpers.artifacts import build_model
from helpers.data import load_mnist
from helpers.engines.frozen import TfMobileGraphEngine
from helpers.engines.jvm import JvmEngine, JvmTfLiteEngine, JvmTfMobileEngine
from helpers.errors import DeploymentError, ImageError, LaneError, ManifestError, ModelFileError
from helpers.files import DATA, PROJECT, sha256_bytes
from helpers.lanes.java import java_lane
from helpers.manifest import Manifest
from helpers.parity import sample_images
from helpers.predictions import prediction_key

pytestmark = pytest.mark.java


def with_content(engine_class: type[JvmEngine], content: bytes, folder: Path, **changes: object) -> JvmEngine:
    """LeNet's manifest with a file of other content, of which it knows the hash, and with other changes to the file."""
    manifest, _ = build_model("lenet", formats=[engine_class.file_format])
    (folder / "other.model").write_bytes(content)
    file = manifest.file(engine_class.file_format).model_copy(
        update={"path": "other.model", "sha256": sha256_bytes(content), "bytes": len(content), **changes}
    )
    return engine_class(manifest.model_copy(update={"files": (file,)}), folder, progress=False, timeout=60)


def lenet_content(engine_class: type[JvmEngine]) -> bytes:
    manifest, folder = build_model("lenet", formats=[engine_class.file_format])
    return (folder / manifest.file(engine_class.file_format).path).read_bytes()


def gone(pid: int) -> bool:
    """Neither running nor a zombie."""
    return not Path(f"/proc/{pid}").exists()


# The nodes inside


def test_every_node_of_lenet_is_fetched_as_tensorflow_gives_it() -> None:
    manifest, folder = build_model("lenet", formats=["tf_mobile_pb"])
    images = load_mnist("test")[0][:3]
    nodes = (*manifest.file("tf_mobile_pb").intermediate_nodes, "probabilities")
    with JvmTfMobileEngine(manifest, folder, progress=False) as engine, TfMobileGraphEngine(manifest, folder) as today:
        for node in nodes:
            expected = today.fetch(images, node)
            np.testing.assert_allclose(
                engine.fetch(images, node), expected.reshape(3, -1), rtol=1e-4, atol=1e-5, err_msg=node
            )
        fc1, conv1 = engine.fetch(images, "fc1"), engine.fetch(images, "conv1")
    assert fc1.shape == (3, 256)
    assert conv1.shape == (3, 24 * 24 * 16)


def test_a_node_of_a_large_network_is_fetched() -> None:
    manifest, folder = build_model("mobilenet", formats=["tf_mobile_pb"])
    images = sample_images(manifest.input)[:2]
    node = manifest.file("tf_mobile_pb").intermediate_nodes[20]
    with JvmTfMobileEngine(manifest, folder, progress=False) as engine, TfMobileGraphEngine(manifest, folder) as today:
        expected = today.fetch(images, node).reshape(2, -1)
        received = engine.fetch(images, node)
    # Of a hundred thousand numbers some are near 0: compared with the largest.
    assert np.abs(received - expected).max() < 1e-4 * np.abs(expected).max()


def test_batches_are_put_together_in_order() -> None:
    images = load_mnist("test")[0][:150]
    with opened(JvmTfLiteEngine, "lenet") as engine:
        whole = engine.predict(images)
        alone = np.concatenate([engine.predict(images[number : number + 1]) for number in (0, 63, 64, 149)])
    np.testing.assert_array_equal(whole[[0, 63, 64, 149]], alone)


# What an engine says of itself, and its settings


def test_versions_tell_the_desktops_from_the_apps() -> None:
    with opened(JvmTfMobileEngine, "lenet") as mobile, opened(JvmTfLiteEngine, "lenet") as lite:
        assert mobile.versions()["TensorFlow for Mobile"] == "1.13.1 (desktop)"
        assert lite.versions()["TensorFlow Lite"] == "2.6.2 (desktop; the APK has 2.16.1)"
        assert mobile.versions()["java-sources"] == java_lane(progress=False).key
        assert "OpenJDK" in lite.versions()["jvm"]
        assert mobile.versions()["threads"] == str(len(os.sched_getaffinity(0)))
        # The hash of the Java sources is part of what a cached prediction depends on.
        images = load_mnist("test")[0][:1]
        assert prediction_key(mobile, images) != prediction_key(lite, images)


def test_titles_name_the_versions_that_maven_takes() -> None:
    poms = [(PROJECT / "android_app" / name / "pom.xml").read_text() for name in ("engines", "engines/runtimes")]
    found = [dict(re.findall(r"<((?:desktop\.)?(?:tensorflow|tflite)\.version)>([\d.]+)<", pom)) for pom in poms]
    assert found[0].items() <= found[1].items()
    assert f"TF Mobile {found[1]['tensorflow.version']} " in JvmTfMobileEngine.title
    assert JvmTfLiteEngine.title.endswith(f"the APK has {found[1]['tflite.version']})")
    assert found[1]["desktop.tflite.version"].startswith("2.6.")
    assert JvmTfLiteEngine.title.startswith("TFLite 2.6 ")


def test_the_interpreter_has_as_many_threads_as_asked_for() -> None:
    manifest, folder = build_model("squeezenet", formats=["tflite"])
    images = sample_images(manifest.input)[:1]
    counts, answers = [], []
    for threads in (1, 2, 4):
        with JvmTfLiteEngine(manifest, folder, threads, progress=False) as engine:
            answers.append(engine.predict(images))
            tasks = Path(f"/proc/{engine._worker.pid}/task").iterdir()
            # Those that the JVM itself starts have names of their own; native ones take that of the program.
            counts.append(sum((task / "comm").read_text().strip() == "java" for task in tasks))
            assert engine.versions()["threads"] == str(threads)
    assert counts[0] < counts[1] < counts[2]
    np.testing.assert_allclose(answers[2], answers[0], rtol=1e-4)


@pytest.mark.parametrize("threads", [0, 257, -1, 1.5, "2", None])
def test_a_wrong_number_of_threads_is_refused(threads: object) -> None:
    manifest, folder = build_model("lenet", formats=["tflite"])
    with pytest.raises(ModelFileError, match="expected 1 to 256 threads"):
        JvmTfLiteEngine(manifest, folder, threads)  # type: ignore[arg-type]


# Files and names that do not fit


@each_engine
def test_a_file_that_is_not_the_manifests_never_reaches_java(
    engine_class: type[JvmEngine], lenet_copy: Path, lenet: tuple[Manifest, Path]
) -> None:
    path = lenet_copy / lenet[0].file(engine_class.file_format).path
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ManifestError, match="damaged or of another model"):
        engine_class(lenet[0], lenet_copy)


@each_engine
@pytest.mark.parametrize(
    "content",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1000],
        lambda whole: b"not a model, but text",
        lambda whole: whole[:4] + bytes(len(whole) - 4),
        lambda whole: whole[:8] + bytes(200),
    ],
    ids=["half", "without its end", "text", "zeros", "a beginning alone"],
)
def test_what_is_no_whole_model_is_one_clear_error(
    engine_class: type[JvmEngine], content: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    with (
        pytest.raises(ModelFileError, match=r"for lenet .*expected other\.model|other\.model.*received") as raised,
        with_content(engine_class, content(lenet_content(engine_class)), tmp_path) as engine,
    ):
        engine.predict(load_mnist("test")[0][:2])
    assert "\n" not in str(raised.value)


@each_engine
def test_altered_bytes_give_an_answer_or_one_clear_error(engine_class: type[JvmEngine], tmp_path: Path) -> None:
    """Whatever the runtime makes of it, a crash included: nothing but the package's own errors, and no hang."""
    whole = lenet_content(engine_class)
    random = np.random.default_rng(20190416)
    # The structure of a .tflite file is at its end, that of a .pb file all over it; the rest are weights.
    places = [*random.integers(0, 400, 2), *random.integers(len(whole) - 4000, len(whole), 4)]
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1 << int(random.integers(8))
        with suppress(DeploymentError), with_content(engine_class, bytes(content), tmp_path) as engine:
            assert engine.predict(load_mnist("test")[0][:1]).shape == (1, 10)


@each_engine
def test_another_models_file_is_refused(engine_class: type[JvmEngine], tmp_path: Path) -> None:
    manifest, folder = build_model("squeezenet", formats=[engine_class.file_format])
    content = (folder / manifest.file(engine_class.file_format).path).read_bytes()
    with pytest.raises(ModelFileError, match=r"28, 28, 1.*received .*another model's file"):
        with_content(engine_class, content, tmp_path)


@pytest.mark.parametrize("change", [{"input_node": "picture"}, {"output_node": "softmax"}])
def test_a_wrong_node_name_is_refused(change: dict[str, str], tmp_path: Path) -> None:
    (name,) = change.values()
    with pytest.raises(ModelFileError, match=rf"to have a node '{name}' with an output; received none"):
        with_content(JvmTfMobileEngine, lenet_content(JvmTfMobileEngine), tmp_path, **change)


def test_an_output_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        with_content(JvmTfMobileEngine, lenet_content(JvmTfMobileEngine), tmp_path, output_node="fc1") as engine,
        pytest.raises(ModelFileError, match=r"'fc1' of other\.model to give 10 probabilities; received more"),
    ):
        engine.predict(load_mnist("test")[0][:1])


def test_a_wrong_request_is_refused_and_the_next_one_served() -> None:
    images = load_mnist("test")[0][:2]
    with opened(JvmTfMobileEngine, "lenet") as engine:
        assert isinstance(engine, JvmTfMobileEngine)
        for node in ("conv99", "\u2026", "conv1:5"):
            with pytest.raises(ModelFileError, match=f"to have a node '{node}'"):
                engine.fetch(images, node)
        for node in ("", None, 3):
            with pytest.raises(ModelFileError, match="expected the name of a node"):
                engine.fetch(images, node)  # type: ignore[arg-type]
        with pytest.raises(ImageError):
            engine.predict(images.astype(np.float32))  # type: ignore[arg-type]
        with pytest.raises(ImageError):
            engine.fetch(images[:, :27], "conv1")
        with pytest.raises(ModelFileError, match="images of 784 bytes each, received 1566"):
            engine._worker.run(images.reshape(-1)[:-2])
        assert engine.predict(images).shape == (2, 10)


# The process


def test_a_crash_of_the_jvm_names_its_report() -> None:
    with opened(JvmTfLiteEngine, "lenet") as engine:
        pid = engine._worker.pid
        os.kill(pid, signal.SIGSEGV)
        with pytest.raises(
            LaneError, match=r"ended .*after a crash \(SIGSEGV .* in .*\), of which the JVM's report is"
        ) as raised:
            engine.predict(load_mnist("test")[0][:1])
        assert gone(pid)
        report = Path(re.findall(r"report is (\S+\.log)", str(raised.value))[0])
        assert "fatal error" in report.read_text()
        report.unlink()
        with pytest.raises(LaneError, match="open the engine again"):
            engine.predict(load_mnist("test")[0][:1])


def test_a_killed_process_is_one_clear_error() -> None:
    with opened(JvmTfLiteEngine, "lenet") as engine:
        pid = engine._worker.pid
        # Stopped, it holds the request without an answer; then it dies in the middle of it.
        os.kill(pid, signal.SIGSTOP)
        killer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(LaneError, match="ended by SIGKILL"):
            engine.predict(load_mnist("test")[0][:1])
        killer.join()
        assert gone(pid)


def test_a_hanging_process_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(JvmTfLiteEngine, "lenet") as engine:
        pid = engine._worker.pid
        monkeypatch.setattr(engine._worker, "_timeout", 0.2)
        os.kill(pid, signal.SIGSTOP)
        # More than a pipe holds: writing it waits for ever too.
        with pytest.raises(LaneError, match=r"no answer within 0\.2 s"):
            engine.predict(load_mnist("test")[0][:128])
        assert gone(pid)


def test_close_leaves_no_process() -> None:
    engine = opened(JvmTfLiteEngine, "lenet")
    pid = engine._worker.pid
    engine.close()
    engine.close()
    assert gone(pid)
    with pytest.raises(LaneError, match="has ended: open the engine again"):
        engine.predict(load_mnist("test")[0][:1])
    forgotten = opened(JvmTfLiteEngine, "lenet")
    pid = forgotten._worker.pid
    del forgotten
    assert gone(pid)


def test_an_interrupt_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with opened(JvmTfLiteEngine, "lenet") as engine:
        pid = engine._worker.pid
        monkeypatch.setattr("helpers.engines.arm_worker.read_frame", interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.predict(load_mnist("test")[0][:1])
        assert gone(pid)


@pytest.mark.parametrize(("engine", "name"), [("tf_mobile", "TensorFlow for Mobile"), ("tflite", "TensorFlow Lite")])
def test_a_native_library_that_is_not_there_is_one_line(engine: str, name: str, lenet: tuple[Manifest, Path]) -> None:
    command = [
        "-Djava.library.path=/nowhere" if word.startswith("-Djava.library.path=") else word
        for word in java_lane(progress=False).command()
    ]
    arguments = [
        "classify",
        "--engine",
        engine,
        "--model",
        str(lenet[1]),
        "--image",
        str(DATA / "golden" / "digit.png"),
    ]
    done = subprocess.run((*command, *arguments), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"error: expected the native library of {name} to load here; received '.*\n", done.stderr)


# What was built


def test_what_stands_in_for_android_is_not_in_the_apps_jar() -> None:
    home = java_lane(progress=False).home
    app, desktop = (
        {name for name in zipfile.ZipFile(home / jar).namelist() if name.endswith(".class")}
        for jar in ("engines.jar", "engines-desktop.jar")
    )
    package = "io/github/realtimeclassifier/engines/"
    assert {f"{package}TensorFlowMobileEngine.class", f"{package}TfLiteEngine.class"} <= app
    assert all(re.fullmatch(rf"{package}[A-Za-z-]+\.class", name) for name in app)
    assert {"android/util/Log.class", "android/os/Build.class", f"{package}desktop/DesktopMain.class"} <= desktop
    assert all(name.startswith(("android/", f"{package}desktop/")) for name in desktop)
