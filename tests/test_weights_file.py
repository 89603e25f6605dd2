"""A user's own Keras file: its numbers are taken over, its program is not; whatever else it is, it is refused."""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from helpers import given_file, weights_file
from helpers.convert import keras_file
from helpers.errors import ModelFileError
from helpers.same_network import described_layers, first_difference
from helpers.weights_file import load_weights_file, model_of
from helpers.zoo import build_lenet, model_record

LENET, MOBILENET = model_record("lenet"), model_record("mobilenet")
KINDS = ["whole.h5", "whole.keras", "alone.h5", "alone.weights.h5"]
TRACE = "it_ran"


@pytest.fixture(scope="module")
def lenet_model() -> keras.Model:
    return build_lenet()


@pytest.fixture(scope="module")
def files(lenet_model: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with LeNet in every kind of file, not to be changed."""
    folder = tmp_path_factory.mktemp("files")
    for kind in KINDS:
        _save(lenet_model, folder / kind)
    return folder


@pytest.fixture(scope="module")
def mobilenet_model() -> keras.Model:
    return MOBILENET.build()


def _save(model: keras.Model, path: Path) -> Path:
    if path.name.endswith("weights.h5"):
        model.save_weights(path)
    elif path.name == "alone.h5":
        _save_legacy(model, path)
    else:
        model.save(path)
    return path


def _save_legacy(model: keras.Model, path: Path) -> None:
    """Weights alone in the layout of Keras 2, in which Keras Applications publish theirs."""
    with h5py.File(path, "w") as content:
        content.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        content.attrs["backend"], content.attrs["keras_version"] = b"tensorflow", b"2.0.0"
        for layer in model.layers:
            group = content.create_group(layer.name)
            names = [f"{layer.name}_W_{number}:0" for number in range(len(layer.weights))]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, layer.get_weights(), strict=True):
                group[name] = array


def _same(first: keras.Model, second: keras.Model) -> bool:
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def _refused(path: Path, message: str = "") -> None:
    """It is refused by both functions with one clear error, and nothing in it ran."""
    for refuse in (lambda: load_weights_file(path, LENET), lambda: model_of(path)):
        with pytest.raises(ModelFileError, match=rf"^expected {path.name} .*{message}"):
            refuse()
    assert not Path(TRACE).exists()


@pytest.fixture(autouse=True)
def _in_an_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _read_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some tests read in a process of its own first: it takes longer than all the rest."""
    if "first_read_apart" not in request.fixturenames:
        monkeypatch.setattr(given_file, "try_hdf5", lambda path, wanted: None)


@pytest.fixture
def first_read_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_file, "_READ_TIMEOUT_S", 5.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_its_numbers(files: Path, lenet_model: keras.Model, kind: str) -> None:
    assert _same(load_weights_file(files / kind, LENET), lenet_model)
    assert model_of(files / kind) == "lenet"


@pytest.mark.parametrize("kind", KINDS)
def test_mobilenet_comes_back_too(tmp_path: Path, mobilenet_model: keras.Model, kind: str) -> None:
    _save(mobilenet_model, tmp_path / kind)
    assert _same(load_weights_file(tmp_path / kind, MOBILENET), mobilenet_model)
    if kind.startswith("whole"):
        assert model_of(tmp_path / kind) == "mobilenet"


def test_weights_alone_are_told_apart_by_their_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    squeezenet = model_record("squeezenet").build()
    monkeypatch.setattr(weights_file, "model_names", lambda: ("lenet", "mobilenet", "squeezenet"))
    assert model_of(_save(squeezenet, tmp_path / "alone.weights.h5")) == "squeezenet"
    assert model_of(_save(squeezenet, tmp_path / "alone.h5")) == "squeezenet"


@pytest.mark.parametrize(("kind", "name"), [("alone.h5", "new.weights.h5"), ("alone.weights.h5", "new.h5")])
def test_the_content_tells_the_layout_not_the_name(
    tmp_path: Path, files: Path, lenet_model: keras.Model, kind: str, name: str
) -> None:
    (tmp_path / name).write_bytes((files / kind).read_bytes())
    assert _same(load_weights_file(tmp_path / name, LENET), lenet_model)


def _lenet(**changes: dict[str, Any]) -> keras.Model:
    """LeNet under other names, with the settings of some layers changed."""
    layers: list[tuple[str, type[keras.layers.Layer], dict[str, Any]]] = [
        ("conv1", keras.layers.Conv2D, {"filters": 16, "kernel_size": 5, "activation": "sigmoid"}),
        ("conv2", keras.layers.Conv2D, {"filters": 32, "kernel_size": 5, "activation": "sigmoid"}),
        ("pool", keras.layers.AveragePooling2D, {"pool_size": 2}),
        ("flatten", keras.layers.Flatten, {}),
        ("fc1", keras.layers.Dense, {"units": 256, "activation": "sigmoid"}),
        ("fc2", keras.layers.Dense, {"units": 128, "activation": "sigmoid"}),
        ("last", keras.layers.Dense, {"units": 10, "activation": "softmax"}),
    ]
    made = [kind(name=f"my_{name}", **{**settings, **changes.get(name, {})}) for name, kind, settings in layers]
    return keras.Sequential([keras.Input((28, 28, 1)), *made])


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_other_names_and_a_sequential_model_do_not_matter(tmp_path: Path, suffix: str) -> None:
    model = _lenet()
    model.save(tmp_path / f"mine{suffix}")
    assert _same(load_weights_file(tmp_path / f"mine{suffix}", LENET), model)


@pytest.mark.parametrize("kind", ["whole.h5", "whole.keras", "alone.weights.h5"])
def test_what_training_left_does_not_matter(tmp_path: Path, kind: str) -> None:
    model = build_lenet()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.zeros((2, 28, 28, 1)), np.zeros(2), verbose=0)
    assert _same(load_weights_file(_save(model, tmp_path / kind), LENET), model)


