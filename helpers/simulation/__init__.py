"""Pipelines computed instead of run: the simulator, predictions from measured or published times, and its sliders."""
