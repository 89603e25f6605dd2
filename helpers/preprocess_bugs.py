"""The zoo of preprocessing bugs: the mistakes that make a phone's answers worse than the PC's, each made on purpose.

Most reports of "the converted model is less accurate on the phone" end at one of these nine, none of which raises an
error. Each is a change of one of three stages: how a photo is brought to the network's size (`pixels`), how pixels
become numbers (`tensor`), or how the network's numbers are read (`answer`). Where programmers make a mistake in several
ways, it has several variants; the first is the usual one.

What the mistakes cost is measured by `helpers.bug_costs`; `helpers.diagnosis` recognises them in a phone's log. Taught
in notebook 07_validate_accuracy (paper, sections II.B.2 and III.C.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from helpers.errors import DataError, ImageError
from helpers.preprocess import ImageInput, fit_photo, to_tensor

Stage = Literal["pixels", "tensor", "answer"]
Pixels = NDArray[np.uint8]
Tensor = NDArray[np.float32]


class Prepared(NamedTuple):
    """A photo on its way into a network.

    Attributes:
        fitted: uint8 (height, width, channels) at the network's size; colour is RGB.
        tensor: float32 of the same shape, in the network's channel order.
    """

    fitted: Pixels
    tensor: Tensor


def _as_they_are(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    return probabilities


@dataclass(frozen=True)
class Pipeline:
    """One way from a photo to an answer.

    Attributes:
        title: what is done, in a few words.
        fit: brings a photo to the network's size, as `helpers.preprocess.fit_photo` does.
        tensor: turns fitted images into tensors, as `helpers.preprocess.to_tensor` does.
        answer: what is made of the network's probabilities, float32 (n, classes).
    """

    title: str
    fit: Callable[[Pixels, ImageInput], Pixels] = fit_photo
    tensor: Callable[[Pixels, ImageInput], Tensor] = to_tensor
    answer: Callable[[NDArray[np.float32]], NDArray[np.float32]] = _as_they_are

    def prepare(self, photo: Pixels, expected: ImageInput) -> Prepared:
        """Prepare one photo.

        Args:
            photo: uint8 of any height and width, with the network's channels; colour is RGB.
            expected: the network's input, as it should be.

        Raises:
            ImageError: the photo is one that `fit_photo` refuses.
        """
        right = fit_photo(photo, expected)
        fitted = right if self.fit is fit_photo else self.fit(photo, expected)
        return Prepared(fitted, self.tensor_of(fitted, expected))

    def tensor_of(self, fitted: Pixels, expected: ImageInput) -> Tensor:
        """The tensor of one fitted picture."""
        return np.ascontiguousarray(self.tensor(fitted[None], expected)[0])


RIGHT = Pipeline("as it should be")


@dataclass(frozen=True)
class PreprocessBug:
    """A mistake.

    Attributes:
        name: its short name.
        title: what readers call it.
        stage: what it changes first.
        origin: where it comes from, with a public report of it.
        variants: the ways to make it with a network's input; none where it is no mistake, or cannot be made.
        acts_on: whether there is something in a photo's size on which it can act.
    """

    name: str
    title: str
    stage: Stage
    origin: str
    variants: Callable[[ImageInput], tuple[Pipeline, ...]]
    acts_on: Callable[[Pixels, ImageInput], bool] = lambda photo, expected: True


def bug_names() -> tuple[str, ...]:
    """The names of all mistakes of the zoo."""
    return tuple(_BUGS)


def preprocess_bug(name: str) -> PreprocessBug:
    """The mistake of a name.

    Raises:
        DataError: there is none.
    """
    if not isinstance(name, str) or name not in _BUGS:
        raise DataError(f"expected one of the mistakes {', '.join(_BUGS)}; received {name!r}")
    return _BUGS[name]


def applicable_bugs(expected: ImageInput) -> Iterator[PreprocessBug]:
    """The mistakes that can be made with a network's input: gray has no red and blue, 1 as a scale no divisor."""
    return (bug for bug in _BUGS.values() if bug.variants(expected))


