"""Files that are published inside Python packages, fetched by pip, checked, and kept in the build folder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.errors import DataError
from helpers.files import build_dir, ensure_folder, sha256_file, whole_file

_TIMEOUT_S = 600


def fetch_pypi_file(requirement: str, file_name: str, sha256: str) -> Path:
    """Fetch one file of a package from the package index, or find it where an earlier call left it.

    pip itself compares the hash before it opens the file. A source archive's metadata are then read by its own build
    script, so name only archives that you know.

    Args:
        requirement: package and version, such as `foolbox==3.3.4`.
        file_name: the name of the wheel or source archive.
        sha256: its SHA-256, 64 hexadecimal digits.

    Returns:
        The path of the file, under `downloads` of the build folder; its content has that hash.

    Raises:
        DataError: it cannot be fetched, or what came is another file. Nothing is left behind then.
        ArtifactWriteError: the build folder cannot be written.
    """
    target = ensure_folder(build_dir() / "downloads") / file_name
    if target.is_file() and sha256_file(target) == sha256:
        return target
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pip-") as name:
        folder = Path(name)
        _pip_download(requirement, file_name, sha256, folder)
        fetched = folder / file_name
        if not fetched.is_file() or sha256_file(fetched) != sha256:
            received = sorted(path.name for path in folder.iterdir() if path.suffix != ".txt")
            raise DataError(
                f"expected {requirement} to give {file_name} with SHA-256 {sha256}; received {received}; "
                f"{_way_out(file_name, target)}"
            )
        with whole_file(target) as partial:
            fetched.replace(partial)
    return target


def _pip_download(requirement: str, file_name: str, sha256: str, folder: Path) -> None:
    # Hashes can be given in a requirements file alone.
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    kind = "--only-binary" if file_name.endswith(".whl") else "--no-binary"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-color", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--require-hashes", "--no-build-isolation", kind, ":all:"]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise DataError(
            f"expected {requirement} from the package index within {_TIMEOUT_S} s; received no answer; "
            f"{_way_out(file_name, folder.parent / file_name)}"
        ) from error
    if done.returncode != 0:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        faults = [line for line in said if line.startswith("ERROR:")] or said or ["nothing"]
        raise DataError(
            f"expected {requirement} with SHA-256 {sha256} from the package index; pip says: {faults[-1]}; "
            f"{_way_out(file_name, folder.parent / file_name)}"
        )


def _way_out(file_name: str, target: Path) -> str:
    return f"run this again with a connection to the package index, or put {file_name} there yourself: {target}"
