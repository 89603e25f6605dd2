"""A user's own Keras file: it becomes a model like the paper's, in each format and both apps, or it says why not."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from helpers import own_model
from helpers.apk.assets import app_models, gather_assets
from helpers.artifacts import build_model, model_folder
from helpers.convert.frozen import freeze
from helpers.convert.tf_mobile import fetchable_layers, rewrite
from helpers.coreml.library import coreml_missing
from helpers.engines import open_engine
from helpers.errors import DataError, ManifestError, ModelFileError
from helpers.files import build_dir, ensure_folder, sha256_file
from helpers.ios.models import add_models, load_app_manifest
from helpers.lanes.java import java_missing
from helpers.manifest import load_manifest
from helpers.own_model import main, register_model, try_model
from helpers.own_network import load_own_network
from helpers.own_record import find_own_model, own_folder, own_model_names
from helpers.own_settings import own_input, read_labels
from helpers.parity import sample_images
from helpers.runs.jvm_pipeline import run_jvm_pipeline
from helpers.weights import choose_weights
from helpers.zoo import model_names, model_record

layers = keras.layers
FLOWERS = ["rose", "tulip", "daisy", "Löwenzahn"]


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A build folder of its own; only the app's Java code is the project's, which takes long to compile."""
    folder = tmp_path_factory.mktemp("build")
    (folder / "android").symlink_to(ensure_folder(build_dir() / "android"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DIR", str(folder))
        yield folder


def lively(model: keras.Model) -> keras.Model:
    """Give a network numbers that make each of its parts matter; fresh biases, for example, are all 0."""
    numbers = np.random.default_rng(5)
    for weight in model.weights:
        low = 0.5 if "variance" in weight.path else -0.6
        weight.assign(numbers.uniform(low, 0.9, weight.shape))
    return model


def colour_network() -> keras.Model:
    """What transfer learning makes: augmentation, arithmetic, a model inside a model, and a softmax around it all."""
    base = keras.Sequential(
        [
            layers.Input((32, 40, 3)),
            layers.Conv2D(6, 3, strides=2, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.SeparableConv2D(8, 3, activation="relu6"),
        ],
        name="base-Net.1",
    )
    image = keras.Input((32, 40, 3), name="photo")
    x = layers.RandomFlip()(image)
    x = keras.applications.mobilenet_v2.preprocess_input(x)
    x = base(x)
    shortcut = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(keras.ops.relu(x + shortcut))
    logits = layers.Dense(4, name="Flowers")(layers.Dropout(0.2)(x))
    return lively(keras.Sequential([keras.Model(image, logits), layers.Softmax()]))


def gray_network() -> keras.Model:
    """A chain without names."""
    return lively(
        keras.Sequential(
            [
                layers.Input((28, 28, 1)),
                layers.Conv2D(4, 3, activation="relu6"),
                layers.SeparableConv2D(8, 3, strides=2),
                layers.GlobalAveragePooling2D(),
                layers.Dense(10, activation="softmax"),
            ]
        )
    )


def small(*middle: Any, shape: tuple[int | None, ...] = (8, 8, 3), end: Any = None) -> keras.Model:
    """An image, what is given, and two probabilities."""
    flat = layers.GlobalAveragePooling2D()
    return keras.Sequential([layers.Input(shape), *middle, flat, end or layers.Dense(2, activation="softmax")])


def saved(model: keras.Model, path: Path) -> Path:
    model.save(path)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "labels.txt").write_bytes("\ufeffrose\r\ntulip\r\n daisy \r\nLöwenzahn\r\n\r\n".encode())
    return {
        "flowers": saved(colour_network(), folder / "my flowers.keras"),
        "my_digits": saved(gray_network(), folder / "digits.h5"),
        "labels": folder / "labels.txt",
    }


@pytest.fixture(scope="module")
def registered(files: dict[str, Path]) -> dict[str, Path]:
    register_model("flowers", files["flowers"], "0-255", files["labels"], shorter_side=48)
    register_model("my_digits", files["my_digits"], "0-1", shorter_side=0)
    return files


EXPECTED_FORMATS = ["frozen_pb", "tf_mobile_pb", "tflite", "mlmodel", "mlpackage_fp32", "mlpackage_fp16"]


@pytest.mark.parametrize("name", ["flowers", "my_digits"])
def test_it_goes_all_the_way(name: str, registered: dict[str, Path]) -> None:
    report = try_model(name)
    assert report.agrees
    assert report.refused == {}
    assert report.files["format"].tolist() == EXPECTED_FORMATS
    made = report.files.loc[report.files["problem"] == "", "format"].tolist()
    assert made == (EXPECTED_FORMATS if coreml_missing() is None else EXPECTED_FORMATS[:3])
    compared = [check for check in report.checks if check.kind == "file"]
    assert len(compared) == len(made) + (2 if java_missing() is None else 0)
    assert [check.kind for check in report.checks if check.kind == "control"]
    assert report.next_steps[0] == f'make apk MODELS="{name}"'
    assert report.summary.parameters == keras.models.load_model(registered[name]).count_params()
    assert report.summary.conv_layers == {"flowers": 4, "my_digits": 3}[name]
    assert report.summary.flops > 1000
    # A file that differs, or a check that refuses nothing, is told.
    wrong = replace(report.checks[0], tolerance=-1.0)
    assert not replace(report, checks=[wrong, *report.checks[1:]]).agrees
    assert not replace(report, checks=compared).agrees


def test_every_engine_says_what_the_file_says(registered: dict[str, Path]) -> None:
    images = np.random.default_rng(3).integers(0, 256, (5, 32, 40, 3), np.uint8)
    expected = keras.models.load_model(registered["flowers"]).predict(images.astype(np.float32), verbose=0)
    assert expected.std(axis=0).max() > 1e-3  # the images differ
    for engine in ("keras", "frozen", "tf_mobile", "litert"):
        with open_engine(engine, "flowers") as opened:
            np.testing.assert_allclose(opened.predict(images), expected, atol=1e-5)


def test_it_is_a_model_like_the_others_and_the_papers_stay_six(registered: dict[str, Path]) -> None:
    assert own_model_names() == ("flowers", "my_digits")
    assert len(model_names()) == 6
    assert not set(own_model_names()) & set(model_names())
    record = model_record("flowers")
    assert (record.title, record.labels, record.label_ids) == ("Flowers", tuple(FLOWERS), ())
    assert record.input.resize is not None
    assert record.input.resize.shorter_side == 48
    assert (model_record("my_digits").title, model_record("my_digits").labels[9]) == ("MyDigits", "9")
    manifest, folder = build_model("flowers", formats=["tflite"])
    assert folder == model_folder("flowers")
    assert manifest.weights.kind == "given"
    assert manifest.weights.sha256 == sha256_file(registered["flowers"])
    assert "my flowers.keras" in manifest.weights.source
    for word in ("offline", "imagenet"):
        assert choose_weights("flowers", word).sha256 == manifest.weights.sha256
    with pytest.raises(ModelFileError, match="weights that it was registered with"):
        choose_weights("flowers", registered["flowers"])
    with pytest.raises(ModelFileError, match=r"densenet121, flowers, my_digits; received 'vgg'.*helpers\.own_model"):
        model_record("vgg")
    with pytest.raises(ModelFileError, match=r"received '\.\./flowers'"):
        model_record("../flowers")


@pytest.mark.java
@pytest.mark.parametrize("engine", ["tflite", "tf_mobile"])
def test_the_apps_pipeline_runs_it(engine: str, registered: dict[str, Path]) -> None:
    log = run_jvm_pipeline("flowers", engine, seconds=1, progress=False)
    assert (log.model.name, log.model.classes, log.where) == ("flowers", 4, "jvm")
    assert log.pipeline is not None
    assert log.pipeline.processed > 0


def test_the_android_app_gets_it(registered: dict[str, Path], tmp_path: Path) -> None:
    assets = gather_assets(app_models(["flowers", "my_digits"]), tmp_path / "assets")
    manifest = load_manifest(assets / "models" / "flowers")
    assert manifest.labels == tuple(FLOWERS)
    assert {file.format for file in manifest.files} == {"tf_mobile_pb", "tflite"}
    assert (assets / "models" / "my_digits" / "my_digits.tflite").is_file()


@pytest.mark.skipif(coreml_missing() is not None, reason="no coremltools")
def test_the_ios_app_gets_it(registered: dict[str, Path], tmp_path: Path) -> None:
    added = add_models(["flowers", "my_digits"], folder=tmp_path)
    assert [path.name for path in added] == ["Flowers.mlmodel", "MyDigits.mlmodel"]
    assert load_app_manifest(tmp_path / "Flowers.manifest.json").labels == tuple(FLOWERS)


def test_registering_again_changes_nothing_and_another_is_refused(registered: dict[str, Path], tmp_path: Path) -> None:
    copy = own_folder("flowers") / "model.keras"
    before = copy.stat()
    register_model("flowers", registered["flowers"], "0-255", FLOWERS, shorter_side=48)
    assert copy.stat() == before
    other = saved(small(), tmp_path / "other.keras")
    for arguments in (
        (other, "tf"),
        (registered["flowers"], "tf", FLOWERS, 48),
        (registered["flowers"], "0-255", FLOWERS, 50),
        (registered["flowers"], "0-255", None, 48),
    ):
        with pytest.raises(ModelFileError, match="received 'flowers', which is another file, preprocessing or labels"):
            register_model("flowers", *arguments)
    assert copy.stat() == before


def test_another_model_of_the_same_name_makes_other_files(tmp_path: Path) -> None:
    register_model("changing", saved(small(), tmp_path / "one.keras"), "tf")
    first, _ = build_model("changing", formats=["tflite"])
    register_model("changing", saved(small(layers.Conv2D(3, 1)), tmp_path / "two.h5"), "tf", replace=True)
    second, _ = build_model("changing", formats=["tflite"])
    assert first.file("tflite").sha256 != second.file("tflite").sha256
    assert {path.name for path in own_folder("changing").iterdir()} == {"model.h5", "record.json"}
    # Other labels are another manifest of the same file.
    register_model("changing", tmp_path / "two.h5", "tf", ["no", "yes"], replace=True)
    assert build_model("changing", formats=["tflite"])[0].labels == ("no", "yes")


def test_what_is_damaged_is_told_and_can_be_registered_again(tmp_path: Path) -> None:
    path = saved(small(), tmp_path / "one.keras")
    register_model("damaged", path, "tf")
    copy, record = own_folder("damaged") / "model.keras", own_folder("damaged") / "record.json"
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(ModelFileError, match="to be the file that was registered"):
        build_model("damaged", formats=["tflite"])
    register_model("damaged", path, "tf")
    build_model("damaged", formats=["tflite"])
    record.write_text("{}")
    with pytest.raises(ModelFileError, match="register it again"):
        model_record("damaged")
    register_model("damaged", path, "tf")
    record.write_text(record.read_text().replace('"damaged"', '"another"'))
    with pytest.raises(ModelFileError, match="it is of another"):
        find_own_model("damaged")
    shutil.rmtree(own_folder("damaged"))


def test_one_damaged_record_does_not_keep_other_models_out(tmp_path: Path) -> None:
    path = saved(small(), tmp_path / "one.keras")
    for folder in ("broken", "Not a name"):
        ensure_folder(own_folder(folder))
        (own_folder(folder) / "record.json").write_text("{")
    assert "broken" in own_model_names()
    assert "Not a name" not in own_model_names()
    assert register_model("whole", path, "tf").title == "Whole"
    with pytest.raises(ModelFileError, match="another title than 'broken'"):
        register_model("bro_ken", path, "tf")
    for folder in ("broken", "Not a name", "whole"):
        shutil.rmtree(own_folder(folder))


def test_a_format_that_cannot_be_made_is_a_row(tmp_path: Path) -> None:
    # TensorFlow 1.13.1 resizes in another way.
    network = small(layers.Conv2D(3, 1), layers.UpSampling2D(2, interpolation="bilinear"))
    register_model("modern", saved(network, tmp_path / "modern.keras"), "torch")
    report = try_model("modern")
    problems = report.files.set_index("format")["problem"]
    assert "half_pixel_centers" in problems["tf_mobile_pb"]
    assert problems["tflite"] == problems["frozen_pb"] == ""
    assert np.isnan(report.files.set_index("format")["megabytes"]["tf_mobile_pb"])
    assert 'make apk MODELS="modern"' in report.next_steps
    assert all(check.as_expected for check in report.checks if check.kind == "file")
    ((manifest, _),) = app_models(["modern"])
    assert [file.format for file in manifest.files] == ["tflite"]
    with pytest.raises(ManifestError):
        manifest.file("tf_mobile_pb")


@pytest.mark.parametrize("network", ["net", "image", "probabilities", "const"])
def test_names_of_any_kind_become_nodes(network: str, tmp_path: Path) -> None:
    names = ["Const", "Identity", "image", "IMAGE", "probabilities", "net_1", "Net", "a.b", "a-b", "classLabel"]
    names += ["net_network", "net_network_1", "Placeholder", "conv2d_7"]
    path = saved(small(*(layers.Conv2D(3, 1, name=name) for name in names)), tmp_path / "names.keras")
    model = load_own_network(path, network)
    assert model.layers[-1].name == "probabilities"
    assert len({layer.name.lower() for layer in model.layers}) == len(names) + 3
    rewrite(freeze(model), [*(layer.name for layer in fetchable_layers(model)), "probabilities"])


def two_inputs() -> keras.Model:
    first, second = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    x = layers.GlobalAveragePooling2D()(layers.Add()([first, second]))
    return keras.Model([first, second], layers.Dense(2, activation="softmax")(x))


def two_outputs() -> keras.Model:
    image = keras.Input((8, 8, 3))
    x = layers.GlobalAveragePooling2D()(image)
    return keras.Model(image, [layers.Dense(2, activation="softmax")(x) for _ in range(2)])


def used_twice() -> keras.Model:
    image, same = keras.Input((8, 8, 3)), layers.Conv2D(3, 1)
    return keras.Model(image, layers.Softmax()(layers.GlobalAveragePooling2D()(same(same(image)))))


def with_nan() -> keras.Model:
    model = small()
    model.layers[-1].bias.assign([np.nan, 0])
    return model


def with_a_bare_operation() -> keras.Model:
    image = keras.Input((8, 8, 3))
    return keras.Model(image, layers.Softmax()(keras.ops.mean(image, axis=(1, 2))))


def in_float16() -> keras.Model:
    return small(layers.Conv2D(3, 1, dtype="mixed_float16"))


@keras.saving.register_keras_serializable(package="tests")
class Custom(keras.layers.Layer):
    """A layer that Keras does not have."""

    def call(self, inputs: Any) -> Any:
        return inputs


BAD_NETWORKS: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "two inputs": (two_inputs, "received 2 inputs and 1 outputs.*one softmax"),
    "two outputs": (two_outputs, "received 1 inputs and 2 outputs"),
    "logits": (lambda: small(end=layers.Dense(3)), r"ends in probabilities.*Sequential\(\[model, keras.layers.Softmax"),
    "several labels at once": (lambda: small(end=layers.Dense(3, activation="sigmoid")), "ends in probabilities"),
    "yes or no": (lambda: small(end=layers.Dense(1, activation="sigmoid")), r"Dense\(2, activation='softmax'\)"),
    "dynamic size": (lambda: small(shape=(None, None, 3)), "of a fixed size.*height, width, 3"),
    "no image": (
        lambda: keras.Sequential([layers.Input((8,)), layers.Dense(2, activation="softmax")]),
        "height, width, channels",
    ),
    "four channels": (lambda: small(shape=(8, 8, 4)), "1 channel or 3, the last axis"),
    "channels first": (lambda: small(shape=(3, 32, 32)), "1 channel or 3, the last axis"),
    "a huge image": (lambda: small(shape=(5000, 8, 3)), "sides of 1 to 4,096"),
    "a Lambda": (lambda: small(layers.Lambda(lambda x: x)), "Lambda.*refused"),
    "a custom layer": (lambda: small(Custom()), "Keras' own layers; received 'tests>Custom'|Keras' own layers"),
    "a layer twice": (used_twice, "used once; received 'conv2d"),
    "NaN": (with_nan, "received NaN or infinity in .*bias"),
    "a bare operation": (with_a_bare_operation, "received the bare operation 'Mean'"),
    "float16": (in_float16, "compute in float32; received 'mixed_float16'"),
}


@pytest.mark.parametrize("case", BAD_NETWORKS)
def test_a_network_that_cannot_be_deployed_is_refused(case: str, tmp_path: Path) -> None:
    make, message = BAD_NETWORKS[case]
    path = saved(make(), tmp_path / "bad.keras")
    with pytest.raises(ModelFileError, match=message) as caught:
        register_model("bad", path, "0-1")
    assert "\n" not in str(caught.value)
    assert find_own_model("bad") is None
    assert not own_folder("bad").exists()


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        # The file's weights would not fit, which shows only once there are variables.
        (layers.Conv2D(12345, 1), "could not be loaded"),
        (layers.UpSampling2D(12345), "numbers between two layers or in an attention; received"),
    ],
    ids=["parameters", "pixels"],
)
def test_a_network_of_terabytes_is_refused_before_it_is_built(layer: Any, message: str, tmp_path: Path) -> None:
    path = saved(small(layer), tmp_path / "small.keras")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = members["config.json"].replace(b"12345", b"2000000000")
    with zipfile.ZipFile(tmp_path / "huge.keras", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ModelFileError, match=message):
        register_model("huge", tmp_path / "huge.keras", "tf")


