"""Reading any photo of the user's: JPEG or PNG in, uint8 RGB pixels out, and one clear error for everything else.

What a viewer shows is what a network gets: each photo is turned as its EXIF orientation says; gray becomes RGB;
transparent parts are laid on white, (value * alpha + 255 * (255 - alpha)) / 255 rounded; 16-bit values keep their high
byte, value // 256; CMYK becomes (255 - ink) * (255 - black) / 255. Embedded ICC profiles and gamma values are ignored:
the numbers are read as sRGB. Of a file with several pictures (animated PNG, multi-picture JPEG), the first or default
one is read.

PNG pixels are the same everywhere, and a damaged PNG is found by its checksums. JPEG decoders may differ by a few
levels, so what Python, Java and Swift repeat bit for bit (`helpers.preprocess`) begins with decoded pixels. JPEG has no
checksums: a truncated file is found, but a damaged one may show damaged pixels.
"""

from __future__ import annotations

import io
import stat
import warnings
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from helpers.errors import ImageError

LARGEST_FILE = 200_000_000
# The largest phone sensors have 200 megapixels; a photo of this size needs about 1.5 GB while it is read.
LARGEST_PIXELS = 200_000_000
# What JPEG itself can express.
LARGEST_SIDE = 65_535

# Pillow's two readers are called by name, not through Image.open: that would try other formats, warn of large photos,
# and refuse the largest that are allowed here.
_READERS: dict[bytes, type[JpegImageFile] | type[PngImageFile]] = {
    b"\xff\xd8\xff": JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImageFile,
}
_OTHER_FORMATS = {
    b"GIF87a": "a GIF picture",
    b"GIF89a": "a GIF picture",
    b"BM": "a BMP picture",
    b"II*\0": "a TIFF picture or a raw photo",
    b"MM\0*": "a TIFF picture or a raw photo",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an office document",
}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_TEXT_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n\r\f" + bytes(range(0x80, 0x100))

# EXIF orientation: whether rows and columns change places, then whether rows, and columns, are turned round.
_ORIENTATION_TAG = 0x0112
_ORIENTATIONS = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}
# How Pillow's modes become ones whose values can be used; the others are L, RGB, RGBA and 16-bit gray.
_CONVERTED = {"1": "L", "P": "RGBA", "LA": "RGBA", "CMYK": "RGB"}
_BAND_PIXELS = 2**20


def open_photo(path: Path | str) -> NDArray[np.uint8]:
    """Read a photo from a JPEG or PNG file.

    Args:
        path: the file, at most 200 MB; what its name ends in does not matter.

    Returns:
        The photo as a viewer shows it, uint8 RGB of shape (height, width, 3).

    Raises:
        ImageError: the file cannot be read, or is not a whole JPEG or PNG photo of a sane size.
    """
    wanted = "expected the path of a JPEG or PNG photo"
    try:
        path = Path(path)
        status = path.stat()
        # Asked before the file is opened: opening a pipe would wait for its writer, reading a device may never end.
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, a pipe or a socket"
            raise ImageError(f"{wanted}; received {path}, {kind}; give the path of a file")
        if status.st_size > LARGEST_FILE:
            raise ImageError(
                f"{wanted} of at most {LARGEST_FILE:,} bytes; received {path} of {status.st_size:,} bytes; "
                "save it smaller"
            )
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, TypeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ImageError(
            f"{wanted}; received {str(path)!r}: {reason}; correct the path or the file's rights"
        ) from error
    return read_photo(content, path.name)


def read_photo(content: bytes, name: str, *, largest_side: int = LARGEST_SIDE) -> NDArray[np.uint8]:
    """Read a photo from the bytes of a JPEG or PNG file.

    Args:
        content: the whole file, at most 200 MB.
        name: what error messages call the photo.
        largest_side: the most pixels that height and width may each have; besides, a photo may have at most
            200,000,000 pixels in all. Both are checked before anything is decoded.

    Returns:
        The photo as a viewer shows it, uint8 RGB of shape (height, width, 3).

    Raises:
        ImageError: the bytes are not a whole JPEG or PNG photo of a sane size; says what they are and what to do.
    """
    if len(content) > LARGEST_FILE:
        raise ImageError(
            f"expected {name} to have at most {LARGEST_FILE:,} bytes; received {len(content):,}; save it smaller"
        )
    reader = next((reader for start, reader in _READERS.items() if content.startswith(start)), None)
    if reader is None:
        raise ImageError(
            f"expected {name} to be a JPEG or PNG photo; received {_kind(content)}; save or export it as JPEG or PNG"
        )
    try:
        # Pillow warns of damaged EXIF data; a reader of a notebook can do nothing about it.
        with warnings.catch_warnings(action="ignore"), reader(io.BytesIO(content)) as photo:
            width, height = photo.size
            if max(width, height) > largest_side or width * height > LARGEST_PIXELS:
                raise ImageError(
                    f"expected {name} to have sides of at most {largest_side:,} and at most {LARGEST_PIXELS:,} pixels "
                    f"in all; received {height:,} x {width:,} (height x width); save it smaller"
                )
            if reader is PngImageFile:
                _check_png(content)
            photo.load()
            return _upright(photo, content)
    except ImageError:
        raise
    # Pillow lists no errors that its readers raise for damaged files; there are many kinds.
    except Exception as error:
        raise ImageError(
            f"expected {name} to be a whole JPEG or PNG photo; received a damaged one: {error or 'no reason given'}; "
            "copy or download it again, or save it anew as JPEG or PNG"
        ) from error


