"""Fetch and unpack packages of any architecture from Debian's archives, without root and beside the machine's own apt.

The ARM lane takes them from the machine's own release, the Swift lane from a newer one of the same archive.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path
from urllib.parse import unquote

from helpers.errors import LaneError
from helpers.files import write_text
from helpers.lanes.programs import run_program

# Where Debian keeps the keys of all its releases, those after the installed one included.
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# Keeps apt inside one folder: none of the machine's own lists, caches or locks is read or written. The machine's
# addresses, keys and proxies stay in force, and so does the check of every signature.
APT_CONFIGURATION = """\
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}/cache";
Dir::Cache::archives "{folder}/archives";
APT::Architecture "{architecture}";
#clear APT::Architectures;
APT::Architectures {{ "{architecture}"; }};
APT::Get::AllowUnauthenticated "false";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
Debug::NoLocking "true";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


def need_debian_tools(lane: str, way_out: str) -> None:
    """Refuse a machine whose distribution is none of Debian's kind.

    Args:
        lane: what needs them, such as "the ARM lane".
        way_out: what to do about it.

    Raises:
        LaneError: a program is missing.
    """
    for tool in ("apt-get", "dpkg", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise LaneError(
                f"{lane} is made of Debian's packages: expected the program {tool}, received none on PATH; {way_out}"
            )


def own_architecture() -> str:
    """This machine's architecture in Debian's words, such as "amd64"."""
    return run_program(("dpkg", "--print-architecture"), "ask dpkg for the architecture").stdout.strip()


def release_source(release: str, variable: str) -> str:
    """A line of sources.list for another release of the archive that this machine's own apt uses.

    Args:
        release: Debian's name of it, such as "trixie".
        variable: a variable of the environment in which a user can give the line.

    Raises:
        LaneError: this machine's apt uses none of Debian's archives.
    """
    given = os.environ.get(variable)
    if given:
        return given
    try:
        own = platform.freedesktop_os_release()
    except OSError:
        own = {}
    codename = own.get("VERSION_CODENAME", "")
    told = run_program(
        ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"RELEASE: {codename}"),
        "ask apt for its sources",
    ).stdout.split()
    if own.get("ID") != "debian" or not told or not KEYS.is_file():
        raise LaneError(
            f"expected an apt whose sources have Debian's archive, and Debian's keys in {KEYS}; received "
            f"{own.get('PRETTY_NAME', 'another system')}, {len(set(told))} fitting sources and "
            f"{'the' if KEYS.is_file() else 'no'} keys; give the archive's line of sources.list, for {release}, in the "
            f"variable {variable}"
        )
    return f"deb [signed-by={KEYS}] {told[0]} {release} main"


def fetch_debs(
    folder: Path, architecture: str, packages: tuple[str, ...], source: str | None, advice: str
) -> list[Path]:
    """Download packages of one architecture with all that they depend on; apt checks every signature.

    Args:
        folder: apt's own place for this download; it is made.
        architecture: Debian's word for it, such as "arm64".
        packages: names of packages.
        source: lines in the form of sources.list to use instead of the machine's own addresses.
        advice: what to do where the archive does not have them.
    """
    for name in ("state", "lists/partial", "cache", "archives/partial", "no-sources"):
        (folder / name).mkdir(parents=True)
    # An empty list of installed packages makes apt fetch the whole chain of dependencies.
    write_text(folder / "status", "")
    configuration = APT_CONFIGURATION.format(folder=folder, architecture=architecture)
    if source is not None:
        write_text(folder / "sources.list", source.strip() + "\n")
        configuration += (
            f'Dir::Etc::sourcelist "{folder}/sources.list";\nDir::Etc::sourceparts "{folder}/no-sources";\n'
        )
    write_text(folder / "apt.conf", configuration)
    apt = ("apt-get", "-c", str(folder / "apt.conf"), "-q")
    purpose = f"download the {architecture} packages {' '.join(packages)}"
    # One of the machine's sources may be out of reach and not be needed: the download shows whether that matters.
    update = run_program((*apt, "update"), purpose, check=False)
    run_program(
        (*apt, "install", "--download-only", "--yes", *packages),
        purpose,
        f"check that the package archive can be reached{', ' if advice else ''}{advice}",
        # A list that cannot be fetched is named here, not where its packages are then missing.
        context=[line for line in update.stderr.splitlines() if line.startswith(("W:", "E:"))][-3:],
    )
    return sorted((folder / "archives").glob("*.deb"))


def unpack_debs(debs: list[Path], root: Path) -> dict[str, str]:
    """Unpack packages into a folder, and make the links in it that every installed system has.

    Returns:
        Each package's version.
    """
    for deb in debs:
        run_program(("dpkg-deb", "-x", str(deb), str(root)), f"unpack {deb.name}")
    # Newer releases keep everything in usr and make these links by a package that is not needed otherwise.
    for name in ("bin", "lib", "lib64", "sbin"):
        if (root / "usr" / name).exists() and not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    return dict(sorted(unquote(deb.name).split("_")[:2] for deb in debs))
