"""What the result of a notebook depends on, as hashes: equal key, equal result."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from helpers.files import sha256_bytes, sha256_file
from helpers.lanes.known import LANES
from helpers.series.nodes import tags
from helpers.series.plan import Notebook, Series
from helpers.sources import ImportGraph

Facts = dict[str, str]


class Keys:
    """The facts a notebook's result depends on, and their hash, for each notebook of a series.

    Files are read once, so an instance describes the moment it was made; make a new one for each run.
    """

    def __init__(self, series: Series, parameters: Mapping[str, Mapping[str, object]]) -> None:
        """Take the notebooks and the parameters set for some of them by name."""
        self._series = series
        self._parameters = parameters
        self._graph = ImportGraph(series.project / "helpers")
        self._hash = functools.cache(content_hash)
        self._notebook_facts = functools.cache(self._facts_without_parameters)

    def facts(self, name: str, parameters: Mapping[str, object] | None = None) -> Facts:
        """Everything the result of a notebook depends on: a readable name and a short value for each.

        Args:
            name: the notebook.
            parameters: instead of those given for it at the beginning.
        """
        if parameters is None:
            parameters = self._parameters.get(name, {})
        notebook = self._series.everything[name]
        effective = {**notebook.parameters, **parameters}
        facts = {**self._notebook_facts(name), "its parameters": json.dumps(effective, sort_keys=True, default=repr)}
        for parameter, value in sorted(effective.items()):
            # A parameter that names a file, such as WEIGHTS, stands for what is in it.
            if isinstance(value, str) and (path := self._named(value)):
                facts[f"what {parameter} names"] = self._hash(path)
        return facts

    def key(self, name: str) -> str:
        """The hash of the facts."""
        return key_of(self.facts(name))

    def _named(self, text: str) -> Path | None:
        """The file or folder that a text names, if it has the look of a path; never one that holds the project."""
        if not {"/", "."} & set(text):
            return None
        path = self._series.project / text
        try:
            return path if path.exists() and not self._series.project.is_relative_to(path.resolve()) else None
        except (OSError, ValueError):  # a text too long, or of characters that no path has
            return None

    def _facts_without_parameters(self, name: str) -> Facts:
        project, notebook = self._series.project, self._series.everything[name]
        facts = {
            "its cells": _cells_hash(notebook),
            "the version of Python": ".".join(map(str, sys.version_info[:2])),
            "requirements.lock": self._hash(project / "requirements.lock"),
            "LANES": " ".join(lanes()),
        }
        used = self._graph.files_used_by(cell.source for cell in notebook.code_cells)
        for path in used:
            facts[path.relative_to(project).as_posix()] = self._hash(path)
        for lane in LANES.values():
            if Path(lane.module) in used:
                # What a notebook leaves out for want of a lane, it does once the lane is there.
                facts[f"the lane {lane.title}"] = lane.missing() or lane.key()
        for each in notebook.declared.inputs:
            facts[each] = self._hash(project / each)
        for variable in notebook.declared.environment:
            facts[variable] = os.environ.get(variable, "")
        for need in notebook.declared.needs:
            facts[need] = self.key(need)
        return facts


def key_of(facts: Mapping[str, str]) -> str:
    """The hash of some facts."""
    return sha256_bytes(json.dumps(facts, sort_keys=True).encode())


def lanes() -> list[str]:
    """The optional toolchains named in the environment variable LANES."""
    return sorted(set(re.findall(r"[^\s,]+", os.environ.get("LANES", ""))))


def content_hash(path: Path) -> str:
    """The hash of a file, or of the names and contents of all files of a folder; `absent` where there is nothing."""
    if path.is_dir():
        files = [each for each in sorted(path.rglob("*")) if each.is_file() and "__pycache__" not in each.parts]
        return sha256_bytes("".join(f"{each.relative_to(path)}\0{sha256_file(each)}\n" for each in files).encode())
    return sha256_file(path) if path.exists() else "absent"


def _cells_hash(notebook: Notebook) -> str:
    """The hash of the sources, types and tags of the cells and of the declaration.

    The generated navigation cell is left out: a new notebook elsewhere in the series changes no result.
    """
    cells = [
        [cell.cell_type, tags(cell), cell.source] for cell in notebook.node.cells if "navigation" not in tags(cell)
    ]
    declared = notebook.declared.model_dump(mode="json")
    return sha256_bytes(json.dumps([cells, declared], sort_keys=True).encode())
