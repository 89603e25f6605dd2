"""The far side of the ARM engine: runs LiteRT inside the emulated Python and answers on its standard output.

Started as a script: `arm_worker.py MODEL.tflite THREADS`. It imports nothing but the standard library, numpy and
ai_edge_litert, since only those are there; the engine on this side imports the same functions to speak with it.

A frame is one byte for its kind, eight bytes for the length (big-endian), then the content:
    H  once, by the worker when the model is loaded: JSON with "machine", "python", "numpy", "litert", "input" (height,
       width, channels) and "classes"
    A  an array as in a .npy file: the request (float32, images x height x width x channels) and the answer (float32,
       images x classes)
    E  by the worker instead of an answer: UTF-8 text that says what went wrong
The worker ends when its input does.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import platform
import struct
import sys
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

HELLO, ARRAY, ERROR = b"H", b"A", b"E"
HEADER = struct.Struct(">cQ")
# A longer frame is not one of ours: something else has written into the stream.
LONGEST_FRAME = 1 << 30


class ProtocolError(ValueError):
    """What arrived is not a frame, or not the array that was expected."""


def write_frame(stream: IO[bytes], kind: bytes, content: bytes) -> None:
    """Write one whole frame to an unbuffered stream."""
    rest = memoryview(HEADER.pack(kind, len(content)) + content)
    while rest:
        # An unbuffered stream may take less than it is given.
        rest = rest[stream.write(rest) :]


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one whole frame: its kind and content, or None where the stream ended before it.

    Raises:
        ProtocolError: the stream holds something else, or ends inside the frame.
    """
    header = _read_exactly(stream, HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size:
        raise ProtocolError("expected a frame, received the end of the stream in the middle of its header")
    kind, length = HEADER.unpack(header)
    if kind not in (HELLO, ARRAY, ERROR) or length > LONGEST_FRAME:
        raise ProtocolError(f"expected a frame, received the bytes {header!r}")
    content = _read_exactly(stream, length)
    if len(content) < length:
        raise ProtocolError(f"expected a frame of {length} bytes, received the end of the stream after {len(content)}")
    return kind, content


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, or fewer only where the stream ends."""
    parts = []
    while size:
        part = stream.read(min(size, 1 << 20))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def encode_array(array: NDArray[Any]) -> bytes:
    """An array as the content of a .npy file. Raises ProtocolError unless it is float32."""
    _check_dtype(array)
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def decode_array(content: bytes, dimensions: int) -> NDArray[np.float32]:
    """The float32 array in the content of a .npy file.

    Raises:
        ProtocolError: the content is not such a file, not float32, or has another number of dimensions.
    """
    try:
        array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, MemoryError) as error:
        raise ProtocolError(f"expected the content of a .npy file, received something else: {error}") from error
    _check_dtype(array)
    if array.ndim != dimensions:
        raise ProtocolError(f"expected {dimensions} dimensions, received the shape {array.shape}")
    return array


def _check_dtype(array: NDArray[Any]) -> None:
    if array.dtype != np.float32:
        raise ProtocolError(f"expected an array of float32, received {array.dtype}")


class Model:
    """A .tflite model with one float32 input (1, height, width, channels) and one float32 output."""

    def __init__(self, path: str, threads: int) -> None:
        """Load the file; raises ValueError or RuntimeError where it is not such a model."""
        from ai_edge_litert.interpreter import Interpreter  # only the emulated side has to have it

        self._interpreter = Interpreter(model_path=path, num_threads=threads)
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        for role, found in (("input", inputs), ("output", outputs)):
            if len(found) != 1 or found[0]["dtype"] != np.float32:
                kinds = [np.dtype(one["dtype"]).name for one in found]
                raise ValueError(f"expected a model with one float32 {role}, received {kinds}")
        self._input, self._output = int(inputs[0]["index"]), int(outputs[0]["index"])
        self.shape = tuple(int(size) for size in inputs[0]["shape"][1:])
        if len(self.shape) != 3:
            raise ValueError(f"expected an input (1, height, width, channels), received {inputs[0]['shape'].tolist()}")
        self._interpreter.resize_tensor_input(self._input, [1, *self.shape])
        self._interpreter.allocate_tensors()
        self.classes = int(np.prod(self._interpreter.get_output_details()[0]["shape"]))

    def run(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run images (n, height, width, channels) one at a time, as an app does; returns (n, classes)."""
        if images.shape[1:] != self.shape:
            raise ValueError(f"expected images of {self.shape}, received {images.shape[1:]}")
        answers = np.empty((len(images), self.classes), np.float32)
        for number in range(len(images)):
            self._interpreter.set_tensor(self._input, images[number : number + 1])
            self._interpreter.invoke()
            answers[number] = self._interpreter.get_tensor(self._output).reshape(-1)
        return answers


def main(path: str, threads: int) -> int:
    """Serve requests until the input ends; returns the exit status."""
    # Native code prints to standard output as it likes: keep that stream for frames, and send the prints to stderr.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    try:
        model = Model(path, threads)
    except Exception as error:
        write_frame(answers, ERROR, _describe(error))
        return 1
    facts = {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "litert": importlib.metadata.version("ai-edge-litert"),
        "input": model.shape,
        "classes": model.classes,
    }
    write_frame(answers, HELLO, json.dumps(facts).encode())
    while (frame := read_frame(requests)) is not None:
        try:
            kind, content = frame
            if kind != ARRAY:
                raise ProtocolError(f"expected a frame of kind {ARRAY!r}, received {kind!r}")
            answer = encode_array(model.run(decode_array(content, 4)))
        except Exception as error:
            write_frame(answers, ERROR, _describe(error))
        else:
            write_frame(answers, ARRAY, answer)
    return 0


def _describe(error: Exception) -> bytes:
    return f"{type(error).__name__}: {error}".encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
