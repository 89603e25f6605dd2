"""The ledger: for each claim of the paper, what was measured here, where, and what that says.

Each notebook writes its own rows; `merge` joins them into `build/ledger.json`. The rules are enforced when a row is
written: a number claimed of a phone is reproduced by a phone's log only, and a row that disagrees gives its reason.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.errors import LedgerError
from helpers.files import build_dir, write_text
from helpers.paper import claims

Status = Literal["reproduced", "deviates", "not measurable here", "cited", "paper in error"]
Where = Literal["pc", "jvm", "arm-emulated", "swift-linux", "phone"]

_NEEDS_NOTE = ("deviates", "not measurable here", "cited", "paper in error")


def ledger_dir() -> Path:
    """The folder of the notebooks' rows: `$LEDGER_DIR` where it is set (batches), else `build/ledger`."""
    return Path(os.environ.get("LEDGER_DIR") or build_dir() / "ledger").resolve()


class Ledger:
    """The rows of one notebook, written to its own file after each record.

    Recording a claim again in the same place and under the same subject replaces the row, so a cell can be run twice.
    """

    def __init__(self, notebook: str) -> None:
        """Start the rows of a notebook afresh.

        Args:
            notebook: its name without suffix, such as `02_lenet_on_mnist`.

        Raises:
            LedgerError: that is no such name.
        """
        if not re.fullmatch(r"[\w-]+", notebook):
            raise LedgerError(f"expected the name of a notebook such as 02_lenet_on_mnist; received {notebook!r}")
        self.notebook = notebook
        self._rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        _write(ledger_dir() / f"{notebook}.json", [])

    def record(
        self,
        claim: str,
        status: Status,
        measured: str | float | np.generic | None = None,
        where: Where = "pc",
        note: str = "",
        subject: str = "",
    ) -> None:
        """Write a row, and print a line that says so.

        Args:
            claim: the claim's id in `helpers.paper.claims()`.
            status: what the measurement says.
            measured: what was measured, in the claim's unit; None where nothing was.
            where: on what it was measured (for `not measurable here`: where it would be).
            note: the reason or the source; needed for every status but `reproduced`.
            subject: what exactly was measured, where one claim has several rows, such as `LiteRT, x86-64`.

        Raises:
            LedgerError: an unknown claim, or something that the status does not allow.
        """
        known = claims()
        if claim not in known:
            raise LedgerError(f"expected the id of a claim in data/paper; received {claim!r}")
        stated = known[claim]
        if status not in get_args(Status) or where not in get_args(Where):
            raise LedgerError(
                f"expected a status of {get_args(Status)} and a place of {get_args(Where)}; "
                f"received {status!r} and {where!r}"
            )
        if isinstance(measured, np.generic):
            measured = measured.item()
        if not isinstance(measured, str | int | float | None) or (
            isinstance(measured, float) and not isfinite(measured)
        ):
            raise LedgerError(f"{claim}: expected a finite number or a text as measured; received {measured!r}")
        if status == "reproduced" and measured is None:
            raise LedgerError(f"{claim}: 'reproduced' needs what was measured")
        if status == "reproduced" and stated.about == "phone" and where != "phone":
            raise LedgerError(f"{claim} speaks of a phone: only a phone's log reproduces it, not {where!r}")
        if status in _NEEDS_NOTE and not note:
            raise LedgerError(f"{claim}: status {status!r} needs a note with the reason or the source")
        row = {
            "claim": f"{stated.claim} [{subject}]" if subject else stated.claim,
            "section": stated.section,
            "paper": stated.paper,
            "measured": measured,
            "unit": stated.unit,
            "where": where,
            "status": status,
            "notebook": self.notebook,
            "note": note,
        }
        rows = {**self._rows, (claim, subject, where): row}
        _write(ledger_dir() / f"{self.notebook}.json", list(rows.values()))
        self._rows = rows
        values = {"paper": stated.paper, "here": measured}
        shown = ", ".join(f"{whose}: {value}" for whose, value in values.items() if value is not None)
        print(f"{status}: {row['claim']}" + (f" ({shown})" if shown else ""))

    def judge(
        self,
        claim: str,
        holds: bool,
        measured: str | float | np.generic,
        note: str = "",
        otherwise: Status = "deviates",
        **row: Any,
    ) -> None:
        """Write a row whose status follows from a measurement: `reproduced` if the claim holds, else another.

        What the paper says of phones stays `not measurable here` wherever else it was measured; the number is noted.

        Args:
            claim: the claim's id.
            holds: whether the measurement agrees with the claim.
            measured: what was measured.
            note: what there is to add.
            otherwise: the status if it does not hold; `paper in error` where the measurement refutes the claim itself.
            row: `where` and `subject`, as `record` takes them.

        Raises:
            LedgerError: as `record`.
        """
        status: Status = "reproduced" if holds else otherwise
        stated, where = claims().get(claim), row.get("where", "pc")
        if stated is not None and stated.about == "phone" and where != "phone":
            status = "not measurable here"
            there = f"on {where} it {'holds' if holds else 'does not hold'}, but it needs a phone"
            note = "; ".join(filter(None, (note, there)))
        self.record(claim, status, measured, note=note or f"measured in {self.notebook}", **row)

    def cite(self) -> None:
        """Write the rows of this notebook's claims about the world, with the verdicts and sources of the data."""
        for claim in claims().values():
            if claim.notebook == self.notebook and claim.verdict:
                self.record(claim.id, claim.verdict, note=claim.source)

    def table(self) -> pd.DataFrame:
        """This notebook's rows so far."""
        return pd.DataFrame(self._rows.values())


def merge(notebooks: Sequence[str]) -> Path:
    """Join the notebooks' rows, in the order given, into `build/ledger.json`.

    Args:
        notebooks: names without suffix; those that have written no rows are passed over.

    Returns:
        The path of the merged ledger.

    Raises:
        LedgerError: a notebook's rows are not readable.
    """
    rows: list[dict[str, Any]] = []
    for notebook in notebooks:
        path = ledger_dir() / f"{notebook}.json"
        if path.is_file():
            rows += read(path)
    target = build_dir() / "ledger.json"
    _write(target, rows)
    return target


def read(path: Path) -> list[dict[str, Any]]:
    """Read a ledger file.

    Raises:
        LedgerError: it is not a JSON list of rows.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise LedgerError(f"expected {path} to be a JSON list of rows: {error}; run its notebook again") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "claim" in row for row in rows):
        raise LedgerError(f"expected {path} to be a JSON list of rows; run its notebook again")
    return rows


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    write_text(path, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
