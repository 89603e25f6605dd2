"""A user's own Keras file, looked at with suspicion before anything is made of it.

Four kinds of file are taken: a whole model as `.h5` or `.keras`, and weights alone as `.h5` (what Keras Applications
publish) or `.weights.h5`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py

from helpers.convert.keras_file import (
    HDF5_SIGNATURE,
    ZIP_SIGNATURE,
    check_architecture,
    check_hdf5,
    try_hdf5,
    unpack_archive,
)
from helpers.errors import ModelFileError


@contextmanager
def opened_file(path: Path) -> Iterator[tuple[str | None, Path]]:
    """Look at all of a Keras file, and say what is in it.

    Args:
        path: the file.

    Yields:
        The architecture of the model in it, as JSON of Keras' own layers alone (None: weights alone); and a file from
        which Keras can read the weights, which is gone when the block ends.

    Raises:
        ModelFileError: the file is missing, damaged or unsafe.
    """
    wanted = f"expected {path.name} to be a Keras file"
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        weights = Path(folder) / "model.weights.h5"
        try:
            kind = _kind(path, wanted)
            if kind == ".keras":
                architecture: str | None = unpack_archive(path, weights, wanted)
                try_hdf5(weights, wanted)
                check_hdf5(weights, wanted)
            else:
                try_hdf5(path, wanted)
                architecture = check_hdf5(path, wanted)
                # Keras takes .weights.h5 for its own layout and any other .h5 for that of Keras 2, whatever is in it.
                with h5py.File(path, "r") as content:
                    own_layout = "layers" in content and "layer_names" not in content.attrs
                if own_layout == path.name.endswith(".weights.h5"):
                    weights = path
                else:
                    weights = weights if own_layout else weights.with_name("model.h5")
                    shutil.copyfile(path, weights)
        except OSError as error:
            raise ModelFileError(
                f"{wanted}; it cannot be read: {error.strerror or error}; correct its rights"
            ) from error
        if architecture is not None:
            check_architecture(architecture, wanted)
        yield architecture, weights


def _kind(path: Path, wanted: str) -> str:
    if not path.exists():
        raise ModelFileError(f"{wanted}; there is no such file in {path.parent}")
    if not path.is_file():
        raise ModelFileError(f"{wanted}; received a folder or something else that is no ordinary file")
    with path.open("rb") as stream:
        beginning = stream.read(len(HDF5_SIGNATURE))
    if (path.suffix == ".keras" and beginning.startswith(ZIP_SIGNATURE)) or (
        path.suffix == ".h5" and beginning == HDF5_SIGNATURE
    ):
        return path.suffix
    raise ModelFileError(
        f"{wanted}, .h5 or .keras; received {path.suffix or 'a name without suffix'} beginning with {beginning!r}; "
        "save the model with Keras, as model.save('name.keras')"
    )
