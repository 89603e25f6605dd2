"""The hash of a module's source changes with the module, with what it imports, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import sources


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "helpers"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "engine.py").write_text("from helpers import tool\n")
    (folder / "tool.py").write_text("def late():\n    import helpers.deep\n")
    (folder / "deep.py").write_text("")
    (folder / "other.py").write_text("")
    monkeypatch.setattr(sources, "PROJECT", tmp_path)
    return folder


@pytest.mark.parametrize(
    ("name", "changes"), [("engine", True), ("tool", True), ("deep", True), ("other", False), ("__init__", False)]
)
def test_the_hash_covers_what_is_imported(package: Path, name: str, changes: bool) -> None:
    before = sources.source_hash("helpers.engine")
    (package / f"{name}.py").write_text((package / f"{name}.py").read_text() + "# changed\n")
    assert (sources.source_hash("helpers.engine") != before) == changes


def test_a_real_engines_hash_covers_preprocessing() -> None:
    graph = sources.ImportGraph(sources.PROJECT / "helpers", packages=False)
    names = {path.name for path in graph.files_used_by(["import helpers.engines.litert"])}
    assert {"litert.py", "base.py", "preprocess.py", "manifest.py"} <= names
    assert "arm.py" not in names
