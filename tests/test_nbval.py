"""nbval really holds the notebooks to their outputs: a changed number is found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.files import NOTEBOOKS, PROJECT
from helpers.series.environment import kernel_environment

NAME = "solutions/01_model_summaries.ipynb"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copy(NOTEBOOKS / NAME, tmp_path / "copy.ipynb"))


def _nbval(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout", "300"]
    command += ["--nbval-sanitize-with", str(PROJECT / "tests" / "nbval_sanitize.cfg"), str(path)]
    environment = {**os.environ, **kernel_environment(), "BUILD_DIR": str(path.parent / "build")}
    return subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


def test_an_untouched_notebook_passes(copy: Path) -> None:
    result = _nbval(copy)
    assert result.returncode == 0, result.stdout[-2000:]


def test_one_changed_number_fails(copy: Path) -> None:
    notebook = nbformat.read(copy, as_version=4)
    changed = False
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if not changed and output.output_type == "stream" and (found := re.search(r"\d", output.text)):
                digit = str((int(found.group()) + 1) % 10)
                output.text = output.text[: found.start()] + digit + output.text[found.end() :]
                changed = True
    assert changed
    nbformat.write(notebook, copy)
    result = _nbval(copy)
    assert result.returncode == 1
    assert re.search(r"1 failed, \d+ passed", result.stdout), result.stdout[-2000:]
