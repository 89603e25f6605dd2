"""The simulator, held to facts about queues, and to pipelines that really ran with known times."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_logs import MS, benchmark_log, live_log, single_run

from helpers.errors import DataError
from helpers.realtime import PacedCamera, Pipeline
from helpers.runs.python_pipeline import pipeline_run
from helpers.runs.run_log_parts import PipelineRun
from helpers.simulation.prediction import Comparison, compare, comparison_table, predict, stage_times
from helpers.simulation.simulator import SimulatedRun, StageTimes, simulate

MODES = ("single", "multi")

camera = st.sampled_from([5.0, 24.0, 29.97, 30.0, 60.0, 240.0])
length = st.floats(0.1, 4.0)
latency = st.floats(0.5, 900.0)
samples = st.lists(st.floats(0.0, 300.0), min_size=1, max_size=12)
queue = st.one_of(
    st.just({"policy": "latest"}),
    st.builds(lambda depth: {"policy": "fifo", "depth": depth}, st.one_of(st.none(), st.integers(1, 9))),
)
sharing = st.one_of(
    st.just({}),
    st.builds(lambda cores, threads: {"cores": cores, "engine_threads": threads}, st.integers(1, 4), st.integers(1, 4)),
)


def _property(examples: int) -> Any:
    return settings(deadline=None, max_examples=examples, derandomize=True)


@_property(150)
@given(samples, samples, samples, camera, length, queue, sharing, st.integers(1, 4), st.booleans(), st.integers(0, 9))
def test_every_frame_is_accounted_for_and_the_schema_holds(
    inference: list[float],
    capture: list[float],
    draw: list[float],
    fps: float,
    seconds: float,
    settings_: dict[str, Any],
    shared: dict[str, Any],
    workers: int,
    single: bool,
    seed: int,
) -> None:
    stages = StageTimes(inference, capture_ms=capture, draw_ms=draw, warm_up_ms=[400.0])
    chosen: dict[str, Any] = {"mode": "single"} if single else {"workers": workers, **settings_, **shared}
    simulated = simulate(stages, fps=fps, seconds=seconds, seed=seed, **chosen)
    run = simulated.run
    # Building it anew checks every rule of the schema: sums, order, intervals.
    assert PipelineRun.model_validate(run.model_dump()) == run
    assert live_log(run, simulated.wall_ns).pipeline == run
    assert run.processed <= run.captured <= max(1, round(fps * seconds))
    assert run.captured == run.processed + sum(run.dropped.values())
    assert (run.dropped["stopped"], run.dropped["failed"]) == (0, 0)
    # No more at a time than there are workers.
    events = [(start, 1) for start, _ in run.frames.intervals if start is not None]
    events += [(end, -1) for _, end in run.frames.intervals]
    busy = list(itertools.accumulate(change for _, change in sorted(events)))
    assert max(busy, default=0) <= (1 if single else workers)
    if single:
        assert run.shown == run.processed
        assert run.fps == run.processed_per_second
    assert simulated == simulate(stages, fps=fps, seconds=seconds, seed=seed, **chosen)


@_property(100)
@given(latency, camera, length, queue, sharing, st.integers(1, 4))
def test_never_more_processed_than_the_time_allows(
    ms: float, fps: float, seconds: float, settings_: dict[str, Any], shared: dict[str, Any], workers: int
) -> None:
    for chosen in ({"mode": "single"}, {"workers": workers, **settings_, **shared}):
        simulated = simulate(StageTimes(ms), fps=fps, seconds=seconds, **chosen)  # type: ignore[arg-type]
        each = simulated.wall_ns / (round(ms * MS)) + 1
        assert simulated.run.processed <= each * simulated.run.workers


@_property(100)
@given(samples, camera, st.floats(1.0, 4.0), st.integers(1, 3))
def test_with_the_latest_frame_kept_no_work_begins_on_an_old_one(
    inference: list[float], fps: float, seconds: float, workers: int
) -> None:
    for chosen in ({"mode": "single"}, {"workers": workers}):
        frames = simulate(StageTimes(inference), fps=fps, seconds=seconds, **chosen).run.frames  # type: ignore[arg-type]
        last = max(frames.capture_ns)
        pairs = zip(frames.capture_ns, frames.start_ns, strict=True)
        # As long as frames keep coming, a newer one replaces whichever has waited for a frame interval.
        ages = [start - capture for capture, start in pairs if start is not None and start <= last]
        assert max(ages) <= 1e9 / fps + 1


@_property(60)
@given(st.floats(1.2, 12.0), camera, st.integers(1, 6), st.integers(1, 2))
def test_a_queue_that_keeps_every_frame_falls_behind_without_bound(
    slowness: float, fps: float, depth: int, workers: int
) -> None:
    period = 1000 / fps
    stages = StageTimes(slowness * workers * period)
    endless = simulate(stages, fps=fps, seconds=3 + 200 / fps, policy="fifo", workers=workers)
    ages = np.array(endless.ages_ms)
    assert endless.run.processed == endless.run.captured
    steps = np.diff(ages[::workers])
    assert np.all(steps > 0)
    assert ages[-1] > 100 * (slowness - 1) * period
    bounded = simulate(stages, fps=fps, seconds=3 + 200 / fps, policy="fifo", depth=depth, workers=workers)
    # It waits behind at most `depth` frames, and then takes its own time.
    assert max(bounded.ages_ms) <= (depth + 2) * slowness * workers * period
    assert bounded.dropped["replaced_by_newer"] > 0


def test_a_queue_of_one_is_the_latest_frame() -> None:
    stages = StageTimes([70.0, 130.0, 20.0])
    assert simulate(stages, policy="fifo", depth=1) == simulate(stages)


@_property(80)
@given(latency, camera, st.floats(0.5, 3.0), queue)
def test_more_workers_never_process_less(ms: float, fps: float, seconds: float, settings_: dict[str, Any]) -> None:
    rates = [
        simulate(StageTimes(ms), fps=fps, seconds=seconds, workers=workers, **settings_).processed_per_second
        for workers in (1, 2, 3, 4)
    ]
    assert all(more >= fewer * (1 - 1e-9) for fewer, more in itertools.pairwise(rates))


@_property(40)
@given(st.floats(1.0, 25.0), camera, st.sampled_from(MODES))
def test_a_quick_network_keeps_up_with_the_camera(ms: float, fps: float, mode: Any) -> None:
    quick = StageTimes(min(ms, 900 / fps))
    simulated = simulate(quick, mode, fps=fps, seconds=4)
    assert simulated.fps == pytest.approx(fps)
    assert sum(simulated.dropped.values()) == 0


def test_one_thread_stutters_and_two_do_not() -> None:
    single, multi = (simulate(StageTimes(100.0), mode) for mode in MODES)  # type: ignore[arg-type]
    assert single.fps == pytest.approx(10)
    assert single.fps == pytest.approx(single.processed_per_second)
    assert multi.fps == pytest.approx(30)
    assert multi.processed_per_second == pytest.approx(10)
    assert single.dropped["skipped_by_source"] == 198
    assert multi.dropped["replaced_by_newer"] == 199


def test_workers_share_the_cores_that_there_are() -> None:
    def rate(**chosen: Any) -> float:
        return simulate(StageTimes(200.0), seconds=20, **chosen).processed_per_second

    assert rate(workers=2, cores=2) == pytest.approx(2 * rate(workers=1, cores=2), rel=0.05)
    assert rate(workers=2, cores=1) == pytest.approx(rate(workers=1, cores=1), rel=0.05)
    assert rate(workers=2, cores=2, engine_threads=2) == pytest.approx(rate(workers=1, engine_threads=2), rel=0.05)
    # What the screen takes of an only core, the network has not: here half of it.
    busy = StageTimes(200.0, draw_ms=1000 / 60)
    one, two = (simulate(busy, seconds=20, cores=cores) for cores in (1, 2))
    assert two.processed_per_second == pytest.approx(2 * one.processed_per_second, rel=0.05)
    assert one.fps == two.fps == pytest.approx(30)


def test_the_first_frames_take_their_own_time() -> None:
    run = simulate(StageTimes(10.0, preprocess_ms=5.0, warm_up_ms=[100.0, 50.0]), seconds=2).run
    assert run.frames.latencies_ns[:4] == [100 * MS, 50 * MS, 15 * MS, 15 * MS]


def test_samples_come_in_random_order_each_once_a_round() -> None:
    stages = StageTimes([1.0, 2.0, 3.0, 4.0])
    one, other = (simulate(stages, "single", seconds=4, seed=seed).run.frames.latencies_ns for seed in (1, 2))
    assert one != other
    assert all(sorted(one[start : start + 4]) == [MS, 2 * MS, 3 * MS, 4 * MS] for start in range(0, 120, 4))


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"inference_ms": []}, "inference_ms to be milliseconds"),
        ({"inference_ms": -1.0}, "received '-1.0'"),
        ({"inference_ms": float("nan")}, "received 'nan'"),
        ({"inference_ms": [1.0, float("inf")]}, "inference_ms"),
        ({"inference_ms": "slow"}, "received 'slow'"),
        ({"inference_ms": 10**400}, "received '1000"),
        ({"inference_ms": [1.0, 10**5_000]}, "too many digits"),
        ({"inference_ms": [[1.0]]}, "inference_ms"),
        ({"inference_ms": 1.0, "draw_ms": ()}, "draw_ms"),
        ({"inference_ms": 1.0, "warm_up_ms": [-1.0]}, "warm_up_ms"),
    ],
)
def test_what_is_no_duration_is_refused(arguments: dict[str, Any], part: str) -> None:
    with pytest.raises(DataError, match=part):
        StageTimes(**arguments)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"mode": "triple"}, "mode to be single or multi; received triple"),
        ({"fps": 0}, "frames per second above 0"),
        ({"fps": float("nan")}, "frames per second above 0"),
        ({"seconds": 0}, "more than 0 seconds"),
        ({"seconds": 1e9}, "at most 27,000 frames"),
        ({"policy": "lifo"}, "latest or fifo"),
        ({"depth": 3}, "of a fifo queue only"),
        ({"policy": "fifo", "depth": 0}, "a depth of at least 1"),
        ({"workers": 0}, "1 to 64 workers"),
        ({"workers": 65}, "1 to 64 workers"),
        ({"mode": "single", "workers": 2}, "one worker and no queue in single mode"),
        ({"mode": "single", "policy": "fifo"}, "one worker and no queue in single mode"),
        ({"cores": 0}, "at least 1 core"),
        ({"engine_threads": 0}, "at least 1 engine thread"),
    ],
)
def test_what_cannot_be_simulated_is_refused(arguments: dict[str, Any], part: str) -> None:
    with pytest.raises(DataError, match=part):
        simulate(StageTimes(1.0), **arguments)


# Predicted from one run, held against another


def _ran(mode: Any, wait_s: float, fps: float = 30.0, count: int = 60) -> tuple[PipelineRun, int]:
    """A real pipeline whose network waits: what others do on the machine changes little of that."""
    pipeline = Pipeline(
        PacedCamera([np.zeros((1, 1, 1), np.uint8)], fps, count), lambda _: time.sleep(wait_s), mode=mode
    )
    start_ns = time.perf_counter_ns()
    pipeline.run()
    wall_ns = time.perf_counter_ns() - start_ns
    return pipeline_run(pipeline, "test", start_ns, wall_ns), wall_ns


def test_a_real_run_is_predicted_from_the_other_kind_of_run() -> None:
    runs = {mode: live_log(*_ran(mode, 0.09), where="pc") for mode in MODES}
    for mode, other in (MODES, MODES[::-1]):
        simulated = predict(stage_times(runs[other]), runs[mode])
        comparison = compare(simulated, runs[mode])
        # A busy machine may delay one run and not the other; wrong times are off by far more.
        assert comparison.within(0.25), comparison
        assert comparison.predicted_from == f"measured: pc, stub, mobilenet, {other}"
    wrong = predict(StageTimes(45.0, source="wrong"), runs["multi"])
    assert not compare(wrong, runs["multi"]).within(0.25)


def test_stages_are_read_from_a_live_run() -> None:
    run = single_run([100.0, *[60.0] * 20, *[50.0] * 5], 2000)
    stages = stage_times(live_log(run, 2000 * MS))
    assert stages.warm_up_ms[0] == 100  # type: ignore[index]
    assert set(stages.inference_ms) == {60.0, 50.0}  # type: ignore[arg-type]
    assert set(stages.draw_ms) == {0.0}  # type: ignore[arg-type]
    drawn = simulate(StageTimes(40.0, capture_ms=3.0, draw_ms=2.0), "single")
    again = stage_times(live_log(drawn.run, drawn.wall_ns))
    assert set(again.capture_ms) == {3.0}  # type: ignore[arg-type]
    assert set(again.draw_ms) == {2.0}  # type: ignore[arg-type]
    both = simulate(StageTimes(40.0, capture_ms=3.0, draw_ms=2.0))
    assert set(stage_times(live_log(both.run, both.wall_ns)).capture_ms) == {5.0}  # type: ignore[arg-type]


def test_stages_are_read_from_a_benchmark() -> None:
    stages = stage_times(benchmark_log(50, [30], [2, 3], [20, 21]))
    assert (stages.preprocess_ms, stages.inference_ms, stages.warm_up_ms) == ((2.0, 3.0), (20.0, 21.0), (50.0, 30.0))
    assert stages.source == "measured: jvm, stub, mobilenet, benchmark"


@_property(30)
@given(st.floats(5.0, 300.0), st.sampled_from(MODES))
def test_a_simulated_run_predicts_itself(ms: float, mode: Any) -> None:
    simulated = simulate(StageTimes(ms, capture_ms=0.5, draw_ms=0.5), mode, seconds=8)
    log = live_log(simulated.run, simulated.wall_ns)
    assert compare(predict(stage_times(log), log), log).within(0.02)


def test_what_cannot_be_compared_is_refused() -> None:
    single = simulate(StageTimes(50.0), "single")
    log = live_log(single.run, single.wall_ns)
    with pytest.raises(DataError, match="expected a live run in multi mode; received single"):
        compare(simulate(StageTimes(50.0)), log)
    with pytest.raises(DataError, match="received benchmark"):
        compare(single, benchmark_log(50, [30], [2], [20]))
    with pytest.raises(DataError, match="expected a live run with two frames; received one of kind 'benchmark'"):
        predict(StageTimes(1.0), benchmark_log(50, [30], [2], [20]))
    frames = single.run.frames.model_copy(update={"end_ns": (), "start_ns": ()})
    unprocessed = log.model_copy(update={"pipeline": single.run.model_copy(update={"frames": frames})})
    with pytest.raises(DataError, match="a processed frame"):
        stage_times(unprocessed)


def test_a_comparison_without_numbers_is_not_within() -> None:
    comparison = Comparison(
        "pc", "lenet", "multi", "chosen", {"FPS": None, "processed/s": 1.0}, {"FPS": 1.0, "processed/s": 1.0}
    )
    assert comparison.error("FPS") is None
    assert not comparison.within()
    table = comparison_table([comparison])
    assert list(table["within 10 %"]) == [False]
    assert table["FPS"].isna().all()
    assert list(table["processed/s, off by %"]) == [0.0]
    assert list(table["predicted from"]) == ["chosen"]


def test_a_prediction_says_what_it_was_made_from() -> None:
    simulated: SimulatedRun = simulate(StageTimes(100.0, source="published: a phone"))
    assert simulated.predicted_from == "published: a phone"
    assert simulated.run.source == "simulated run, 30 frames per second; stages published: a phone"
