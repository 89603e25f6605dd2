"""The iOS app's core: its own tests, run by Swift's package manager; and what its command line writes, read here."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image
from stub_models import stub_model

from helpers.data import load_mnist
from helpers.errors import ModelFileError
from helpers.files import DATA, build_dir, ensure_folder
from helpers.golden import GOLDEN, GOLDEN_FILE, golden_pictures
from helpers.lanes.programs import run_program
from helpers.lanes.swift import swift_lane
from helpers.lanes.swift_core import PACKAGE, core_program, swift_command
from helpers.manifest import load_manifest
from helpers.preprocess import to_tensor
from helpers.runs.run_log import RunLog, load_run_log
from helpers.runs.swift_pipeline import run_swift_pipeline
from helpers.zoo import model_record

pytestmark = pytest.mark.swift

SCHEMA = jsonschema.Draft202012Validator(json.loads((DATA / "schemas" / "run_log.schema.json").read_text()))

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden pictures without compression, which Swift's Foundation cannot undo. `golden.json` has their hashes."""
    folder = tmp_path_factory.mktemp("pixels")
    for name, picture in golden_pictures().items():
        ending = ".pgm" if picture.shape[2] == 1 else ".ppm"
        Image.fromarray(picture.squeeze(2) if ending == ".pgm" else picture).save((folder / name).with_suffix(ending))
    return folder


def _files() -> set[Path]:
    # Swift's package manager leaves its folders and its lock at the top.
    return set(PACKAGE.iterdir())


def test_all_of_xctest_passes(pixels: Path) -> None:
    lane = swift_lane(progress=False)
    before = _files()
    # A folder of its own: what the tests need, with -warnings-as-errors, is not what the program needs.
    scratch = ensure_folder(build_dir() / "swift" / "tests")
    command = swift_command(lane, "test", scratch, "-Xswiftc", "-warnings-as-errors")
    done = run_program(
        lane.command(*command, environment={"GOLDEN_PIXELS": str(pixels)}), "run the core's own tests", check=False
    )
    said = done.stdout + done.stderr
    failures = re.findall(r"^.*error: .*$", said, re.MULTILINE)
    assert done.returncode == 0, "\n".join(failures[:20]) or said[-3000:]
    counts = [int(count) for count in re.findall(r"Executed (\d+) tests?, with 0 failures", said)]
    assert max(counts) > 100
    assert "skipped" not in said
    assert _files() == before, "the sources' folder is as it was"


def test_concurrency_is_checked_completely() -> None:
    lane = swift_lane(progress=False)
    scratch = ensure_folder(build_dir() / "swift" / "tests")
    done = run_program(lane.command(*swift_command(lane, "package", scratch, "dump-package")), "describe the package")
    package = json.loads(done.stdout)
    # Swift 6 refuses what could be a data race; nothing turns that off again.
    assert package["swiftLanguageVersions"] == ["6"]
    assert package["dependencies"] == []
    for target in package["targets"]:
        assert target["settings"] == []
    sources = {path: path.read_text() for path in PACKAGE.glob("Sources/**/*.swift")}
    trusted = sorted(
        path.name for path, text in sources.items() if "@unchecked" in text or "nonisolated(unsafe)" in text
    )
    assert trusted == ["Monitor.swift"]
    assert not [path for path, text in sources.items() if "@preconcurrency" in text]


def test_the_core_needs_no_framework_of_apples() -> None:
    imports = {
        line
        for path in PACKAGE.glob("Sources/RealtimeCore/**/*.swift")
        for line in path.read_text().splitlines()
        if line.startswith("import ")
    }
    assert imports == {"import Dispatch", "import Foundation"}


# The command line, and the logs it writes


@pytest.fixture(scope="module")
def realtime() -> Run:
    """Runs the core's command line, and expects an exit code."""
    program = core_program(progress=False)

    def run(*words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*program, *map(str, words)], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stub_model(tmp_path_factory.mktemp("model"), "mobilenet", "mlmodel")


