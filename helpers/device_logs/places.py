"""What a run was measured on, in words for tables and figures: a phone's name only for a phone."""

from __future__ import annotations

import re

from helpers.runs.run_log import RunLog

_PLACES = {
    "jvm": "desktop JVM",
    "swift-linux": "Swift on Linux",
    "pc": "PC",
    "arm-emulated": "ARM emulation",
}
# The apps cannot tell that they run in an emulator, but the machine's own names do: those of Android's emulators, and
# of a Mac's processor where an iPhone's or iPad's name would stand.
_ANDROID_EMULATOR = re.compile(r"\b(google_)?sdk\b|sdk_gphone|SDK built for|emulator|goldfish|ranchu|genymotion", re.I)
_APPLE_DEVICE = re.compile(r"(iPhone|iPad|iPod)\d")


def is_phone(log: RunLog) -> bool:
    """Whether a log was written by an app on a phone or tablet, and not in an emulator or a simulator."""
    return log.where == "phone" and not _is_emulator(log)


def label(log: RunLog) -> str:
    """What a run was measured on, such as `Google Pixel 2` or `desktop JVM (Intel Xeon)`.

    Only of a phone it is the device's name alone; everything else begins with what it is.
    """
    device = log.device
    known = [part for part in (device.manufacturer, device.model) if part.lower() != "unknown"]
    # Some devices' models begin with the manufacturer's name.
    if len(known) > 1 and known[1].lower().startswith(known[0].lower()):
        known = known[1:]
    name = " ".join(" ".join(known).split()) or "unknown device"
    if is_phone(log):
        return name
    place = _PLACES.get(log.where) or ("iOS simulator" if device.os == "iOS" else "Android emulator")
    return f"{place} ({name})"


def _is_emulator(log: RunLog) -> bool:
    device = log.device
    if device.os == "iOS":
        return _APPLE_DEVICE.match(device.model) is None
    return _ANDROID_EMULATOR.search(f"{device.manufacturer} {device.model} {device.soc or ''}") is not None
