"""The lanes by name: what each is, whether it can run here, and what its results depend on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helpers.apk import tools as apk
from helpers.coreml import library
from helpers.lanes import arm, browser, java, swift, swift_core


@dataclass(frozen=True)
class Lane:
    """An optional toolchain.

    Attributes:
        title: what people call it.
        module: the file that sets it up; who imports it may depend on the lane.
        missing: asks why it cannot run here: None where it can, else the reason and the way out in one line.
        key: of a lane that can run, what a result computed with it depends on.
    """

    title: str
    module: str
    missing: Callable[[], str | None]
    key: Callable[[], str]


# Functions that look the others up when they are called, so that a test can put its own in their place.
LANES = {
    "apk": Lane("Android APK", apk.__file__, lambda: apk.apk_missing(), lambda: apk.apk_key()),
    "arm": Lane("ARM emulation", arm.__file__, lambda: arm.arm_available(), lambda: arm.arm_root(progress=False).key()),
    "browser": Lane("browser", browser.__file__, lambda: browser.browser_missing(), lambda: "Chromium is installed"),
    "coreml": Lane("Core ML", library.__file__, lambda: library.coreml_missing(), lambda: "coremltools is installed"),
    "java": Lane("Java", java.__file__, lambda: java.java_missing(), lambda: java.sources_key()),
    "swift": Lane("Swift", swift.__file__, lambda: swift.swift_missing(), lambda: swift_core.swift_key()),
}
