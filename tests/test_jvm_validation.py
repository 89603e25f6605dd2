"""The app's validation on the JVM: its answers are Python's on the same pixels; what it refuses is one clear error."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.data import PHOTOS, load_mnist
from helpers.device_logs import is_phone, label
from helpers.engines import open_engine
from helpers.errors import DataError, DeploymentError, ImageError, ModelFileError
from helpers.files import DATA
from helpers.golden import GOLDEN
from helpers.photo_pipelines import answers_of, read_fitted, tensor_hash
from helpers.runs.jvm_pipeline import JVM_ENGINES
from helpers.runs.jvm_validation import PhotoFile, photo_folder, photo_name, run_jvm_validation
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import AccuracyRun
from helpers.zoo import model_record

COUNT = 12
DIGITS, LABELS = (each[:COUNT] for each in load_mnist("test"))


def _png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(stream, "PNG")
    return stream.getvalue()


def _digits() -> list[PhotoFile]:
    return [PhotoFile(f"digit_{i:02}.png", _png(DIGITS[i]), int(LABELS[i])) for i in range(COUNT)]


def _photos() -> list[PhotoFile]:
    return [PhotoFile(f"{name}.png", (DATA / "photos" / f"{name}.png").read_bytes()) for name in PHOTOS]


def _accuracy(log: RunLog) -> AccuracyRun:
    assert log.accuracy is not None
    return log.accuracy


@pytest.mark.java
@pytest.mark.parametrize("engine", JVM_ENGINES)
@pytest.mark.parametrize(("model", "photos"), [("lenet", _digits()), ("squeezenet", _photos())])
def test_its_answers_are_pythons_on_the_same_pixels(engine: str, model: str, photos: list[PhotoFile]) -> None:
    with photo_folder(photos, model) as folder:
        log = run_jvm_validation(folder, model, engine, golden=folder, progress=False)
    assert not folder.exists()
    with open_engine("keras", model) as keras:
        fitted = np.stack([read_fitted(photo, keras.manifest.input) for photo in photos])
        expected = dict(zip((photo.name for photo in photos), answers_of(keras.predict(fitted)), strict=True))
        tensors = {photo.name: tensor_hash(fitted[i], keras.manifest.input) for i, photo in enumerate(photos)}
    run = _accuracy(log)
    assert run.data_set == "photos"
    assert run.failed == ()
    assert {photo_name(image.id) for image in run.images} == expected.keys()
    for image in run.images:
        wanted = expected[photo_name(image.id)]
        assert [each.class_number for each in image.top] == [number for number, _ in wanted]
        assert [each.probability for each in image.top] == pytest.approx([p for _, p in wanted], abs=2e-5)
    assert {photo_name(each.picture): each.tensor_sha256 for each in log.golden} == tensors


@pytest.mark.java
def test_it_is_labelled_as_the_desktops_and_counts_the_labels() -> None:
    # The last label is wrong on purpose.
    photos = [*_digits()[:-1], _digits()[-1]._replace(label=(int(LABELS[COUNT - 1]) + 1) % 10)]
    with photo_folder(photos, "lenet") as folder:
        log = run_jvm_validation(folder, "lenet", progress=False)
    assert (log.where, is_phone(log)) == ("jvm", False)
    assert label(log).startswith("desktop JVM")
    run = _accuracy(log)
    assert (run.labelled, run.top1_correct) == (COUNT, COUNT - 1)
    assert {photo_name(image.id): image.label for image in run.images} == {each.name: each.label for each in photos}
    # The project's own golden pictures are read where no other folder is named; LeNet takes one of them.
    assert [result.picture for result in log.golden] == ["digit.png"]
    assert GOLDEN.is_dir()


@pytest.mark.java
def test_a_photo_that_cannot_be_read_is_listed_and_a_limit_kept() -> None:
    photos = [*_digits(), PhotoFile("a_torn.png", _digits()[0].content[:-30])]
    with photo_folder(photos, "lenet") as folder:
        whole = run_jvm_validation(folder, "lenet", golden=None, progress=False)
        two = run_jvm_validation(folder, "lenet", golden=None, limit=3, threads=2, progress=False)
    (failed,) = _accuracy(whole).failed
    assert (failed.id, len(_accuracy(whole).images), whole.golden) == ("a_torn.png", COUNT, ())
    assert len(_accuracy(two).images) + len(_accuracy(two).failed) == 3
    assert two.engine.threads == 2


@pytest.mark.java
@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"limit": 0}, "--limit to be an integer from 1"),
        ({"threads": 65}, "--threads to be an integer from 1 to 64, received '65'"),
        ({"engine": "stub"}, "one of the engines tf_mobile, tflite; received 'stub'"),
        ({"model": "alexnet"}, "alexnet"),
        ({"golden": DATA / "mnist"}, "PNG or JPEG files in .*mnist, received 0"),
    ],
)
def test_what_cannot_be_run_is_one_clear_error(arguments: dict[str, object], part: str) -> None:
    with photo_folder(_digits()[:1], "lenet") as folder, pytest.raises(ModelFileError, match=part) as raised:
        run_jvm_validation(folder, **{"model": "lenet", "progress": False, **arguments})  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a folder of photos; received .*absent"):
        run_jvm_validation(tmp_path / "absent", "lenet")
    with pytest.raises(DataError, match=r"received .*gold"):
        run_jvm_validation(tmp_path, "lenet", golden=tmp_path / "gold")


def test_photos_lie_in_folders_called_by_their_classes() -> None:
    record = model_record("squeezenet")
    photos = [PhotoFile("a.png", b"1", 22), PhotoFile("b.png", b"2", 0), PhotoFile("c.png", b"3")]
    with photo_folder(photos, "squeezenet") as folder:
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}
        assert found == {f"{record.label_ids[22]}/a.png": b"1", f"{record.label_ids[0]}/b.png": b"2", "c.png": b"3"}
    with photo_folder(_digits()[:1], "lenet") as folder:
        assert [path.parent.name for path in folder.rglob("*.png")] == [str(LABELS[0])]
    assert not folder.exists()


@pytest.mark.parametrize(
    ("photos", "part"),
    [
        ([], "at least one photo, each name once; received 0 names"),
        ([PhotoFile("a.png", b""), PhotoFile("a.png", b"")], "each name once; received 2"),
        ([PhotoFile("../a.png", b"")], r"the name of a file .*; received '\.\./a\.png'"),
        ([PhotoFile("", b"")], "the name of a file .*; received ''"),
        ([PhotoFile("..", b"")], r"the name of a file .*; received '\.\.'"),
        ([PhotoFile("a.gif", b"")], r"ends in \.png, \.jpg or \.jpeg; received 'a\.gif'"),
        ([PhotoFile("a\0.png", b"")], "received 'a.*png'"),
        ([PhotoFile("a.png", b"", 10)], "a label of LeNet, 0 to 9; received 10 for a.png"),
        ([PhotoFile("a.png", b"", -1)], "received -1"),
    ],
)
def test_photos_that_cannot_be_laid_in_a_folder_are_refused(photos: list[PhotoFile], part: str) -> None:
    with pytest.raises(ImageError, match=part), photo_folder(photos, "lenet"):
        pass
    assert issubclass(ImageError, DeploymentError)
