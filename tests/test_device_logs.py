"""Device logs: each refusal and each flag, once where it belongs and once where it does not; and 500 mutated files."""

from __future__ import annotations

import copy
import json
import os
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_run_log import GOOD

from helpers.device_logs import (
    DeviceLogs,
    check_model,
    device_log_table,
    flags_of,
    is_phone,
    label,
    manifests_at_hand,
    read_device_logs,
)
from helpers.errors import DataError, DeploymentError
from helpers.files import DATA
from helpers.manifest import MANIFEST_NAME, Manifest, checked_file, load_manifest
from helpers.runs.run_log import RunLog, load_run_log

Log = dict[str, Any]
MS = 10**6
SECOND = 10**9


def _read(content: Log) -> RunLog:
    return RunLog.model_validate_json(json.dumps(content))


def _names(content: Log) -> set[str]:
    return {flag.name for flag in flags_of(_read(content))}


def _calm(content: Log, wall_ns: int, cores_used: float = 1.0) -> Log:
    """A phone that was neither hot nor charging, and the CPU time of so many cores."""
    cpu_ns = int(cores_used * wall_ns)
    content["wall_ns"] = wall_ns
    content["resources"].update(
        cpu_ns=cpu_ns,
        cpu_percent=min(100.0, 100 * cpu_ns / (wall_ns * content["device"]["cores"])),
        threads=None,
        thermal_state="nominal",
    )
    return content


def _benchmark(milliseconds: list[float], threads: int = 1, cores_used: float = 1.0) -> Log:
    content = copy.deepcopy(GOOD["benchmark"]())
    times = [int(each * MS) for each in milliseconds]
    content["latency"].update(steady_invoke_ns=times, steady_preprocess_ns=[0] * len(times))
    content["engine"]["threads"] = threads
    return _calm(content, sum(times) + SECOND, cores_used)


def _live(latency_ms: float, count: int = 90, mode: str = "multi", shown: str = "at once", workers: int = 1) -> Log:
    """A camera of 33 ms; each frame that comes while all workers are busy is dropped, and shown at once or never."""
    content = copy.deepcopy(GOOD["live"]())
    latency = int(latency_ms * MS)
    free, starts = [0] * workers, []
    for number in range(count):
        capture, worker = number * 33 * MS, number % workers
        starts.append(capture if free[worker] <= capture else None)
        if starts[-1] is not None:
            free[worker] = capture + latency
    ends = [None if start is None else start + latency for start in starts]
    processed = sum(start is not None for start in starts)
    times = [number * 33 * MS if shown == "at once" else end for number, end in enumerate(ends)]
    seen = sum(time is not None for time in times)
    wall = count * 33 * MS + 10 * latency
    content["pipeline"].update(
        mode=mode,
        workers=workers,
        captured=count,
        processed=processed,
        shown=seen,
        dropped={"replaced_by_newer": count - processed} if processed < count else {},
        fps=seen * 1e9 / wall,
        processed_per_second=processed * 1e9 / wall,
        frames={
            "number": list(range(count)),
            "capture_ns": [number * 33 * MS for number in range(count)],
            "start_ns": starts,
            "end_ns": ends,
            "shown_ns": times,
        },
    )
    content["engine"]["threads"] = 1
    return _calm(content, wall, 0.9)


def _accuracy(milliseconds: list[float]) -> Log:
    content = copy.deepcopy(GOOD["accuracy"]())
    image = content["accuracy"]["images"][0]
    images = [{**image, "id": f"{i}.png", "invoke_ns": int(each * MS)} for i, each in enumerate(milliseconds)]
    content["accuracy"].update(
        images=images, labelled=len(images), top1_correct=len(images), top5_correct=len(images), failed=[]
    )
    content["engine"]["threads"] = 1
    return _calm(content, sum(each["preprocess_ns"] + each["invoke_ns"] for each in images) + SECOND)


def _noisy(count: int, mean: float = 60.0, seed: int = 0) -> list[float]:
    """Latencies that scatter by 5 %, in milliseconds."""
    return list(np.random.default_rng(seed).normal(mean, 0.05 * mean, count).clip(1))


# Flags


