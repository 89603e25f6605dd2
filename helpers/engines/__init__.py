"""Engines: one runtime each, behind one interface.

`open_engine("litert", "lenet")` gives an engine; `engine.predict(images)` gives probabilities. Keras is the reference;
the others are held to it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from helpers.engines.base import Engine
from helpers.errors import ModelFileError

# Runtimes are heavy, and some are optional: each is imported when it is asked for.
_ENGINES: dict[str, tuple[str, str]] = {
    "keras": ("helpers.engines.keras", "KerasEngine"),
    "frozen": ("helpers.engines.frozen", "FrozenEngine"),
    "tf_mobile": ("helpers.engines.frozen", "TfMobileGraphEngine"),
    "plain_tensorflow": ("helpers.engines.frozen", "PlainTensorFlowEngine"),
    "litert": ("helpers.engines.litert", "LiteRTEngine"),
    "arm": ("helpers.engines.arm", "ArmLiteRTEngine"),
    "jvm_tf_mobile": ("helpers.engines.jvm", "JvmTfMobileEngine"),
    "jvm_tflite": ("helpers.engines.jvm", "JvmTfLiteEngine"),
    "mlmodel": ("helpers.engines.coreml", "MlmodelEngine"),
    "mlpackage_fp32": ("helpers.engines.coreml", "MlpackageFp32Engine"),
    "mlpackage_fp16": ("helpers.engines.coreml", "MlpackageFp16Engine"),
    "mlmodel_from_pb": ("helpers.engines.coreml", "MlmodelFromPbEngine"),
    "mlmodel_tf_coreml": ("helpers.engines.coreml", "TfCoreMLEngine"),
    "mlmodel_from_plain_pb": ("helpers.engines.coreml", "PlainMlmodelFromPbEngine"),
    "mlmodel_plain_tf_coreml": ("helpers.engines.coreml", "PlainTfCoreMLEngine"),
    "apple_mlmodel": ("helpers.engines.coreml", "AppleCoreMLEngine"),
    "apple_mlpackage_fp16": ("helpers.engines.coreml", "AppleMlpackageEngine"),
}


def engine_names() -> tuple[str, ...]:
    """The names that `open_engine` takes."""
    return tuple(_ENGINES)


def open_engine(engine: str, model: str, weights: str | Path = "offline", **options: Any) -> Engine:
    """Open a model in a runtime; what the store does not have yet is converted first.

    Args:
        engine: one of `engine_names()`.
        model: the model, such as `lenet`.
        weights: its weights, as `helpers.weights.choose_weights` takes them.
        options: passed to the engine, for example `threads=2`.

    Returns:
        The engine; use it in a `with` block.

    Raises:
        ModelFileError: an unknown engine or model, or a file that the runtime refuses.
        LaneError: the engine needs a toolchain that is not there.
    """
    from helpers.artifacts import build_model

    if not isinstance(engine, str) or engine not in _ENGINES:
        raise ModelFileError(f"expected one of the engines {', '.join(_ENGINES)}; received {engine!r}")
    module, name = _ENGINES[engine]
    engine_class: type[Engine] = getattr(import_module(module), name)
    manifest, folder = build_model(model, weights, [engine_class.file_format])
    return engine_class(manifest, folder, **options)
