"""The iOS app's core, built by the Swift lane: the same sources that Xcode builds, as a program for this machine.

`ios_app` is a Swift package besides being an app: its core needs Foundation and Dispatch alone, which exist on Linux.
What the build leaves lies under `build/swift`, and the finished program in a folder whose name is the hash of the
sources and of the toolchain: it is built again when one changes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock
from tqdm import tqdm

from helpers.errors import ArtifactWriteError, LaneError
from helpers.files import PROJECT, build_dir, ensure_folder, sha256_bytes, sha256_path, whole_folder
from helpers.lanes.programs import run_program
from helpers.lanes.swift import SwiftLane, swift_lane

PACKAGE = PROJECT / "ios_app"
PROGRAM = "realtime"
# What the program is made of; the app's screens and its tests are no part of it.
SOURCES = ("Package.swift", "Sources")


def swift_key() -> str:
    """The SHA-256 of all that a result of the core depends on: its sources, and the toolchain.

    Raises:
        LaneError: there is no toolchain, or the sources are not there.
    """
    missing = [name for name in SOURCES if not (PACKAGE / name).exists()]
    if missing:
        raise LaneError(
            f"the Swift lane needs the app's sources; expected {missing[0]} in {PACKAGE}, received none; "
            "run it from a checkout of the project"
        )
    sources = [(name, sha256_path(PACKAGE / name)) for name in SOURCES]
    return sha256_bytes(repr((swift_lane(progress=False).key(), sources)).encode())


def swift_command(lane: SwiftLane, action: str, scratch: Path, *options: str) -> tuple[str, ...]:
    """A command of Swift's package manager for the core, which writes to no other folder than `scratch`.

    Args:
        lane: the toolchain.
        action: such as "build" or "test".
        scratch: the folder for everything it makes, below the build folder.
        options: more words for it.
    """
    places = ("--package-path", str(PACKAGE), "--scratch-path", str(scratch), "--cache-path", str(scratch / "cache"))
    return (str(lane.swift), action, *places, *options)


def core_program(progress: bool = True) -> tuple[str, ...]:
    """How to start the core's command line, `realtime`, built first if it is not there yet (about a minute, once).

    Args:
        progress: show a bar while setting up and building.

    Raises:
        LaneError: there is no toolchain, or the build failed.
    """
    lane = swift_lane(progress)
    folder = build_dir() / "swift" / "core" / swift_key()[:16]
    try:
        if not (folder / PROGRAM).is_file():
            with FileLock(ensure_folder(folder.parent) / ".lock"):
                # Another process may have built it while this one waited.
                if not (folder / PROGRAM).is_file():
                    _build(lane, folder, progress)
    except (OSError, ArtifactWriteError) as error:
        raise LaneError(
            f"could not build the iOS app's core: expected a folder {folder.parent} that can be written and has "
            f"200 MB of room, received '{error}'; correct that, or name another folder in BUILD_DIR"
        ) from error
    return lane.command(str(folder / PROGRAM))


def _build(lane: SwiftLane, folder: Path, progress: bool) -> None:
    scratch = ensure_folder(build_dir() / "swift" / "scratch")
    with tqdm(total=1, desc="building the iOS app's core", unit="step", disable=not progress) as bar:
        command = swift_command(lane, "build", scratch, "--configuration", "release", "--product", PROGRAM)
        run_program(lane.command(*command), "build the iOS app's core")
        with whole_folder(folder) as new:
            shutil.copy2(scratch / "release" / PROGRAM, new / PROGRAM)
        bar.update()
    # Others were built from older sources; a process that runs one keeps what it has open.
    for old in folder.parent.iterdir():
        if old.is_dir() and old != folder:
            shutil.rmtree(old, ignore_errors=True)
