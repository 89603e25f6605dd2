"""What a result depends on: a change there, and only there, makes it invalid."""

from __future__ import annotations

import json

import pytest

from helpers.errors import SeriesError
from helpers.series.keys import Keys
from helpers.sources import ImportGraph


@pytest.fixture
def linked(project):
    """02 needs 01; 01 uses helpers.used and an input; 00 stands apart."""
    project.write("helpers/used.py", "def later():\n    from . import deep\n")
    project.write("helpers/deep.py", "")
    project.write("helpers/other.py", "")
    project.write("data/set/one.txt", "1")
    project.write("requirements.lock", "a==1")
    project.notebook("00_a", "print(1)", parameters="COUNT = 1")
    project.notebook("01_b", "%matplotlib inline\nfrom helpers import used", inputs=["data/set"])
    project.notebook("02_c", "print(3)", needs=["01_b"])
    return project


def changed_by(project, change, parameters=None):
    before = {name: Keys(project.series(), {}).key(name) for name in project.series().notebooks}
    change()
    keys = Keys(project.series(), parameters or {})
    return [name for name, key in before.items() if keys.key(name) != key]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("helpers/used.py", ["01_b", "02_c"]),
        ("helpers/deep.py", ["01_b", "02_c"]),
        ("helpers/__init__.py", ["01_b", "02_c"]),
        ("helpers/other.py", []),
        ("data/set/one.txt", ["01_b", "02_c"]),
        ("data/set/two.txt", ["01_b", "02_c"]),
        ("data/elsewhere.txt", []),
        ("requirements.lock", ["00_a", "01_b", "02_c"]),
    ],
)
def test_a_changed_file_changes_the_keys_that_depend_on_it(linked, path, expected):
    assert changed_by(linked, lambda: linked.write(path, "# changed")) == expected


def test_a_changed_cell_parameter_or_lane_changes_keys(linked, monkeypatch):
    assert changed_by(linked, lambda: linked.notebook("00_a", "print(2)", parameters="COUNT = 1")) == ["00_a"]
    assert changed_by(linked, lambda: None, {"00_a": {"COUNT": 2}}) == ["00_a"]
    assert changed_by(linked, lambda: None, {"00_a": {"COUNT": 1}}) == []
    assert changed_by(linked, lambda: monkeypatch.setenv("LANES", "swift, arm")) == ["00_a", "01_b", "02_c"]
    assert changed_by(linked, lambda: monkeypatch.setenv("LANES", "arm swift")) == []


def test_a_declared_variable_changes_keys_and_is_named(linked, monkeypatch, capsys):
    for variable in ("IMAGENET_VAL", "SCHEDULER"):
        monkeypatch.delenv(variable, raising=False)
    shown = "import os\nprint(os.environ.get('IMAGENET_VAL'), os.environ.get('SCHEDULER'))"
    linked.notebook("01_b", shown, environment=["IMAGENET_VAL"])
    assert changed_by(linked, lambda: monkeypatch.setenv("SCHEDULER", "tcp://host:8786")) == []
    assert changed_by(linked, lambda: monkeypatch.setenv("IMAGENET_VAL", "")) == []
    assert changed_by(linked, lambda: monkeypatch.setenv("IMAGENET_VAL", "/data/val")) == ["01_b", "02_c"]
    assert linked.main("run", "01") == 0
    assert "/data/val tcp://host:8786" in linked.code_outputs(linked.build / "notebooks/01_b.ipynb")
    capsys.readouterr()
    monkeypatch.setenv("IMAGENET_VAL", "/data/other")
    assert linked.main("run", "01") == 0
    assert "01_b runs again; changed: IMAGENET_VAL\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["lower", "A B", "", "1A", "A=B"])
def test_a_declared_variable_has_a_name(project, name):
    project.notebook("00_a", environment=[name])
    with pytest.raises(SeriesError, match=r"metadata 'series' of 00_a is malformed: environment\.0"):
        project.series()


def test_a_file_that_a_parameter_names_is_part_of_the_key(project):
    project.notebook("00_a", "print(1)", parameters="WEIGHTS = 'offline'")
    for named in ("weights.h5", "given/some.keras"):
        project.write(named, "1")
        parameters = {"00_a": {"WEIGHTS": named}}
        before = Keys(project.series(), parameters).key("00_a")
        project.write(named, "2")
        assert Keys(project.series(), parameters).key("00_a") != before
    facts = Keys(project.series(), {}).facts
    for no_file in ("", ".", "..", "/", "offline", "x" * 5000 + "/", "a\0/b"):
        assert not [name for name in facts("00_a", {"WEIGHTS": no_file}) if name.startswith("what")]


def test_outputs_counts_and_navigation_change_no_key(linked):
    def edit():
        path = linked.root / "notebooks/00_a.ipynb"
        node = json.loads(path.read_text())
        node["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
        node["cells"][2]["execution_count"] = 7
        node["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        path.write_text(json.dumps(node))
        linked.main("nav")

    assert changed_by(linked, edit) == []


@pytest.fixture
def package(project):
    project.write("helpers/a.py", "import helpers.sub.c\n")
    project.write("helpers/b.py", "")
    project.write("helpers/sub/__init__.py", "from ..b import thing")
    project.write("helpers/sub/c.py", "")
    project.write("helpers/sub/form.html", "")
    project.write("helpers/sub/d.py", "from . import c")
    return project.root / "helpers"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("import numpy", []),
        ("import helpers", ["__init__.py"]),
        ("from helpers.b import x", ["__init__.py", "b.py"]),
        ("from helpers import a", ["__init__.py", "a.py", "b.py", "sub/__init__.py", "sub/c.py", "sub/form.html"]),
        ("!python -m helpers.b", []),
        ("run(['python', '-m', 'helpers.b'])", ["__init__.py", "b.py"]),
        ("def f():\n    import helpers.b as b", ["__init__.py", "b.py"]),
        ("this is ( no python", "all"),
    ],
)
def test_the_import_graph_is_followed(package, cell, expected):
    files = [path.relative_to(package).as_posix() for path in ImportGraph(package).files_used_by([cell])]
    everything = sorted(path.relative_to(package).as_posix() for path in package.rglob("*.*"))
    assert files == (everything if expected == "all" else expected)


def test_a_relative_import_in_a_subpackage_is_anchored_there(package):
    files = ImportGraph(package).files_used_by(["import helpers.sub.d"])
    assert package / "sub" / "c.py" in files
    assert package / "a.py" not in files