def of_a_sequence(attend: Callable[[Any], Any], side: int) -> keras.Model:
    image = keras.Input((side, side, 3))
    x = attend(layers.Reshape((side * side, 3))(image))
    return keras.Model(image, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


@pytest.mark.parametrize(
    ("attend", "received"),
    [
        (lambda x: layers.MultiHeadAttention(2, 2)(x, x), "536,870,912"),
        (lambda x: layers.GroupQueryAttention(2, 4, 2)(x, x), "1,073,741,824"),
        (lambda x: layers.Attention()([x, x]), "268,435,456"),
        (lambda x: layers.AdditiveAttention()([x, x]), "805,306,368"),
    ],
    ids=["multi-head", "grouped", "plain", "additive"],
)
def test_an_attention_of_gigabytes_is_refused(attend: Callable[[Any], Any], received: str, tmp_path: Path) -> None:
    path = saved(of_a_sequence(attend, 128), tmp_path / "long.keras")
    with pytest.raises(ModelFileError, match=f"in an attention; received .* and {received}; no phone"):
        register_model("long", path, "tf")


def test_an_attention_of_few_places_is_taken(tmp_path: Path) -> None:
    path = saved(of_a_sequence(lambda x: layers.MultiHeadAttention(2, 2)(x, x), 8), tmp_path / "short.keras")
    assert load_own_network(path, "short").layers[-1].name == "probabilities"


def test_what_is_large_inside_a_model_without_a_fixed_size_is_refused(tmp_path: Path) -> None:
    inner = keras.Sequential([layers.Input((None, None, 3)), layers.UpSampling2D(1000), layers.GlobalMaxPooling2D()])
    image = keras.Input((8, 8, 3))
    path = saved(keras.Model(image, layers.Softmax()(inner(image))), tmp_path / "large.keras")
    with pytest.raises(ModelFileError, match="received 0 and 192,000,000; no phone"):
        register_model("large", path, "tf")


def test_what_is_no_model_file_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.keras"
    text.write_text("a text")
    weights = tmp_path / "w.weights.h5"
    small().save_weights(weights)
    cut = tmp_path / "cut.h5"
    cut.write_bytes(saved(small(), tmp_path / "whole.h5").read_bytes()[:3000])
    plain = tmp_path / "model.txt"
    plain.write_text("x")
    for path, message in (
        (text, "beginning with b'a text'"),
        (weights, "weights alone"),
        (cut, "not whole HDF5"),
        (plain, "path of a Keras file"),
        (tmp_path, "a folder"),
        (tmp_path / "none.keras", "no such file"),
        ("", "no such file"),
        ("a\0b.keras", "Keras file"),
        ("x" * 5000 + ".keras", "Keras file"),
        (None, "Keras file"),
    ):
        with pytest.raises(ModelFileError, match=message):
            register_model("bad", path, "tf")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "Flowers", "lenet", "a b", "../x", "x" * 61, "é", 5, None])
