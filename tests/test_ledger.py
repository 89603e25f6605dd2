"""The ledger keeps its own rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.errors import LedgerError
from helpers.ledger import Ledger, merge, read
from helpers.paper import TABLE_2_MODELS, claims, table_1, table_2, table_notes

COLUMNS = {"claim", "section", "paper", "measured", "unit", "where", "status", "notebook", "note"}


@pytest.fixture(autouse=True)
def _own_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    monkeypatch.delenv("LEDGER_DIR", raising=False)


def test_table_1_has_its_14_rows() -> None:
    assert len(table_1()) == 14
    assert sum(claim.section == "Table I" for claim in claims().values()) == 14


def test_table_1_holds_the_papers_values() -> None:
    assert table_1()["lenet"].tolist() == [
        *("28x28x1", "2", "2", "5", "1", "1, 16", "16, 32", "3", "128 - 3200", "10 - 256"),
        *("866K", "28M", "3.5MB", "99.43"),
    ]


def test_table_2_has_its_70_cells() -> None:
    assert table_2()["id"].tolist() == [*table_1()["id"][:-1], "top5"]
    cells = [claim for claim in claims().values() if claim.section == "Table II"]
    assert [claim.id for claim in cells] == [
        f"table2.{model}.{row}" for model in TABLE_2_MODELS for row in table_2()["id"]
    ]
    assert len(cells) == 70
    assert {(claim.about, claim.notebook) for claim in cells} == {("pc", "01_model_summaries")}
    assert claims()["table2.densenet121.flops"].claim == "DenseNet121: FLOPs"


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (
            "resnet50",
            "224x224x3|49|49|1,3,7|1,2|3 - 2048|64 - 2048|1|2048|1000|25.6 M|7.7 B|102 MB|92.1%",
        ),
        (
            "inceptionv3",
            "299x299x3|95|46|1,3,5,7|1,2|3 - 2048|32 - 2048|1|2048|1000|23.8 M|11.5 B|96 MB|93.8%",
        ),
        ("squeezenet", "227x227x3|26|18|1,3|1,2|3 - 1000|16 - 1000|0|0|0|1.2 M|714 M|5 MB|78.4%"),
        ("mobilenet", "224x224x3|27|27|1,3|1,2|3 - 1024|32 - 1024|1|1024|1000|4.3 M|1.1 B|17MB|86.2%"),
        ("densenet121", "224x224x3|120|120|1,3,7|1,2|3 - 1024|32 - 1024|1|1024|1000|8 M|5.7 B|33MB|91.8%"),
    ],
)
def test_table_2_holds_the_papers_values(model: str, values: str) -> None:
    assert table_2()[model].tolist() == values.split("|")


def test_tables_come_before_statements() -> None:
    sections = [claim.section for claim in claims().values()]
    assert sections[: 14 + 70] == 14 * ["Table I"] + 70 * ["Table II"]
    assert not {"Table I", "Table II"} & set(sections[14 + 70 :])


def test_notes_are_of_cells() -> None:
    cells = {name for name, claim in claims().items() if claim.section.startswith("Table")}
    assert set(table_notes()) <= cells
    assert all(table_notes().values())


def test_the_statements_hold_the_papers_numbers() -> None:
    stated = {claim.id: claim.paper for claim in claims().values() if not claim.section.startswith("Table")}
    assert {name: value for name, value in stated.items() if value is not None} == {
        "intro.owners": "> 2.5 billion",
        "ios.market_share": 96,
        "devices.neural_engine": 6000,
        "lenet.layers": "2 + 3",
        "lenet.pooling": "2x2",
        "resnet.bottlenecks": "1x1, 3x3, 1x1",
        "resnet.test_accuracy": 3.57,
        "resnet.less_accurate": 1,
        "resnet.fewer": 2.5,
        "resnet.parameters": 25.6,
        "resnet.layers": "1 + 16 + 1",
        "googlenet.branches": 4,
        "googlenet.error": 6.65,
        "inception.seven": "n = 7",
        "inception.split": "3x1, 1x3",
        "inception.layers": "6 + 3 + 5 + 2 + 1",
        "inception.parameters": 23.8,
        "squeezenet.ilsvrc": 9.8,
        "squeezenet.fewer": 50,
        "squeezenet.compressed": 510,
        "squeezenet.layers": "1 + 8 + 1",
        "mobilenet.depthwise": 1,
        "mobilenet.settings": "1.0, 224x224",
        "mobilenet.layers": "1 + 13 + 1",
        "densenet.less_accurate": 1,
        "densenet.fewer": 3,
        "densenet.layers": "1 + 4 + 3 + 1",
        "zoo.validation_images": 50_000,
        "accuracy.mnist_test": 10_000,
        "accuracy.ilsvrc": 50_000,
        "throughput.smooth": 24,
        "results.lenet_pc": 99.43,
        "results.lenet_pixel2": 99.43,
        "results.lenet_iphone8": 99.43,
        "results.pixel2_ms": 5.66,
        "results.iphone8_ms": 5.2,
        "results.within_half": 0.5,
        "results.android_best": 11,
        "results.ios_best": "> 24",
        "results.multi_fps": 30,
    }


def test_a_row_has_all_columns_and_is_written_at_once(tmp_path: Path) -> None:
    Ledger("02_lenet_on_mnist").record("table1.parameters", "reproduced", 866_890)
    (row,) = json.loads((tmp_path / "ledger" / "02_lenet_on_mnist.json").read_text())
    assert set(row) == COLUMNS
    assert (row["paper"], row["measured"], row["where"], row["section"]) == ("866K", 866_890, "pc", "Table I")


def test_recording_again_replaces_the_row() -> None:
    ledger = Ledger("02_lenet_on_mnist")
    ledger.record("table1.flops", "deviates", 1, note="first")
    ledger.record("table1.flops", "deviates", 2, note="second")
    assert ledger.table()["measured"].tolist() == [2]


@pytest.mark.parametrize(
    ("claim", "row", "message"),
    [
        ("table1.beauty", {"status": "reproduced", "measured": 1}, "received 'table1.beauty'"),
        ("table1.flops", {"status": "fine", "measured": 1}, "received 'fine'"),
        ("table1.flops", {"status": "reproduced", "measured": 1, "where": "moon"}, "'moon'"),
        ("table1.flops", {"status": "reproduced"}, "needs what was measured"),
        ("table1.flops", {"status": "deviates", "measured": 1}, "needs a note"),
        ("intro.owners", {"status": "cited"}, "needs a note"),
        ("results.pixel2_ms", {"status": "reproduced", "measured": 5.7, "where": "pc"}, "only a phone's log"),
        ("results.lenet_same", {"status": "reproduced", "measured": 0, "where": "arm-emulated"}, "only a phone's log"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(claim: str, row: dict[str, object], message: str) -> None:
    with pytest.raises(LedgerError, match=message):
        Ledger("test").record(claim, **row)  # type: ignore[arg-type]


def test_merge_keeps_the_order_and_passes_over_what_is_not_there(tmp_path: Path) -> None:
    Ledger("b").record("table1.depth", "reproduced", 2)
    Ledger("a").record("table1.parameters", "reproduced", 866_890)
    rows = read(merge(["a", "missing", "b"]))
    assert [row["notebook"] for row in rows] == ["a", "b"]
    assert (tmp_path / "ledger.json").is_file()


@pytest.mark.parametrize("content", ["", "{}", "[1]", "[{}]", '{"claim": 1'])
def test_a_damaged_ledger_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "a.json").write_text(content)
    with pytest.raises(LedgerError, match=r"a\.json to be a JSON list of rows"):
        merge(["a"])


def test_ledger_dir_can_be_moved_for_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_DIR", str(tmp_path / "elsewhere"))
    Ledger("a").record("table1.depth", "reproduced", 2)
    assert (tmp_path / "elsewhere" / "a.json").is_file()


def test_judging_gives_the_status() -> None:
    ledger = Ledger("03_freeze_for_android")
    ledger.judge("steps.constants", True, 0)
    ledger.judge("steps.graph_io", False, "no file", "gone")
    assert ledger.table()["status"].tolist() == ["reproduced", "deviates"]
    ledger.judge("results.lenet_same", True, 0)
    ledger.judge("results.lenet_pixel2", True, 99.5, "a log", where="phone")
    *_, elsewhere, there = ledger.table().to_dict("records")
    assert (elsewhere["status"], elsewhere["note"]) == ("not measurable here", "on pc it holds, but it needs a phone")
    assert there["status"] == "reproduced"


def test_citing_covers_the_notebooks_facts_about_the_world() -> None:
    ledger = Ledger("00_start_here")
    ledger.cite()
    expected = [claim for claim in claims().values() if claim.notebook == ledger.notebook and claim.about == "world"]
    assert len(ledger.table()) == len(expected) > 5
    assert ledger.table()["note"].str.len().min() > 10


def test_every_fact_about_the_world_has_its_source() -> None:
    for claim in claims().values():
        assert bool(claim.source) == bool(claim.verdict) == (claim.about == "world"), claim.id


@pytest.mark.parametrize("measured", [float("nan"), float("inf"), [1], b"1"])
def test_what_is_no_measurement_is_refused_and_forgotten(measured: Any) -> None:
    ledger = Ledger("a")
    with pytest.raises(LedgerError, match="finite number or a text"):
        ledger.record("table1.depth", "reproduced", measured)
    ledger.record("table1.depth", "reproduced", np.float32(2))
    assert ledger.table()["measured"].tolist() == [2.0]


@pytest.mark.parametrize("name", ["../x", "", "a/b", "a.json"])
def test_a_ledger_stays_in_its_folder(name: str) -> None:
    with pytest.raises(LedgerError, match="name of a notebook"):
        Ledger(name)


def test_a_new_ledger_starts_empty(tmp_path: Path) -> None:
    Ledger("a").record("table1.depth", "reproduced", 2)
    Ledger("a")
    assert json.loads((tmp_path / "ledger" / "a.json").read_text()) == []


def test_a_claim_that_a_measurement_refutes_can_be_the_papers_error() -> None:
    ledger = Ledger("01_model_summaries")
    ledger.judge("zoo.pretrained", False, 4, "a source", otherwise="paper in error")
    ledger.judge("zoo.parallel", True, "26, 18", otherwise="paper in error")
    assert ledger.table()["status"].tolist() == ["paper in error", "reproduced"]