@pytest.mark.parametrize("sequential", [False, True])
def test_a_model_of_keras_2_is_read(tmp_path: Path, lenet_model: keras.Model, sequential: bool) -> None:
    layers = []
    for number, layer in enumerate(lenet_model.layers):
        config = {key: value for key, value in layer.get_config().items() if key not in {"groups", "batch_shape"}}
        config["dtype"] = "float32"
        if number < 2:
            config["batch_input_shape"] = [None, 28, 28, 1]
        before = lenet_model.layers[number - 1].name
        nodes = [[[before, 0, 0, {}]]] if number else []
        kind = type(layer).__name__
        layers.append({"class_name": kind, "config": config, "name": layer.name, "inbound_nodes": nodes})
    architecture = {
        "class_name": "Functional",
        "config": {"layers": layers, "input_layers": [["image", 0, 0]], "output_layers": [["probabilities", 0, 0]]},
    }
    if sequential:
        architecture = {"class_name": "Sequential", "config": {"name": "lenet", "layers": layers[1:]}}
    path = tmp_path / "old.h5"
    lenet_model.save(path)
    with h5py.File(path, "a") as content:
        content.attrs["model_config"] = np.bytes_(json.dumps(architecture).encode())
    assert _same(load_weights_file(path, LENET), lenet_model)


def test_a_link_to_a_file_is_followed(tmp_path: Path, files: Path, lenet_model: keras.Model) -> None:
    (tmp_path / "link.keras").symlink_to(files / "whole.keras")
    assert _same(load_weights_file(tmp_path / "link.keras", LENET), lenet_model)


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conv2": {"activation": "tanh"}}, "3, my_conv2, should be activation sigmoid; received activation tanh"),
        ({"conv1": {"padding": "same"}}, "layer 2, my_conv1, should be padding valid; received padding same"),
        ({"conv2": {"strides": 2}}, r"layer 3, my_conv2, should be strides \(1, 1\); received strides \(2, 2\)"),
        ({"pool": {"pool_size": 3}}, r"layer 4, my_pool, should be pool_size \(2, 2\).*received pool_size \(3, 3\)"),
        ({"fc2": {"units": 64}}, "layer 7, my_fc2, should be units 128; received units 64"),
        ({"fc1": {"use_bias": False}}, "layer 6, my_fc1, should be use_bias True; received use_bias False"),
    ],
)
def test_one_other_setting_is_named(tmp_path: Path, changes: dict[str, Any], message: str, suffix: str) -> None:
    _lenet(**changes).save(tmp_path / f"other{suffix}")
    _refused(tmp_path / f"other{suffix}", message)


