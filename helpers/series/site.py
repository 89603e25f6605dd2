"""The executed notebooks as linked HTML pages that need neither a server nor a network."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jinja2
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

from helpers.series.keys import Keys
from helpers.series.navigation import neighbours, solved_notebook
from helpers.series.nodes import read_node
from helpers.series.pages import link_to, page_body
from helpers.series.plan import SOLUTIONS, Notebook, Series
from helpers.series.records import read_record, what_changed
from helpers.series.titles import first_sentence, title

_AS_COMMITTED = "Not executed here: the outputs on this page are the ones stored in the repository."
_OUTDATED = "Executed here by an earlier run; the notebook, or something it depends on, has changed since."


@dataclass(frozen=True)
class Page:
    """What a page shows: a notebook with outputs, and a remark where these are not those of a valid run."""

    notebook: Notebook
    node: NotebookNode
    remark: str

    @property
    def title(self) -> str:
        """The title of the notebook."""
        return title(self.notebook.node, self.notebook.name)

    @property
    def number(self) -> int | None:
        """The number of a notebook of the series; None for a solution."""
        return int(self.notebook.name[:2]) if self.notebook.name[:2].isdigit() else None

    @property
    def place(self) -> str:
        """The page's path below the site's folder."""
        return f"{self.notebook.name}.html"


def build_site(series: Series) -> Path:
    """Write the site: a page for each notebook and solution, and `index.html`.

    A notebook that was not executed is shown as committed, and its page says so.

    Returns:
        The path of `index.html` in `site/` of the build folder; the folder is replaced as a whole.

    Raises:
        SeriesError: an executed notebook cannot be read.
    """
    site = series.build / "site"
    pages = _pages(series)
    series.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=series.build, prefix=".site-", ignore_cleanup_errors=True) as scratch:
        new = Path(scratch) / "new"
        for page in pages.values():
            _write_page(page, series, pages, new, site)
        contents = [(page, first_sentence(page.notebook.node)) for page in pages.values()]
        (new / "index.html").write_text(
            _template("index.html.j2").render(
                root="",
                title=title(next(iter(series.notebooks.values())).node, "Notebooks"),
                notebooks=[entry for entry in contents if entry[0].notebook.name in series.notebooks],
                solutions=[entry for entry in contents if entry[0].notebook.name in series.solutions],
            ),
            encoding="utf-8",
        )
        (new / "style.css").write_text(_style(), encoding="utf-8")
        if site.exists():
            site.rename(Path(scratch) / "old")
        new.rename(site)
    return site / "index.html"


def _pages(series: Series) -> dict[str, Page]:
    records = {name: read_record(series.record(name)) for name in series.everything}
    keys = Keys(series, {name: record.parameters for name, record in records.items() if record})
    pages: dict[str, Page] = {}
    for name, notebook in series.everything.items():
        executed = series.executed(name)
        record = records[name]
        if record is None or not executed.is_file():
            pages[name] = Page(notebook, notebook.node, _AS_COMMITTED)
        else:
            changed = what_changed(record, keys.facts(name), executed, series.build)
            pages[name] = Page(notebook, read_node(executed), _OUTDATED if changed else "")
    return pages


def _write_page(page: Page, series: Series, pages: dict[str, Page], new: Path, site: Path) -> None:
    """Write a page and its figures below `new`, with links as they hold in `site`."""
    source, target = page.notebook.path, site / page.place

    def linked_file(address: str) -> Path:
        return (source.parent / unquote(urlsplit(address).path)).resolve()

    def rewrite(address: str) -> str:
        file = linked_file(address)
        fragment = f"#{urlsplit(address).fragment}" if urlsplit(address).fragment else ""
        for other in pages.values():
            if file == other.notebook.path.resolve():
                return link_to(site / other.place, target) + fragment
        return link_to(file, target) + fragment if file.exists() else address

    def read(address: str) -> bytes | None:
        file = linked_file(address)
        return file.read_bytes() if file.is_file() else None

    body = page_body(page.node, source.stem, rewrite, read)
    place = new / page.place
    for name, content in body.files.items():
        (place.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (place.parent / name).write_bytes(content)
    previous: Page | None
    following: Page | None
    if page.notebook.name in series.solutions:
        previous, following = pages[solved_notebook(series, page.notebook).name], None
    else:
        before, after = neighbours(list(series.notebooks), page.notebook.name)
        previous, following = pages[before] if before else None, pages[after] if after else None
    root = "../" if page.notebook.name.startswith(f"{SOLUTIONS}/") else ""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(
        _template("page.html.j2").render(
            root=root, page=page, body=body.html, previous=previous, following=following, title=page.title
        ),
        encoding="utf-8",
    )


def _template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(name)


def _style() -> str:
    """The style sheet: our own, and Pygments' colours for code on light and on dark."""
    light, dark = (HtmlFormatter(style=name).get_style_defs(".highlight") for name in ("default", "github-dark"))
    own = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{own}"
