"""Which weights a network gets, and what is said of them."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import keras
import numpy as np
import pytest

from helpers import weights
from helpers.artifacts import build_model, model_folder
from helpers.convert.keras_file import load_h5, save_h5
from helpers.errors import ModelFileError
from helpers.files import PROJECT, sha256_file
from helpers.untrained import UNTRAINED_SHA256, untrained_weights, weights_sha256
from helpers.weights import assign_weights, choose_weights, weights_path
from helpers.zoo import build_lenet, model_names, model_record

FROM_KERAS = ("resnet50", "inceptionv3", "mobilenet", "densenet121")
OFFLINE = dict.fromkeys(model_names(), "offline")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something asked for the network")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.fixture(scope="module")
def lenet_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lenet") / "mine.keras"
    build_lenet().save(path)
    return path


@pytest.fixture(scope="module")
def mobilenet_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MobileNet as a user might give it: with untrained weights of another seed than the project's."""
    model = model_record("mobilenet").build()
    model.set_weights(untrained_weights("mobilenet", model, seed=7))
    path = tmp_path_factory.mktemp("mobilenet") / "my_mobilenet.keras"
    model.save(path)
    return path


@pytest.mark.usefixtures("no_network")
def test_offline_never_touches_the_network() -> None:
    for name in model_names():
        chosen = choose_weights(name)
        assert chosen.kind == ("untrained" if name in FROM_KERAS else "trained")
        assert chosen.source.startswith(chosen.kind)
        assert chosen.variant == ""
    chosen = choose_weights("mobilenet")
    assert chosen.sha256 == UNTRAINED_SHA256["mobilenet"] == weights_sha256(chosen.load().get_weights())


@pytest.mark.parametrize("name", ["lenet", "squeezenet"])
def test_imagenet_changes_nothing_where_trained_weights_are_here(name: str) -> None:
    offline, imagenet = choose_weights(name), choose_weights(name, "imagenet")
    assert (offline.kind, offline.source, offline.sha256) == (imagenet.kind, imagenet.source, imagenet.sha256)


@pytest.mark.parametrize("name", FROM_KERAS)
def test_imagenet_takes_the_file_of_keras_applications(
    mobilenet_file: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(weights, "fetch_keras_weights", lambda model: asked.append(model) or mobilenet_file)
    chosen = choose_weights(name, "imagenet")
    assert asked == [name]
    assert (chosen.kind, chosen.variant, chosen.sha256) == ("trained", "imagenet", sha256_file(mobilenet_file))
    assert chosen.source == "trained on ImageNet; Keras Applications, my_mobilenet.keras"


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file_is_taken(lenet_file: Path, as_text: bool) -> None:
    chosen = choose_weights("lenet", str(lenet_file) if as_text else lenet_file)
    digest = hashlib.sha256(lenet_file.read_bytes()).hexdigest()
    assert (chosen.kind, chosen.sha256, chosen.variant) == ("given", digest, f"given-{digest[:8]}")
    assert chosen.source == "given by the user: mine.keras"
    expected = keras.models.load_model(lenet_file).get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(chosen.load().get_weights(), expected, strict=True))


def test_a_file_of_another_network_is_refused(lenet_file: Path) -> None:
    with pytest.raises(ModelFileError, match=r"expected mine\.keras to be SqueezeNet; layer 1, image, should be shape"):
        choose_weights("squeezenet", lenet_file).load()


def test_a_relative_path_starts_at_the_projects_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert weights_path("data/lenet/lenet.h5") == PROJECT / "data" / "lenet" / "lenet.h5"
    assert choose_weights("lenet", "data/lenet/lenet.h5").kind == "given"
    assert assign_weights(Path("data/lenet/lenet.h5")) == {
        **OFFLINE,
        "lenet": str(PROJECT / "data" / "lenet" / "lenet.h5"),
    }


def test_a_tilde_is_the_users_own_folder(lenet_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(lenet_file.parent))
    monkeypatch.setenv("USERPROFILE", str(lenet_file.parent))
    assert weights_path("~/mine.keras") == lenet_file
    assert assign_weights("~/mine.keras")["lenet"] == str(lenet_file)


@pytest.mark.parametrize(
    "received", ["nothing.h5", "Offline", "", " ", "x" * 5000, "a\0b", "~nobody_of_that_name/x.h5", None, 3, b"offline"]
)
def test_a_path_to_nothing_is_refused(received: object) -> None:
    for refuse in (assign_weights, lambda given: choose_weights("lenet", given)):
        with pytest.raises(ModelFileError, match=r"expected weights to be 'offline', 'imagenet' or the path.*received"):
            refuse(received)  # type: ignore[arg-type]