def test_a_name_that_cannot_be_used_is_refused(name: Any, registered: dict[str, Path]) -> None:
    with pytest.raises(ModelFileError, match="expected a name of 1 to 60"):
        register_model(name, registered["flowers"], "0-255", FLOWERS)


@pytest.mark.parametrize("name", ["le_net", "mydigits"])
def test_two_models_do_not_share_a_file_in_the_ios_app(name: str, registered: dict[str, Path]) -> None:
    with pytest.raises(ModelFileError, match="makes another title"):
        register_model(name, registered["flowers"], "0-255", FLOWERS)


@pytest.mark.parametrize(
    ("given", "channels", "scale", "bias", "order"),
    [
        ("tf", 3, (1 / 127.5,) * 3, (-1.0,) * 3, "rgb"),
        ("tf", 1, (1 / 127.5,), (-1.0,), "gray"),
        ("caffe", 3, (1.0,) * 3, (-103.939, -116.779, -123.68), "bgr"),
        ("0-1", 3, (1 / 255,) * 3, (0.0,) * 3, "rgb"),
        ("0-255", 1, (1.0,), (0.0,), "gray"),
        ({"scale": 2}, 3, (2.0,) * 3, (0.0,) * 3, "rgb"),
        ({"scale": [1, 2, 3], "bias": 4.5, "channel_order": "bgr"}, 3, (1.0, 2.0, 3.0), (4.5,) * 3, "bgr"),
        ('{"scale": [0.5], "bias": [-1]}', 1, (0.5,), (-1.0,), "gray"),
    ],
)
def test_preprocessing_by_name_or_by_number(
    given: Any, channels: int, scale: tuple[float, ...], bias: tuple[float, ...], order: str
) -> None:
    made = own_input(20, 30, channels, given)
    assert (made.scale, made.bias, made.channel_order) == (scale, bias, order)
    assert made.resize is not None
    assert made.resize.shorter_side == 30
    assert own_input(20, 30, channels, given, 0).resize is None


