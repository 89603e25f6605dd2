"""Model parity and pipeline parity: the numbers by hand, what is left out, and each platform on real photos."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from helpers import pipeline_parity as parity
from helpers.accuracy import SMALLEST_FLOAT16, agreement
from helpers.artifacts import build_model
from helpers.data import PHOTOS, load_mnist
from helpers.engines import open_engine
from helpers.errors import DataError, ImageError, LaneError
from helpers.files import DATA
from helpers.ilsvrc_samples import load_ilsvrc_samples
from helpers.parity import sample_images
from helpers.photo_pipelines import PhotoRun, answers_of, photo_runs, read_fitted, tensor_hash
from helpers.pipeline_parity import Comparison, comparison_table, model_parity
from helpers.predictions import cached_predictions
from helpers.preprocess import fit_photos
from helpers.recorded import ARM_PHOTOS_RECORD, ARM_SAMPLE_RECORDS, Recorded, load_recorded, recomputed
from helpers.runs.jvm_validation import PhotoFile, photo_folder, run_jvm_validation
from helpers.runs.run_log import RunLog
from helpers.zoo import model_record

COUNT = 40
DIGITS, LABELS = (each[:COUNT] for each in load_mnist("test"))

Runs = dict[str, Callable[[], PhotoRun]]


def _png(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(stream, "PNG")
    return stream.getvalue()


def _digits(count: int) -> list[PhotoFile]:
    return [PhotoFile(f"{i:02}.png", _png(DIGITS[i]), int(LABELS[i])) for i in range(count)]


def _photos() -> list[PhotoFile]:
    return [PhotoFile(f"{name}.png", (DATA / "photos" / f"{name}.png").read_bytes()) for name in PHOTOS]


def _lenet_answers(count: int) -> NDArray[np.float32]:
    with open_engine("keras", "lenet") as engine:
        return engine.predict(DIGITS[:count])


# The numbers


def _compared(monkeypatch: pytest.MonkeyPatch, run: PhotoRun, photos: list[PhotoFile]) -> Comparison:
    """What pipeline parity says of LeNet on some digits, where one platform gave `run`."""
    runs: Runs = {"mine": lambda: run}
    monkeypatch.setattr(parity, "photo_runs", lambda *_: runs)
    reference, mine = parity.pipeline_parity("lenet", photos).rows
    assert (reference.same_top1, reference.largest, reference.same_input) == (len(photos), 0, len(photos))
    return mine


def test_the_numbers_are_those_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = _lenet_answers(3).astype(np.float64)
    best = answers_of(keras.astype(np.float32))
    # Right; another class first, and a sixth class among the five; not read at all.
    other = int(np.argsort(-keras[1])[6])
    wrong = ((best[1][1][0], 0.5), (best[1][0][0], 0.25), *best[1][2:4], (other, 1e-4))
    answers = {"00.png": best[0], "01.png": wrong}
    row = _compared(monkeypatch, PhotoRun("mine", "jvm", answers, note="a note"), _digits(3))
    expected = [0.0] * 5 + [abs(np.log(keras[1, number]) - np.log(p)) for number, p in wrong]
    assert (row.total, row.same_top1, row.same_top5, row.same_input) == (2, 1, 1, None)
    assert row.largest == pytest.approx(max(expected), rel=1e-5)
    assert row.median == pytest.approx(np.median(expected), rel=1e-5, abs=1e-7)
    assert (row.largest_of_all, row.median_of_all) == (None, None)
    assert row.top1 is not None
    assert row.top5 is not None
    assert (row.top1.correct, row.top1.total, row.top5.correct) == (1, 2, 2)
    assert (row.where, row.kind, row.note) == ("jvm", "pipeline", "a note")


def test_all_classes_are_compared_where_all_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = _lenet_answers(3)
    changed = np.asarray(keras * np.float32(0.9), np.float32)
    answers = dict(zip(("00.png", "01.png", "02.png"), answers_of(changed), strict=True))
    whole = agreement(keras, changed)
    row = _compared(monkeypatch, PhotoRun("mine", "pc", answers, changed), _digits(3))
    assert row.largest == pytest.approx(-np.log(0.9), rel=1e-3)
    assert (row.largest_of_all, row.median_of_all) == (whole.largest_log_difference, whole.median_log_difference)
    assert row.median_of_all == pytest.approx(-np.log(0.9), rel=1e-3)
    # In float16, what is too small counts as the smallest number on both sides.
    half = PhotoRun("mine", "pc", answers, changed, smallest=SMALLEST_FLOAT16)
    row = _compared(monkeypatch, half, _digits(3))
    assert row.median == 0
    assert row.median_of_all is None
    assert row.largest_of_all == pytest.approx(-np.log(0.9), rel=1e-3)


def test_inputs_are_compared_bit_for_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = model_record("lenet").input
    photos = _digits(3)
    hashes = {photo.name: tensor_hash(read_fitted(photo, expected), expected) for photo in photos}
    assert _compared(monkeypatch, PhotoRun("mine", "jvm", None, inputs=hashes), photos).same_input == 3
    brighter = DIGITS[0].copy()
    brighter[14, 14] += 1
    hashes["00.png"] = tensor_hash(brighter, expected)
    row = _compared(monkeypatch, PhotoRun("mine", "jvm", None, inputs=hashes), photos)
    assert (row.same_input, row.total, row.same_top1, row.largest, row.top1) == (2, 3, None, None, None)


def test_a_lane_that_is_missing_is_left_out_with_a_line_and_other_errors_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> PhotoRun:
        raise LaneError("no Java here; install it")

    def broken() -> PhotoRun:
        raise ImageError("a photo is torn")

    monkeypatch.setattr(parity, "photo_runs", lambda *_: {"jvm_tflite": missing})
    found = parity.pipeline_parity("lenet", _digits(1))
    assert found.left_out == ("jvm_tflite left out: no Java here; install it",)
    assert len(found.rows) == 1
    monkeypatch.setattr(parity, "photo_runs", lambda *_: {"jvm_tflite": broken})
    with pytest.raises(ImageError, match="torn"):
        parity.pipeline_parity("lenet", _digits(1))


# Model parity


def test_the_same_pictures_in_each_engine() -> None:
    found = model_parity("lenet", DIGITS, [int(label) for label in LABELS], engines=("frozen", "litert"))
    assert found.left_out == ()
    assert [row.what.partition(",")[0] for row in found.rows] == ["Keras", "Frozen graph", "LiteRT"]
    for row in found.rows:
        assert (row.kind, row.total, row.same_input, row.same_top1, row.same_top5) == ("model", *[COUNT] * 4)
        assert row.largest is not None
        assert row.largest_of_all is not None
        assert row.largest <= row.largest_of_all < 1e-3
        assert row.top1 is not None
        assert row.top1.total == COUNT


def test_an_engine_that_is_wrong_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: the same engine behind pictures turned by 90 degrees."""
    real = cached_predictions

    def turned(engine: object, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        litert = getattr(engine, "name", "") == "litert"
        return real(engine, np.rot90(images, axes=(1, 2)).copy() if litert else images)  # type: ignore[arg-type]

    monkeypatch.setattr(parity, "cached_predictions", turned)
    _, litert = model_parity("lenet", DIGITS, engines=("litert",)).rows
    assert litert.same_top1 is not None
    assert litert.same_top1 < COUNT / 2
    assert litert.largest is not None
    assert litert.largest > 1
    assert litert.top1 is None


def test_untrained_weights_have_agreement_and_no_accuracy() -> None:
    photo = fit_photos([np.full((300, 300, 3), 99, np.uint8)], model_record("mobilenet").input)
    (row,) = model_parity("mobilenet", photo, [3], engines=()).rows
    assert row.model == "MobileNet (untrained)"
    assert (row.top1, row.top5, row.same_top1) == (None, None, 1)


def test_both_tables_have_the_same_columns() -> None:
    model = model_parity("lenet", DIGITS[:3], [7, 2, 1], engines=("litert",)).rows
    table = comparison_table(model)
    assert list(table["same_top1"]) == [3, 3]
    assert table["top1"][1] == "3 of 3: 100.0 % (43.9 to 100.0)"
    nothing = comparison_table([replace(model[1], kind="pipeline", same_top1=None, largest=None, top1=None)])
    assert list(nothing.columns) == list(table.columns)
    assert list(nothing.dtypes[:-3]) == list(table.dtypes[:-3])
    assert nothing["same_top1"].isna().all()
    assert nothing["largest"].isna().all()
    assert comparison_table([]).empty


# Records of a processor that is too slow for each run


def test_a_record_is_held_to_what_is_computed_again() -> None:
    with open_engine("litert", "lenet") as engine:
        truth = engine.predict(DIGITS)
        record = Recorded(truth + np.float32(2e-6), {})
        probabilities, chosen = recomputed(record, engine, DIGITS, 5)
        assert len(chosen) == 5
        assert np.array_equal(probabilities[chosen], truth[chosen])
        others = np.setdiff1d(np.arange(COUNT), chosen)
        assert np.array_equal(probabilities[others], record.probabilities[others])
        wrong = truth.copy()
        wrong[chosen[2]] = wrong[chosen[2], ::-1]
        with pytest.raises(DataError, match=r"wrong or stale: .*5 images within 1e-05 of it; received a difference"):
            recomputed(Recorded(wrong, {}), engine, DIGITS, 5)
        for count in (0, COUNT + 1):
            with pytest.raises(DataError, match=f"expected 1 to {COUNT} images to compute again; received {count}"):
                recomputed(record, engine, DIGITS, count)


def test_the_committed_record_of_the_photos_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    images = fit_photos([sample.pixels for sample in load_ilsvrc_samples()], model_record("squeezenet").input)
    real = open_engine

    def without_arm(engine: str, *arguments: object) -> object:
        if engine == "arm":
            raise LaneError("no emulator here")
        return real(engine, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(parity, "open_engine", without_arm)
    _, arm = model_parity("squeezenet", images, engines=("arm",), arm_record=ARM_PHOTOS_RECORD).rows
    assert arm.where == "arm-emulated"
    assert arm.note.startswith(
        "recorded on ARM Cortex-A72 emulated by QEMU; none computed again here: no emulator here"
    )
    assert arm.same_top1 == 20
    assert arm.largest is not None
    assert arm.largest < 1e-3
    with pytest.raises(DataError, match="of other images"):
        model_parity("squeezenet", images[::-1], engines=("arm",), arm_record=ARM_PHOTOS_RECORD)


@pytest.mark.parametrize("model", ARM_SAMPLE_RECORDS)
def test_the_committed_records_of_the_large_networks_belong_to_their_files(model: str) -> None:
    manifest, _ = build_model(model, formats=["tflite"])
    images = sample_images(manifest.input)
    recorded = load_recorded(ARM_SAMPLE_RECORDS[model], manifest.file("tflite").sha256, images)
    assert recorded.probabilities.shape == (len(images), 1000)
    assert recorded.info["where"] == "arm-emulated"


@pytest.mark.arm
def test_a_recorded_photo_is_computed_again_on_arm() -> None:
    images = fit_photos([sample.pixels for sample in load_ilsvrc_samples()], model_record("squeezenet").input)
    with open_engine("arm", "squeezenet") as engine:
        record = load_recorded(ARM_PHOTOS_RECORD, engine.file.sha256, images)
        _, chosen = recomputed(record, engine, images, 1)
    assert len(chosen) == 1


# The platforms' own ways


def _run(name: str, model: str, photos: list[PhotoFile]) -> PhotoRun:
    return photo_runs(model, photos, "offline", progress=False)[name]()


def _same_inputs(run: PhotoRun, model: str, photos: list[PhotoFile]) -> int:
    expected = model_record(model).input
    assert run.inputs is not None
    return sum(run.inputs[photo.name] == tensor_hash(read_fitted(photo, expected), expected) for photo in photos)


@pytest.mark.java
@pytest.mark.parametrize(("model", "photos"), [("lenet", _digits(4)), ("squeezenet", _photos())])
def test_java_gives_the_network_what_python_gives_it(model: str, photos: list[PhotoFile]) -> None:
    run = _run("jvm_tflite", model, photos)
    assert (run.where, run.note) == ("jvm", "")
    assert _same_inputs(run, model, photos) == len(photos)
    assert run.answers is not None
    assert run.answers.keys() == {photo.name for photo in photos}


@pytest.mark.java
def test_a_photo_that_java_cannot_read_is_counted() -> None:
    ink = io.BytesIO()
    Image.new("CMYK", (300, 300), (9, 99, 0, 30)).save(ink, "JPEG")
    photos = [*_photos()[:2], PhotoFile("ink.jpg", ink.getvalue())]
    run = _run("jvm_tflite", "squeezenet", photos)
    assert run.answers is not None
    if "ink.jpg" not in run.answers:
        assert run.note.startswith("1 not read, such as ink.jpg: ")
        assert run.inputs is None
    assert {photo.name for photo in photos[:2]} <= run.answers.keys()


@pytest.mark.swift
@pytest.mark.parametrize(("model", "photos"), [("lenet", _digits(4)), ("squeezenet", _photos())])
def test_swift_gives_the_network_what_python_gives_it(model: str, photos: list[PhotoFile]) -> None:
    run = _run("swift", model, photos)
    assert (run.where, run.answers) == ("swift-linux", None)
    assert "no network ran" in run.note
    assert _same_inputs(run, model, photos) == len(photos)


def test_core_mls_image_input_is_tested_through_its_file() -> None:
    pytest.importorskip("coremltools")
    run = _run("mlmodel", "lenet", _digits(4))
    assert "Apple's decoders exist on Apple's systems alone" in run.note
    assert run.probabilities is not None
    assert np.abs(run.probabilities - _lenet_answers(4)).max() < 1e-4
    assert run.inputs is None


def test_a_tutorials_resize_gives_the_network_something_else() -> None:
    photos = _photos()
    for name in ("tensorflow", "tensorflow_stretched"):
        assert _same_inputs(_run(name, "squeezenet", photos), "squeezenet", photos) == 0
    # Where nothing needs to be resized, only the decoder and the crop are left: the same crop, or a squeezed photo.
    side = model_record("squeezenet").input.resize
    assert side is not None
    rng = np.random.default_rng(3)
    exact = [
        PhotoFile("exact.png", _png(rng.integers(0, 256, (side.shorter_side, side.shorter_side + 51, 3), np.uint8)))
    ]
    assert _same_inputs(_run("tensorflow", "squeezenet", exact), "squeezenet", exact) == 1
    assert _same_inputs(_run("tensorflow_stretched", "squeezenet", exact), "squeezenet", exact) == 0


def test_a_network_without_a_resize_rule_has_no_tutorials_resize() -> None:
    assert {"jvm_tf_mobile", "jvm_tflite", "mlmodel", "mlpackage_fp16", "swift"} == photo_runs(
        "lenet", _digits(1), "offline", progress=False
    ).keys()


# A phone's log among the platforms


@pytest.fixture(scope="module")
def log() -> RunLog:
    """What an app says of the digits, here by the JVM's."""
    with photo_folder(_digits(6), "lenet") as folder:
        return run_jvm_validation(folder, "lenet", golden=None, progress=False)


@pytest.mark.java
def test_a_phones_log_is_a_row_of_its_own(log: RunLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "photo_runs", lambda *_: {})
    _, row = parity.pipeline_parity("lenet", _digits(5), logs={"A phone": log}).rows
    assert (row.what, row.where, row.total, row.same_top1, row.same_input) == ("A phone", "jvm", 5, 5, None)
    assert row.largest is not None
    assert row.largest < 1e-3


@pytest.mark.java
def test_a_log_of_another_model_or_other_photos_is_refused(log: RunLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "photo_runs", lambda *_: {})
    others = [photo._replace(name=f"other_{photo.name}") for photo in _digits(2)]
    with pytest.raises(DataError, match=r"expected A phone to hold answers to photos such as other_00\.png"):
        parity.pipeline_parity("lenet", others, logs={"A phone": log})
    foreign = log.model_copy(update={"model": log.model.model_copy(update={"weights_sha256": "7" * 64})})
    with pytest.raises(DataError, match=r"run of LeNet with the weights .*received one of lenet with 777777777777"):
        parity.pipeline_parity("lenet", _digits(2), logs={"A phone": foreign})


def test_a_photo_that_python_cannot_read_is_named() -> None:
    torn = PhotoFile("torn.png", _digits(1)[0].content[:-20])
    with pytest.raises(ImageError, match=r"torn\.png"):
        parity.pipeline_parity("lenet", [torn])
    for photos in ([], [torn, torn]):
        with pytest.raises(ImageError, match="at least one photo, each name once"):
            parity.pipeline_parity("lenet", photos)


def test_labels_and_images_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="a label for each of 40 images; received 2"):
        model_parity("lenet", DIGITS, [1, 2], engines=())
    for images in (DIGITS[:0], DIGITS.astype(np.float32)):
        with pytest.raises(ImageError, match="uint8 images"):
            model_parity("lenet", images, engines=())  # type: ignore[arg-type]
