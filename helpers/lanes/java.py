"""The Java lane: the Android app's own code, built for the desktop's JVM by Maven.

`java_lane` compiles `android_app/core` and `android_app/engines` and lays them in one folder under `build/android/jvm`,
with the native libraries of TensorFlow 1.13.1 and TensorFlow Lite, which Maven fetches from Maven Central and compares
with the checksums there. The folder's name is the hash of the sources: it is built again when one changes.

Run `python -m helpers.lanes.java` to set the lane up and see what it is made of.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from helpers.errors import LaneError
from helpers.files import PROJECT, build_dir, remove_path, sha256_bytes, sha256_path
from helpers.lanes.lock import alone
from helpers.lanes.programs import run_program

# What the lane is made of; the tests stay away, which saves fetching what they need.
SOURCES = (
    "pom.xml",
    "core/pom.xml",
    "core/src/main",
    "engines/pom.xml",
    "engines/runtimes/pom.xml",
    "engines/src/main",
    "engines/src/desktop",
)
MAIN_CLASS = "io.github.realtimeclassifier.engines.desktop.DesktopMain"
OLDEST_JAVA = 17
# Raise this when a folder that an older version of this file built should not be used any more.
RECIPE = 1
# What happens while the lock is held, and the room it takes.
_LOCK = ("build the Java lane", "400 MB")

# Where Maven leaves the jars, below its build/android, and what they are called in the lane, in the class path's order.
# The engines' own stand-ins for Android come before TensorFlow's classes, which call them.
_JARS = {
    "engines/engines.jar": "engines.jar",
    "engines/engines-desktop.jar": "engines-desktop.jar",
    "core/core.jar": "core.jar",
    "engines/aar/tensorflow-android/classes.jar": "tensorflow-android.jar",
    "engines/desktop/tensorflow-lite/classes.jar": "tensorflow-lite.jar",
}
_NATIVE_FOLDER = "engines/desktop/native"
_NATIVE_LIBRARIES = (
    "libtensorflow_framework.so",
    "libtensorflow_inference.so",
    "libtensorflow_jni.so",
    "libtensorflowlite_jni.so",
)
_INSTALL = "on Debian or Ubuntu: apt-get install default-jdk-headless maven gcc libc6-dev"


@dataclass(frozen=True)
class JavaLane:
    """The app's Java code, ready to run on this machine.

    Attributes:
        java: the program that starts the JVM.
        home: the folder of the jars, with the native libraries in the folder `native` inside.
        key: SHA-256 of the Java sources and of Maven's files, on which a result computed here depends.
        jvm: the JVM's version, such as "17.0.15+6".
    """

    java: Path
    home: Path
    key: str
    jvm: str

    def command(self, *options: str) -> tuple[str, ...]:
        """What to put before the app's command line: the JVM with its options, the class path, the main class."""
        return (
            str(self.java),
            *options,
            "-Djava.awt.headless=true",
            f"-Djava.library.path={self.home / 'native'}",
            "-cp",
            os.pathsep.join(str(self.home / name) for name in _JARS.values()),
            MAIN_CLASS,
        )


def java_lane(progress: bool = True) -> JavaLane:
    """The app's Java code, built first if it is not there yet (a download of about 200 MB, done once).

    Args:
        progress: show a bar while building.

    Raises:
        LaneError: it cannot be had on this machine; the message says what is missing and how to get it.
    """
    java, jvm = find_java()
    for program in ("mvn", "gcc"):
        if shutil.which(program) is None:
            raise LaneError(f"the Java lane needs the program {program}; received none on PATH; {_INSTALL}")
    key = sources_key()
    home = build_dir() / "android" / "jvm" / key[:16]
    if not _is_whole(home):
        with alone(home.parent, *_LOCK):
            # Another process may have built it while this one waited.
            if not _is_whole(home):
                _build(home, java, progress)
    return JavaLane(java, home, key, jvm)


@functools.cache
def java_missing() -> str | None:
    """None where the Java lane can be had (it is built when needed), else the reason in one line; asked only once."""
    try:
        java_lane(progress=False)
    except LaneError as error:
        return " ".join(str(error).split())
    return None


