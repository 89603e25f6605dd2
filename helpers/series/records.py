"""What is written down about a notebook that ran to its end, and whether that result is still valid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from helpers.files import sha256_file, write_text
from helpers.series.keys import content_hash, key_of


class Record(BaseModel):
    """One successful execution. It is written last, so a record means that everything else is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notebook: str
    parameters: dict[str, object]
    key: str
    facts: dict[str, str]
    sha256: str
    """Of the executed notebook."""
    files: dict[str, str]
    """What the notebook left for others: paths relative to the build folder, and the hashes of their contents."""
    minutes: float

    def write(self, path: Path) -> None:
        """Write the record whole."""
        write_text(path, self.model_dump_json(indent=1) + "\n")


def read_record(path: Path) -> Record | None:
    """The record at a path; None where there is none that can be read."""
    try:
        return Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def what_changed(record: Record, facts: Mapping[str, str], output: Path, build: Path) -> str:
    """Why a recorded result is no longer valid, in words; empty when it is valid.

    Args:
        record: what was recorded.
        facts: what the result depends on now.
        output: the executed notebook.
        build: the folder that `record.files` are relative to.
    """
    if record.key != key_of(facts):
        changed = [name for name in {**record.facts, **facts} if record.facts.get(name) != facts.get(name)]
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        return f"changed: {', '.join(changed[:3])}{more}"
    if not output.is_file() or sha256_file(output) != record.sha256:
        return "its executed notebook is gone or was edited"
    other = [name for name, content in record.files.items() if content_hash(build / name) != content]
    return f"gone from the build folder, or written by others: {', '.join(other)}" if other else ""
