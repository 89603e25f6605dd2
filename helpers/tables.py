"""A network's summary in the words of the paper's Tables I and II, cell by cell beside what the paper prints.

Taught in notebook 01_model_summaries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.errors import DataError
from helpers.summary import Summary

_UNITS = {"K": 1e3, "M": 1e6, "MB": 1e6, "B": 1e9}
_NUMBER = re.compile(r"([0-9]+(?:\.([0-9]+))?) ?(K|MB|M|B)")


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        id: its row, such as `flops`.
        paper: what the paper prints.
        ours: the same from the network itself, written the paper's way.
        measured: the value for the ledger: parameters and operations in ones, storage in MB; else `ours`.
        agrees: whether the two say the same; see `same_value`.
    """

    id: str
    paper: str
    ours: str
    measured: float | str
    agrees: bool

    @property
    def shown(self) -> str:
        """Ours, with the paper's beside it where it is printed otherwise."""
        return self.ours if _squeezed(self.ours) == _squeezed(self.paper) else f"{self.ours} (paper: {self.paper})"


def compare_with_table(summary: Summary, storage_bytes: int, paper: Mapping[str, str]) -> list[Cell]:
    """Put a network's summary beside its column of Table I or II.

    Args:
        summary: the network's summary.
        storage_bytes: the size of its file.
        paper: the paper's column, by the ids of the rows; the accuracy row is left to those who measure it.

    Returns:
        The cells in the tables' order.

    Raises:
        DataError: the column misses a row, or a number in it is not written as a number and a unit.
    """
    words = {
        "input_size": "x".join(map(str, summary.input_size)),
        "conv_layers": str(summary.conv_layers),
        "depth": str(summary.depth),
        "kernel_size": _listed(summary.kernel_sizes),
        "strides": _listed(summary.strides),
        "conv_channels": _range(summary.conv_channels),
        "conv_filters": _range(summary.conv_filters),
        "fc_layers": str(len(summary.fc_channels)),
        "fc_channels": _range(summary.fc_channels),
        "fc_filters": _range(summary.fc_filters),
    }
    numbers = {"parameters": summary.parameters, "flops": summary.flops, "storage": storage_bytes}
    missing = [row for row in (*words, *numbers) if row not in paper]
    if missing:
        raise DataError(f"expected a column of Table I or II, with the row {missing[0]!r}; received {list(paper)[:5]}")
    measured = {**numbers, "storage": round(storage_bytes / 1e6, 3)}
    return [
        *(Cell(row, paper[row], ours, ours, _squeezed(ours) == _squeezed(paper[row])) for row, ours in words.items()),
        *(
            Cell(row, paper[row], written_like(paper[row], value), measured[row], same_value(paper[row], value))
            for row, value in numbers.items()
        ),
    ]


def same_value(printed: str, value: float) -> bool:
    """Whether a number is what the paper prints: less than one unit of the last printed digit away from it.

    The paper rounds some numbers and cuts others off, so half a unit would be too strict: it prints 866K for 866,890
    parameters.

    Args:
        printed: the paper's number with its unit, such as `7.7 B`.
        value: ours, in ones.
    """
    number, decimals, unit = _parsed(printed)
    # Rounded far below what is printed, so that a binary fraction's last bit decides nothing.
    return round(abs(value / unit - number), 9) < 10.0**-decimals


def written_like(printed: str, value: float) -> str:
    """A number with the unit and the decimals of a number that the paper prints."""
    _, decimals, unit = _parsed(printed)
    return printed.replace(_NUMBER.fullmatch(printed)[1], f"{value / unit:.{decimals}f}")  # type: ignore[index]


def _parsed(printed: str) -> tuple[float, int, float]:
    found = _NUMBER.fullmatch(printed)
    if not found:
        raise DataError(
            f"expected a number and one of the units {', '.join(_UNITS)}, such as '7.7 B'; received {printed!r}"
        )
    return float(found[1]), len(found[2] or ""), _UNITS[found[3]]


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _range(numbers: Sequence[int]) -> str:
    """None is 0, up to two numbers are listed, of more the smallest and the largest are given: as in the tables."""
    if len(set(numbers)) <= 2:
        return ", ".join(map(str, dict.fromkeys(numbers))) or "0"
    return f"{min(numbers)} - {max(numbers)}"


def _squeezed(text: str) -> str:
    return text.replace(" ", "")