def find_java() -> tuple[Path, str]:
    """The JVM that Maven uses too, and its version.

    Raises:
        LaneError: this is not Linux on x86-64, or there is no JDK of a version that the lane needs.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise LaneError(
            "the Java lane needs Linux on x86-64, for which its native libraries exist; received "
            f"{platform.system()} on {platform.machine()}; run it there, in a virtual machine or in a container"
        )
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        raise LaneError(
            f"the Java lane needs a JDK, version {OLDEST_JAVA} or later; received no java on PATH; {_INSTALL}"
        )
    told = run_program((java, "-XshowSettings:properties", "-version"), "ask Java for its version", _INSTALL).stderr
    facts = dict(re.findall(r"^ +([a-z.]+) = (.*)$", told, re.MULTILINE))
    version = facts.get("java.specification.version", "")
    if not version.isdecimal() or int(version) < OLDEST_JAVA:
        raise LaneError(
            f"the Java lane needs Java {OLDEST_JAVA} or later; received {version or 'no version'} from {java}; "
            f"{_INSTALL}, and let JAVA_HOME name it or leave it unset"
        )
    if not (Path(facts["java.home"]) / "include" / "jni.h").is_file():
        raise LaneError(
            f"the Java lane needs a JDK, with include/jni.h; received a runtime alone in {facts['java.home']}; "
            f"{_INSTALL}"
        )
    return Path(java), facts["java.runtime.version"]


def run_maven(*arguments: str, purpose: str) -> None:
    """Run Maven, quietly; it compares everything it fetches with the repository's checksums.

    Args:
        arguments: goals and settings.
        purpose: what it is for, in words that follow "could not".

    Raises:
        LaneError: it failed; the message has the end of what it said.
    """
    advice = f"check the connection to Maven's repository; {_INSTALL}"
    command = ("mvn", "--batch-mode", "--quiet", "--no-transfer-progress", "--strict-checksums", *arguments)
    # Two Mavens that fetch into one repository at once get into each other's way.
    with alone(build_dir() / "android", *_LOCK):
        done = run_program(command, purpose, advice, check=False)
    if done.returncode:
        said = done.stdout + done.stderr
        lines = [re.sub(r"\x1b\[[\d;]*m|\[ERROR\]| -> \[Help \d+\]", "", line).strip() for line in said.splitlines()]
        # Maven ends with advice on how to use Maven.
        of_itself = re.compile(r"To see the full|Re-run Maven|For more information|\[Help|After correcting|mvn <args>")
        telling = [line for line in lines if line and not of_itself.match(line)]
        raise LaneError(
            f"could not {purpose}: Maven ended with {done.returncode} and said "
            f"'{' | '.join(telling[-6:]) or 'nothing'}'; {advice}"
        )


def sources_key(names: Sequence[str] = SOURCES) -> str:
    """The SHA-256 of all that the lane is built from.

    Args:
        names: the files and folders below `android_app`; of what else is built from the app's sources, its own.

    Raises:
        LaneError: the app's sources are not there.
    """
    app = PROJECT / "android_app"
    missing = [name for name in names if not (app / name).exists()]
    if missing:
        raise LaneError(
            f"the Java lane needs the app's sources; expected {missing[0]} in {app}, received none; "
            "run it from a checkout of the project"
        )
    return sha256_bytes(repr((RECIPE, [(name, sha256_path(app / name)) for name in names])).encode())


def _is_whole(home: Path) -> bool:
    files = (*_JARS.values(), *(f"native/{name}" for name in _NATIVE_LIBRARIES))
    return all((home / name).is_file() for name in files)


def _build(home: Path, java: Path, progress: bool) -> None:
    """Build everything in a folder beside `home`, try it, and only then give it its name."""
    part = home.with_suffix(".part")
    remove_path(part)
    try:
        copy_sources(part / "project" / "android_app")
        with tqdm(total=2, desc="building the app's Java code", unit="step", disable=not progress) as bar:
            pom = part / "project" / "android_app" / "pom.xml"
            # A newer JDK than the project's own may warn of what is no fault.
            settings = ("-DskipTests", "-Dmaven.compiler.failOnWarning=false")
            run_maven("-f", str(pom), "package", *settings, purpose="build the app's Java code")
            bar.update()
            ready = _gathered(part / "project" / "build" / "android", part / "ready")
            run_program((*JavaLane(java, ready, "", "").command(), "help"), "start the app's Java code")
            bar.update()
        # Others were built from older sources; a process that runs one keeps what it has open.
        for old in home.parent.iterdir():
            if old not in (part, home.parent / ".lock"):
                remove_path(old)
        ready.rename(home)
    finally:
        remove_path(part)


def copy_sources(app: Path, names: Sequence[str] = SOURCES) -> None:
    """Copy the sources, so that Maven's own folders lie beside the copy, where nobody else's Maven writes.

    Args:
        app: the copy of `android_app`, not there yet.
        names: the files and folders below it.
    """
    for name in names:
        source, target = PROJECT / "android_app" / name, app / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)


def _gathered(made: Path, ready: Path) -> Path:
    """Move what a desktop needs out of Maven's folders into one."""
    ready.mkdir()
    for source, name in _JARS.items():
        (made / source).rename(ready / name)
    (made / _NATIVE_FOLDER).rename(ready / "native")
    return ready


if __name__ == "__main__":
    try:
        made = java_lane()
    except LaneError as problem:
        sys.exit(f"error: {problem}")
    print(f"Java lane ready: JVM {made.jvm}, in {made.home}, key {made.key[:16]}")
