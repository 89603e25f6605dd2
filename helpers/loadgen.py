"""The reference method for a latency: MLPerf's LoadGen in single-stream mode, over the engines of this package.

LoadGen asks for one sample, waits for the answer, asks for the next, and reports the latency that 90 % of the queries
stay below. MLPerf's rules for phones ask for at least 1024 queries and at least 60 seconds; results repeat within 5 %.
As MLPerf has it, preprocessing is not timed: samples are prepared before the run. In accuracy mode, apart from any
timing, each sample is asked once. Beside it stands a plain loop over the same engine, so that a reader sees what the
method adds. What is measured here is this machine's, never a phone's. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from tqdm import tqdm

from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import LaneError, ModelFileError
from helpers.files import build_dir, ensure_folder, write_text
from helpers.loadgen_log import LARGEST_DIFFERENCE, RULE_QUERIES, RULE_SECONDS, LoadgenRun, read_answers, read_run
from helpers.parity import sample_images
from helpers.runs.machine import this_machine
from helpers.runs.python_log import model_used
from helpers.runs.run_log_parts import Device, ModelUsed, Nanoseconds, Strict, Text

# The plain loop is as long as the short run of LoadGen, however long LoadGen's is.
_LOOP_CALLS = 64
_LOOP_SECONDS = 2.0
# Of fewer, LoadGen gives no 90th percentile.
_LEAST_QUERIES = 64
# LoadGen keeps all queries in memory, about 400 bytes for each.
_MOST_QUERIES = 5_000_000
_LONGEST_SECONDS = 600
_MOST_RUNS = 20
_MOST_THREADS = 256
_NS = 10**9
_THREAD = "loadgen"
_Result = TypeVar("_Result")

# LoadGen has one log for the whole process.
_ONE_AT_A_TIME = threading.Lock()


class PlainLoop(Strict):
    """The same engine called in a loop, in nanoseconds."""

    calls: Annotated[int, Field(ge=1)]
    p50_ns: Nanoseconds
    p90_ns: Nanoseconds
    min_ns: Nanoseconds


class LoadgenResult(Strict):
    """The runs of one model in one engine, with all that a reader needs to judge them.

    `where` and `machine` say whose latency it is. `loop` was measured just before the first run.
    """

    model: ModelUsed
    title: Text
    engine: Text
    threads: int | None
    where: Text
    machine: Device
    versions: dict[str, str]
    seed: int
    loop: PlainLoop
    runs: Annotated[tuple[LoadgenRun, ...], Field(min_length=1)]

    @property
    def p90_ms(self) -> float:
        """The 90th percentile of the latency in milliseconds; of several runs, the median."""
        return statistics.median(run.p90_ns for run in self.runs) / 1e6

    @property
    def difference(self) -> float | None:
        """By which share the slowest run's 90th percentile exceeds the fastest's; None of a single run."""
        values = [run.p90_ns for run in self.runs]
        return max(values) / min(values) - 1 if len(values) > 1 else None

    @property
    def repeats(self) -> bool | None:
        """Whether the runs agree within 5 %, as MLPerf asks; None of a single run."""
        # Rounded, so that 1.05 over 1 is 5 %.
        return None if self.difference is None else round(self.difference, 9) <= LARGEST_DIFFERENCE

    @property
    def by_the_rules(self) -> bool:
        """Whether each run is valid, and was as long as MLPerf's rules for phones ask."""
        return all(
            run.says == "VALID" and run.asked_queries >= RULE_QUERIES and run.asked_ms >= 1000 * RULE_SECONDS
            for run in self.runs
        )

    @property
    def verdict(self) -> str:
        """In words: what the result is good for."""
        invalid = sum(run.says == "INVALID" for run in self.runs)
        if invalid:
            first = f"LoadGen calls {invalid} of {len(self.runs)} runs INVALID"
        elif self.by_the_rules:
            first = "VALID by MLPerf's rules"
        else:
            first = f"not valid by MLPerf's rules (fewer than {RULE_QUERIES} queries or {RULE_SECONDS:.0f} s asked)"
        if self.difference is None:
            return f"{first}; one run"
        said = "repeat within 5 %" if self.repeats else "do NOT repeat within 5 %"
        return f"{first}; {len(self.runs)} runs {said}: {100 * self.difference:.1f} %"


