"""The golden vectors: the committed files are what preprocessing gives today, and a wrong bit is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from helpers.errors import DataError
from helpers.golden import (
    GOLDEN,
    GOLDEN_FILE,
    ROTATIONS,
    Rotation,
    golden_content,
    golden_frames,
    golden_pictures,
    gray_of,
    make_golden,
    upright,
    yuv_to_rgb,
)
from helpers.golden_probabilities import LOG_PROBABILITIES, LOG_PROBABILITIES_INDEX
from helpers.photos import open_photo
from helpers.preprocess import ImageInput, fit_photo, to_tensor
from helpers.zoo import model_names, model_record

Array = np.ndarray


def test_the_committed_numbers_are_todays() -> None:
    assert json.loads((GOLDEN / GOLDEN_FILE).read_bytes()) == golden_content(), (
        "write them anew: python -m helpers.golden"
    )


def test_the_committed_pictures_and_frames_are_todays() -> None:
    names = {GOLDEN_FILE, LOG_PROBABILITIES, LOG_PROBABILITIES_INDEX}
    for name, picture in golden_pictures().items():
        names.add(name)
        stored = open_photo(GOLDEN / name)
        assert (stored == picture).all(), name
        assert stored.shape[:2] == picture.shape[:2], name
    for name, planes in golden_frames().items():
        names.add(name)
        assert (GOLDEN / name).read_bytes() == b"".join(plane.tobytes() for plane in planes), name
    assert {path.name for path in GOLDEN.iterdir()} == names


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < 1_000_000


def test_every_model_has_pictures_and_turned_frames() -> None:
    content = json.loads((GOLDEN / GOLDEN_FILE).read_bytes())
    assert tuple(content["inputs"]) == model_names()
    for name in model_names():
        assert ImageInput.model_validate(content["inputs"][name]) == model_record(name).input
        assert any(name in picture["expected"] for picture in content["pictures"])
        for rotation in ROTATIONS:
            turned = [t for f in content["frames"] for t in f["rotations"] if t["rotation"] == rotation]
            assert any(name in entry["expected"] for entry in turned)


def test_they_can_be_made_anew(tmp_path: Path) -> None:
    make_golden(tmp_path / "golden")
    # A PNG's bytes depend on the library that packs them, its pixels do not.
    assert json.loads((tmp_path / "golden" / GOLDEN_FILE).read_bytes()).keys() == {
        "schema_version",
        "inputs",
        "pictures",
        "frames",
    }
    for path in GOLDEN.glob("*.png"):
        assert (open_photo(tmp_path / "golden" / path.name) == open_photo(path)).all()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda picture: picture[..., ::-1],
        lambda picture: picture[::-1],
        lambda picture: np.where(np.arange(3) == 2, picture ^ 1, picture),
        lambda picture: picture[1:],
    ],
    ids=["red and blue swapped", "upside down", "the last bit of blue", "one row less"],
)
def test_what_goes_wrong_on_a_platform_changes_the_hash(spoil: object) -> None:
    picture = golden_pictures()["portrait.png"]
    content = json.loads((GOLDEN / GOLDEN_FILE).read_bytes())
    (entry,) = [entry for entry in content["pictures"] if entry["file"] == "portrait.png"]
    expected = model_record("densenet121").input
    recorded = entry["expected"]["densenet121"]["tensor_sha256"]
    assert _tensor_hash(picture, expected) == recorded
    assert _tensor_hash(np.ascontiguousarray(spoil(picture)).astype(np.uint8), expected) != recorded  # type: ignore[operator]


def _tensor_hash(picture: Array, expected: ImageInput) -> str:
    from hashlib import sha256

    return sha256(to_tensor(fit_photo(picture, expected)[None], expected).astype("<f4").tobytes()).hexdigest()


@pytest.mark.parametrize(
    ("yuv", "rgb"),
    [
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((76, 85, 255), (254, 0, 0)),
        ((150, 44, 21), (0, 255, 1)),
        ((29, 255, 107), (0, 0, 254)),
        ((255, 255, 255), (255, 121, 255)),
        ((0, 0, 0), (0, 135, 0)),
    ],
)
def test_known_colours(yuv: tuple[int, ...], rgb: tuple[int, ...]) -> None:
    planes = tuple(np.full((1, 1), value, np.uint8) for value in yuv)
    assert tuple(yuv_to_rgb(planes)[0, 0].tolist()) == rgb  # type: ignore[arg-type]


@settings(deadline=None, max_examples=40, derandomize=True)
@given(arrays(np.uint8, (5, 7)), arrays(np.uint8, (3, 4)), arrays(np.uint8, (3, 4)))
def test_colours_are_those_of_the_definition(y: Array, u: Array, v: Array) -> None:
    """The definition in real numbers, BT.601 at full range, differs by half a level of rounding at most."""
    rgb = yuv_to_rgb((y, u, v)).astype(float)
    rows, columns = np.mgrid[0:5, 0:7]
    blueness, redness = u[rows // 2, columns // 2] - 128.0, v[rows // 2, columns // 2] - 128.0
    exact = np.stack(
        [y + 1.402 * redness, y - 0.344136 * blueness - 0.714136 * redness, y + 1.772 * blueness], axis=2
    ).clip(0, 255)
    assert np.abs(rgb - exact).max() <= 0.51


def test_planes_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(DataError, match=r"one value for each 2 x 2 of 4 x 6 pixels; received planes of \(2, 3\)"):
        yuv_to_rgb((np.zeros((4, 6), np.uint8), np.zeros((2, 3), np.uint8), np.zeros((3, 3), np.uint8)))


@settings(deadline=None, max_examples=40, derandomize=True)
@given(arrays(np.uint8, (3, 4, 3)), st.sampled_from(ROTATIONS))
def test_turning_is_clockwise(picture: Array, rotation: Rotation) -> None:
    turned = np.array(Image.fromarray(picture).rotate(-rotation, expand=True))
    assert (upright(picture, rotation) == turned).all()


@settings(deadline=None, max_examples=40, derandomize=True)
@given(arrays(np.uint8, (4, 5, 3)))
def test_gray_is_pillows(picture: Array) -> None:
    assert (gray_of(picture)[..., 0] == np.array(Image.fromarray(picture).convert("L"))).all()
