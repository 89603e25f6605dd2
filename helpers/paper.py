"""The paper as data: its tables and the statements in it that can be checked.

Sehgal and Kehtarnavaz, "Guidelines and Benchmarks for Deployment of Deep Learning Models on Smartphones as Real-Time
Apps", 2019. Numbers are the paper's; statements are retold. Nothing here is measured: that is the ledger's part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd
import yaml

from helpers.files import DATA

About = Literal["pc", "phone", "world"]

# Table II's columns and the names of its models; it prints DenseNet for what the text calls DenseNet-121.
TABLE_2_MODELS = {
    "resnet50": "ResNet50",
    "inceptionv3": "InceptionV3",
    "squeezenet": "SqueezeNet",
    "mobilenet": "MobileNet",
    "densenet121": "DenseNet121",
}


@dataclass(frozen=True)
class Claim:
    """A statement of the paper that can be checked.

    Attributes:
        id: a short name, such as `table1.parameters`.
        section: where the paper states it.
        claim: the statement, retold.
        paper: the paper's number or words; None where the statement has no value of its own.
        unit: the unit of that number, or an empty string.
        about: what it speaks of: a `pc`, a `phone` (only a phone's log can reproduce it), or the `world`.
        notebook: the notebook that checks it.
        verdict: for a fact about the world, what the source says, or why none can; else empty.
        source: that source, or the reason; else empty.
    """

    id: str
    section: str
    claim: str
    paper: str | int | float | None
    unit: str
    about: About
    notebook: str
    verdict: Literal["cited", "paper in error", "not measurable here", ""] = ""
    source: str = ""


@cache
def table_1() -> pd.DataFrame:
    """Table I: the summary of LeNet. Columns: id, row, unit, lenet; all values are the paper's, as printed."""
    return pd.read_csv(DATA / "paper" / "table_1.csv", dtype=str, keep_default_na=False)


@cache
def table_2() -> pd.DataFrame:
    """Table II: the summary of the ImageNet networks. Columns: id, row, unit, and one for each model, as printed."""
    return pd.read_csv(DATA / "paper" / "table_2.csv", dtype=str, keep_default_na=False)


@cache
def table_notes() -> dict[str, str]:
    """What there is to say about single cells of the tables, by the cell's claim, such as `table2.resnet50.flops`."""
    notes: dict[str, str] = yaml.safe_load((DATA / "paper" / "notes.yaml").read_text(encoding="utf-8"))
    return notes


@cache
def claims() -> dict[str, Claim]:
    """Every claim, by its id: the cells of Tables I and II first, then the statements of `data/paper/claims.yaml`."""
    cells = [
        Claim(
            id=f"table1.{row['id']}",
            section="Table I",
            claim=f"LeNet: {row['row']}",
            paper=row["lenet"],
            unit=row["unit"],
            about="pc",
            notebook="02_lenet_on_mnist" if row["id"] == "accuracy" else "01_model_summaries",
        )
        for row in table_1().to_dict("records")
    ]
    cells += [
        Claim(
            id=f"table2.{model}.{row['id']}",
            section="Table II",
            claim=f"{title}: {row['row']}",
            paper=row[model],
            unit=row["unit"],
            about="pc",
            notebook="01_model_summaries",
        )
        for model, title in TABLE_2_MODELS.items()
        for row in table_2().to_dict("records")
    ]
    statements = yaml.safe_load((DATA / "paper" / "claims.yaml").read_text(encoding="utf-8"))
    texts = [Claim(**{"paper": None, "unit": "", **statement}) for statement in statements]
    found = {claim.id: claim for claim in (*cells, *texts)}
    if len(found) != len(cells) + len(texts):
        raise ValueError("two claims in data/paper/claims.yaml have the same id")
    return found