def test_a_sound_log_of_each_kind_has_no_flag() -> None:
    assert _names(_benchmark(_noisy(1200))) == set()
    assert _names(_accuracy(_noisy(100))) == set()
    assert _names(_live(20)) == set()


def test_each_flag_says_its_numbers_in_one_line() -> None:
    log = _read(_benchmark([500.0, *_noisy(30), *_noisy(15, 90)], threads=4, cores_used=0.6))
    found = {flag.name: flag for flag in flags_of(log)}
    assert found.keys() == {"warm_up_in_mean", "threads_without_effect", "throttling", "few_samples"}
    for flag in found.values():
        assert "\n" not in flag.sentence
        assert flag.numbers
    assert "the first 1 of 46 calls took up to 500.0 ms" in found["warm_up_in_mean"].sentence
    assert found["few_samples"].numbers["calls"] == 46
    assert found["throttling"].numbers["last_ms"] == pytest.approx(90, rel=0.1)


@pytest.mark.parametrize(
    ("leading", "count", "flagged"),
    [
        ([], 50, False),
        ([180.0], 50, True),
        ([120.0, 110.0, 100.0], 50, True),
        # One slow call among a thousand changes no mean.
        ([180.0], 1200, False),
        # Slow, but no more than calls scatter.
        ([66.0, 66.0], 50, False),
        ([180.0], 3, False),
    ],
)
def test_slow_first_calls_are_flagged_where_they_change_the_mean(
    leading: list[float], count: int, flagged: bool
) -> None:
    for make in (_benchmark, _accuracy):
        assert ("warm_up_in_mean" in _names(make([*leading, *_noisy(count)]))) == flagged


def test_slow_calls_in_the_middle_are_no_warm_up() -> None:
    assert "warm_up_in_mean" not in _names(_benchmark([*_noisy(25), 400.0, 400.0, *_noisy(25)]))


@pytest.mark.parametrize(
    ("threads", "cores_used", "flagged"), [(1, 1.0, False), (4, 1.0, True), (4, 1.15, True), (4, 1.4, False)]
)
def test_threads_that_do_nothing_are_flagged(threads: int, cores_used: float, flagged: bool) -> None:
    assert ("threads_without_effect" in _names(_benchmark(_noisy(1200), threads, cores_used))) == flagged


def test_threads_are_not_judged_without_cpu_time_or_enough_work() -> None:
    content = _benchmark(_noisy(1200), 4)
    content["resources"].update(cpu_ns=None, cpu_percent=None)
    assert "threads_without_effect" not in _names(content)
    assert "threads_without_effect" not in _names(_benchmark(_noisy(5), 4))


def test_two_workers_with_the_cpu_time_of_one_are_flagged() -> None:
    content = _live(60, workers=2)
    log = _read(content)
    assert log.pipeline is not None
    busy = 90 * 33 * MS
    for cores, flagged in ((0.8, True), (1.6, False)):
        assert ("threads_without_effect" in _names(_calm(content, log.wall_ns, cores * busy / log.wall_ns))) == flagged


def test_multi_mode_whose_screen_stands_still_is_flagged() -> None:
    assert "multi_without_effect" not in _names(_live(100))
    assert "multi_without_effect" in _names(_live(100, shown="after"))
    # A single-threaded run is meant to be so; a fast network has its result before the next frame comes.
    assert "multi_without_effect" not in _names(_live(100, shown="after", mode="single"))
    assert "multi_without_effect" not in _names(_live(20, shown="after"))
    # Too short to tell.
    assert "multi_without_effect" not in _names(_live(100, count=12, shown="after"))


@pytest.mark.parametrize(
    ("times", "flagged"),
    [
        ([*_noisy(20), *_noisy(20, 66), *_noisy(20, 72)], True),
        (_noisy(60), False),
        # Faster in the end.
        ([*_noisy(20, 72), *_noisy(40)], False),
        # A few late calls of any length are no drift.
        ([*_noisy(55), 500.0, 500.0, 500.0, 500.0, 500.0], False),
        # Slower, but by less than a tenth.
        ([*_noisy(40), *_noisy(20, 63)], False),
        # Too few to tell.
        ([60.0] * 8 + [90.0] * 4, False),
        ([60.0] * 10 + [90.0] * 5, True),
    ],
)
def test_a_processor_that_slows_down_is_flagged(times: list[float], flagged: bool) -> None:
    for make in (_benchmark, _accuracy):
        assert ("throttling" in _names(make(times))) == flagged


