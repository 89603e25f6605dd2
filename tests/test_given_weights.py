"""A weights file of the user's own, from the command line to the table that a reader sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from helpers.artifacts import model_folder
from helpers.files import NOTEBOOKS
from helpers.manifest import load_manifest
from helpers.untrained import untrained_weights
from helpers.zoo import model_record


def test_a_notebook_uses_the_weights_it_is_given(tmp_path: Path) -> None:
    model = model_record("mobilenet").build()
    model.set_weights(untrained_weights("mobilenet", model, seed=7))
    given = tmp_path / "my_mobilenet.keras"
    model.save(given)
    # In the project's build folder, where the other networks are kept; the ledger goes elsewhere.
    folder = model_folder("mobilenet", given)
    executed = tmp_path / "executed.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "--execution-timeout", "900"]
    command += ["--cwd", str(NOTEBOOKS), str(NOTEBOOKS / "01_model_summaries.ipynb"), str(executed)]
    try:
        done = subprocess.run(
            [*command, "-p", "WEIGHTS", str(given)],
            env={**os.environ, "LEDGER_DIR": str(tmp_path / "ledger")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        manifest = load_manifest(folder)
        assert (manifest.title, manifest.weights.kind) == ("MobileNet", "given")
        assert manifest.weights.source == "given by the user: my_mobilenet.keras"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    shown = str([cell.get("outputs") for cell in nbformat.read(executed, as_version=4).cells])
    assert "MobileNet" in shown
    assert "MobileNet (untrained)" not in shown
    assert "ResNet50 (untrained)" in shown
