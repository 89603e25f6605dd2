"""What the tests of the app's Java code share: models opened in its engines, where there is a lane for it."""

from __future__ import annotations

import pytest

from helpers.artifacts import build_model
from helpers.engines.jvm import JvmEngine, JvmTfLiteEngine, JvmTfMobileEngine

ENGINES = (JvmTfMobileEngine, JvmTfLiteEngine)
each_engine = pytest.mark.parametrize("engine_class", ENGINES, ids=[each.name for each in ENGINES])


def opened(engine_class: type[JvmEngine], name: str) -> JvmEngine:
    """A model of the project's build folder, where the notebooks find its files again."""
    manifest, folder = build_model(name, formats=[engine_class.file_format])
    return engine_class(manifest, folder, progress=False)