def test_chance_alone_is_rarely_called_throttling() -> None:
    """Calls that scatter by half and do not drift: the medians' bound alone would flag many of them."""
    rng = np.random.default_rng(1)
    runs = [list(rng.lognormal(4, 0.5, 30)) for _ in range(200)]
    by_medians = sum(np.median(run[-10:]) > 1.1 * np.median(run[:10]) for run in runs)
    flagged = sum("throttling" in _names(_benchmark(run)) for run in runs)
    assert by_medians > 30
    assert flagged <= 6


@pytest.mark.parametrize(
    ("count", "mean", "flagged"), [(1024, 59.0, False), (1023, 70.0, True), (2000, 20.0, True), (1100, 60.0, False)]
)
def test_mlperfs_samples_are_asked_for(count: int, mean: float, flagged: bool) -> None:
    assert ("few_samples" in _names(_benchmark([mean] * count))) == flagged


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"thermal_state": "nominal"}, set()),
        ({"thermal_state": "none"}, set()),
        ({"thermal_state": "light"}, {"hot"}),
        ({"thermal_state": "serious\nly"}, {"hot"}),
        ({"thermal_state": None}, {"thermal_state_unknown"}),
        ({"battery_start_percent": None, "battery_end_percent": None}, {"battery_unknown"}),
        ({"battery_start_percent": 70.0, "battery_end_percent": 71.0}, {"charging"}),
        ({"battery_start_percent": 70.0, "battery_end_percent": 65.0}, {"battery_drop"}),
        ({"battery_start_percent": 70.0, "battery_end_percent": 66.0}, set()),
    ],
)
def test_heat_and_battery_are_flagged(changes: Log, expected: set[str]) -> None:
    content = _benchmark(_noisy(1200))
    content["resources"].update(changes)
    assert _names(content) == expected
    assert all("\n" not in flag.sentence for flag in flags_of(_read(content)))


def test_a_desktop_need_not_tell_heat_and_battery() -> None:
    content = _benchmark(_noisy(1200))
    content.update(where="jvm")
    content["device"].update(os="Linux")
    unknown = {"thermal_state": None, "battery_start_percent": None, "battery_end_percent": None}
    content["resources"].update(unknown)
    assert _names(content) == set()


def test_dropped_and_failed_frames_are_told_by_reason() -> None:
    content = _live(100)
    found = {flag.name: flag for flag in flags_of(_read(content))}
    assert found.keys() == {"dropped_frames"}
    assert found["dropped_frames"].numbers == {"captured": 90, "replaced_by_newer": 67}
    assert "67 of 90 frames were not processed: 67 replaced by newer" in found["dropped_frames"].sentence
    content["pipeline"]["dropped"] = {"replaced_by_newer": 60, "failed": 7}
    assert _names(content) == {"dropped_frames", "failed_frames"}


def test_failed_images_are_flagged() -> None:
    content = _accuracy(_noisy(20))
    content["accuracy"]["failed"] = [{"id": "bad.jpg", "message": "damaged\nfile"}]
    (flag,) = flags_of(_read(content))
    assert flag.name == "failed_images"
    assert flag.sentence.startswith("1 of 21 images could not be classified and are in no count, such as bad.jpg: dam")
    assert "\n" not in flag.sentence


# What a log was measured on