def test_a_folder_is_no_weights_of_one_network(lenet_file: Path) -> None:
    with pytest.raises(ModelFileError, match="with LeNet; received a folder"):
        choose_weights("lenet", lenet_file.parent)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    for refuse in (assign_weights, lambda given: choose_weights("lenet", given)):
        with pytest.raises(ModelFileError, match="no ordinary file"):
            refuse(tmp_path / "pipe.h5")


def test_a_file_that_may_not_be_read_is_named(lenet_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(weights, "sha256_file", refuse)
    with pytest.raises(ModelFileError, match="cannot be read: Permission denied"):
        choose_weights("lenet", lenet_file)


@pytest.mark.parametrize("word", ["offline", "imagenet"])
def test_a_word_goes_for_all_networks(word: str) -> None:
    assert assign_weights(word) == dict.fromkeys(model_names(), word)


def test_a_file_goes_to_its_network(lenet_file: Path) -> None:
    assert assign_weights(lenet_file) == assign_weights(str(lenet_file)) == {**OFFLINE, "lenet": str(lenet_file)}


def test_a_folder_gives_each_network_its_file(tmp_path: Path, lenet_file: Path, mobilenet_file: Path) -> None:
    first, second = tmp_path / "a.keras", tmp_path / "b.keras"
    first.write_bytes(mobilenet_file.read_bytes())
    second.write_bytes(lenet_file.read_bytes())
    (tmp_path / "notes.txt").write_text("not looked at")
    assert assign_weights(tmp_path) == {**OFFLINE, "mobilenet": str(first), "lenet": str(second)}


def test_two_files_of_one_network_are_refused(tmp_path: Path, lenet_file: Path) -> None:
    for name in ("a.keras", "b.keras"):
        (tmp_path / name).write_bytes(lenet_file.read_bytes())
    with pytest.raises(ModelFileError, match=r"one file for lenet; received .*a\.keras and .*b\.keras; take one"):
        assign_weights(tmp_path)


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(ModelFileError, match=r"to hold Keras files, \.h5 or \.keras; received none"):
        assign_weights(tmp_path)


def test_a_folder_with_a_bad_file_is_refused(tmp_path: Path, lenet_file: Path) -> None:
    (tmp_path / "good.keras").write_bytes(lenet_file.read_bytes())
    (tmp_path / "bad.h5").mkdir()
    with pytest.raises(ModelFileError, match=r"bad\.h5"):
        assign_weights(tmp_path)


def test_an_unknown_network_is_named(lenet_file: Path) -> None:
    for given in ("offline", "imagenet", lenet_file):
        with pytest.raises(ModelFileError, match="received 'alexnet'"):
            choose_weights("alexnet", given)


def test_a_given_file_has_its_own_models_beside_the_others(
    tmp_path: Path, mobilenet_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    offline = model_folder("mobilenet")
    offline.mkdir(parents=True)
    (offline / "mobilenet.h5").write_text("of the weights offline")
    # Converting is tested elsewhere and takes long.
    manifest, folder = build_model("mobilenet", mobilenet_file, formats=())
    assert folder == model_folder("mobilenet", str(mobilenet_file)) != offline
    assert folder.name == f"mobilenet-given-{sha256_file(mobilenet_file)[:8]}"
    assert manifest.title == "MobileNet"
    assert (manifest.weights.kind, manifest.weights.source) == ("given", "given by the user: my_mobilenet.keras")
    assert manifest.weights.sha256 == sha256_file(mobilenet_file)
    assert str(mobilenet_file.parent) not in (folder / "manifest.json").read_text()
    assert [path.name for path in offline.iterdir()] == ["mobilenet.h5"]
    assert (offline / "mobilenet.h5").read_text() == "of the weights offline"
    given = keras.models.load_model(mobilenet_file, compile=False)
    made = load_h5(folder / manifest.files[0].path)
    assert all(np.array_equal(*pair) for pair in zip(given.get_weights(), made.get_weights(), strict=True))


def test_a_manifest_of_untrained_weights_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    # What the networks' weights are matters not here, and making them takes long.
    monkeypatch.setattr("helpers.artifacts.keras_file.save_h5", lambda model, target: save_h5(build_lenet(), target))
    monkeypatch.setattr(weights, "_untrained", lambda record: None)
    for name in FROM_KERAS:
        manifest, folder = build_model(name, formats=())
        assert folder.name == name
        assert manifest.title == f"{model_record(name).title} (untrained)"
        assert manifest.weights.kind == "untrained"
        assert manifest.weights.source.startswith("untrained")
