"""SqueezeNet: the layout, the weights and how they are read; the labels; the twenty photos."""

from __future__ import annotations

import csv
import io
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from helpers import ilsvrc_samples, pypi_file, squeezenet
from helpers.convert_squeezenet_weights import read_archive, read_pickled_weights, write_npz
from helpers.data import checked_bytes, load_photo
from helpers.errors import DataError
from helpers.files import DATA, sha256_file
from helpers.ilsvrc_samples import read_samples
from helpers.labels import load_imagenet_labels, parse_imagenet_labels
from helpers.preprocess import ImageInput, ResizeRule, fit_photos, to_tensor
from helpers.pypi_file import fetch_pypi_file
from helpers.squeezenet import WEIGHTS_FILE, build_squeezenet, load_squeezenet

# Shorter side 256, the middle 227 x 227, BGR, ImageNet's means subtracted.
INPUT = ImageInput(
    height=227,
    width=227,
    channel_order="bgr",
    scale=(1, 1, 1),
    bias=(-103.939, -116.779, -123.68),
    resize=ResizeRule(shorter_side=256),
)


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    return load_squeezenet()


def _input(name: str) -> np.ndarray:
    return to_tensor(fit_photos([load_photo(name)], INPUT), INPUT)


def test_the_layout_is_version_1_1() -> None:
    model = build_squeezenet()
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(convolutions) == 26
    assert model.count_params() == 1_235_496
    assert model.input_shape == (None, 227, 227, 3)
    assert model.output_shape == (None, 1000)
    assert (model.inputs[0].name, model.layers[-1].name) == ("image", "probabilities")
    assert not [layer for layer in model.layers if isinstance(layer, (keras.layers.Dense, keras.layers.Dropout))]
    sides = [layer.output.shape[1] for layer in model.layers if isinstance(layer, keras.layers.MaxPooling2D)]
    assert sides == [56, 27, 13]


@pytest.mark.parametrize(("photo", "known"), [("chelsea", {281, 282, 285}), ("coffee", {967, 504, 968})])
def test_the_weights_are_trained(trained: keras.Model, photo: str, known: set[int]) -> None:
    probabilities = np.asarray(trained(_input(photo)))[0]
    assert int(probabilities.argmax()) in known
    assert probabilities[list(known)].sum() > 0.9


def test_red_and_blue_are_not_the_same(trained: keras.Model) -> None:
    right, wrong = (np.asarray(trained(tensor))[0] for tensor in (_input("chelsea"), _input("chelsea")[..., ::-1]))
    assert np.abs(np.log(right) - np.log(wrong)).max() > 1


def test_the_file_can_be_made_again_byte_for_byte(tmp_path: Path) -> None:
    with np.load(WEIGHTS_FILE) as archive:
        weights = {name: archive[name] for name in reversed(archive.files)}
    write_npz(weights, tmp_path / "again.npz")
    assert sha256_file(tmp_path / "again.npz") == sha256_file(WEIGHTS_FILE)


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"\x93NUMPY", pytest.param(pickle.dumps({"conv1": 1}), id="pickle")]
)
def test_what_is_not_an_npz_is_refused(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(squeezenet, "checked_bytes", lambda path: content)
    with pytest.raises(DataError, match=r"expected squeezenet_imagenet\.npz to be a NumPy \.npz file"):
        load_squeezenet()


@pytest.mark.parametrize("damage", ["missing", "extra", "shape"])
def test_another_networks_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    with np.load(WEIGHTS_FILE) as archive:
        weights = {name: archive[name] for name in archive.files}
    if damage == "missing":
        del weights["conv10.bias"]
    elif damage == "extra":
        weights["fc.kernel"] = np.zeros((2, 2), np.float32)
    else:
        weights["conv1.bias"] = np.zeros(63, np.float32)
    write_npz(weights, tmp_path / "other.npz")
    monkeypatch.setattr(squeezenet, "checked_bytes", lambda path: path.read_bytes())
    with pytest.raises(DataError, match="the 52 arrays of SqueezeNet"):
        load_squeezenet(tmp_path / "other.npz")


class _Malicious:
    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self._reduced = (call, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._reduced


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_malicious_pickle_is_refused_before_it_runs(tmp_path: Path, protocol: int) -> None:
    trace = tmp_path / "it_ran"
    content = pickle.dumps({"conv1": [_Malicious(exec, f"open({str(trace)!r}, 'w').close()")]}, protocol)
    with pytest.raises(DataError, match=r"NumPy arrays alone; received one that names \w+\.exec"):
        read_pickled_weights(content)
    assert not trace.exists()


@pytest.mark.parametrize("name", [b"numpy\nload", b"numpy\nndarray.tofile", b"posix\nsystem", b"helpers.files\nDATA"])
def test_other_names_are_refused(name: bytes) -> None:
    with pytest.raises(DataError, match="could run code"):
        read_pickled_weights(b"c" + name + b"\n.")


def test_arrays_of_objects_are_refused() -> None:
    kernel = np.empty((1, 1, 1, 1), object)
    with pytest.raises(DataError, match="expected a float32 kernel and bias for 'conv1'"):
        read_pickled_weights(pickle.dumps({"conv1": [kernel, np.zeros(1, np.float32)]}))


@pytest.mark.parametrize("content", [b"", b"\x80", pickle.dumps([1, 2]), pickle.dumps({"conv1": 3})])
def test_a_damaged_pickle_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="fetch it again"):
        read_pickled_weights(content)


def test_arrays_are_read_under_the_names_of_the_network() -> None:
    kernel, bias = np.ones((1, 1, 2, 3), np.float32), np.arange(3, dtype=np.float32)
    weights = read_pickled_weights(pickle.dumps({"fire2/squeeze1x1": [kernel, bias]}))
    assert list(weights) == ["fire2_squeeze1x1.kernel", "fire2_squeeze1x1.bias"]
    assert np.array_equal(weights["fire2_squeeze1x1.bias"], bias)


def test_an_archive_without_the_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ndf.tar.gz"
    with tarfile.open(path, "w:gz"):
        pass
    with pytest.raises(DataError, match=r"squeezenet_weights\.pkl"):
        read_archive(path)


def test_labels_are_ilsvrcs() -> None:
    labels = load_imagenet_labels()
    assert len(labels) == len({label.wnid for label in labels}) == len({label.name for label in labels}) == 1000
    # Facts known of ILSVRC 2012 itself, from outside this project.
    for index, wnid, name in [
        (0, "n01440764", "tench"),
        (281, "n02123045", "tabby"),
        (285, "n02124075", "Egyptian cat"),
        (388, "n02510455", "giant panda"),
        (504, "n03063599", "coffee mug"),
        (999, "n15075141", "toilet tissue"),
    ]:
        assert labels[index] == (wnid, name)


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: rows[1:],
        lambda rows: rows[:-1],
        lambda rows: [*rows[:2], *rows[1:-1]],
        lambda rows: [*rows[:5], ["4", "", "nothing"], *rows[6:]],
        lambda rows: [[]],
    ],
)
def test_a_damaged_label_table_is_refused(damage: Callable[[list[list[str]]], list[list[str]]]) -> None:
    text = checked_bytes(DATA / "labels" / "imagenet.csv").decode()
    table = io.StringIO()
    csv.writer(table).writerows(damage(list(csv.reader(io.StringIO(text)))))
    with pytest.raises(DataError, match=r"expected labels\.csv to be a UTF-8 table of index,wnid,name.*received"):
        parse_imagenet_labels(table.getvalue().encode(), "labels.csv")