@pytest.mark.parametrize(
    ("where", "device", "expected", "phone"),
    [
        ("phone", {}, "Google Pixel 2", True),
        ("phone", {"manufacturer": "HUAWEI", "model": "HUAWEI P20"}, "HUAWEI P20", True),
        ("phone", {"manufacturer": "Apple", "model": "iPhone10,4", "os": "iOS"}, "Apple iPhone10,4", True),
        ("phone", {"manufacturer": "Apple", "model": "arm64", "os": "iOS"}, "iOS simulator (Apple arm64)", False),
        ("phone", {"model": "sdk_gphone64_x86_64"}, "Android emulator (Google sdk_gphone64_x86_64)", False),
        ("phone", {"model": "Android SDK built for x86"}, "Android emulator (Google Android SDK built for x86)", False),
        ("phone", {"soc": "ranchu"}, "Android emulator (Google Pixel 2)", False),
        ("jvm", {"os": "Linux", "manufacturer": "unknown", "model": "Xeon"}, "desktop JVM (Xeon)", False),
        # A desktop that takes a phone's name is still called a desktop.
        ("jvm", {"os": "Linux"}, "desktop JVM (Google Pixel 2)", False),
        ("swift-linux", {"os": "Linux", "model": "a\nb"}, "Swift on Linux (Google a b)", False),
        ("pc", {"os": "Linux", "manufacturer": "unknown", "model": "unknown"}, "PC (unknown device)", False),
        ("arm-emulated", {"os": "Linux", "model": "Cortex-A72"}, "ARM emulation (Google Cortex-A72)", False),
    ],
)
def test_only_a_phone_is_called_a_phone(where: str, device: Log, expected: str, phone: bool) -> None:
    content = _accuracy(_noisy(20))
    content["where"] = where
    content["device"].update(device)
    log = _read(content)
    assert label(log) == expected
    assert is_phone(log) == phone


# The model


def _of_lenet(content: Log, manifest: Manifest, file_format: str = "tflite") -> Log:
    content["model"].update(
        name="lenet",
        classes=10,
        weights_kind=manifest.weights.kind,
        weights_sha256=manifest.weights.sha256,
        file_format=file_format,
        file_sha256=manifest.file(file_format).sha256,
    )
    return content


def test_a_log_of_a_model_at_hand_is_taken_as_it_is(lenet: tuple[Manifest, Path]) -> None:
    assert check_model(_read(_of_lenet(_accuracy(_noisy(5)), lenet[0])), [lenet[0]]) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": 11}, "number of classes 10 of lenet; received 11"),
        ({"file_sha256": "7" * 64}, "expected the tflite file .* of lenet; received 777777777777.*put its manifest"),
        ({"weights_sha256": "7" * 64}, "expected the weights .* of lenet; received 7777"),
        ({"weights_kind": "untrained"}, "expected the kind of weights trained of lenet; received untrained"),
        ({"name": "my_net"}, "expected the model lenet of my_net; received lenet|model lenet of my_net"),
        ({"file_format": "frozen_pb"}, "expected the frozen_pb file"),
    ],
)
def test_another_model_is_refused(lenet: tuple[Manifest, Path], changes: Log, message: str) -> None:
    content = _of_lenet(_accuracy(_noisy(5)), lenet[0])
    content["model"].update(changes)
    with pytest.raises(DataError, match=message):
        check_model(_read(content), [lenet[0]])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"weights_sha256": "7" * 64, "file_sha256": "8" * 64}, "unknown_weights"),
        ({"name": "my_net", "weights_sha256": "7" * 64, "file_sha256": "8" * 64}, "unknown_weights"),
        ({"file_format": "mlpackage_fp16", "file_sha256": "8" * 64}, "unknown_file"),
        ({"file_format": None, "file_sha256": None}, "no_model_file"),
    ],
)
def test_what_cannot_be_checked_is_flagged(lenet: tuple[Manifest, Path], changes: Log, expected: str) -> None:
    content = _of_lenet(_accuracy(_noisy(5)), lenet[0])
    content["model"].update(changes)
    assert [flag.name for flag in check_model(_read(content), [lenet[0]])] == [expected]


@pytest.mark.parametrize(
    ("tools", "sentence"), [({"tensorflow": "2.99"}, "made by tensorflow 2.99"), ({}, "another version of the project")]
)
def test_the_apps_own_manifest_explains_another_file(lenet: tuple[Manifest, Path], tools: Log, sentence: str) -> None:
    manifest = lenet[0]
    file = manifest.file("tflite").model_copy(update={"sha256": "7" * 64})
    theirs = manifest.model_copy(update={"files": (file,), "tools": {**manifest.tools, **tools}})
    log = _read(_of_lenet(_accuracy(_noisy(5)), theirs))
    with pytest.raises(DataError, match="put its manifest beside the logs"):
        check_model(log, [manifest])
    (flag,) = check_model(log, [manifest], [theirs])
    assert flag.name == "other_file"
    assert sentence in flag.sentence
    # Where nothing else was built, it is the only one to go by.
    assert check_model(log, [], [theirs]) == []


