"""Data files: what is right is loaded, what is damaged is named."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from helpers import data
from helpers.data import PHOTOS, load_mnist, load_photo, parse_idx
from helpers.errors import DataError
from helpers.files import DATA


@pytest.fixture
def mnist_copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "mnist", tmp_path / "mnist"))


def test_mnist_is_the_published_one() -> None:
    train_images, train_labels = load_mnist("train")
    test_images, test_labels = load_mnist("test")
    assert train_images.shape == (60_000, 28, 28, 1)
    assert test_images.shape == (10_000, 28, 28, 1)
    assert train_images.dtype == test_labels.dtype == np.uint8
    # Facts known of MNIST itself, from outside this project.
    assert train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert round(float(train_images.mean() / 255), 4) == 0.1307


@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
def test_a_truncated_file_is_refused(mnist_copy: Path, name: str) -> None:
    path = mnist_copy / name
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"damaged.*expected SHA-256 .*received.*git checkout"):
        load_mnist("test", mnist_copy)


@pytest.mark.parametrize("position", [0, 5, 1000, -1])
def test_a_flipped_bit_is_refused(mnist_copy: Path, position: int) -> None:
    path = mnist_copy / "t10k-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        load_mnist("test", mnist_copy)


def test_a_missing_file_is_named(mnist_copy: Path) -> None:
    (mnist_copy / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\.gz.*git checkout"):
        load_mnist("test", mnist_copy)


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(DataError, match=r"\['test', 'train'\]; received 'validation'"):
        load_mnist("validation")  # type: ignore[arg-type]


def test_a_file_of_the_right_hash_but_wrong_content_is_refused(
    mnist_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "checked_bytes", lambda path: path.read_bytes()[:1000])
    with pytest.raises(DataError, match="not a whole gzip file"):
        load_mnist("test", mnist_copy)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08\x01",
        b"\0\0\x08\x01\0\0\0\x03\x01\x02",  # one number too few
        b"\0\0\x08\x01\0\0\0\x03\x01\x02\x03\x04",  # one too many
        b"\0\0\x0d\x01\0\0\0\x03\x01\x02\x03",  # floats
        b"\0\0\x08\x01\xff\xff\xff\xff\x01\x02\x03",  # a size that would fill the memory
    ],
)
def test_malformed_idx_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="expected the header"):
        parse_idx(content, (3,), "labels")


def test_idx_round_trip() -> None:
    assert parse_idx(b"\0\0\x08\x01\0\0\0\x03\x01\x02\x03", (3,), "labels").tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", PHOTOS)
def test_photos_are_colour_and_small(name: str) -> None:
    photo = load_photo(name)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3
    assert photo.shape[2] == 3
    assert min(photo.shape[:2]) >= 299
    assert (DATA / "photos" / f"{name}.png").stat().st_size < 400_000


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"null", b'{"a": 1}', b"\xff\xfe{", b"[" * 100_000])
def test_a_damaged_table_of_checksums_is_named(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "DATA", tmp_path)
    if content is not None:
        (tmp_path / "checksums.json").write_bytes(content)
    with pytest.raises(DataError, match=r"git checkout -- data/checksums\.json"):
        load_mnist("test")


def test_an_unknown_photo_is_refused() -> None:
    with pytest.raises(DataError, match=r"chelsea, coffee, .*received 'lena'"):
        load_photo("lena")


def test_stored_gzip_holds_no_names_or_times() -> None:
    for path in (DATA / "mnist").glob("*.gz"):
        header = path.read_bytes()[:10]
        assert header[4:8] == b"\0\0\0\0", "a time stamp would change the hash of the same data"
        assert gzip.decompress(path.read_bytes())[:2] == b"\0\0"
