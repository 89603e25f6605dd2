"""The Swift lane: what is missing is said in one line, what is set up is set up once, the machine stays as it is.

Only the tests marked `swift` need Swift or a network: in the others, programs of the same names take its place.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from helpers.errors import LaneError
from helpers.files import PROJECT, build_dir
from helpers.lanes import debian, swift_core
from helpers.lanes import swift as lane

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, nothing is set up")

DEBIAN = {"ID": "debian", "VERSION_CODENAME": "bookworm", "PRETTY_NAME": "Debian 12"}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH, and a build folder of its own."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(lane, "_PATH", str(folder))
    monkeypatch.setattr(lane, "DEBIAN_SWIFT", tmp_path / "no" / "swift")
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.delenv(lane.SOURCE_VARIABLE, raising=False)
    return folder


def program(folder: Path, name: str, script: str = "exit 0") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def swift(folder: Path, says: str) -> None:
    program(folder, "swift", f"echo '{says}'")


def debian_machine(programs: Path) -> None:
    """Everything but Swift."""
    for name in ("apt-get", "dpkg-deb", "unshare", "mount", "chroot"):
        program(programs, name)
    program(programs, "dpkg", "echo amd64")


# An installed Swift


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("Swift version 6.0.3 (swift-6.0.3-RELEASE)", "6.0.3"),
        ("swift-driver version: 1.115 Apple Swift version 6.1 (swiftlang-6.1.0.110.5 clang-1700)", "6.1"),
        ("Swift version 10.2 (swift-10.2-RELEASE)", "10.2"),
    ],
)
def test_an_installed_swift_is_taken(programs: Path, says: str, version: str) -> None:
    swift(programs, says)
    made = lane.swift_lane()
    assert (made.swift, made.root, made.version) == (programs / "swift", None, version)
    assert lane.swift_missing.__wrapped__() is None
    assert made.command("x", environment={"A": "b c"})[-2:] == ("A=b c", "x")


@pytest.mark.parametrize("says", ["Swift version 5.9.2 (swift-5.9.2-RELEASE)", "python-swiftclient 4.6.0", "6.0", ""])
def test_an_old_swift_and_another_program_of_that_name_are_not(programs: Path, says: str) -> None:
    swift(programs, says)
    with pytest.raises(LaneError, match=r"Swift lane"):
        lane.swift_lane()


def test_debians_own_is_found_out_of_path(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swift(programs, "python-swiftclient 4.6.0")
    swift(tmp_path / "libexec", "Swift version 6.0.3 (swift-6.0.3-RELEASE)")
    monkeypatch.setattr(lane, "DEBIAN_SWIFT", tmp_path / "libexec" / "swift")
    assert lane.swift_lane().swift == tmp_path / "libexec" / "swift"


# What is missing


def test_another_system_is_told_so(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    with pytest.raises(LaneError, match=r"found no Swift that is new enough on Darwin; install Swift 6\.0 or later"):
        lane.swift_lane()


@linux
@pytest.mark.parametrize("missing", ["apt-get", "dpkg", "dpkg-deb", "unshare", "chroot"])
def test_a_missing_program_is_named(programs: Path, missing: str) -> None:
    debian_machine(programs)
    (programs / missing).unlink()
    with pytest.raises(LaneError, match=rf"program {missing}.*; install Swift 6\.0 or later .*or use Debian 12"):
        lane.swift_lane()


@linux
def test_the_reason_is_one_line(programs: Path) -> None:
    lane.swift_missing.cache_clear()
    reason = lane.swift_missing()
    lane.swift_missing.cache_clear()
    assert reason is not None
    assert "the Swift lane is made of Debian's packages: expected the program apt-get" in reason
    assert "\n" not in reason


@linux
@pytest.mark.parametrize(
    ("system", "sources"), [(DEBIAN, ""), ({"ID": "ubuntu", "PRETTY_NAME": "Ubuntu"}, "http://an.archive/ubuntu/")]
)
def test_a_machine_without_debians_archive(
    programs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: dict[str, str], sources: str
) -> None:
    debian_machine(programs)
    program(programs, "apt-get", f"echo '{sources}'")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: system)
    with pytest.raises(LaneError, match=r"whose sources have Debian's archive.*for trixie, in the variable SWIFT_APT"):
        lane.swift_lane(progress=False)
    # Nothing half-made stays behind.
    assert [path.name for path in (tmp_path / "build/swift").iterdir() if "." in path.name] in ([".lock"], [])


@linux
def test_the_archive_is_the_one_of_the_machines_own_apt(
    programs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: DEBIAN)
    monkeypatch.setattr(debian, "KEYS", tmp_path / "keys.gpg")
    program(
        programs,
        "apt-get",
        'case "$*" in *"RELEASE: bookworm"*) echo http://an.archive/debian/; echo http://an.archive/debian/;; esac',
    )
    with pytest.raises(LaneError, match="no keys"):
        debian.release_source("trixie", lane.SOURCE_VARIABLE)
    (tmp_path / "keys.gpg").touch()
    line = f"deb [signed-by={tmp_path / 'keys.gpg'}] http://an.archive/debian/ trixie main"
    assert debian.release_source("trixie", lane.SOURCE_VARIABLE) == line
    monkeypatch.setenv(lane.SOURCE_VARIABLE, "deb file:/media/disk trixie main")
    assert debian.release_source("trixie", lane.SOURCE_VARIABLE) == "deb file:/media/disk trixie main"


@linux
def test_an_archive_that_cannot_be_had(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    debian_machine(programs)
    program(programs, "apt-get", "echo 'E: Unable to locate package swiftlang' >&2; exit 100")
    monkeypatch.setenv(lane.SOURCE_VARIABLE, "deb http://an.archive/debian trixie main")
    with pytest.raises(LaneError, match=r"could not download .*Unable to locate package.*debian-archive-keyring"):
        lane.swift_lane(progress=False)


@pytest.fixture
def root(programs: Path) -> Path:
    """A finished root whose Swift is a script of ours."""
    debian_machine(programs)
    definition = (lane.RECIPE, lane.DEBIAN_RELEASE, lane.DEBIAN_PACKAGES, "amd64")
    home = build_dir() / "swift" / lane.sha256_bytes(repr(definition).encode())[:16]
    swift(home / "root" / lane.DEBIAN_SWIFT.parent.relative_to("/"), "")
    (home / "manifest.json").write_text('{"version": "6.0.3", "packages": {"swiftlang": "6.0.3-2"}}')
    return home


@linux
def test_a_root_that_cannot_be_entered(root: Path, programs: Path) -> None:
    program(programs, "unshare", "echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1")
    with pytest.raises(LaneError, match=r"could not start Swift: .*Operation not permitted.*allow user namespaces"):
        lane.swift_lane()


@linux
@pytest.mark.parametrize("user", [0, 1000])
def test_a_root_is_entered_in_a_namespace(
    root: Path, programs: Path, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    program(programs, "unshare", "echo Swift version 6.0.3")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    made = lane.swift_lane()
    assert made == lane.SwiftLane(lane.DEBIAN_SWIFT, root / "root", "6.0.3", {"swiftlang": "6.0.3-2"})
    words = made.command("program", "argument", environment={"A": "b"})
    assert words[:2] == ("unshare", "--mount")
    assert ("--map-root-user" in words) == (user != 0)
    assert words[-4:] == ("chroot", str(root / "root"), "program", "argument")
    assert {str(PROJECT), str(build_dir()), "A=b"} <= set(words)
    assert made.key() == lane.SwiftLane(Path("elsewhere"), None, "6.0.3", {"swiftlang": "6.0.3-2"}).key()
    assert made.key() != lane.SwiftLane(made.swift, made.root, "6.0.3", {"swiftlang": "6.0.3-3"}).key()


@linux
@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": "6.0.3"}', "not JSON"])
def test_an_unfinished_root_is_set_up_again(
    root: Path, programs: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    program(programs, "unshare", "echo Swift version 6.0.3")
    (root / "manifest.json").write_text(content)
    made = lane.SwiftLane(lane.DEBIAN_SWIFT, root / "root", "6.0.3", {})
    monkeypatch.setattr(lane, "_set_up", lambda *_: made)
    assert lane.swift_lane() is made


@linux
def test_several_that_set_up_at_once_set_up_one(root: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(programs, "unshare", "echo Swift version 6.0.3")
    manifest = (root / "manifest.json").read_text()
    (root / "manifest.json").unlink()
    calls = []

    def set_up(home: Path, _: bool) -> lane.SwiftLane:
        calls.append(home)
        threading.Event().wait(0.1)
        (home / "manifest.json").write_text(manifest)
        finished = lane._finished(home)
        assert finished is not None
        return finished

    monkeypatch.setattr(lane, "_set_up", set_up)
    threads = [threading.Thread(target=lane.swift_lane, args=(False,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [root]


@linux
def test_a_folder_that_cannot_be_written(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    debian_machine(programs)
    (tmp_path / "file").touch()
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "file"))
    with pytest.raises(LaneError, match=r"that can be written and has 3\.5 GB of room.*BUILD_DIR"):
        lane.swift_lane(progress=False)


# The core's program


def test_the_key_follows_the_sources(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swift(programs, "Swift version 6.0.3")
    for name in swift_core.SOURCES:
        source = swift_core.PACKAGE / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, _made(tmp_path / "ios_app") / name)
    before = swift_core.swift_key()
    monkeypatch.setattr(swift_core, "PACKAGE", tmp_path / "ios_app")
    assert swift_core.swift_key() == before
    (_made(tmp_path / "ios_app" / "Tests") / "More.swift").write_text("// the tests are no part of it")
    assert swift_core.swift_key() == before
    swift(programs, "Swift version 6.0.4")
    assert swift_core.swift_key() != before
    swift(programs, "Swift version 6.0.3")
    (tmp_path / "ios_app" / "Sources" / "More.swift").touch()
    assert swift_core.swift_key() != before
    shutil.rmtree(tmp_path / "ios_app" / "Sources")
    with pytest.raises(LaneError, match=r"expected Sources in .*ios_app, received none; run it from a checkout"):
        swift_core.swift_key()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_program_is_built_once(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    release = build_dir() / "swift" / "scratch" / "release"
    program(
        programs,
        "swift",
        'case "$1" in --version) echo Swift version 6.0.3;; '
        f"build) mkdir -p {release}; echo built >> {tmp_path / 'builds'}; echo > {release / 'realtime'};; esac",
    )
    command = swift_core.core_program(progress=False)
    assert command == swift_core.core_program(progress=False)
    assert Path(command[-1]).is_file()
    assert (tmp_path / "builds").read_text() == "built\n"
    program(
        programs, "swift", 'case "$1" in --version) echo Swift version 6.1;; *) echo "error: no" >&2; exit 1;; esac'
    )
    with pytest.raises(LaneError, match=r"could not build the iOS app's core: .*error: no"):
        swift_core.core_program(progress=False)


# The real one


@pytest.mark.swift
def test_what_is_run_sees_the_project_and_leaves_nothing_mounted(tmp_path: Path) -> None:
    made = lane.swift_lane(progress=False)
    mounts = Path("/proc/mounts")
    before = mounts.read_text() if mounts.is_file() else ""
    source = tmp_path / "main.swift"
    source.write_text(
        "import Foundation\n"
        "let seen = FileManager.default.fileExists(atPath: CommandLine.arguments[1])\n"
        'print("seen", seen, ProcessInfo.processInfo.environment["WORD"] ?? "none")\n'
    )
    environment = {"WORD": "two words"}
    swiftc = str(made.swift.with_name("swiftc"))
    program_file = str(tmp_path / "program")
    subprocess.run(made.command(swiftc, str(source), "-o", program_file), check=True, capture_output=True)
    done = subprocess.run(
        made.command(program_file, str(PROJECT / "ios_app" / "Package.swift"), environment=environment),
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "seen true two words\n"
    assert (mounts.read_text() if mounts.is_file() else "") == before
    if made.root is not None:
        # An address for the next chroot, and nothing else: the folders are empty where nothing is mounted on them.
        assert not any((made.root / "proc").iterdir())
