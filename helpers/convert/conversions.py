"""Every way from one file of a model to another: which file it starts from, and which it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from helpers.convert import coreml, frozen, litert, plain_tensorflow, tf_coreml, tf_mobile
from helpers.convert.nodes import ConvertedNodes
from helpers.convert.tf_coreml_compat import tf_coreml_available
from helpers.coreml.library import coreml_missing
from helpers.errors import ModelFileError
from helpers.manifest import Format, ModelDescription


@dataclass(frozen=True)
class Conversion:
    """One way from a file of a model to another file of it.

    Attributes:
        format: the format it makes.
        suffix: what the file's name has behind the model's.
        source: the format it starts from; None for the first file, which is made from the weights.
        module: the module that does it, whose source decides whether a file is up to date.
        run: takes the file to start from, the path of the file to write, and what the model is.
    """

    format: Format
    suffix: str
    source: Format | None
    module: ModuleType
    run: Callable[[Path, Path, ModelDescription], ConvertedNodes]


def _from_keras(module: ModuleType) -> Conversion:
    """A conversion that needs to know nothing but the .h5 file."""
    return Conversion(
        module.FORMAT, module.FILE_SUFFIX, "h5", module, lambda source, target, _: module.convert(source, target)
    )


def _to_coreml(file_format: Format, suffix: str, kind: coreml.Kind) -> Conversion:
    return Conversion(
        file_format, suffix, "h5", coreml, lambda source, target, about: coreml.convert(source, target, about, kind)
    )


def _graph_to_coreml(file_format: Format, suffix: str, source: Format, module: ModuleType) -> Conversion:
    """A conversion from a frozen graph, by coremltools or by tf-coreml."""
    return Conversion(
        file_format, suffix, source, module, lambda source, target, about: module.convert_frozen(source, target, about)
    )


_TENSORFLOW = (_from_keras(frozen), _from_keras(tf_mobile), _from_keras(litert))
_CORE_ML = (
    _to_coreml("mlmodel", ".mlmodel", "neural_network"),
    _to_coreml("mlpackage_fp32", "_fp32.mlpackage", "program_fp32"),
    _to_coreml("mlpackage_fp16", "_fp16.mlpackage", "program_fp16"),
    _graph_to_coreml("mlmodel_from_pb", "_from_pb.mlmodel", "frozen_pb", coreml),
    _graph_to_coreml("mlmodel_tf_coreml", "_tf_coreml.mlmodel", "frozen_pb", tf_coreml),
)
# The paper's second path, a network written in TensorFlow alone, is written out for LeNet, its smallest network.
_PLAIN: Format = "plain_tensorflow_pb"
_PLAIN_TENSORFLOW = (_from_keras(plain_tensorflow),)
_PLAIN_CORE_ML = (
    _graph_to_coreml("mlmodel_from_plain_pb", "_from_plain_pb.mlmodel", _PLAIN, coreml),
    _graph_to_coreml("mlmodel_plain_tf_coreml", "_plain_tf_coreml.mlmodel", _PLAIN, tf_coreml),
)


def tensorflow_formats(model: str) -> tuple[str, ...]:
    """The formats of a model that TensorFlow's own tools make: what Android's runtimes read."""
    return tuple(conversion.format for conversion in _tensorflow(model))


def coreml_formats(model: str) -> tuple[str, ...]:
    """The formats of a model for Core ML that can be made here; none without coremltools, fewer without tfcoreml."""
    if coreml_missing() is not None:
        return ()
    made = (conversion for conversion in _core_ml(model) if conversion.module is not tf_coreml or tf_coreml_available())
    return tuple(conversion.format for conversion in made)


def conversions_of(model: str) -> tuple[Conversion, ...]:
    """All conversions of a model that exist, each after the one whose file it starts from."""
    return (*_tensorflow(model), *_core_ml(model))


def needed_formats(model: str, formats: Sequence[str]) -> tuple[str, ...]:
    """The formats, and those they are made from, in the order in which they are made; `h5` is the first.

    Raises:
        ModelFileError: the model has no such format.
    """
    sources: dict[str, str | None] = {each.format: each.source for each in conversions_of(model)}
    unknown = [name for name in formats if name not in {"h5", *sources}]
    if unknown:
        raise ModelFileError(f"expected formats of {model}: h5, {', '.join(sources)}; received {unknown[0]!r}")
    needed = {"h5", *formats, *(sources.get(name) for name in formats)}
    return tuple(name for name in ("h5", *sources) if name in needed)


def _tensorflow(model: str) -> tuple[Conversion, ...]:
    # LiteRT's file stays the last one.
    return (*_TENSORFLOW[:-1], *_PLAIN_TENSORFLOW, _TENSORFLOW[-1]) if model == "lenet" else _TENSORFLOW


def _core_ml(model: str) -> tuple[Conversion, ...]:
    return (*_CORE_ML, *_PLAIN_CORE_ML) if model == "lenet" else _CORE_ML
