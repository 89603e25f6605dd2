"""The diagnosis of logs: each mistake by name, whoever made it and with which photos; and none where there is none."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from helpers.data import load_mnist
from helpers.diagnosis import NO_MISTAKE, UNDECIDED, UNKNOWN, Diagnosis, as_if, diagnose
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import DataError, ImageError, ModelFileError
from helpers.golden import golden_pictures
from helpers.preprocess import fit_photo, to_tensor
from helpers.preprocess_bugs import RIGHT, Pipeline, applicable_bugs, preprocess_bug, with_bug
from helpers.runs.jvm_validation import run_jvm_validation
from helpers.runs.run_log import RunLog
from helpers.sources import source_hash
from helpers.zoo import model_record

MODELS = ("lenet", "squeezenet", "mobilenet", "densenet121")
Photos = Mapping[str, NDArray[np.uint8]]
_source_hash = cache(source_hash)


@cache
def _engine(model: str) -> Engine:
    return open_engine("keras", model)


@pytest.fixture(autouse=True)
def _engines_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading DenseNet121 takes seconds, hashing the source a tenth of one, and a diagnosis does both each time."""

    @contextmanager
    def opened(_: str, model: str, __: str) -> Iterator[Engine]:
        yield _engine(model)

    monkeypatch.setattr("helpers.predictions.source_hash", _source_hash)
    for module in ("reasoning", "made_up"):
        monkeypatch.setattr(f"helpers.diagnosis.{module}.open_engine", opened)


