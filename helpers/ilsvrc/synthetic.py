"""A folder of pictures in the layout of ILSVRC-2012's validation set, for those who do not have the real one.

The pictures are cut out of the project's photos, recoloured, resized and drawn over, each from a seed of its own, so
that a network gives many different answers. They are no photos of ImageNet and have no true classes: labels are given
to them. Labels taken from a network's own answers (`answered_classes`) make an accuracy that is known beforehand.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from helpers.data import PHOTOS, load_photo
from helpers.engines.base import Engine
from helpers.errors import DataError
from helpers.files import ensure_folder, write_bytes, write_text
from helpers.ilsvrc.label_files import GROUND_TRUTH, VAL_TXT
from helpers.ilsvrc.label_orders import CLASSES, Order, numbers_of
from helpers.labels import load_imagenet_labels
from helpers.photos import read_photo
from helpers.preprocess import fit_photo

SyntheticLayout = Literal["ground truth", "val.txt", "class folders"]

_SIDES = (60, 301)
_BATCH = 50


def make_synthetic_ilsvrc(
    folder: Path,
    count: int,
    layout: SyntheticLayout = "ground truth",
    order: Order | None = None,
    seed: int = 0,
    classes: Sequence[int] | NDArray[np.int64] | None = None,
    progress: bool = False,
) -> NDArray[np.int64]:
    """Make a synthetic folder.

    Args:
        folder: is made; what is there under the same names is replaced.
        count: how many images, 1 to 50,000.
        layout: flat with the development kit's ground-truth file or with Caffe's val.txt, or class folders.
        order: in which order the labels are written; by default the right one for the layout. In class folders, it is
            the numbers of this order that somebody took for places in the sorted list of classes.
        seed: of the pictures, and of the classes where none are given.
        classes: the true class of each image, 0-999 as the networks number them; at random by default.
        progress: show a progress bar over the images.

    Returns:
        int64 (count,), the true classes.

    Raises:
        DataError: a number or a class is out of its range.
        ArtifactWriteError: the folder cannot be written.
    """
    if not 1 <= count <= 50_000:
        raise DataError(f"expected 1 to 50,000 images; received {count}")
    if classes is None:
        classes = np.random.default_rng([seed, count]).integers(CLASSES, size=count)
    true_classes = np.asarray(classes, np.int64)
    if true_classes.shape != (count,) or true_classes.min() < 0 or true_classes.max() >= CLASSES:
        raise DataError(f"expected {count} classes from 0 to {CLASSES - 1}; received {true_classes.shape} of others")
    written: Order = order or ("devkit" if layout == "ground truth" else "sorted")
    numbers = numbers_of(true_classes, written)
    names = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, count + 1)]
    wnids = [label.wnid for label in load_imagenet_labels()]
    ensure_folder(folder)
    for index, name in enumerate(tqdm(names, desc="synthetic images", disable=not progress)):
        parent = folder / wnids[numbers[index] % CLASSES] if layout == "class folders" else folder
        write_bytes(parent / name, synthetic_jpeg(seed, index))
    if layout == "ground truth":
        write_text(folder / GROUND_TRUTH, "".join(f"{number}\n" for number in numbers))
    elif layout == "val.txt":
        write_text(folder / VAL_TXT, "".join(f"{name} {number}\n" for name, number in zip(names, numbers, strict=True)))
    return true_classes


def answered_classes(engine: Engine, count: int, share: float, seed: int = 0) -> NDArray[np.int64]:
    """Classes with which a network is right on a chosen share of the synthetic images, and wrong on the others.

    Args:
        engine: the network that will be evaluated, open.
        count: how many images.
        share: of the images on which it is to be right, 0 to 1.
        seed: of the pictures.

    Returns:
        int64 (count,): on round(share * count) images, chosen at random, the network's best answer; on the others, a
        class that is not among its five best.
    """
    generator = np.random.default_rng([seed, count, 1])
    right = np.zeros(count, bool)
    right[generator.permutation(count)[: round(share * count)]] = True
    classes = np.empty(count, np.int64)
    for start in range(0, count, _BATCH):
        indices = range(start, min(start + _BATCH, count))
        photos = [read_photo(synthetic_jpeg(seed, index), f"picture {index}") for index in indices]
        best = np.argsort(
            -engine.predict(np.stack([fit_photo(each, engine.manifest.input) for each in photos])), axis=1
        )
        for index, row in zip(indices, best, strict=True):
            classes[index] = row[0] if right[index] else generator.choice(row[5:])
    return classes


def synthetic_jpeg(seed: int, index: int) -> bytes:
    """One picture as a JPEG file, 60-300 pixels on each side: the same for the same seed and index."""
    generator = np.random.default_rng([seed, index])
    photo = _photo(PHOTOS[generator.integers(len(PHOTOS))])
    height, width = (int(side) for side in generator.integers(*_SIDES, size=2))
    cut_height, cut_width = (int(generator.integers(40, side)) for side in photo.shape[:2])
    top = int(generator.integers(photo.shape[0] - cut_height))
    left = int(generator.integers(photo.shape[1] - cut_width))
    cut = Image.fromarray(photo[top : top + cut_height, left : left + cut_width])
    pixels = np.asarray(cut.resize((width, height), Image.Resampling.BILINEAR), np.float64)
    # Other colours, another contrast, a few discs and stripes: a network that is shown the same photo answers anew.
    pixels = pixels[..., generator.permutation(3)] * generator.uniform(0.5, 1.5, 3) + generator.uniform(-60, 60, 3)
    rows, columns = np.mgrid[0:height, 0:width]
    for _ in range(generator.integers(4)):
        row, column = generator.uniform(0, height), generator.uniform(0, width)
        radius = generator.uniform(0.05, 0.4) * min(height, width)
        pixels[np.hypot(rows - row, columns - column) < radius] = generator.uniform(0, 255, 3)
    if generator.random() < 0.5:
        angle, period = generator.uniform(0, np.pi), generator.uniform(4, 40)
        stripes = np.sin(2 * np.pi * (rows * np.sin(angle) + columns * np.cos(angle)) / period)
        pixels += stripes[..., None] * generator.uniform(0, 90, 3)
    pixels += generator.normal(0, generator.uniform(0, 12), pixels.shape)
    content = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(content, "JPEG", quality=85)
    return content.getvalue()


@cache
def _photo(name: str) -> NDArray[np.uint8]:
    return load_photo(name)
