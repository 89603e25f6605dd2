"""Versions that the app's Maven files name, so that they are written down in one place only."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from helpers.errors import LaneError
from helpers.files import PROJECT

_NAMESPACE = "{http://maven.apache.org/POM/4.0.0}"


def pom_property(pom: str, name: str) -> str:
    """A property of one of the app's Maven files.

    Args:
        pom: the file's path below `android_app`.
        name: the property.

    Raises:
        LaneError: there is no such file or property.
    """
    value = _read(pom).findtext(f"{_NAMESPACE}properties/{_NAMESPACE}{name}")
    if value is None:
        raise LaneError(f"expected a property {name} in android_app/{pom}; received none; restore the file")
    return value


def pom_dependency(pom: str, artifact: str) -> str:
    """The Maven coordinates of a dependency, as `group:artifact:version`.

    Raises:
        LaneError: the file names no such dependency.
    """
    for dependency in _read(pom).iter(f"{_NAMESPACE}dependency"):
        group, name, version = (dependency.findtext(f"{_NAMESPACE}{part}") for part in _COORDINATES)
        if name == artifact and group and version:
            known = re.fullmatch(r"\$\{(.+)\}", version)
            return f"{group}:{name}:{pom_property(pom, known[1]) if known else version}"
    raise LaneError(f"expected a dependency {artifact} in android_app/{pom}; received none; restore the file")


_COORDINATES = ("groupId", "artifactId", "version")


def _read(pom: str) -> ElementTree.Element:
    path: Path = PROJECT / "android_app" / pom
    try:
        return ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise LaneError(f"expected Maven's file {path}; received '{error}'; run it from a checkout") from error