def _with_one_change(model: keras.Model, kind: str, **changes: object) -> keras.Model:
    """A copy of a network in which the first layer of a kind is made with other settings."""
    waiting = [True]

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if type(layer).__name__ == kind and waiting:
            waiting.pop()
            config.update(changes)
        return type(layer).from_config(config)

    return keras.models.clone_model(model, clone_function=copy)


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("BatchNormalization", {"epsilon": 0.002}, "layer 3, conv1_bn, .* epsilon 0.001; received epsilon 0.002"),
        ("ReLU", {"max_value": None}, "layer 4, conv1_relu, should be max_value 6.0; received max_value None"),
        ("DepthwiseConv2D", {"dilation_rate": (2, 2)}, "layer 5, conv_dw_1, should be dilation_rate"),
    ],
)
def test_one_other_setting_of_mobilenet_is_named(
    tmp_path: Path, mobilenet_model: keras.Model, kind: str, changes: dict[str, Any], message: str
) -> None:
    _with_one_change(mobilenet_model, kind, **changes).save(tmp_path / "other.h5")
    with pytest.raises(ModelFileError, match=f"to be MobileNet; {message}"):
        load_weights_file(tmp_path / "other.h5", MOBILENET)


def test_a_scale_is_not_taken_for_an_offset(tmp_path: Path) -> None:
    """InceptionV3's normalisations have an offset alone; a scale alone would have the same shape."""
    record = model_record("inceptionv3")
    layers = described_layers(json.loads(record.build().to_json()))
    changed = [dict(layer, computes=dict(layer["computes"])) for layer in layers]
    changed[2]["computes"].update(center=False, scale=True)
    assert first_difference(layers, record) == (len(layers), "")
    assert "center True, scale False; received center False, scale True" in first_difference(changed, record)[1]


def _functional(middle: Callable[[Any], Any], last: Callable[[Any], Any] = lambda x: x) -> keras.Model:
    image = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(16, 5, activation="sigmoid")(image)
    x = middle(keras.layers.Conv2D(32, 5, activation="sigmoid")(x))
    x = keras.layers.Flatten()(keras.layers.AveragePooling2D(2)(x))
    x = keras.layers.Dense(256, activation="sigmoid")(x)
    x = keras.layers.Dense(128, activation="sigmoid")(x)
    return keras.Model(image, last(keras.layers.Dense(10, activation="softmax")(x)))


def _shared(x: Any) -> Any:
    layer = keras.layers.Dropout(0.1)
    return layer(layer(x))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: _functional(lambda x: keras.layers.Dropout(0.5)(x)), "4, .* should be AveragePooling2D; .*Dropout"),
        (lambda: _functional(lambda x: x * 2.0), "layer 4, .* should be AveragePooling2D; received .*Multiply"),
        (lambda: _functional(lambda x: x, lambda x: x * 2.0), "output of the model"),
        (lambda: _functional(_shared), "should be AveragePooling2D"),
        (lambda: _functional(lambda x: keras.layers.Add()([x, x])), "should be AveragePooling2D; received Add"),
        (lambda: keras.Sequential([keras.Input((28, 28, 1)), build_lenet()]), "layer 2, lenet, should be Conv2D"),
        (lambda: keras.Sequential([keras.Input((28, 28, 1)), *build_lenet().layers[1:-1]]), "layer 7|output"),
        (lambda: keras.Sequential([keras.Input((32, 32, 1)), keras.layers.Flatten()]), r"be shape \(\d+, \d+, [13]\)"),
    ],
)
def test_another_structure_is_refused(tmp_path: Path, model: Callable[[], keras.Model], message: str) -> None:
    for name in ("other.h5", "other.keras"):
        model().save(tmp_path / name)
        _refused(tmp_path / name, message)


