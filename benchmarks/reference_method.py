"""MLPerf's LoadGen over a plain loop, the same engine in both: what the reference method adds to a latency."""

from __future__ import annotations

from collections.abc import Iterator

from tqdm import tqdm

from benchmarks.table import Row, row
from helpers.loadgen import single_stream

_MODELS = ("lenet", "mobilenet")
_ROUNDS = 3


def rows() -> Iterator[Row]:
    """Measure each row in turn; each round measures the loop and then LoadGen, both for two seconds."""
    for name in tqdm(_MODELS, desc="LoadGen over a loop", leave=False):
        results = [single_stream(name) for _ in range(_ROUNDS)]
        yield row(
            f"{results[0].title}: median latency in LoadGen's single stream",
            "a plain loop's",
            [result.runs[0].p50_ns / result.loop.p50_ns for result in results],
            "lower",
            remark=f"{results[0].runs[0].p50_ns / 1e6:.3g} ms in the first round; LiteRT, one thread",
        )
