"""Sliders over the simulator: what a slower network, a faster camera, a queue or a second worker would change.

In JupyterLab the sliders redraw the figure. Where nobody can move them (a batch run, a page, a stored notebook), there
is a table of three settings instead, the last of them drawn: the same each time, and without a widget that would need a
live kernel.
Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets  # type: ignore[import-untyped]
import pandas as pd
from IPython.display import display as untyped_display

from helpers.plots.style import show
from helpers.plots.timeline import timeline
from helpers.runs.pipeline_program import Mode
from helpers.simulation.prediction import simulated_table
from helpers.simulation.simulator import Policy, SimulatedRun, StageTimes, simulate

display: Callable[..., object] = untyped_display

# What is shown where there are no sliders: a title, and what differs from the settings given.
_LESSONS: dict[str, dict[str, Any]] = {
    "one thread": {"mode": "single", "workers": 1, "policy": "latest"},
    "a worker, the latest frame": {"mode": "multi", "workers": 1, "policy": "latest"},
    "a worker, every frame in turn": {"mode": "multi", "workers": 1, "policy": "fifo"},
}
_SECONDS = 10.0


def explore(stages: StageTimes | float = 110.0, fps: float = 30.0, sliders: bool | None = None) -> None:
    """Show what the stages' times would come to, with sliders where there is somebody to move them.

    Args:
        stages: the stages' times, or the network's in milliseconds. A slider moves the network's time; the other stages
            stay as they are.
        fps: frames per second of the camera, to begin with.
        sliders: whether to show sliders; by default where a Jupyter server started this kernel for a notebook.

    Raises:
        DataError: times or a rate that the simulator refuses.
    """
    given = stages if isinstance(stages, StageTimes) else StageTimes(stages)
    if sliders is None:
        # Jupyter's server says which notebook it is; papermill, nbconvert and nbval start kernels without one.
        sliders = "JPY_SESSION_NAME" in os.environ
    if sliders:
        display(_panel(given, fps))
        return
    runs = {title: _run(given, fps, **lesson) for title, lesson in _LESSONS.items()}
    title, last = list(runs.items())[-1]
    figure = timeline(last)
    display(show(figure, alt=f"{title}. {figure.get_label()}"))
    display(simulated_table(runs))


def _run(stages: StageTimes, fps: float, mode: Mode, workers: int, policy: Policy) -> SimulatedRun:
    # On one thread there is neither queue nor worker: their sliders do nothing then.
    several: dict[str, Any] = {"workers": workers, "policy": policy} if mode == "multi" else {}
    return simulate(stages, mode, fps=fps, seconds=_SECONDS, **several)


def _panel(stages: StageTimes, fps: float) -> widgets.Widget:
    samples = pd.Series(stages.inference_ms, dtype=float)
    middle = float(samples.median())
    wide = {"style": {"description_width": "7em"}}
    controls = {
        "latency": widgets.FloatSlider(
            value=middle, min=1, max=max(500.0, 2 * middle), step=1, description="network, ms", **wide
        ),
        "fps": widgets.IntSlider(value=round(fps), min=1, max=120, description="camera, FPS", **wide),
        "mode": widgets.ToggleButtons(options=["single", "multi"], value="multi", description="threads", **wide),
        "policy": widgets.ToggleButtons(options=["latest", "fifo"], description="queue", **wide),
        "workers": widgets.IntSlider(value=1, min=1, max=4, description="workers", **wide),
    }

    def redraw(latency: float, fps: int, mode: Mode, policy: Policy, workers: int) -> None:
        moved = StageTimes(
            tuple(samples * (latency / middle)) if middle else latency,
            stages.preprocess_ms,
            stages.capture_ms,
            stages.draw_ms,
            source=f"{stages.source}; network set to {latency:g} ms",
        )
        run = _run(moved, fps, mode, workers, policy)
        display(show(timeline(run)), simulated_table({"chosen": run}))

    return widgets.VBox([*controls.values(), widgets.interactive_output(redraw, controls)])
