"""The house rules that a reader relies on: one source of versions, small files, nobody's paths."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from helpers import errors
from helpers.environment_file import environment_yml
from helpers.files import DATA, PROJECT
from helpers.setup_check import broken_data_files, locked_versions


def _committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False).stdout
    return [PROJECT / name for name in listed.splitlines() if (PROJECT / name).is_file()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")


def test_environment_yml_is_the_lock_files() -> None:
    assert _text(PROJECT / "environment.yml") == environment_yml(), "write it anew: make lock"


def test_the_lock_has_hashes_and_names_no_server() -> None:
    lock = _text(PROJECT / "requirements.lock")
    assert "://" not in lock
    for block in re.split(r"\n(?=[a-z0-9])", lock.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]
    assert {"papermill", "nbval", "jupyterlab", "keras", "matplotlib", "seaborn"} <= set(locked_versions())


def test_data_files_are_what_was_recorded() -> None:
    assert broken_data_files() == []


def test_every_data_file_has_a_provenance() -> None:
    readme = _text(DATA / "README.md")
    for folder in sorted(path.name for path in DATA.iterdir() if path.is_dir()):
        assert f"`{folder}/`" in readme, f"data/README.md does not say where data/{folder} comes from"


def test_the_training_log_belongs_to_the_weights() -> None:
    log = json.loads(_text(DATA / "lenet" / "training_log.json"))
    for name, expected in log["files"].items():
        assert hashlib.sha256((DATA / "lenet" / name).read_bytes()).hexdigest() == expected
    assert log["test_evaluations"] == 1
    assert len(log["epochs"]) == log["recipe"]["epochs"]


def test_nothing_large_is_committed() -> None:
    for path in _committed():
        assert path.stat().st_size < 12_000_000, path


def test_nothing_generated_is_committed() -> None:
    assert not [path for path in _committed() if path.is_relative_to(PROJECT / "build")]


@pytest.mark.parametrize(
    "pattern",
    # Written in pieces where this file would otherwise match itself.
    [r"/(work|root)/\w", r"/home/(?!user)\w", r"raise Not" + "ImplementedError", r"\bTO" + r"DO\b|\bFIX" + r"ME\b"],
)
def test_nothing_of_one_machine_and_nothing_unfinished(pattern: str) -> None:
    for path in _committed():
        if (
            path.suffix in {".py", ".ipynb", ".md", ".yml", ".yaml", ".toml", ".json", ".cfg"}
            or path.name == "Makefile"
        ):
            found = re.search(pattern, _text(path))
            assert found is None, f"{path}: {found and found.group()}"


def test_there_is_one_family_of_errors() -> None:
    for name, value in vars(errors).items():
        if isinstance(value, type):
            assert issubclass(value, errors.DeploymentError), name
    allowed = {"AssertionError", "KeyError", "NotImplementedError", "StopIteration", "SystemExit", "ValueError"}
    for path in (PROJECT / "helpers").rglob("*.py"):
        for node in ast.walk(ast.parse(_text(path))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                name = node.exc.func.id
                assert name in allowed or hasattr(errors, name) or _defined_in(path, name), f"{path}: raises {name}"


def _defined_in(path: Path, name: str) -> bool:
    return bool(re.search(rf"^class {name}\(", _text(path), flags=re.MULTILINE))


def test_modules_and_public_functions_are_documented() -> None:
    for path in (PROJECT / "helpers").rglob("*.py"):
        tree = ast.parse(_text(path))
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"
