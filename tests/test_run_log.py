"""The run log: its schema, every lie it refuses, and the logs that the Java core writes."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from stub_models import stub_model

from helpers.errors import DataError
from helpers.files import DATA, PROJECT
from helpers.golden import GOLDEN, GOLDEN_FILE
from helpers.lanes.java import run_maven
from helpers.runs.run_log import RunLog, load_run_log, run_log_schema, save_run_log
from helpers.runs.run_log_parts import MOST_FRAMES, MOST_THREADS

SCHEMA_FILE = DATA / "schemas" / "run_log.schema.json"
CORE = PROJECT / "android_app" / "core"
MS = 10**6

Log = dict[str, Any]
Change = Callable[[Log], object]


def _log(kind: str, **parts: Any) -> Log:
    return {
        "schema_version": 1,
        "kind": kind,
        "where": "phone",
        "device": {
            "manufacturer": "Google",
            "model": "Pixel 2",
            "soc": "Snapdragon 835",
            "os": "Android",
            "os_version": "8.1.0",
            "cores": 8,
        },
        "app": {"name": "app", "build": "1.0"},
        "model": {
            "name": "mobilenet",
            "classes": 10,
            "weights_kind": "trained",
            "weights_sha256": "0" * 64,
            "file_format": "tflite",
            "file_sha256": "1" * 64,
        },
        "engine": {"name": "TensorFlow Lite", "version": "2.16.1", "threads": 4, "init_ns": 30 * MS},
        "started_at": "2018-06-01T12:00:00.5Z",
        "wall_ns": 200 * MS,
        "resources": {
            "cpu_ns": 400 * MS,
            "cpu_percent": 25.0,
            "threads": [
                {"name": "worker", "cpu_ns": 180 * MS},
                {"name": "screen", "cpu_ns": 20 * MS},
                {"name": "worker 2", "cpu_ns": 20 * MS},
            ],
            "peak_memory_bytes": 10**8,
            "battery_start_percent": 80.0,
            "battery_end_percent": 79.0,
            "thermal_state": "light",
            "gpu_percent": None,
            "gpu_source": None,
        },
        "latency": None,
        "pipeline": None,
        "accuracy": None,
        "golden": [],
        **parts,
    }


def _top(*pairs: tuple[int, float]) -> list[dict[str, Any]]:
    return [{"class_number": number, "probability": probability} for number, probability in pairs]


def _accuracy() -> Log:
    times = {"preprocess_ns": MS, "invoke_ns": 20 * MS}
    images = [
        {"id": "a.png", "label": 3, "top": _top((3, 0.5), (1, 0.25), (2, 0.25)), **times},
        {"id": "b.png", "label": 1, "top": _top((0, 0.9), (1, 0.1)), **times},
        {"id": "c.png", "label": None, "top": _top((7, 1.0)), **times},
    ]
    part = {
        "data_set": "three photos",
        "labelled": 2,
        "top1_correct": 1,
        "top5_correct": 2,
        "images": images,
        "failed": [{"id": "d.png", "message": "damaged"}],
    }
    golden = {
        "picture": "tiny.png",
        "fitted_sha256": "2" * 64,
        "tensor_sha256": "3" * 64,
        "channels": [{"min": -1.0, "mean": 0.0, "max": 1.0}] * 3,
        "top": _top((4, 0.6), (5, 0.4)),
    }
    return _log("accuracy", accuracy=part, golden=[golden])


def _benchmark() -> Log:
    part = {
        "first_ns": 50 * MS,
        "warm_up_ns": [30 * MS, 25 * MS],
        "steady_preprocess_ns": [2 * MS, 2 * MS],
        "steady_invoke_ns": [20 * MS, 21 * MS],
    }
    return _log("benchmark", latency=part)


def _live() -> Log:
    """Six frames of a camera of 30 a second: one skipped, two processed, two replaced, one stopped."""
    part = {
        "mode": "multi",
        "workers": 1,
        "source": "Camera2, back camera",
        "captured": 6,
        "processed": 2,
        "shown": 5,
        "dropped": {"skipped_by_source": 1, "replaced_by_newer": 2, "stopped": 1, "failed": 0},
        "fps": 25.0,
        "processed_per_second": 10.0,
        "frames": {
            "number": [10, 11, 13, 14, 15],
            "capture_ns": [-5 * MS, 28 * MS, 95 * MS, 128 * MS, 161 * MS],
            "start_ns": [3 * MS, None, 97 * MS, None, None],
            "end_ns": [93 * MS, None, 187 * MS, None, None],
            "shown_ns": [2 * MS, 30 * MS, 96 * MS, 130 * MS, 163 * MS],
        },
    }
    return _log("live", pipeline=part)


GOOD: dict[str, Callable[[], Log]] = {"accuracy": _accuracy, "benchmark": _benchmark, "live": _live}


def _read(content: Log) -> RunLog:
    return RunLog.model_validate_json(json.dumps(content))


def test_the_exported_schema_is_the_current_one() -> None:
    assert json.loads(SCHEMA_FILE.read_text()) == run_log_schema(), (
        "export it anew: python -m helpers.runs.run_log > data/schemas/run_log.schema.json"
    )


@pytest.mark.parametrize("kind", GOOD)
def test_a_true_log_is_read_and_fits_the_exported_schema(kind: str, tmp_path: Path) -> None:
    content = GOOD[kind]()
    log = _read(content)
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(content)
    save_run_log(log, tmp_path / "log.json")
    assert load_run_log(tmp_path / "log.json") == log
    jsonschema.Draft202012Validator(run_log_schema()).validate(json.loads((tmp_path / "log.json").read_text()))


def test_rates_and_times_are_derived_from_the_frames() -> None:
    content = _live()
    pipeline = _read(content).pipeline
    assert pipeline is not None
    # Four frames after the first one, in 161 ms.
    assert pipeline.display_fps == pytest.approx(4 / 0.161)
    assert pipeline.frames.latencies_ns == [90 * MS, 90 * MS]
    assert pipeline.frames.ages_ns == [98 * MS, 92 * MS]
    frames = pipeline.frames.model_copy(update={"shown_ns": (2 * MS, None, None, None, None)})
    assert pipeline.model_copy(update={"frames": frames}).display_fps is None
    at_once = frames.model_copy(update={"shown_ns": (None, 30 * MS, 30 * MS, None, None)})
    assert pipeline.model_copy(update={"frames": at_once}).display_fps is None


def test_another_system_and_single_mode_are_read() -> None:
    content = _live()
    content.update(where="jvm")
    content["device"].update(os="Linux", soc=None)
    content["model"].update(file_format=None, file_sha256=None)
    pipeline = content["pipeline"]
    pipeline.update(mode="single", captured=2, processed=1, shown=1, fps=5.0, processed_per_second=5.0)
    pipeline["dropped"] = {"failed": 1}
    pipeline["frames"] = {
        "number": [4, 5],
        "capture_ns": [0, MS],
        "start_ns": [1, None],
        "end_ns": [2, None],
        "shown_ns": [2, None],
    }
    assert _read(content).pipeline is not None


def test_threads_count_in_ticks_and_may_be_unknown() -> None:
    content = _log("benchmark", latency=_benchmark()["latency"])
    # Each of the three may seem to have taken two ticks of 10 ms more, and the process 100 ms less.
    for thread in content["resources"]["threads"]:
        thread["cpu_ns"] = 560 * MS // 3
    assert _read(content).resources.threads is not None
    content["resources"].update(cpu_ns=None, cpu_percent=None)
    assert _read(content).resources.threads is not None
    content["resources"].update(threads=None)
    assert _read(content).resources.threads is None


LIES: dict[str, tuple[str, Change, str]] = {
    "an unknown key": ("live", lambda m: m.update(colour="red"), "colour"),
    "a number in quotes": ("live", lambda m: m["device"].update(cores="8"), "device.cores"),
    "a float for a count": ("live", lambda m: m["pipeline"].update(captured=6.0), "pipeline.captured"),
    "no device": ("live", lambda m: m.pop("device"), "device"),
    "a later schema": ("live", lambda m: m.update(schema_version=2), "schema_version"),
    "an unknown place": ("live", lambda m: m.update(where="tablet"), "where"),
    "a desktop that says it is a phone": ("live", lambda m: m["device"].update(os="Linux"), "a phone's system"),
    "a phone that says it is a desktop": ("live", lambda m: m.update(where="pc"), "a phone's system"),
    "a local time": ("live", lambda m: m.update(started_at="2018-06-01T12:00:00+02:00"), "started_at in UTC"),
    "a time without zone": ("live", lambda m: m.update(started_at="2018-06-01T12:00:00"), "started_at"),
    "no time passed": ("live", lambda m: m.update(wall_ns=0), "wall_ns"),
    "no part": ("live", lambda m: m.update(pipeline=None), "the part of a run of kind 'live' alone"),
    "a part of another kind": ("live", lambda m: m.update(kind="accuracy"), "the part of a run of kind 'accuracy'"),
    "two parts": ("live", lambda m: m.update(latency=_benchmark()["latency"]), "received those of"),
    "a hash without its format": ("live", lambda m: m["model"].update(file_format=None), "both or neither"),
    "a hash that is none": ("live", lambda m: m["model"].update(weights_sha256="abc"), "model.weights_sha256"),
    "a processor at 150 %": ("live", lambda m: m["resources"].update(cpu_percent=150.0), "resources.cpu_percent"),
    "another share of the processor": (
        "live",
        lambda m: m["resources"].update(cpu_percent=12.5),
        "cpu_percent of 25.0000; received 12.5",
    ),
    "more CPU time than there was": (
        "live",
        lambda m: m["resources"].update(cpu_ns=2000 * MS, cpu_percent=100.0),
        "at most 1600000000 ns of CPU time",
    ),
    "no word on threads": ("live", lambda m: m["resources"].pop("threads"), "resources.threads"),
    "not one thread": ("live", lambda m: m["resources"].update(threads=[]), "resources.threads"),
    "more threads than are kept": (
        "live",
        lambda m: m["resources"].update(threads=[{"name": f"t{i}", "cpu_ns": 0} for i in range(MOST_THREADS + 1)]),
        "resources.threads",
    ),
    "a thread without a name": ("live", lambda m: m["resources"]["threads"][0].update(name=""), "threads.0.name"),
    "a thread twice": (
        "live",
        lambda m: m["resources"]["threads"][2].update(name="screen"),
        "threads with a name each; received one twice",
    ),
    "an idle thread first": (
        "live",
        lambda m: m["resources"]["threads"].reverse(),
        "the busiest thread first; received 'screen' before 'worker'",
    ),
    "a thread that took longer than the run": (
        "live",
        lambda m: m["resources"]["threads"][0].update(cpu_ns=301 * MS),
        "at most 200000000 ns of CPU time of thread 'worker'; received 301000000",
    ),
    "threads that took more than the process": (
        "live",
        lambda m: [thread.update(cpu_ns=188 * MS) for thread in m["resources"]["threads"]],
        "at most 400000000 ns of CPU time together; received 564000000",
    ),
    "a battery once": ("live", lambda m: m["resources"].update(battery_end_percent=None), "both or neither"),
    "a GPU without a source": ("live", lambda m: m["resources"].update(gpu_percent=5.0), "both or neither"),
    "a battery above 100 %": ("live", lambda m: m["resources"].update(battery_start_percent=101.0), "battery_start"),
    "a frame lost": ("live", lambda m: m["pipeline"].update(captured=7), "processed \\+ dropped = captured"),
    "a frame too many processed": (
        "live",
        lambda m: (m["pipeline"].update(processed=3), m["pipeline"]["dropped"].update(stopped=0)),
        "3 processed frames; received the times of 2",
    ),
    "a frame too many shown": ("live", lambda m: m["pipeline"].update(shown=6), "at most 5 frames shown"),
    "a frame too few shown": (
        "live",
        lambda m: m["pipeline"].update(shown=4),
        "4 shown frames; received the times of 5",
    ),
    "an unknown reason": ("live", lambda m: m["pipeline"]["dropped"].update(tired=0), "pipeline.dropped.tired"),
    "a skipped frame that was not": (
        "live",
        lambda m: m["pipeline"]["frames"].update(number=[10, 11, 12, 13, 14]),
        "frame numbers that span 6 frames; received 5",
    ),
    "a frame twice": (
        "live",
        lambda m: m["pipeline"]["frames"].update(number=[10, 11, 11, 14, 15]),
        "each frame once, in order",
    ),
    "a frame from before the one before": (
        "live",
        lambda m: m["pipeline"]["frames"]["capture_ns"].__setitem__(3, 94 * MS),
        "frame 14 captured after 13; received 94000000",
    ),
    "times of some frames only": (
        "live",
        lambda m: [column.pop() for column in m["pipeline"]["frames"].values()],
        "the times of 5 frames; received those of 4",
    ),
    "columns of unequal length": ("live", lambda m: m["pipeline"]["frames"]["end_ns"].pop(), "columns of one length"),
    "an end before the start": (
        "live",
        lambda m: m["pipeline"]["frames"]["end_ns"].__setitem__(0, 2 * MS),
        "capture <= start <= end for frame 10",
    ),
    "a start before the capture": (
        "live",
        lambda m: m["pipeline"]["frames"]["start_ns"].__setitem__(2, 94 * MS),
        "capture <= start <= end for frame 13",
    ),
    "an end without a start": (
        "live",
        lambda m: m["pipeline"]["frames"]["start_ns"].__setitem__(0, None),
        "start_ns of frame 10 and end_ns both or neither",
    ),
    "shown before its capture": (
        "live",
        lambda m: m["pipeline"]["frames"]["shown_ns"].__setitem__(1, 27 * MS),
        "frame 11 to be shown after its capture",
    ),
    "two frames at once by one worker": (
        "live",
        lambda m: m["pipeline"]["frames"]["end_ns"].__setitem__(0, 98 * MS),
        "one frame at a time",
    ),
    "two workers in single mode": ("live", lambda m: m["pipeline"].update(mode="single", workers=2), "one worker"),
    "shown before its result in single mode": (
        "live",
        lambda m: m["pipeline"].update(mode="single"),
        "shown after their results in single mode",
    ),
    "an event after the end": (
        "live",
        lambda m: m["pipeline"]["frames"]["shown_ns"].__setitem__(4, 201 * MS),
        "all within 200000000 ns; received an event at 201000000",
    ),
    "more frames per second than shown": ("live", lambda m: m["pipeline"].update(fps=30.0), "fps of 25.0"),
    "more processed per second": (
        "live",
        lambda m: m["pipeline"].update(processed_per_second=11.0),
        "processed_per_second of 10.0",
    ),
    "a rate that is no number": ("live", lambda m: m["pipeline"].update(fps=float("nan")), "pipeline.fps"),
    "no steady calls": (
        "benchmark",
        lambda m: m["latency"].update(steady_invoke_ns=[], steady_preprocess_ns=[]),
        "latency.steady_preprocess_ns",
    ),
    "unequal calls": ("benchmark", lambda m: m["latency"]["steady_invoke_ns"].pop(), "columns of one length"),
    "a negative duration": ("benchmark", lambda m: m["latency"].update(first_ns=-1), "latency.first_ns"),
    "more work than time": (
        "benchmark",
        lambda m: m["latency"].update(first_ns=150 * MS),
        "at most 200000000 ns of work",
    ),
    "a better top-1": ("accuracy", lambda m: m["accuracy"].update(top1_correct=2), "top1_correct to be 1, as counted"),
    "a better top-5": ("accuracy", lambda m: m["accuracy"].update(top5_correct=3), "top5_correct to be 2, as counted"),
    "fewer labels": ("accuracy", lambda m: m["accuracy"].update(labelled=1), "labelled to be 2, as counted"),
    "an image twice": ("accuracy", lambda m: m["accuracy"]["images"][1].update(id="a.png"), "each image once"),
    "an image right and failed": (
        "accuracy",
        lambda m: m["accuracy"]["failed"][0].update(id="a.png"),
        "each image once",
    ),
    "the second best first": ("accuracy", lambda m: m["accuracy"]["images"][0]["top"].reverse(), "most probable class"),
    "a tie the wrong way": (
        "accuracy",
        lambda m: m["accuracy"]["images"][0].update(top=_top((3, 0.5), (2, 0.25), (1, 0.25))),
        "of equal ones the lower number",
    ),
    "a class twice": (
        "accuracy",
        lambda m: m["accuracy"]["images"][2].update(top=_top((7, 0.5), (7, 0.5))),
        "each class once",
    ),
    "more than certain": (
        "accuracy",
        lambda m: m["accuracy"]["images"][1].update(top=_top((0, 0.9), (1, 0.2))),
        "add up to at most 1",
    ),
    "a probability above 1": (
        "accuracy",
        lambda m: m["accuracy"]["images"][2].update(top=_top((7, 1.5))),
        "probability",
    ),
    "six top classes": (
        "accuracy",
        lambda m: m["accuracy"]["images"][2].update(top=_top(*((i, 0.1) for i in range(6)))),
        "accuracy.images.2.top",
    ),
    "a class that the model does not have": ("accuracy", lambda m: m["model"].update(classes=7), "classes below 7"),
    "a label that the model does not have": (
        "accuracy",
        lambda m: (
            m["accuracy"].update(top1_correct=0, top5_correct=1),
            m["accuracy"]["images"][0].update(label=10),
        ),
        "classes below 10; received 10",
    ),
    "images in no time": (
        "accuracy",
        lambda m: [image.update(invoke_ns=90 * MS) for image in m["accuracy"]["images"]],
        "at most 200000000 ns of work",
    ),
    "too little for the other classes": (
        "accuracy",
        lambda m: m["accuracy"]["images"][1].update(top=_top((0, 0.6), (1, 0.01))),
        "probabilities that can add up to 1; received some that reach 0.69 at most",
    ),
    "too little in a golden picture": (
        "accuracy",
        lambda m: m["golden"][0].update(top=_top((0, 0.09))),
        "probabilities that can add up to 1",
    ),
    "a golden picture twice": ("accuracy", lambda m: m["golden"].append(m["golden"][0]), "each golden picture once"),
    "a mean outside": (
        "accuracy",
        lambda m: m["golden"][0]["channels"].__setitem__(0, {"min": -1.0, "mean": 1.1, "max": 1.0}),
        "min <= mean <= max",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_refused(name: str, tmp_path: Path) -> None:
    kind, change, message = LIES[name]
    content = copy.deepcopy(GOOD[kind]())
    change(content)
    path = tmp_path / "log.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match=rf"log\.json is not a valid run log: .*{message}"):
        load_run_log(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"kind": "live"}'])
def test_what_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"not a valid run log: .*export it again"):
        load_run_log(path)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        *(("live", ("pipeline", "frames", name)) for name in _live()["pipeline"]["frames"]),
        ("live", ("resources", "threads")),
        *(("benchmark", ("latency", f"{name}_ns")) for name in ("warm_up", "steady_preprocess", "steady_invoke")),
        *(("accuracy", ("accuracy", name)) for name in ("images", "failed")),
        ("accuracy", ("accuracy", "images", 0, "top")),
        ("accuracy", ("golden",)),
    ],
)
def test_a_list_of_wrong_entries_is_one_fault(kind: str, place: tuple[object, ...]) -> None:
    content = GOOD[kind]()
    _deep(content, place, [""] * 1_000)
    with pytest.raises(ValidationError) as raised:
        _read(content)
    # Beside the first entry's, the fault of a list that may not be empty.
    assert raised.value.error_count() <= 2
    assert raised.value.errors()[0]["loc"] == (*place, 0)


def test_a_column_of_more_frames_than_are_kept_is_refused() -> None:
    content = _live()
    content["pipeline"]["frames"]["shown_ns"] = [None] * (MOST_FRAMES + 1)
    with pytest.raises(ValidationError, match=f"at most {MOST_FRAMES} items"):
        _read(content)


def test_a_missing_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the run log .*null"):
        load_run_log(tmp_path / "a\0b.json")
    with pytest.raises(DataError, match=r"cannot read the run log .*nothing\.json"):
        load_run_log(tmp_path / "nothing.json")


def _deep(content: object, path: Sequence[object], value: object) -> None:
    for part in path[:-1]:
        content = content[part]  # type: ignore[index]
    content[path[-1]] = value  # type: ignore[index]


def _paths(content: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [found for key, value in items for found in [(*path, key), *_paths(value, (*path, key))]]


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=5), st.lists(st.integers())
)


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_any_value_anywhere_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    content = GOOD[kind]()
    _deep(content, data.draw(st.sampled_from(_paths(content))), data.draw(VALUES))
    try:
        log = _read(content)
    except ValidationError:
        return
    assert _read(json.loads(log.model_dump_json())) == log


def test_a_long_run_keeps_the_times_of_its_first_frames_only() -> None:
    content = _live()
    count = MOST_FRAMES + 500
    content["wall_ns"] = count * 1000
    content["resources"].update(cpu_ns=0, cpu_percent=0.0, threads=None)
    times = list(range(0, MOST_FRAMES * 1000, 1000))
    columns = dict.fromkeys(("capture_ns", "start_ns", "end_ns", "shown_ns"), times)
    content["pipeline"].update(
        captured=count,
        processed=count,
        shown=count,
        dropped={},
        fps=1e6,
        processed_per_second=1e6,
        frames={"number": list(range(MOST_FRAMES)), **columns},
    )
    assert _read(content).pipeline is not None
    fewer = MOST_FRAMES - 1
    content["pipeline"].update(processed=fewer, dropped={"stopped": 501}, processed_per_second=fewer * 1e6 / count)
    with pytest.raises(ValidationError, match=f"{fewer} processed frames; received the times of {MOST_FRAMES}"):
        _read(content)


# What the Java core writes


PIPELINE_THREADS = {"single": {"screen"}, "multi": {"screen", "worker"}}


@pytest.fixture(scope="module")
def core_jar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core's command line, built into a folder of its own."""
    folder = tmp_path_factory.mktemp("core")
    run_maven(
        "-f",
        str(CORE / "pom.xml"),
        "package",
        "-Dmaven.test.skip=true",
        f"-DbuildDirectory={folder}",
        purpose="build it",
    )
    return folder / "core.jar"


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MobileNet's real manifest beside a file that only looks like a model: the stub engine reads none."""
    return stub_model(tmp_path_factory.mktemp("model"), "mobilenet", "tflite")