def with_bug(name: str, expected: ImageInput) -> Pipeline:
    """A network's pipeline with a mistake in it, in its usual variant.

    Raises:
        DataError: there is no such mistake, or it cannot be made with this input.
    """
    variants = preprocess_bug(name).variants(expected)
    if not variants:
        possible = ", ".join(bug.name for bug in applicable_bugs(expected))
        raise DataError(f"expected a mistake that can be made with this input: {possible}; received {name!r}")
    return variants[0]


def network_view(tensor: Tensor, expected: ImageInput) -> Pixels:
    """What a network takes a tensor for: the picture from which the right preprocessing would have made it.

    Args:
        tensor: float32 (height, width, channels), in the network's channel order.
        expected: the network's input, with the right constants.

    Returns:
        uint8 of the same shape, RGB or gray; what lies outside 0-255 is cut off.

    Raises:
        ImageError: the tensor has another shape, or holds NaN or infinity.
    """
    if tensor.shape != expected.shape or not np.isfinite(tensor).all():
        raise ImageError(
            f"expected a tensor of shape {expected.shape} with finite numbers; received one of shape {tensor.shape}; "
            "give one image's tensor, as Pipeline.prepare makes it"
        )
    pixels = (tensor.astype(np.float64) - np.asarray(expected.bias)) / np.asarray(expected.scale)
    ordered = pixels[..., ::-1] if expected.channel_order == "bgr" else pixels
    return np.ascontiguousarray(ordered.round().clip(0, 255).astype(np.uint8))


def bug_views(photo: Pixels, expected: ImageInput) -> dict[str, Pixels]:
    """A photo as the network sees it: first as it should be, then with each mistake that changes the picture.

    Args:
        photo: as `Pipeline.prepare` takes it.
        expected: the network's input.

    Returns:
        By titles, for `helpers.plots.bug_zoo`: uint8 (height, width, channels).

    Raises:
        ImageError: the photo is one that `fit_photo` refuses.
    """
    ways = {RIGHT.title: RIGHT} | {
        bug.title: bug.variants(expected)[0] for bug in applicable_bugs(expected) if bug.stage != "answer"
    }
    return {title: network_view(way.prepare(photo, expected).tensor, expected) for title, way in ways.items()}


# --- pixels -----------------------------------------------------------------------------------------------------------


def _stretched(photo: Pixels, expected: ImageInput) -> Pixels:
    image = Image.fromarray(photo if expected.channels == 3 else photo[..., 0])
    for size in ((expected.width, image.height), (expected.width, expected.height)):
        image = image.resize(size, Image.Resampling.BILINEAR)
    return np.array(image, np.uint8).reshape(expected.shape)


