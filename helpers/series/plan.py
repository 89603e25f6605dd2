"""The notebooks of the series, and what each one declares about itself.

A notebook says in its metadata, under the key `series`, which other notebooks' results it uses (`needs`), whether it
measures time and must run with nothing beside it (`alone`), which files of the project it reads (`inputs`) and which
files of the build folder it leaves for others (`outputs`), and without which lane it cannot run at all (`lane`). What
the user has beside the project is named by environment variables: `environment` lists those that its result depends on,
such as IMAGENET_VAL. When the value of one changes, a path as well as any other, the notebook runs again; what lies in
the folder that it names is not looked at. Variables that are not listed, such as SCHEDULER, reach a notebook too, and
change no result. Its first code cell is tagged `parameters`.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from nbformat import NotebookNode
from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, StringConstraints, ValidationError

from helpers.errors import SeriesError
from helpers.files import PROJECT, build_dir
from helpers.series.nodes import code_cells, read_node, tags
from helpers.series.parameters import literal_parameters
from helpers.untrusted import first_faults

SOLUTIONS = "solutions"


def _inside(path: str) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError(f"expected a relative path without '..', received {path!r}")
    return path


RelativePath = Annotated[str, AfterValidator(_inside)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Declaration(BaseModel):
    """What a notebook's metadata says under `series`; every key may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    needs: tuple[str, ...] = ()
    alone: StrictBool = False
    inputs: tuple[RelativePath, ...] = ()
    outputs: tuple[RelativePath, ...] = ()
    environment: tuple[Variable, ...] = ()
    lane: Literal["apk", "coreml", "java", "swift"] | None = None


@dataclass(frozen=True)
class Notebook:
    """One notebook as it lies in the repository.

    `name` is its path below `notebooks/` without the suffix: `02_lenet_on_mnist`, `solutions/02_lenet_on_mnist`.
    """

    name: str
    path: Path
    node: NotebookNode = field(repr=False)
    declared: Declaration
    parameters: Mapping[str, object]

    @property
    def code_cells(self) -> list[NotebookNode]:
        """Its code cells that hold code, in order; messages number them from 1."""
        return code_cells(self.node)


@dataclass(frozen=True)
class Series:
    """All notebooks of a project in their order, and the folder its results go to."""

    project: Path
    build: Path
    notebooks: Mapping[str, Notebook]
    solutions: Mapping[str, Notebook]

    @property
    def folder(self) -> Path:
        """The folder of the committed notebooks, which is also the kernels' working directory."""
        return self.project / "notebooks"

    def executed(self, name: str) -> Path:
        """Where the executed notebook of this name goes."""
        return self.build / "notebooks" / f"{name}.ipynb"

    def record(self, name: str) -> Path:
        """Where the record of its execution goes."""
        return self.build / "series" / f"{name}.json"

    @property
    def everything(self) -> dict[str, Notebook]:
        """The series, then the solutions."""
        return {**self.notebooks, **self.solutions}

    def find(self, text: str) -> Notebook:
        """The notebook a user means by `02`, `02_lenet_on_mnist` or `notebooks/02_lenet_on_mnist.ipynb`.

        Raises:
            SeriesError: none or several notebooks fit.
        """
        wanted = text.removeprefix("./").removeprefix("notebooks/").removesuffix(".ipynb")
        known = self.everything
        if wanted in known:
            return known[wanted]
        fitting = [name for name in known if wanted and name.startswith(f"{wanted}_")]
        if len(fitting) != 1:
            problem = "no notebook is" if not fitting else f"{len(fitting)} notebooks are"
            raise SeriesError(f"{problem} called {text!r}; known: {', '.join(fitting or known)}")
        return known[fitting[0]]

    def with_needs(self, names: Iterable[str]) -> list[str]:
        """The given notebooks and all that they need, directly or not, in an order that respects the needs."""
        known = self.everything
        wanted, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting.extend(known[name].declared.needs)
        return [name for name in _ordered(known) if name in wanted]


def read_series(project: Path = PROJECT) -> Series:
    """Read every notebook of a project; results will go to `build_dir()`.

    Raises:
        SeriesError: no notebooks, a file that is not a notebook, a malformed declaration or parameters cell, an unknown
            need, or notebooks that need each other.
    """
    folder = project / "notebooks"
    notebooks = {path.stem: _read(path, path.stem) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    if not notebooks:
        raise SeriesError(f"expected notebooks named like 00_start_here.ipynb in {folder}, found none")
    solutions = {
        f"{SOLUTIONS}/{path.stem}": _read(path, f"{SOLUTIONS}/{path.stem}")
        for path in sorted((folder / SOLUTIONS).glob("*.ipynb"))
    }
    series = Series(project, build_dir(), notebooks, solutions)
    for notebook in series.everything.values():
        for need in notebook.declared.needs:
            if need not in notebooks:
                raise SeriesError(
                    f"{notebook.name} needs {need!r}, which is no notebook; known: {', '.join(notebooks)}"
                )
    try:
        _ordered(series.everything)
    except graphlib.CycleError as error:
        raise SeriesError(f"these notebooks need each other: {' -> '.join(reversed(error.args[1]))}") from error
    return series


def _read(path: Path, name: str) -> Notebook:
    node = read_node(path)
    try:
        declared = Declaration.model_validate(node.metadata.get("series", {}))
    except ValidationError as error:
        raise SeriesError(f"the metadata 'series' of {name} is malformed: {first_faults(error)}") from error
    sources = [cell.source for cell in code_cells(node) if "parameters" in tags(cell)]
    if len(sources) > 1:
        raise SeriesError(f"{name} has {len(sources)} cells tagged 'parameters'; expected one")
    return Notebook(name, path, node, declared, literal_parameters(sources[0], name) if sources else {})


def _ordered(notebooks: Mapping[str, Notebook]) -> list[str]:
    """Names such that needs come first, otherwise in their own order."""
    sorter = graphlib.TopologicalSorter({name: each.declared.needs for name, each in notebooks.items()})
    sorter.prepare()
    place = {name: number for number, name in enumerate(notebooks)}
    order: list[str] = []
    waiting: list[str] = []
    while sorter.is_active():
        waiting = sorted([*waiting, *sorter.get_ready()], key=lambda name: place[name])
        order.append(waiting.pop(0))
        sorter.done(order[-1])
    return order
