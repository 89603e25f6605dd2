"""The Core ML engines: Keras' answers from the file alone, and clear words about files that are not right."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from helpers.accuracy import SMALLEST_FLOAT16, SMALLEST_FLOAT32, agreement
from helpers.artifacts import build_model
from helpers.convert.coreml import to_coreml
from helpers.convert.coreml_file import save_coreml
from helpers.convert.keras_file import load_h5
from helpers.coreml.alterations import alterations
from helpers.data import load_mnist
from helpers.engines import coreml as coreml_engines
from helpers.engines import open_engine
from helpers.engines.coreml import AppleCoreMLEngine, MlmodelEngine, MlpackageFp16Engine, MlpackageFp32Engine
from helpers.errors import ImageError, LaneError, ManifestError, ModelFileError
from helpers.files import path_bytes, sha256_path
from helpers.manifest import MANIFEST_NAME, Manifest, checked_file, load_manifest
from helpers.parity import rounding_tolerance, sample_images
from helpers.predictions import prediction_key
from tests.coreml_tiny import LABELS, tiny_description, tiny_input, tiny_network

ENGINES = ("mlmodel", "mlpackage_fp32", "mlpackage_fp16", "mlmodel_from_pb", "mlmodel_tf_coreml")
PLAIN = ("mlmodel_from_plain_pb", "mlmodel_plain_tf_coreml")
FORMATS: list[Any] = [MlmodelEngine, MlpackageFp32Engine, MlpackageFp16Engine]


def _compared(engine_name: str, model: str, images: NDArray[np.uint8]) -> tuple[float, float]:
    """The largest difference from Keras, and what rounding may explain."""
    manifest, folder = build_model(model, formats=())
    with open_engine("keras", model) as keras_engine, open_engine(engine_name, model) as engine:
        reference, received = keras_engine.predict(images), engine.predict(images)
        smallest = SMALLEST_FLOAT16 if engine.precision == "float16" else SMALLEST_FLOAT32
        network = load_h5(checked_file(manifest, folder, "h5"))
        assert received.dtype == np.float32
        assert np.allclose(received.sum(axis=1), 1, atol=1e-2 if engine.precision == "float16" else 1e-5)
        return (
            agreement(reference, received, smallest).largest_log_difference,
            rounding_tolerance(network, reference, engine.precision),
        )


# In the project's build folder, where the notebooks find the files again.
@pytest.mark.parametrize("engine_name", [*ENGINES, *PLAIN])
def test_lenets_digits_are_those_of_keras(engine_name: str) -> None:
    difference, tolerance = _compared(engine_name, "lenet", load_mnist("test")[0][:200])
    assert difference <= tolerance


@pytest.mark.parametrize("engine_name", ENGINES)
def test_squeezenets_photos_are_those_of_keras(engine_name: str) -> None:
    manifest, _ = build_model("squeezenet", formats=())
    difference, tolerance = _compared(engine_name, "squeezenet", sample_images(manifest.input))
    assert difference <= tolerance


def test_the_comparison_would_notice_a_mistake() -> None:
    with open_engine("mlpackage_fp16", "squeezenet") as engine, open_engine("keras", "squeezenet") as keras_engine:
        images = sample_images(engine.manifest.input)
        found = agreement(keras_engine.predict(images), engine.predict(images[..., ::-1].copy()), SMALLEST_FLOAT16)
    assert found.largest_log_difference > 1


def test_several_batches_are_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = load_mnist("test")[0][:7]
    with open_engine("mlmodel", "lenet") as engine:
        at_once = engine.predict(digits)
        monkeypatch.setattr(MlmodelEngine, "batch_size", 3)
        assert np.allclose(engine.predict(digits), at_once, atol=1e-6)
        assert engine.prepare(digits) is digits


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny network's manifest and its three files."""
    folder = tmp_path_factory.mktemp("tiny")
    about = tiny_description(tiny_input())
    files = []
    for engine_class, kind in zip(FORMATS, ("neural_network", "program_fp32", "program_fp16"), strict=True):
        model = to_coreml(tiny_network(), about, kind)  # type: ignore[arg-type]
        path = folder / f"{engine_class.file_format}.{'mlmodel' if kind == 'neural_network' else 'mlpackage'}"
        save_coreml(model.get_spec(), path, model.weights_dir)
        files.append({"format": engine_class.file_format, "path": path.name, **_measured(path), "recipe": "0" * 64})
        files[-1] |= {"input_node": "image", "output_node": "probabilities"}
    content = {**about.model_dump(mode="json"), "files": files, "tools": {}}
    (folder / MANIFEST_NAME).write_text(json.dumps(content))
    return folder


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """The same folder, to be changed."""
    return Path(shutil.copytree(tiny, tmp_path / "copy"))