def _kind(content: bytes) -> str:
    if not content:
        return "an empty file"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "a WebP picture"
    if content[4:8] == b"ftyp":
        return _kind_of_brands({content[start : start + 4] for start in (8, *range(16, 64, 4))})
    for start, kind in _OTHER_FORMATS.items():
        if content.startswith(start):
            return kind
    head = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html")):
        return "an HTML page: the link led to a web page, not to the photo itself"
    if not head.translate(None, _TEXT_BYTES):
        return "a text file"
    return f"a file of an unknown kind that begins with the bytes {content[:8].hex(' ')}"


def _kind_of_brands(brands: set[bytes]) -> str:
    if brands & _AVIF_BRANDS:
        return "an AVIF picture"
    if brands & _HEIF_BRANDS:
        return "a HEIC picture, as iPhones take them (Settings > Camera > Formats > Most Compatible takes JPEG)"
    return "a video"


def _check_png(content: bytes) -> None:
    """Look for a PNG's end, and compare the checksums of its pixels, which Pillow leaves out."""
    view = memoryview(content)
    position = 8
    while position + 12 <= len(content):
        length = int.from_bytes(view[position : position + 4], "big")
        kind = content[position + 4 : position + 8]
        end = position + 8 + length
        if kind == b"IEND":
            return
        if kind == b"IDAT" and zlib.crc32(view[position + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            raise ValueError("the checksum of its pixels is wrong")
        position = end + 4
    raise ValueError("its end is missing")


def _orientation(photo: ImageFile) -> int:
    try:
        return int(photo.getexif().get(_ORIENTATION_TAG, 1))
    # Damaged EXIF data raise many kinds of errors; the pixels are whole all the same.
    except Exception:
        return 1


def _upright(photo: ImageFile, content: bytes) -> NDArray[np.uint8]:
    """Copy a decoded photo into an array in bands: beside Pillow's pixels, only the result needs memory."""
    width, height = photo.size
    clear = _clear_colour(photo, content)
    turned, rows_back, columns_back = _ORIENTATIONS.get(_orientation(photo), _ORIENTATIONS[1])
    pixels = np.empty((width, height, 3) if turned else (height, width, 3), np.uint8)
    as_stored = pixels[:: -1 if rows_back else 1, :: -1 if columns_back else 1]
    if turned:
        as_stored = as_stored.swapaxes(0, 1)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        as_stored[top:bottom] = _rgb(photo.crop((0, top, width, bottom)), clear)
    return pixels


def _clear_colour(photo: ImageFile, content: bytes) -> tuple[int, ...] | None:
    """The one colour that a PNG without an alpha channel calls transparent, in the values that Pillow decodes."""
    key = photo.info.get("transparency")
    if key is None or photo.mode == "P":
        return None
    colour: tuple[int, ...] = key if isinstance(key, tuple) else (key,)
    bits = content[24]
    # Pillow stretches 2 and 4 bits to 0-255 and cuts 16-bit colour down to 8, but leaves the key as it was.
    if photo.mode == "L":
        return tuple(value * 255 // (2**bits - 1) for value in colour)
    if photo.mode == "RGB" and bits == 16:
        return tuple(value // 256 for value in colour)
    return colour


def _rgb(band: Image.Image, clear: tuple[int, ...] | None) -> NDArray[np.uint8]:
    """Turn a part of a photo into uint8 of shape (height, width, 3), or (height, width, 1) where it is gray."""
    if band.mode in _CONVERTED:
        band = band.convert(_CONVERTED[band.mode])
    values = np.asarray(band).reshape(band.height, band.width, -1)
    alpha = None
    if band.mode == "RGBA":
        values, alpha = values[..., :3], values[..., 3:].astype(np.uint16)
    elif clear is not None:
        alpha = (values != clear).any(axis=2, keepdims=True) * np.uint16(255)
    if values.dtype != np.uint8:
        values = (values // 256).astype(np.uint8)
    if alpha is not None:
        values = ((values * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return values
