"""The benchmark table: its logic, on measurements that are made up. No test looks at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_logs import MS, live_log, single_run

from benchmarks import __main__ as command
from benchmarks import coreml, java_preprocessing, jvm, swift
from benchmarks.pipelines import BOUND, limit, pipeline_row
from benchmarks.record import Record, changes, load_record, record_of, save_record
from benchmarks.side_by_side import measure
from benchmarks.table import Row, meets, not_measured, row, shown
from helpers.errors import DataError, LaneError
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import Frames, PipelineRun

_RATIOS = st.floats(min_value=1e-6, max_value=1e6)


@pytest.fixture(autouse=True)
def _build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))


def test_a_row_is_the_median_of_its_rounds() -> None:
    made = row("ours", "theirs", [1.4, 0.2, 0.9], "lower", "<= 1")
    assert (made.ratio, made.spread, made.met) == (0.9, (0.2, 1.4), True)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.lists(_RATIOS, min_size=1, max_size=9), st.sampled_from(["", "<= 1", ">= 0.95"]))
def test_a_ratio_lies_within_its_spread_and_is_met_as_it_is_shown(ratios: list[float], needed: str) -> None:
    made = row("ours", "theirs", ratios, "higher", needed)
    assert made.ratio is not None
    assert made.spread is not None
    assert made.spread[0] <= made.ratio <= made.spread[1]
    assert made.met == meets(made.ratio, needed)
    assert made.ratio == pytest.approx(sorted(ratios)[len(ratios) // 2], rel=1) or len(ratios) % 2 == 0
    assert Row.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize(
    ("ratio", "needed", "met"),
    [(0.95, ">= 0.95", True), (0.949, ">= 0.95", False), (1.1, "<= 1.1", True), (1.2, "<= 1.1", False), (5, "", None)],
)
def test_what_is_needed_is_judged(ratio: float, needed: str, met: bool | None) -> None:
    assert row("ours", "theirs", [ratio], "lower", needed).met is met


def test_a_second_condition_can_fail_a_row_but_not_make_it_asked() -> None:
    assert row("ours", "theirs", [1], "higher", ">= 0.95", also=False).met is False
    assert row("ours", "theirs", [1], "higher", also=False).met is None


@pytest.mark.parametrize(
    "change",
    [
        {"ratio": 9.0},
        {"ratio": None},
        {"spread": None},
        {"ratio": None, "spread": None},
        {"needed": "about 1"},
        {"better": "faster"},
        {"ratio": float("nan")},
        {"seconds": 3},
    ],
)
def test_rows_that_contradict_themselves_are_refused(change: dict[str, object]) -> None:
    good = row("ours", "theirs", [1.0, 2.0], "lower", "<= 3").model_dump()
    assert Row.model_validate(good)
    with pytest.raises(ValueError, match=r"expected|Input|Extra|String"):
        Row.model_validate({**good, **change})


def test_the_table_says_what_is_missing_and_what_is_not_met() -> None:
    text = shown(
        [
            row("ours", "theirs", [2.0], "lower", "<= 1", "two rounds"),
            not_measured("the other", "theirs", "lower", "no\nJava here", "<= 1"),
        ]
    )
    header, first, second = text.splitlines()
    assert header.split()[:3] == ["name", "compared", "to"]
    assert first.split() == ["ours", "theirs", "2", "2", "to", "2", "lower", "<=", "1", "NO", "two", "rounds"]
    assert second.endswith("not measured: no Java here")


def test_both_ways_are_timed_by_turns() -> None:
    calls = []
    made = measure("ours", lambda: calls.append("a"), "theirs", lambda: calls.append("b"), rounds=3)
    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert made.better == "lower"
    assert "3 rounds" in made.remark


def test_a_record_survives_being_written(tmp_path: Path) -> None:
    record = record_of([row("ours", "theirs", [0.5, 0.7], "lower")])
    save_record(record, tmp_path / "bench.json")
    assert load_record(tmp_path / "bench.json") == record
    assert record.machine.cores >= 1
    assert {"keras", "numpy"} <= record.versions.keys()
    assert changes(record, record) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b"null", b"[" * 100_000, b'{"schema_version": 1, "machine": {}}', b'{"rows": NaN}'],
)
def test_files_that_are_no_record_are_one_clear_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match="holds no benchmarks") as raised:
        load_record(path)
    assert "\n" not in str(raised.value)


def test_a_missing_record_and_a_row_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the benchmarks"):
        load_record(tmp_path / "none.json")
    record = record_of([row("ours", "theirs", [1.0], "lower")]).model_dump(mode="json")
    record["rows"] *= 2
    (tmp_path / "twice.json").write_text(json.dumps(record))
    with pytest.raises(DataError, match="each row once"):
        load_record(tmp_path / "twice.json")


def _record(*rows: Row) -> Record:
    return record_of(rows)


@pytest.mark.parametrize(
    ("old", "new", "better", "said"),
    [
        ([1.0, 1.2], [1.1, 1.3], "lower", None),
        ([1.0, 1.2], [1.3, 1.5], "lower", "WORSE, 1.1 (1 to 1.2), now 1.4 (1.3 to 1.5)"),
        ([1.0, 1.2], [1.3, 1.5], "higher", "better, "),
        ([1.0, 1.2], [0.5, 0.9], "lower", "better, "),
        ([1.0, 1.2], [0.5, 0.9], "higher", "WORSE, "),
        ([1.0, 1.2], [1.2, 1.5], "lower", None),
        # Of a single round, nobody knows by how much it may vary.
        ([1.0], [1.3, 1.5], "lower", None),
        ([1.0, 1.2], [0.5], "lower", None),
        ([1.0], [3.0], "lower", None),
    ],
)
def test_a_ratio_has_changed_where_the_spreads_do_not_touch(
    old: list[float], new: list[float], better: str, said: str | None
) -> None:
    lines = changes(
        _record(row("ours", "theirs", old, better)),  # type: ignore[arg-type]
        _record(row("ours", "theirs", new, better)),  # type: ignore[arg-type]
    )
    assert [line.startswith(f"ours / theirs: {said}") for line in lines] == ([] if said is None else [True])


def test_rows_that_come_and_go_and_another_machine_are_told() -> None:
    same = row("same", "theirs", [1.0], "lower", "<= 1")
    old = _record(same, row("gone", "theirs", [1.0], "lower"), row("lost", "theirs", [1.0], "lower"))
    new = _record(same, row("new", "theirs", [2.0], "lower"), not_measured("lost", "theirs", "lower", "no Java"))
    assert changes(old, new) == [
        "new / theirs: new, 2 (2 to 2)",
        "lost / theirs: 1 (1 to 1), now not measured: no Java",
        "gone / theirs: no longer in the table",
    ]
    moved = new.model_copy(
        update={"machine": new.machine.model_copy(update={"model": "abacus"}), "versions": {"keras": "0"}, "rows": ()}
    )
    lines = changes(new.model_copy(update={"rows": ()}), moved)
    assert lines[0].endswith(f"now abacus, {new.machine.cores} cores, {new.machine.os} {new.machine.os_version}")
    assert any(line.startswith("version of keras: ") and line.endswith("now 0") for line in lines)


def test_a_bound_that_is_met_no_more_is_told_within_the_spread() -> None:
    old, new = (_record(row("ours", "theirs", [0.9, ratio, 1.2], "lower", "<= 1")) for ratio in (0.99, 1.01))
    assert changes(old, new) == ["ours / theirs: met, now NOT met (<= 1)"]


def _multi_run(latency_ms: float, gap_ms: float, fps: float) -> tuple[PipelineRun, int]:
    """Four seconds of two threads: the worker takes the newest frame, and rests for a while after each."""
    captures = [round(1000 * MS * number / fps) for number in range(round(4 * fps))]
    spans: dict[int, tuple[int, int]] = {}
    now, last = 0, -1
    while last < len(captures) - 1:
        newest = max(number for number, moment in enumerate(captures) if moment <= now)
        if newest > last:
            spans[newest] = (now, now + round(latency_ms * MS))
            now, last = spans[newest][1] + round(gap_ms * MS), newest
        else:
            now = captures[last + 1]
    wall_ns = max(end for _, end in spans.values())
    count = len(captures)
    run = PipelineRun(
        mode="multi",
        workers=1,
        source="made up",
        captured=count,
        processed=len(spans),
        shown=count,
        dropped={"replaced_by_newer": count - len(spans)},
        fps=count * 1e9 / wall_ns,
        processed_per_second=len(spans) * 1e9 / wall_ns,
        frames=Frames(
            number=tuple(range(count)),
            capture_ns=tuple(captures),
            start_ns=tuple(spans[number][0] if number in spans else None for number in range(count)),
            end_ns=tuple(spans[number][1] if number in spans else None for number in range(count)),
            shown_ns=tuple(captures),
        ),
    )
    return run, wall_ns


def _logs(latency_ms: float, gap_ms: float = 0.0, fps: float = 30.0) -> list[RunLog]:
    return [live_log(*_multi_run(latency_ms, gap_ms, fps)) for _ in range(3)]


def test_two_threads_must_keep_the_network_busy_and_the_screen_going() -> None:
    made = pipeline_row("a pipeline", _logs(100), 30.0)
    assert (made.compared_to, made.needed, made.met) == (BOUND, ">= 0.95", True)
    assert "the network is the limit" in made.remark
    idle = pipeline_row("a pipeline", _logs(100, gap_ms=20), 30.0)
    assert idle.met is False
    assert idle.ratio is not None
    assert idle.ratio < 0.9
    stutters = pipeline_row("a pipeline", _logs(100, fps=25.0), 30.0)
    assert stutters.met is False
    assert stutters.ratio is not None
    assert stutters.ratio > 0.95


def test_one_thread_or_a_slow_camera_is_not_asked_for_that() -> None:
    assert pipeline_row("a pipeline", [live_log(single_run([100.0] * 40, 4000), 4000 * MS)], 30.0).met is None
    assert pipeline_row("a pipeline", _logs(5), 30.0).met is None


@pytest.mark.parametrize(("latency_ms", "expected"), [(100, "network"), (30, "both"), (5, "camera")])
def test_what_bounds_a_pipeline(latency_ms: float, expected: str) -> None:
    assert limit(_logs(latency_ms), 30.0) == expected


@pytest.mark.parametrize(
    ("rows", "module", "name"),
    [
        (jvm.rows, jvm, "java_missing"),
        (java_preprocessing.rows, java_preprocessing, "java_missing"),
        (swift.rows, swift, "swift_missing"),
        (coreml.rows, coreml, "coreml_missing"),
    ],
)
def test_a_missing_lane_is_a_row_that_says_so(
    rows: Callable[[], Iterator[Row]], module: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, lambda: "there is none here")
    (made,) = rows()
    assert made.ratio is None
    assert made.remark == "not measured: there is none here"


def _good() -> Iterator[Row]:
    yield row("good", "theirs", [1.0, 1.1], "lower")


def _broken() -> Iterator[Row]:
    yield row("first of broken", "theirs", [1.0], "lower")
    raise LaneError("the lane\nbroke")


def _groups(monkeypatch: pytest.MonkeyPatch, **groups: Callable[[], Iterator[Row]]) -> None:
    monkeypatch.setattr(command, "GROUPS", {name: name for name in groups})
    fakes = {name: type(name, (), {"rows": staticmethod(made)}) for name, made in groups.items()}
    monkeypatch.setattr(command, "import_module", fakes.__getitem__)


def test_a_group_that_breaks_leaves_the_others_and_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _groups(monkeypatch, broken=_broken, good=_good)
    assert command.main([]) == 0
    names = [made.name for made in load_record(tmp_path / "bench.json").rows]
    assert names == ["first of broken", "broken: the rest", "good"]
    assert "not measured: the lane broke" in capsys.readouterr().out


def test_an_error_of_another_kind_is_told_with_its_name() -> None:
    def confused() -> Iterator[Row]:
        yield row("first", "theirs", [1.0], "lower")
        raise KeyError("peak")

    first, rest = command.guarded("confused", confused)
    assert first.name == "first"
    assert rest.remark == "not measured: KeyError: 'peak'"


def test_chosen_groups_do_not_replace_the_whole_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _groups(monkeypatch, broken=_broken, good=_good)
    assert command.main(["good", "good"]) == 0
    assert not (tmp_path / "bench.json").exists()
    assert [made.name for made in load_record(tmp_path / "bench-good.json").rows] == ["good"]


def test_comparing_measures_nothing_unless_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = []

    def counted() -> Iterator[Row]:
        measured.append(1)
        yield row("good", "theirs", [3.0, 3.1], "lower")

    _groups(monkeypatch, good=counted)
    old = tmp_path / "old.json"
    save_record(record_of(list(_good())), old)
    save_record(record_of(list(_good())), tmp_path / "bench.json")
    assert command.main(["--compare", str(old)]) == 0
    assert capsys.readouterr().out == "nothing changed beyond both spreads\n"
    assert measured == []
    assert command.main(["good", "--compare", str(old)]) == 0
    assert "good / theirs: WORSE" in capsys.readouterr().out
    assert measured == [1]


def test_ctrl_c_keeps_what_had_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> Iterator[Row]:
        yield row("half", "theirs", [1.0], "lower")
        raise KeyboardInterrupt

    _groups(monkeypatch, good=_good, stopped=interrupted)
    assert command.main([]) == command.INTERRUPTED
    assert [made.name for made in load_record(tmp_path / "bench.json").rows] == ["good"]


def test_wrong_use_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["speed"]) == command.WRONG_USE
    (tmp_path / "binary.json").write_bytes(bytes(range(256)))
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("none.json", "pipe.json", ".", "binary.json", "a\0b.json"):
        assert command.main(["--compare", str(tmp_path / name)]) == command.WRONG_USE
    first, second, *others = capsys.readouterr().err.splitlines()
    assert len(others) == 4
    assert all(line.startswith("error: ") for line in others)
    assert first.startswith("error: expected some of lenet, loadgen,")
    assert second.startswith("error: cannot read the benchmarks")


def test_each_group_has_a_module_that_measures_it() -> None:
    for module in command.GROUPS.values():
        path = Path(command.__file__).parent / f"{module.removeprefix('benchmarks.')}.py"
        assert "\ndef rows(" in path.read_text(encoding="utf-8"), path