def _measured(path: Path) -> dict[str, Any]:
    return {"sha256": sha256_path(path), "bytes": max(1, path_bytes(path))}


def _changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> Manifest:
    content = json.loads((folder / MANIFEST_NAME).read_text())
    change(content)
    (folder / MANIFEST_NAME).write_text(json.dumps(content))
    return load_manifest(folder)


def _with_new_hashes(folder: Path) -> Manifest:
    return _changed(
        folder, lambda content: [file.update(_measured(folder / file["path"])) for file in content["files"]]
    )


def _images(count: int = 2, height: int = 6, width: int = 5) -> NDArray[np.uint8]:
    return np.zeros((count, height, width, 3), np.uint8)


@pytest.mark.parametrize("engine_class", FORMATS, ids=lambda each: each.name)
class TestRefusals:
    def test_the_folder_as_it_was_made_is_taken(self, tiny: Path, engine_class: Any) -> None:
        with engine_class(load_manifest(tiny), tiny) as engine:
            assert engine.predict(_images()).shape == (2, len(LABELS))

    @pytest.mark.parametrize("labels", [LABELS[::-1], (*LABELS[:-1], "fox"), LABELS[:4], (*LABELS, "fox")])
    def test_other_labels_or_another_order(self, copy: Path, engine_class: Any, labels: tuple[str, ...]) -> None:
        manifest = _changed(copy, lambda content: content.update(labels=labels))
        with pytest.raises(ModelFileError, match=f"manifest's {len(labels)} labels, in their order; received 5, or"):
            engine_class(manifest, copy)

    @pytest.mark.parametrize(
        ("change", "received"),
        [
            ({"height": 5, "width": 6}, "5 x 6 pixels, bgr; received one for 6 x 5, bgr"),
            ({"height": 7}, "7 x 5 pixels, bgr; received one for 6 x 5, bgr"),
            ({"channel_order": "gray", "scale": [1], "bias": [0]}, "6 x 5 pixels, gray; received one for 6 x 5, bgr"),
        ],
    )
    def test_another_size_or_kind_of_image(
        self, copy: Path, engine_class: Any, change: dict[str, Any], received: str
    ) -> None:
        manifest = _changed(copy, lambda content: content["input"].update(change))
        with pytest.raises(ModelFileError, match=rf"{received}; is it another model's file\?"):
            engine_class(manifest, copy)

    def test_an_array_as_input(self, copy: Path, engine_class: Any) -> None:
        path = copy / load_manifest(copy).file(engine_class.file_format).path
        kind = {"mlmodel": "neural_network", "mlpackage_fp32": "program_fp32", "mlpackage_fp16": "program_fp16"}
        model = to_coreml(
            tiny_network(),
            tiny_description(tiny_input()),
            kind[engine_class.file_format],
            input_kind="array",  # type: ignore[arg-type]
        )
        save_coreml(model.get_spec(), path, model.weights_dir)
        with pytest.raises(ModelFileError, match="received one that takes an array; convert it with an image input"):
            engine_class(_with_new_hashes(copy), copy)

    @pytest.mark.parametrize("damage", ["flipped", "missing", "link"])
    def test_damage_that_the_manifest_tells(self, copy: Path, engine_class: Any, damage: str) -> None:
        manifest = load_manifest(copy)
        path = copy / manifest.file(engine_class.file_format).path
        if damage == "flipped":
            inner = max((path.rglob("*") if path.is_dir() else [path]), key=lambda each: each.stat().st_size)
            content = inner.read_bytes()
            inner.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        else:
            path.rename(copy / "elsewhere")
        if damage == "link":
            path.symlink_to(copy / "elsewhere")
        with pytest.raises(ManifestError, match="build the model again"):
            engine_class(manifest, copy)

    def test_another_output(self, copy: Path, engine_class: Any) -> None:
        manifest = _changed(copy, lambda content: [file.update(output_node="softmax") for file in content["files"]])
        with pytest.raises(ModelFileError, match="an output 'softmax'; received probabilities; build the model again"):
            engine_class(manifest, copy)

    @pytest.mark.parametrize(
        "images", [_images(height=5, width=6), _images()[0], _images(0), _images() / 255, _images()[..., :1]]
    )
    def test_wrong_images(self, tiny: Path, engine_class: Any, images: NDArray[Any]) -> None:
        with engine_class(load_manifest(tiny), tiny) as engine:
            with pytest.raises(ImageError, match="expected uint8 images"):
                engine.predict(images)
            with pytest.raises(ImageError, match="expected uint8 images"):
                engine.prepare(images)


