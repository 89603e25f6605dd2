"""`environment.yml`, derived from `pyproject.toml` and `requirements.lock`, so that there is one source of versions.

`make lock` writes it; a test holds the committed file to it.
"""

from __future__ import annotations

import re
import tomllib

from helpers.errors import DataError
from helpers.files import PROJECT, write_text
from helpers.setup_check import locked_versions

_HEADER = """\
# For conda, and for Windows without WSL: conda env create -f environment.yml
# then, because tfcoreml asks for TensorFlow 1: pip install --no-deps tfcoreml=={tfcoreml}
# Written by 'make lock' from pyproject.toml and requirements.lock; do not edit.
name: smartphone-deep-learning
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - pip:
"""


def environment_yml() -> str:
    """The text of `environment.yml`: every package that `pyproject.toml` names, at the version of the lock file.

    Raises:
        DataError: a package has no version in the lock file.
    """
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    # What pip cannot install beside today's TensorFlow is named in the header instead.
    groups = [project["dependencies"], *(extras[name] for name in extras if name != "tf-coreml")]
    pinned = locked_versions()
    lines = []
    for requirement in sorted(requirement for group in groups for requirement in group):
        name, marker = re.fullmatch(r"([a-z0-9._-]+)[^;]*(;.*)?", requirement).groups()  # type: ignore[union-attr]
        if name not in pinned:
            raise DataError(f"expected {name} in requirements.lock, which pyproject.toml asks for; run 'make lock'")
        # Where the lock has two versions, the first is for Python 3.11, which this environment has.
        lines.append(f"      - {name}=={pinned[name][0]}{' ' + marker if marker else ''}\n")
    return _HEADER.format(tfcoreml=pinned["tfcoreml"][0]) + "".join(lines) + "      - --editable .\n"


if __name__ == "__main__":
    write_text(PROJECT / "environment.yml", environment_yml())
