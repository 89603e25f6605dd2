"""The candidates of a choice: what is known of each model, and how fast it ran where.

An accuracy is the paper's where a network is untrained here, and says so; a rate keeps the place where it was measured,
so that a computer's is never taken for a phone's.

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from tqdm import tqdm

from helpers.artifacts import build_model
from helpers.errors import DataError, LaneError, ModelFileError
from helpers.paper import TABLE_2_MODELS, table_2
from helpers.runs.run_log import RunLog
from helpers.summary import model_summary
from helpers.weights import OFFLINE
from helpers.zoo import model_record

Platform = Literal["android", "ios"]

# The files that each platform's app reads.
FORMATS: dict[Platform, tuple[str, ...]] = {"android": ("tf_mobile_pb", "tflite"), "ios": ("mlmodel",)}
PAPERS_ACCURACY = "top-5 on ILSVRC-2012, the paper's"
_RATES = ("model", "where", "mode", "processed_per_second", "display_fps", "cpu_seconds_per_frame", "rate_source")


def models_table(
    models: Sequence[str] = tuple(TABLE_2_MODELS),
    accuracies: Mapping[str, tuple[float, str]] | None = None,
    weights: str | Path = OFFLINE,
    progress: bool = False,
) -> pd.DataFrame:
    """What is known of models without running them.

    Args:
        models: their names; by default the paper's five for ImageNet.
        accuracies: for a model its accuracy in % and where that comes from, such as `(99.4, "top-1 on MNIST, measured
            here")`. For a network of Table II without an entry the paper's accuracy is taken, and marked as such: here
            such a network may be untrained. Of any other model without an entry the accuracy is unknown.
        weights: as `helpers.weights.choose_weights` takes them.
        progress: show a progress bar over the models.

    Returns:
        A row for each: model, title, accuracy (%; NaN if unknown), accuracy_source, flops, parameters, and the size in
        10^6 bytes of the file that each app reads: megabytes_tf_mobile_pb, megabytes_tflite, megabytes_mlmodel. A size
        is infinite where no such file can be made of the model, and NaN where the tool for it is not here.

    Raises:
        DeploymentError: a model that does not exist, or that cannot be built.
    """
    printed = table_2().set_index("id").loc["top5"]
    rows = []
    for name in tqdm(models, desc="models", unit="model", disable=not progress):
        accuracy, source = math.nan, "unknown"
        if accuracies is not None and name in accuracies:
            accuracy, source = accuracies[name]
        elif name in TABLE_2_MODELS:
            accuracy, source = float(str(printed[name]).removesuffix("%")), PAPERS_ACCURACY
        manifest, _ = build_model(name, weights, ())
        summary = model_summary(name, weights)
        rows.append(
            {
                "model": name,
                "title": model_record(name).title,
                "weights": manifest.weights.kind,
                "accuracy": accuracy,
                "accuracy_source": source,
                "flops": summary.flops,
                "parameters": summary.parameters,
                **{
                    f"megabytes_{each}": _megabytes(name, weights, each)
                    for formats in FORMATS.values()
                    for each in formats
                },
            }
        )
    return pd.DataFrame(rows)


def measured_rates(logs: Sequence[RunLog], source: str = "measured here") -> pd.DataFrame:
    """What live runs say of their models' speed.

    Args:
        logs: live runs; each keeps its place (`jvm`, `pc`, `phone`), and nothing makes a computer's rate a phone's.
        source: where the logs come from.

    Returns:
        A row for each: model, where, mode (`single` or `multi`), processed_per_second, display_fps (NaN of fewer than
        two shown frames), cpu_seconds_per_frame (CPU time over processed frames; NaN if the platform does not tell),
        rate_source.

    Raises:
        DataError: a log is not of a live run.
    """
    rows = []
    for log in logs:
        if log.pipeline is None:
            raise DataError(f"expected logs of live runs; received one of kind {log.kind!r}; run a pipeline")
        processed, cpu_ns = log.pipeline.processed, log.resources.cpu_ns
        rows.append(
            {
                "model": log.model.name,
                "where": log.where,
                "mode": log.pipeline.mode,
                "processed_per_second": log.pipeline.processed_per_second,
                "display_fps": math.nan if log.pipeline.display_fps is None else log.pipeline.display_fps,
                "cpu_seconds_per_frame": cpu_ns / 1e9 / processed if cpu_ns is not None and processed else math.nan,
                "rate_source": f"{source}, {log.engine.name} on {log.where}",
            }
        )
    return pd.DataFrame(rows, columns=list(_RATES))


def with_rates(models: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Join models and rates to candidates: a model in a place and a mode.

    Args:
        models: from `models_table`.
        rates: from `measured_rates`, or a caller's own in the same columns (published latencies, predictions), whose
            `rate_source` says so; columns that it does not have are unknown.

    Returns:
        A row for each rate, with all columns of both; a model without any rate has one row, where they are unknown.

    Raises:
        DataError: the rates do not say where they were measured or where they come from, or are of other models.
    """
    missing = [column for column in ("model", "where", "rate_source") if column not in rates]
    if missing:
        raise DataError(
            f"expected rates with the columns model, where and rate_source; received none called {missing[0]}"
        )
    strangers = sorted(set(rates["model"]) - set(models["model"]))
    if strangers:
        raise DataError(f"expected rates of {', '.join(models['model'])}; received one of {strangers[0]!r}")
    joined = models.merge(rates.reindex(columns=list(_RATES)), on="model", how="left")
    texts = ["where", "mode", "rate_source"]
    joined[texts] = joined[texts].astype(object).where(joined[texts].notna(), "unknown")
    return joined


def _megabytes(name: str, weights: str | Path, file_format: str) -> float:
    try:
        manifest, _ = build_model(name, weights, [file_format])
    except LaneError:
        return math.nan
    except ModelFileError:
        return math.inf
    return manifest.file(file_format).bytes / 1e6
