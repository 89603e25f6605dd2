"""The ARM lane: the pinned LiteRT on an ARMv8 processor that QEMU emulates, set up without root.

`arm_root` fetches the distribution's own arm64 Python and the arm64 wheels that `requirements.lock` pins, and lays
them in one folder under `build/arm`. On Linux that already runs on an ARM processor nothing is fetched or emulated.

Run `python -m helpers.lanes.arm` to set the lane up and see what it is made of.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from helpers.errors import LaneError
from helpers.files import build_dir, sha256_bytes, write_text
from helpers.lanes.debian import fetch_debs, need_debian_tools, own_architecture, unpack_debs
from helpers.lanes.lock import alone
from helpers.lanes.programs import run_program
from helpers.lanes.wheels import install_wheels, locked_requirements

# The emulated processor: ARMv8.0, as the big cores of phones from about 2016. NEON, but no later extensions.
CPU = "cortex-a72"
QEMU = "qemu-aarch64-static"
# What the emulated side is made of; apt adds what these depend on.
DEBIAN_PACKAGES = ("python3-minimal", "libpython3-stdlib", "libstdc++6", "libgomp1")
PINNED_PACKAGES = (
    "ai-edge-litert",
    "backports-strenum",
    "flatbuffers",
    "numpy",
    "protobuf",
    "tqdm",
    "typing-extensions",
)
# A line, or several, of apt's sources.list, for distributions whose own sources do not carry arm64.
SOURCE_VARIABLE = "ARM64_APT_SOURCE"
_ARCHIVE_ADVICE = (
    "and that it carries that architecture; where arm64 is in an archive of its own (Ubuntu), give its line of "
    f"sources.list in the variable {SOURCE_VARIABLE}"
)
# Raise this when a root that an older version of this file built should not be used any more.
RECIPE = 1
# What happens while the lock is held, and the room it takes.
_LOCK = ("set up the ARM lane", "800 MB")
# Where the processor is an ARM one already, the running Python takes the place of the emulated one.
EMULATED = platform.machine() != "aarch64"

# LiteRT asks Linux what the processor is and crashes when it is told of an x86 one: these are a Snapdragon 835's words.
CPUINFO = "".join(
    f"processor\t: {core}\n"
    "BogoMIPS\t: 38.40\n"
    "Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid\n"
    "CPU implementer\t: 0x51\n"
    "CPU architecture: 8\n"
    "CPU variant\t: 0xa\n"
    "CPU part\t: 0x800\n"
    "CPU revision\t: 1\n\n"
    for core in range(8)
)


@dataclass(frozen=True)
class ArmRoot:
    """A Python with LiteRT that runs on an ARM processor, emulated or real.

    Attributes:
        command: what to put before a script and its arguments to run it there.
        emulated: False where this machine itself is the ARM processor.
        cpu: the emulated processor, or "host".
        python: version of the Python that `command` starts.
        litert: version of ai-edge-litert that it imports.
        qemu: version of the emulator, or "none".
        packages: each package inside (Debian's and PyPI's) with its version.
    """

    command: tuple[str, ...]
    emulated: bool
    cpu: str
    python: str
    litert: str
    qemu: str
    packages: dict[str, str]

    def key(self) -> str:
        """SHA-256 of everything that a result computed here can depend on; where the folder lies is no part of it."""
        facts = {name: value for name, value in asdict(self).items() if name != "command"}
        return sha256_bytes(json.dumps(facts, sort_keys=True).encode())


def arm_root(progress: bool = True) -> ArmRoot:
    """The ARM Python, set up first if it is not there yet (a download of about 130 MB, half of it QEMU, done once).

    Args:
        progress: show a bar while setting up.

    Raises:
        LaneError: it cannot be had on this machine; the message says what is missing and how to get it.
    """
    if sys.platform != "linux":
        raise LaneError(
            f"the ARM lane needs Linux: expected Debian or Ubuntu, received {platform.system()}; "
            "run it there, in a virtual machine or in a container"
        )
    if not EMULATED:
        return _this_machine()
    lock = locked_requirements(PINNED_PACKAGES)
    try:
        host = platform.freedesktop_os_release()
    except OSError:
        host = {}
    definition = {
        "recipe": RECIPE,
        "cpu": [CPU, CPUINFO],
        "debian": DEBIAN_PACKAGES,
        "lock": lock,
        "host": [host.get("ID"), host.get("VERSION_ID"), platform.machine()],
    }
    home = build_dir() / "arm" / sha256_bytes(json.dumps(definition, sort_keys=True).encode())[:16]
    root = _finished(home)
    if root is None:
        with alone(home.parent, *_LOCK):
            # Another process may have set it up while this one waited.
            root = _finished(home) or _set_up(home, lock, progress)
    return root


@functools.cache
def arm_available() -> str | None:
    """None where the ARM lane can be had (it is set up when needed), else the reason in one line; asked only once."""
    try:
        arm_root(progress=False)
    except LaneError as error:
        return " ".join(str(error).split())
    return None


def _this_machine() -> ArmRoot:
    """The running Python itself, on a machine whose processor is an ARM one."""
    try:
        packages = {name: importlib.metadata.version(name) for name in PINNED_PACKAGES}
    except importlib.metadata.PackageNotFoundError as error:
        raise LaneError(f"the ARM lane needs {error.name}: install the project's requirements.lock first") from error
    return ArmRoot(
        command=(sys.executable, "-I"),
        emulated=False,
        cpu="host",
        python=platform.python_version(),
        litert=packages["ai-edge-litert"],
        qemu="none",
        packages=packages,
    )


def _finished(home: Path) -> ArmRoot | None:
    """The root in `home` if it was built to the end and its emulator is still there, else None."""
    try:
        manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
        # Paths are kept relative, so that the build folder may move; joining leaves an absolute one as it is.
        qemu, python = home / manifest.pop("qemu_file"), home / manifest.pop("python_file")
        if not python.is_file():
            return None
        command = _command(qemu, home / "root", python)
        # Asked each time: the machine's own QEMU may have been upgraded or removed since.
        return ArmRoot(command=command, emulated=True, qemu=_qemu_version(qemu), **manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, LaneError):
        return None


def _qemu_version(qemu: Path) -> str:
    """Such as "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)"; raises LaneError where the program does not start."""
    first_line = run_program((str(qemu), "--version"), "ask QEMU for its version").stdout.partition("\n")[0]
    return first_line.removeprefix("qemu-aarch64 version ").strip()


def _command(qemu: Path, root: Path, python: Path) -> tuple[str, ...]:
    """Start the emulated Python: -I keeps this machine's Python settings out of it, -B keeps the root as built."""
    return (str(qemu), "-cpu", CPU, "-L", str(root), str(python), "-I", "-B")


