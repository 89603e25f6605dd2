"""The table that is filled in by hand from Instruments: read as meant, or refused with the line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.errors import DataError
from helpers.gpu_use import GPU_USE, load_gpu_use

HEADER = "run_log,gpu_percent,neural_engine_percent,remark\n"


def _write(folder: Path, content: str | bytes) -> Path:
    path = folder / "gpu_use.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_the_committed_table_is_there_and_empty() -> None:
    assert load_gpu_use() == {}
    assert GPU_USE.read_text() == HEADER


def test_lines_are_read_as_spreadsheets_write_them(tmp_path: Path) -> None:
    content = (
        "\ufeff" + HEADER.replace("\n", "\r\n") + 'live_a.json, 61.5 ,,"Xcode 16, iOS 16"\r\n\r\nlive_b.json,0,97,\r\n'
    )
    found = load_gpu_use(_write(tmp_path, content))
    assert list(found) == ["live_a.json", "live_b.json"]
    assert found["live_a.json"].gpu_percent == 61.5
    assert found["live_a.json"].neural_engine_percent is None
    assert found["live_a.json"].remark == "Xcode 16, iOS 16"
    assert found["live_b.json"].neural_engine_percent == 97


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "expected the columns run_log,gpu_percent"),
        ("run_log;gpu_percent\n", "expected the columns"),
        (HEADER + "a.json,101,,\n", r"line 2 .*gpu_percent.*100"),
        (HEADER + "a.json,nan,,\n", "line 2 .*gpu_percent"),
        (HEADER + "a.json,much,,\n", "line 2 .*gpu_percent"),
        (HEADER + "a.json,50,-1,\n", "line 2 .*neural_engine_percent"),
        (HEADER + "../a.json,50,,\n", "name of a run log"),
        (HEADER + "a.txt,50,,\n", "name of a run log"),
        (HEADER + "a.json,50\n", "expected 4 cells in line 2"),
        (HEADER + "a.json,50,,,\n", "expected 4 cells in line 2"),
        (HEADER + "a.json,50,,\na.json,51,,\n", "each run_log once"),
        (HEADER + "a.json,50,," + "x" * 1_001 + "\n", "remark"),
        (b"\xff\xfe" + HEADER.encode(), "UTF-8"),
        (HEADER + "\0" * 2**20, "at most 1,048,576 bytes"),
        # Cut in the middle of a character.
        ("\u00e4" * 2**20, "at most 1,048,576 bytes"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_gpu_use(_write(tmp_path, content))


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read"):
        load_gpu_use(tmp_path / "absent.csv")
    with pytest.raises(DataError, match=r"cannot read .*null"):
        load_gpu_use(tmp_path / "a\0b.csv")


@settings(
    deadline=None, max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    with contextlib.suppress(DataError):
        for use in load_gpu_use(_write(tmp_path, HEADER.encode() + content)).values():
            assert 0 <= use.gpu_percent <= 100
