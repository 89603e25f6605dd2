"""CPU time for a frame against FLOPs, single calls in Python and on the JVM, and threads inside the engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_logs import MS, benchmark_log, live_log, made_log, single_run

from helpers import engine_threads as threads_module
from helpers import plots
from helpers.artifacts import build_model
from helpers.consumption import (
    ASSUMED_NOISE,
    cpu_seconds_per_frame,
    frames_of,
    gpu_seconds_per_frame,
    proportionality,
)
from helpers.engine_threads import engine_threads
from helpers.errors import DataError, LaneError, ModelFileError
from helpers.gpu_use import GpuUse
from helpers.runs.jvm_benchmark import run_jvm_benchmark
from helpers.runs.machine import this_machine, usable_cores
from helpers.runs.python_benchmark import run_python_benchmark
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import Latency, Resources, ThreadCpu

FLOPS = {"squeezenet": 7 * 10**8, "mobilenet": 11 * 10**8, "densenet121": 57 * 10**8, "inceptionv3": 114 * 10**8}


def _resources(cpu_ms: float | None, wall_ms: float, cores: int = 2) -> Resources:
    cpu_ns = None if cpu_ms is None else round(cpu_ms * MS)
    return Resources(
        cpu_ns=cpu_ns,
        cpu_percent=None if cpu_ns is None else 100 * cpu_ns / (wall_ms * MS * cores),
        threads=None,
        peak_memory_bytes=None,
        battery_start_percent=None,
        battery_end_percent=None,
        thermal_state=None,
        gpu_percent=None,
        gpu_source=None,
    )


def _log(model: str, cpu_ms: float | None, calls: int = 10) -> RunLog:
    """A benchmark of so many calls, each of which took so much CPU time, half as long on two cores."""
    each = (cpu_ms or 10) / 2
    times = tuple(round(each * MS / 2) for _ in range(calls - 1))
    latency = Latency(first_ns=round(each * MS), warm_up_ns=(), steady_preprocess_ns=times, steady_invoke_ns=times)
    wall_ms = calls * each + 1
    used = _resources(None if cpu_ms is None else calls * cpu_ms, wall_ms)
    return made_log(wall_ms, model=model, latency=latency, resources=used)


def _table(prices: dict[str, list[float]]) -> pd.DataFrame:
    """Runs whose CPU time for a frame is so many milliseconds for 10^9 operations."""
    logs = [_log(model, price * FLOPS[model] / 1e9) for model, runs in prices.items() for price in runs]
    return cpu_seconds_per_frame(logs, FLOPS)


def test_frames_are_counted_in_each_kind_of_run() -> None:
    assert frames_of(_log("mobilenet", 10, calls=7)) == 7
    assert frames_of(benchmark_log(9, [1, 1], [1, 1, 1], [1, 1, 1])) == 6
    assert frames_of(live_log(single_run([100.0] * 5, 500), 500 * MS)) == 5


def test_cpu_time_is_divided_by_the_frames() -> None:
    row = _table({"mobilenet": [10.0]}).iloc[0]
    assert row["seconds_per_frame"] == pytest.approx(0.011)
    assert (row["model"], row["where"], row["engine"], row["frames"]) == ("mobilenet", "jvm", "stub", 10)
    assert row["gflops"] == 1.1
    # A busy thread reads the same whatever the network.
    assert row["percent"] == pytest.approx(_table({"inceptionv3": [10.0]}).iloc[0]["percent"], rel=0.1)


def test_what_a_platform_does_not_tell_stays_unknown_and_out_of_the_fit() -> None:
    logs = [_log(model, flops / 1e8) for model, flops in FLOPS.items()]
    table = cpu_seconds_per_frame([*logs, _log("mobilenet", None)], FLOPS)
    assert math.isnan(table.iloc[-1]["seconds_per_frame"])
    assert math.isnan(table.iloc[-1]["percent"])
    assert proportionality(table).models == 4


def test_a_model_without_operations_is_an_error() -> None:
    with pytest.raises(DataError, match="operations of mobilenet; received those of lenet"):
        cpu_seconds_per_frame([_log("mobilenet", 10)], {"lenet": 1})


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.floats(min_value=0.5, max_value=500))
def test_one_price_for_all_is_proportional(price: float) -> None:
    found = proportionality(_table({model: [price] for model in FLOPS}))
    assert found.proportional
    assert found.seconds_per_gflop == pytest.approx(price / 1000, rel=1e-3)
    assert found.exponent == pytest.approx(1, abs=1e-3)
    assert found.factor == pytest.approx(1, rel=1e-3)
    assert found.r2 == pytest.approx(1, abs=1e-4)
    assert found.verdict.startswith("proportional: ")


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ({"squeezenet": 40, "mobilenet": 30, "densenet121": 12, "inceptionv3": 10}, "more FLOPs cost more, but not in"),
        ({"squeezenet": 10, "mobilenet": 10, "densenet121": 10, "inceptionv3": 13}, "more FLOPs cost more, but not in"),
        ({"squeezenet": 160, "mobilenet": 100, "densenet121": 19, "inceptionv3": 9}, "not proportional"),
    ],
)
def test_other_prices_reject_it_though_the_line_may_look_straight(prices: dict[str, float], said: str) -> None:
    found = proportionality(_table({model: [float(price)] for model, price in prices.items()}))
    assert not found.proportional
    assert found.verdict.startswith(said)
    assert found.factor == pytest.approx(max(prices.values()) / min(prices.values()), rel=1e-3)
    assert prices[next(iter(found.prices))] == min(prices.values())
    assert "are taken to differ" in found.verdict


def test_repeated_runs_say_how_much_is_noise() -> None:
    same = {"squeezenet": [10.0], "mobilenet": [10.0], "densenet121": [10.0]}
    noisy = proportionality(_table({**same, "inceptionv3": [10.0, 14.0, 14.0]}))
    assert noisy.noise_seen
    assert noisy.noise == pytest.approx(1.4, rel=1e-3)
    assert noisy.factor == pytest.approx(1.4, rel=1e-3)
    steady = proportionality(_table({**same, "inceptionv3": [14.0, 14.0, 14.1]}))
    assert steady.noise == 1.05
    assert not steady.proportional
    assert proportionality(_table({**same, "inceptionv3": [10.0]})).noise == ASSUMED_NOISE


def test_too_few_models_or_two_engines_are_no_fit() -> None:
    table = _table({model: [10.0] for model in FLOPS})
    with pytest.raises(DataError, match="at least three models by one engine in one place; received 2 models by 1"):
        proportionality(table[table["model"].isin(["squeezenet", "mobilenet"])])
    other = table.assign(engine="another")
    with pytest.raises(DataError, match="received 4 models by 2"):
        proportionality(pd.concat([table, other]))
    with pytest.raises(DataError, match="received 0 models by 0"):
        proportionality(table.iloc[:0])


def test_the_gpus_use_is_joined_to_its_log() -> None:
    log = live_log(single_run([100.0] * 5, 500), 500 * MS)
    use = {"live.json": GpuUse(run_log="live.json", gpu_percent=40)}
    table = gpu_seconds_per_frame({"live.json": log, "other.json": log}, use, FLOPS)
    assert len(table) == 1
    assert table.iloc[0]["seconds_per_frame"] == pytest.approx(0.4 * 0.5 / 5)
    assert gpu_seconds_per_frame({"other.json": log}, use, FLOPS).empty


def test_the_figure_says_what_it_shows() -> None:
    figure = plots.cpu_against_flops(_table({model: [10.0] for model in FLOPS}))
    assert (
        "stub (jvm), like FLOPs^1.00 in ms: squeezenet 7, mobilenet 11, densenet121 57, inceptionv3 114"
        in figure.get_label()
    )
    assert (
        plots.cpu_against_flops(_table({"mobilenet": [10.0]}).iloc[:0]).get_label().endswith("no run with a known time")
    )


def test_the_machine_is_told_as_a_pc() -> None:
    machine = this_machine()
    assert machine.os not in ("Android", "iOS")
    assert machine.cores == usable_cores() >= 1


def test_a_benchmark_in_python_is_logged_like_the_apps() -> None:
    log = run_python_benchmark("lenet", calls=7, warm_up=2)
    assert (log.kind, log.where, log.engine.name, log.engine.threads) == ("benchmark", "pc", "litert", 1)
    assert log.model.file_sha256 == build_model("lenet")[0].file("tflite").sha256
    assert log.latency is not None
    assert (len(log.latency.warm_up_ns), len(log.latency.steady_invoke_ns)) == (2, 7)
    assert log.latency.busy_ns <= log.wall_ns
    assert log.resources.cpu_ns is not None


def test_an_engine_without_a_setting_for_threads_logs_none() -> None:
    assert run_python_benchmark("lenet", "frozen", threads=None, calls=1, warm_up=0).engine.threads is None


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"calls": 0}, "calls to be 1 to 100,000; received 0"),
        ({"calls": True}, "received True"),
        ({"warm_up": -1}, "warm_up to be 0 to 100,000; received -1"),
        ({"threads": 257}, "1 to 256 threads"),
        ({"engine": "abacus"}, "one of the engines"),
        ({"model": "alexnet"}, "alexnet"),
    ],
)
def test_what_cannot_be_timed_is_one_clear_error(arguments: dict[str, Any], part: str) -> None:
    with pytest.raises(ModelFileError, match=part) as raised:
        run_python_benchmark(**{"model": "lenet", **arguments})
    assert "\n" not in str(raised.value)


@pytest.mark.java
@pytest.mark.parametrize("engine", ["tflite", "tf_mobile"])
def test_a_benchmark_of_the_apps_java_is_logged(engine: str) -> None:
    log = run_jvm_benchmark("lenet", engine, calls=7, warm_up=2, progress=False)
    assert (log.kind, log.where, log.model.name) == ("benchmark", "jvm", "lenet")
    assert log.latency is not None
    assert (len(log.latency.warm_up_ns), len(log.latency.steady_invoke_ns)) == (2, 7)


@pytest.mark.java
@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"engine": "stub"}, "one of the engines tf_mobile, tflite; received 'stub'"),
        ({"calls": 0}, r"the app's benchmark for lenet \(tflite\): expected --count to be an integer from 1 to 100000"),
        ({"warm_up": -1}, "--warm-up"),
        ({"seconds": 0}, "--seconds"),
        ({"threads": 65}, "--threads to be an integer from 1 to 64"),
    ],
)
def test_what_java_refuses_is_one_clear_error(arguments: dict[str, Any], part: str) -> None:
    with pytest.raises(ModelFileError, match=part) as raised:
        run_jvm_benchmark("lenet", **{"progress": False, **arguments})
    assert "\n" not in str(raised.value)


def _runtime(busy: Callable[[int], float], where: str) -> Callable[..., RunLog]:
    """A runtime that keeps so many cores of four busy, by the setting of its threads."""

    def run(model: str, engine: str, setting: int, calls: int, **_: object) -> RunLog:
        each = 10 * MS * calls
        times = (round(each / calls / busy(setting)),) * calls
        latency = Latency(first_ns=0, warm_up_ns=(), steady_preprocess_ns=(0,) * calls, steady_invoke_ns=times)
        wall_ms = max(sum(times) / MS, 1)
        used = _resources(wall_ms * busy(setting), wall_ms, cores=4)
        return made_log(wall_ms, model=model, where=where, cores=4, latency=latency, resources=used)

    return run


def test_a_setting_that_is_ignored_shows_in_the_cores_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "run_python_benchmark", _runtime(lambda setting: min(setting, 4), "pc"))
    monkeypatch.setattr(threads_module, "run_jvm_benchmark", _runtime(lambda _: 1, "jvm"))
    table = engine_threads("mobilenet", (1, 2, 4, 8), calls=5)
    works, ignored = table[table["where"] == "pc"], table[table["where"] == "jvm"]
    assert works["takes_effect"].to_list() == [None, True, True, True]
    assert works["speed_up"].to_list() == pytest.approx([1, 2, 4, 4], rel=1e-3)
    assert works["cores_busy"].to_list() == pytest.approx([1, 2, 4, 4], rel=1e-3)
    assert ignored["takes_effect"].to_list() == [None, False, False, False]
    figure = plots.engine_threads_chart(table)
    assert "stub (jvm), 8 threads: 10.0 ms, 1.00 cores busy" in figure.get_label()


def test_on_a_busy_machine_the_threads_own_times_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(model: str, engine: str, setting: int, calls: int, **_: object) -> RunLog:
        # Other programs leave this one a single core, whatever its setting.
        log = _runtime(lambda _: 1, "pc")(model, engine, setting, calls)
        each = (log.resources.cpu_ns or 0) // setting
        rows = tuple(ThreadCpu(name=f"worker {number}", cpu_ns=each) for number in range(setting))
        return log.model_copy(update={"resources": log.resources.model_copy(update={"threads": rows})})

    monkeypatch.setattr(threads_module, "run_python_benchmark", run)
    monkeypatch.setattr(threads_module, "run_jvm_benchmark", _runtime(lambda _: 1, "jvm"))
    table = engine_threads("mobilenet", (1, 2), calls=5)
    assert table["busiest_share"].to_list()[:2] == pytest.approx([1, 0.5], rel=1e-3)
    assert table["takes_effect"].to_list() == [None, True, None, False]


def test_a_missing_runtime_is_a_row_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> RunLog:
        raise LaneError("there is no Java here")

    monkeypatch.setattr(threads_module, "run_python_benchmark", _runtime(lambda _: 1, "pc"))
    monkeypatch.setattr(threads_module, "run_jvm_benchmark", missing)
    table = engine_threads("mobilenet", (1, 2), calls=2)
    assert table["remark"].to_list() == ["", "", "there is no Java here"]
    assert table["threads"].isna().to_list() == [False, False, True]
    assert plots.engine_threads_chart(table).get_label().count("jvm") == 0


@pytest.mark.skipif(usable_cores() < 2, reason="one core runs one thread at a time")
def test_real_threads_share_the_work_of_an_invocation() -> None:
    # By CPU time alone, which another program cannot change: with two threads, no thread did it all.
    shares = []
    for setting in (1, 2):
        log = run_python_benchmark("mobilenet", threads=setting, calls=40)
        rows = log.resources.threads or ()
        assert rows
        shares.append(rows[0].cpu_ns / sum(row.cpu_ns for row in rows))
    assert shares[0] > 0.9
    assert shares[1] < 0.8
