"""The names of ImageNet's 1000 classes: from the package that publishes them to `data/labels/imagenet.csv`.

    python -m helpers.convert_imagenet_labels

Run once, and kept so that the committed file can be made again. The order is the one in which every network of the
paper gives its outputs: that of the WordNet ids, as text.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

from helpers.errors import DataError
from helpers.files import DATA, write_text
from helpers.pypi_file import fetch_pypi_file

LABELS_FILE = DATA / "labels" / "imagenet.csv"

_REQUIREMENT = "timm==1.0.31"
_FILE_NAME = "timm-1.0.31-py3-none-any.whl"
_SHA256 = "5bd50f7d0fe6d09bf9285ac2523234a1b7e6bf075c0be3e7aed09139fcb617c7"
_CLASSES_MEMBER = "timm/data/_info/imagenet_synsets.txt"
_NAMES_MEMBER = "timm/data/_info/imagenet_synset_to_lemma.txt"
_CLASSES = 1000

# The first of a class's WordNet names is its name here. Two pairs share theirs; a class needs a name of its own.
_OWN_NAMES = {
    "n02012849": "crane (bird)",
    "n03126707": "crane (machine)",
    "n03710721": "tank suit",
}


def read_labels(wheel: Path) -> list[tuple[str, str]]:
    """Read WordNet ids and names out of timm's wheel.

    Returns:
        (WordNet id, name) of each class, in the order of the networks' outputs.

    Raises:
        DataError: the wheel does not hold the 1000 classes in their order, each with a name of its own.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            ids = archive.read(_CLASSES_MEMBER).decode().split()
            lines = archive.read(_NAMES_MEMBER).decode().splitlines()
    except (KeyError, OSError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise DataError(f"expected {wheel.name} to hold the class names; {error}; delete it and run again") from error
    names = dict(line.split("\t", 1) for line in lines if "\t" in line)
    labels = [(wnid, _OWN_NAMES.get(wnid, names.get(wnid, "").split(", ")[0])) for wnid in ids]
    repeated = [name for name, count in Counter(name for _, name in labels).items() if count > 1 or not name]
    if len(labels) != _CLASSES or ids != sorted(set(ids)) or repeated:
        raise DataError(
            f"expected {wheel.name} to hold {_CLASSES} sorted classes with one name each; received {len(labels)}, "
            f"names used twice or missing: {repeated}; add them to helpers/convert_imagenet_labels.py"
        )
    return labels


def main() -> None:
    """Fetch, convert, and say what was written."""
    labels = read_labels(fetch_pypi_file(_REQUIREMENT, _FILE_NAME, _SHA256))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("index", "wnid", "name"))
    writer.writerows((index, wnid, name) for index, (wnid, name) in enumerate(labels))
    write_text(LABELS_FILE, table.getvalue())
    print(f"{LABELS_FILE}: {len(labels)} classes")


if __name__ == "__main__":
    main()
