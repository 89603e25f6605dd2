"""The manifest: its schema, and every way in which it can be wrong."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from helpers.data import load_mnist
from helpers.errors import ManifestError
from helpers.files import DATA, path_bytes
from helpers.manifest import MANIFEST_NAME, Manifest, checked_file, load_manifest, manifest_schema
from helpers.zoo import model_record

SCHEMA_FILE = DATA / "schemas" / "manifest.schema.json"

Change = Callable[[dict[str, Any]], object]


def test_the_exported_schema_is_the_current_one() -> None:
    assert json.loads(SCHEMA_FILE.read_text()) == manifest_schema(), (
        "export it anew: python -m helpers.manifest > data/schemas/manifest.schema.json"
    )


def test_a_real_manifest_validates_against_the_exported_schema(lenet: tuple[Manifest, Path]) -> None:
    content = json.loads((lenet[1] / MANIFEST_NAME).read_text())
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(content)
    assert content["model"] == "lenet"
    formats = {file["format"] for file in content["files"]}
    assert formats == {"h5", "frozen_pb", "tf_mobile_pb", "plain_tensorflow_pb", "tflite"}


@pytest.mark.parametrize("file_format", ["frozen_pb", "plain_tensorflow_pb", "tflite"])
def test_the_manifest_alone_is_enough_to_run_a_file(lenet: tuple[Manifest, Path], file_format: str) -> None:
    """A stranger with the JSON, the file and a bare runtime gets the digits right: nothing else is needed."""
    folder = lenet[1]
    content = json.loads((folder / MANIFEST_NAME).read_text())
    (file,) = [file for file in content["files"] if file["format"] == file_format]
    digits, labels = load_mnist("test")
    tensor = digits[:300].astype(np.float32) * content["input"]["scale"][0] + content["input"]["bias"][0]
    run = _run_tflite if file_format == "tflite" else _run_pb
    answers = run(folder / file["path"], file["input_node"], file["output_node"], tensor).argmax(axis=1)
    right = np.array([content["labels"][answer] for answer in answers]) == labels[:300].astype(str)
    assert right.mean() > 0.98


def _run_pb(path: Path, source: str, sink: str, tensor: np.ndarray) -> np.ndarray:
    graph = tf.compat.v1.GraphDef.FromString(path.read_bytes())
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.compat.v1.import_graph_def(graph, name="")
        return np.asarray(session.run(f"{sink}:0", {f"{source}:0": tensor}))


def _run_tflite(path: Path, source: str, sink: str, tensor: np.ndarray) -> np.ndarray:
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    index = {detail["name"]: detail["index"] for detail in interpreter.get_tensor_details()}
    rows = []
    for image in tensor:
        interpreter.set_tensor(index[source], image[np.newaxis])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(index[sink]))
    return np.concatenate(rows)


def test_a_manifest_survives_writing_and_reading(lenet: tuple[Manifest, Path]) -> None:
    manifest, folder = lenet
    assert load_manifest(folder) == manifest


@pytest.fixture
def package(tmp_path: Path) -> tuple[Manifest, Path]:
    """A manifest with a package, which is a folder, and its folder."""
    inner = tmp_path / "lenet_fp16.mlpackage" / "Data" / "weights"
    inner.mkdir(parents=True)
    (inner / "weight.bin").write_bytes(b"12345")
    (inner.parent.parent / "Manifest.json").write_bytes(b"{}")
    lines = [(b"{}", "Manifest.json"), (b"12345", "Data/weights/weight.bin")]
    # What sha256sum prints for the files, sorted by name.
    listed = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for content, name in lines[::-1])
    record = model_record("lenet")
    manifest = Manifest.model_validate(
        {
            **{key: getattr(record, key) for key in ("title", "citation", "labels")},
            "model": "lenet",
            "input": record.input.model_dump(),
            "weights": {"kind": "trained", "source": "MNIST", "licence": "MIT", "sha256": "0" * 64},
            "files": [
                {
                    "format": "mlpackage_fp16",
                    "path": "lenet_fp16.mlpackage",
                    "sha256": hashlib.sha256(listed.encode()).hexdigest(),
                    "bytes": 7,
                    "input_node": "image",
                    "output_node": "probabilities",
                    "recipe": "0" * 64,
                }
            ],
            "tools": {},
        }
    )
    return manifest, tmp_path


class TestPackages:
    def test_the_hash_is_that_of_the_list_that_sha256sum_writes(self, package: tuple[Manifest, Path]) -> None:
        manifest, folder = package
        assert checked_file(manifest, folder, "mlpackage_fp16") == folder / "lenet_fp16.mlpackage"
        assert path_bytes(folder / "lenet_fp16.mlpackage") == manifest.files[0].bytes

    @pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
    def test_the_command_agrees(self, package: tuple[Manifest, Path]) -> None:
        manifest, folder = package
        command = "find . -type f | sed 's|^./||' | LC_ALL=C sort | xargs sha256sum | sha256sum"
        done = subprocess.run(
            command, shell=True, cwd=folder / "lenet_fp16.mlpackage", capture_output=True, text=True, check=True
        )
        assert done.stdout.split()[0] == manifest.files[0].sha256

    @pytest.mark.parametrize("damage", ["a byte", "a missing file", "a further file", "another name", "a moved file"])
    def test_any_damage_is_found(self, package: tuple[Manifest, Path], damage: str) -> None:
        manifest, folder = package
        top = folder / "lenet_fp16.mlpackage"
        weights = top / "Data" / "weights" / "weight.bin"
        match damage:
            case "a byte":
                weights.write_bytes(b"12344")
            case "a missing file":
                weights.unlink()
            case "a further file":
                (top / "Data" / "more").write_bytes(b"")
            case "another name":
                weights.rename(weights.with_name("weight.bim"))
            case "a moved file":
                weights.rename(top / "Data" / "weight.bin")
        with pytest.raises(ManifestError, match="damaged or of another model: expected 7 bytes"):
            checked_file(manifest, folder, "mlpackage_fp16")

    def test_a_link_in_its_place_is_refused(self, package: tuple[Manifest, Path]) -> None:
        manifest, folder = package
        (folder / "lenet_fp16.mlpackage").rename(folder / "elsewhere")
        (folder / "lenet_fp16.mlpackage").symlink_to(folder / "elsewhere")
        with pytest.raises(ManifestError, match="no such file"):
            checked_file(manifest, folder, "mlpackage_fp16")

    def test_a_file_in_its_place_is_refused(self, package: tuple[Manifest, Path]) -> None:
        manifest, folder = package
        shutil.rmtree(folder / "lenet_fp16.mlpackage")
        (folder / "lenet_fp16.mlpackage").write_bytes(b"1234567")
        with pytest.raises(ManifestError, match="damaged"):
            checked_file(manifest, folder, "mlpackage_fp16")


CHANGES: dict[str, tuple[Change, str]] = {
    "an unknown key": (lambda m: m.update(colour="red"), "colour: Extra inputs"),
    "an unknown key in a file": (lambda m: m["files"][0].update(url="x"), "url: Extra inputs"),
    "a path that leaves its folder": (lambda m: m["files"][0].update(path="../lenet.h5"), "beside the manifest"),
    "an absolute path": (lambda m: m["files"][0].update(path="/etc/passwd"), "beside the manifest"),
    "a Windows path": (lambda m: m["files"][0].update(path="C:\\lenet.h5"), "beside the manifest"),
    "the parent folder": (lambda m: m["files"][0].update(path=".."), "beside the manifest"),
    "a hash that is none": (lambda m: m["files"][0].update(sha256="abc"), "sha256"),
    "two files of a format": (lambda m: m["files"].append(m["files"][0]), "each format and each path once"),
    "an unknown format": (lambda m: m["files"][0].update(format="exe"), "format"),
    "no files": (lambda m: m.update(files=[]), "files"),
    "no labels": (lambda m: m.update(labels=[]), "labels"),
    "a label twice": (lambda m: m["labels"].__setitem__(3, "7"), "labels: .*each label once, received '7' 2 times"),
    "a label twice, in two spellings": (
        lambda m: m.update(labels=[*"01234567", "\u00e9", "e\u0301"]),
        "labels: .*each label once, received 'é' 2 times",
    ),
    "a scale too many": (lambda m: m["input"].update(scale=[1, 1]), "scale needs 1 numbers"),
    "an infinite bias": (lambda m: m["input"].update(bias=[1e999]), "bias"),
    "a negative size": (lambda m: m["input"].update(height=-28), "height"),
    "a later schema": (lambda m: m.update(schema_version=2), "schema_version"),
    "no input": (lambda m: m.pop("input"), "input: Field required"),
    "a model name with a slash": (lambda m: m.update(model="../lenet"), "model"),
    "weights without a licence": (lambda m: m["weights"].pop("licence"), "weights.licence: Field required"),
    "label ids for some labels": (lambda m: m.update(label_ids=["n0"]), "expected 10 label_ids, or none; received 1"),
    "two files of one path": (
        lambda m: m["files"][1].update(path=m["files"][0]["path"]),
        "each format and each path once",
    ),
    "weights of no known kind": (lambda m: m["weights"].update(kind="magic"), "weights.kind"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_manifest_is_refused(lenet_copy: Path, name: str) -> None:
    change, message = CHANGES[name]
    path = lenet_copy / MANIFEST_NAME
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(ManifestError, match=message):
        load_manifest(lenet_copy)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"model": "lenet"}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(ManifestError, match=r"not a valid manifest: .*build the model again"):
        load_manifest(tmp_path)


def test_a_manifest_too_large_or_no_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / MANIFEST_NAME
    with path.open("wb") as stream:
        stream.truncate(16 * 2**20 + 1)
    with pytest.raises(ManifestError, match="at most 16,777,216 bytes"):
        load_manifest(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ManifestError, match="it is a folder, a pipe or a device"):
        load_manifest(tmp_path)
    with pytest.raises(ManifestError, match="null"):
        load_manifest(tmp_path / "a\0b")


def test_a_missing_manifest_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="make notebooks"):
        load_manifest(tmp_path)


def test_a_wrong_hash_is_found_when_the_file_is_opened(lenet_copy: Path) -> None:
    path = lenet_copy / MANIFEST_NAME
    content = json.loads(path.read_text())
    content["files"][1]["sha256"] = "0" * 64
    path.write_text(json.dumps(content))
    manifest = load_manifest(lenet_copy)
    with pytest.raises(ManifestError, match=r"lenet\.pb is damaged or of another model: expected .*0{64}, received"):
        checked_file(manifest, lenet_copy, "frozen_pb")


def test_a_missing_file_and_an_unknown_format_are_named(lenet_copy: Path) -> None:
    manifest = load_manifest(lenet_copy)
    (lenet_copy / "lenet.tflite").unlink()
    with pytest.raises(ManifestError, match=r"names lenet\.tflite"):
        checked_file(manifest, lenet_copy, "tflite")
    with pytest.raises(ManifestError, match=r"formats h5, .*received 'mlmodel'"):
        manifest.file("mlmodel")


def test_a_link_out_of_the_folder_is_not_followed(lenet_copy: Path) -> None:
    manifest = load_manifest(lenet_copy)
    target = lenet_copy.parent / "elsewhere.tflite"
    (lenet_copy / "lenet.tflite").rename(target)
    (lenet_copy / "lenet.tflite").symlink_to(target)
    with pytest.raises(ManifestError, match="no such file"):
        checked_file(manifest, lenet_copy, "tflite")