def _set_up(home: Path, lock: tuple[str, ...], progress: bool) -> ArmRoot:
    """Build everything in a folder beside `home`, try it, and only then give it its name."""
    need_debian_tools(
        "the ARM lane", "use Debian 12 or later, Ubuntu 24.04 or later, a container of those, or an ARM machine"
    )
    part = home.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    root, downloads = part / "root", part / "downloads"
    site = root / "usr/lib/python3/dist-packages"
    root.mkdir(parents=True)
    with tqdm(total=5, desc="setting up the ARM lane", unit="step", disable=not progress) as bar:
        source = os.environ.get(SOURCE_VARIABLE)
        debs = fetch_debs(downloads / "arm64", "arm64", DEBIAN_PACKAGES, source, _ARCHIVE_ADVICE)
        bar.update()
        packages = unpack_debs(debs, root)
        python = _complete_system(root)
        bar.update()
        qemu = _emulator(part, downloads)
        bar.update()
        install_wheels(lock, python.name.removeprefix("python"), site, downloads)
        bar.update()
        facts = _try_out(_command(qemu, root, python)[:-1])  # without -B: compile the modules once, here
        bar.update()
    packages |= {found.name: found.version for found in importlib.metadata.distributions(path=[str(site)])}
    shutil.rmtree(downloads)
    manifest = {
        "cpu": CPU,
        "python": facts["python"],
        "litert": facts["litert"],
        "packages": dict(sorted(packages.items())),
        "qemu_file": str(qemu.relative_to(part) if qemu.is_relative_to(part) else qemu),
        "python_file": str(python.relative_to(part)),
    }
    write_text(part / "manifest.json", json.dumps(manifest, indent=2) + "\n")
    shutil.rmtree(home, ignore_errors=True)
    part.replace(home)
    finished = _finished(home)
    assert finished is not None, home
    return finished


def _complete_system(root: Path) -> Path:
    """Add what no package has; returns the path of the Python inside."""
    (root / "proc").mkdir(exist_ok=True)
    write_text(root / "proc/cpuinfo", CPUINFO)
    pythons = [path for path in (root / "usr/bin").iterdir() if re.fullmatch(r"python3\.\d+", path.name)]
    if len(pythons) != 1:
        raise LaneError(f"the arm64 packages hold no usable Python: expected one, received {[p.name for p in pythons]}")
    return pythons[0]


def _emulator(part: Path, downloads: Path) -> Path:
    """QEMU for 64-bit ARM programs: the machine's own where it has one, else Debian's package, unpacked and no more."""
    installed = shutil.which(QEMU)
    if installed is not None:
        return Path(installed)
    unpacked = downloads / "qemu"
    # From Debian 13 on the programs are in qemu-user, which qemu-user-static only asks for.
    for deb in fetch_debs(downloads / "host", own_architecture(), ("qemu-user-static",), None, ""):
        if deb.name.startswith("qemu-user"):
            run_program(("dpkg-deb", "-x", str(deb), str(unpacked)), f"unpack {deb.name}")
    for name in (QEMU, "qemu-aarch64"):
        program = unpacked / "usr/bin" / name
        if program.is_file():
            # One of fifty emulators: the others go with the downloads.
            return program.resolve().rename(part / QEMU)
    raise LaneError(f"the package qemu-user-static holds no {QEMU}; install that program yourself, then run this again")


def _try_out(command: tuple[str, ...]) -> dict[str, str]:
    """Import LiteRT inside, once; returns the versions of "python" and "litert" found there."""
    code = (
        "import importlib.metadata, json, platform, numpy, ai_edge_litert.interpreter;"
        "print(json.dumps({'machine': platform.machine(), 'python': platform.python_version(),"
        "'litert': importlib.metadata.version('ai-edge-litert')}))"
    )
    printed = run_program((*command, "-c", code), "import LiteRT on the emulated ARM processor").stdout
    facts: dict[str, str] = json.loads(printed.splitlines()[-1])
    if facts["machine"] != "aarch64":
        raise LaneError(
            f"the emulated Python runs on the wrong processor: expected aarch64, received {facts['machine']}"
        )
    return facts


if __name__ == "__main__":
    try:
        made = arm_root()
    except LaneError as problem:
        sys.exit(f"error: {problem}")
    print(
        f"ARM lane ready: LiteRT {made.litert} on Python {made.python}, processor {made.cpu}, QEMU {made.qemu}, "
        f"{len(made.packages)} packages, key {made.key()[:16]}"
    )
