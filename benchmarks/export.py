"""The project's `.tflite` against the one that Keras' own `model.export` writes: does the app's file cost speed?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from benchmarks.side_by_side import measure
from benchmarks.table import Row
from helpers.artifacts import build_model
from helpers.convert.keras_file import load_h5
from helpers.convert.litert import open_interpreter
from helpers.engines import open_engine
from helpers.parity import sample_images
from helpers.quiet import quiet_native_stderr
from helpers.zoo import model_names

# So long a round is at least, in calls of each file: enough to time LeNet, and no more than needed of the large ones.
_CALLS = {"lenet": 500}
_CALLS_OF_OTHERS = 10
_ROUNDS = 7


def rows() -> Iterator[Row]:
    """Measure each model in turn: one thread, the same image, by turns."""
    for name in tqdm(model_names(), desc="our .tflite over Keras' export", leave=False):
        manifest, folder = build_model(name)
        with tempfile.TemporaryDirectory() as place, open_engine("litert", name) as ours:
            path = Path(place) / f"{name}.tflite"
            with quiet_native_stderr():
                load_h5(folder / manifest.file("h5").path).export(path, format="litert", verbose=False)
            other = open_interpreter(path.read_bytes(), path.name, 1)
            source, sink = other.get_input_details()[0]["index"], other.get_output_details()[0]["index"]
            image = ours.prepare(sample_images(manifest.input)[:1])
            calls = _CALLS.get(name, _CALLS_OF_OTHERS)

            def by_ours(image=image, ours=ours, calls=calls) -> None:
                for _ in range(calls):
                    ours.invoke(image)

            def by_export(image=image, other=other, source=source, sink=sink, calls=calls) -> None:
                for _ in range(calls):
                    other.set_tensor(source, image)
                    other.invoke()
                    other.get_tensor(sink)

            yield measure(
                f"{manifest.title}: latency of our .tflite",
                by_ours,
                "the .tflite that Keras' model.export writes",
                by_export,
                _ROUNDS,
                needed="<= 1.1",
                remark=f"{calls} calls in each, LiteRT with one thread",
            )
