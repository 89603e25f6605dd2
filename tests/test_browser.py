"""`make lab` in a real browser: a reader opens notebook 00, runs it to its end, and sees its figures.

Chromium without a window does what a reader does. The notebooks are copies without their stored outputs, Jupyter's
settings are fresh, and everything else is what `make lab` has.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from helpers.errors import LaneError
from helpers.files import NOTEBOOKS, PROJECT, build_dir
from helpers.lanes.browser import browser_missing, find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Only keep a broken test from hanging: nothing here waits for a time to pass.
START_MS, RUN_MS = 120_000, 900_000

# What a reader may change in Lab's settings: every cell is drawn, also those out of sight, and nothing asks for news.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
FIRST = "00_start_here.ipynb"
SLIDER = """import ipywidgets
slider = ipywidgets.IntSlider(value=3, max=10, description="threads")
shown = ipywidgets.Label()
ipywidgets.dlink((slider, "value"), (shown, "value"), lambda value: f"twice {value} is {2 * value}")
ipywidgets.VBox([slider, shown])"""

# A picture that no browser can draw, and an error: what the tests look for must be found where it is.
BROKEN = ["from IPython.display import Image\nImage(data=b'no picture', format='png')", "1 / 0"]

# The open notebook's cells that hold code, and its kernel, as Lab itself knows them.
STATE = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    if (!panel?.content?.model || !panel.sessionContext) return null;
    const cells = panel.content.widgets.filter(
        (cell) => cell.model.type === "code" && cell.model.sharedModel.source.trim());
    return {
        path: panel.context.path,
        kernel: panel.sessionContext.session?.kernel?.status ?? "none",
        counts: cells.map((cell) => cell.model.executionCount),
        outputs: cells.map((cell) => cell.model.outputs.toJSON()),
    };
}"""
IDLE = f"""(path) => {{
    const state = ({STATE})();
    return state && state.path === path && state.kernel === "idle" ? state : null;
}}"""
RAN = f"""(path) => {{
    const state = ({IDLE})(path);
    const failed = state?.outputs.flat().some((output) => output.output_type === "error");
    return state && (failed || state.counts.every((count) => count !== null)) ? state : null;
}}"""
PICTURES = """() => [...document.querySelectorAll(".jp-Notebook .jp-OutputArea-output img")].map((image) => ({
    natural: image.complete ? image.naturalWidth : 0, shown: image.getBoundingClientRect().width,
}))"""