def test_another_models_file_is_refused(copy: Path) -> None:
    manifest, folder = build_model("lenet", formats=["mlmodel"])
    shutil.copy(checked_file(manifest, folder, "mlmodel"), copy / "mlmodel.mlmodel")
    with pytest.raises(ModelFileError, match=r"6 x 5 pixels, bgr; received one for 28 x 28, gray"):
        MlmodelEngine(_with_new_hashes(copy), copy)


def test_a_package_in_a_files_place_and_a_file_in_a_packages(copy: Path) -> None:
    (copy / "mlmodel.mlmodel").rename(copy / "kept")
    (copy / "mlpackage_fp16.mlpackage").rename(copy / "mlmodel.mlmodel")
    (copy / "kept").rename(copy / "mlpackage_fp16.mlpackage")
    manifest = _with_new_hashes(copy)
    # What a file is is told by its content, so both are computed, each by its own rules.
    with MlmodelEngine(manifest, copy) as program, MlpackageFp16Engine(manifest, copy) as network:
        assert (program.content().kind, network.content().kind) == ("ml_program", "neural_network")
        assert np.allclose(program.predict(_images()), network.predict(_images()), atol=1e-2)


def test_an_altered_file_has_predictions_of_its_own(tiny: Path) -> None:
    engine = MlmodelEngine(load_manifest(tiny), tiny)
    file = engine.content()
    swapped = alterations(file)["red and blue swapped"]()
    # By what it is called, and by what is in it.
    others = [engine.altered(what, each) for what in ("one thing", "another") for each in (file, swapped)]
    keys = {prediction_key(each, _images()) for each in (engine, *others)}
    assert len(keys) == 5
    assert np.array_equal(others[0].predict(_images()), engine.predict(_images()))
    assert not np.allclose(others[1].predict(_images()), engine.predict(_images()))


