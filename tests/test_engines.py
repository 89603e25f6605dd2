"""Engines: the same answers everywhere, and clear words about files that are not what they should be."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.accuracy import agreement
from helpers.convert import frozen, litert
from helpers.data import load_mnist
from helpers.engines import engine_names, open_engine
from helpers.engines.frozen import FrozenEngine, PlainTensorFlowEngine
from helpers.engines.keras import KerasEngine
from helpers.engines.litert import LiteRTEngine
from helpers.errors import DataError, DeploymentError, ImageError, ManifestError, ModelFileError
from helpers.files import sha256_file
from helpers.manifest import MANIFEST_NAME, Manifest, load_manifest
from helpers.predictions import cached_predictions, prediction_key, read_predictions, write_predictions

ENGINES: list[Any] = [KerasEngine, FrozenEngine, PlainTensorFlowEngine, LiteRTEngine]


@pytest.fixture(scope="module")
def digits() -> NDArray[np.uint8]:
    return load_mnist("test")[0][:300]


@pytest.fixture(scope="module")
def reference(lenet: tuple[Manifest, Path], digits: NDArray[np.uint8]) -> NDArray[np.float32]:
    with KerasEngine(*lenet) as engine:
        return engine.predict(digits)


@pytest.mark.parametrize("engine_class", ENGINES, ids=lambda each: each.name)
def test_every_engine_gives_the_references_answers(
    lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], reference: NDArray[np.float32], engine_class: Any
) -> None:
    with engine_class(*lenet) as engine:
        probabilities = engine.predict(digits)
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    found = agreement(reference, probabilities)
    assert len(found.differing) == 0
    assert found.largest_log_difference < 1e-3


@pytest.mark.parametrize("engine_class", ENGINES, ids=lambda each: each.name)
def test_the_comparison_would_notice_a_mistake(
    lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], reference: NDArray[np.float32], engine_class: Any
) -> None:
    with engine_class(*lenet) as engine:
        twice_scaled = engine.invoke(digits.astype(np.float32) / 255 / 255)
        off_by_a_percent = engine.invoke(digits.astype(np.float32) / 252)
    assert len(agreement(reference, twice_scaled).differing) > 0
    assert agreement(reference, off_by_a_percent).largest_log_difference > 1e-3


@pytest.mark.parametrize("engine_class", ENGINES, ids=lambda each: each.name)
@pytest.mark.parametrize("damage", ["half", "empty", "flipped", "other model", "missing"])
def test_a_damaged_model_file_is_refused(lenet_copy: Path, engine_class: Any, damage: str) -> None:
    manifest = load_manifest(lenet_copy)
    path = lenet_copy / manifest.file(engine_class.file_format).path
    content = path.read_bytes()
    match damage:
        case "half":
            path.write_bytes(content[: len(content) // 2])
        case "empty":
            path.write_bytes(b"")
        case "flipped":
            path.write_bytes(content[:-50] + bytes([content[-50] ^ 1]) + content[-49:])
        case "other model":
            path.write_bytes(b"\0\0\0\0TFL3" + content[8:])
        case "missing":
            path.unlink()
    with pytest.raises(ManifestError, match="build the model again"):
        engine_class(manifest, lenet_copy)


@pytest.mark.parametrize("engine_class", ENGINES, ids=lambda each: each.name)
@pytest.mark.parametrize("damage", ["half", "empty", "rubbish"])
def test_a_damaged_file_with_a_matching_manifest_is_refused_too(
    lenet_copy: Path, engine_class: Any, damage: str
) -> None:
    manifest = load_manifest(lenet_copy)
    path = lenet_copy / manifest.file(engine_class.file_format).path
    content = path.read_bytes()
    path.write_bytes({"half": content[: len(content) // 2], "empty": b"", "rubbish": b"rubbish" * 1000}[damage])
    with pytest.raises(DeploymentError):
        engine_class(_with_new_hash(lenet_copy, engine_class.file_format), lenet_copy)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Whole, valid files of another network, which takes images of 16x16."""
    image = keras.Input((16, 16, 1), name="image")
    out = keras.layers.Dense(10, activation="softmax", name="answer")(keras.layers.Flatten()(image))
    folder = tmp_path_factory.mktemp("foreign")
    keras.Model(image, out).save(folder / "other.h5")
    frozen.convert(folder / "other.h5", folder / "other.pb")
    litert.convert(folder / "other.h5", folder / "other.tflite")
    return {name: folder / f"other.{name}" for name in ("h5", "pb", "tflite")}


@pytest.mark.parametrize("engine_class", ENGINES, ids=lambda each: each.name)
def test_another_networks_valid_file_is_refused(
    lenet_copy: Path, foreign: dict[str, Path], digits: NDArray[np.uint8], engine_class: Any
) -> None:
    path = lenet_copy / load_manifest(lenet_copy).file(engine_class.file_format).path
    path.write_bytes(foreign[path.suffix.removeprefix(".")].read_bytes())
    with (
        pytest.raises(DeploymentError),
        engine_class(_with_new_hash(lenet_copy, engine_class.file_format), lenet_copy) as it,
    ):
        it.predict(digits[:2])


def test_another_networks_graph_is_named(lenet_copy: Path) -> None:
    manifest = _with_change(lenet_copy, "frozen_pb", output_node="predictions")
    with pytest.raises(ModelFileError, match=r"no node 'predictions'.*its manifest names image, conv1"):
        FrozenEngine(manifest, lenet_copy)


def test_another_output_is_named(lenet_copy: Path, digits: NDArray[np.uint8]) -> None:
    manifest = _with_change(lenet_copy, "frozen_pb", output_node="fc2")
    with (
        FrozenEngine(manifest, lenet_copy) as engine,
        pytest.raises(ModelFileError, match=r"shape \(300, 128\)|\(256, 128\)"),
    ):
        engine.predict(digits)


