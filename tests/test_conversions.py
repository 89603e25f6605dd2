"""The list of conversions: which formats a model has, what each is made from, and what is left without coremltools."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from helpers import zoo
from helpers.artifacts import build_model
from helpers.convert.conversions import conversions_of, coreml_formats, needed_formats, tensorflow_formats
from helpers.coreml.library import coreml_missing, coreml_module
from helpers.engines import open_engine
from helpers.errors import LaneError, ModelFileError
from helpers.manifest import Format, load_manifest

TENSORFLOW = ("frozen_pb", "tf_mobile_pb", "tflite")
CORE_ML = ("mlmodel", "mlpackage_fp32", "mlpackage_fp16", "mlmodel_from_pb", "mlmodel_tf_coreml")
needs_coreml = pytest.mark.skipif(coreml_missing() is not None, reason="Core ML lane: coremltools is not installed")


@pytest.fixture
def without_coreml(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system for which coremltools does not exist, with a store of its own."""
    monkeypatch.setattr("helpers.coreml.library.find_spec", lambda name: None)
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))


def test_lenet_has_a_second_path_written_in_tensorflow() -> None:
    assert tensorflow_formats("lenet") == ("frozen_pb", "tf_mobile_pb", "plain_tensorflow_pb", "tflite")
    assert tensorflow_formats("squeezenet") == TENSORFLOW


@needs_coreml
def test_core_mls_formats_are_a_list_of_their_own() -> None:
    assert coreml_formats("squeezenet") == CORE_ML
    assert coreml_formats("lenet") == (*CORE_ML, "mlmodel_from_plain_pb", "mlmodel_plain_tf_coreml")


@pytest.mark.parametrize("name", zoo.model_names())
def test_each_source_is_made_before_what_is_made_from_it(name: str) -> None:
    made = {"h5"}
    for conversion in conversions_of(name):
        assert conversion.source in made, conversion.format
        made.add(conversion.format)
    assert made <= set(get_args(Format))


def test_every_format_of_a_manifest_can_be_made_under_a_name_of_its_own() -> None:
    conversions = conversions_of("lenet")
    assert {"h5", *(conversion.format for conversion in conversions)} == set(get_args(Format))
    suffixes = [".h5", *(conversion.suffix for conversion in conversions)]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        ((), ("h5",)),
        (("h5",), ("h5",)),
        (("mlmodel",), ("h5", "mlmodel")),
        (("mlmodel_from_pb",), ("h5", "frozen_pb", "mlmodel_from_pb")),
        (("mlmodel_plain_tf_coreml",), ("h5", "plain_tensorflow_pb", "mlmodel_plain_tf_coreml")),
        (("mlpackage_fp16", "tflite", "tflite"), ("h5", "tflite", "mlpackage_fp16")),
    ],
)
def test_what_a_format_is_made_from_comes_along(asked: tuple[str, ...], needed: tuple[str, ...]) -> None:
    assert needed_formats("lenet", asked) == needed


@pytest.mark.parametrize(
    ("model", "wrong"),
    [("lenet", "onnx"), ("squeezenet", "plain_tensorflow_pb"), ("squeezenet", "mlmodel_from_plain_pb"), ("lenet", "")],
)
def test_a_format_that_a_model_does_not_have_is_named(model: str, wrong: str) -> None:
    with pytest.raises(ModelFileError, match=rf"expected formats of {model}: h5, frozen_pb, .*received '{wrong}'"):
        needed_formats(model, ["tflite", wrong])


class TestWithoutCoremltools:
    pytestmark = pytest.mark.usefixtures("without_coreml")

    def test_there_are_no_formats_of_core_ml_and_all_of_tensorflow(self) -> None:
        assert coreml_formats("lenet") == ()
        assert tensorflow_formats("squeezenet") == TENSORFLOW

    def test_the_library_is_named_with_a_way_out(self) -> None:
        with pytest.raises(LaneError, match=r"expected the package coremltools, .*; received none: use one of these"):
            coreml_module("coremltools")

    def test_the_store_makes_all_of_tensorflows_files(self) -> None:
        manifest, folder = build_model("lenet")
        assert [file.format for file in manifest.files] == ["h5", *tensorflow_formats("lenet")]
        assert load_manifest(folder) == manifest
        assert "coremltools" not in manifest.tools

    def test_core_mls_are_refused_and_leave_nothing_half_made(self) -> None:
        build_model("lenet", formats=["tflite"])
        with pytest.raises(LaneError, match="coremltools"):
            open_engine("mlmodel", "lenet")
        manifest, folder = build_model("lenet", formats=["tflite"])
        assert [file.format for file in manifest.files] == ["h5", "tflite"]
        assert not [path for path in folder.iterdir() if ".ml" in path.name]
