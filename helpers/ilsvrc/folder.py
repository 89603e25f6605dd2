"""A folder with ILSVRC-2012's validation images: which images there are, and the true class of each.

Two layouts are known. Flat: ILSVRC2012_val_00000001.JPEG and so on in one folder, with a label file
(`helpers.ilsvrc.label_files`) in it, beside it, or in the development kit beside it. Class folders: a folder for each
class, named by its WordNet id (n01440764), as torchvision's script makes them. Any part of the 50,000 images will do.

No picture is opened here: the names, the sizes and the times of the files are enough to say later which stored
predictions still hold.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.files import user_path
from helpers.ilsvrc.label_files import (
    GROUND_TRUTH,
    OFFICIAL_IMAGES,
    VAL_TXT,
    LabelFile,
    image_key,
    image_number,
    labels_of,
    read_label_file,
)
from helpers.ilsvrc.label_orders import ORDERS, Order, check_known_images, classes_of
from helpers.labels import load_imagenet_labels

VARIABLE = "IMAGENET_VAL"

Layout = Literal["flat", "class folders"]

_SUFFIXES = (".jpeg", ".jpg", ".png")
_WNID = re.compile(r"n[0-9]{8}")
_WANTED = (
    f"expected a folder with ILSVRC-2012's validation images, either all in it with {GROUND_TRUTH} or {VAL_TXT}, "
    "or in class folders such as n01440764"
)


@dataclass(frozen=True, eq=False)
class IlsvrcFolder:
    """The images of a folder in the order of their names, and their classes.

    Attributes:
        path: the folder, absolute.
        layout: `flat` or `class folders`.
        order: the order of the classes that the labels are written in; of class folders, `sorted`.
        label_file: the file that they were read from; None for class folders.
        names: the images' paths inside the folder, with `/`, sorted by file name.
        labels: int64 (n,), the labels as they are written: numbers in `order`.
        classes: int64 (n,), the true classes as the networks number them, 0-999.
        files: int64 (n, 3), of each image file the size in bytes and the times of its last change in content and in
            status, in nanoseconds; -1 where it cannot be told.
        missing: how many images the label file names that are not there.
    """

    path: Path
    layout: Layout
    order: Order
    label_file: Path | None
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    classes: NDArray[np.int64]
    files: NDArray[np.int64]
    missing: int

    def __len__(self) -> int:
        return len(self.names)


def given_ilsvrc() -> IlsvrcFolder | None:
    """The folder that the environment variable IMAGENET_VAL names; None where it is not set, or empty.

    Raises:
        DataError: it names no usable folder.
    """
    given = os.environ.get(VARIABLE)
    if not given:
        return None
    try:
        return open_ilsvrc(given)
    except DataError as error:
        raise DataError(f"{VARIABLE}: {error}") from error


def open_ilsvrc(path: str | Path, order: Order | None = None, labels: str | Path | None = None) -> IlsvrcFolder:
    """Read which images a folder has, and their classes; no picture is opened.

    Args:
        path: the folder; a relative path starts at the project's.
        order: the order in which a label file numbers the classes, one of `ORDERS`. Without it, the kit's for a file of
            numbers alone, the sorted WordNet ids' for a file of names and numbers.
        labels: the label file, where it lies elsewhere or under another name.

    Returns:
        The folder's index.

    Raises:
        DataError: it is no such folder, or its labels are missing, do not fit, or are in another order than expected.
    """
    if order is not None and order not in ORDERS:
        raise DataError(f"expected one of the orders {', '.join(ORDERS)}; received {order!r}")
    folder = _folder(path)
    images, folders = _entries(folder)
    if images and folders:
        raise DataError(
            f"{_WANTED}; received {folder} with {len(images):,} images beside {len(folders):,} class folders; "
            "move the ones or the others away"
        )
    if not folders:
        return _flat(folder, images, order, labels)
    if order is not None or labels is not None:
        raise DataError(f"expected no order and no label file for class folders; received {order or labels}")
    return _class_folders(folder, folders)


def _folder(path: str | Path) -> Path:
    try:
        folder = user_path(path).resolve()
        if not folder.is_dir():
            raise DataError(f"{_WANTED}; received {folder}, which is no folder; correct the path")
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise DataError(f"{_WANTED}; received {str(path)[:200]!r}: {error}; correct the path") from error
    return folder


def _scan(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The entries of a folder that are not hidden."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield entry
    except OSError as error:
        raise DataError(f"expected to read {folder}: {error.strerror}; correct its rights") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _file(entry: os.DirEntry[str]) -> tuple[int, int, int]:
    try:
        status = entry.stat()
    except OSError:
        return (-1, -1, -1)
    if not stat.S_ISREG(status.st_mode):
        return (-1, -1, -1)
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _is_image(entry: os.DirEntry[str]) -> bool:
    if not entry.name.lower().endswith(_SUFFIXES) or _is_folder(entry):
        return False
    if not entry.name.isprintable():
        # Also what the system hands on of a name that is not UTF-8.
        raise DataError(f"expected images with names that can be printed; received {entry.name!a}; rename it")
    return True


def _entries(folder: Path) -> tuple[dict[str, tuple[int, int, int]], list[str]]:
    """The images of a folder, and the names of its class folders."""
    images: dict[str, tuple[int, int, int]] = {}
    others = []
    for entry in _scan(folder):
        if _is_image(entry):
            images[entry.name] = _file(entry)
        elif _is_folder(entry):
            others.append(entry.name)
    folders = [name for name in others if _WNID.fullmatch(name)]
    if not images and not folders:
        hint = f", whose folder {min(others)!r} may be meant" if others else ""
        raise DataError(f"{_WANTED}; received {folder} without images and class folders{hint}; correct the path")
    return images, folders


def _flat(
    folder: Path, images: dict[str, tuple[int, int, int]], order: Order | None, labels: str | Path | None
) -> IlsvrcFolder:
    names = tuple(sorted(images))
    _check_unique(folder, names)
    file, numbers = _labelled(folder, names, order, labels)
    where = f"the labels in {file.path}"
    check_known_images(_image_numbers(names), numbers, file.order, where)
    return IlsvrcFolder(
        path=folder,
        layout="flat",
        order=file.order,
        label_file=file.path,
        names=names,
        labels=numbers,
        classes=classes_of(numbers, file.order),
        files=np.array([images[name] for name in names], np.int64),
        missing=len(file.by_image) - len(names),
    )


def _class_folders(folder: Path, folders: list[str]) -> IlsvrcFolder:
    class_numbers = {label.wnid: number for number, label in enumerate(load_imagenet_labels())}
    unknown = sorted(set(folders) - set(class_numbers))
    if unknown:
        raise DataError(
            f"expected class folders of ILSVRC-2012's 1000 classes in {folder}; received {unknown[0]!r} and "
            f"{len(unknown) - 1} others that are not among them; is it the folder of another data set?"
        )
    found = {
        f"{name}/{entry.name}": _file(entry) for name in folders for entry in _scan(folder / name) if _is_image(entry)
    }
    if not found:
        raise DataError(f"{_WANTED}; received {folder} with {len(folders)} class folders and no image in them")
    names = tuple(sorted(found, key=lambda name: (name.rpartition("/")[2], name)))
    _check_unique(folder, tuple(name for name in names if image_number(name)))
    classes = np.array([class_numbers[name.partition("/")[0]] for name in names], np.int64)
    check_known_images(_image_numbers(names), classes, "sorted", f"the class folders of {folder}", class_folders=True)
    return IlsvrcFolder(
        path=folder,
        layout="class folders",
        order="sorted",
        label_file=None,
        names=names,
        labels=classes,
        classes=classes,
        files=np.array([found[name] for name in names], np.int64),
        missing=0,
    )


def _check_unique(folder: Path, names: tuple[str, ...]) -> None:
    by_key: dict[str, str] = {}
    for name in names:
        other = by_key.setdefault(image_key(name), name)
        if other != name:
            raise DataError(
                f"expected each image once in {folder}; received {other!r} and {name!r}; remove one of them"
            )


def _image_numbers(names: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([image_number(name) for name in names], np.int64)


def _labelled(
    folder: Path, names: tuple[str, ...], order: Order | None, labels: str | Path | None
) -> tuple[LabelFile, NDArray[np.int64]]:
    """The label file and the images' labels; where both kinds are there, they must say the same."""
    if labels is not None:
        files = [read_label_file(_label_path(labels), order)]
    else:
        paths = _label_files(folder)
        if order is not None and len(paths) > 1:
            raise DataError(f"expected one label file for order {order!r}; received two in {paths[0].parent}; name one")
        files = [read_label_file(path, order) for path in paths]
    numbers = [labels_of(file, names) for file in files]
    classes = [classes_of(each, file.order) for each, file in zip(numbers, files, strict=True)]
    if len(files) > 1 and not np.array_equal(classes[0], classes[1]):
        first = int(np.flatnonzero(classes[0] != classes[1])[0])
        raise DataError(
            f"expected {files[0].path} and {files[1].path} to give the same classes; received {classes[0][first]} and "
            f"{classes[1][first]} for {names[first]}; remove the wrong file, or name the right one as labels"
        )
    return files[0], numbers[0]


def _label_files(folder: Path) -> list[Path]:
    """The label files in a folder; else beside it; else in the development kit beside it."""
    for place in (folder, folder.parent, folder.parent / "ILSVRC2012_devkit_t12" / "data"):
        found = [place / name for name in (GROUND_TRUTH, VAL_TXT) if (place / name).exists()]
        if found:
            return found
    raise DataError(
        f"expected {GROUND_TRUTH} (the development kit's) or {VAL_TXT} (Caffe's) in {folder} or beside it; "
        f"received neither; copy it there. The full set has {OFFICIAL_IMAGES:,} images"
    )


def _label_path(labels: str | Path) -> Path:
    try:
        return user_path(labels)
    except (RuntimeError, TypeError) as error:
        raise DataError(f"expected the path of a label file; received {str(labels)[:200]!r}: {error}") from error