def test_the_papers_networks_have_the_named_preprocessing() -> None:
    for name, model in (("tf", "mobilenet"), ("caffe", "resnet50"), ("torch", "densenet121")):
        assert own_input(224, 224, 3, name, 256) == model_record(model).input


@pytest.mark.parametrize(
    ("given", "channels", "side"),
    [
        ("keras", 3, None),
        ("", 3, None),
        (None, 3, None),
        (5, 3, None),
        ("caffe", 1, None),
        ("torch", 1, None),
        ({"scale": [1, 1, 1]}, 1, None),
        ({"scale": [1]}, 3, None),
        ({"scale": 0}, 3, None),
        ({"scale": [1, 0, 1]}, 3, None),
        ({"scale": "1"}, 3, None),
        ({"scale": True}, 3, None),
        ({"scale": float("nan")}, 3, None),
        ({"scale": 10**400}, 3, None),
        ({"scale": 1, "bias": [0, 0, -(10**400)]}, 3, None),
        ('{"scale": 1' + "0" * 400 + "}", 3, None),
        ({"scale": 1, "bias": float("inf")}, 3, None),
        ({"bias": 1}, 3, None),
        ({"scale": 1, "mean": 0}, 3, None),
        ({"scale": 1, "channel_order": "gray"}, 3, None),
        ({"scale": 1, "channel_order": "rgb"}, 1, None),
        ({"scale": 1, "channel_order": "brg"}, 3, None),
        ("{", 3, None),
        ("[" * 100_000, 3, None),
        ('{"scale": NaN}', 3, None),
        ("tf", 3, 20),
        ("tf", 3, -1),
        ("tf", 3, 5000),
        ("tf", 3, True),
        ("tf", 3, "48"),
    ],
)
def test_preprocessing_that_makes_no_sense_is_refused(given: Any, channels: int, side: Any) -> None:
    with pytest.raises(ModelFileError, match=r"expected (preprocessing|shorter_side) to be") as caught:
        own_input(24, 30, channels, given, side)
    assert len(str(caught.value)) < 1000


