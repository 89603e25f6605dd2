"""Golden vectors: a few pictures and camera frames, and what preprocessing makes of them for each model.

`data/golden/` is read by pytest, JUnit and XCTest alike: the platform that drifts from `helpers.preprocess` is the one
whose tests fail. The pictures stress the resize rule: upright and lying, tiny and large, a strip, one pixel, and one of
exactly the size that needs no resizing. `golden.json` holds, per model, the SHA-256 of the fitted uint8 picture and of
the float32 tensor, besides their first numbers, which make a failure readable.

What the networks say of the pictures stands in files of its own beside it: `helpers.golden_probabilities`.

`python -m helpers.golden` writes the folder anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from helpers.data import load_mnist, load_photo
from helpers.errors import DataError
from helpers.files import DATA, ensure_folder, sha256_bytes, sha256_file, whole_file, write_bytes, write_text
from helpers.preprocess import ImageInput, fit_photo, to_tensor
from helpers.zoo import model_names, model_record

GOLDEN: Path = DATA / "golden"
GOLDEN_FILE = "golden.json"

Rotation = Literal[0, 90, 180, 270]
ROTATIONS: tuple[Rotation, ...] = (0, 90, 180, 270)

# How many numbers of a picture and a tensor are written out, for the message of a test that fails.
_SHOWN = 9

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


def yuv_to_rgb(planes: Planes) -> NDArray[np.uint8]:
    """Turn a camera frame into colours, as both apps do it.

    The coefficients are those of ITU-R BT.601 at full range, as JPEG has them and phones' cameras deliver YUV 4:2:0,
    as integers of 16 binary places. With u = U - 128 and v = V - 128, where >> rounds down:
    red = (65536 Y + 91881 v + 32768) >> 16; green = (65536 Y - 22554 u - 46802 v + 32768) >> 16;
    blue = (65536 Y + 116130 u + 32768) >> 16; each limited to 0-255. A pixel takes the U and V of the block of 2 x 2
    pixels in which it lies; nothing is interpolated.

    Args:
        planes: Y, uint8 (height, width); U and V, uint8, one value for each block of 2 x 2 pixels:
            ((height + 1) // 2, (width + 1) // 2).

    Returns:
        uint8 RGB of shape (height, width, 3).

    Raises:
        DataError: the planes' shapes do not fit together.
    """
    luma, *chroma = planes
    height, width = luma.shape
    if any(plane.shape != ((height + 1) // 2, (width + 1) // 2) for plane in chroma):
        raise DataError(
            f"expected U and V to have one value for each 2 x 2 of {height} x {width} pixels; received planes of "
            f"{chroma[0].shape} and {chroma[1].shape}; give the planes of one YUV 4:2:0 frame"
        )
    y = luma.astype(np.int64) << 16
    u, v = (plane.repeat(2, 0).repeat(2, 1)[:height, :width].astype(np.int64) - 128 for plane in chroma)
    colours = np.stack([y + 91881 * v, y - 22554 * u - 46802 * v, y + 116130 * u], axis=2)
    return np.asarray(((colours + 32768) >> 16).clip(0, 255), np.uint8)


def upright(picture: NDArray[np.uint8], rotation: Rotation) -> NDArray[np.uint8]:
    """Turn a picture clockwise, as a phone does with its camera's frames.

    Args:
        picture: uint8 (height, width, channels).
        rotation: degrees.

    Returns:
        The turned picture; of 90 and 270 degrees, height and width have changed places.
    """
    return np.ascontiguousarray(np.rot90(picture, -rotation // 90))


def gray_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The gray of colours, as both apps and Pillow's mode L have it: (19595 R + 38470 G + 7471 B + 32768) >> 16.

    Args:
        picture: uint8 RGB (height, width, 3).

    Returns:
        uint8 (height, width, 1).
    """
    weighted = picture.astype(np.int64) @ np.array([19595, 38470, 7471])
    return np.asarray((weighted[..., None] + 32768) >> 16, np.uint8)


def golden_pictures() -> dict[str, NDArray[np.uint8]]:
    """The pictures, by the names of their files: uint8, RGB of shape (height, width, 3), the digit (28, 28, 1)."""
    rows, columns = np.mgrid[0:533, 0:701]
    # Sharp edges at distances that no resizing meets, in little space.
    pattern = np.stack([columns % 256, rows * 3 % 256, (columns ^ rows) % 256], axis=2).astype(np.uint8)
    return {
        "digit.png": load_mnist("test")[0][0],
        "portrait.png": load_photo("chelsea")[40:251, 120:270],
        "landscape.png": load_photo("coffee")[100:220, 70:403],
        "exact.png": load_photo("motorcycle")[30:286, 100:356],
        "large.png": pattern,
        "tiny.png": load_photo("rocket")[150:159, 230:243],
        "strip.png": load_photo("astronaut")[100:200, 150:153],
        "pixel.png": load_photo("astronaut")[160:161, 160:161],
    }


def golden_frames() -> dict[str, Planes]:
    """The camera frames, by the names of their files: a photo beside noise that leaves no extreme of Y, U, V out."""
    return {"frame.yuv": _frame(74, 98, 1), "frame_28.yuv": _frame(28, 28, 2)}


def _frame(height: int, width: int, seed: int) -> Planes:
    noise = np.random.default_rng(seed)
    picture = Image.fromarray(load_photo("coffee")[:, :320]).resize((width, height)).convert("YCbCr")
    y, u, v = (np.array(band) for band in picture.split())
    for plane in (y, u, v):
        half = plane[:, width // 2 :]
        half[:] = np.clip(noise.integers(-64, 320, half.shape), 0, 255)
    return y, u[::2, ::2].copy(), v[::2, ::2].copy()


def golden_content(folder: Path = GOLDEN) -> dict[str, Any]:
    """What `golden.json` says of the pictures and frames.

    Args:
        folder: where their files lie, whose hashes are part of it.

    Returns:
        JSON: `inputs`, each model's `ImageInput`; `pictures` and `frames`, each with what is expected of it.
    """
    inputs = {name: model_record(name).input for name in model_names()}
    return {
        "schema_version": 1,
        "inputs": {name: expected.model_dump(mode="json") for name, expected in inputs.items()},
        "pictures": [
            {
                "file": file,
                "sha256": sha256_file(folder / file),
                "height": picture.shape[0],
                "width": picture.shape[1],
                "channels": picture.shape[2],
                "pixels_sha256": sha256_bytes(picture.tobytes()),
                "expected": _of_all_models(picture, inputs),
            }
            for file, picture in golden_pictures().items()
        ],
        "frames": [
            {
                "file": file,
                "sha256": sha256_file(folder / file),
                "height": planes[0].shape[0],
                "width": planes[0].shape[1],
                "argb_sha256": sha256_bytes(_argb(planes)),
                "argb_first": [_argb(planes)[at : at + 4].hex() for at in range(0, 4 * _SHOWN, 4)],
                "rotations": [
                    {"rotation": rotation, "expected": _of_all_models(upright(yuv_to_rgb(planes), rotation), inputs)}
                    for rotation in ROTATIONS
                ],
            }
            for file, planes in golden_frames().items()
        ],
    }


def _argb(planes: Planes) -> bytes:
    """A frame's pixels, not turned, as 32-bit integers 0xAARRGGBB, opaque, most significant byte first."""
    colours = yuv_to_rgb(planes)
    return np.concatenate([np.full((*colours.shape[:2], 1), 255, np.uint8), colours], axis=2).tobytes()


def _of_all_models(picture: NDArray[np.uint8], inputs: Mapping[str, ImageInput]) -> dict[str, Any]:
    """What each model that can take a picture makes of it; one without a resize rule takes its own size only."""
    return {
        name: _expected(picture, expected)
        for name, expected in inputs.items()
        if (expected.channels == 3 and picture.shape[2] == 3)
        or (expected.channels == 1 and picture.shape[:2] == (expected.height, expected.width))
    }


def _expected(picture: NDArray[np.uint8], expected: ImageInput) -> dict[str, Any]:
    fitted = fit_photo(gray_of(picture) if picture.shape[2] > expected.channels else picture, expected)
    tensor = to_tensor(fitted[None], expected)[0]
    channels = tensor.reshape(-1, expected.channels)
    return {
        "fitted_sha256": sha256_bytes(fitted.tobytes()),
        "fitted_first": fitted.ravel()[:_SHOWN].tolist(),
        # float32, least significant byte first.
        "tensor_sha256": sha256_bytes(tensor.astype("<f4").tobytes()),
        "tensor_first": tensor.ravel()[:_SHOWN].tolist(),
        "channels": [
            {"min": float(values.min()), "mean": float(values.mean(dtype=np.float64)), "max": float(values.max())}
            for values in channels.T
        ],
    }


def make_golden(folder: Path = GOLDEN) -> None:
    """Write the pictures, the frames and `golden.json`.

    Args:
        folder: made where it is not there yet.

    Raises:
        ArtifactWriteError: the folder cannot be written.
    """
    ensure_folder(folder)
    for file, picture in golden_pictures().items():
        with whole_file(folder / file) as partial:
            Image.fromarray(picture.squeeze(2) if picture.shape[2] == 1 else picture).save(partial, optimize=True)
    for file, planes in golden_frames().items():
        # Y, then U, then V, each row by row without padding.
        write_bytes(folder / file, b"".join(plane.tobytes() for plane in planes))
    write_text(folder / GOLDEN_FILE, json.dumps(golden_content(folder), indent=1) + "\n")


if __name__ == "__main__":
    # Imported here: what it holds is made from what is above.
    from helpers.golden_probabilities import make_log_probabilities

    make_golden()
    make_log_probabilities()