class TestApple:
    @pytest.mark.parametrize(
        ("engine", "instead"), [("apple_mlmodel", "mlmodel"), ("apple_mlpackage_fp16", "mlpackage_fp16")]
    )
    @pytest.mark.parametrize("system", ["Linux", "Windows"])
    def test_elsewhere_the_engine_to_take_is_named(
        self, engine: str, instead: str, system: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(coreml_engines.platform, "system", lambda: system)
        with pytest.raises(LaneError, match=f"expected macOS.*received {system}; take the engine '{instead}'"):
            open_engine(engine, "lenet")

    @pytest.fixture
    def fake(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """macOS, and a runtime that answers with a table in an order of its own; gives what it was asked."""
        asked: list[Any] = []

        class FakeModel:
            def __init__(self, path: str) -> None:
                asked.append(path)

            def predict(self, given: dict[str, Any]) -> dict[str, Any]:
                asked.append(given)
                number = np.asarray(given["image"]).reshape(-1)[0] / 1000
                table = {label: place / 10 + number for place, label in enumerate(LABELS)}
                return {"classLabel": LABELS[0], "probabilities": dict(sorted(table.items()))}

        library = SimpleNamespace(models=SimpleNamespace(MLModel=FakeModel))
        monkeypatch.setattr(coreml_engines.platform, "system", lambda: "Darwin")
        monkeypatch.setattr(coreml_engines, "coreml_module", lambda name: library)
        return asked

    def test_its_rows_are_in_the_order_of_the_manifests_labels(self, tiny: Path, fake: list[Any]) -> None:
        images = _images(3)
        images[:, 0, 0, 0] = [0, 10, 20]
        with AppleCoreMLEngine(load_manifest(tiny), tiny) as engine:
            received = engine.predict(images)
        assert sorted(LABELS) != list(LABELS)
        assert received.dtype == np.float32
        assert np.allclose(received, np.arange(5) / 10 + np.array([[0], [0.01], [0.02]]))

    def test_it_is_given_the_file_and_rgb_pictures_one_by_one(self, tiny: Path, fake: list[Any]) -> None:
        images = np.random.default_rng(0).integers(0, 256, (2, 6, 5, 3), dtype=np.uint8)
        with AppleCoreMLEngine(load_manifest(tiny), tiny) as engine:
            engine.predict(images)
        path, *given = fake
        assert path == str(tiny / "mlmodel.mlmodel")
        assert [list(each) for each in given] == [["image"], ["image"]]
        for image, each in zip(images, given, strict=True):
            assert isinstance(each["image"], Image.Image)
            assert each["image"].mode == "RGB"
            assert np.array_equal(np.asarray(each["image"]), image)

    def test_a_gray_picture_has_no_axis_of_channels(self, copy: Path, fake: list[Any]) -> None:
        gray = {"channel_order": "gray", "scale": [1], "bias": [0]}
        manifest = _changed(copy, lambda content: content["input"].update(gray))
        with AppleCoreMLEngine(manifest, copy) as engine:
            engine.predict(np.zeros((1, 6, 5, 1), np.uint8))
        assert fake[1]["image"].mode == "L"
        assert fake[1]["image"].size == (5, 6)

    def test_wrong_images_do_not_reach_it(self, tiny: Path, fake: list[Any]) -> None:
        with AppleCoreMLEngine(load_manifest(tiny), tiny) as engine, pytest.raises(ImageError):
            engine.predict(_images(height=5))
        assert len(fake) == 1

    def test_a_file_that_it_refuses_is_named(
        self, tiny: Path, fake: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: str) -> None:
            raise RuntimeError("Unable to load model\nand a long story")

        refusing = SimpleNamespace(models=SimpleNamespace(MLModel=refuse))
        monkeypatch.setattr(coreml_engines, "coreml_module", lambda name: refusing)
        with pytest.raises(
            ModelFileError, match=r"^Apple's Core ML refuses mlmodel\.mlmodel: Unable to load model; convert it again$"
        ):
            AppleCoreMLEngine(load_manifest(tiny), tiny)

    def test_labels_that_the_file_does_not_have_are_one_clear_error(self, copy: Path, fake: list[Any]) -> None:
        manifest = _changed(copy, lambda content: content.update(labels=[*LABELS[:-1], "fox"]))
        with AppleCoreMLEngine(manifest, copy) as engine, pytest.raises(ModelFileError, match=r"5 labels.*'fox'"):
            engine.predict(_images())
