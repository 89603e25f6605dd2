"""The app's validation on the desktop's JVM: photos as files, the app's own Java code from the bytes on, and no phone.

The app's classes read each JPEG or PNG file, resize it by their own code and classify it (paper, section III.C.1), and
write a run log, as a phone does. One step is another one than on a phone: the desktop decodes by `javax.imageio`,
Android by its own decoder. Taught in notebook 07_validate_accuracy.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from helpers.errors import DataError, ImageError
from helpers.files import build_dir, ensure_folder, write_bytes
from helpers.golden import GOLDEN
from helpers.runs.jvm_pipeline import JVM_ENGINES, jvm_program
from helpers.runs.pipeline_program import run_command
from helpers.runs.run_log import RunLog
from helpers.zoo import model_record

# What both apps take for the name of a photo, without a folder before it.
_PHOTO_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}\.(png|jpe?g)", re.IGNORECASE)


class PhotoFile(NamedTuple):
    """A photo as it lies on a disk.

    Attributes:
        name: the file's name, such as `cat.jpg`; its suffix is that of its format.
        content: the file's bytes, JPEG or PNG.
        label: the index of its class in the order of the model's labels; None where it is not known.
    """

    name: str
    content: bytes
    label: int | None = None


def run_jvm_validation(
    images: Path,
    model: str,
    engine: str = "tflite",
    weights: str | Path = "offline",
    golden: Path | None = GOLDEN,
    limit: int | None = None,
    threads: int = 1,
    progress: bool = True,
) -> RunLog:
    """Classify a folder of photos by the app's own code.

    Args:
        images: a folder of PNG and JPEG files. A folder inside it that is called like a class (its WordNet id, its
            name or its number) tells the label of its photos; see `photo_folder`. An IDX file, such as MNIST's
            unpacked, is taken too.
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        engine: `tflite`, or `tf_mobile`, whose interface has no setting for threads: it takes each core.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        golden: a folder of pictures for which the log holds the hashes of what preprocessing made of them, and the
            answers; those in the project by default, as in the apps.
        limit: the first so many photos alone; all of them without it.
        threads: how many threads the engine may use inside one invocation.
        progress: show a bar while the Java code is built, which happens once.

    Returns:
        What the app wrote: for each photo the five best classes and the times; the photos that could not be read.
        A photo's id is its path inside the folder, with `/`.

    Raises:
        DataError: there is no such file or folder.
        LaneError: there is no JDK or Maven here, or the process died.
        ModelFileError: an argument that the app refuses, or a model that it cannot run.
    """
    program = jvm_program(model, engine, "validation", progress)
    for place in filter(None, (images, golden)):
        if not place.exists():
            raise DataError(f"expected a folder of photos; received {place}, where there is none; correct the path")
    settings: dict[str, object] = {"engine": engine, "threads": threads, "images": images.resolve()}
    if golden is not None:
        settings["golden"] = golden.resolve()
    if limit is not None:
        settings["limit"] = limit
    file_format = JVM_ENGINES[engine].file_format
    return run_command(program, "validate", model, file_format, settings, weights, f"the validation of {model}")


@contextmanager
def photo_folder(photos: Sequence[PhotoFile], model: str) -> Iterator[Path]:
    """Lay photos in a folder as both apps read it, for as long as the block lasts.

    Photos with a label lie in a folder called by the class's WordNet id or, where the model's classes have none, by
    its number; the others at the top.

    Args:
        photos: at least one, each name once.
        model: the model whose classes the labels are.

    Yields:
        The folder, below the build folder; it is gone afterwards.

    Raises:
        ImageError: there is no photo, a name that is no photo's or comes twice, or a label that the model does not
            have.
        ArtifactWriteError: the folder cannot be written.
    """
    record = model_record(model)
    check_photo_names(photos)
    with tempfile.TemporaryDirectory(prefix="photos-", dir=ensure_folder(build_dir())) as place:
        # Run logs call the data set by the folder's name.
        folder = ensure_folder(Path(place) / "photos")
        for photo in photos:
            if photo.label is None:
                write_bytes(folder / photo.name, photo.content)
                continue
            if not 0 <= photo.label < len(record.labels):
                raise ImageError(
                    f"expected a label of {record.title}, 0 to {len(record.labels) - 1}; received {photo.label} for "
                    f"{photo.name}; count the classes from 0"
                )
            # A number names a class only where no class is called so.
            called = record.label_ids or (record.labels if str(photo.label) in record.labels else ())
            inner = called[photo.label] if called else str(photo.label)
            write_bytes(ensure_folder(folder / inner) / photo.name, photo.content)
        yield folder


def check_photo_names(photos: Sequence[PhotoFile]) -> None:
    """Refuse photos that cannot be told apart by their names, or that the apps would pass over.

    Raises:
        ImageError: there is no photo, a name comes twice, or is not a photo's.
    """
    names = [photo.name for photo in photos]
    if not names or len(set(names)) < len(names):
        raise ImageError(f"expected at least one photo, each name once; received {len(names)} names; rename some")
    for name in names:
        if not _PHOTO_NAME.fullmatch(name):
            raise ImageError(
                f"expected the name of a file that ends in .png, .jpg or .jpeg; received {name!r}; rename it"
            )


def photo_name(image_id: str) -> str:
    """The file name in an image's id: both apps' ids are paths with `/` inside the folder of photos."""
    return image_id.rpartition("/")[2]