def _checked(path: Path) -> RunLog:
    SCHEMA.validate(json.loads(path.read_text()))
    log = load_run_log(path)
    assert (log.where, log.device.os, log.engine.name, log.app.name) == ("swift-linux", "Linux", "stub", "realtime")
    assert log.resources.peak_memory_bytes is not None
    assert log.resources.cpu_ns is not None
    assert log.resources.threads is not None
    return log


@pytest.mark.parametrize("mode", ["single", "multi"])
def test_logs_of_live_runs_are_true(mode: str, realtime: Run, mobilenet: Path, tmp_path: Path) -> None:
    path = tmp_path / "live.json"
    settings = ("--mode", mode, "--seconds", 2, "--size", "320x240", "--latency-ms", 80)
    realtime("pipeline", "--model", mobilenet, "--log", path, *settings)
    log = _checked(path)
    assert log.model.file_format is None
    names = {thread.name for thread in log.resources.threads or ()}
    assert names & {"screen", "worker"} == ({"screen"} if mode == "single" else {"screen", "worker"})
    assert log.pipeline is not None
    assert log.pipeline.mode == mode
    assert log.pipeline.processed > 0
    assert all(end - start >= 80e6 for start, end in log.pipeline.frames.intervals)
    lost = "skipped_by_source" if mode == "single" else "replaced_by_newer"
    assert log.pipeline.dropped[lost] > 0
    assert log.pipeline.source == "simulated camera, 320 x 240, 30.0 frames per second"


def test_logs_of_benchmarks_are_true(realtime: Run, mobilenet: Path, tmp_path: Path) -> None:
    path = tmp_path / "benchmark.json"
    realtime("benchmark", "--model", mobilenet, "--log", path, "--count", 7, "--warm-up", 2, "--latency-ms", 1)
    log = _checked(path)
    assert log.latency is not None
    assert len(log.latency.warm_up_ns) == 2
    assert len(log.latency.steady_invoke_ns) == 7
    assert min(log.latency.steady_invoke_ns) >= 1e6