def single_stream(
    model: str,
    weights: str | Path = "offline",
    threads: int | None = 1,
    min_queries: int = 64,
    min_seconds: float = 2.0,
    repeat: int = 1,
    seed: int = 1,
    engine: str = "litert",
    images: NDArray[np.uint8] | None = None,
    progress: bool = False,
) -> LoadgenResult:
    """Measure a model's latency by MLPerf's LoadGen.

    Args:
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        threads: how many threads the engine may use inside one query, 1 to 256; None for an engine without that
            setting.
        min_queries: a run has at least as many queries, 64 or more; 1024 by MLPerf's rules.
        min_seconds: a run takes at least so long; 60 by MLPerf's rules.
        repeat: how many runs, 1 to 20.
        seed: of LoadGen's random order of the samples.
        engine: one of `helpers.engines.engine_names()` that runs in this process.
        images: uint8 (n, height, width, channels), the samples; without it, five photos or digits.
        progress: show a bar over the runs.

    Returns:
        The result; `verdict` says in words what it is good for.

    Raises:
        LaneError: LoadGen does not exist for this system.
        ModelFileError: an argument out of its range, or a model that the engine refuses.
        ImageError: the images are not what the model takes.
        DataError: LoadGen's own log is not what it should be.
    """
    _check_whole("min_queries", min_queries, _LEAST_QUERIES, _MOST_QUERIES)
    _check_whole("repeat", repeat, 1, _MOST_RUNS)
    _check_whole("seed", seed, 0, 2**63 - 1)
    if (
        isinstance(min_seconds, bool)
        or not isinstance(min_seconds, int | float)
        or not (0 <= min_seconds <= _LONGEST_SECONDS)
    ):
        raise ModelFileError(f"expected min_seconds from 0 to {_LONGEST_SECONDS}; received {min_seconds!r}")
    library = _library()
    with _opened(engine, model, weights, threads) as opened:
        samples = _samples(opened, images)
        bar = tqdm(total=1 + repeat, desc=f"{opened.manifest.title}, LoadGen", unit="run", disable=not progress)
        with bar:
            loop = _plain_loop(opened, samples, min(min_queries, _LOOP_CALLS), min(min_seconds, _LOOP_SECONDS))
            bar.update()
            settings = library.TestSettings()
            settings.scenario = library.TestScenario.SingleStream
            settings.mode = library.TestMode.PerformanceOnly
            settings.min_query_count = min_queries
            settings.min_duration_ms = round(1000 * min_seconds)
            # LoadGen draws twice as many queries as fit into the duration at this latency, and may not run out of them.
            drawn = round(2 * min_seconds * _NS / max(loop.min_ns, 1))
            if drawn > _MOST_QUERIES:
                raise ModelFileError(
                    f"expected a run of at most {_MOST_QUERIES:,} queries; received {min_seconds} s, for which LoadGen "
                    f"draws {drawn:,}; choose fewer seconds"
                )
            settings.single_stream_expected_latency_ns = loop.min_ns
            settings.sample_index_rng_seed = settings.qsl_rng_seed = settings.schedule_rng_seed = seed
            runs = []
            for _ in range(repeat):
                runs.append(_run(library, settings, opened, samples, read_run))
                bar.update()
        return LoadgenResult(
            model=model_used(opened),
            title=opened.manifest.title,
            engine=opened.name,
            threads=threads,
            where=opened.where,
            machine=this_machine(),
            versions={**opened.versions(), "mlcommons-loadgen": version("mlcommons-loadgen"), "numpy": np.__version__},
            seed=seed,
            loop=loop,
            runs=tuple(runs),
        )


