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
    try:
        with quiet_native_stderr():
            content = converter.convert()
    except Exception as error:  # the converter has many kinds of its own
        reason = str(error).splitlines()[0]
        raise ModelFileError(
            f"{source.name} cannot be converted to .tflite: {reason}; see which layer it names"
        ) from error
    interpreter = open_interpreter(content, target.name, threads=1)
    write_bytes(target, content)
    (network_input,) = interpreter.get_input_details()
    (network_output,) = interpreter.get_output_details()
    return ConvertedNodes(network_input["name"], network_output["name"])


def open_interpreter(content: bytes, name: str, threads: int) -> Interpreter:
    """Open a .tflite model in LiteRT, ready to run.

    LiteRT checks the form of a file, but trusts numbers inside it: one that was altered on purpose can crash the
    process. So engines open only files whose hash stands in a manifest that the store has made.

    Args:
        content: the bytes of the file.
        name: what error messages call it.
        threads: how many threads one invocation may use.

    Raises:
        ModelFileError: it is not a whole .tflite model with one input and one output.
    """
    if content[4:8] != _IDENTIFIER:
        raise ModelFileError(
            f"expected {name} to be a .tflite model, with {_IDENTIFIER!r} at byte 4; "
            f"received {content[4:8]!r} in {len(content):,} bytes; convert it again"
        )
    try:
        with quiet_native_stderr():
            interpreter = Interpreter(model_content=content, num_threads=threads)
            interpreter.allocate_tensors()
            inputs, outputs = len(interpreter.get_input_details()), len(interpreter.get_output_details())
    except Exception as error:  # LiteRT raises several kinds, among them UnicodeDecodeError
        raise ModelFileError(
            f"expected {name} to be a whole .tflite model; LiteRT refuses it: {error}; convert it again"
        ) from error
    if (inputs, outputs) != (1, 1):
        raise ModelFileError(f"expected {name} to have one input and one output; received {inputs} and {outputs}")
    return interpreter
