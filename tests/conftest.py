"""What all tests share: lanes that cannot run, and a small model that is made in a moment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from helpers.lanes.known import LANES
from helpers.manifest import Manifest


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose lane is not there; with LANES=all, where nothing may be left out, fail it."""
    for name, lane in LANES.items():
        if item.get_closest_marker(name) is None and not (name == "coreml" and name in item.path.name):
            continue
        reason = lane.missing()
        if reason is not None and os.environ.get("LANES") == "all":
            pytest.fail(f"LANES=all, but the lane {lane.title} cannot run: {reason}")
        if reason is not None:
            pytest.skip(f"lane {lane.title}: {reason}")


@pytest.fixture(scope="session")
def lenet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, Path]:
    """LeNet's manifest and its folder, built into a folder that the tests may not change."""
    from helpers.artifacts import build_model

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DIR", str(tmp_path_factory.mktemp("build")))
        return build_model("lenet")


@pytest.fixture
def lenet_copy(lenet: tuple[Manifest, Path], tmp_path: Path) -> Path:
    """A copy of LeNet's folder, to be damaged."""
    _, folder = lenet
    return Path(shutil.copytree(folder, tmp_path / "lenet"))