def _scene(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """A made-up photo: soft colours, hard edges, fine grain."""
    noise = np.random.default_rng(seed)
    soft = Image.fromarray(noise.integers(0, 256, (5, 6, 3), np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    photo = np.array(soft, np.int16)
    rows, columns = np.mgrid[0:height, 0:width]
    for _ in range(12):
        top, left, size = noise.uniform(0, height), noise.uniform(0, width), noise.uniform(2, 4 + 0.4 * width)
        photo[(rows - top) ** 2 + (columns - left) ** 2 < size**2 / 4] = noise.integers(0, 256, 3)
    return np.asarray((photo + noise.normal(0, 9, photo.shape)).clip(0, 255), np.uint8)


@cache
def _pictures(model: str) -> dict[str, NDArray[np.uint8]]:
    """Photos that nothing was built with."""
    if model == "lenet":
        return {f"digit {number}": load_mnist("test")[0][number] for number in (41, 58)}
    return {"lying": _scene(1, 402, 633), "upright": _scene(2, 517, 340)}


def _log(model: str, photos: Photos, **changes: Any) -> RunLog:
    """An accuracy run's log; what it says of the pictures is nonsense until `as_if` has said it."""
    manifest = _engine(model).manifest
    classes = len(manifest.labels)
    top = [{"class_number": 0, "probability": 1.0}]
    channels = [{"min": 0.0, "mean": 0.0, "max": 0.0}] * manifest.input.channels
    times = {"preprocess_ns": 1, "invoke_ns": 1}
    images = [{"id": f"{label}.png", "label": label, "top": top, **times} for label in range(3)]
    content = {
        "schema_version": 1,
        "kind": "accuracy",
        "where": "phone",
        "device": {"manufacturer": "x", "model": "x", "soc": None, "os": "Android", "os_version": "8", "cores": 8},
        "app": {"name": "app", "build": "1"},
        "model": {
            "name": model,
            "classes": classes,
            "weights_kind": manifest.weights.kind,
            "weights_sha256": manifest.weights.sha256,
            "file_format": None,
            "file_sha256": None,
        },
        "engine": {"name": "x", "version": "1", "threads": 1, "init_ns": None},
        "started_at": "2018-06-01T12:00:00Z",
        "wall_ns": 10**9,
        "resources": dict.fromkeys(
            (
                "cpu_ns",
                "cpu_percent",
                "threads",
                "peak_memory_bytes",
                "battery_start_percent",
                "battery_end_percent",
                "thermal_state",
                "gpu_percent",
                "gpu_source",
            )
        ),
        "latency": None,
        "pipeline": None,
        "accuracy": {
            "data_set": "x",
            "labelled": 3,
            "top1_correct": 1,
            "top5_correct": 1,
            "images": images,
            "failed": [],
        },
        "golden": [
            {"picture": name, "fitted_sha256": "0" * 64, "tensor_sha256": "0" * 64, "channels": channels, "top": top}
            for name in photos
        ],
    }
    return RunLog.model_validate_json(json.dumps(content | changes))


def _made(model: str, mistake: str | Pipeline = RIGHT, photos: Photos | None = None) -> RunLog:
    photos = _pictures(model) if photos is None else photos
    return as_if(_log(model, photos), mistake, photos)


def _diagnosed(model: str, mistake: str | Pipeline = RIGHT) -> Diagnosis:
    return diagnose(_made(model, mistake), _pictures(model))


def _changed(log: RunLog, **golden: Any) -> RunLog:
    """A log with other entries for its golden pictures."""
    content = log.model_dump(mode="json")
    for entry in content["golden"]:
        entry.update(golden)
    return RunLog.model_validate_json(json.dumps(content))


@pytest.mark.parametrize("model", MODELS)
def test_a_sound_log_is_sound(model: str) -> None:
    found = _diagnosed(model)
    assert (found.verdict, found.mistakes, found.stage, found.certain) == (NO_MISTAKE, (), None, True)
    assert found.with_answers
    assert found.evidence.pixels.tolist() == found.evidence.tensor.tolist() == ["right", "right"]
    assert (found.evidence.mean_off == 0).all()
    assert found.evidence.answer_off.max() < 1e-3
    assert found.candidates.explains.sum() == 1


@pytest.mark.parametrize("model", MODELS)
def test_each_mistake_is_named_in_each_variant(model: str) -> None:
    slow = model == "densenet121"
    for bug in applicable_bugs(model_record(model).input):
        # DenseNet121 is slow: of most mistakes, the usual variant.
        for variant in bug.variants(model_record(model).input)[: 1 if slow and bug.name != "one_scale" else None]:
            found = _diagnosed(model, variant)
            told = (found.verdict, found.mistakes, found.stage, found.certain)
            assert told == (bug.title, (bug.name,), bug.stage, True), (variant.title, found.sentence)
            assert variant.title in found.sentence
            assert found.candidates.mistake[0] == bug.title


MEAN, STD = np.array((0.485, 0.456, 0.406)), np.array((0.229, 0.224, 0.225))
CAFFE = np.array((103.939, 116.779, 123.68))
# As programmers write it, in other words and in another order of arithmetic than helpers.preprocess.
WRITTEN: dict[tuple[str, str], Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    ("mobilenet", ""): lambda x: (x - 127.5) / 127.5,
    ("mobilenet", "divisor"): lambda x: x / 127.0 - 1.0,
    ("mobilenet", "no_bias"): lambda x: x / 127.5,
    ("mobilenet", "swapped"): lambda x: (x[..., ::-1] - 127.5) / 127.5,
    ("mobilenet", "twice"): lambda x: ((x - 127.5) / 127.5 - 127.5) / 127.5,
    ("densenet121", ""): lambda x: (x / 255 - MEAN) / STD,
    ("densenet121", "swapped"): lambda x: (x[..., ::-1] / 255 - MEAN) / STD,
    ("densenet121", "one_scale"): lambda x: (x / 255 - MEAN) / 0.226,
    ("densenet121", "twice"): lambda x: ((x / 255 - MEAN) / STD - MEAN) / STD,
    ("densenet121", "divisor"): lambda x: (x / 256 - MEAN) / STD,
    ("squeezenet", ""): lambda x: x[..., ::-1] - CAFFE,
    ("squeezenet", "swapped"): lambda x: x - CAFFE[::-1],
    ("lenet", ""): lambda x: 1 - (255 - x) / 255,
    ("lenet", "divisor"): lambda x: x / 256,
    ("lenet", "twice"): lambda x: x / 65025,
}


@pytest.mark.parametrize(("model", "name"), WRITTEN)
def test_it_does_not_matter_how_the_arithmetic_is_written(model: str, name: str) -> None:
    write = WRITTEN[model, name]
    way = Pipeline("as in an app", tensor=lambda images, _: write(images.astype(np.float64)).astype(np.float32))
    found = _diagnosed(model, way)
    assert found.mistakes == ((name,) if name else ()), found.candidates.head(3).to_string()
    assert found.verdict == (preprocess_bug(name).title if name else NO_MISTAKE)


def _squeezed(photo: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    return np.array(Image.fromarray(photo).resize((side, side), Image.Resampling.BILINEAR))


def _tensorflow_nearest(photo: NDArray[np.uint8], shorter: int, side: int) -> NDArray[np.uint8]:
    import tensorflow as tf

    height, width = (round(n * shorter / min(photo.shape[:2])) for n in photo.shape[:2])
    resized = tf.image.resize(photo, (height, width), "nearest").numpy()
    top, left = (height - side) // 2, (width - side) // 2
    return np.ascontiguousarray(resized[top : top + side, left : left + side])


def test_it_does_not_matter_which_library_made_the_wrong_pixels() -> None:
    ways = {
        "stretched": Pipeline("one step", lambda photo, expected: _squeezed(photo, expected.width)),
        "nearest": Pipeline("tf.image", lambda photo, expected: _tensorflow_nearest(photo, 256, expected.width)),
        "sideways": Pipeline("numpy", lambda photo, e: fit_photo(np.rot90(photo)[::1].copy(), e)),
    }
    for name, way in ways.items():
        assert _diagnosed("mobilenet", way).mistakes == (name,)


def _as_jpeg(photos: Photos, fancy: bool, method: str) -> tuple[Photos, Photos]:
    """The photos saved as JPEG, as two decoders read them: Pillow's, and TensorFlow's with other settings."""
    import tensorflow as tf

    one, other = {}, {}
    for name, photo in photos.items():
        stream = io.BytesIO()
        Image.fromarray(photo).save(stream, "jpeg", quality=88)
        one[name] = np.array(Image.open(stream))
        decoded = tf.io.decode_jpeg(stream.getvalue(), channels=3, fancy_upscaling=fancy, dct_method=method)
        other[name] = decoded.numpy()
        assert not np.array_equal(one[name], other[name])
    return one, other


@pytest.mark.parametrize(
    ("model", "fancy", "method"), [("squeezenet", True, "INTEGER_FAST"), ("mobilenet", False, "INTEGER_ACCURATE")]
)
def test_another_jpeg_decoder_is_no_mistake_and_hides_none(model: str, fancy: bool, method: str) -> None:
    here, there = _as_jpeg(_pictures(model), fancy, method)
    sound = diagnose(_made(model, RIGHT, there), here)
    assert (sound.verdict, sound.certain) == (NO_MISTAKE, False), sound.candidates.head(5).to_string()
    assert "another JPEG decoder" in sound.sentence
    for bug in applicable_bugs(model_record(model).input):
        found = diagnose(_made(model, bug.name, there), here)
        assert (found.mistakes, found.certain) == ((bug.name,), False), found.candidates.head(5).to_string()


@settings(deadline=None, max_examples=12, derandomize=True)
@given(
    st.integers(0, 10**6),
    st.integers(9, 420),
    st.integers(9, 420),
    st.sampled_from(["scene", "noise", "plain", "gray"]),
)
def test_a_right_app_is_never_blamed(seed: int, height: int, width: int, kind: str) -> None:
    photo = _scene(seed, height, width)
    if kind == "noise":
        photo = np.random.default_rng(seed).integers(0, 256, photo.shape, np.uint8)
    elif kind == "plain":
        photo[:] = photo[0, 0]
    elif kind == "gray":
        photo[:] = photo[..., :1]
    found = diagnose(_made("squeezenet", RIGHT, {"a": photo}), {"a": photo})
    assert found.verdict in (NO_MISTAKE, UNDECIDED)
    if kind in ("scene", "noise"):
        assert found.verdict == NO_MISTAKE, found.sentence


def test_a_plain_picture_hides_what_does_nothing_to_it() -> None:
    plain = {"wall": np.full((300, 400, 3), 90, np.uint8)}
    for name in ("swapped", "stretched", "nearest", "sideways"):
        found = diagnose(_made("mobilenet", name, plain), plain)
        assert (found.verdict, found.certain) == (UNDECIDED, False)
        assert name in found.mistakes
        assert "take other pictures" in found.sentence
    for name in ("no_bias", "twice", "divisor", "shifted"):
        assert diagnose(_made("mobilenet", name, plain), plain).mistakes == (name,)


def test_a_photo_of_the_right_size_is_not_blamed_for_what_cannot_be_resized() -> None:
    photos = {"a": _scene(5, 256, 256)}
    assert diagnose(_made("squeezenet", RIGHT, photos), photos).verdict == NO_MISTAKE


def test_what_nothing_explains_is_said_to_be_so() -> None:
    def blurred(photo: NDArray[np.uint8], expected: Any) -> NDArray[np.uint8]:
        return np.array(Image.fromarray(fit_photo(photo, expected)).filter(ImageFilter.GaussianBlur(5)))

    def darker(photo: NDArray[np.uint8], expected: Any) -> NDArray[np.uint8]:
        return fit_photo(photo // 2, expected)

    ways: list[tuple[Pipeline, str]] = [
        (Pipeline("blurred", blurred), "pixels"),
        (Pipeline("darker", darker), "pixels"),
        (Pipeline("only divided", tensor=lambda images, _: images.astype(np.float32) / np.float32(255)), "tensor"),
        (Pipeline("inverted", tensor=lambda images, e: to_tensor(255 - images, e)), "tensor"),
        (Pipeline("reversed", answer=lambda probabilities: probabilities[:, ::-1]), "answer"),
    ]
    for way, stage in ways:
        found = _diagnosed("mobilenet", way)
        assert (found.verdict, found.mistakes, found.stage, found.certain) == (UNKNOWN, (), stage, False), way.title
        assert not found.candidates.explains.any()


def test_a_mistake_inside_the_models_file_shows_in_the_answers() -> None:
    right = _made("squeezenet").model_dump(mode="json")
    for name in ("swapped", "no_bias"):
        wrong = _made("squeezenet", name).model_dump(mode="json")
        for entry, other in zip(right["golden"], wrong["golden"], strict=True):
            entry["top"] = other["top"]
        found = diagnose(RunLog.model_validate_json(json.dumps(right)), _pictures("squeezenet"))
        assert (found.mistakes, found.stage, found.certain) == ((name,), "answer", False)
        assert "inside the model's file" in found.sentence
    # The other way round: the tensor in the log is wrong for certain, whatever the network was given.
    for entry, other in zip(wrong["golden"], _made("squeezenet").golden, strict=True):
        entry["top"] = [each.model_dump() for each in other.top]
    found = diagnose(RunLog.model_validate_json(json.dumps(wrong)), _pictures("squeezenet"))
    assert (found.mistakes, found.certain) == (("no_bias",), False)
    assert "answers are not explained" in found.sentence


def test_two_mistakes_at_once_are_both_named() -> None:
    expected = model_record("squeezenet").input
    ways = {name: with_bug(name, expected) for name in ("nearest", "no_bias", "swapped", "shifted")}
    both = Pipeline("both", fit=ways["nearest"].fit, tensor=ways["no_bias"].tensor)
    found = _diagnosed("squeezenet", both)
    assert (set(found.mistakes), found.stage) == ({"nearest", "no_bias"}, "pixels")
    assert found.verdict == "nearest pixel instead of antialiased resize and bias dropped"
    shifted = Pipeline("both", tensor=ways["swapped"].tensor, answer=ways["shifted"].answer)
    assert set(_diagnosed("squeezenet", shifted).mistakes) == {"swapped", "shifted"}


def _of_other_weights(log: RunLog, hits: int) -> RunLog:
    """The log of weights that nobody has here, in which so many of 40 images are called by the next label."""
    content = log.model_dump(mode="json")
    content["model"]["weights_sha256"] = "5" * 64
    images = [
        {
            "id": str(n),
            "label": n % 9,
            "top": [{"class_number": n % 9 + (n < hits), "probability": 1.0}],
            "preprocess_ns": 1,
            "invoke_ns": 1,
        }
        for n in range(40)
    ]
    counted = {"labelled": 40, "top1_correct": 40 - hits, "top5_correct": 40 - hits}
    content["accuracy"] |= {"images": images, **counted}
    return RunLog.model_validate_json(json.dumps(content))


def test_without_the_weights_the_tensors_and_the_labels_tell() -> None:
    photos = _pictures("mobilenet")
    for mistake, hits, names in (("", 3, ()), ("swapped", 3, ("swapped",)), ("", 30, ("shifted",)), ("", 20, ())):
        log = _of_other_weights(_made("mobilenet", mistake or RIGHT), hits)
        found = diagnose(log, photos)
        assert (found.mistakes, found.certain, found.with_answers) == (names, False, False)
        assert "weights are not at hand" in found.sentence
        assert found.evidence.right_class.isna().all()


def test_the_golden_pictures_are_the_default() -> None:
    golden = golden_pictures()
    log = as_if(_log("squeezenet", golden), "stretched")
    assert diagnose(log).mistakes == ("stretched",)
    assert [entry.picture for entry in log.golden] == list(golden)
    # Colour is made gray for a network that reads gray, as the apps do it.
    gray = {"a": np.repeat(load_mnist("test")[0][9], 3, axis=2)}
    assert diagnose(_made("lenet", "sideways", gray), gray).mistakes == ("sideways",)


def test_a_made_up_log_says_so_and_counts_anew() -> None:
    log = _log("lenet", _pictures("lenet"))
    made = as_if(log, "shifted", _pictures("lenet"))
    assert made.app.name == "made up (each class is called by the next one's label), after app"
    assert made.accuracy is not None
    assert [image.top[0].class_number for image in made.accuracy.images] == [1, 1, 1]
    assert (made.accuracy.top1_correct, made.accuracy.top5_correct) == (1, 1)
    assert [image.label for image in made.accuracy.images if image.top[0].class_number == image.label] == [1]
    with pytest.raises(DataError, match="expected the log's weights"):
        as_if(_of_other_weights(log, 1), "shifted", _pictures("lenet"))
    with pytest.raises(DataError, match="received 'swapped'"):
        as_if(log, "swapped", _pictures("lenet"))


def test_what_cannot_be_diagnosed_is_one_clear_error() -> None:
    photos = _pictures("lenet")
    log = _made("lenet")
    with pytest.raises(DataError, match="with golden pictures; received one of kind 'accuracy' without"):
        diagnose(_log("lenet", {}), photos)
    with pytest.raises(DataError, match="such as 'digit 41'; received 'other'"):
        diagnose(log, {"other": photos["digit 41"]})
    for wrong in (np.zeros((20, 20, 1), np.uint8), np.zeros((28, 28), np.uint8), np.zeros((28, 28, 1), np.float32)):
        with pytest.raises(ImageError, match=r"^digit 41: expected a uint8 photo"):
            diagnose(log, {**photos, "digit 41": wrong})
    with pytest.raises(ModelFileError, match="one of the models"):
        diagnose(log.model_copy(update={"model": log.model.model_copy(update={"name": "alexnet"})}), photos)


def test_a_log_with_another_number_of_channels_is_not_explained() -> None:
    log = _changed(_made("mobilenet"), channels=[{"min": 0.0, "mean": 0.1, "max": 1.0}], tensor_sha256="4" * 64)
    found = diagnose(log, _pictures("mobilenet"))
    assert (found.verdict, found.stage) == (UNKNOWN, "tensor")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("fitted", ["1" * 64, None])
@pytest.mark.parametrize(("least", "most"), [(-1e308, 1.7e308), (1.7e308, 1.7e308), (5e-324, 5e-324)])
def test_the_largest_and_smallest_numbers_do_no_harm(least: float, most: float, fitted: str | None) -> None:
    golden: dict[str, Any] = {"channels": [{"min": least, "mean": most, "max": most}], "tensor_sha256": "4" * 64}
    log = _changed(_made("lenet"), **golden, **({"fitted_sha256": fitted} if fitted else {}))
    assert diagnose(log, _pictures("lenet")).verdict == UNKNOWN


@pytest.mark.java
@pytest.mark.parametrize("model", ["lenet", "mobilenet"])
def test_the_apps_own_code_is_sound(model: str, tmp_path: Path) -> None:
    photos = {}
    for name, photo in _pictures(model).items():
        Image.fromarray(photo.squeeze()).save(tmp_path / f"{name}.png")
        photos[f"{name}.png"] = photo
    if model == "mobilenet":
        # Java's decoder is not Pillow's.
        Image.fromarray(photos.pop("lying.png")).save(tmp_path / "lying.jpg", quality=85)
        (tmp_path / "lying.png").unlink()
        photos["lying.jpg"] = np.array(Image.open(tmp_path / "lying.jpg"))
    log = run_jvm_validation(tmp_path, model, golden=tmp_path, progress=False)
    assert {entry.picture for entry in log.golden} == set(photos)
    found = diagnose(log, photos)
    assert found.verdict == NO_MISTAKE, found.candidates.head(5).to_string()
    assert found.evidence.set_index("picture").tensor.filter(like=".png").eq("right").all()
    assert diagnose(as_if(log, "sideways", photos), photos).mistakes == ("sideways",)
