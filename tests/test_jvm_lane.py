"""The Java lane: what is missing is said in one line, and what is built is built once, whole, from these sources.

No test here needs Java or Maven: programs of the same names take their place.
"""

from __future__ import annotations

import platform
import shutil
import threading
from pathlib import Path

import pytest

from helpers.engines.jvm_worker import JvmWorker
from helpers.errors import LaneError
from helpers.files import PROJECT
from helpers.lanes import java as lane
from helpers.manifest import Manifest


@pytest.fixture(autouse=True)
def _linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH, and a build folder of its own."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def program(folder: Path, name: str, script: str = "exit 0") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def java(folder: Path, version: str = "17", development: bool = True) -> None:
    """A program that tells of itself what a JVM tells."""
    home = folder / "jdk"
    if development:
        (home / "include").mkdir(parents=True, exist_ok=True)
        (home / "include" / "jni.h").touch()
    program(
        folder,
        "java",
        f"echo '    java.home = {home}\n    java.specification.version = {version}\n"
        f"    java.runtime.version = {version}.0.1' >&2",
    )


# What is missing


def test_another_system_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(LaneError, match=r"needs Linux on x86-64.*received Linux on aarch64; run it there"):
        lane.find_java()


def test_no_java(programs: Path) -> None:
    with pytest.raises(LaneError, match=r"needs a JDK, version 17 or later; received no java on PATH; .*apt-get"):
        lane.java_lane()


@pytest.mark.parametrize("version", ["1.8", "11", ""])
def test_an_old_java(programs: Path, version: str) -> None:
    java(programs, version)
    with pytest.raises(LaneError, match=f"needs Java 17 or later; received {version or 'no version'} from .*JAVA_HOME"):
        lane.java_lane()


def test_a_java_without_a_compiler(programs: Path) -> None:
    java(programs, development=False)
    with pytest.raises(LaneError, match=r"needs a JDK, with include/jni\.h; received a runtime alone"):
        lane.java_lane()


def test_java_home_is_asked_first(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java(programs, "11")
    java(tmp_path / "newer" / "bin", "21")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "newer"))
    assert lane.find_java() == (tmp_path / "newer" / "bin" / "java", "21.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nothing"))
    with pytest.raises(LaneError, match=r"could not ask Java for its version: .*nothing/bin/java does not start"):
        lane.find_java()


@pytest.mark.parametrize(("there", "missing"), [("mvn", "gcc"), ("gcc", "mvn")])
def test_a_missing_program_is_named(programs: Path, there: str, missing: str) -> None:
    java(programs)
    program(programs, there)
    with pytest.raises(LaneError, match=f"needs the program {missing}; received none on PATH; .*apt-get install"):
        lane.java_lane()


def test_the_reason_is_one_line(programs: Path) -> None:
    lane.java_missing.cache_clear()
    reason = lane.java_missing()
    lane.java_missing.cache_clear()
    assert reason is not None
    assert "no java on PATH" in reason
    assert "\n" not in reason


def test_no_sources(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything(programs)
    monkeypatch.setattr(lane, "PROJECT", tmp_path)
    with pytest.raises(LaneError, match=r"expected pom\.xml in .*android_app, received none; run it from a checkout"):
        lane.java_lane()


# The build


def everything(programs: Path) -> None:
    java(programs)
    program(programs, "gcc")
    program(programs, "mvn")


def test_mavens_own_advice_is_left_out_of_the_message(programs: Path, tmp_path: Path) -> None:
    everything(programs)
    program(
        programs,
        "mvn",
        "echo '[ERROR] Could not transfer artifact org.tensorflow:x: connection refused -> [Help 1]\n[ERROR] \n"
        "[ERROR] To see the full stack trace\n[ERROR] Re-run Maven\n[ERROR] [Help 1] http://somewhere'; exit 1",
    )
    with pytest.raises(LaneError) as raised:
        lane.java_lane(progress=False)
    message = str(raised.value)
    assert "could not build the app's Java code: Maven ended with 1 and said 'Could not transfer artifact" in message
    assert "connection refused" in message
    assert "Help 1" not in message
    assert "Re-run" not in message
    assert "stack trace" not in message
    # Nothing half-built stays behind.
    assert [path.name for path in (tmp_path / "build/android/jvm").iterdir()] in ([".lock"], [])


def test_maven_that_leaves_nothing_is_one_clear_error(programs: Path) -> None:
    everything(programs)
    with pytest.raises(LaneError, match=r"could not build the Java lane: .*No such file.*BUILD_DIR"):
        lane.java_lane(progress=False)


def test_a_folder_that_cannot_be_written(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything(programs)
    (tmp_path / "file").touch()
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "file"))
    with pytest.raises(LaneError, match=r"that can be written and has 400 MB of room.*BUILD_DIR"):
        lane.java_lane(progress=False)


@pytest.fixture
def built(programs: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were built, by a pretended build that takes a moment."""
    everything(programs)
    calls: list[Path] = []

    def build(home: Path, *_: object) -> None:
        calls.append(home)
        threading.Event().wait(0.1)
        for name in (*lane._JARS.values(), *(f"native/{library}" for library in lane._NATIVE_LIBRARIES)):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).touch()

    monkeypatch.setattr(lane, "_build", build)
    return calls


def test_it_is_built_once_and_again_when_a_file_is_gone(built: list[Path]) -> None:
    first = lane.java_lane(progress=False)
    assert lane.java_lane(progress=False) == first
    assert built == [first.home]
    (first.home / "native" / "libtensorflow_jni.so").unlink()
    assert lane.java_lane(progress=False) == first
    assert len(built) == 2


def test_several_that_build_at_once_build_one(built: list[Path]) -> None:
    threads = [threading.Thread(target=lane.java_lane, args=(False,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_the_key_follows_what_the_lane_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = tmp_path / "android_app"
    shutil.copytree(PROJECT / "android_app", app)
    before = lane.sources_key()
    monkeypatch.setattr(lane, "PROJECT", tmp_path)
    assert lane.sources_key() == before
    (app / "engines" / "src" / "test" / "more.txt").write_text("the tests are no part of it")
    assert lane.sources_key() == before
    shim = app / "engines" / "src" / "desktop" / "c" / "run_stats.c"
    shim.write_text(shim.read_text() + "\n")
    assert lane.sources_key() != before


# The process


def pretended_lane(folder: Path, script: str) -> lane.JavaLane:
    program(folder, "java", script)
    return lane.JavaLane(folder / "java", folder, "0" * 64, "17")


def test_what_a_process_says_last_is_in_the_message(
    tmp_path: Path, lenet: tuple[Manifest, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    fake = pretended_lane(tmp_path, "echo 'Error: no class' >&2; exit 7")
    with pytest.raises(LaneError, match=r"Java process for lenet \(tflite\) ended with status 7.*Error: no class"):
        JvmWorker(fake, "tflite", *lenet)
    fake = pretended_lane(tmp_path, "echo 'a word of the JVM itself'")
    with pytest.raises(LaneError, match="expected a frame, received"):
        JvmWorker(fake, "tflite", *lenet)
    fake = pretended_lane(tmp_path, "sleep 60")
    with pytest.raises(LaneError, match=r"gave no answer within 0\.3 s and was ended"):
        JvmWorker(fake, "tflite", *lenet, timeout=0.3)
    (tmp_path / "java").unlink()
    with pytest.raises(LaneError, match=r"could not start the Java process for lenet .*Install it again"):
        JvmWorker(fake, "tflite", *lenet)