def lab_command() -> list[str]:
    """The command of `make lab`, of this Python's environment."""
    recipe = re.search(r"^lab:.*\n\t@(.+)$", (PROJECT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert recipe, "the Makefile has no target lab"
    return shlex.split(recipe[1].replace("$(BIN)", str(Path(sys.executable).parent)))


def without_outputs(path: Path) -> nbformat.NotebookNode:
    """A notebook as if it had never run: what is on the page afterwards was computed there."""
    node = nbformat.read(path, as_version=4)
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return node


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that `make lab` opens in the reader's browser, with its token; the server ends with the tests."""
    root = tmp_path_factory.mktemp("lab")
    (root / "notebooks").mkdir()
    for path in NOTEBOOKS.glob("*.ipynb"):
        nbformat.write(without_outputs(path), root / "notebooks" / path.name)
    for name, sources in {"slider": [SLIDER], "broken": BROKEN}.items():
        node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        node.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
        nbformat.write(node, root / "notebooks" / f"{name}.ipynb")

    config = root / "config"
    for name, setting in SETTINGS.items():
        path = config / "lab" / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    (config / "jupyter_lab_config.json").write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}))
    (config / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": {"port": 0}}))
    # Lab opens "the reader's browser", which notes down what it was asked to open.
    opened, browser = root / "opened.txt", root / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")},
        "BROWSER": str(browser),
        "BUILD_DIR": str(build_dir()),
        "IPYTHONDIR": str(root / "ipython"),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
        # The rows of this run are nobody's.
        "LEDGER_DIR": str(root / "ledger"),
    }
    with (root / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            lab_command(), cwd=root, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        said = lambda: (root / "log.txt").read_text(errors="replace")[-3000:]  # noqa: E731
        wait_until(lambda: opened.exists() or server.poll() is not None, said)
        assert opened.exists(), said()
        yield opened.read_text().strip()
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_until(condition: Callable[[], bool], said: Callable[[], str]) -> None:
    end = time.monotonic() + START_MS / 1000
    while not condition():
        assert time.monotonic() < end, said()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's own walls between processes do not work for the root user, who owns a container.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments, timeout=START_MS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(START_MS)
    yield page
    context.close()


def run_all(page: Page, path: str) -> dict:
    """Choose "Run All Cells" from the menu and wait for the end; what Lab then knows about the notebook's cells."""
    page.get_by_role("menubar").get_by_text("Run", exact=True).click()
    page.get_by_role("menu").get_by_text("Run All Cells", exact=True).click()
    return page.wait_for_function(RAN, arg=path, timeout=RUN_MS).json_value()


def errors(state: dict) -> list[str]:
    """The errors among the outputs that a page has."""
    found = [output for outputs in state["outputs"] for output in outputs if output["output_type"] == "error"]
    return [f"{output['ename']}: {output['evalue']}" for output in found]


def alternative_texts(cells: Iterable[list[dict]]) -> list[str]:
    """What the pictures among the cells' outputs show, in words; empty where it is not said."""
    pictures = [output for outputs in cells for output in outputs if "image/png" in output.get("data", {})]
    return [output["metadata"].get("image/png", {}).get("alt", "") for output in pictures]


@pytest.mark.browser
def test_notebook_00_opens_runs_and_shows_its_figures(lab: str, page: Page) -> None:
    page.goto(lab)
    state = page.wait_for_function(IDLE, arg=FIRST).json_value()
    assert set(state["counts"]) == {None}
    assert page.evaluate(PICTURES) == []

    state = run_all(page, FIRST)
    assert errors(state) == []
    committed = nbformat.read(NOTEBOOKS / FIRST, as_version=4)
    cells = [cell for cell in committed.cells if cell.cell_type == "code" and cell.source.strip()]
    assert state["counts"] == list(range(1, len(cells) + 1))
    for cell, outputs in zip(cells, state["outputs"], strict=True):
        assert bool(outputs) == bool(cell.outputs), cell.source
    # Lab keeps a picture's alternative text, as the site of the results does, but does not yet draw it.
    texts = alternative_texts(state["outputs"])
    assert texts == alternative_texts(cell.outputs for cell in cells)
    assert len(texts) >= 3
    assert all(texts)
    page.wait_for_function(
        f"(wanted) => ({PICTURES})().filter((each) => each.natural).length >= wanted", arg=len(texts)
    )
    pictures = page.evaluate(PICTURES)
    assert len(pictures) == len(texts)
    assert all(picture["natural"] > 0 and picture["shown"] > 50 for picture in pictures)
    keep_picture(page, "notebook_00")


def open_other(page: Page, lab: str, name: str) -> None:
    """Open another notebook than the one that `make lab` opens, and wait for its kernel."""
    page.goto(lab)
    page.wait_for_url(f"**/lab/tree/{FIRST}")
    page.goto(page.url.replace(FIRST, name))
    page.wait_for_function(IDLE, arg=name)


@pytest.mark.browser
def test_a_slider_moves_and_the_kernel_answers(lab: str, page: Page) -> None:
    from playwright.sync_api import expect

    open_other(page, lab, "slider.ipynb")
    assert errors(run_all(page, "slider.ipynb")) == []
    expect(page.get_by_text("twice 3 is 6")).to_be_visible()
    page.locator(".widget-slider .noUi-handle").press("ArrowRight")
    expect(page.get_by_text("twice 4 is 8")).to_be_visible()
    keep_picture(page, "slider")


@pytest.mark.browser
def test_an_error_and_a_broken_picture_are_seen(lab: str, page: Page) -> None:
    open_other(page, lab, "broken.ipynb")
    state = run_all(page, "broken.ipynb")
    assert errors(state) == ["ZeroDivisionError: division by zero"]
    assert alternative_texts(state["outputs"]) == [""]
    page.wait_for_selector(".jp-Notebook .jp-OutputArea-output img", state="attached")
    assert [picture["natural"] for picture in page.evaluate(PICTURES)] == [0]


def test_without_chromium_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    reason = browser_missing()
    assert reason is not None
    assert "apt-get install chromium" in reason
    assert "\n" not in reason
    with pytest.raises(LaneError, match="expected Chromium on PATH"):
        find_browser()
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    assert browser_missing() is None
    assert find_browser() == tmp_path / "chromium"


def keep_picture(page: Page, name: str) -> None:
    """A picture of the whole notebook for people, in `build/browser/`."""
    heights = "() => [...document.querySelectorAll('.jp-NotebookPanel *')].map((each) => each.scrollHeight)"
    height = min(max(page.evaluate(heights)) + 250, 15_000)
    page.set_viewport_size({"width": 1400, "height": int(height)})
    page.wait_for_function("(height) => window.innerHeight === height", arg=int(height))
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first.scroll_into_view_if_needed()
    page.screenshot(path=build_dir() / "browser" / f"{name}.png")