def test_labels_are_read_as_people_write_them(files: dict[str, Path]) -> None:
    assert read_labels(files["labels"], 4) == tuple(FLOWERS)
    assert read_labels(str(files["labels"]), 4) == tuple(FLOWERS)
    assert read_labels(None, 3) == read_labels("", 3) == ("0", "1", "2")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"], "expected 2 labels.*received 1"),
        (["a", "b", "c"], "received 3"),
        (["a", "a "], "received 'a' 2 times"),
        (["\u00e9", "e\u0301"], "2 times"),
        (["a", ""], "received '' as number 2"),
        (["a", "b\x00"], "as number 2"),
        (["a", "\ud800"], "as number 2"),
        (["a", 5], "as number 2"),
        (["a", "x" * 201], "as number 2"),
        (b"a\n\nb\n", "received '' as number 2"),
        (b"\xff\xfe", "cannot be read"),
        (b"x" * 1_000_001, "at most 1,000,000 bytes"),
        (5, "list or the path of a text file; received int"),
        (1.5, "received float"),
        (True, "received bool"),
        ("nowhere.txt", "cannot read the labels"),
        ("/", "cannot read the labels"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels: Any, message: str, tmp_path: Path) -> None:
    if isinstance(labels, bytes):
        (tmp_path / "labels.txt").write_bytes(labels)
        labels = tmp_path / "labels.txt"
    with pytest.raises(DataError, match=message):
        read_labels(labels, 2)


