"""The golden log-probabilities: Keras says them today, on this processor too; and a wrong picture is noticed."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.engines import open_engine
from helpers.errors import DataError
from helpers.golden import GOLDEN, GOLDEN_FILE
from helpers.golden_probabilities import (
    LARGEST_ERROR,
    LOG_PROBABILITIES,
    LOG_PROBABILITIES_INDEX,
    golden_inputs,
    golden_log_probabilities,
    log_probability_error,
    make_log_probabilities,
)
from helpers.predictions import cached_predictions
from helpers.weights import choose_weights
from helpers.zoo import model_names, model_record

Entries = list[tuple[dict[str, object], NDArray[np.float32]]]


def entries(name: str) -> Entries:
    return [(entry, values) for entry, values in golden_log_probabilities() if entry["model"] == name]


@functools.cache
def answers(name: str, wrong: bool) -> NDArray[np.float32]:
    """Keras' probabilities of a model's golden inputs; wrong: red and blue exchanged, of gray ones black and white."""
    images = np.stack(list(golden_inputs(model_record(name).input).values()))
    if wrong:
        images = np.ascontiguousarray(images[..., ::-1]) if images.shape[3] == 3 else 255 - images
    with open_engine("keras", name) as engine:
        return cached_predictions(engine, images)


@pytest.mark.parametrize("name", model_names())
def test_keras_says_them_today(name: str) -> None:
    for (entry, values), row in zip(entries(name), answers(name, wrong=False), strict=True):
        assert log_probability_error(values, row) <= LARGEST_ERROR, entry["input"]


@pytest.mark.parametrize("name", model_names())
def test_exchanged_colours_are_noticed_in_every_picture(name: str) -> None:
    for (entry, values), row in zip(entries(name), answers(name, wrong=True), strict=True):
        assert log_probability_error(values, row) > LARGEST_ERROR, entry["input"]


def test_another_pictures_answer_is_noticed() -> None:
    for name in model_names():
        rows = answers(name, wrong=False)
        assert log_probability_error(entries(name)[0][1], rows[1]) > LARGEST_ERROR


def test_the_index_tells_what_the_numbers_are() -> None:
    start = 0
    golden = json.loads((GOLDEN / GOLDEN_FILE).read_bytes())
    files = {entry["file"] for entry in (*golden["pictures"], *golden["frames"])}
    for name in model_names():
        found = entries(name)
        assert [entry["input"] for entry, _ in found] == list(golden_inputs(model_record(name).input))
        assert len(found) == (2 if name == "lenet" else 9)
        for entry, values in found:
            assert entry["weights_sha256"] == choose_weights(name).sha256
            assert entry["input"] in files
            assert entry["start"] == start
            assert entry["classes"] == len(values)
            assert entry["rotation"] == (90 if str(entry["input"]).endswith(".yuv") else 0)
            start += len(values)
            top = np.argsort(-values, kind="stable")[:5]
            shown = [(each["class_number"], each["log_probability"]) for each in entry["top"]]  # type: ignore[attr-defined]
            assert shown == [(k, pytest.approx(values[k], rel=1e-5)) for k in top]
            assert np.exp(values.astype(np.float64)).sum() == pytest.approx(1, abs=1e-5)
    assert (GOLDEN / LOG_PROBABILITIES).stat().st_size == 4 * start


def test_they_can_be_made_anew(tmp_path: Path) -> None:
    make_log_probabilities(tmp_path, ["lenet"])
    anew = list(golden_log_probabilities(tmp_path))
    for (made, numbers), (entry, values) in zip(anew, entries("lenet"), strict=True):
        assert made.keys() == entry.keys()
        assert log_probability_error(values, np.exp(numbers)) <= LARGEST_ERROR


def rule(logarithm: float, probability: float) -> float:
    return log_probability_error(np.array([logarithm], np.float32), np.array([probability], np.float32))


def test_the_rule() -> None:
    assert rule(np.log(0.5), 0.5 * np.exp(0.0006)) < LARGEST_ERROR < rule(np.log(0.5), 0.5 * np.exp(0.0008))
    # Of tiny probabilities, the logarithm is what counts.
    assert rule(-60, np.exp(-60.05)) < LARGEST_ERROR < rule(-60, np.exp(-60.1))
    # Near 1, a few steps of float32 do not count, and a hundred of them do.
    assert rule(0, 1 - 2**-21) < LARGEST_ERROR < rule(0, 1 - 100 * 2**-24)
    # Nothing is said of what float32 softmax outputs cannot say.
    assert rule(np.log(1e-30), 0) == pytest.approx(0, abs=1e-6)
    assert rule(-1, np.nan) == rule(-1, np.inf) == np.inf
    with pytest.raises(DataError, match=r"of shape \(1,\); received \(2,\)"):
        log_probability_error(np.zeros(1, np.float32), np.zeros(2, np.float32))


@pytest.mark.parametrize("spoil", ["a number", "no numbers", "no index", "an index of something else"])
def test_damaged_files_are_one_clear_error(tmp_path: Path, spoil: str) -> None:
    for name in (LOG_PROBABILITIES, LOG_PROBABILITIES_INDEX):
        shutil.copy(GOLDEN / name, tmp_path)
    numbers, index = tmp_path / LOG_PROBABILITIES, tmp_path / LOG_PROBABILITIES_INDEX
    if spoil == "a number":
        numbers.write_bytes(b"\0" + numbers.read_bytes()[1:])
    elif spoil == "no numbers":
        numbers.unlink()
    elif spoil == "no index":
        index.unlink()
    else:
        index.write_text("[]")
    with pytest.raises(DataError, match=r"write them anew: python -m helpers\.golden"):
        list(golden_log_probabilities(tmp_path))
