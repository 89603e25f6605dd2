"""MLPerf's LoadGen over the engines: what it measured is read back strictly, and whatever goes wrong is one error."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from helpers import loadgen
from helpers.data import load_mnist
from helpers.engines import open_engine
from helpers.engines.litert import LiteRTEngine
from helpers.errors import DataError, DeploymentError, ImageError, LaneError, ModelFileError
from helpers.files import PROJECT, build_dir
from helpers.loadgen import LoadgenResult, loadgen_predictions, loadgen_table, single_stream
from helpers.loadgen_log import ANSWERS, DETAIL, read_answers, read_run

pytest.importorskip("mlperf_loadgen", reason="LoadGen exists for Linux on x86-64 and macOS on ARM only")


def _leftovers() -> list[Path]:
    return list(build_dir().glob("loadgen-*"))


@pytest.fixture(scope="module")
def short() -> LoadgenResult:
    return single_stream("lenet", min_queries=200, min_seconds=0.1, repeat=2, seed=5)


def test_a_run_is_as_long_as_asked_and_says_on_what(short: LoadgenResult) -> None:
    assert len(short.runs) == 2
    for run in short.runs:
        assert run.says == "VALID"
        assert run.queries >= 200
        assert run.seconds >= 0.099
        assert 0 < run.min_ns <= run.p50_ns <= run.p90_ns <= run.p99_ns <= run.max_ns
        assert (run.asked_queries, run.asked_ms) == (200, 100)
    with open_engine("litert", "lenet") as engine:
        assert short.model.file_sha256 == engine.file.sha256
    assert (short.where, short.threads, short.seed) == ("pc", 1, 5)
    assert short.machine.cores >= 1
    assert {"ai-edge-litert", "mlcommons-loadgen", "numpy"} <= short.versions.keys()
    assert short.loop.calls >= 64
    assert LoadgenResult.model_validate_json(short.model_dump_json()) == short
    assert _leftovers() == []


def test_a_short_run_is_not_called_valid_by_the_rules(short: LoadgenResult) -> None:
    assert not short.by_the_rules
    assert short.verdict.startswith("not valid by MLPerf's rules (fewer than 1024 queries or 60 s asked); 2 runs ")


def _with(result: LoadgenResult, p90_ns: list[int], **changes: Any) -> LoadgenResult:
    runs = [
        result.runs[0].model_copy(update={"p90_ns": each, "min_ns": 1, "max_ns": 10**12, **changes}) for each in p90_ns
    ]
    return result.model_copy(update={"runs": tuple(runs)})


@pytest.mark.parametrize(
    ("p90_ns", "repeats", "said"),
    [
        ([1000], None, "one run"),
        ([1000, 1050], True, "2 runs repeat within 5 %: 5.0 %"),
        ([1000, 1051, 1020], False, "3 runs do NOT repeat within 5 %: 5.1 %"),
    ],
)
def test_runs_agree_within_five_percent_or_the_verdict_says_so(
    p90_ns: list[int], repeats: bool | None, said: str, short: LoadgenResult
) -> None:
    result = _with(short, p90_ns)
    assert result.repeats is repeats
    assert result.verdict.endswith(said)


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        ({}, True),
        ({"asked_queries": 1023}, False),
        ({"asked_ms": 59_999}, False),
        ({"says": "INVALID"}, False),
    ],
)
def test_the_rules_ask_for_1024_queries_and_60_seconds(
    changes: dict[str, Any], valid: bool, short: LoadgenResult
) -> None:
    result = _with(short, [1000], **{"asked_queries": 1024, "asked_ms": 60_000, "says": "VALID", **changes})
    assert result.by_the_rules is valid
    assert result.verdict.startswith("VALID by MLPerf's rules") is valid
    assert ("INVALID" in result.verdict) == (changes.get("says") == "INVALID")


def test_the_table_has_a_row_for_each_result_beside_the_plain_loop(short: LoadgenResult) -> None:
    table = loadgen_table([short, _with(short, [10**6])])
    assert list(table["model"]) == ["LeNet", "LeNet"]
    assert table["p90_ms"].to_list() == [short.p90_ms, 1.0]
    assert table["loop_p50_ms"].to_list() == [short.loop.p50_ns / 1e6] * 2


def test_accuracy_mode_gives_the_engines_own_answers() -> None:
    images = load_mnist("test")[0][:37]
    with open_engine("litert", "lenet") as engine:
        expected = engine.predict(images)
    answers = loadgen_predictions("lenet", images)
    np.testing.assert_array_equal(answers, expected)
    # In another order they would be other answers.
    assert not np.array_equal(answers, expected[::-1])


def test_an_engine_without_a_setting_for_threads_is_measured() -> None:
    result = single_stream("lenet", engine="keras", threads=None, min_seconds=0.0)
    assert (result.engine, result.threads, result.runs[0].says) == ("keras", None, "VALID")


def test_another_engine_is_driven_the_same_way() -> None:
    images = load_mnist("test")[0][:5]
    with open_engine("frozen", "lenet") as engine:
        np.testing.assert_array_equal(
            loadgen_predictions("lenet", images, engine="frozen", threads=None),
            np.concatenate([engine.predict(images[at : at + 1]) for at in range(5)]),
        )


@pytest.mark.parametrize(
    ("arguments", "error", "part"),
    [
        ({"min_queries": 63}, ModelFileError, "min_queries to be a whole number from 64 to 5,000,000; received 63"),
        ({"min_queries": True}, ModelFileError, "received True"),
        ({"min_seconds": -1}, ModelFileError, "min_seconds from 0 to 600; received -1"),
        ({"min_seconds": float("nan")}, ModelFileError, "received nan"),
        ({"min_seconds": "2"}, ModelFileError, "received '2'"),
        ({"repeat": 21}, ModelFileError, "repeat to be a whole number from 1 to 20"),
        ({"seed": -1}, ModelFileError, "seed to be a whole number"),
        ({"threads": 0}, ModelFileError, "1 to 256 threads; received 0"),
        ({"threads": True}, ModelFileError, "1 to 256 threads; received True"),
        ({"engine": "frozen"}, ModelFileError, "setting for threads; received 'frozen' .*; give threads=None"),
        ({"engine": "keras"}, ModelFileError, "setting for threads; received 'keras' .*; give threads=None"),
        ({"engine": "abacus"}, ModelFileError, "one of the engines"),
        ({"images": np.zeros((1, 5, 5, 1), np.uint8)}, ImageError, "expected"),
        ({"images": np.zeros((0, 28, 28, 1), np.uint8)}, ImageError, "expected"),
    ],
)
def test_wrong_arguments_are_one_clear_error(
    arguments: dict[str, Any], error: type[DeploymentError], part: str
) -> None:
    with pytest.raises(error, match=part) as raised:
        single_stream("lenet", **{"min_seconds": 0.0, **arguments})
    assert "\n" not in str(raised.value)


def test_an_engine_that_fails_is_one_error_and_the_next_run_works(monkeypatch: pytest.MonkeyPatch) -> None:
    invoke, calls = LiteRTEngine.invoke, 0

    def fails_in_loadgen(self: LiteRTEngine, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        nonlocal calls
        if threading.current_thread().name == "loadgen":
            calls += 1
            if calls == 20:
                raise MemoryError("no room")
        return invoke(self, tensor)

    with monkeypatch.context() as patch:
        patch.setattr(LiteRTEngine, "invoke", fails_in_loadgen)
        with pytest.raises(ModelFileError, match=r"failed during LoadGen's run of lenet\.tflite: no room"):
            single_stream("lenet", min_seconds=0.1)
    # What LoadGen still asked was not put to the engine.
    assert calls == 20
    assert _leftovers() == []
    assert single_stream("lenet", min_seconds=0.0).runs[0].says == "VALID"


def test_without_the_package_the_error_says_where_it_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlperf_loadgen", None)
    with pytest.raises(LaneError, match="exists for Linux on x86-64 and macOS on ARM") as raised:
        single_stream("lenet")
    assert "\n" not in str(raised.value)


_CHILD = """
import signal
# Programs that were started in the background have Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from helpers.loadgen import single_stream
from helpers.engines.litert import LiteRTEngine
import threading
known = LiteRTEngine.invoke
def told(self, tensor):
    if threading.current_thread().name == "loadgen" and not told.yet:
        told.yet = True
        print("running", flush=True)
    return known(self, tensor)