def test_another_connection_is_refused(tmp_path: Path) -> None:
    """Two layers of the same kind that take their input from one place, and the second in another order."""
    record = model_record("squeezenet")
    architecture = json.loads(record.build().to_json())
    concatenate = next(each for each in architecture["config"]["layers"] if each["class_name"] == "Concatenate")
    tensors = concatenate["inbound_nodes"][0]["args"][0]
    tensors.reverse()
    changed = described_layers(architecture)
    number, difference = first_difference(changed, record)
    assert changed[number]["name"] == concatenate["name"]
    assert "input from layer" in difference


def test_a_layer_that_runs_as_in_training_is_refused(tmp_path: Path, lenet_model: keras.Model) -> None:
    architecture = json.loads(lenet_model.to_json())
    architecture["config"]["layers"][3]["inbound_nodes"][0]["kwargs"] = {"training": True}
    _refused(_archive(lenet_model, tmp_path / "training.keras", config=architecture), "layer 4, pool.*training True")


@pytest.mark.parametrize("kind", KINDS)
def test_weights_of_another_network_are_refused(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image = keras.Input((28, 28, 1))
    other = keras.Model(image, keras.layers.Dense(10)(keras.layers.Flatten()(image)))
    monkeypatch.setattr(weights_file, "model_names", lambda: ("lenet", "squeezenet"))
    _refused(_save(other, tmp_path / kind))


def test_weights_alone_of_a_larger_network_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    larger = _functional(lambda x: x, lambda x: keras.layers.Dense(10)(x))
    monkeypatch.setattr(weights_file, "model_names", lambda: ("lenet",))
    _refused(_save(larger, tmp_path / "larger.weights.h5"), "should have 866,890 numbers; received 867,000|fit none")


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_that_are_none_are_refused(tmp_path: Path, kind: str, value: float) -> None:
    model = build_lenet()
    model.layers[1].bias.assign(np.full(16, value))
    with pytest.raises(ModelFileError, match="NaN or infinity in conv1/bias"):
        load_weights_file(_save(model, tmp_path / kind), LENET)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_is_refused(
    tmp_path: Path, files: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_file, "model_names", lambda: ("lenet",))
    whole = (files / kind).read_bytes()
    for length in [0, 3, 4, 8, 9, 100, 2048, *range(0, len(whole), len(whole) // 8), len(whole) - 1]:
        (tmp_path / kind).write_bytes(whole[:length])
        _refused(tmp_path / kind)


@pytest.mark.usefixtures("first_read_apart")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_passes_the_first_reading(files: Path, lenet_model: keras.Model, kind: str) -> None:
    assert _same(load_weights_file(files / kind, LENET), lenet_model)


@pytest.mark.usefixtures("first_read_apart")
@pytest.mark.parametrize(
    ("code", "message"),
    [("while True: pass", "cannot read to the end"), ("import os; os.abort()", "not whole"), ("1 / 0", "not whole")],
)
def test_a_file_on_which_reading_hangs_or_crashes_is_refused(
    files: Path, code: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_file, "_READ_ALL", code)
    monkeypatch.setattr(keras_file, "_READ_TIMEOUT_S", 1.0 if "while" in code else 60.0)
    _refused(files / "whole.h5", message)


def test_the_first_reading_has_bounded_memory(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    before, after = keras_file._READ_ALL.split("def read(", 1)
    monkeypatch.setattr(keras_file, "_READ_ALL", f"{before}bytes(1_000_000_000)\ndef read({after}")
    keras_file.try_hdf5(files / "whole.h5", "expected it")
    if sys.platform == "linux":  # macOS knows the limit and does not keep it
        monkeypatch.setattr(keras_file, "_READ_ALL", f"{before}bytes(4_000_000_000)\ndef read({after}")
        with pytest.raises(ModelFileError, match="not whole HDF5"):
            keras_file.try_hdf5(files / "whole.h5", "expected it")


@pytest.mark.usefixtures("first_read_apart")
@pytest.mark.parametrize("kind", KINDS)
def test_other_bytes_in_between_give_a_model_or_one_clear_error(tmp_path: Path, files: Path, kind: str) -> None:
    whole = (files / kind).read_bytes()
    random = np.random.default_rng(0)
    for _ in range(4):
        damaged = bytearray(whole)
        # The structure stands at the beginning of HDF5 and at the end of a zip file.
        for place in [*random.integers(0, 4096, 3), *-random.integers(1, 4096, 3)]:
            damaged[place] ^= int(random.integers(1, 256))
        (tmp_path / kind).write_bytes(damaged)
        try:
            assert load_weights_file(tmp_path / kind, LENET).count_params() == 866_890
        except ModelFileError:
            continue


class _Malicious:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return exec, (f"open({TRACE!r}, 'w').close()",)


@pytest.mark.parametrize("suffix", [".h5", ".keras", ".weights.h5"])
@pytest.mark.parametrize(
    "content", [b"", b"model", b"<!DOCTYPE html>", pickle.dumps(_Malicious()), b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"]
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    (tmp_path / f"model{suffix}").write_bytes(content)
    _refused(tmp_path / f"model{suffix}")


@pytest.mark.parametrize(("kind", "name"), [("whole.h5", "a.keras"), ("whole.keras", "a.h5"), ("whole.h5", "a.pkl")])
def test_a_wrong_suffix_is_refused(tmp_path: Path, files: Path, kind: str, name: str) -> None:
    (tmp_path / name).write_bytes((files / kind).read_bytes())
    _refused(tmp_path / name, r"save the model with Keras, as model\.save")


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.h5").mkdir()
    _refused(tmp_path / "folder.h5", "no ordinary file")
    _refused(tmp_path / "nothing.h5", "no such file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.h5")
        _refused(tmp_path / "pipe.h5", "no ordinary file")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(given_file.Path, "open", refuse)
    _refused(files / "whole.keras", "cannot be read: Permission denied")


def _archive(model: keras.Model, path: Path, config: Any = None, **members: bytes) -> Path:
    """A .keras archive with another architecture, or with other members besides."""
    stream = io.BytesIO()
    model.save(path)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            changed = config is not None and name == "config.json"
            content = config if isinstance(config, str) else json.dumps(config)
            target.writestr(name, content if changed else source.read(name))
        for name, value in members.items():
            target.writestr(name, value)
    path.write_bytes(stream.getvalue())
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("compressed", ["config.json", "metadata.json", "model.weights.h5"])
def test_a_compressed_archive_is_refused_unread(
    tmp_path: Path, files: Path, compressed: str, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "small.keras"
    with zipfile.ZipFile(files / "whole.keras") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name), method if name == compressed else zipfile.ZIP_STORED)
    # As many bytes as are stored, says the directory of the archive; by itself, that is no proof.
    content = bytearray(path.read_bytes())
    entry = content.index(compressed.encode(), content.index(b"PK\x01\x02")) - 46
    content[entry + 24 : entry + 28] = content[entry + 20 : entry + 24]
    path.write_bytes(content)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("it was read"))
    _refused(path, "not compressed")


def test_an_archive_stored_anew_is_taken(tmp_path: Path, lenet_model: keras.Model) -> None:
    assert _same(load_weights_file(_archive(lenet_model, tmp_path / "anew.keras"), LENET), lenet_model)


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "assets/../../evil", "assets/vocabulary.txt", "model.weights.npz", "evil.pkl"]
)
def test_other_members_are_refused(tmp_path: Path, lenet_model: keras.Model, name: str) -> None:
    path = _archive(lenet_model, tmp_path / "other.keras", **{name: pickle.dumps(_Malicious())})
    _refused(path, "received 4 files")
    assert [each.name for each in tmp_path.iterdir()] == ["other.keras"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(tmp_path: Path, lenet_model: keras.Model) -> None:
    _refused(_archive(lenet_model, tmp_path / "twice.keras", **{"config.json": b"{}"}), "received 4 files")


def test_pickled_weights_are_refused(tmp_path: Path, files: Path) -> None:
    pickled = io.BytesIO()
    np.savez(pickled, weights=np.array([_Malicious()], object))
    with zipfile.ZipFile(files / "whole.keras") as source, zipfile.ZipFile(tmp_path / "npz.keras", "w") as target:
        target.writestr("config.json", source.read("config.json"))
        target.writestr("metadata.json", source.read("metadata.json"))
        target.writestr("model.weights.npz", pickled.getvalue())
    _refused(tmp_path / "npz.keras", "received 3 files")


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, files: Path, name: str) -> None:
    """The directory of the archive says four gigabytes."""
    content = bytearray((files / "whole.keras").read_bytes())
    entry = content.index(name.encode(), content.index(b"PK\x01\x02")) - 46
    content[entry + 24 : entry + 28] = (0xFFFFFFFE).to_bytes(4, "little")
    (tmp_path / "bomb.keras").write_bytes(content)
    _refused(tmp_path / "bomb.keras", "refused")


@pytest.mark.parametrize("text", [str.encode, str])
def test_an_architecture_in_hdf5_is_bounded_too(tmp_path: Path, files: Path, text: Callable[[str], Any]) -> None:
    path = tmp_path / "long.h5"
    with h5py.File(path, "w", libver="latest") as content:
        content.create_group("model_weights")
        content.attrs["model_config"] = text("[" + "0," * 6_000_000 + "0]")
    _refused(path, "at most 10,000,000 bytes of text.*received 12,000,003")
    with pytest.raises(ModelFileError, match="received 12,000,003"):
        keras_file.load_h5(path)


@pytest.mark.parametrize("value", [3, 10**15, True, 1.5, np.arange(3)])
def test_an_architecture_in_hdf5_that_is_no_text_is_refused(tmp_path: Path, files: Path, value: object) -> None:
    path = tmp_path / "odd.h5"
    path.write_bytes((files / "whole.h5").read_bytes())
    with h5py.File(path, "a") as content:
        content.attrs["model_config"] = value
    _refused(path, "received no text")


def test_a_config_that_is_too_long_is_not_unpacked(tmp_path: Path, lenet_model: keras.Model) -> None:
    _refused(_archive(lenet_model, tmp_path / "long.keras", config="[" + "0," * 6_000_000 + "0]"), "refused")


def _malicious_layers() -> dict[str, dict[str, Any]]:
    gadget = {"class_name": "function", "module": "keras.utils", "config": "get_file", "registered_name": "get_file"}
    code = {"class_name": "__lambda__", "config": {"code": "4wAAAA==", "defaults": None, "closure": None}}
    hidden = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": code}}
    return {
        "Lambda": hidden,
        "in TimeDistributed": {"class_name": "TimeDistributed", "module": "keras.layers", "config": {"layer": hidden}},
        "in Bidirectional": {"class_name": "Bidirectional", "module": "keras.layers", "config": {"layer": hidden}},
        "in Sequential": {"class_name": "Sequential", "module": "keras", "config": {"layers": [hidden]}},
        "by its inner module": {**hidden, "module": "keras.src.layers.core.lambda_layer"},
        "with dots": {**hidden, "module": "keras", "class_name": "layers.Lambda"},
        "lambda as activation": {"class_name": "Dense", "module": "keras.layers", "config": {"activation": code}},
        "function as activation": {"class_name": "Dense", "module": "keras.layers", "config": {"activation": gadget}},
        "os.system": {"class_name": "system", "module": "os", "config": {"command": f"touch {TRACE}"}},
        "function of os": {"class_name": "function", "module": "os", "config": "system"},
        "class of builtins": {"class_name": "eval", "module": "builtins", "config": {}},
        "a registered object": {"class_name": "Mine", "module": "mine", "config": {}, "registered_name": "mine>Mine"},
        "a file's words": {"class_name": "StringLookup", "module": "keras.layers", "config": {"vocabulary": "words"}},
        "SavedModel": {"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "."}},
        "typespec": {"class_name": "__typespec__", "module": "keras", "config": [], "spec_name": "TensorSpec"},
    }


@pytest.mark.parametrize("layer", _malicious_layers())
@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_what_would_run_code_is_refused_unbuilt(
    tmp_path: Path, lenet_model: keras.Model, layer: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = {"name": "evil", "inbound_nodes": [], **_malicious_layers()[layer]}
    part["config"] = {**part["config"], "name": "evil"} if isinstance(part["config"], dict) else part["config"]
    architecture = json.loads(lenet_model.to_json())
    architecture["config"]["layers"].insert(2, part)
    for where in ("deserialize_keras_object", "load_model"):
        monkeypatch.setattr(keras.saving, where, lambda *_, **__: pytest.fail("Keras built it"))
    path = tmp_path / f"evil{suffix}"
    if suffix == ".keras":
        _archive(lenet_model, path, config=architecture)
    else:
        lenet_model.save(path)
        with h5py.File(path, "a") as content:
            content.attrs["model_config"] = json.dumps(architecture)
        with pytest.raises(ModelFileError, match=r"runs code|Keras' own layers"):
            keras_file.load_h5(path)
    _refused(path, "runs code|Keras' own layers")


def test_a_real_lambda_layer_is_refused(tmp_path: Path) -> None:
    model = _functional(lambda x: keras.layers.Lambda(lambda y: y * 2)(x))
    for name in ("lambda.h5", "lambda.keras"):
        model.save(tmp_path / name)
        _refused(tmp_path / name, "received one with 'Lambda', which runs code")


@pytest.mark.parametrize(
    "config",
    [
        "",
        "{",
        "null",
        "3",
        "[]",
        '"text"',
        "{}",
        '{"config": null}',
        '{"config": {"layers": []}}',
        '{"config": {"layers": [3]}}',
        '{"config": {"layers": [{"class_name": "InputLayer", "config": {"name": "a", "batch_shape": 3}}]}}',
        '{"config": {"layers": [{"class_name": "InputLayer", "config": {"name": "a"}}]}}',
        '{"class_name": {"class_name": 3}, "config": {"layers": {"a": 3}, "output_layers": 5}}',
        "[" * 100_000,
        '{"config":' * 100_000,
        '{"config": {"layers": ' + "[" * 900 + "]" * 900 + "}}",
    ],
)
def test_an_architecture_that_is_none_is_refused(tmp_path: Path, lenet_model: keras.Model, config: str) -> None:
    _refused(_archive(lenet_model, tmp_path / "odd.keras", config=config), "architecture")


def test_a_huge_layer_is_never_built(tmp_path: Path, lenet_model: keras.Model) -> None:
    architecture = json.loads(lenet_model.to_json())
    architecture["config"]["layers"][5]["config"]["units"] = 10**12
    _refused(_archive(lenet_model, tmp_path / "huge.keras", config=architecture), "received units 1000000000000")


def _soft(content: h5py.File) -> None:
    content["model_weights/again"] = h5py.SoftLink("/model_weights/conv1")


def _external(content: h5py.File) -> None:
    content["model_weights/other"] = h5py.ExternalLink("whole.h5", "/model_weights")


def _outside(content: h5py.File) -> None:
    content.create_dataset("model_weights/raw", (16,), "f4", external=[("/etc/passwd", 0, 64)])


def _virtual(content: h5py.File) -> None:
    layout = h5py.VirtualLayout((16,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "data", (16,))
    content.create_virtual_dataset("model_weights/virtual", layout)


def _bomb(content: h5py.File) -> None:
    content.create_dataset("model_weights/bomb", (10**6, 10**6), "f4", chunks=(1000, 1000), compression="gzip")


def _overflowing(content: h5py.File) -> None:
    content.create_dataset("model_weights/bomb", (2**32, 2**32), "f4", chunks=(1000, 1000))


def _large_chunk(content: h5py.File) -> None:
    content.create_dataset("model_weights/chunk", (1,), "f4", maxshape=(None,), chunks=(2**29,))


@pytest.mark.parametrize("kind", ["whole.h5", "alone.h5"])
@pytest.mark.parametrize("change", [_soft, _external, _outside, _virtual, _bomb, _overflowing, _large_chunk])
def test_hdf5_that_points_elsewhere_or_claims_too_much_is_refused(
    tmp_path: Path, files: Path, kind: str, change: Callable[[h5py.File], None]
) -> None:
    path = tmp_path / "odd.h5"
    path.write_bytes((files / kind).read_bytes())
    with h5py.File(path, "a") as content:
        content.require_group("model_weights/conv1")
        change(content)
    _refused(path, "complete in itself.*refused")


@pytest.mark.parametrize("kind", ["whole.h5", "alone.h5"])
@pytest.mark.parametrize(
    "dtype", [h5py.string_dtype(), h5py.vlen_dtype("u1"), h5py.ref_dtype, [("words", h5py.string_dtype())]]
)
def test_hdf5_whose_size_is_not_told_is_refused(tmp_path: Path, files: Path, kind: str, dtype: Any) -> None:
    path = tmp_path / "odd.h5"
    path.write_bytes((files / kind).read_bytes())
    with h5py.File(path, "a") as content:
        content.create_dataset("model_weights/words", (4,), dtype)
    _refused(path, "made of numbers; received 'words'")


def test_bad_hdf5_inside_an_archive_is_refused(tmp_path: Path, lenet_model: keras.Model) -> None:
    inside = tmp_path / "inside.h5"
    with h5py.File(inside, "w") as content:
        content["layers"] = h5py.ExternalLink("whole.h5", "/")
    path = tmp_path / "outer.keras"
    lenet_model.save(path)
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    for weights, message in [(inside.read_bytes(), "link to elsewhere"), (b"", "not whole HDF5")]:
        with zipfile.ZipFile(path, "w") as target:
            for name, content in {**members, "model.weights.h5": weights}.items():
                target.writestr(name, content)
        _refused(path, message)


def test_a_circle_of_groups_ends(tmp_path: Path, files: Path, lenet_model: keras.Model) -> None:
    path = tmp_path / "circle.h5"
    path.write_bytes((files / "whole.h5").read_bytes())
    with h5py.File(path, "a") as content:
        content["model_weights/conv1/circle"] = content["model_weights"]
    assert _same(load_weights_file(path, LENET), lenet_model)


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ("/", "model_config", 3),
        ("/", "model_config", np.arange(3)),
        ("/", "model_config", np.bytes_(b"\xff\xfe")),
        ("/", "model_config", h5py.Empty("f4")),
        ("model_weights", "layer_names", 3),
        ("model_weights", "layer_names", np.array([b"\xff"] * 8)),
        ("model_weights", "layer_names", np.array([b"conv1"] * 8)),
        ("model_weights", "layer_names", h5py.Empty("S1")),
        ("model_weights/conv1", "weight_names", np.array([b"../conv2"] * 2)),
        ("model_weights/conv1", "weight_names", 1.5),
        ("model_weights", "keras_version", 7),
    ],
)
def test_attributes_of_a_wrong_type_give_a_model_or_one_clear_error(
    tmp_path: Path, files: Path, where: str, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_file, "model_names", lambda: ("lenet",))
    path = tmp_path / "odd.h5"
    path.write_bytes((files / "whole.h5").read_bytes())
    with h5py.File(path, "a") as content:
        content[where].attrs[name] = value
    if name == "keras_version":
        load_weights_file(path, LENET)
    elif name == "model_config":
        _refused(path)
    else:
        with pytest.raises(ModelFileError, match="hold LeNet's weights; Keras says"):
            load_weights_file(path, LENET)


def test_words_instead_of_numbers_are_refused(tmp_path: Path, files: Path) -> None:
    path = tmp_path / "words.h5"
    path.write_bytes((files / "alone.h5").read_bytes())
    with h5py.File(path, "a") as content:
        name = content["conv1"].attrs["weight_names"][1]
        del content["conv1"][name]
        content["conv1"][name] = np.array([b"word"] * 16)
    with pytest.raises(ModelFileError, match="hold LeNet's weights; Keras says"):
        load_weights_file(path, LENET)
