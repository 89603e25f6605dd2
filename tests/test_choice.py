"""Choosing a model: the ledger as a table, needs against candidates, the Pareto front, the paper's recommendations."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import plots
from helpers.candidates import PAPERS_ACCURACY, measured_rates, models_table, with_rates
from helpers.choice import Needs, choose, pareto_front
from helpers.errors import DataError, LedgerError
from helpers.ledger import Ledger
from helpers.ledger_table import ledger_counts, ledger_table
from helpers.recommendations import judge_recommendations
from helpers.runs.jvm_pipeline import run_jvm_pipeline

# Nobody measured these: they are a test's.
TABLE = pd.DataFrame(
    {
        "model": ["squeezenet", "mobilenet", "inceptionv3", "resnet50", "densenet121"],
        "title": ["SqueezeNet", "MobileNet", "InceptionV3", "ResNet50", "DenseNet121"],
        "where": "jvm",
        "mode": "multi",
        "accuracy": [78.4, 86.2, 93.8, 92.1, 91.8],
        "accuracy_source": PAPERS_ACCURACY,
        "flops": [0.7e9, 1.1e9, 11.5e9, 7.7e9, 5.7e9],
        "megabytes_tf_mobile_pb": [5.0, 17.0, 95.0, 102.0, 33.0],
        "megabytes_tflite": [4.9, 16.9, 95.3, 102.2, 32.4],
        "megabytes_mlmodel": [5.0, 17.0, 95.0, math.nan, math.inf],
        "processed_per_second": [20.0, 15.0, 2.0, 4.0, 3.0],
        "display_fps": [30.0, 30.0, 30.0, 30.0, math.nan],
        "cpu_seconds_per_frame": [0.05, 0.07, 0.5, 0.3, 0.4],
        "rate_source": "made up, tflite on jvm",
    }
)


def rows_of(**changes: Any) -> list[dict[str, Any]]:
    row = {"claim": "A network is small", "section": "II.A", "paper": None, "measured": 5, "unit": "MB", "where": "pc"}
    return [{**row, "status": "reproduced", "notebook": "01_model_summaries", "note": "", **changes}]


ROWS = [
    *rows_of(),
    *rows_of(section="II.B", status="deviates", where="jvm", note="Because"),
    *rows_of(section="III.A", notebook="07_validate_accuracy"),
    *rows_of(section="II", status="cited", measured=None),
]


def test_the_ledger_is_filtered_by_each_column() -> None:
    assert len(ledger_table(ROWS)) == 4
    assert ledger_table(ROWS, section="II")["section"].tolist() == ["II.A", "II.B", "II"]
    assert ledger_table(ROWS, section="II.A")["section"].tolist() == ["II.A"]
    assert ledger_table(ROWS, status="deviates")["note"].tolist() == ["Because"]
    assert ledger_table(ROWS, where="jvm")["section"].tolist() == ["II.B"]
    assert ledger_table(ROWS, notebook="07")["section"].tolist() == ["III.A"]
    assert ledger_table(ROWS, text="BECAUSE")["section"].tolist() == ["II.B"]
    assert ledger_table(ROWS, section="II", where="pc", text="small")["section"].tolist() == ["II.A", "II"]
    assert ledger_table(ROWS, text="(").empty
    assert ledger_table(ROWS, status="cited")["measured"].tolist() == [""]


@pytest.mark.parametrize("wrong", [{"status": "true"}, {"section": "VI"}, {"section": "I.I"}])
def test_a_filter_that_no_row_can_pass_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(LedgerError, match="received '"):
        ledger_table(ROWS, **wrong)


def test_the_ledger_is_counted_in_the_papers_order() -> None:
    counts = ledger_counts(ledger_table([ROWS[2], *ROWS]))
    assert counts.index.tolist() == ["II", "II.A", "II.B", "III.A", "all"]
    assert counts.loc["all", "all"] == 5
    assert counts.loc["III.A", "reproduced"] == 2
    assert counts["paper in error"].tolist() == [0, 0, 0, 0, 0]
    figure = plots.ledger_bars(counts)
    assert "III.A: 2 reproduced" in figure.get_label()


def test_the_notebooks_own_rows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    monkeypatch.delenv("LEDGER_DIR", raising=False)
    assert ledger_table().empty
    assert ledger_counts(ledger_table()).loc["all", "all"] == 0
    Ledger("02_lenet_on_mnist").record("table1.accuracy", "reproduced", 99.43)
    Ledger("01_model_summaries").record("table1.flops", "deviates", 1, note="a test")
    assert ledger_table()["notebook"].tolist() == ["01_model_summaries", "02_lenet_on_mnist"]
    # A notebook that is run apart from the series writes elsewhere; of it, those rows count.
    monkeypatch.setenv("LEDGER_DIR", str(tmp_path / "apart"))
    Ledger("02_lenet_on_mnist").record("table1.accuracy", "deviates", 98.0, note="a test")
    assert ledger_table()["status"].tolist() == ["deviates", "deviates"]
    (tmp_path / "apart" / "03.json").write_text(json.dumps("no rows"))
    with pytest.raises(LedgerError, match="JSON list of rows"):
        ledger_table()


def test_every_need_is_answered_for_every_candidate_with_a_reason() -> None:
    needs = Needs(accuracy=90, processed_per_second=3, display_fps=24, mode="multi", platform="ios", megabytes=100)
    choice = choose(TABLE, needs)
    assert len(choice.answers) == 6 * len(TABLE)
    assert choice.meeting.empty
    assert choice.undecided["model"].tolist() == ["resnet50"]
    assert choice.failing["model"].tolist() == ["squeezenet", "mobilenet", "inceptionv3", "densenet121"]
    answers = choice.answers.set_index(["title", "need"])
    assert answers.loc[("InceptionV3", "processed_per_second"), "why"] == (
        "2 frames processed/s (made up, tflite on jvm), 1 short of 3"
    )
    assert answers.loc[("SqueezeNet", "accuracy"), "why"] == f"78.4 % ({PAPERS_ACCURACY}), 11.6 short of 90"
    assert answers.loc[("DenseNet121", "display_fps"), "verdict"] == "unknown"
    assert answers.loc[("DenseNet121", "platform"), "why"] == "ios: none of mlmodel can be made of it"
    assert answers.loc[("DenseNet121", "megabytes"), "why"] == "there is no file; at most 100 MB"
    assert answers.loc[("ResNet50", "platform"), "verdict"] == "unknown"
    assert choose(TABLE, Needs(accuracy=90, platform="android", megabytes=33)).meeting["model"].tolist() == [
        "densenet121"
    ]
    assert choose(TABLE, Needs(megabytes=1)).meeting.empty
    assert "3.9 over 1" in choose(TABLE, Needs(megabytes=1)).answers["why"][0]


def test_without_needs_every_candidate_will_do() -> None:
    choice = choose(TABLE, Needs())
    assert len(choice.meeting) == len(TABLE)
    assert choice.answers.empty
    assert choice.undecided.empty


def test_a_column_that_is_not_there_is_unknown() -> None:
    choice = choose(TABLE[["model", "title"]], Needs(accuracy=1, mode="multi", megabytes=1000, platform="ios"))
    assert choice.meeting.empty
    assert len(choice.undecided) == len(TABLE)
    assert set(choice.answers["verdict"]) == {"unknown"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"accuracy": -1},
        {"accuracy": math.nan},
        {"display_fps": math.inf},
        {"megabytes": "5"},
        {"megabytes": True},
        {"accuracy": 10**400},
        {"megabytes": 10**5_000},
        {"mode": "both"},
        {"mode": ["multi"]},
        {"mode": np.array(["single", "multi"])},
        {"platform": 10**5_000},
        {"platform": "windows"},
    ],
)
def test_needs_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=f"expected {next(iter(wrong))} to be"):
        Needs(**wrong)


NUMBERS = st.one_of(st.sampled_from([0.0, 1.0, 2.0, math.nan]), st.floats(0, 100))
TABLES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=8).map(
    lambda rows: pd.DataFrame(rows, columns=["accuracy", "processed_per_second", "megabytes_tflite"], dtype=float)
)
DIRECTIONS = {"accuracy": "max", "processed_per_second": "max", "megabytes_tflite": "min"}
SETTINGS = settings(deadline=None, max_examples=100, derandomize=True)


@SETTINGS
@given(TABLES)
def test_the_front_is_what_nothing_dominates(table: pd.DataFrame) -> None:
    front = pareto_front(table, DIRECTIONS)  # type: ignore[arg-type]
    signed = table[list(DIRECTIONS)].to_numpy(float) * [1, 1, -1]

    def dominates(one: int, other: int) -> bool:
        return bool((signed[one] >= signed[other]).all() and (signed[one] > signed[other]).any())

    for place, (status, dominated_by) in zip(table.index, front.to_numpy(), strict=True):
        if np.isnan(signed[place]).any():
            assert (status, dominated_by) == ("unknown", ())
            continue
        assert dominated_by == tuple(other for other in table.index if dominates(other, place))
        assert (status == "dominated") == bool(dominated_by)
        # Who is dominated is so by one on the front, too.
        assert status == "front" or any(front["status"][other] == "front" for other in dominated_by)


@SETTINGS
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(table: pd.DataFrame, random: Any) -> None:
    order = list(table.index)
    random.shuffle(order)
    shuffled = table.loc[order]
    pd.testing.assert_series_equal(
        pareto_front(shuffled, DIRECTIONS)["status"].sort_index(),  # type: ignore[arg-type]
        pareto_front(table, DIRECTIONS)["status"],  # type: ignore[arg-type]
    )
    needs = Needs(accuracy=1, megabytes=50)
    assert sorted(choose(shuffled, needs).meeting.index) == sorted(choose(table, needs).meeting.index)


@SETTINGS
@given(TABLES, *(st.one_of(st.none(), st.floats(0, 100)) for _ in range(4)))
def test_a_further_need_adds_no_model(
    table: pd.DataFrame, accuracy: float | None, rate: float | None, megabytes: float | None, more: float | None
) -> None:
    fewer = Needs(accuracy=accuracy, megabytes=megabytes)
    further = Needs(accuracy=accuracy, megabytes=megabytes, processed_per_second=rate, display_fps=more)
    one, other = choose(table, fewer), choose(table, further)
    assert set(other.meeting.index) <= set(one.meeting.index)
    assert set(one.failing.index) <= set(other.failing.index)
    parts = [len(each) for each in (other.meeting, other.undecided, other.failing)]
    assert sum(parts) == len(table)


def test_equal_candidates_are_on_the_front_together() -> None:
    table = pd.DataFrame({"a": [1.0, 1.0, 0.5], "b": [2.0, 2.0, 2.0]})
    front = pareto_front(table, {"a": "max", "b": "min"})
    assert front["status"].tolist() == ["front", "front", "dominated"]
    assert front["dominated_by"][2] == (0, 1)


@pytest.mark.parametrize("directions", [{}, {"b": "max"}, {"a": "up"}])
def test_a_front_over_nothing_is_refused(directions: Any) -> None:
    with pytest.raises(DataError, match="each with 'max' or 'min'"):
        pareto_front(pd.DataFrame({"a": [1.0]}), directions)


def test_candidates_need_places_of_their_own() -> None:
    twice = pd.concat([TABLE, TABLE])
    with pytest.raises(DataError, match="different indices"):
        choose(twice, Needs(accuracy=1))
    with pytest.raises(DataError, match="different indices"):
        pareto_front(twice, {"accuracy": "max"})


def test_the_figure_marks_the_front_and_names_what_it_cannot_draw() -> None:
    table = TABLE.assign(processed_per_second=[20.0, 15.0, 2.0, math.nan, 1.0])
    front = pareto_front(table, {"accuracy": "max", "processed_per_second": "max"})
    figure = plots.pareto(table, front, title="A test")
    label = figure.get_label()
    assert "SqueezeNet 20, 78.4 %, 4.9 MB, on the Pareto front" in label
    assert "DenseNet121 1, 91.8 %, 32.4 MB;" in f"{label};".replace(". Not", ";. Not")
    assert label.endswith("something is unknown: ResNet50")
    axis = figure.axes[0]
    assert "(jvm)" in axis.get_xlabel()
    assert "ResNet50" in axis.get_xlabel()
    assert "the paper's" in axis.get_ylabel()
    by_flops = plots.pareto(TABLE, pareto_front(TABLE, {"accuracy": "max", "flops": "min"}), x="flops")
    assert "InceptionV3 11.5, 93.8 %" in by_flops.get_label()
    with pytest.raises(DataError, match="front of this table"):
        plots.pareto(TABLE[:2], front)
    with pytest.raises(DataError, match="received none"):
        plots.pareto(TABLE.assign(accuracy=math.nan), front)


def test_the_papers_recommendations_are_judged_one_by_one() -> None:
    found = {each.claim: each for each in judge_recommendations(TABLE)}
    assert list(found) == ["results.squeezenet", "results.mobilenet", "results.inceptionv3", "results.resnet_densenet"]
    assert all(each.holds for each in found.values())
    assert "stand in for energy" in found["results.squeezenet"].evidence
    assert "86.2 %" in found["results.mobilenet"].evidence
    assert "on jvm" in found["results.resnet_densenet"].evidence


@pytest.mark.parametrize(
    ("column", "model", "value", "broken"),
    [
        ("accuracy", "squeezenet", 87.0, {"results.squeezenet", "results.mobilenet"}),
        ("processed_per_second", "mobilenet", 25.0, {"results.squeezenet", "results.mobilenet"}),
        ("cpu_seconds_per_frame", "mobilenet", 0.01, {"results.squeezenet", "results.mobilenet"}),
        ("display_fps", "inceptionv3", 20.0, {"results.inceptionv3"}),
        ("accuracy", "resnet50", 94.0, {"results.inceptionv3", "results.resnet_densenet"}),
        ("accuracy", "densenet121", 91.7, {"results.resnet_densenet"}),
        ("processed_per_second", "densenet121", 1.0, {"results.resnet_densenet"}),
    ],
)
def test_a_recommendation_fails_by_the_number_it_rests_on(
    column: str, model: str, value: float, broken: set[str]
) -> None:
    table = TABLE.copy()
    table.loc[table["model"] == model, column] = value
    found = judge_recommendations(table)
    assert {each.claim for each in found if each.holds is False} == broken
    assert all(("NOT SO: " in each.evidence) == (each.claim in broken) for each in found)


def test_what_is_unknown_is_neither_right_nor_wrong() -> None:
    found = judge_recommendations(TABLE.drop(columns="cpu_seconds_per_frame"))
    assert [each.holds for each in found] == [None, None, True, None]
    assert "UNKNOWN: ResNet50 takes less energy" in found[3].evidence


def test_recommendations_need_comparable_runs_of_all_five() -> None:
    with pytest.raises(DataError, match="one multithreaded run of each"):
        judge_recommendations(TABLE[1:])
    with pytest.raises(DataError, match="one multithreaded run of each"):
        judge_recommendations(pd.concat([TABLE, TABLE]))
    with pytest.raises(DataError, match="can be compared"):
        judge_recommendations(TABLE.assign(rate_source=["a", "b", "a", "a", "a"]))
    with pytest.raises(DataError, match="received none with 'accuracy'"):
        judge_recommendations(TABLE.drop(columns="accuracy"))


def test_what_is_known_of_a_model_says_where_it_comes_from() -> None:
    table = models_table(["lenet", "squeezenet"], {"lenet": (99.4, "top-1 on MNIST, measured here")}).set_index("model")
    assert table.loc["lenet", "accuracy_source"] == "top-1 on MNIST, measured here"
    assert table.loc["squeezenet", "accuracy"] == 78.4
    assert table.loc["squeezenet", "accuracy_source"] == PAPERS_ACCURACY
    assert table.loc["lenet", "parameters"] == 866_890
    assert 4 < table.loc["squeezenet", "megabytes_tflite"] < 6
    assert models_table(["lenet"])["accuracy"].isna().all()


@pytest.mark.java
def test_a_rate_keeps_its_place() -> None:
    log = run_jvm_pipeline("lenet", mode="multi", seconds=1, progress=False)
    rates = measured_rates([log])
    (row,) = rates.to_dict("records")
    assert (row["model"], row["where"], row["mode"]) == ("lenet", "jvm", "multi")
    assert row["rate_source"] == f"measured here, {log.engine.name} on jvm"
    assert row["processed_per_second"] == log.pipeline.processed_per_second  # type: ignore[union-attr]
    assert row["cpu_seconds_per_frame"] > 0
    models = pd.DataFrame({"model": ["lenet", "mobilenet"]})
    joined = with_rates(models, rates).set_index("model")
    assert joined.loc["mobilenet", "mode"] == "unknown"
    assert math.isnan(joined.loc["mobilenet", "processed_per_second"])
    with pytest.raises(DataError, match="received one of 'lenet'"):
        with_rates(models[1:], rates)
    with pytest.raises(DataError, match="received none called rate_source"):
        with_rates(models, rates.drop(columns="rate_source"))
    accuracy = log.model_copy(update={"pipeline": None, "kind": "accuracy"})
    with pytest.raises(DataError, match="received one of kind 'accuracy'"):
        measured_rates([accuracy])
