"""Listings: the piece asked for, whole and nothing more, from the file as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import listing as module
from helpers.errors import DataError
from helpers.listing import listing

JAVA = """package p;

public final class Pump {
    private int strokes;

    /** Works. */
    @Override
    @Deprecated
    public void pump(
            int times, Map<String, int[]> more)
            throws IOException {
        for (int i = 0; i < times; i++) {
            push();
        }
        strokes = push();
    }

    private int push() {
        return strokes + count();
    }

    abstract int count();
}
"""

SWIFT = """struct Pump {
    func pump(times: Int) -> [Int] {
        if times > 0 {
            push()
        }
    }
}
"""


@pytest.fixture(autouse=True)
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pump.java").write_text(JAVA)
    (tmp_path / "Pump.swift").write_text(SWIFT)
    (tmp_path / "pump.bin").write_bytes(b"\0")
    monkeypatch.setattr(module, "PROJECT", tmp_path)


def _lines(path: str, member: str) -> list[str]:
    return str(listing(path, member).data).splitlines()


def test_a_method_with_its_annotations_and_without_its_indentation() -> None:
    lines = _lines("Pump.java", "pump")
    assert lines[:5] == ["`Pump.java`", "", "```java", "@Override", "@Deprecated"]
    assert lines[5] == "public void pump("
    assert lines[-2:] == ["}", "```"]
    assert "    strokes = push();" in lines


def test_the_heading_names_the_part_of_the_app(tmp_path: Path) -> None:
    deep = tmp_path / "android_app" / "core" / "src"
    deep.mkdir(parents=True)
    (deep / "Pump.java").write_text(JAVA)
    assert _lines("android_app/core/src/Pump.java", "push")[0] == "`Pump.java`, in `android_app/core`"


def test_the_declaration_and_not_a_call() -> None:
    assert _lines("Pump.java", "push")[3:] == ["private int push() {", "    return strokes + count();", "}", "```"]


def test_a_whole_type_and_another_language() -> None:
    assert _lines("Pump.java", "Pump")[3:-1] == JAVA.splitlines()[2:]
    assert _lines("Pump.swift", "pump")[2:4] == ["```swift", "func pump(times: Int) -> [Int] {"]


@pytest.mark.parametrize(
    ("path", "member", "message"),
    [
        ("Pump.java", "count", "'count' in Pump.java"),
        ("Pump.java", "absent", "'absent' in Pump.java"),
        ("Pump.java", ".*", "none of that name"),
        ("Absent.java", "pump", "cannot read Absent.java"),
        ("pump.bin", "pump", "expected a file of .java"),
    ],
)
def test_what_is_not_there_is_one_clear_error(path: str, member: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        listing(path, member)
