"""The Swift lane: a Swift toolchain without a Mac, for the iOS app's core and its tests.

`swift_lane` takes the `swift` that is installed, if it is new enough, and else Debian's own, of a release newer than
this machine's need be: its packages are fetched, signatures checked, into a folder under `build/swift` that is entered
by chroot, so that nothing on the machine changes.

Run `python -m helpers.lanes.swift` to set the lane up and see where it is.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from helpers.errors import LaneError
from helpers.files import PROJECT, build_dir, ensure_folder, remove_path, sha256_bytes, write_text
from helpers.lanes.debian import fetch_debs, need_debian_tools, own_architecture, release_source, unpack_debs
from helpers.lanes.lock import alone
from helpers.lanes.programs import run_program

OLDEST_SWIFT = (6, 0)
# Debian's first release with Swift, and what a build of a package with tests needs of it; apt adds the rest.
DEBIAN_RELEASE = "trixie"
DEBIAN_PACKAGES = ("swiftlang", "libc6-dev", "libstdc++-14-dev")
# A line of sources.list, for machines whose own sources do not tell where Debian's archive is.
SOURCE_VARIABLE = "SWIFT_APT_SOURCE"
# Debian keeps it out of PATH, where another program is called `swift`, too.
DEBIAN_SWIFT = Path("/usr/libexec/swift/bin/swift")
# Raise this when a root that an older version of this file built should not be used any more.
RECIPE = 1
# What happens while the lock is held, and the room it takes.
_LOCK = ("set up the Swift lane", "3.5 GB")

_INSTALL = (
    f"install Swift {OLDEST_SWIFT[0]}.{OLDEST_SWIFT[1]} or later so that `swift` is on PATH, "
    "or use Debian 12 or later, or a container of it"
)
# In a namespace of its own, so that its mounts are seen by nobody else and end with it: the machine's devices and
# processes, then each folder at its own path.
_ENTER = """\
set -e
root=$1
shift
mkdir -p "$root/proc" "$root/dev"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    shift
done
shift
exec "$@"
"""
_ENV = "/usr/bin/env"
_PATH = f"{DEBIAN_SWIFT.parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class SwiftLane:
    """A Swift toolchain.

    Attributes:
        swift: the program `swift`; its path inside `root`, where there is one.
        root: the folder to enter before anything is run, None for an installed Swift.
        version: Swift's version, such as "6.0.3".
        packages: each Debian package in `root` with its version.
    """

    swift: Path
    root: Path | None
    version: str
    packages: Mapping[str, str]

    def key(self) -> str:
        """SHA-256 of everything that a result computed here can depend on; where it lies is no part of it."""
        facts = (self.version, platform.system(), platform.machine(), sorted(self.packages.items()))
        return sha256_bytes(repr(facts).encode())

    def command(self, *words: str, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """How to run a program with the toolchain's libraries.

        What is run sees the project, the build folder and the folder for temporary files at their own paths.

        Args:
            words: the program and its arguments; without any, `swift` itself.
            environment: variables to set for it.
        """
        home = build_dir() / "swift" / "home"
        variables = {"HOME": str(home), "LC_ALL": "C.UTF-8", "TMPDIR": tempfile.gettempdir(), **(environment or {})}
        program = words or (str(self.swift),)
        if self.root is None:
            return (_ENV, *(f"{name}={value}" for name, value in variables.items()), *program)
        # Nothing of the machine's own settings is for programs of another system.
        settings = [f"{name}={value}" for name, value in {"PATH": _PATH, **variables}.items()]
        folders = dict.fromkeys(str(folder) for folder in (tempfile.gettempdir(), PROJECT, build_dir()))
        rights = () if os.geteuid() == 0 else ("--map-root-user",)
        entering = ("unshare", "--mount", *rights, "sh", "-c", _ENTER, "sh", str(self.root), *folders, "--")
        return (*entering, _ENV, "-i", *settings, "chroot", str(self.root), *program)


def swift_lane(progress: bool = True) -> SwiftLane:
    """The toolchain, set up first if there is none yet (a download of about 550 MB, done once).

    Args:
        progress: show a bar while setting up.

    Raises:
        LaneError: it cannot be had on this machine; the message says what is missing and how to get it.
    """
    installed = _installed()
    if installed is not None:
        return installed
    if sys.platform != "linux":
        raise LaneError(f"the Swift lane found no Swift that is new enough on {platform.system()}; {_INSTALL}")
    need_debian_tools("the Swift lane", _INSTALL)
    for program in ("unshare", "mount", "chroot"):
        if shutil.which(program, path=_PATH) is None:
            raise LaneError(f"the Swift lane needs the program {program} of util-linux or coreutils; {_INSTALL}")
    definition = (RECIPE, DEBIAN_RELEASE, DEBIAN_PACKAGES, own_architecture())
    home = build_dir() / "swift" / sha256_bytes(repr(definition).encode())[:16]
    lane = _finished(home)
    if lane is None:
        with alone(home.parent, *_LOCK):
            # Another process may have set it up while this one waited.
            lane = _finished(home) or _set_up(home, progress)
    _version(lane)
    return lane


@functools.cache
def swift_missing() -> str | None:
    """None where the Swift lane can be had (it is set up when needed), else the reason in one line; asked only once."""
    try:
        swift_lane(progress=False)
    except LaneError as error:
        return " ".join(str(error).split())
    return None


def _installed() -> SwiftLane | None:
    """The first installed Swift that is new enough; what else is called `swift` is no Swift."""
    found = shutil.which("swift")
    for swift in dict.fromkeys([*([Path(found)] if found else []), DEBIAN_SWIFT]):
        if not swift.is_file():
            continue
        try:
            lane = SwiftLane(swift, None, "", {})
            version = _version(lane)
        except LaneError:
            continue
        if tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_SWIFT:
            return SwiftLane(swift, None, version, {})
    return None


def _version(lane: SwiftLane) -> str:
    """Such as "6.0.3"; the answer also shows that the toolchain can be entered.

    Raises:
        LaneError: it cannot, or what answers is no Swift.
    """
    ensure_folder(build_dir() / "swift" / "home")
    told = run_program(
        lane.command(str(lane.swift), "--version"),
        "start Swift",
        "where it lies in a root of Debian's packages, entering that takes the right to mount in a namespace of its "
        "own: be root outside of a restricted container, or allow user namespaces; or " + _INSTALL,
    ).stdout
    version = re.search(r"\bSwift version (\d+\.\d+(?:\.\d+)?)", told)
    if version is None:
        raise LaneError(f"expected {lane.swift} to tell Swift's version; received '{told.strip()[:100]}'; {_INSTALL}")
    return version.group(1)


def _finished(home: Path) -> SwiftLane | None:
    """The toolchain in `home` if it was set up to the end, else None."""
    try:
        manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
        lane = SwiftLane(DEBIAN_SWIFT, home / "root", manifest["version"], manifest["packages"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # Not followed: links inside the root are for programs inside it.
    return lane if os.path.lexists(home / "root" / DEBIAN_SWIFT.relative_to("/")) else None


def _set_up(home: Path, progress: bool) -> SwiftLane:
    """Unpack everything in a folder beside `home`, try it, and only then give it its name."""
    part = home.with_suffix(".part")
    remove_path(part)
    try:
        with tqdm(total=3, unit="step", disable=not progress) as bar:
            bar.set_description("fetching Swift, 550 MB")
            debs = _fetched(part / "downloads")
            bar.update()
            bar.set_description("unpacking Swift, 2.5 GB")
            packages = unpack_debs(debs, ensure_folder(part / "root"))
            remove_path(part / "downloads")
            bar.update()
            bar.set_description("starting Swift")
            version = _version(SwiftLane(DEBIAN_SWIFT, part / "root", "", {}))
            bar.update()
        manifest = {"version": version, "packages": packages}
        write_text(part / "manifest.json", json.dumps(manifest, indent=2) + "\n")
        remove_path(home)
        part.replace(home)
    finally:
        remove_path(part)
    return SwiftLane(DEBIAN_SWIFT, home / "root", version, packages)


def _fetched(downloads: Path) -> list[Path]:
    return fetch_debs(
        downloads,
        own_architecture(),
        DEBIAN_PACKAGES,
        release_source(DEBIAN_RELEASE, SOURCE_VARIABLE),
        f"and that apt knows {DEBIAN_RELEASE}'s keys: apt-get install debian-archive-keyring; or {_INSTALL}",
    )


if __name__ == "__main__":
    try:
        made = swift_lane()
    except LaneError as problem:
        sys.exit(f"error: {problem}")
    place = made.swift if made.root is None else made.root
    print(f"Swift lane ready: Swift {made.version}, in {place}, key {made.key()[:16]}")