# The folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs"


def _judged(folder: Path, lenet: tuple[Manifest, Path]) -> DeviceLogs:
    return read_device_logs(folder, lenet[1].parent)


def test_the_projects_own_folder_is_read() -> None:
    found = read_device_logs(DATA / "device_results")
    assert found.refused == ()


def test_one_bad_file_hides_no_other(folder: Path, lenet: tuple[Manifest, Path]) -> None:
    phone = _of_lenet(_benchmark(_noisy(1200)), lenet[0])
    desktop = copy.deepcopy(phone)
    desktop["where"] = "jvm"
    desktop["device"].update(os="Linux")
    (folder / "b.json").write_text(json.dumps(phone))
    (folder / "copy.JSON").write_text(json.dumps(phone, indent=2))
    (folder / "a.json").write_text(json.dumps(desktop))
    (folder / "broken.json").write_text("{")
    (folder / "notes.txt").write_text("mine")
    (folder / "inner.json").mkdir()
    (folder / "README.md").write_text("about")
    (folder / "loop.json").symlink_to(folder / "loop.json")
    os.mkfifo(folder / "pipe.json")
    other = copy.deepcopy(phone)
    other["model"]["file_sha256"] = "7" * 64
    (folder / "other.json").write_text(json.dumps(other))
    found = _judged(folder, lenet)
    assert [each.name for each in found.logs] == ["a.json", "b.json"]
    assert [each.name for each in found.phones] == ["b.json"]
    reasons = {each.name: each.reason for each in found.refused}
    wanted = {
        "broken.json": "not a valid run log",
        "copy.JSON": "the same run as b.json",
        "inner.json": "it is a folder",
        "loop.json": "cannot read the run log",
        "notes.txt": "whose names end in .json",
        "other.json": "expected the tflite file",
        "pipe.json": "it is a folder, a pipe or a device",
    }
    assert reasons.keys() == wanted.keys()
    for name, part in wanted.items():
        assert part in reasons[name]
        assert "\n" not in reasons[name]


def test_the_table_names_what_each_was_measured_on(folder: Path, lenet: tuple[Manifest, Path]) -> None:
    for name, content in (("a", _accuracy([60.0] * 10)), ("b", _benchmark([60.0] * 20)), ("c", _live(20))):
        content["started_at"] = f"2018-06-01T12:00:00.{ord(name)}Z"
        (folder / f"{name}.json").write_text(json.dumps(_of_lenet(content, lenet[0])))
    table = device_log_table(_judged(folder, lenet).logs)
    assert list(table["measured on"]) == ["Google Pixel 2"] * 3
    assert list(table["kind"]) == ["accuracy", "benchmark", "live"]
    assert list(table["median_ms"]) == [60.0, 60.0, 20.0]
    assert table["top1"][0] == 100
    assert table["of"][0] == 10
    assert table["fps"].isna().tolist() == [True, True, False]
    assert table["flags"].tolist() == ["", "few_samples", ""]
    assert list(device_log_table([]).columns) == list(table.columns)


def test_two_logs_of_one_moment_are_both_flagged(folder: Path, lenet: tuple[Manifest, Path]) -> None:
    for name, count in (("a", 1100), ("b", 1101)):
        content = _of_lenet(_benchmark([60.0] * count), lenet[0])
        (folder / f"{name}.json").write_text(json.dumps(content))
    later = _of_lenet(_benchmark([60.0] * 1102), lenet[0])
    later["started_at"] = "2018-06-01T12:10:00Z"
    (folder / "c.json").write_text(json.dumps(later))
    names = [[flag.name for flag in each.flags] for each in _judged(folder, lenet).logs]
    assert names == [["same_start"], ["same_start"], []]


