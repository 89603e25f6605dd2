"""The Keras .h5 file that every conversion starts from: checked, loaded, copied."""

from __future__ import annotations

from pathlib import Path

import h5py
import keras

from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ModelFileError
from helpers.files import write_bytes

FORMAT = "h5"
FILE_SUFFIX = ".h5"


def load_h5(path: Path) -> keras.Model:
    """Load a Keras model from an HDF5 file, for inference.

    The file is checked before Keras builds anything from it: it must be whole HDF5, hold an architecture, and hold no
    Lambda layer (Python code that would run on loading).

    Args:
        path: the .h5 file.

    Returns:
        The model, without optimizer or loss.

    Raises:
        ModelFileError: the file is missing, damaged, or not a Keras model that is safe to load.
    """
    wanted = f"expected {path.name} to be a Keras model in HDF5"
    if not path.is_file():
        raise ModelFileError(
            f"{wanted}; there is no such file in {path.parent}; save one with model.save({path.name!r})"
        )
    try:
        with h5py.File(path, "r") as content:
            config = content.attrs.get("model_config")
            has_weights = "model_weights" in content
    except Exception as error:  # h5py raises several kinds for a file that is damaged inside
        raise ModelFileError(
            f"{wanted}; received {path.stat().st_size:,} bytes that are not whole HDF5; save it again"
        ) from error
    if config is None or not has_weights:
        raise ModelFileError(
            f"{wanted}; received HDF5 without architecture and weights; save the whole model, not its weights"
        )
    if '"Lambda"' in str(config):
        raise ModelFileError(
            f"{wanted}; received one with a Lambda layer, which runs code on loading; replace that layer"
        )
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many kinds for a file that is damaged inside.
        raise ModelFileError(f"{wanted}; Keras cannot rebuild it: {error}; save it again") from error
    _check_form(model, wanted)
    return model


def _check_form(model: keras.Model, wanted: str) -> None:
    """What every converter and engine relies on: one float32 image goes in, one row of numbers comes out."""
    inputs, outputs = getattr(model, "inputs", None) or [], getattr(model, "outputs", None) or []
    shapes = [tuple(tensor.shape) for tensor in (*inputs, *outputs)]
    good = len(inputs) == len(outputs) == 1 and len(shapes[0]) == 4 and len(shapes[1]) == 2
    if not good or None in (*shapes[0][1:], shapes[1][1]) or inputs[0].dtype != "float32":
        received = [(tuple(tensor.shape), str(tensor.dtype)) for tensor in (*inputs, *outputs)]
        raise ModelFileError(
            f"{wanted} with one float32 input (n, height, width, channels) of a fixed size and one output "
            f"(n, classes); received {len(inputs)} inputs and {len(outputs)} outputs, {received}"
        )


def convert(source: Path, target: Path) -> ConvertedNodes:
    """Put a checked copy of a Keras .h5 file beside the files made from it.

    Args:
        source: the Keras .h5 file.
        target: the copy to write.

    Returns:
        The names of the input and output layers, and of the layers between.

    Raises:
        ModelFileError: the source is not a usable Keras model.
        ArtifactWriteError: the target cannot be written.
    """
    model = load_h5(source)
    nodes = ConvertedNodes(model.inputs[0].name, output_node(model), tuple(layer.name for layer in inner_layers(model)))
    write_bytes(target, source.read_bytes())
    return nodes


def output_node(model: keras.Model) -> str:
    """The name under which a model's probabilities come out: its last layer's."""
    return str(model.layers[-1].name)


def inner_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers between input and output, in the order in which they are computed."""
    return [layer for layer in model.layers[:-1] if not isinstance(layer, keras.layers.InputLayer)]
