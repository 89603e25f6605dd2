"""Which weights a network gets: `offline`, `imagenet`, or a file of the user's.

`offline` never touches the network: LeNet and SqueezeNet come trained, the four networks of Keras Applications come
**untrained**, with lively numbers made from a seed, and everything shown of them says so. `imagenet` fetches the
trained weights of those four. A path names a Keras file of the user's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import keras

from helpers.convert.keras_file import load_h5
from helpers.data import checked_bytes
from helpers.errors import ModelFileError
from helpers.files import DATA, sha256_bytes, sha256_file, user_path
from helpers.keras_download import fetch_keras_weights
from helpers.own_record import find_own_model
from helpers.squeezenet import WEIGHTS_FILE, load_squeezenet
from helpers.untrained import UNTRAINED_SHA256, apply_untrained_weights
from helpers.weights_file import load_weights_file, model_of
from helpers.zoo import ModelRecord, model_names, model_record

OFFLINE = "offline"
IMAGENET = "imagenet"

_LENET_FILE = DATA / "lenet" / "lenet.h5"
_KERAS_LICENCE = "as Keras Applications state at keras.io/api/applications; Keras itself is under Apache 2.0"


@dataclass(frozen=True)
class ModelWeights:
    """The weights chosen for a network.

    Attributes:
        kind: `trained`; `untrained`, which everything shown of the network must say; or `given`, by the user.
        source: where they come from, in words.
        licence: under which terms they may be passed on, as far as is known here.
        sha256: the hash of the file they come from; of untrained weights, of the numbers themselves.
        load: builds the network with these weights.
        variant: empty for the weights that come with the project; else a short name that tells these from others.
    """

    kind: Literal["trained", "untrained", "given"]
    source: str
    licence: str
    sha256: str
    load: Callable[[], keras.Model]
    variant: str = ""


def choose_weights(model: str, weights: str | Path = OFFLINE) -> ModelWeights:
    """Find a network's weights.

    Args:
        model: the network, such as `mobilenet`.
        weights: `offline`, `imagenet`, or the path of a Keras file with that network. A user's own model has the
            weights that it was registered with, whichever word is given.

    Returns:
        The weights; nothing is built yet.

    Raises:
        ModelFileError: an unknown network, a file that is not there, or other weights for a user's own model.
        DataError: trained weights are damaged, or cannot be fetched.
    """
    record = model_record(model)
    words = isinstance(weights, str) and weights in (OFFLINE, IMAGENET)
    own = find_own_model(model) if model not in model_names() else None
    if own is not None:
        if not words:
            raise ModelFileError(
                f"expected {model}, a model of your own, to have the weights that it was registered with; received "
                f"{str(weights)!r}; register that file under another name with python -m helpers.own_model"
            )
        kept = own.weights
        return ModelWeights(kept.kind, kept.source, kept.licence, kept.sha256, record.build)
    if not words:
        return _given(record, weights_path(weights))
    if model == "lenet":
        return ModelWeights(
            "trained",
            "trained on the 60,000 MNIST training images by helpers/train_lenet.py; see its training log",
            "MIT",
            sha256_bytes(checked_bytes(_LENET_FILE)),
            lambda: load_h5(_LENET_FILE),
        )
    if model == "squeezenet":
        return ModelWeights(
            "trained",
            "trained on ImageNet; published in the package ndf 0.1.4, see data/README.md",
            "MIT, as the package ndf",
            sha256_bytes(checked_bytes(WEIGHTS_FILE)),
            load_squeezenet,
        )
    if weights == IMAGENET:
        path = fetch_keras_weights(model)
        source = f"trained on ImageNet; Keras Applications, {path.name}"
        return ModelWeights(
            "trained", source, _KERAS_LICENCE, sha256_file(path), lambda: load_weights_file(path, record), "imagenet"
        )
    return ModelWeights(
        "untrained",
        "untrained: made from a seed by helpers/untrained.py",
        "MIT",
        UNTRAINED_SHA256[model],
        lambda: _untrained(record),
    )


def assign_weights(weights: str | Path) -> dict[str, str]:
    """Give each network its weights, from what a notebook's parameter `WEIGHTS` says.

    Args:
        weights: `offline` or `imagenet`, for all networks; or the path of a Keras file, or of a folder of such files:
            each is used for the network that it holds, and the others stay `offline`.

    Returns:
        For each network's name what `choose_weights` takes.

    Raises:
        ModelFileError: a file holds no network of the paper, or two files hold the same one.
    """
    if isinstance(weights, str) and weights in (OFFLINE, IMAGENET):
        return dict.fromkeys(model_names(), str(weights))
    path = weights_path(weights)
    files = [path]
    if path.is_dir():
        wanted = f"expected {path} to hold Keras files, .h5 or .keras"
        try:
            files = sorted(each for each in path.iterdir() if each.suffix in {".h5", ".keras"})
        except OSError as error:
            raise ModelFileError(f"{wanted}; it cannot be read: {error}; correct its rights") from error
        if not files:
            raise ModelFileError(f"{wanted}; received none; put the files there, or name another folder")
    assigned = dict.fromkeys(model_names(), OFFLINE)
    for file in files:
        name = model_of(file)
        if assigned[name] != OFFLINE:
            raise ModelFileError(
                f"expected one file for {name}; received {assigned[name]} and {file}; take one of them away"
            )
        assigned[name] = str(file)
    return assigned


def weights_path(weights: str | Path) -> Path:
    """The absolute path that a user's text means; a relative one starts at the project's folder.

    Raises:
        ModelFileError: there is nothing.
    """
    wanted = f"expected weights to be {OFFLINE!r}, {IMAGENET!r} or the path of a Keras file; received {str(weights)!r}"
    if not isinstance(weights, (str, Path)) or not str(weights).strip():
        raise ModelFileError(f"{wanted}; write a path as text")
    try:
        path = user_path(weights)
        if path.exists():
            return path
    except (OSError, RuntimeError) as error:  # a name too long, a folder that may not be read, a `~` of nobody
        raise ModelFileError(f"{wanted}, which cannot be looked up: {error}; correct the path") from error
    raise ModelFileError(f"{wanted}, where there is nothing; a relative path starts at the project's folder")


def _given(record: ModelRecord, path: Path) -> ModelWeights:
    wanted = f"expected {path} to be a Keras file with {record.title}"
    if not path.is_file():
        raise ModelFileError(f"{wanted}; received a folder or something else that is no ordinary file; name one file")
    try:
        sha256 = sha256_file(path)
    except OSError as error:
        raise ModelFileError(f"{wanted}; it cannot be read: {error.strerror or error}; correct its rights") from error
    source = f"given by the user: {path.name}"
    licence = "not known here: that of the file they were given in"
    variant = f"given-{sha256[:8]}"
    return ModelWeights("given", source, licence, sha256, lambda: load_weights_file(path, record), variant)


def _untrained(record: ModelRecord) -> keras.Model:
    model = record.build()
    apply_untrained_weights(record.name, model)
    return model
