"""What made-up logs of phones say to the paper's numbers; and that no other machine's log says anything."""

from __future__ import annotations

from typing import Any

import pytest
from pipeline_logs import benchmark_log, live_log, made_log

from helpers.accuracy import Accuracy
from helpers.phone_verdicts import phone_accuracy_verdicts, phone_verdicts
from helpers.realtime_verdicts import Verdict
from helpers.runs.pipeline_program import Mode
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import AccuracyRun, Device, ImageResult, TopClass
from helpers.simulation.simulator import StageTimes, simulate


def _phone(system: str = "Android", model: str = "Pixel 2") -> dict[str, Any]:
    device = Device(manufacturer="a maker", model=model, soc=None, os=system, os_version="8.1.0", cores=8)
    return {"where": "phone", "device": device}


def _live(name: str, latency_ms: float, mode: Mode, system: str = "Android") -> RunLog:
    run = simulate(StageTimes(latency_ms), mode, seconds=6)
    return live_log(run.run, run.wall_ns, model=name, cores=8).model_copy(update=_phone(system))


def _lenet(ms: float, **phone: Any) -> RunLog:
    log = benchmark_log(2 * ms, [ms], [0.1] * 20, [ms - 0.1] * 20)
    model = log.model.model_copy(update={"name": "lenet", "classes": 10})
    return log.model_copy(update={"model": model, **phone})


def _accuracy(name: str, correct: int, total: int, **phone: Any) -> RunLog:
    images = tuple(
        ImageResult(
            id=str(number),
            label=1,
            top=(TopClass(class_number=1 if number < correct else 2, probability=1.0),),
            preprocess_ns=1,
            invoke_ns=1,
        )
        for number in range(total)
    )
    run = AccuracyRun(
        data_set="a folder", labelled=total, top1_correct=correct, top5_correct=correct, images=images, failed=()
    )
    return made_log(1000, model=name, accuracy=run).model_copy(update=phone)


def _by_claim(verdicts: list[Verdict]) -> dict[str, Verdict]:
    assert {verdict.where for verdict in verdicts} <= {"phone"}
    return {verdict.claim: verdict for verdict in verdicts}


def test_a_phone_that_does_what_the_paper_says() -> None:
    logs = [_live("squeezenet", 90, "single"), _live("mobilenet", 200, "single"), _live("mobilenet", 200, "multi")]
    found = _by_claim(phone_verdicts(logs))
    assert set(found) == {"results.android_best", "results.multi_fps"}
    assert (found["results.android_best"].holds, found["results.android_best"].measured) == (True, 11.1)
    assert (found["results.multi_fps"].holds, found["results.multi_fps"].measured) == (True, 30.0)


def test_a_phone_that_does_not() -> None:
    logs = [_live("squeezenet", 200, "single"), _live("mobilenet", 100, "single")]
    assert not _by_claim(phone_verdicts(logs))["results.android_best"].holds
    ios = [_live("squeezenet", 20, "single", "iOS"), _live("mobilenet", 30, "single", "iOS")]
    assert not _by_claim(phone_verdicts(ios))["results.ios_best"].holds
    ios[1] = _live("mobilenet", 60, "single", "iOS")
    assert _by_claim(phone_verdicts(ios))["results.ios_best"].holds


@pytest.mark.parametrize(("ms", "holds"), [(5.0, True), (9.0, False)])
def test_lenets_time_is_the_named_phones(ms: float, holds: bool) -> None:
    found = _by_claim(phone_verdicts([_lenet(ms, **_phone())]))
    assert (found["results.pixel2_ms"].holds, found["results.pixel2_ms"].measured) == (holds, ms)
    assert phone_verdicts([_lenet(ms, **_phone(model="another"))]) == []


def test_another_machines_log_says_nothing() -> None:
    run = simulate(StageTimes(90.0), "multi", seconds=6)
    logs = [live_log(run.run, run.wall_ns, model="squeezenet"), _lenet(5.0)]
    assert phone_verdicts(logs) == []
    assert phone_accuracy_verdicts([_accuracy("lenet", 990, 1000)], {}) == []


def test_accuracies_of_phones() -> None:
    found = _by_claim(phone_accuracy_verdicts([_accuracy("lenet", 1195, 1200, **_phone())], {}))
    assert (found["results.lenet_pixel2"].holds, found["results.lenet_pixel2"].measured) == (True, 99.58)
    # Too few images for half a percent.
    assert phone_accuracy_verdicts([_accuracy("lenet", 995, 999, **_phone())], {}) == []


@pytest.mark.parametrize(("correct", "holds"), [(1004, True), (980, False)])
def test_the_half_percent(correct: int, holds: bool) -> None:
    logs = [_accuracy("squeezenet", correct, 1200, **_phone())]
    on_pc = {"squeezenet": Accuracy(1005, 1200)}
    assert _by_claim(phone_accuracy_verdicts(logs, on_pc))["results.within_half"].holds is holds
    assert phone_accuracy_verdicts(logs, {"squeezenet": Accuracy(1005, 1300)}) == []
