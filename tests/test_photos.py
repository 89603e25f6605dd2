"""Photos: every kind that is read has known pixels, and whatever is not a photo gets one clear error."""

from __future__ import annotations

import io
import os
import socket
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import photos
from helpers.data import load_photo
from helpers.errors import ImageError
from helpers.files import DATA
from helpers.photos import open_photo, read_photo

Array = np.ndarray
GRAY, GRAY_ALPHA, COLOUR, PALETTE, COLOUR_ALPHA = 0, 4, 2, 3, 6


@pytest.fixture(autouse=True)
def _no_warning_leaks() -> object:
    with warnings.catch_warnings(action="error"):
        yield


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, bits: int, colour: int, rows: list[bytes], *chunks: bytes, end: bytes = b"") -> bytes:
    """A PNG made by hand, of kinds that Pillow cannot write."""
    header = struct.pack(">IIBBBBB", width, len(rows), bits, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    body = [_chunk(b"IHDR", header), *chunks, _chunk(b"IDAT", pixels), end, _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _saved(image: Image.Image, picture_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, picture_format, **options)
    return stream.getvalue()


def _noise(*shape: int) -> Array:
    return np.random.default_rng(1).integers(0, 256, shape, np.uint8)


def _smooth() -> Array:
    rows, columns = np.mgrid[0:40, 0:60]
    return np.stack([rows * 6, columns * 4, 255 - rows - columns], axis=2).astype(np.uint8)


def test_png_is_read_exactly_from_a_path_and_from_bytes(tmp_path: Path) -> None:
    pixels = _noise(5, 7, 3)
    # The name's ending does not matter, and neither does what follows the end of the picture.
    path = tmp_path / "wrongly_named.jpg"
    path.write_bytes(_saved(Image.fromarray(pixels), "PNG") + b"junk")
    for photo in (open_photo(path), open_photo(str(path)), read_photo(path.read_bytes(), "photo")):
        assert photo.dtype == np.uint8
        assert np.array_equal(photo, pixels)
        assert photo.flags.c_contiguous
        assert photo.flags.writeable


def test_bands_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = _noise(50, 40, 3)
    content = _saved(Image.fromarray(pixels), "PNG")
    for band in (1, 40, 130, 1999, 2000):
        monkeypatch.setattr(photos, "_BAND_PIXELS", band)
        assert np.array_equal(read_photo(content, "photo"), pixels)


@pytest.mark.parametrize("options", [{"quality": 95}, {"quality": 95, "progressive": True}, {"subsampling": 0}])
def test_jpeg_is_read_as_pillow_decodes_it(options: dict[str, object]) -> None:
    content = _saved(Image.fromarray(_smooth()), "JPEG", **options)
    photo = read_photo(content, "photo")
    assert np.array_equal(photo, np.asarray(Image.open(io.BytesIO(content))))
    assert np.abs(photo.astype(int) - _smooth()).max() < 25


@pytest.mark.parametrize("orientation", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
@pytest.mark.parametrize("picture_format", ["PNG", "JPEG"])
def test_exif_orientation_is_applied(picture_format: str, orientation: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_BAND_PIXELS", 200)
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = _saved(Image.fromarray(_smooth()), picture_format, exif=exif)
    stored = np.asarray(Image.open(io.BytesIO(content)))
    # What the EXIF standard says of each value: which side of the scene row 0 and column 0 of the stored pixels are.
    expected = {
        2: stored[:, ::-1],  # top, right
        3: stored[::-1, ::-1],  # bottom, right
        4: stored[::-1],  # bottom, left
        5: np.rot90(stored, 1)[::-1],  # left, top
        6: np.rot90(stored, -1),  # right, top
        7: np.rot90(stored, -1)[::-1],  # right, bottom
        8: np.rot90(stored, 1),  # left, bottom
    }.get(orientation, stored)
    photo = read_photo(content, "photo")
    assert np.array_equal(photo, expected)
    assert photo.flags.c_contiguous


def test_exif_behind_the_pixels_counts_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = _png(2, 8, GRAY, [b"\x01\x02"], end=_chunk(b"eXIf", exif.tobytes()[6:]))
    assert read_photo(content, "photo")[..., 0].tolist() == [[1], [2]]


@pytest.mark.parametrize(
    "exif",
    [b"", b"II", b"nonsense", b"II*\0\x08\0\0\0\xff\xff\x12\x01", b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\xff\0\0\0"],
)
def test_damaged_exif_is_passed_over_in_silence(exif: bytes) -> None:
    content = _saved(Image.fromarray(_smooth()), "JPEG")
    exif = b"Exif\0\0" + exif
    marked = content[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + content[2:]
    assert np.array_equal(read_photo(marked, "photo"), read_photo(content, "photo"))
    pixels = _png(2, 8, GRAY, [b"\x01\x02"], _chunk(b"eXIf", exif[6:]))
    assert read_photo(pixels, "photo")[..., 0].tolist() == [[1, 2]]


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG"])
def test_gray_becomes_colour(picture_format: str) -> None:
    content = _saved(Image.fromarray(_smooth()[..., 0]), picture_format)
    photo = read_photo(content, "photo")
    assert photo.shape == (40, 60, 3)
    assert np.array_equal(photo, np.stack([np.asarray(Image.open(io.BytesIO(content)))] * 3, axis=2))


@pytest.mark.parametrize(("bits", "row"), [(1, b"\x9a"), (2, b"\x1b"), (4, b"\x1b\xc0"), (8, b"\x01\xbc\x00\xff")])
def test_few_bits_are_stretched_to_255(bits: int, row: bytes) -> None:
    samples = np.unpackbits(np.frombuffer(row, np.uint8)).reshape(-1, bits) @ (1 << np.arange(bits)[::-1])
    expected = (samples * 255 // (2**bits - 1))[:, None].repeat(3, axis=1)
    assert np.array_equal(read_photo(_png(len(samples), bits, GRAY, [row]), "photo")[0], expected)
    # The same with one of the values declared transparent: it becomes white.
    key = int(samples[1])
    content = _png(len(samples), bits, GRAY, [row], _chunk(b"tRNS", struct.pack(">H", key)))
    expected = np.where((samples == key)[:, None], 255, expected)
    assert np.array_equal(read_photo(content, "photo")[0], expected)


def test_16_bits_keep_their_high_byte() -> None:
    values = np.random.default_rng(2).integers(0, 65536, (6, 5, 4)).astype(">u2")
    values[0, 0] = 65535
    values[0, 1] = 255
    values[..., 3] |= 0xFF00
    for colour, channels in ((GRAY, [0]), (COLOUR, [0, 1, 2]), (GRAY_ALPHA, [0, 3]), (COLOUR_ALPHA, [0, 1, 2, 3])):
        content = _png(5, 16, colour, [row[:, channels].tobytes() for row in values])
        expected = values[..., channels[:3]] >> 8 if len(channels) > 2 else values[..., [0, 0, 0]] >> 8
        assert np.array_equal(read_photo(content, "photo"), expected)


def test_16_bits_with_a_transparent_colour() -> None:
    gray = _png(2, 16, GRAY, [b"\x12\x34\x12\x35"], _chunk(b"tRNS", b"\x12\x34"))
    assert read_photo(gray, "photo")[0, :, 0].tolist() == [255, 0x12]
    colour = _png(2, 16, COLOUR, [b"\x12\x34" * 3 + b"\x13\x34" * 3], _chunk(b"tRNS", b"\x12\x34" * 3))
    assert read_photo(colour, "photo")[0, :, 0].tolist() == [255, 0x13]


def test_a_16_bit_gray_png_of_pillow_is_scaled_not_clipped() -> None:
    values = np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)
    photo = read_photo(_saved(Image.fromarray(values), "PNG"), "photo")
    assert np.array_equal(photo[..., 1], values >> 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_laid_on_white(mode: str) -> None:
    pixels = _noise(40, 40, len(mode))
    pixels[0, 0, -1], pixels[0, 1, -1] = 0, 255
    photo = read_photo(_saved(Image.fromarray(pixels, mode), "PNG"), "photo")
    alpha = pixels[..., -1:] / 255
    assert np.array_equal(photo, np.floor(pixels[..., :-1] * alpha + 255 * (1 - alpha) + 0.5) * np.ones(3))
    assert photo[0, 0].tolist() == [255, 255, 255]
    assert np.array_equal(photo[0, 1], pixels[0, 1, :-1] * np.ones(3))


@pytest.mark.parametrize("clear", [b"", b"\xff\x00", b"\x00\x80\xff"])
def test_palettes_with_and_without_transparency(clear: bytes) -> None:
    palette = np.array([[10, 20, 30], [200, 0, 7], [1, 2, 3], [9, 99, 199]], np.uint8)
    chunks = [_chunk(b"PLTE", palette.tobytes()), *([_chunk(b"tRNS", clear)] if clear else [])]
    photo = read_photo(_png(4, 2, PALETTE, [b"\x1b"], *chunks), "photo")
    alpha = np.frombuffer(clear.ljust(4, b"\xff"), np.uint8)[:, None] / 255
    assert np.array_equal(photo[0], np.floor(palette * alpha + 255 * (1 - alpha) + 0.5))


def test_a_colour_declared_transparent_becomes_white() -> None:
    row = bytes([1, 2, 3, 1, 2, 4])
    photo = read_photo(_png(2, 8, COLOUR, [row], _chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))), "photo")
    assert photo.tolist() == [[[255, 255, 255], [1, 2, 4]]]


def test_cmyk_jpeg_becomes_rgb() -> None:
    inks = np.zeros((16, 32, 4), np.uint8)
    inks[:, :16] = (0, 255, 255, 0)
    inks[:, 16:] = (255, 0, 0, 128)
    content = _saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=95)
    assert b"Adobe" in content[:200]
    photo = read_photo(content, "photo")
    assert np.abs(photo[:, :16].astype(int) - (255, 0, 0)).max() <= 2
    assert np.abs(photo[:, 16:].astype(int) - (0, 127, 127)).max() <= 2


def test_ycck_jpeg_becomes_rgb() -> None:
    # Adobe's YCCK is CMYK, inverted, whose first three channels went through YCbCr: here Y 80, no colour, no black.
    stored = np.full((16, 16, 4), (80, 128, 128, 255), np.uint8)
    content = _saved(Image.fromarray(255 - stored, "CMYK"), "JPEG", quality=95)
    start = content.index(b"Adobe") + 11
    assert content[start] == 0
    photo = read_photo(content[:start] + b"\x02" + content[start + 1 :], "photo")
    assert np.abs(photo.astype(int) - (255 - 80)).max() <= 2


def test_colour_profiles_and_gamma_are_ignored() -> None:
    pixels = _noise(4, 4, 3)
    assert np.array_equal(read_photo(_saved(Image.fromarray(pixels), "PNG", icc_profile=b"\0" * 200), "photo"), pixels)
    gamma = _png(1, 8, GRAY, [b"\x40"], _chunk(b"gAMA", struct.pack(">I", 100_000)))
    assert read_photo(gamma, "photo").tolist() == [[[0x40] * 3]]


@pytest.mark.parametrize("picture_format", ["PNG", "MPO"])
def test_the_first_of_several_pictures_is_read(picture_format: str) -> None:
    first, second = Image.new("RGB", (16, 16), (200, 10, 10)), Image.new("RGB", (16, 16), (10, 10, 200))
    content = _saved(first, picture_format, save_all=True, append_images=[second])
    assert np.abs(read_photo(content, "photo").astype(int) - (200, 10, 10)).max() <= 2


def test_a_large_photo_is_read_without_a_warning() -> None:
    # More pixels than Pillow's own limit for warnings, in a file of a few kilobytes.
    content = _saved(Image.new("1", (10_000, 9_000), 1), "PNG")
    photo = read_photo(content, "photo")
    assert photo.shape == (9_000, 10_000, 3)
    assert photo[::999, ::999].min() == 255


@pytest.mark.parametrize(("width", "height"), [(20_000, 10_001), (65_536, 1), (1, 65_536), (2**31 - 1, 2**31 - 1)])
def test_huge_photos_are_refused_before_they_are_decoded(width: int, height: int) -> None:
    header = struct.pack(">IIBBBBB", width, height, 8, COLOUR, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    with pytest.raises(ImageError, match=rf"expected big to have sides .*received {height:,} x {width:,}"):
        read_photo(content, "big")


def test_the_largest_side_can_be_set() -> None:
    content = _saved(Image.new("L", (30, 20)), "JPEG")
    assert read_photo(content, "photo", largest_side=30).shape == (20, 30, 3)
    with pytest.raises(ImageError, match=r"sides of at most 29 .*received 20 x 30"):
        read_photo(content, "photo", largest_side=29)


def test_huge_files_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as stream:
        stream.truncate(photos.LARGEST_FILE + 1)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the file was opened"))
    with pytest.raises(ImageError, match=r"at most 200,000,000 bytes; received .*huge\.jpg of 200,000,001"):
        open_photo(path)
    monkeypatch.setattr(photos, "LARGEST_FILE", 10)
    with pytest.raises(ImageError, match="at most 10 bytes; received 11"):
        read_photo(bytes(11), "huge")


@pytest.mark.parametrize("keyword", [b"zTXt", b"iTXt"])
def test_text_that_unpacks_to_megabytes_is_refused(keyword: bytes) -> None:
    start = b"a\0\0" if keyword == b"zTXt" else b"a\0\1\0\0\0"
    bomb = _chunk(keyword, start + zlib.compress(bytes(100_000_000)))
    with pytest.raises(ImageError, match="received a damaged one: Decompressed data too large"):
        read_photo(_png(1, 8, GRAY, [b"\0"], bomb), "photo")


def _ftyp(brand: bytes, *others: bytes) -> bytes:
    return struct.pack(">I", 16 + 4 * len(others)) + b"ftyp" + brand + bytes(4) + b"".join(others) + bytes(100)


OTHER_FORMATS = {
    "empty": (b"", "an empty file"),
    "heic": (_ftyp(b"heic", b"mif1", b"heic"), "a HEIC picture, as iPhones take them .*Most Compatible"),
    "heic by its second brand": (_ftyp(b"mif1", b"mif1", b"heic"), "a HEIC picture"),
    "avif": (_ftyp(b"avif", b"mif1", b"miaf"), "an AVIF picture"),
    "video": (_ftyp(b"qt  "), "a video"),
    "gif": (_saved(Image.new("P", (1, 1)), "GIF"), "a GIF picture"),
    "webp": (_saved(Image.new("RGB", (1, 1)), "WEBP"), "a WebP picture"),
    "bmp": (_saved(Image.new("RGB", (1, 1)), "BMP"), "a BMP picture"),
    "tiff": (_saved(Image.new("RGB", (1, 1)), "TIFF"), "a TIFF picture or a raw photo"),
    "jpeg 2000": (_saved(Image.new("RGB", (8, 8)), "JPEG2000"), "a JPEG 2000 picture"),
    "jpeg xl": (b"\xff\x0a\x00", "a JPEG XL picture"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    "zip": (b"PK\x03\x04\x14\0", "a ZIP archive"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
    "html": (b"\n<!DOCTYPE html><html>", "an HTML page: the link led to a web page"),
    "html with a mark": (b"\xef\xbb\xbf<HTML>", "an HTML page"),
    "text": ("Grüße\n".encode(), "a text file"),
    "almost png": (b"\x89PNG\n\x1a\n", "a file of an unknown kind that begins with the bytes 89 50 4e 47 0a 1a 0a"),
    "zeros": (bytes(1000), "a file of an unknown kind that begins with the bytes 00 00"),
}


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_other_formats_are_named(name: str, tmp_path: Path) -> None:
    content, kind = OTHER_FORMATS[name]
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    message = rf"^expected holiday\.jpg to be a JPEG or PNG photo; received {kind}.*; save or export it as JPEG or PNG$"
    with pytest.raises(ImageError, match=message):
        open_photo(path)


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG"])
def test_a_file_cut_anywhere_is_refused(picture_format: str) -> None:
    content = _saved(Image.fromarray(_smooth()), picture_format)
    for length in range(8, len(content)):
        with pytest.raises(
            ImageError, match=r"expected cut to be a whole JPEG or PNG photo; received a damaged one: ."
        ):
            read_photo(content[:length], "cut")


def test_a_damaged_png_is_refused_or_shows_the_right_pixels() -> None:
    pixels = _smooth()
    content = _saved(Image.fromarray(pixels), "PNG")
    start = content.index(b"IDAT") - 4
    refused = 0
    for position in range(8, len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 1 << position % 8
        try:
            photo = read_photo(bytes(damaged), "photo")
        except ImageError:
            refused += 1
        else:
            assert position > start
            assert np.array_equal(photo, pixels)
    # Only the length and the checksum of the end mark may be wrong: no pixel hangs on them.
    assert refused >= len(content) - 8 - 8


def test_a_damaged_jpeg_is_refused_or_read_in_silence() -> None:
    content = _saved(Image.fromarray(_smooth()), "JPEG")
    generator = np.random.default_rng(3)
    for position in range(3, len(content)):
        damaged = bytearray(content)
        damaged[position] = generator.integers(256)
        try:
            photo = read_photo(bytes(damaged), "photo")
        except ImageError:
            continue
        assert photo.dtype == np.uint8
        assert photo.shape[2] == 3


def test_what_is_no_readable_file_is_named(tmp_path: Path) -> None:
    for path, reason in [
        (tmp_path, "a folder"),
        (tmp_path / "missing.jpg", "No such file or directory"),
        (tmp_path / "x" / "missing.jpg", "No such file or directory"),
        (tmp_path / ("x" * 300), "File name too long"),
        ("nul\0byte.jpg", "null"),
        ("", "a folder"),
        (None, "NoneType"),
    ]:
        with pytest.raises(ImageError, match=rf"^expected the path of a JPEG or PNG photo; received .*{reason}.*; \w+"):
            open_photo(path)  # type: ignore[arg-type]


def test_a_file_without_the_right_to_read_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "private.jpg"
    path.write_bytes(_saved(Image.new("L", (1, 1)), "JPEG"))
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read everything

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match=r"private\.jpg': Permission denied; correct .* rights"):
        open_photo(path)


def test_pipes_sockets_and_devices_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.jpg"))
        for path in (tmp_path / "pipe.jpg", tmp_path / "link.jpg", tmp_path / "socket.jpg", Path("/dev/zero")):
            with pytest.raises(ImageError, match="a device, a pipe or a socket; give the path of a file"):
                open_photo(path)


def test_a_link_to_a_photo_is_followed(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(_saved(Image.fromarray(_smooth()), "PNG"))
    (tmp_path / "link").symlink_to("photo.png")
    assert np.array_equal(open_photo(tmp_path / "link"), _smooth())


def test_the_projects_photos_are_read_this_way() -> None:
    assert np.array_equal(load_photo("coffee"), open_photo(DATA / "photos" / "coffee.png"))
