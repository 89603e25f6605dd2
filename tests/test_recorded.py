"""Recorded predictions are only used for the model and the images that they belong to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.errors import DataError
from helpers.files import DATA
from helpers.manifest import Manifest
from helpers.recorded import ARM_RECORD, load_recorded

IMAGES = load_mnist("test")[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "recorded", tmp_path / "recorded"))


def test_the_committed_record_belongs_to_the_file_that_the_store_makes(lenet: tuple[Manifest, Path]) -> None:
    recorded = load_recorded(ARM_RECORD, lenet[0].file("tflite").sha256, IMAGES)
    assert recorded.probabilities.shape == (10_000, 10)
    assert recorded.info["where"] == "arm-emulated"
    assert np.allclose(recorded.probabilities.sum(axis=1), 1, atol=1e-5)


def _changed(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / f"{ARM_RECORD}.json"
        content: dict[str, Any] = json.loads(path.read_text())
        path.write_text(json.dumps({**content, **values}))

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_changed(model_sha256="0" * 64), "of other model file"),
        (_changed(images_sha256="0" * 64), "of other images"),
        (_changed(probabilities_sha256="0" * 64), "of other probabilities"),
        (_changed(classes=11), r"shape \(10000, 11\)"),
        (_changed(classes="many"), "is not a record"),
        (lambda folder: (folder / f"{ARM_RECORD}.npz").unlink(), "received no file"),
        (lambda folder: (folder / f"{ARM_RECORD}.npz").write_bytes(b"x"), "of other probabilities"),
        (lambda folder: (folder / f"{ARM_RECORD}.json").write_text("{"), "expected the record"),
        (lambda folder: (folder / f"{ARM_RECORD}.json").write_text("[]"), "is not a record"),
        (lambda folder: (folder / f"{ARM_RECORD}.json").unlink(), "expected the record"),
    ],
)
def test_a_damaged_or_foreign_record_is_refused(
    folder: Path, lenet: tuple[Manifest, Path], damage: Callable[[Path], None], message: str
) -> None:
    damage(folder)
    with pytest.raises(DataError, match=message):
        load_recorded(ARM_RECORD, lenet[0].file("tflite").sha256, IMAGES, folder)


def test_other_images_are_refused(lenet: tuple[Manifest, Path]) -> None:
    with pytest.raises(DataError, match="of other images"):
        load_recorded(ARM_RECORD, lenet[0].file("tflite").sha256, IMAGES[::-1])
