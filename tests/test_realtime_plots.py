"""The figures of the pipelines, and the sliders: what they show is what the runs say, and nothing is estimated."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from IPython.display import Image
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pipeline_logs import benchmark_log, live_log

from helpers import plots
from helpers.errors import DataError
from helpers.runs.run_log import RunLog
from helpers.simulation import simulator_widget
from helpers.simulation.prediction import compare, predict, stage_times
from helpers.simulation.simulator import SimulatedRun, StageTimes, simulate
from helpers.simulation.simulator_widget import explore


def _run(mode: Any, ms: float = 100.0) -> SimulatedRun:
    return simulate(StageTimes(ms), mode, seconds=4)


def _log(mode: Any, model: str = "mobilenet", ms: float = 100.0, where: str = "jvm") -> RunLog:
    simulated = _run(mode, ms)
    return live_log(simulated.run, simulated.wall_ns, model=model, where=where)


def _labels(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def _heights(axis: Axes) -> list[float]:
    return [float(bar.get_height()) for bar in axis.patches]


def test_figure_7_shows_one_rate_and_the_cpu_for_each_run() -> None:
    figure = plots.figure_7({"MobileNet": _log("single"), "SqueezeNet": _log("single", "squeezenet", 50.0, "pc")})
    left, right = figure.axes
    assert _heights(left)[:2] == pytest.approx([10, 20], rel=0.01)
    assert _heights(right) == pytest.approx([25, 25])
    assert [tick.get_text() for tick in left.get_xticklabels()] == ["MobileNet\n(jvm)", "SqueezeNet\n(pc)"]
    # The paper's two numbers stand at SqueezeNet alone.
    marks = {line.get_label(): (line.get_xdata(), line.get_ydata()) for line in left.lines}
    assert [list(marks["the paper, SqueezeNet on Android: 11"][axis]) for axis in (0, 1)] == [[0.8], [11]]
    assert list(marks["the paper, SqueezeNet on iOS: > 24"][0]) == [0.8]
    assert list(marks["the paper, SqueezeNet on iOS: > 24"][1]) > [24]
    assert "smooth video, 24 FPS" in marks
    assert "MobileNet (jvm): 10.0 FPS and frames processed per second, CPU 25 %" in figure.get_label()


def test_figure_7_draws_no_mark_of_the_paper_without_squeezenet() -> None:
    assert not [label for label in _labels(plots.figure_7({"a": _log("single")})) if "paper" in label]


def test_figure_8_shows_both_rates_and_the_papers_30() -> None:
    figure = plots.figure_8({"MobileNet": _log("multi"), "ResNet50": _log("multi", "resnet50", 400.0)})
    left, right = figure.axes
    assert _heights(left)[:4] == pytest.approx([30, 30, 10, 2.5], rel=0.05)
    lines = {line.get_label(): list(line.get_ydata()) for line in left.lines}
    assert lines["the paper: all Android apps, 30 FPS"] == [30, 30]
    assert lines["smooth video, 24 FPS"] == [24, 24]
    assert right.get_ylim()[1] >= 100
    assert "ResNet50 (jvm): 30.0 FPS, 2.5 frames processed per second, CPU 25 %" in figure.get_label()


def test_an_unknown_cpu_use_is_named_so() -> None:
    log = _log("multi")
    resources = log.resources.model_copy(update={"cpu_ns": None, "cpu_percent": None, "threads": None})
    figure = plots.figure_8({"a": log.model_copy(update={"resources": resources})})
    assert "unknown" in [text.get_text() for text in figure.axes[1].texts]
    assert "CPU unknown" in figure.get_label()


def test_many_runs_still_have_a_name_each() -> None:
    figure = plots.figure_8({f"run {number}": _log("multi") for number in range(12)})
    assert len(figure.axes[0].get_xticklabels()) == 12
    assert figure.get_figwidth() <= 11


def test_a_run_of_another_kind_is_refused() -> None:
    for draw, mode, other in ((plots.figure_7, "single", "multi"), (plots.figure_8, "multi", "single")):
        with pytest.raises(DataError, match=f"live runs in {mode} mode; received {other} for 'a'"):
            draw({"a": _log(other)})
        with pytest.raises(DataError, match="received benchmark for 'a'"):
            draw({"a": benchmark_log(50, [30], [2], [20])})
        with pytest.raises(DataError, match="expected at least one run; received none"):
            draw({})


def _crosses(figure: Figure) -> int:
    (line,) = (line for line in figure.axes[0].lines if line.get_label() == "frame it never sees")
    return len(line.get_xdata())  # type: ignore[arg-type]


def test_a_timeline_shows_why_one_thread_stutters() -> None:
    single, multi = (plots.timeline(_log(mode, ms=110.0)) for mode in ("single", "multi"))
    assert "single, mobilenet (jvm): in 1 s 9 shown, 9 processed, 21 never seen" in single.get_label()
    assert "multi, mobilenet (jvm): in 1 s 30 shown, 9 processed, 21 never seen" in multi.get_label()
    assert (_crosses(single), _crosses(multi)) == (21, 21)
    lanes = [[tick.get_text() for tick in figure.axes[0].get_yticklabels()] for figure in (single, multi)]
    assert lanes == [
        ["camera", "network,\nthe screen's thread", "screen,\nthe same thread"],
        ["camera", "network,\na worker", "screen,\nits own thread"],
    ]
    numbers = [text.get_text() for text in multi.axes[0].texts]
    assert numbers == [str(int(number)) for number in numbers]
    assert len(numbers) >= 8


def test_a_timeline_of_a_simulated_run_says_that_it_is_one() -> None:
    figure = plots.timeline(simulate(StageTimes(100.0), workers=2), seconds=0.5, start=2.0)
    assert "multi, simulated: in 0.5 s" in figure.get_label()
    assert figure.axes[0].get_xlim() == (2.0, 2.5)
    assert figure.axes[0].get_yticklabels()[1].get_text() == "network,\n2 workers"


def test_a_timeline_needs_frames() -> None:
    with pytest.raises(DataError, match="expected a live run; received one of kind benchmark"):
        plots.timeline(benchmark_log(50, [30], [2], [20]))
    with pytest.raises(DataError, match=r"expected frames from 100 to 101 s; received a run of 4\.\d+ s"):
        plots.timeline(_log("multi"), start=100.0)
    # A run shorter than the window is drawn whole.
    short = simulate(StageTimes(110.0), seconds=0.3)
    assert "in 1 s 9 shown, 4 processed, 5 never seen" in plots.timeline(short).get_label()


def test_predictions_are_drawn_over_what_was_measured() -> None:
    logs = {mode: _log(mode, ms=100.0) for mode in ("single", "multi")}
    good = [
        compare(predict(stage_times(logs[a]), logs[b]), logs[b]) for a, b in (("single", "multi"), ("multi", "single"))
    ]
    bad = compare(predict(StageTimes(300.0, source="wrong"), logs["single"]), logs["single"])
    figure = plots.simulated_against_measured([*good, bad])
    assert [axis.get_title() for axis in figure.axes] == ["2 of 3 within 10 %"] * 2
    assert [text.get_text() for text in figure.axes[0].texts] == ["mobilenet"]
    assert "FPS: 2 of 3 predictions within 10 %" in figure.get_label()
    with pytest.raises(DataError, match="expected at least one comparison"):
        plots.simulated_against_measured([])


# The sliders


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(simulator_widget, "display", lambda *values: found.extend(values))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return found


def test_without_a_front_end_three_settings_are_drawn_and_tabled(shown: list[Any]) -> None:
    explore()
    assert [type(value) for value in shown] == [Image, pd.DataFrame]
    table = shown[-1]
    assert list(table["FPS"]) == [9.1, 30.0, 30.0]
    assert list(table["processed/s"]) == [9.1, 9.1, 9.1]
    assert table["oldest ms"].iloc[2] > 20_000 > 200 > table["oldest ms"].iloc[1]
    first = shown[0].data, table.to_string()
    shown.clear()
    explore()
    assert (shown[0].data, shown[-1].to_string()) == first
    assert "a worker, every frame in turn" in shown[0].alt


def test_a_server_that_started_the_kernel_brings_the_sliders(shown: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/08_benchmark_multithreading.ipynb")
    explore(StageTimes([90.0, 110.0], draw_ms=5.0, source="measured: here"))
    panel = shown[-1]
    latency, _, mode, policy, workers, _ = panel.children
    assert latency.value == 100.0
    shown.clear()
    mode.value = "single"
    assert shown[-1]["FPS"].tolist() == pytest.approx([9.5], abs=0.2)
    assert shown[-1]["predicted from"].tolist() == ["measured: here; network set to 100 ms"]
    # On one thread these do nothing, and are no error.
    workers.value = 3
    policy.value = "fifo"
    mode.value = "multi"
    latency.value = 200.0
    assert shown[-1]["processed/s"].tolist() == pytest.approx([15.0], abs=0.3)
    assert shown[-1]["predicted from"].tolist() == ["measured: here; network set to 200 ms"]


def test_times_that_are_none_are_refused(shown: list[Any]) -> None:
    with pytest.raises(DataError, match="inference_ms"):
        explore(-1.0)
    assert shown == []