@pytest.mark.parametrize("shape", [(28, 28, 1), (30, 20, 1), (30, 20, 3)])
def test_there_are_pictures_for_every_input(shape: tuple[int, int, int]) -> None:
    for side in (None, 0):
        images = sample_images(own_input(*shape, "tf", side))
        assert images.shape == (5, *shape)
        assert images.std() > 10


def test_the_command_line_says_what_came_out(registered: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    main([str(registered["my_digits"]), "--name", "my_digits", "--preprocessing", "0-1", "--shorter-side", "0"])
    shown = capsys.readouterr().out
    for expected in ("28 x 28 x 1", "tf_mobile_pb", "refused", 'make apk MODELS="my_digits"'):
        assert expected in shown
    with pytest.raises(SystemExit, match=r"^2$"):
        main([str(registered["my_digits"]), "--name", "my_digits", "--preprocessing", '{"scale": 1}'])
    message = capsys.readouterr().err
    assert message.startswith("error: expected a name that is free")
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("stops", "code", "message"),
    [
        (ModelFileError("expected\n  one line"), "2", "error: expected one line\n"),
        (KeyboardInterrupt(), "130", "interrupted; run it again to go on, what is done is kept\n"),
    ],
)
def test_the_command_line_stops_with_one_line(
    stops: BaseException, code: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise stops

    monkeypatch.setattr(own_model, "register_model", stop)
    with pytest.raises(SystemExit, match=f"^{code}$"):
        main(["a.keras", "--name", "a", "--preprocessing", "tf"])
    assert capsys.readouterr().err == message


def test_the_record_is_plain_json(registered: dict[str, Path]) -> None:
    record = json.loads((own_folder("flowers") / "record.json").read_text())
    assert record["labels"] == FLOWERS
    assert record["input"]["scale"] == [1.0, 1.0, 1.0]
