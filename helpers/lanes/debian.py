"""Fetch packages of any architecture from the machine's own Debian archives, without root and beside its own apt."""

from __future__ import annotations

from pathlib import Path

from helpers.files import write_text
from helpers.lanes.programs import run_program

# A line, or several, of apt's sources.list, for distributions whose own sources do not carry arm64.
SOURCE_VARIABLE = "ARM64_APT_SOURCE"

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


def fetch_debs(folder: Path, architecture: str, packages: tuple[str, ...], source: str | None) -> list[Path]:
    """Download packages of one architecture with all that they depend on; apt checks every signature.

    Args:
        folder: apt's own place for this download; it is made.
        architecture: Debian's word for it, such as "arm64".
        packages: names of packages.
        source: lines in the form of sources.list to use instead of the machine's own addresses.
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
        "check that the package archive can be reached, and that it carries that architecture; where arm64 is in an "
        f"archive of its own (Ubuntu), give its line of sources.list in the variable {SOURCE_VARIABLE}",
        # A list that cannot be fetched is named here, not where its packages are then missing.
        context=[line for line in update.stderr.splitlines() if line.startswith(("W:", "E:"))][-3:],
    )
    return sorted((folder / "archives").glob("*.deb"))