def test_labels_in_another_encoding_are_refused() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        parse_imagenet_labels("index,wnid,name\n0,n1,Löffel\n".encode("latin-1"), "labels.csv")


def _wheel(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _jpeg(side: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (side, 8), 128).save(stream, "JPEG")
    return stream.getvalue()


def _twenty(content: bytes) -> dict[str, bytes]:
    return {f"foolbox/data/imagenet_{number:02}_{number * 50}.jpg": content for number in range(20)}


def test_photos_are_read_in_order_with_their_labels(tmp_path: Path) -> None:
    samples = read_samples(_wheel(tmp_path / "foolbox.whl", {"foolbox/../../evil.jpg": b"", **_twenty(_jpeg(16))}))
    assert [sample.label for sample in samples] == list(range(0, 1000, 50))
    assert samples[3].name == "imagenet_03_150.jpg"
    assert samples[0].pixels.shape == (8, 16, 3)
    assert list(tmp_path.iterdir()) == [tmp_path / "foolbox.whl"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "received 0"),
        (dict(list(_twenty(_jpeg(16)).items())[:19]), "received 19"),
        ({**_twenty(_jpeg(16)), "foolbox/data/imagenet_00_1.jpg": b""}, "received 21"),
        (_twenty(bytes(1_000_001)), "received 1,000,001"),
        (_twenty(_jpeg(5000)), "sides of at most 4096"),
        (_twenty(_jpeg(16)[:100]), "whole JPEG"),
        (_twenty(b"GIF89a"), "whole JPEG"),
    ],
)
def test_a_wrong_wheel_is_refused(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_samples(_wheel(tmp_path / "foolbox.whl", members))


def test_no_wheel_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "foolbox.whl").write_bytes(b"<html>login</html>")
    with pytest.raises(DataError, match="cannot be read"):
        read_samples(tmp_path / "foolbox.whl")


def test_offline_says_what_to_do_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(DataError, match=r"foolbox==3\.3\.4.*pip says: .*connection.*downloads"):
        ilsvrc_samples.load_ilsvrc_samples()
    assert list((tmp_path / "downloads").iterdir()) == []


def test_another_file_than_expected_is_refused_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    _wheel(shelf / "small-1.0-py3-none-any.whl", {"small-1.0.dist-info/METADATA": b"Name: small\nVersion: 1.0\n"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    with pytest.raises(DataError, match=r"small==1\.0 with SHA-256 0000"):
        fetch_pypi_file("small==1.0", "small-1.0-py3-none-any.whl", "0" * 64)
    assert list((tmp_path / "build" / "downloads").iterdir()) == []


def test_a_fetched_file_is_kept_and_a_damaged_one_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    name = "small-1.0-py3-none-any.whl"
    info = {
        "small-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: small\nVersion: 1.0\n",
        "small-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "small-1.0.dist-info/RECORD": b"",
    }
    digest = sha256_file(_wheel(shelf / name, info))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    path = fetch_pypi_file("small==1.0", name, digest)
    assert sha256_file(path) == digest
    path.write_bytes(b"half")
    assert sha256_file(fetch_pypi_file("small==1.0", name, digest)) == digest
    monkeypatch.setattr(pypi_file, "_pip_download", lambda *_: pytest.fail("fetched what was there"))
    assert fetch_pypi_file("small==1.0", name, digest) == path
    assert [file.name for file in path.parent.iterdir()] == [name]
