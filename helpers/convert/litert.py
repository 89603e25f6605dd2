"""Keras -> .tflite, the format of LiteRT (TensorFlow Lite until 2024), the successor of TensorFlow for Mobile.

Taught in notebook 03_freeze_for_android.
"""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from helpers.convert.frozen import frozen_function
from helpers.convert.keras_file import load_h5
from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ModelFileError
from helpers.files import write_bytes
from helpers.quiet import quiet_native_stderr

FORMAT = "tflite"
FILE_SUFFIX = ".tflite"

# Bytes 4-7 of every .tflite file: the identifier of its FlatBuffers schema.
_IDENTIFIER = b"TFL3"


def convert(source: Path, target: Path) -> ConvertedNodes:
    """Convert a Keras .h5 file into a .tflite file for one image at a time, as an app uses it.

    The converter is given the *frozen* function: from one with variables it makes a file that holds empty variables.

    Args:
        source: the Keras .h5 file.
        target: the .tflite file to write.

    Returns:
        The names of the input and output tensors. An app gets these outputs alone; only a
        debugging switch of the interpreter keeps what is computed between.

    Raises:
        ModelFileError: the source is not a usable Keras model.
        ArtifactWriteError: the target cannot be written.
    """
    model = load_h5(source)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen_function(model, 1)], model)
    with quiet_native_stderr():
        content = converter.convert()
    write_bytes(target, content)
    interpreter = open_interpreter(target, threads=1)
    (network_input,) = interpreter.get_input_details()
    (network_output,) = interpreter.get_output_details()
    return ConvertedNodes(network_input["name"], network_output["name"])


def open_interpreter(path: Path, threads: int) -> Interpreter:
    """Open a .tflite file in LiteRT, ready to run.

    Raises:
        ModelFileError: the file is not a whole .tflite model.
    """
    content = path.read_bytes()
    if content[4:8] != _IDENTIFIER:
        raise ModelFileError(
            f"expected {path.name} to be a .tflite model, with {_IDENTIFIER!r} at byte 4; "
            f"received {content[4:8]!r} in {len(content):,} bytes; convert it again"
        )
    try:
        with quiet_native_stderr():
            interpreter = Interpreter(model_content=content, num_threads=threads)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelFileError(
            f"expected {path.name} to be a whole .tflite model; LiteRT refuses it: {error}; convert it again"
        ) from error
    return interpreter