def test_logs_of_accuracy_runs_are_true_and_golden_pictures_have_the_golden_hashes(
    realtime: Run, mobilenet: Path, pixels: Path, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    classes = load_manifest(mobilenet).label_ids
    for number, name in enumerate(("tiny.ppm", "portrait.ppm", "strip.ppm", "exact.ppm")):
        folder = ensure_folder(images / (classes[7 * number] if number < 3 else "no_class"))
        (folder / name).write_bytes((pixels / name).read_bytes())
    (images / "broken.ppm").write_bytes(b"P6 2 2 255\n")
    path = tmp_path / "accuracy.json"
    realtime("validate", "--model", mobilenet, "--images", images, "--golden", pixels, "--log", path)
    log = _checked(path)
    assert log.accuracy is not None
    assert {image.id.split("/")[1]: image.label for image in log.accuracy.images} == {
        "tiny.ppm": 0,
        "portrait.ppm": 7,
        "strip.ppm": 14,
        "exact.ppm": None,
    }
    assert [failed.id for failed in log.accuracy.failed] == ["broken.ppm"]
    golden = json.loads((GOLDEN / GOLDEN_FILE).read_text())
    expected = {
        Path(entry["file"]).stem: (known["fitted_sha256"], known["tensor_sha256"], known["channels"])
        for entry in golden["pictures"]
        for name, known in entry["expected"].items()
        if name == "mobilenet"
    }
    # A gray picture of MNIST's, read as colours, is none of MobileNet's golden ones.
    received = {Path(each.picture).stem: each for each in log.golden if each.picture != "digit.pgm"}
    assert received.keys() == expected.keys()
    for name, (fitted, tensor, channels) in expected.items():
        assert (received[name].fitted_sha256, received[name].tensor_sha256) == (fitted, tensor)
        for spread, known in zip(received[name].channels, channels, strict=True):
            # Written with float32's own shortest digits.
            assert (np.float32(spread.min), np.float32(spread.max)) == (known["min"], known["max"])
            assert spread.mean == pytest.approx(known["mean"], abs=1e-6)


def test_every_probability_is_what_python_computes(realtime: Run, tmp_path: Path) -> None:
    model = stub_model(ensure_folder(tmp_path / "lenet"), "lenet", "mlmodel")
    images, labels = (array[:50] for array in load_mnist("test"))
    header = np.array([0x0803, 50, 28, 28], ">u4").tobytes()
    (tmp_path / "images").write_bytes(header + images.tobytes())
    (tmp_path / "labels").write_bytes(np.array([0x0801, 50], ">u4").tobytes() + labels.astype(np.uint8).tobytes())
    words = ("--images", tmp_path / "images", "--labels", tmp_path / "labels", "--probabilities", tmp_path / "p.f32")
    done = realtime("validate", "--model", model, *words, "--log", tmp_path / "log.json")
    received = np.frombuffer((tmp_path / "p.f32").read_bytes(), "<f4").reshape(50, 10)
    # The stub's definition: class k's score is the mean of the numbers k, k + 10, k + 20, ... of the tensor.
    tensor = to_tensor(images, model_record("lenet").input).reshape(50, -1).astype(np.float64)
    scores = np.stack([tensor[:, k::10].mean(axis=1) for k in range(10)], axis=1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(received, weights / weights.sum(axis=1, keepdims=True), rtol=1e-6)
    correct = int((received.argmax(axis=1) == labels).sum())
    assert f"top1_correct {correct}" in done.stdout.splitlines()
    accuracy = _checked(tmp_path / "log.json").accuracy
    assert accuracy is not None
    assert (accuracy.labelled, accuracy.top1_correct) == (50, correct)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("pipeline", "--model", "@/none"), "expected manifest.json in"),
        (("pipeline", "--model", "@", "--fps", "0"), "--fps to be a number"),
        (("benchmark", "--model", "@", "--cuont", "3"), "received 'cuont'"),
        (("validate", "--model", "@", "--images", "@"), "received 0; choose another folder"),
        (("fly\n\x1b[2J",), "expected a command"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    words: tuple[str, ...], message: str, realtime: Run, mobilenet: Path
) -> None:
    done = realtime(*(word.replace("@", str(mobilenet)) for word in words), code=2)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert message in line
    assert "\x1b" not in line


def test_a_pipeline_is_run_from_python() -> None:
    log = run_swift_pipeline("lenet", "multi", seconds=1, fps=60.0, latency_ms=40.0, progress=False)
    assert log.where == "swift-linux"
    assert log.model.name == "lenet"
    assert log.pipeline is not None
    assert log.pipeline.source == "simulated camera, 28 x 28, 60.0 frames per second"
    assert log.pipeline.processed < log.pipeline.shown
    with pytest.raises(ModelFileError, match="expected 1 to 600 whole seconds; received 0"):
        run_swift_pipeline("lenet", seconds=0)
    with pytest.raises(ModelFileError, match="expected 1 to 600 whole seconds; received True"):
        run_swift_pipeline("lenet", seconds=True)
    with pytest.raises(ModelFileError, match=r"iOS app's pipeline for lenet: expected --latency-ms to be a number"):
        run_swift_pipeline("lenet", latency_ms=-1.0, progress=False)


@pytest.mark.parametrize("latency_ms", [1e-5, 1 / 90_000, 5e-324])
def test_a_tiny_latency_is_a_number_too(latency_ms: float) -> None:
    # Python writes it with an exponent, which the command line does not read.
    assert "e" in str(latency_ms)
    log = run_swift_pipeline("lenet", seconds=1, latency_ms=latency_ms, progress=False)
    assert log.pipeline is not None
    assert log.pipeline.processed > 0