def loadgen_predictions(
    model: str,
    images: NDArray[np.uint8],
    weights: str | Path = "offline",
    threads: int | None = 1,
    engine: str = "litert",
) -> NDArray[np.float32]:
    """Classify images by LoadGen's accuracy mode, which asks for each sample once and times nothing.

    Args:
        model: the model.
        images: uint8 (n, height, width, channels), as `Engine.predict` takes them.
        weights: see `single_stream`.
        threads: see `single_stream`.
        engine: see `single_stream`.

    Returns:
        float32 (n, classes), what LoadGen logged, in the order of the images: the engine's own probabilities.

    Raises:
        DeploymentError: see `single_stream`.
    """
    library = _library()
    with _opened(engine, model, weights, threads) as opened:
        samples = _samples(opened, images)
        settings = library.TestSettings()
        settings.scenario = library.TestScenario.SingleStream
        settings.mode = library.TestMode.AccuracyOnly
        classes = len(opened.manifest.labels)
        return _run(library, settings, opened, samples, lambda folder: read_answers(folder, len(samples), classes))


def store_result(result: LoadgenResult) -> Path:
    """Write a result, with its machine, versions and the model's SHA-256, to `build/loadgen`.

    Returns:
        The file, which a later result of the same model and engine replaces.

    Raises:
        ArtifactWriteError: the folder cannot be written.
    """
    path = build_dir() / "loadgen" / f"{result.model.name}-{result.engine}.json"
    write_text(path, result.model_dump_json(indent=1) + "\n")
    return path


def loadgen_table(results: Sequence[LoadgenResult]) -> pd.DataFrame:
    """The results as a table, a row each; latencies in milliseconds, those of several runs as medians."""
    return pd.DataFrame(
        {
            "model": result.title,
            "engine": result.engine,
            "threads": result.threads,
            "where": result.where,
            "queries": min(run.queries for run in result.runs),
            "seconds": min(run.seconds for run in result.runs),
            "p50_ms": statistics.median(run.p50_ns for run in result.runs) / 1e6,
            "p90_ms": result.p90_ms,
            "loop_p50_ms": result.loop.p50_ns / 1e6,
            "loop_p90_ms": result.loop.p90_ns / 1e6,
            "verdict": result.verdict,
        }
        for result in results
    ).astype({"threads": "Int64"})


class _Subject:
    """The system under test, as LoadGen calls it.

    An exception must not pass through LoadGen's C++ code, which would leave the process in a state that ends with a
    crash: the first one is kept here, and what LoadGen still asks is answered with nothing until it has run out of
    questions.
    """

    def __init__(self, library: ModuleType, engine: Engine, samples: NDArray[Any]) -> None:
        self._library = library
        self._engine = engine
        # One batch of one image each, cut before the time counts.
        self._samples = [samples[at : at + 1] for at in range(len(samples))]
        self._nothing = np.zeros(1, np.float32)
        self.error: BaseException | None = None

    def issue(self, queries: Sequence[Any]) -> None:
        """Answer queries; in single-stream mode there is one at a time."""
        for query in queries:
            answer = self._nothing
            if self.error is None:
                try:
                    answer = np.ascontiguousarray(self._engine.invoke(self._samples[query.index]), np.float32)
                except BaseException as error:
                    self.error = error
            response = self._library.QuerySampleResponse(query.id, answer.ctypes.data, answer.nbytes)
            # LoadGen has copied the answer when this returns.
            self._library.QuerySamplesComplete([response])


