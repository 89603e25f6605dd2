"""Which photos and engines a network gets, for the table that compares all engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers import sample_parity as module
from helpers.errors import DataError
from helpers.ilsvrc_samples import IlsvrcSample
from helpers.pipeline_parity import ARM, Parity
from helpers.recorded import ARM_PHOTOS_RECORD, ARM_SAMPLE_RECORDS
from helpers.sample_parity import sample_parity
from helpers.zoo import model_names

SAMPLES = [IlsvrcSample("a.jpg", np.full((300, 260, 3), 90, np.uint8), 7, b"")] * 2


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the comparison itself is asked for; it is not run."""
    seen: dict[str, Any] = {}

    def model_parity(model: str, images: Any, **rest: Any) -> Parity:
        seen.update(rest, model=model, images=images)
        return Parity((), ())

    monkeypatch.setattr(module, "model_parity", model_parity)
    monkeypatch.setattr(module, "load_recorded", lambda *_: None)
    return seen


def test_trained_weights_get_labelled_photos(asked: dict[str, Any]) -> None:
    sample_parity("squeezenet", SAMPLES)
    assert asked["labels"] == [7, 7]
    assert asked["images"].shape == (2, 227, 227, 3)
    assert asked["arm_record"] == ARM_PHOTOS_RECORD


def test_untrained_weights_get_photos_without_labels(asked: dict[str, Any]) -> None:
    sample_parity("mobilenet", SAMPLES)
    assert asked["labels"] is None
    assert asked["images"].shape == (5, 224, 224, 3)
    assert (asked["arm_record"], asked["arm_again"]) == (ARM_SAMPLE_RECORDS["mobilenet"], 1)


def test_without_a_fitting_record_arm_is_left_out(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DataError("the record is of other images")

    monkeypatch.setattr(module, "load_recorded", refuse)
    found = sample_parity("squeezenet", [])
    assert ARM not in asked["engines"]
    assert asked["arm_record"] is None
    assert found.left_out == ("arm left out: the record is of other images",)


def test_each_network_of_imagenet_is_recorded_on_arm() -> None:
    assert {"squeezenet", *ARM_SAMPLE_RECORDS} == set(model_names()) - {"lenet"}
