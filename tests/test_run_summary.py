"""What a run's summary says, held to logs whose numbers are known; and what it does not say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_logs import MS, benchmark_log, live_log, made_log, single_run

from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import AccuracyRun, ImageResult, TopClass
from helpers.runs.run_summary import LatencyParts, latency_parts, percentiles_ms, summarise, summary_table


def _single(durations_ms: list[float]) -> RunLog:
    wall_ms = sum(durations_ms) + 10
    return live_log(single_run(durations_ms, wall_ms), round(wall_ms * MS))


def test_the_beginning_is_told_from_the_steady_part() -> None:
    # Slow frames: five after the first warm up, though the second after it is long over.
    parts = latency_parts(_single([900.0, 500, 400, 400, 400, 400, 300, 310, 320]))
    assert parts == LatencyParts(
        30 * MS, 900 * MS, tuple(ms * MS for ms in (500, 400, 400, 400, 400)), (300 * MS, 310 * MS, 320 * MS)
    )
    # Quick frames: all that begin within a second of the first.
    parts = latency_parts(_single([100.0] * 15))
    assert (len(parts.warm_up_ns), len(parts.steady_ns)) == (10, 4)


def test_a_benchmarks_own_parts_are_kept() -> None:
    log = benchmark_log(50, [30, 25], [2, 3, 4], [20, 21, 22])
    assert latency_parts(log) == LatencyParts(30 * MS, 50 * MS, (30 * MS, 25 * MS), (22 * MS, 24 * MS, 26 * MS))
    summary = summarise(log)
    assert summary.steady_ms == {50: 24.0, 90: 26.0, 99: 26.0}
    assert summary.warm_up_ms == 25.0
    assert summary.processed_per_second == pytest.approx(6 / 0.177)
    assert (summary.mode, summary.display_fps, summary.age_ms, summary.dropped) == (None, None, None, None)


def test_an_accuracy_runs_images_follow_on_each_other() -> None:
    images = tuple(
        ImageResult(
            id=f"{number}.png",
            label=None,
            top=(TopClass(class_number=1, probability=0.99),),
            preprocess_ns=MS,
            invoke_ns=(99 if number else 199) * MS,
        )
        for number in range(12)
    )
    part = AccuracyRun(data_set="noise", labelled=0, top1_correct=0, top5_correct=0, images=images, failed=())
    parts = latency_parts(made_log(2000, accuracy=part))
    assert parts.first_ns == 200 * MS
    assert len(parts.warm_up_ns) + len(parts.steady_ns) == 11
    assert set(parts.steady_ns) == {100 * MS}


def test_a_live_run_is_summed_up() -> None:
    durations = [200.0, *[100.0] * 10, *[50.0] * 8]
    log = _single(durations)
    summary = summarise(log)
    wall = log.wall_ns / 1e9
    assert (summary.where, summary.model, summary.engine, summary.kind, summary.mode) == (
        "jvm",
        "mobilenet",
        "stub",
        "live",
        "single",
    )
    assert summary.processed_per_second == pytest.approx(19 / wall)
    assert summary.display_fps == pytest.approx(18 / 1.4)
    assert (summary.init_ms, summary.first_ms, summary.warm_up_ms) == (30.0, 200.0, 100.0)
    assert summary.steady_ms is not None
    assert summary.steady_ms[99] <= 100
    assert summary.age_ms == {50: 100.0, 90: 100.0}
    assert summary.dropped == {}
    assert summary.cpu_percent == pytest.approx(25)
    assert summary.threads == pytest.approx({"worker": 25.0, "screen": 12.5}, rel=1e-6)
    assert summary.peak_memory_mb == 100


def test_what_is_not_known_is_none_and_never_zero() -> None:
    log = _single([100.0, 100.0])
    resources = log.resources.model_copy(
        update={"cpu_ns": None, "cpu_percent": None, "threads": None, "peak_memory_bytes": None}
    )
    engine = log.engine.model_copy(update={"init_ns": None})
    summary = summarise(log.model_copy(update={"resources": resources, "engine": engine}))
    assert summary.steady_ms is None
    assert summary.warm_up_ms == 100.0
    assert (summary.cpu_percent, summary.threads, summary.peak_memory_mb, summary.init_ms) == (None, None, None, None)
    empty = summarise(log.model_copy(update={"pipeline": _empty()}))
    assert (empty.first_ms, empty.warm_up_ms, empty.steady_ms, empty.display_fps) == (None, None, None, None)
    assert empty.processed_per_second == 0


def _empty() -> object:
    run = single_run([1.0], 10)
    nothing = {"captured": 0, "processed": 0, "shown": 0, "fps": 0.0, "processed_per_second": 0.0}
    frames = run.frames.model_copy(update=dict.fromkeys(type(run.frames).model_fields, ()))
    return run.model_copy(update={**nothing, "frames": frames})


def test_the_table_has_a_row_for_each_run() -> None:
    logs = {"live": _single([100.0] * 20), "benchmark": benchmark_log(50, [30], [2, 2], [20, 21])}
    table = summary_table(logs)
    assert list(table.index) == ["live", "benchmark"]
    live, benchmark = table.loc["live"], table.loc["benchmark"]
    assert (live["where"], live["mode"], live["FPS"], live["p50 ms"], live["dropped"]) == (
        "jvm",
        "single",
        10.0,
        100.0,
        "none",
    )
    assert live["threads"] == "worker 25 %, screen 12 %"
    assert benchmark[["mode", "FPS", "age p50 ms", "dropped"]].isna().all()
    assert benchmark["p50 ms"] == 22.0
    assert len(summary_table({})) == 0


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(durations: list[int], percent: int) -> None:
    found = percentiles_ms(durations, (percent,))
    assert found is not None
    fitting = [
        each for each in durations if sum(other <= each for other in durations) * 100 >= percent * len(durations)
    ]
    assert found[percent] == min(fitting) / 1e6


def test_no_durations_have_no_percentile() -> None:
    assert percentiles_ms([], (50,)) is None