def _run_core(jar: Path, *arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = ["java", "-Xmx512m", "-jar", str(jar), *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == code, finished.stderr
    return finished


def _checked(path: Path) -> RunLog:
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(json.loads(path.read_text()))
    return load_run_log(path)


@pytest.mark.java
@pytest.mark.parametrize("mode", ["single", "multi"])
def test_java_writes_true_logs_of_live_runs(mode: str, core_jar: Path, model_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "live.json"
    settings_ = ("--mode", mode, "--seconds", "2", "--size", "320x240", "--latency-ms", "80")
    _run_core(core_jar, "pipeline", "--model", model_folder, "--log", path, *settings_)
    log = _checked(path)
    assert log.where == "jvm"
    assert log.engine.name == "stub"
    assert log.model.file_format is None
    run = log.pipeline
    assert run is not None
    assert run.mode == mode
    assert run.processed > 0
    lost = "skipped_by_source" if mode == "single" else "replaced_by_newer"
    assert run.dropped[lost] > 0
    assert log.resources.peak_memory_bytes is not None
    assert log.resources.threads is not None
    assert {thread.name for thread in log.resources.threads} & {"screen", "worker"} == PIPELINE_THREADS[mode]


@pytest.mark.java
def test_java_writes_true_logs_of_benchmarks(core_jar: Path, model_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "benchmark.json"
    _run_core(core_jar, "benchmark", "--model", model_folder, "--log", path, "--count", "7", "--warm-up", "2")
    log = _checked(path)
    assert log.latency is not None
    assert len(log.latency.steady_invoke_ns) == 7
    assert len(log.latency.warm_up_ns) == 2


@pytest.mark.java
def test_java_prepares_the_golden_pictures_bit_for_bit(core_jar: Path, model_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "accuracy.json"
    arguments = ("--images", GOLDEN, "--golden", GOLDEN, "--log", path, "--probabilities", tmp_path / "p.f32")
    _run_core(core_jar, "validate", "--model", model_folder, *arguments)
    log = _checked(path)
    content = json.loads((GOLDEN / GOLDEN_FILE).read_bytes())
    expected = {
        entry["file"]: entry["expected"]["mobilenet"]
        for entry in content["pictures"]
        if "mobilenet" in entry["expected"]
    }
    received = {result.picture: result for result in log.golden}
    assert len(expected) == 7
    for name, numbers in expected.items():
        assert received[name].fitted_sha256 == numbers["fitted_sha256"], name
        assert received[name].tensor_sha256 == numbers["tensor_sha256"], name
        for channel, statistics in zip(received[name].channels, numbers["channels"], strict=True):
            assert channel.mean == pytest.approx(statistics["mean"], abs=1e-6)
    assert log.accuracy is not None
    assert len(log.accuracy.images) == len(list(GOLDEN.glob("*.png")))
    assert (tmp_path / "p.f32").stat().st_size == 4 * 1000 * len(log.accuracy.images)


@pytest.mark.java
def test_java_refuses_what_python_refuses(core_jar: Path, model_folder: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(model_folder, tmp_path / "broken"))
    content = json.loads((broken / "manifest.json").read_text())
    content["input"]["height"] = -1
    (broken / "manifest.json").write_text(json.dumps(content))
    finished = _run_core(core_jar, "benchmark", "--model", broken, code=2)
    assert finished.stderr.startswith("error: ")
    assert "input.height: expected an integer from 1 to 4096, received -1" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
