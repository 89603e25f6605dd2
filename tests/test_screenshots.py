"""The committed screenshots are those that the app's tests draw, and small; they are made by a reproducible step."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.errors import DataError
from helpers.files import PROJECT
from helpers.screenshots import SCREENSHOTS, reduced, take_over

TEST = PROJECT / "android_app/app/src/test/java/io/github/realtimeclassifier/app/screen/ScreenshotTest.java"
MOST_BYTES = 600_000


def test_each_is_drawn_by_the_apps_tests() -> None:
    code = TEST.read_text()
    drawn = set(re.findall(r'\b(?:save\w*)\([^;]*?"(\w+)"\)', code))
    assert {path.stem for path in SCREENSHOTS.glob("*.png")} == drawn


def test_they_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in SCREENSHOTS.iterdir()}
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_a_reduced_picture_has_half_the_size_and_the_same_colours() -> None:
    pixels = np.zeros((40, 61, 3), np.uint8)
    pixels[:, 30:] = (0, 104, 116)
    content = reduced(Image.fromarray(pixels))
    assert content == reduced(Image.fromarray(pixels))
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (30, 20)
        assert picture.convert("RGB").getpixel((2, 2)) == (0, 0, 0)
        assert picture.convert("RGB").getpixel((27, 17)) == (0, 104, 116)


def test_what_is_not_drawn_any_more_goes(tmp_path: Path) -> None:
    drawn = tmp_path / "drawn"
    committed = tmp_path / "committed"
    drawn.mkdir()
    committed.mkdir()
    Image.new("RGB", (8, 8)).save(drawn / "new.png")
    (committed / "old.png").write_bytes(b"")
    assert take_over(drawn, committed) == [committed / "new.png"]
    assert [path.name for path in committed.iterdir()] == ["new.png"]


def test_without_screenshots_it_says_how_to_draw_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run the app's tests first"):
        take_over(tmp_path, tmp_path)
