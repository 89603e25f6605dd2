"""A weights file of the user's own, from the command line to the tables that a reader sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from helpers.artifacts import model_folder
from helpers.files import NOTEBOOKS
from helpers.manifest import load_manifest
from helpers.untrained import untrained_weights
from helpers.zoo import model_record

# Each notebook with parameters that keep it short, and the start of the cell that shows what it made of the file.
SHORT = {
    "01_model_summaries": ((), "compared = {}"),
    "03_freeze_for_android": (("-p", "COMPARED", "1000"), "FORMATS ="),
    "07_validate_accuracy": (("-p", "SAMPLE", "1"), 'table[["model"'),
}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A MobileNet with other weights than the default's; what is made of it goes when the tests are done."""
    model = model_record("mobilenet").build()
    model.set_weights(untrained_weights("mobilenet", model, seed=7))
    path = tmp_path_factory.mktemp("given") / "my_mobilenet.keras"
    model.save(path)
    yield path
    shutil.rmtree(model_folder("mobilenet", path), ignore_errors=True)


@pytest.mark.parametrize("name", SHORT)
def test_a_notebook_uses_the_weights_it_is_given(name: str, given: Path, tmp_path: Path) -> None:
    parameters, cell = SHORT[name]
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    # What comes after that cell has tests of its own, and takes minutes.
    (last,) = (place for place, each in enumerate(notebook.cells) if each.source.startswith(cell))
    notebook.cells = notebook.cells[: last + 1]
    short, executed = tmp_path / f"{name}.ipynb", tmp_path / "executed.ipynb"
    nbformat.write(notebook, short)
    # In the project's build folder, where the other networks are kept; the ledger goes elsewhere.
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "--execution-timeout", "900"]
    command += ["--cwd", str(NOTEBOOKS), str(short), str(executed)]
    done = subprocess.run(
        [*command, "-p", "WEIGHTS", str(given), *parameters],
        env={**os.environ, "LEDGER_DIR": str(tmp_path / "ledger")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    manifest = load_manifest(model_folder("mobilenet", given))
    assert (manifest.title, manifest.weights.kind) == ("MobileNet", "given")
    assert manifest.weights.source == "given by the user: my_mobilenet.keras"
    shown = str(nbformat.read(executed, as_version=4).cells[-1].outputs)
    assert "MobileNet" in shown
    assert "MobileNet (untrained)" not in shown
    assert "ResNet50 (untrained)" in shown
