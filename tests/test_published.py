"""Published latencies: each row with its source, and nothing predicted from them that hides it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.errors import DataError
from helpers.simulation.published import (
    PUBLISHED,
    published_latencies,
    published_latency,
)
from helpers.simulation.simulator import simulate
from helpers.zoo import model_names

HEADER = "device,unit,runtime,model,published_as,ms,source\n"
ROW = "Pixel 2,1 big core,TFLite,mobilenet,MobileNet,160.1,somebody\n"


def test_every_row_has_a_source_and_a_network_of_the_project() -> None:
    rows = published_latencies()
    assert len(rows) == 44
    assert {row.model for row in rows} <= set(model_names())
    assert {"Pixel 2", "Pixel 3", "Snapdragon 835", "iPhone 8", "iPhone XS", "Galaxy S25"} == {
        row.device for row in rows
    }
    assert min(len(row.source) for row in rows) > 5


@pytest.mark.parametrize(
    ("device", "unit", "runtime", "model", "ms"),
    [
        ("Pixel 2", "1 big core", "TFLite", "mobilenet", 160.1),
        ("Pixel 2", "1 big core", "TensorFlow", "densenet121", 1262),
        ("Pixel 2", "4 big cores", "TVM auto-tuned", "squeezenet", 23.0),
        ("Pixel 3", "NNAPI", "TFLite", "densenet121", 1656),
        ("Snapdragon 835", "4 little cores", "ncnn", "resnet50", 580),
        ("iPhone 8", "chosen by Core ML", "Core ML", "mobilenet", 22.4),
    ],
)
def test_numbers_are_those_of_the_sources(device: str, unit: str, runtime: str, model: str, ms: float) -> None:
    assert published_latency(device, unit, runtime, model).ms == ms


def test_a_prediction_from_a_row_names_it() -> None:
    row = published_latency("Pixel 2", "1 big core", "TFLite", "squeezenet")
    single, multi = (simulate(row.stage_times(), mode) for mode in ("single", "multi"))  # type: ignore[arg-type]
    for simulated in (single, multi):
        assert simulated.predicted_from.startswith(
            "published: SqueezeNet, version not said on Pixel 2, 1 big core, TFLite"
        )
        assert row.source in simulated.predicted_from
        assert simulated.processed_per_second == pytest.approx(1000 / 224, rel=0.01)
    assert single.fps == pytest.approx(1000 / 224, rel=0.01)
    assert multi.fps == pytest.approx(30)


def test_what_nobody_published_is_refused_with_what_there_is() -> None:
    with pytest.raises(DataError, match=r"expected one of Pixel 2, 1 big core, TFLite; .*; received Pixel 2, GPU"):
        published_latency("Pixel 2", "GPU", "TFLite", "mobilenet")
    with pytest.raises(DataError, match="expected one of Pixel 2, 1 big core"):
        published_latency("Pixel 9", "GPU", "TFLite", "mobilenet")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "expected the columns device,unit"),
        (b"device,ms\n", "received 'device,ms'"),
        ((HEADER + ROW + ROW).encode(), "each device, unit, runtime, model once"),
        ((HEADER + ROW.replace("160.1", "-1")).encode(), r"line 2 of .*: ms: Input should be greater than 0"),
        ((HEADER + ROW.replace("160.1", "nan")).encode(), "line 2 of .*: ms"),
        ((HEADER + ROW.replace("160.1", "fast")).encode(), "line 2 of .*: ms"),
        ((HEADER + ROW.replace("somebody", "")).encode(), "line 2 of .*: source"),
        ((HEADER + ROW.replace(",somebody", "")).encode(), "expected 7 cells in line 2"),
        ((HEADER + ROW.replace("mobilenet", "Mobile Net")).encode(), "line 2 of .*: model"),
        ((HEADER + '"Pixel 2').encode(), "is no CSV"),
        (b"\xff\xfe", "in UTF-8"),
        (b"x" * (2**20 + 5), "at most 1,048,576 bytes"),
        ((HEADER + ROW.replace("somebody", "\u00e4" * 100) * 5_000).encode(), "at most 1,048,576 bytes"),
        ("\u00e4".encode() * 2**20, "at most 1,048,576 bytes"),
    ],
)
def test_what_is_no_table_is_one_clear_error(content: bytes, part: str, tmp_path: Path) -> None:
    path = tmp_path / "latencies.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=part) as raised:
        published_latencies(path)
    assert "\n" not in str(raised.value)


def test_a_missing_table_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*none\.csv"):
        published_latencies(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"cannot read .*null"):
        published_latencies(tmp_path / "a\0b.csv")
    path = tmp_path / "good.csv"
    path.write_text(HEADER + ROW)
    assert len(published_latencies(path)) == 1
    assert PUBLISHED.name == "published_latencies.csv"
