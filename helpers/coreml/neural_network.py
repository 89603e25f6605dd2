"""The layers of a `.mlmodel` neural network, computed one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from helpers.coreml.file import CoreMLFile
from helpers.coreml.image import output_names
from helpers.coreml.layer_functions import FUNCTION_LAYERS
from helpers.coreml.layer_kinds import LayerKind
from helpers.coreml.layers import FIVE_AXES_LAYERS, IMAGE_LAYERS
from helpers.coreml.layers_nd import ND_LAYERS
from helpers.coreml.layout import Value
from helpers.coreml.specification import network_of
from helpers.coreml.steps import MOST_STEPS, Computed, Step, named
from helpers.errors import ModelFileError


def has_five_axes(file: CoreMLFile, image: bool) -> bool:
    """Whether each value of a neural network has the five axes (sequence, batch, channel, height, width).

    Args:
        file: the model.
        image: whether its input is an image.

    Raises:
        ModelFileError: its image has another number of axes than its arrays.
    """
    network = network_of(file.specification)
    arrays, images = network.arrayInputShapeMapping, network.imageInputShapeMapping
    if arrays not in (0, 1) or images not in (0, 1) or (image and arrays != images):
        raise ModelFileError(
            f"expected {file.name} to give arrays and images the same number of axes, RANK5_ARRAY_MAPPING with "
            f"RANK5_IMAGE_MAPPING or EXACT_ARRAY_MAPPING with RANK4_IMAGE_MAPPING; received {arrays} and {images}; "
            "convert the model again"
        )
    return bool(arrays == 0)


def compute_layers(file: CoreMLFile, name: str, x: Value, five_axes: bool) -> Computed:
    """Compute a neural network.

    Args:
        file: the model, a neural network.
        name: the name of its input.
        x: the input; for a network of five axes without the first.
        five_axes: see `has_five_axes`.

    Raises:
        ModelFileError: a layer is not known, does not fit its inputs, or reads what nothing gives; names the layer.
        NotBatchable: a layer would mix the images.
    """
    network = network_of(file.specification)
    if len(network.layers) > MOST_STEPS:
        raise ModelFileError(
            f"expected {file.name} to have at most {MOST_STEPS:,} layers; received {len(network.layers):,}; give the "
            "file of a network"
        )
    kinds = {**FUNCTION_LAYERS, **IMAGE_LAYERS, **(FIVE_AXES_LAYERS if five_axes else ND_LAYERS)}
    values = {name: x}
    steps = []
    for layer in network.layers:
        kind = layer.WhichOneof("layer") or "no type"
        with named(f"layer {layer.name[:80]!r} ({kind}) of {file.name}"):
            if kind not in kinds:
                raise ModelFileError(f"expected a layer among {', '.join(sorted(kinds))}; received {kind}")
            inputs = _inputs(layer, kinds[kind], values)
            value = kinds[kind].handler(getattr(layer, kind), inputs)
            _check_declared(layer.inputTensor, inputs, five_axes)
            _check_declared(layer.outputTensor, [value], five_axes)
            if len(layer.output) != 1 or layer.output[0] in values:
                raise ModelFileError(f"expected one output with a new name; received {list(layer.output)[:3]}")
            values[layer.output[0]] = value
            steps.append(Step(layer.name, kind, value.shape, layer.output[0], tuple(layer.input)))
    return Computed(_outputs(file, network, values), tuple(steps))


def _inputs(layer: Any, kind: LayerKind, values: dict[str, Value]) -> list[Value]:
    if not kind.least <= len(layer.input) <= kind.most:
        wanted = str(kind.least) if kind.least == kind.most else f"{kind.least} or more"
        raise ModelFileError(f"expected {wanted} inputs; received {len(layer.input)}")
    missing = [name for name in layer.input if name not in values]
    if missing:
        raise ModelFileError(f"expected inputs that the network or a layer before gives; received {missing[0][:80]!r}")
    return [values[name] for name in layer.input]


def _check_declared(declared: Sequence[Any], values: Sequence[Value], five_axes: bool) -> None:
    """Compare with the shapes that the file says tensors have, where it says some; -1 is a size that it leaves open."""
    if not declared:
        return
    if len(declared) != len(values):
        raise ModelFileError(f"expected {len(values)} declared shapes; received {len(declared)}")
    for tensor, value in zip(declared, values, strict=True):
        shape = ((1,) if five_axes else ()) + value.shape
        sizes = list(tensor.dimValue)
        fits = len(sizes) == len(shape) and all(size in (-1, real) for size, real in zip(sizes, shape, strict=True))
        if tensor.rank != len(shape) or (sizes and not fits):
            raise ModelFileError(f"expected the shape that is declared, {sizes[:8]}; received {shape}")


def _outputs(file: CoreMLFile, network: Any, values: dict[str, Value]) -> dict[str, Value]:
    description = file.specification.description
    outputs = {}
    for name in output_names(file):
        source = name
        if (
            file.specification.WhichOneof("Type") == "neuralNetworkClassifier"
            and name == description.predictedProbabilitiesName
        ):
            source = network.labelProbabilityLayerName or network.layers[-1].output[0]
        if source not in values:
            raise ModelFileError(
                f"expected a layer of {file.name} to give the output {name[:80]!r}; received none that gives "
                f"{source[:80]!r}; convert the model again"
            )
        outputs[name] = values[source]
    return outputs
