"""What the verdicts on multithreading say of runs whose times are known, also of runs that refute the paper."""

from __future__ import annotations

import pytest
from pipeline_logs import live_log

from helpers.errors import DataError
from helpers.paper import claims
from helpers.realtime_verdicts import RunPair, Verdict, inverse_verdict, is_slow, pair_runs, realtime_verdicts
from helpers.runs.pipeline_program import Mode
from helpers.runs.run_log import RunLog
from helpers.simulation.simulator import StageTimes, simulate

FPS = 30.0


def _log(latency_ms: float, mode: Mode, draw_ms: float = 0.0, where: str = "jvm") -> RunLog:
    run = simulate(StageTimes(latency_ms, draw_ms=draw_ms), mode, fps=FPS, seconds=6)
    return live_log(run.run, run.wall_ns, where=where)


def _pair(latency_ms: float, title: str = "a network", draw_ms: float = 0.0, where: str = "jvm") -> RunPair:
    return RunPair(title, _log(latency_ms, "single", draw_ms, where), _log(latency_ms, "multi", draw_ms, where))


def _by_claim(verdicts: list[Verdict]) -> dict[str, Verdict]:
    return {verdict.claim: verdict for verdict in verdicts}


def test_slow_networks_show_what_the_paper_says() -> None:
    found = _by_claim(realtime_verdicts([_pair(90), _pair(200)], FPS))
    assert all(found[claim].holds for claim in found if claim != "results.multi_consumption")
    assert found["threads.two_threads"].measured == 30.0
    assert found["threads.one_thread"].measured == 5.0
    assert found["threads.expensive"].measured == 2
    assert {verdict.where for verdict in found.values()} == {"jvm"}


def test_each_slow_network_has_rows_of_its_own() -> None:
    verdicts = realtime_verdicts([_pair(90, "slow"), _pair(10, "quick"), _pair(50, "slower than a frame")], FPS)
    subjects = [verdict.subject for verdict in verdicts if verdict.claim == "threads.two_threads"]
    assert subjects == ["slow", "slower than a frame"]
    found = _by_claim(verdicts)
    assert (found["threads.expensive"].holds, found["threads.expensive"].measured) == (False, 2)
    assert not found["results.multi_processed"].holds


def test_a_screen_that_stutters_refutes_the_second_thread() -> None:
    found = _by_claim(realtime_verdicts([_pair(90, draw_ms=50)], FPS))
    assert not found["threads.two_threads"].holds
    assert found["threads.two_threads"].measured == 20.0


def test_every_claim_is_one_of_the_papers() -> None:
    assert {verdict.claim for verdict in realtime_verdicts([_pair(90)], FPS)} <= set(claims())


def test_a_network_is_slow_by_its_steady_frames() -> None:
    assert is_slow(_pair(40), FPS)
    assert not is_slow(_pair(30), FPS)
    assert not is_slow(_pair(40), 20.0)


def test_runs_that_cannot_be_judged() -> None:
    with pytest.raises(DataError, match="a network slower than 30"):
        realtime_verdicts([_pair(5)], FPS)
    with pytest.raises(DataError, match="jvm, pc"):
        realtime_verdicts([_pair(90), _pair(90, where="pc")], FPS)


def test_pairs_are_made_by_network_and_engine() -> None:
    logs = {("a", "x", "single"): _log(90, "single"), ("a", "x", "multi"): _log(90, "multi")}
    (pair,) = pair_runs(logs, {("a", "x"): "A, X"})
    assert (pair.title, pair.single, pair.multi) == ("A, X", logs["a", "x", "single"], logs["a", "x", "multi"])
    with pytest.raises(DataError, match="A, Y on one thread and on two; received none: single, multi"):
        pair_runs(logs, {("a", "y"): "A, Y"})


def test_a_network_that_the_second_thread_slows_down_is_told() -> None:
    pair = RunPair("a network", _log(90, "single"), _log(135, "multi"))
    found = _by_claim(realtime_verdicts([pair], FPS))
    assert "latency is 1.50 times the one-threaded run's" in found["threads.two_threads"].note


def test_one_thread_shows_what_it_processes() -> None:
    found = _by_claim(realtime_verdicts([_pair(90)], FPS))
    assert (found["throughput.same"].holds, found["throughput.same"].measured) == (True, 0)
    # Two threads in the place of one show more than they process.
    wrong = RunPair("a network", _log(90, "multi"), _log(90, "multi"))
    assert not _by_claim(realtime_verdicts([wrong], FPS))["throughput.same"].holds


@pytest.mark.parametrize(("exponent", "holds"), [(1.0, True), (0.5, False)])
def test_frames_per_second_are_held_against_flops(exponent: float, holds: bool) -> None:
    flops = {name: 10**9 * factor for name, factor in (("a", 1), ("b", 4), ("c", 16))}
    pairs = []
    for name, operations in flops.items():
        run = simulate(StageTimes(20 * (operations / 1e9) ** exponent), "single", fps=1000.0, seconds=6)
        log = live_log(run.run, run.wall_ns, model=name)
        pairs.append(RunPair(name, log, log))
    verdict = inverse_verdict(pairs, flops)
    assert (verdict.claim, verdict.holds, verdict.where) == ("throughput.inverse", holds, "jvm")
    assert verdict.measured == pytest.approx(-exponent, abs=0.02)
    with pytest.raises(DataError, match="at least 3 networks; received 2"):
        inverse_verdict(pairs[:2], flops)
