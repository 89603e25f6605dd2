"""The pages: they need no network, their links lead somewhere, and they say where outputs come from."""

from __future__ import annotations

import base64
import io

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from helpers.files import sha256_file
from helpers.series.formulas import formula
from helpers.series.keys import Keys
from helpers.series.nodes import file_text, read_node
from helpers.series.records import Record
from helpers.series.site import build_site
from helpers.series.titles import first_sentence, title

TEXT = """# The *first* one

**What you'll do:** see Fig. 1 of `it`, e.g. MobileNet. Then more.

$$\\frac{a}{b}$$ and $x_1$ and $\\unknown{x}$.
[Next](01_b.ipynb#part) [solution](solutions/00_a.ipynb) [readme](../README.md) [gone](gone.txt) [web](https://x.org)
![far](https://x.org/far.png) ![near](pictures/near%20one.png)
<script src="https://x.org/x.js"></script><iframe src="//x.org"></iframe>
<div style="background: url(https://x.org/b.png)">styled</div>
"""


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "png")
    return stream.getvalue()


@pytest.fixture
def site(project):
    """The site of three notebooks of which the first was executed."""
    project.write("README.md", "hello")
    path = project.notebook("00_a", "draw()", "table()", text=TEXT)
    project.notebook("01_b", "print(1)", text="# Second\n\n## Part\n[back](./00_a.ipynb)")
    project.notebook("02_c", "print(2)")
    project.notebook("solutions/00_a", "print(3)", text="# Solutions\n[it](../00_a.ipynb)")
    (project.root / "notebooks/pictures").mkdir()
    (project.root / "notebooks/pictures/near one.png").write_bytes(picture())
    project.main("nav")
    series = project.series()
    node = read_node(path)
    data = {"image/png": base64.b64encode(picture()).decode(), "text/plain": "<Figure>"}
    image = nbformat.v4.new_output("display_data", data, metadata={"image/png": {"alt": "two by two pixels"}})
    html = {"text/html": "<style>@import 'https://x.org/s.css';</style><table border=1><tr><td>1</table>"}
    node.cells[1].outputs = [image]
    node.cells[2].outputs = [nbformat.v4.new_output("display_data", html)]
    executed = series.executed("00_a")
    executed.parent.mkdir()
    executed.write_text(file_text(node))
    keys = Keys(series, {})
    Record(
        notebook="00_a",
        parameters={},
        key=keys.key("00_a"),
        facts=keys.facts("00_a"),
        sha256=sha256_file(executed),
        files={},
        minutes=1,
    ).write(series.record("00_a"))
    return build_site(series).parent


def soup_of(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def pages(site):
    return sorted(site.rglob("*.html"))


def test_no_page_loads_anything_from_the_network(site):
    assert len(pages(site)) == 5
    for page in pages(site):
        soup = soup_of(page)
        assert not soup.select("script, iframe, object, embed")
        for element in soup.select("[src], link[href], [srcset]"):
            address = element.get("src") or element.get("href")
            assert not address.startswith(("http:", "https:", "//")), element
        styles = " ".join(str(each) for each in soup.select("style, [style]"))
        assert "url(" not in styles
        assert "@import" not in styles
    assert "url(" not in (site / "style.css").read_text()
    assert "@import" not in (site / "style.css").read_text()


def test_every_relative_link_and_picture_exists(site):
    for page in pages(site):
        for element in soup_of(page).select("a[href], img[src], link[href]"):
            address = element.get("href") or element.get("src")
            if address.startswith(("https:", "#")) or address == "gone.txt":
                continue
            path, _, fragment = address.replace("%20", " ").partition("#")
            target = page.parent / path
            assert target.is_file(), (page, address)
            if fragment and target.suffix == ".html":
                assert soup_of(target).find(id=fragment.capitalize()) or soup_of(target).find(id=fragment)


def test_pages_are_linked_in_order(site):
    order, page = ["index.html"], site / "index.html"
    page = site / soup_of(page).select_one(".contents a")["href"]
    while page:
        order.append(page.name)
        following = soup_of(page).select_one("a[rel=next]")
        page = site / following["href"] if following else None
    assert order == ["index.html", "00_a.html", "01_b.html", "02_c.html"]
    assert soup_of(site / "02_c.html").select_one("a[rel=prev]")["href"] == "01_b.html"
    assert soup_of(site / "solutions/00_a.html").select_one("a[rel=prev]")["href"] == "../00_a.html"
    assert not [link for page in pages(site) for link in soup_of(page).select("a[href*='.ipynb']")]


def test_pages_are_accessible_and_small(site):
    for page in pages(site):
        soup = soup_of(page)
        assert soup.html["lang"] == "en"
        assert soup.find("meta", attrs={"name": "viewport"})
        assert soup.select_one("a.skip")["href"] == "#content"
        assert soup.select_one("main#content")
        assert all(image["alt"] for image in soup.find_all("img"))
        assert page.stat().st_size < 20_000
    first = soup_of(site / "00_a.html")
    assert {image["alt"] for image in first.find_all("img")} == {"two by two pixels", "near"}
    assert first.select_one("svg[role=img]")["aria-label"] == r"\frac{a}{b}"


def test_a_page_says_where_its_outputs_come_from(site, project):
    assert not soup_of(site / "00_a.html").select(".remark")
    assert "stored in the repository" in soup_of(site / "01_b.html").select_one(".remark").text
    with (project.root / "notebooks/00_a.ipynb").open("r+") as file:
        text = file.read().replace("draw()", "paint()")
        file.seek(0)
        file.write(text)
    assert project.main("site") == 0
    assert "changed since" in soup_of(site / "00_a.html").select_one(".remark").text


def test_the_contents_show_titles_and_first_sentences(site, project):
    entries = [entry.get_text(" ", strip=True) for entry in soup_of(site / "index.html").select(".contents li")]
    assert entries[0] == "The first one See Fig. 1 of it, e.g. MobileNet."
    assert entries[2].startswith("Title of 02_c Says this.")
    node = project.series().notebooks["01_b"].node
    assert title(node, "") == "Second"
    assert first_sentence(node) == "Back"


def test_a_formula_becomes_a_picture_or_stays_tex():
    assert formula("a < b").startswith('<svg class="formula" role="img" aria-label="a &lt; b"')
    assert formula(r"\unknown{x}") == r"<code>\unknown{x}</code>"
