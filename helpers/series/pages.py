"""One executed notebook as the body of a page that needs nothing from the network."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import ExtractOutputPreprocessor, TagRemovePreprocessor
from nbformat import NotebookNode

from helpers.series.formulas import formula
from helpers.series.navigation import TAG

_PICTURES = {"image/png", "image/jpeg"}


@dataclass(frozen=True)
class Body:
    """The HTML of a notebook's cells, and the files it shows: their paths beside the page, and their content."""

    html: str
    files: Mapping[str, bytes]


def page_body(
    node: NotebookNode, stem: str, rewrite: Callable[[str], str], read: Callable[[str], bytes | None]
) -> Body:
    """Turn a notebook into the body of a page.

    Args:
        node: the notebook.
        stem: the file name of the page without suffix; the page's figures are named after it.
        rewrite: what becomes of a relative link.
        read: the content of a relative picture; None where there is none.
    """
    resources: dict[str, Any] = {"unique_key": stem, "output_files_dir": "figures", "outputs": {}}
    for preprocess in (
        TagRemovePreprocessor(remove_cell_tags={TAG}, enabled=True),  # type: ignore[no-untyped-call]
        ExtractOutputPreprocessor(extract_output_types=_PICTURES, enabled=True),  # type: ignore[no-untyped-call]
    ):
        node, resources = preprocess(node, resources)
    exporter = _Exporter(  # type: ignore[no-untyped-call]
        template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True, anchor_link_text="#"
    )
    html, resources = exporter.from_notebook_node(node, resources)
    soup = BeautifulSoup(html, "html.parser")
    files: dict[str, bytes] = dict(resources["outputs"])
    _remove_remote(soup)
    for picture in soup.select("img[src]"):
        files |= _local_picture(picture, stem, read)
    for link in soup.select("a[href]"):
        if _is_relative(str(link["href"])):
            link["href"] = rewrite(str(link["href"]))
    _make_accessible(soup)
    return Body(str(soup), files)


class _Renderer(IPythonRenderer):
    """nbconvert's Markdown, with formulas drawn rather than left to a script."""

    def inline_math(self, body: str) -> str:
        return formula(body)

    def block_math(self, body: str) -> str:
        return formula(body, block=True)


class _Exporter(HTMLExporter):
    """nbconvert's plain HTML."""

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(escape=False, attachments=attachments, anchor_link_text=self.anchor_link_text)
        return str(MarkdownWithMath(renderer=renderer).render(source))


def _is_relative(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc and bool(parts.path)


def _remove_remote(soup: BeautifulSoup) -> None:
    """Take out whatever could load something: the text stays, a remote picture becomes a link to it."""
    for element in soup.select("script, link, iframe, object, embed, base"):
        element.decompose()
    for element in soup.select("style, [style]"):
        css = element.get_text() if element.name == "style" else str(element["style"])
        if re.search(r"@import|url\s*\(", css):
            if element.name == "style":
                element.decompose()
            else:
                del element["style"]
    for element in soup.select("[srcset]"):
        del element["srcset"]
    for element in soup.select("[src]"):
        if urlsplit(str(element["src"])).netloc:
            link = soup.new_tag("a", href=str(element["src"]))
            link.string = str(element.get("alt") or element["src"])
            element.replace_with(link)


def _local_picture(picture: Tag, stem: str, read: Callable[[str], bytes | None]) -> dict[str, bytes]:
    """Give a picture of the repository a place beside the page."""
    address = str(picture["src"])
    if not _is_relative(address) or address.startswith("figures/"):
        return {}
    path = unquote(urlsplit(address).path)
    content = read(path)
    if content is None:
        return {}
    place = f"figures/{stem}_{PurePosixPath(path).name}"
    picture["src"] = quote(place)
    return {place: content}


def _make_accessible(soup: BeautifulSoup) -> None:
    """Wide tables and code scroll on their own, by keyboard too; empty prompts go."""
    for prompt in soup.select("div.prompt"):
        prompt.decompose()
    for table in soup.find_all("table"):
        del table["border"]  # pandas sets it; the style sheet knows better
        table.wrap(
            soup.new_tag("div", attrs={"class": "wide", "tabindex": "0", "role": "region", "aria-label": "table"})
        )
    for code in soup.find_all("pre"):
        code["tabindex"] = "0"
    for picture in soup.find_all("img"):
        picture["loading"] = "lazy"


def link_to(target: Path, page: Path) -> str:
    """A link from a page to a file, relative, so that the site can be moved along with the project."""
    return quote(Path(os.path.relpath(target, page.parent)).as_posix())
