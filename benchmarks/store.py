"""The store: asking for LeNet's files that are there, against making them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.side_by_side import measure
from benchmarks.table import Row
from helpers.artifacts import build_model
from helpers.files import remove_path


def asking_again(formats: Sequence[str], what: str, rounds: int) -> Row:
    """Ask the store for what it has, against converting everything; in a build folder of its own.

    Args:
        formats: the formats.
        what: what they are called in the table.
        rounds: how often both ways are timed.
    """
    before = os.environ.get("BUILD_DIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BUILD_DIR"] = folder
        try:

            def from_nothing() -> None:
                remove_path(Path(folder) / "models")
                build_model("lenet", formats=formats)

            from_nothing()
            # Each conversion leaves everything in place, so the other way always finds it.
            return measure(
                f"asking the store again for {what}",
                lambda: build_model("lenet", formats=formats),
                "converting them",
                from_nothing,
                rounds,
                needed="<= 1",
            )
        finally:
            if before is None:
                del os.environ["BUILD_DIR"]
            else:
                os.environ["BUILD_DIR"] = before
