"""The zoo of preprocessing bugs: each is the mistake that its name says, where it can be made, at its cost."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from helpers import plots
from helpers.bug_costs import bug_costs
from helpers.data import load_mnist, load_photo
from helpers.engines import open_engine
from helpers.errors import DataError, ImageError, ModelFileError
from helpers.files import build_dir
from helpers.predictions import cached_answers, prediction_key
from helpers.preprocess import ImageInput, ResizeRule, fit_photo, to_tensor
from helpers.preprocess_bugs import (
    RIGHT,
    applicable_bugs,
    bug_names,
    bug_views,
    network_view,
    preprocess_bug,
    with_bug,
)
from helpers.zoo import model_names, model_record

APPLICABLE = {
    "lenet": {"twice", "divisor", "sideways", "shifted"},
    "squeezenet": {"swapped", "no_bias", "twice", "stretched", "nearest", "sideways", "shifted"},
    "mobilenet": {"swapped", "no_bias", "twice", "divisor", "stretched", "nearest", "sideways", "shifted"},
    "densenet121": set(bug_names()),
}


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def _photo(model: str) -> NDArray[np.uint8]:
    return load_mnist("test")[0][7] if model == "lenet" else load_photo("coffee")[:301, 50:]


def _fitted_values(model: str) -> NDArray[np.float64]:
    return fit_photo(_photo(model), model_record(model).input).astype(np.float64)


@pytest.mark.parametrize("model", APPLICABLE)
def test_each_mistake_is_made_where_it_is_one(model: str) -> None:
    assert {bug.name for bug in applicable_bugs(model_record(model).input)} == APPLICABLE[model]


def test_a_gray_network_with_a_resize_rule_can_be_given_wrong_pixels_too() -> None:
    gray = ImageInput(
        height=20, width=30, channel_order="gray", scale=(1 / 255,), bias=(0.5,), resize=ResizeRule(shorter_side=32)
    )
    names = [bug.name for bug in applicable_bugs(gray)]
    assert names == ["no_bias", "twice", "divisor", "stretched", "nearest", "sideways", "shifted"]
    photo = np.random.default_rng(1).integers(0, 256, (50, 41, 1), np.uint8)
    for name in names:
        for variant in preprocess_bug(name).variants(gray):
            assert variant.prepare(photo, gray).tensor.shape == gray.shape
    lying = gray.model_copy(update={"resize": None})
    assert "sideways" not in [bug.name for bug in applicable_bugs(lying)]


@pytest.mark.parametrize("model", APPLICABLE)
def test_each_variant_changes_its_stage_and_none_before(model: str) -> None:
    expected, photo = model_record(model).input, _photo(model)
    right = RIGHT.prepare(photo, expected)
    probabilities = np.random.default_rng(1).random((2, 10), np.float32)
    for bug in applicable_bugs(expected):
        seen = []
        for variant in bug.variants(expected):
            fitted, tensor = variant.prepare(photo, expected)
            assert (fitted.shape, fitted.dtype, tensor.shape, tensor.dtype) == (
                expected.shape,
                np.uint8,
                expected.shape,
                np.float32,
            )
            answer = variant.answer(probabilities)
            changes = (
                not np.array_equal(fitted, right.fitted),
                not np.array_equal(tensor, right.tensor),
                not np.array_equal(answer, probabilities),
            )
            stages = {"pixels": (True, True, False), "tensor": (False, True, False), "answer": (False, False, True)}
            assert changes == stages[bug.stage], (bug.name, variant.title)
            assert not any(np.array_equal(tensor, other) and np.array_equal(answer, said) for other, said in seen)
            seen.append((tensor, answer))


TENSORS = {
    ("mobilenet", "no_bias"): lambda x: x / 127.5,
    ("mobilenet", "divisor"): lambda x: x / 127 - 1,
    ("mobilenet", "twice"): lambda x: (x / 127.5 - 1) / 127.5 - 1,
    ("mobilenet", "swapped"): lambda x: x[..., ::-1] / 127.5 - 1,
    ("squeezenet", "no_bias"): lambda x: x[..., ::-1],
    ("squeezenet", "swapped"): lambda x: x - (103.939, 116.779, 123.68),
    ("squeezenet", "twice"): lambda x: x[..., ::-1] - 2 * np.array((103.939, 116.779, 123.68)),
    ("densenet121", "one_scale"): lambda x: x / (255 * 0.226) - np.array((0.485 / 0.229, 0.456 / 0.224, 0.406 / 0.225)),
    ("densenet121", "divisor"): lambda x: (x / 256 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225),
    ("densenet121", "no_bias"): lambda x: x / 255 / (0.229, 0.224, 0.225),
    ("lenet", "divisor"): lambda x: x / 256,
    ("lenet", "twice"): lambda x: x / 255 / 255,
}


@pytest.mark.parametrize(("model", "name"), TENSORS)
def test_a_wrong_tensor_is_the_one_that_is_meant(model: str, name: str) -> None:
    expected = model_record(model).input
    tensor = with_bug(name, expected).prepare(_photo(model), expected).tensor
    close = 3e-5 if model == "squeezenet" else 2e-6
    np.testing.assert_allclose(tensor, TENSORS[model, name](_fitted_values(model)), rtol=2e-6, atol=close)


def test_wrong_pixels_are_those_that_are_meant() -> None:
    expected, photo = model_record("squeezenet").input, _photo("squeezenet")
    height, width = model_record("squeezenet").input.resize.resized_sides(*photo.shape[:2])  # type: ignore[union-attr]
    top, left = (height - 227) // 2, (width - 227) // 2
    near = np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.NEAREST))
    cut = near[top : top + 227, left : left + 227]
    assert np.array_equal(with_bug("nearest", expected).prepare(photo, expected).fitted, cut)
    squeezed = np.asarray(Image.fromarray(photo).resize((227, 227), Image.Resampling.BILINEAR), np.int16)
    assert np.abs(with_bug("stretched", expected).prepare(photo, expected).fitted - squeezed).max() <= 1
    side = with_bug("sideways", expected).prepare(photo, expected).fitted
    turned = np.asarray(Image.fromarray(photo).transpose(Image.Transpose.ROTATE_270))
    assert np.array_equal(side, fit_photo(turned, expected))


def test_shifted_labels_are_off_by_one() -> None:
    up, down = preprocess_bug("shifted").variants(model_record("lenet").input)
    probabilities = np.eye(10, dtype=np.float32)[[3, 9]]
    assert up.answer(probabilities).argmax(axis=1).tolist() == [4, 0]
    assert down.answer(probabilities).argmax(axis=1).tolist() == [2, 8]


@pytest.mark.parametrize("model", model_names())
def test_the_networks_view_of_the_right_tensor_is_the_picture(model: str) -> None:
    expected = model_record(model).input
    prepared = RIGHT.prepare(_photo(model), expected)
    assert np.array_equal(network_view(prepared.tensor, expected), prepared.fitted)


def test_the_networks_view_shows_the_mistake() -> None:
    for model in ("squeezenet", "mobilenet", "densenet121"):
        expected = model_record(model).input
        views = bug_views(_photo(model), expected)
        right, swapped, dropped = (views[name] for name in list(views)[:3])
        assert np.array_equal(swapped, right[..., ::-1])
        assert dropped.mean() > right.mean() + 40
        assert len(views) == len(APPLICABLE[model])  # the right one comes along, shifted labels have no picture


def test_the_zoo_is_drawn_with_titles_and_words() -> None:
    for model in ("densenet121", "lenet"):
        views = bug_views(_photo(model), model_record(model).input)
        figure = plots.bug_zoo(views)
        drawn = [axis for axis in figure.axes if axis.images]
        assert [axis.get_title().replace("\n", " ") for axis in drawn] == list(views)
        assert all(title in figure.get_label() for title in views)
        assert len(plots.show(figure).data) < 200_000


def test_what_cannot_be_made_is_refused() -> None:
    expected = model_record("lenet").input
    with pytest.raises(DataError, match=r"one of the mistakes swapped, .*; received 'blurred'"):
        preprocess_bug("blurred")
    with pytest.raises(DataError, match="with this input: twice, divisor, sideways, shifted; received 'swapped'"):
        with_bug("swapped", expected)
    tensor = np.zeros(expected.shape, np.float32)
    for wrong in (tensor[None], np.full_like(tensor, np.nan)):
        with pytest.raises(ImageError, match="a tensor of shape"):
            network_view(wrong, expected)
    for way in (RIGHT, with_bug("sideways", expected)):
        with pytest.raises(ImageError, match="no resize rule"):
            way.prepare(np.zeros((29, 28, 1), np.uint8), expected)


@settings(deadline=None, max_examples=12, derandomize=True)
@given(st.integers(7, 400), st.integers(7, 400), st.integers(0, 255), st.booleans())
def test_photos_of_any_size_can_be_given_wrongly(height: int, width: int, level: int, plain: bool) -> None:
    expected = model_record("densenet121").input
    noise = np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)
    photo = np.full_like(noise, level) if plain else noise
    right = RIGHT.prepare(photo, expected)
    for bug in applicable_bugs(expected):
        for variant in bug.variants(expected):
            prepared = variant.prepare(photo, expected)
            assert prepared.fitted.shape == right.fitted.shape
            if bug.stage == "pixels" and (plain or not bug.acts_on(photo, expected)):
                assert np.array_equal(prepared.fitted, right.fitted), variant.title


def test_costs_are_agreement_and_accuracy_counted_by_hand() -> None:
    digits, labels = (part[:40] for part in load_mnist("test"))
    table = bug_costs("lenet", list(digits), labels.tolist()).set_index("mistake")
    assert list(table.index) == ["none", *(bug.title for bug in applicable_bugs(model_record("lenet").input))]
    right = table.loc["none"]
    assert (right.same_top1, right.same_top5, right.largest_log_difference) == (1, 1, 0)
    with open_engine("keras", "lenet") as engine:
        probabilities = engine.predict(digits)
        turned = engine.predict(np.rot90(digits, -1, axes=(1, 2)).copy())
        tensor = to_tensor(digits, engine.manifest.input) * np.float32(1 / 255)
        twice = engine.invoke(tensor)
    assert right.top1_correct == (probabilities.argmax(axis=1) == labels).sum() >= 38
    side = table.loc["sideways frame"]
    assert side.top1_correct == (turned.argmax(axis=1) == labels).sum() < 30
    assert side.same_top1 == pytest.approx((turned.argmax(axis=1) == probabilities.argmax(axis=1)).mean())
    logarithms = np.abs(np.log(twice.astype(np.float64)) - np.log(probabilities.astype(np.float64)))
    row = table.loc["normalised twice"]
    assert row.median_log_difference == pytest.approx(np.median(logarithms), rel=1e-3)
    assert row.largest_log_difference == pytest.approx(logarithms.max(), rel=1e-3)
    assert table.loc["labels shifted by one"].same_top1 == 0


def test_an_untrained_network_has_no_accuracy() -> None:
    photos = [load_photo("rocket"), load_photo("coffee")]
    table = bug_costs("mobilenet", photos, [1, 2], engine="litert")
    assert table.top1_correct.isna().all()
    assert table.top5_correct.isna().all()
    assert (table.set_index("mistake").largest_log_difference.drop("none") > 0).all()
    with pytest.raises(DataError, match="received 2 photos and 1 labels"):
        bug_costs("mobilenet", photos, [1])
    with pytest.raises(DataError, match="received 0 photos"):
        bug_costs("mobilenet", [])


def test_answers_to_tensors_are_cached_by_content(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = load_mnist("test")[0][:3]
    with open_engine("keras", "lenet") as engine:
        tensor = to_tensor(digits, engine.manifest.input)
        first = cached_answers(engine, tensor)
        assert np.array_equal(first, engine.invoke(tensor))
        assert prediction_key(engine, tensor) != prediction_key(engine, digits)
        assert (build_dir() / "predictions" / f"keras-lenet-{prediction_key(engine, tensor)[:32]}.npz").is_file()
        monkeypatch.setattr(engine, "invoke", lambda given: np.full((len(given), 10), np.nan, np.float32))
        assert np.array_equal(cached_answers(engine, tensor), first)
        with pytest.raises(ModelFileError, match="finite probabilities"):
            cached_answers(engine, tensor * np.float32(0.123))
        for wrong in (digits, tensor[0], tensor[:0], tensor.astype(np.float64)):
            with pytest.raises(ModelFileError, match=r"float32 ones of shape \(n, 28, 28, 1\)"):
                cached_answers(engine, wrong)