def _run(
    library: ModuleType,
    settings: Any,
    engine: Engine,
    samples: NDArray[Any],
    read: Callable[[Path], _Result],
) -> _Result:
    """Let LoadGen run once, and read what it wrote."""
    subject = _Subject(library, engine, samples)
    with (
        _ONE_AT_A_TIME,
        tempfile.TemporaryDirectory(prefix="loadgen-", dir=ensure_folder(build_dir())) as place,
    ):
        output = library.LogOutputSettings()
        output.outdir, output.copy_summary_to_stdout = place, False
        logging = library.LogSettings()
        logging.log_output, logging.enable_trace = output, False
        tested = library.ConstructSUT(subject.issue, lambda: None)
        # The samples are in memory already: there is nothing to load, and nothing to forget.
        known = library.ConstructQSL(len(samples), len(samples), lambda _: None, lambda _: None)
        # LoadGen looks for further settings in a file beside the process; here, there are none.
        arguments = (tested, known, settings, logging, str(Path(place) / "no_audit.config"))
        ended = threading.Event()

        def drive() -> None:
            try:
                library.StartTestWithLogSettings(*arguments)
            except Exception as error:
                subject.error = subject.error or error
            finally:
                library.DestroyQSL(known)
                library.DestroySUT(tested)
                ended.set()

        # In a thread of its own, Ctrl-C reaches this one and never LoadGen's.
        threading.Thread(target=drive, name=_THREAD).start()
        try:
            # Not by joining the thread: of a join that is interrupted, Python 3.11 takes the thread to have ended.
            ended.wait()
        except BaseException as error:
            subject.error = error
            ended.wait()
            raise
        if subject.error is not None:
            raise ModelFileError(
                f"{engine.title} failed during LoadGen's run of {engine.path.name}: {str(subject.error) or 'unknown'}"
            ) from subject.error
        return read(Path(place))


def _plain_loop(engine: Engine, samples: NDArray[Any], calls: int, seconds: float) -> PlainLoop:
    """Call the engine in a loop, after one call for each sample that warms up."""
    each = [samples[at : at + 1] for at in range(len(samples))]
    for sample in each:
        engine.invoke(sample)
    times: list[int] = []
    end = time.perf_counter_ns() + round(seconds * _NS)
    while len(times) < calls or time.perf_counter_ns() < end:
        start = time.perf_counter_ns()
        engine.invoke(each[len(times) % len(each)])
        times.append(time.perf_counter_ns() - start)
    p50, p90 = (int(value) for value in np.percentile(times, (50, 90), method="inverted_cdf"))
    return PlainLoop(calls=len(times), p50_ns=p50, p90_ns=p90, min_ns=min(times))


def _library() -> ModuleType:
    try:
        return import_module("mlperf_loadgen")
    except ImportError as error:
        raise LaneError(
            "MLPerf's LoadGen needs the package mlcommons-loadgen, which exists for Linux on x86-64 and macOS on ARM; "
            f"received {error}; measure there, or with helpers.runs.python_benchmark"
        ) from error


def _opened(engine: str, model: str, weights: str | Path, threads: int | None) -> Engine:
    if threads is None:
        opened = open_engine(engine, model, weights)
    else:
        # To Python, True is the number 1.
        if type(threads) is not int or not 1 <= threads <= _MOST_THREADS:
            raise ModelFileError(f"expected None or 1 to {_MOST_THREADS} threads; received {threads!r}")
        try:
            opened = open_engine(engine, model, weights, threads=threads)
        except TypeError as error:
            raise ModelFileError(
                f"expected an engine with a setting for threads; received {engine!r} ({error}); give threads=None"
            ) from error
    if opened.where != "pc":
        opened.close()
        raise ModelFileError(f"expected an engine that runs in this process; received {engine!r}")
    return opened


def _samples(engine: Engine, images: NDArray[np.uint8] | None) -> NDArray[Any]:
    """Prepare the samples, and try one: an engine that cannot run fails here, outside LoadGen."""
    images = sample_images(engine.manifest.input) if images is None else images
    prepared = engine.prepare(images)
    engine.predict(images[:1])
    return prepared


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    # To Python, True is the number 1.
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ModelFileError(f"expected {name} to be a whole number from {least} to {most:,}; received {value!r}")
