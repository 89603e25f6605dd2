"""What phones' own logs say to the paper's numbers of phones (section IV).

Only a phone's log is asked: of what no log tells, nothing is said, and the claim stays open. Taught in notebook
08_benchmark_multithreading.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

from helpers.accuracy import Accuracy
from helpers.paper import claims
from helpers.realtime_verdicts import Verdict
from helpers.runs.run_log import RunLog
from helpers.runs.run_summary import SMOOTH_FPS, latency_parts

# Below so many images, half a percent is less than a few of them.
FEWEST_IMAGES = 1_000
# Fewer networks than this have no best one.
_FEWEST = 2
# A display within so many frames per second of the paper's shows the same.
_FPS_APART = 1.0
# A time that is no more than so many times the paper's is as good.
_SLOWER = 1.1
_LENET = {"results.pixel2_ms": "Pixel 2", "results.iphone8_ms": "iPhone 8"}


def phone_verdicts(logs: Iterable[RunLog]) -> list[Verdict]:
    """Judge those of the paper's claims on phones on which there are logs.

    Args:
        logs: run logs of any kind and place; those that are not a phone's are passed over.

    Returns:
        A verdict for each claim that can be judged: the best network on Android and on iOS with one thread, the frames
        shown on Android with two, LeNet's time for an image on the paper's two phones.
    """
    phones = [log for log in logs if log.where == "phone"]
    verdicts = []
    for claim, device in _LENET.items():
        times = [ms for log in phones if device in log.device.model and (ms := _lenet_ms(log)) is not None]
        if times:
            measured, paper = statistics.median(times), float(str(claims()[claim].paper))
            verdicts.append(Verdict(claim, measured <= _SLOWER * paper, round(measured, 2), _told(times), "phone"))
    android, ios = (_rates(phones, system, "single") for system in ("Android", "iOS"))
    if "squeezenet" in android and len(android) >= _FEWEST:
        best = max(android, key=lambda name: android[name])
        note = f"of {len(android)} networks, {best} is the best"
        rate = round(android["squeezenet"], 1)
        verdicts.append(Verdict("results.android_best", best == "squeezenet", rate, note, "phone"))
    if "squeezenet" in ios and len(ios) >= _FEWEST:
        smooth = sorted(name for name, fps in ios.items() if fps > SMOOTH_FPS)
        note = f"of {len(ios)} networks, above {SMOOTH_FPS} FPS: {', '.join(smooth) or 'none'}"
        rate = round(ios["squeezenet"], 1)
        verdicts.append(Verdict("results.ios_best", smooth == ["squeezenet"], rate, note, "phone"))
    if shown := _rates(phones, "Android", "multi"):
        lowest, paper = min(shown.values()), float(str(claims()["results.multi_fps"].paper))
        same = all(abs(fps - paper) <= _FPS_APART for fps in shown.values())
        note = f"the lowest of {len(shown)} networks"
        verdicts.append(Verdict("results.multi_fps", same, round(lowest, 1), note, "phone"))
    return verdicts


def _rates(logs: Sequence[RunLog], system: str, mode: str) -> dict[str, float]:
    """Frames shown per second by the network's name, the median of several runs; LeNet is no real-time app."""
    found: dict[str, list[float]] = {}
    for log in logs:
        run = log.pipeline
        if run is None or log.device.os != system or run.mode != mode or log.model.name == "lenet":
            continue
        if run.display_fps is not None:
            found.setdefault(log.model.name, []).append(run.display_fps)
    return {name: statistics.median(rates) for name, rates in found.items()}


def _lenet_ms(log: RunLog) -> float | None:
    """LeNet's median time for an image in milliseconds, of an accuracy run or a benchmark."""
    steady = latency_parts(log).steady_ns
    if log.model.name != "lenet" or log.kind == "live" or not steady:
        return None
    return statistics.median(steady) / 1e6


def _told(times: Sequence[float]) -> str:
    return f"the median of {len(times)} run{'s' if len(times) > 1 else ''}"


def phone_accuracy_verdicts(logs: Iterable[RunLog], on_pc: Mapping[str, Accuracy]) -> list[Verdict]:
    """Judge the accuracies that phones measured, beside the PC's.

    Args:
        logs: run logs of any kind and place; those that are not accuracy runs of a phone are passed over.
        on_pc: the PC's accuracy on the same images, by the network's name: for LeNet top-1, for the others top-5.

    Returns:
        LeNet's accuracy on the paper's phones, where a log holds at least 1,000 digits with their labels; and whether
        every other network with as many labelled images, as many as the PC had, is within half a percent of the PC.
    """
    runs = [(log, log.accuracy) for log in logs if log.where == "phone" and log.accuracy is not None]
    enough = [(log, run) for log, run in runs if run.labelled >= FEWEST_IMAGES]
    verdicts = []
    for claim, device in {"results.lenet_pixel2": "Pixel 2", "results.lenet_iphone8": "iPhone 8"}.items():
        for log, run in enough:
            if log.model.name == "lenet" and device in log.device.model:
                percent, paper = 100 * run.top1_correct / run.labelled, float(str(claims()[claim].paper))
                note = f"{run.top1_correct:,} of {run.labelled:,}"
                verdicts.append(Verdict(claim, percent >= paper, round(percent, 2), note, "phone"))
    apart = [
        abs(100 * run.top5_correct / run.labelled - on_pc[log.model.name].percent)
        for log, run in enough
        if log.model.name != "lenet" and log.model.name in on_pc and on_pc[log.model.name].total == run.labelled
    ]
    if apart:
        claim, note = "results.within_half", f"the largest of {len(apart)} runs"
        limit = float(str(claims()[claim].paper))
        verdicts.append(Verdict(claim, max(apart) <= limit, round(max(apart), 2), note, "phone"))
    return verdicts
