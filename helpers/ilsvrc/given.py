"""The user's own validation set, where `IMAGENET_VAL` names one: every network that has trained weights, on it.

Taught in notebook 07_validate_accuracy (paper, section III.C.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.ilsvrc.evaluation import Evaluation, evaluate
from helpers.ilsvrc.folder import given_ilsvrc
from helpers.scheduling import scheduler_setting
from helpers.weights import choose_weights
from helpers.zoo import model_record


def evaluate_given(
    weights: Mapping[str, str], engines: Sequence[str] = ("keras", "litert"), progress: bool = False
) -> dict[tuple[str, str], Evaluation]:
    """Evaluate the networks of ImageNet whose weights are trained.

    Args:
        weights: for each network what `helpers.weights.choose_weights` takes.
        engines: as `helpers.engines.open_engine` takes them.
        progress: show a progress bar over the images.

    Returns:
        The evaluations by network and engine; none, where `IMAGENET_VAL` names no folder.

    Raises:
        DeploymentError: the folder cannot be used, or whatever an evaluation raises.
    """
    folder = given_ilsvrc()
    if folder is None:
        return {}
    chosen = [name for name in weights if model_record(name).on_imagenet]
    trained = [name for name in chosen if choose_weights(name, weights[name]).kind != "untrained"]
    return {
        (name, engine): evaluate(folder, name, engine, weights[name], scheduler=scheduler_setting(), progress=progress)
        for name in trained
        for engine in engines
    }
