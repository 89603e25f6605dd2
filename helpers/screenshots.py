"""Screenshots of the Android app: drawn by the app's own tests, committed small.

`android_app/app`'s ScreenshotTest draws each screen on the JVM into `build/android/app/screenshots`, and compares it
with the committed picture in `android_app/screenshots`. Where a screen was changed on purpose, look at what was drawn;
then `python -m helpers.screenshots` takes it over: at half the size, with few colours.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from helpers.errors import DataError
from helpers.files import PROJECT, build_dir, ensure_folder, write_bytes

SCREENSHOTS: Path = PROJECT / "android_app" / "screenshots"

# As many as a palette can have. The rounds move each colour to the middle of those that it stands for: in a photo the
# error is half as large, and the tests' comparison as much stricter.
_COLOURS = 256
_ROUNDS = 1


def drawn_screenshots() -> Path:
    """The folder into which the app's tests draw."""
    return build_dir() / "android" / "app" / "screenshots"


def reduced(picture: Image.Image) -> bytes:
    """A picture at half its size, as PNG with a palette.

    Args:
        picture: a screenshot of any mode; its sides are rounded down to even numbers of pixels.

    Returns:
        The file's content; the same picture gives the same bytes.
    """
    half = picture.convert("RGB").resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)
    content = io.BytesIO()
    half.quantize(_COLOURS, kmeans=_ROUNDS, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def take_over(drawn: Path, committed: Path) -> list[Path]:
    """Replace the committed screenshots by what was drawn.

    Args:
        drawn: the folder of the drawn PNG files.
        committed: the folder of the committed ones; those that are not drawn any more are deleted.

    Returns:
        The committed files, sorted by name.

    Raises:
        DataError: nothing was drawn.
    """
    pictures = sorted(drawn.glob("*.png"))
    if not pictures:
        raise DataError(
            f"expected screenshots in {drawn}, received none; run the app's tests first: make test, or"
            " mvn -f android_app/pom.xml verify"
        )
    ensure_folder(committed)
    written = []
    for path in pictures:
        with Image.open(path) as picture:
            written.append(committed / path.name)
            write_bytes(written[-1], reduced(picture))
    for old in set(committed.glob("*.png")) - set(written):
        old.unlink()
    return written


def main() -> int:
    """Take the drawn screenshots over."""
    try:
        written = take_over(drawn_screenshots(), SCREENSHOTS)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(written)} screenshots, {sum(path.stat().st_size for path in written)} bytes in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
