"""What a user's model file cannot say: what it is called, how pixels become its input, and its classes' names.

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from helpers.errors import DataError, ModelFileError
from helpers.files import user_path
from helpers.own_record import OWN_NAME, own_model_names
from helpers.preprocess import ImageInput, ResizeRule
from helpers.untrusted import read_bounded
from helpers.zoo import PREPROCESSING, model_names, model_record

# A name that Keras Applications use, or `scale`, `bias` and `channel_order`.
Preprocessing = str | Mapping[str, object]

_SCALES = {"0-1": 1 / 255, "0-255": 1.0}
PREPROCESSING_NAMES = (*PREPROCESSING, *_SCALES)
_SETTINGS = ("scale", "bias", "channel_order")

_LARGEST_LABELS = 1_000_000
_LONGEST_LABEL = 200


def own_title(name: str) -> str:
    """The title of a model of that name: the apps' files and Xcode's class are called by it, so it must be unique.

    Args:
        name: what the user calls the model.

    Raises:
        ModelFileError: it is no name, or another model has it or its title.
    """
    if not isinstance(name, str) or not OWN_NAME.fullmatch(name) or name in model_names():
        raise ModelFileError(
            f"expected a name of 1 to 60 of the characters a-z, 0-9 and _, but none of {', '.join(model_names())}; "
            f"received {str(name)[:80]!r}; choose another"
        )
    title = _title(name)
    titles = {other: model_record(other).title for other in model_names()}
    # Not from their records: a damaged one keeps no other model out.
    titles.update({other: _title(other) for other in own_model_names()})
    for other, taken in titles.items():
        # Macs hold names to be the same that differ in upper and lower case alone.
        if other != name and taken.lower() == title.lower():
            raise ModelFileError(
                f"expected a name that makes another title than {other!r} does; received {name!r}, which makes "
                f"{title}; choose another"
            )
    return title


def _title(name: str) -> str:
    title = "".join(part.capitalize() for part in name.split("_"))
    return title if title[:1].isalpha() else f"Model{title}"


def own_input(
    height: int, width: int, channels: int, preprocessing: Preprocessing, shorter_side: int | None = None
) -> ImageInput:
    """What a network expects of an image.

    Args:
        height: of its input, in pixels.
        width: of its input.
        channels: 1 for gray, 3 for colour.
        preprocessing: a name, or a mapping, or JSON of one; see `helpers.own_model.register_model`.
        shorter_side: see there; 0 for no resizing.

    Raises:
        ModelFileError: they are not usable for images of these channels.
    """
    wanted = (
        f"expected preprocessing to be one of {', '.join(PREPROCESSING_NAMES)}, or scale, bias and channel_order, for "
        f"images of {channels} channel{'s' if channels > 1 else ''}"
    )
    received = f"received {str(preprocessing)[:120]!r}"
    if isinstance(preprocessing, str) and preprocessing.lstrip().startswith("{"):
        try:
            preprocessing = json.loads(preprocessing)
        except (ValueError, RecursionError) as error:
            raise ModelFileError(f"{wanted}; {received}, which is not JSON: {error}") from error
    order = "rgb" if channels > 1 else "gray"
    settings: dict[str, object]
    if isinstance(preprocessing, str) and preprocessing == "tf":
        # The one of the three that scales all channels alike, so that it serves gray as well.
        settings = {"scale": 1 / 127.5, "bias": -1.0, "channel_order": order}
    elif isinstance(preprocessing, str) and preprocessing in PREPROCESSING and channels > 1:
        settings = dict(PREPROCESSING[preprocessing])
    elif isinstance(preprocessing, str) and preprocessing in _SCALES:
        settings = {"scale": _SCALES[preprocessing], "bias": 0.0, "channel_order": order}
    elif isinstance(preprocessing, Mapping) and "scale" in preprocessing and set(preprocessing) <= set(_SETTINGS):
        settings = {"bias": 0.0, "channel_order": order, **preprocessing}
    else:
        raise ModelFileError(f"{wanted}; {received}; take what the network was trained with")
    scale, bias = (_per_channel(settings[each], channels) for each in ("scale", "bias"))
    if scale is None or bias is None or 0 in scale or (settings["channel_order"] == "gray") != (channels == 1):
        raise ModelFileError(
            f"{wanted}: finite numbers, one or one for each channel, no scale of 0, and gray for 1 channel alone; "
            f"{received}"
        )
    side = max(height, width) if shorter_side is None else shorter_side
    if isinstance(side, bool) or not isinstance(side, int):
        raise ModelFileError(f"expected shorter_side to be a whole number of pixels, or 0; received {shorter_side!r}")
    try:
        return ImageInput.model_validate(
            {
                "height": height,
                "width": width,
                "channel_order": settings["channel_order"],
                "scale": scale,
                "bias": bias,
                "resize": ResizeRule(shorter_side=side) if side else None,
            }
        )
    except ValidationError as error:
        faults = "; ".join(fault["msg"] for fault in error.errors()[:3])
        raise ModelFileError(f"{wanted}, and a shorter_side that fits; {faults}; {received}, {side}") from error


def read_labels(labels: str | Path | Sequence[str] | None, classes: int) -> tuple[str, ...]:
    """The names of a network's classes, each once.

    Args:
        labels: as `helpers.own_model.register_model` takes them.
        classes: how many there must be.

    Raises:
        DataError: they cannot be read, or are not that many different names.
    """
    if labels is None or (isinstance(labels, str) and not labels):
        return tuple(str(number) for number in range(classes))
    wanted = f"expected {classes:,} labels, all different, in the order of the network's outputs"
    try:
        names = _lines(labels, wanted) if isinstance(labels, str | Path) else list(labels)
    except TypeError as error:
        raise DataError(
            f"{wanted}, as a list or the path of a text file; received {type(labels).__name__}; write one label a line"
        ) from error
    for number, label in enumerate(names, 1):
        good = isinstance(label, str) and len(label.strip()) > 0 and len(label) <= _LONGEST_LABEL
        if not good or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in label):
            raise DataError(
                f"{wanted}, of 1 to {_LONGEST_LABEL} characters; received {str(label)[:60]!r} as number {number}; "
                "write one label a line"
            )
    names = [label.strip() for label in names]
    if len(names) != classes:
        raise DataError(f"{wanted}; received {len(names):,}; write one a line, with a line for each class")
    # Swift, unlike Python, holds two texts to be the same if Unicode does.
    label, times = Counter(unicodedata.normalize("NFC", label) for label in names).most_common(1)[0]
    if times > 1:
        raise DataError(f"{wanted}; received {label[:60]!r} {times} times; tell the classes apart by name")
    return tuple(names)


def _per_channel(given: object, channels: int) -> tuple[float, ...] | None:
    """One number for each channel; None if that is not what was given."""
    numbers = list(given) if isinstance(given, list | tuple) else [given] * channels
    try:
        good = [float(each) for each in numbers if isinstance(each, int | float) and not isinstance(each, bool)]
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return tuple(good) if len(good) == len(numbers) == channels else None


def _lines(path: str | Path, wanted: str) -> list[str]:
    try:
        text = read_bounded(user_path(path), _LARGEST_LABELS, "the labels", "give one label a line").decode("utf-8-sig")
    except (RuntimeError, ValueError) as error:
        raise DataError(f"{wanted}, in a UTF-8 text file; {str(path)[:200]!r} cannot be read: {error}") from error
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")