def test_gpu_use_is_joined_and_what_belongs_to_no_log_is_told(folder: Path, lenet: tuple[Manifest, Path]) -> None:
    android = _of_lenet(_benchmark([60.0] * 1100), lenet[0])
    iphone = copy.deepcopy(android)
    iphone["device"].update(manufacturer="Apple", model="iPhone10,4", os="iOS")
    (folder / "android.json").write_text(json.dumps(android))
    (folder / "iphone.json").write_text(json.dumps(iphone))
    header = "run_log,gpu_percent,neural_engine_percent,remark\n"
    lines = "iphone.json,42.5,,\nandroid.json,1,,\nabsent.json,1,,\n"
    (folder / "gpu_use.csv").write_text(header + lines)
    found = _judged(folder, lenet)
    used = {each.name: each.gpu_use for each in found.logs}
    assert used["android.json"] is None
    assert used["iphone.json"] is not None
    assert used["iphone.json"].gpu_percent == 42.5
    assert [each.reason.partition("received ")[2] for each in found.refused] == [
        "android.json; correct it",
        "absent.json; correct it",
    ]
    assert device_log_table(found.logs)["gpu_percent"][1] == 42.5
    (folder / "gpu_use.csv").write_text("nonsense")
    found = _judged(folder, lenet)
    assert len(found.logs) == 2
    assert [each.name for each in found.refused] == ["gpu_use.csv"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_table_of_gpus_that_is_no_file_is_told(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "gpu_use.csv")
    (refused,) = read_device_logs(tmp_path, tmp_path / "none").refused
    assert refused.name == "gpu_use.csv"
    assert "it is a folder, a pipe or a device" in refused.reason


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b"])
def test_a_folder_that_cannot_have_that_name_is_one_clear_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the folder of device logs"):
        read_device_logs(tmp_path / name)


def test_a_manifest_beside_the_logs_is_used_and_a_damaged_one_told(folder: Path, lenet: tuple[Manifest, Path]) -> None:
    (folder / "a.json").write_text(json.dumps(_of_lenet(_benchmark([60.0] * 1100), lenet[0])))
    nowhere = folder / "nowhere"
    assert [flag.name for flag in read_device_logs(folder, nowhere).logs[0].flags] == ["unknown_weights"]
    for name, content in (("good", (lenet[1] / MANIFEST_NAME).read_bytes()), ("bad", b"{")):
        (folder / "manifests" / name).mkdir(parents=True)
        (folder / "manifests" / name / MANIFEST_NAME).write_bytes(content)
    found = read_device_logs(folder, nowhere)
    assert found.logs[0].flags == ()
    assert [each.name for each in found.refused] == [MANIFEST_NAME]
    assert "not a valid manifest" in found.refused[0].reason


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the folder of device logs .*absent: No such file"):
        read_device_logs(tmp_path / "absent")


# 500 mutated logs, and 500 mutated manifests

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 10**400, 0.5, -0.0, 1e308, 1e-320, "", "0", "\u0000", "a/b"),
    *("NaN", "é" * 400, "\u202e", "2018-06-01T12:00:00Z", "9999-12-31T23:59:59-23:59", [], {}, [[]], [None], {"": 0}),
)


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Each container in a JSON value, with each of its keys."""
    for key in list(content) if isinstance(content, dict) else range(len(content)):
        yield content, key
        if isinstance(content[key], dict | list):
            yield from _places(content[key])


def _mutated(content: Any, rng: random.Random) -> bytes:
    content = copy.deepcopy(content)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        places = list(_places(content))
        holder, key = rng.choice(places)
        match rng.randrange(7):
            case 0:
                del holder[key]
            case 1 | 2:
                holder[key] = rng.choice(VALUES)
            case 3:
                other, its = rng.choice(places)
                holder[key], other[its] = copy.deepcopy(other[its]), copy.deepcopy(holder[key])
            case 4:
                numbers = [(inner, at) for inner, at in places if type(inner[at]) in (int, float)]
                inner, at = rng.choice(numbers)
                inner[at] *= rng.choice((-1, 2, 10, 1e9, 10**30, float("nan"), float("inf")))
            case 5:
                for _ in range(rng.choice((1, 5, 400))):
                    holder[key] = [holder[key]] if rng.random() < 0.5 else {"a": holder[key]}
            case 6:
                if isinstance(holder[key], list):
                    holder[key] = holder[key] * 2
                elif isinstance(holder[key], str):
                    holder[key] = holder[key] + rng.choice(VALUES[17:22])
    text = json.dumps(content, ensure_ascii=rng.random() < 0.5).encode()
    match rng.randrange(12):
        case 0:
            return text[: rng.randrange(len(text))]
        case 1:
            return b"\xef\xbb\xbf" + text
        case 2:
            # Every key twice, the second time with another value.
            return text.replace(b'": ', b'": 0, "x": ', 1) if rng.random() < 0.5 else text[:-1] + b', "kind": "live"}'
        case 3:
            at = rng.randrange(len(text))
            return text[:at] + bytes([rng.randrange(256)]) + text[at + 1 :]
        case 4:
            return text.decode().encode("utf-16")
        case 5:
            return text[:1] + b'"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"," + text[1:]
        case 6:
            return text.replace(b"1", b"1" * 5000, 1)
        case 7:
            return text.replace(b'"', b'"\\ud800', 1) if rng.random() < 0.5 else text + text
    return text


def _written(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def test_500_mutated_logs_are_read_or_refused_each_with_a_line(folder: Path, lenet: tuple[Manifest, Path]) -> None:
    rng = random.Random(8)
    sound = [_of_lenet(make(), lenet[0]) for make in GOOD.values()]
    sound += [_of_lenet(_live(60, count=30, workers=2), lenet[0]), _of_lenet(_benchmark(_noisy(30)), lenet[0])]
    for number in range(500):
        _written(folder, f"{number:03}.json", _mutated(sound[number % len(sound)], rng))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = _judged(folder, lenet)
        table = device_log_table(found.logs)
    assert len(found.logs) + len(found.refused) == 500
    assert len(table) == len(found.logs)
    # Some mutations leave a true log; most do not.
    assert 10 <= len(found.logs) <= 200
    for each in found.refused:
        assert 0 < len(each.reason) < 2000
        assert "\n" not in each.reason
    for used in found.logs:
        assert load_run_log(folder / used.name) == used.log
        assert "\n" not in used.label
        assert all("\n" not in flag.sentence for flag in used.flags)


def test_500_mutated_manifests_are_read_or_refused_each_with_a_line(tmp_path: Path, lenet_copy: Path) -> None:
    rng = random.Random(9)
    sound = json.loads((lenet_copy / MANIFEST_NAME).read_bytes())
    log = _read(_of_lenet(_accuracy(_noisy(5)), load_manifest(lenet_copy)))
    for number in range(500):
        _written(tmp_path / "models" / f"{number:03}", MANIFEST_NAME, _mutated(sound, rng))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        manifests, lines = manifests_at_hand(tmp_path / "models")
    assert len(manifests) + len(lines) == 500
    assert len(manifests) >= 10
    assert len(lines) >= 200
    assert all(line and "\n" not in line for line in lines)
    whole, refused = 0, []
    for manifest in manifests:
        for file in manifest.files:
            try:
                whole += checked_file(manifest, lenet_copy, file.format).parent == lenet_copy
            except DeploymentError as error:
                refused.append(str(error))
        try:
            check_model(log, [manifest])
        except DeploymentError as error:
            refused.append(str(error))
    assert whole > 10
    assert refused
    assert not any("\n" in message for message in refused)


def test_the_mutator_finds_what_is_not_checked(monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path) -> None:
    """A control: were the schema's errors not turned into the package's own, the same mutations would show it."""
    rng = random.Random(8)
    for number in range(50):
        _written(folder, f"{number:03}.json", _mutated(GOOD["live"](), rng))

    def unchecked(path: Path) -> RunLog:
        return RunLog.model_validate_json(path.read_bytes())

    monkeypatch.setattr("helpers.device_logs.folder.load_run_log", unchecked)
    with pytest.raises(ValueError, match="validation error"):
        read_device_logs(folder, tmp_path)