def _old_positions(photo: Pixels, expected: ImageInput) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the middle of each new pixel's row, and column, lies in the photo; the middle of the first is 0.5."""
    assert expected.resize is not None
    resized = expected.resize.resized_sides(*photo.shape[:2])
    rows, columns = (
        (np.arange(kept) + (new - kept) // 2 + 0.5) * (old / new)
        for old, new, kept in zip(photo.shape[:2], resized, expected.shape[:2], strict=True)
    )
    return rows, columns


def _nearest(photo: Pixels, expected: ImageInput, from_corner: bool) -> Pixels:
    middles = _old_positions(photo, expected)
    if from_corner:
        # The new pixel's corner instead of its middle: half a new pixel to the left, and above.
        resized = expected.resize.resized_sides(*photo.shape[:2]) if expected.resize else photo.shape[:2]
        middles = tuple(m - 0.5 * old / new for m, old, new in zip(middles, photo.shape[:2], resized, strict=True))
    # A hair to the right: a product that should be a whole number may lie just below it.
    rows, columns = (
        np.floor(m + 1e-9).astype(np.int64).clip(0, old - 1) for m, old in zip(middles, photo.shape[:2], strict=True)
    )
    return np.ascontiguousarray(photo[rows[:, None], columns])


def _four_neighbours(photo: Pixels, expected: ImageInput) -> Pixels:
    values: NDArray[Any] = photo
    for axis, middles in enumerate(_old_positions(photo, expected)):
        position = (middles - 0.5).clip(0, photo.shape[axis] - 1)
        first = np.floor(position).astype(np.int64)
        second = np.minimum(first + 1, photo.shape[axis] - 1)
        share = (position - first).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        values = np.take(values, first, axis) * (1 - share) + np.take(values, second, axis) * share
    return np.asarray(values.round(), np.uint8)


def _turned_photo(photo: Pixels, expected: ImageInput, quarters: int) -> Pixels:
    return fit_photo(np.ascontiguousarray(np.rot90(photo, quarters)), expected)


def _turned_square(photo: Pixels, expected: ImageInput, quarters: int) -> Pixels:
    return np.ascontiguousarray(np.rot90(fit_photo(photo, expected), quarters))


def _stretch_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    return (Pipeline("the whole photo squeezed to the network's size", _stretched),) if expected.resize else ()


def _nearest_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    if expected.resize is None:
        return ()
    return (
        Pipeline("the pixel under each new pixel's middle", partial(_nearest, from_corner=False)),
        Pipeline("the pixel under each new pixel's corner", partial(_nearest, from_corner=True)),
        Pipeline("the four pixels around each new pixel's middle, blended", _four_neighbours),
    )


def _sideways_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    turns = {"a quarter turn to the right": -1, "a quarter turn to the left": 1}
    variants = []
    if expected.resize is not None:
        variants += [Pipeline(title, partial(_turned_photo, quarters=quarters)) for title, quarters in turns.items()]
    if expected.height == expected.width:
        end = ", after resizing" if variants else ""
        variants += [
            Pipeline(f"{title}{end}", partial(_turned_square, quarters=quarters)) for title, quarters in turns.items()
        ]
    return tuple(variants)


def _is_resized(photo: Pixels, expected: ImageInput) -> bool:
    return expected.resize is not None and expected.resize.resized_sides(*photo.shape[:2]) != photo.shape[:2]


def _is_cropped(photo: Pixels, expected: ImageInput) -> bool:
    return expected.resize is not None and expected.resize.resized_sides(*photo.shape[:2]) != expected.shape[:2]


# --- tensor -----------------------------------------------------------------------------------------------------------


def _other_order(images: Pixels, expected: ImageInput) -> Tensor:
    return to_tensor(np.ascontiguousarray(images[..., ::-1]), expected)


def _with_constants(images: Pixels, expected: ImageInput, scale: tuple[float, ...], bias: tuple[float, ...]) -> Tensor:
    return to_tensor(images, expected.model_copy(update={"scale": scale, "bias": bias}))


def _and_then(
    images: Pixels, expected: ImageInput, scale: tuple[float, ...], bias: tuple[float, ...], swap: bool = False
) -> Tensor:
    """The right tensor, put through another multiplication and addition."""
    once = to_tensor(images, expected)
    return (once[..., ::-1] if swap else once) * np.asarray(scale, np.float32) + np.asarray(bias, np.float32)


def _after_255(images: Pixels, expected: ImageInput) -> Tensor:
    ordered = images[..., ::-1] if expected.channel_order == "bgr" else images
    fractions = ordered.astype(np.float32) / np.float32(255)
    return fractions * np.asarray(expected.scale, np.float32) + np.asarray(expected.bias, np.float32)


def _is_scaled(expected: ImageInput) -> bool:
    return max(expected.scale) < 1


def _swap_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    if expected.channels == 1:
        return ()
    before = Pipeline("red and blue change places before the constants", tensor=_other_order)
    if (expected.scale[0], expected.bias[0]) == (expected.scale[2], expected.bias[2]):
        return (before,)
    after = Pipeline(
        "red and blue change places with their constants",
        tensor=lambda images, given: to_tensor(images, given)[..., ::-1],
    )
    return before, after


def _bias_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    if not any(expected.bias):
        return ()
    none = (0.0,) * expected.channels
    return (Pipeline("scaled, and nothing added", tensor=partial(_with_constants, scale=expected.scale, bias=none)),)


def _twice_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    scale, bias = expected.scale, expected.bias
    variants = [Pipeline("scale and bias twice", tensor=partial(_and_then, scale=scale, bias=bias))]
    if expected.channel_order == "bgr":
        twice = partial(_and_then, scale=scale, bias=bias, swap=True)
        variants.append(Pipeline("scale, bias and the change of the channel order twice", tensor=twice))
    if _is_scaled(expected) and any(bias):
        whole = tuple(255 * factor for factor in scale)
        once = partial(_and_then, scale=whole, bias=bias)
        variants.append(Pipeline("divided by 255 once, mean and deviation twice", tensor=once))
    variants.append(Pipeline("divided by 255 before", tensor=_after_255))
    return tuple(variants)


def _divisor_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    if not _is_scaled(expected):
        return ()
    same = len(set(expected.scale)) == 1
    divisor = 1 / expected.scale[0] if same else 255.0
    # 1/127 and 1/128 for 1/127.5; 1/256, the number of levels, for 1/255.
    wrong = (divisor * 254 / 255, divisor * 256 / 255)
    return tuple(
        Pipeline(
            f"1/{number:g} for 1/{divisor:g}",
            tensor=partial(
                _with_constants,
                scale=tuple(factor * divisor / number for factor in expected.scale),
                bias=expected.bias,
            ),
        )
        for number in (wrong if divisor < 255 else wrong[::-1])
    )


def _average_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    scale = np.asarray(expected.scale)
    if len(set(expected.scale)) == 1:
        return ()
    variants = []
    for words, one in (("the mean of the deviations", 1 / (1 / scale).mean()), ("the mean scale", scale.mean())):
        for end, bias in (("", scale / scale), (", also in the bias", one / scale)):
            way = partial(
                _with_constants,
                scale=(float(one),) * expected.channels,
                bias=tuple(float(b) for b in np.asarray(expected.bias) * bias),
            )
            variants.append(Pipeline(f"{words}{end}", tensor=way))
    return tuple(variants)


# --- answer -----------------------------------------------------------------------------------------------------------


def _shift_variants(expected: ImageInput) -> tuple[Pipeline, ...]:
    return (
        Pipeline("each class is called by the next one's label", answer=partial(np.roll, shift=1, axis=1)),
        Pipeline("each class is called by the label before its own", answer=partial(np.roll, shift=-1, axis=1)),
    )


_BUGS = {
    bug.name: bug
    for bug in (
        PreprocessBug(
            "swapped",
            "red and blue swapped",
            "tensor",
            "Cameras and libraries give RGB, BGR or BGRA, Caffe's networks want BGR (github apple/coremltools#82).",
            _swap_variants,
        ),
        PreprocessBug(
            "no_bias",
            "bias dropped",
            "tensor",
            "The mean is subtracted in Python and forgotten in the app, since no file says it (tf-coreml#91).",
            _bias_variants,
        ),
        PreprocessBug(
            "twice",
            "normalised twice",
            "tensor",
            "The converted file scales its input already, or the image library does, and the app does it again.",
            _twice_variants,
        ),
        PreprocessBug(
            "divisor",
            "divisor slightly off, like 1/127 for 1/127.5",
            "tensor",
            "1/127 or 1/128 is typed for 1/127.5, or 1/256 for 1/255: nearly right, and seen by no eye.",
            _divisor_variants,
        ),
        PreprocessBug(
            "one_scale",
            "averaged std",
            "tensor",
            "Core ML's image input has one scale for three channels, where torch divides by three (coremltools#64).",
            _average_variants,
        ),
        PreprocessBug(
            "stretched",
            "stretched instead of cropped",
            "pixels",
            "The app draws the whole photo into the network's square, the PC cut out the middle (tf-coreml#234).",
            _stretch_variants,
            _is_cropped,
        ),
        PreprocessBug(
            "nearest",
            "nearest pixel instead of antialiased resize",
            "pixels",
            "Fast scaling on phones takes single pixels; Pillow averages over all of them (mlcommons/inference#201).",
            _nearest_variants,
            _is_resized,
        ),
        PreprocessBug(
            "sideways",
            "sideways frame",
            "pixels",
            "Camera sensors lie on their side in the phone, and the frame's rotation is not looked at.",
            _sideways_variants,
        ),
        PreprocessBug(
            "shifted",
            "labels shifted by one",
            "answer",
            "Networks with 1001 classes have a background class first, lists of 1000 labels have none (tpu#521).",
            _shift_variants,
        ),
    )
}
