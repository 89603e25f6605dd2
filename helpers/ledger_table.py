"""The ledger as a table that can be filtered, and counted.

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pandas as pd

from helpers.errors import LedgerError
from helpers.files import build_dir
from helpers.ledger import Status, ledger_dir, read
from helpers.paper import claims

_COLUMNS = ["section", "claim", "paper", "measured", "unit", "where", "status", "notebook", "note"]
_NUMERALS = ("I", "II", "III", "IV", "V")


def ledger_rows() -> list[dict[str, Any]]:
    """The rows that the notebooks have written so far, in the order of the notebooks' names.

    Where a notebook is run apart from the series (in a batch, or to store its outputs anew), its own rows are taken
    from there, and those of the other notebooks from the series.

    Raises:
        LedgerError: a notebook's rows are not readable.
    """
    folders = (build_dir() / "ledger", ledger_dir())
    newest = {path.name: path for folder in folders for path in folder.glob("*.json")}
    return [row for _, path in sorted(newest.items()) for row in read(path)]


def ledger_table(
    rows: Sequence[Mapping[str, Any]] | None = None,
    section: str = "",
    status: str = "",
    where: str = "",
    notebook: str = "",
    text: str = "",
) -> pd.DataFrame:
    """Show the ledger's rows, or some of them.

    Args:
        rows: the rows; by default those that the notebooks have written so far.
        section: only this section of the paper and those inside it: `III` holds `III.A`, and not `IV`.
        status: only this status, such as `deviates`.
        where: only what was measured there, such as `jvm`.
        notebook: only rows of notebooks whose name begins so, such as `07`.
        text: only rows that hold this text in any column, in upper or lower case.

    Returns:
        A row for each; columns section, claim, paper, measured, unit, where, status, notebook, note. An empty cell is
        an empty text.

    Raises:
        LedgerError: a status or a section that no row of the ledger can have, or rows that are not readable.
    """
    if status and status not in get_args(Status):
        raise LedgerError(f"expected a status of {', '.join(get_args(Status))}; received {status!r}")
    sections = _sections()
    if section and not any(_is_inside(each, section) for each in sections):
        raise LedgerError(f"expected a section of {', '.join(sections)}; received {section!r}")
    table = pd.DataFrame(ledger_rows() if rows is None else list(rows), columns=_COLUMNS, dtype=object)
    table = table.where(table.notna(), "")
    kept = pd.Series(True, index=table.index)
    if section:
        kept &= table["section"].map(lambda each: _is_inside(each, section)).astype(bool)
    for column, value in (("status", status), ("where", where)):
        if value:
            kept &= table[column] == value
    if notebook:
        kept &= table["notebook"].astype(str).str.startswith(notebook)
    if text:
        cells = table.astype(str).apply(lambda column: column.str.contains(text, case=False, regex=False))
        kept &= cells.any(axis=1)
    return table[kept].reset_index(drop=True)


def ledger_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Count a ledger's rows.

    Args:
        table: from `ledger_table`.

    Returns:
        A row for each section that has any, in the paper's order, and a last one, `all`; a column for each status that
        a row can have, and a last one, `all`.
    """
    statuses = list(get_args(Status))
    counts = pd.crosstab(table["section"], table["status"]).reindex(columns=statuses, fill_value=0)
    counts = counts.loc[sorted(counts.index, key=_place)]
    counts["all"] = counts.sum(axis=1)
    counts.loc["all"] = counts.sum(axis=0)
    return counts.astype(int).rename_axis(index="section", columns="status")


def _sections() -> list[str]:
    """The paper's sections with claims, in their order."""
    return sorted({claim.section for claim in claims().values()}, key=_place)


def _place(section: str) -> tuple[int, str]:
    """Roman numerals in their order, then what has none: the tables."""
    first = section.partition(".")[0]
    return (_NUMERALS.index(first) if first in _NUMERALS else len(_NUMERALS), section)


def _is_inside(section: str, outer: str) -> bool:
    return section == outer or section.startswith(f"{outer}.")