told.yet = False
LiteRTEngine.invoke = told
single_stream("lenet", min_seconds=10)
"""


def test_ctrl_c_ends_a_run_and_nothing_else_is_printed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            assert child.stdout.readline() == "running\n"
            time.sleep(0.1)
            child.send_signal(signal.SIGINT)
            # All other questions that LoadGen has drawn, for ten seconds, are answered with nothing.
            rest, errors = child.communicate(timeout=300)
        finally:
            child.kill()
    assert rest == ""
    assert errors.strip().endswith("KeyboardInterrupt")
    assert child.returncode in (1, -signal.SIGINT, 130)


def _detail(**changes: Any) -> str:
    values = {
        "loadgen_version": "6",
        "effective_scenario": "SingleStream",
        "effective_min_query_count": 64,
        "effective_min_duration_ms": 1000,
        "result_validity": "VALID",
        "result_query_count": 100,
        "result_qps_with_loadgen_overhead": 100.0,
        "result_min_latency_ns": 1,
        "result_mean_latency_ns": 5,
        "result_50.00_percentile_latency_ns": 4,
        "result_90.00_percentile_latency_ns": 8,
        "result_99.00_percentile_latency_ns": 9,
        "result_max_latency_ns": 10,
        **changes,
    }
    return "".join(f":::MLLOG {json.dumps({'key': key, 'value': value})}\n" for key, value in values.items())


def test_a_log_is_read(tmp_path: Path) -> None:
    (tmp_path / DETAIL).write_text(_detail())
    run = read_run(tmp_path)
    assert (run.says, run.queries, run.p90_ns, run.seconds) == ("VALID", 100, 8, 1.0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no log\n",
        b":::MLLOG {}\n",
        b":::MLLOG " + b"[" * 100_000 + b"\n",
        b"\xff\xfe",
        _detail(result_validity="FINE").encode(),
        _detail(result_query_count="100").encode(),
        _detail(result_query_count=True).encode(),
        _detail(result_query_count=63).encode(),
        _detail(result_qps_with_loadgen_overhead=0).encode(),
        _detail(result_qps_with_loadgen_overhead=float("nan")).encode(),
        _detail(result_qps_with_loadgen_overhead=200.0).encode(),
        _detail(result_mean_latency_ns=11).encode(),
        _detail(**{"result_90.00_percentile_latency_ns": 3}).encode(),
        _detail(effective_scenario="Server").encode(),
        _detail(result_min_latency_ns=10**30).encode(),
        _detail().encode() + b':::MLLOG {"key": "result_query_count", "value": 100}\n',
        b" " * (16 * 2**20 + 1),
    ],
)
def test_what_is_no_log_is_one_clear_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / DETAIL).write_bytes(content)
    with pytest.raises(
        DataError, match=r"mlperf_log_detail\.txt (is no log of a LoadGen run|to have at most)"
    ) as raised:
        read_run(tmp_path)
    assert "\n" not in str(raised.value)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.data())
def test_a_damaged_log_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(_detail().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
        content = content or bytearray(b" ")
    folder = tmp_path_factory.mktemp("log")
    (folder / DETAIL).write_bytes(content)
    with contextlib.suppress(DataError):
        assert read_run(folder).queries >= 1


def _answers(*entries: tuple[object, object]) -> str:
    return json.dumps([{"seq_id": at, "qsl_idx": index, "data": data} for at, (index, data) in enumerate(entries)])


_ONE, _TWO = np.float32([1, 0]).tobytes().hex().upper(), np.float32([0.25, 0.75]).tobytes().hex().upper()


def test_answers_come_in_the_order_of_the_samples(tmp_path: Path) -> None:
    (tmp_path / ANSWERS).write_text(_answers((1, _TWO), (0, _ONE)))
    np.testing.assert_array_equal(read_answers(tmp_path, 2, 2), np.float32([[1, 0], [0.25, 0.75]]))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1, 2]",
        "[" * 100_000,
        _answers((0, _ONE)),
        _answers((0, _ONE), (0, _TWO)),
        _answers((0, _ONE), (2, _TWO)),
        _answers((0, _ONE), (True, _TWO)),
        _answers((0, _ONE), (1, _TWO[:-2])),
        _answers((0, _ONE), (1, "x" * 16)),
        _answers((0, _ONE), (1, None)),
        _answers((0, _ONE), (1, np.float32([np.nan, 0]).tobytes().hex())),
        " " * 100_000,
    ],
)
def test_what_are_no_answers_is_one_clear_error(content: str, tmp_path: Path) -> None:
    (tmp_path / ANSWERS).write_text(content)
    with pytest.raises(DataError, match=r"mlperf_log_accuracy\.json (holds no answers|to have at most)") as raised:
        read_answers(tmp_path, 2, 2)
    assert "\n" not in str(raised.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read LoadGen's log .*mlperf_log_detail\.txt"):
        read_run(tmp_path)
    with pytest.raises(DataError, match=r"cannot read LoadGen's log .*mlperf_log_accuracy\.json"):
        read_answers(tmp_path, 1, 2)


def test_more_queries_than_memory_should_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loadgen, "_MOST_QUERIES", 70)
    with pytest.raises(
        ModelFileError, match=r"at most 70 queries; received 1\.0 s, for which LoadGen draws .*; choose"
    ):
        single_stream("lenet", min_seconds=1.0)


def test_an_engine_of_another_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiteRTEngine, "where", "jvm")
    with pytest.raises(ModelFileError, match="runs in this process; received 'litert'"):
        loadgen.single_stream("lenet")