def test_another_input_size_is_named(lenet_copy: Path) -> None:
    content = json.loads((lenet_copy / MANIFEST_NAME).read_text())
    content["input"]["height"] = 32
    (lenet_copy / MANIFEST_NAME).write_text(json.dumps(content))
    with pytest.raises(ModelFileError, match=r"\(1, 32, 28, 1\); received one that takes \(1, 28, 28, 1\)"):
        LiteRTEngine(load_manifest(lenet_copy), lenet_copy)
    with (
        FrozenEngine(load_manifest(lenet_copy), lenet_copy) as engine,
        pytest.raises(ModelFileError, match="another model"),
    ):
        engine.predict(np.zeros((1, 32, 28, 1), np.uint8))


def test_any_layer_can_be_fetched_and_an_unknown_one_is_named(
    lenet: tuple[Manifest, Path], digits: NDArray[np.uint8]
) -> None:
    with FrozenEngine(*lenet) as engine:
        assert engine.fetch(digits[:2], "conv1").shape == (2, 24, 24, 16)
        with pytest.raises(ModelFileError, match="no node 'conv9'"):
            engine.fetch(digits[:2], "conv9")


@pytest.mark.parametrize("engine_class", ENGINES, ids=lambda each: each.name)
def test_wrong_images_are_refused_before_the_runtime_sees_them(
    lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], engine_class: Any
) -> None:
    with engine_class(*lenet) as engine, pytest.raises(ImageError):
        engine.predict(digits / 255)


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_change_no_answer(
    lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], reference: NDArray[np.float32], threads: int
) -> None:
    with LiteRTEngine(*lenet, threads=threads) as engine:
        assert len(agreement(reference, engine.predict(digits)).differing) == 0


def test_no_threads_is_refused(lenet: tuple[Manifest, Path]) -> None:
    with pytest.raises(ModelFileError, match="1 to 256 threads; received 0"):
        LiteRTEngine(*lenet, threads=0)


def test_unknown_engines_and_models_are_named() -> None:
    with pytest.raises(ModelFileError, match=r"keras, frozen, .*received 'caffe'"):
        open_engine("caffe", "lenet")
    with pytest.raises(ModelFileError, match="received 'alexnet'"):
        open_engine("keras", "alexnet")
    assert {"keras", "frozen", "litert", "arm"} <= set(engine_names())


class TestCache:
    @pytest.fixture(autouse=True)
    def _own_build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))

    def test_a_second_call_computes_nothing(
        self, lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LiteRTEngine(*lenet) as engine:
            first = cached_predictions(engine, digits[:5])
            monkeypatch.setattr(engine, "invoke", lambda tensor: pytest.fail("computed again"))
            assert np.array_equal(cached_predictions(engine, digits[:5]), first)

    def test_a_damaged_entry_is_computed_again(
        self, lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        with LiteRTEngine(*lenet) as engine:
            first = cached_predictions(engine, digits[:5])
            (entry,) = (tmp_path / "build" / "predictions").iterdir()
            entry.write_bytes(entry.read_bytes()[:100])
            assert np.array_equal(cached_predictions(engine, digits[:5]), first)

    def test_the_key_holds_all_that_matters(
        self, lenet: tuple[Manifest, Path], digits: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        changed = digits[:5].copy()
        changed[0, 0, 0, 0] ^= 1
        with LiteRTEngine(*lenet) as one, LiteRTEngine(*lenet, threads=2) as two, FrozenEngine(*lenet) as other:
            keys = {
                prediction_key(one, digits[:5]),
                prediction_key(one, digits[:4]),
                prediction_key(one, changed),
                prediction_key(two, digits[:5]),
                prediction_key(other, digits[:5]),
            }
            monkeypatch.setattr("helpers.predictions.source_hash", lambda module: "changed source")
            keys.add(prediction_key(one, digits[:5]))
        assert len(keys) == 6

    @pytest.mark.parametrize("seed", range(40))
    def test_a_mutated_file_is_the_same_numbers_or_a_clear_error(self, tmp_path: Path, seed: int) -> None:
        probabilities = np.random.default_rng(0).random((20, 10), np.float32)
        path = tmp_path / "p.npz"
        write_predictions(path, probabilities)
        content = bytearray(path.read_bytes())
        random = np.random.default_rng(seed)
        for position in random.integers(0, len(content), 3):
            content[position] ^= int(random.integers(1, 256))
        path.write_bytes(content)
        with contextlib.suppress(DataError):
            assert np.array_equal(read_predictions(path, (20, 10)), probabilities)

    def test_predictions_are_read_without_pickle(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "evil.npz", probabilities=np.array([object()]))
        with pytest.raises(DeploymentError, match="cannot be read"):
            read_predictions(tmp_path / "evil.npz", (1, 10))
        write_predictions(tmp_path / "other.npz", np.zeros((2, 10), np.float32))
        with pytest.raises(DeploymentError, match=r"it holds \(\(2, 10\)"):
            read_predictions(tmp_path / "other.npz", (1, 10))


def _with_change(folder: Path, file_format: str, **change: object) -> Manifest:
    content = json.loads((folder / MANIFEST_NAME).read_text())
    (file,) = [file for file in content["files"] if file["format"] == file_format]
    file.update(change)
    (folder / MANIFEST_NAME).write_text(json.dumps(content))
    return load_manifest(folder)


def _with_new_hash(folder: Path, file_format: str) -> Manifest:
    path = folder / load_manifest(folder).file(file_format).path
    return _with_change(folder, file_format, sha256=sha256_file(path), bytes=max(1, path.stat().st_size))
