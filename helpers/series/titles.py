"""What a notebook is called, and what it says about itself first."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from nbconvert.filters import markdown2html_mistune
from nbformat import NotebookNode

# A full stop ends a sentence when a capital follows, unless it belongs to one of these.
_ABBREVIATIONS = ("e.g.", "i.e.", "cf.", "Fig.", "Figs.", "vs.")


def title(node: NotebookNode, default: str) -> str:
    """The text of the notebook's first heading of level 1, without markup."""
    heading = _prose(node).find("h1")
    return _text(heading) if heading else default


def first_sentence(node: NotebookNode) -> str:
    """The first sentence of the first paragraph below the title; empty where there is none."""
    for paragraph in _prose(node).find_all("p"):
        label = paragraph.find("strong")
        if label and label.get_text().startswith("What you"):
            label.decompose()
        if text := _text(paragraph).lstrip(":.—– "):
            return _sentence(text[0].upper() + text[1:])
    return ""


def _prose(node: NotebookNode) -> BeautifulSoup:
    """The Markdown cells up to the first code cell, as HTML."""
    sources = []
    for cell in node.cells:
        if cell.cell_type == "code":
            break
        if cell.cell_type == "markdown" and "papermill-error-cell-tag" not in cell.metadata.get("tags", []):
            sources.append(cell.source)
    return BeautifulSoup(markdown2html_mistune("\n\n".join(sources)), "html.parser")


def _text(element: Tag) -> str:
    for anchor in element.select("a.anchor-link"):
        anchor.decompose()
    return " ".join(element.get_text().split())


def _sentence(text: str) -> str:
    for end in re.finditer(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z])", text):
        sentence = text[: end.end()].rstrip()
        if not sentence.endswith(_ABBREVIATIONS):
            return sentence
    return text
