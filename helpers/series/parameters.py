"""The parameters of notebooks: what a notebook's `parameters` cell offers, and what a user sets.

The cell holds literal assignments only, so its content can be read without running it, and every value a user gives
can be checked before anything runs.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import yaml

from helpers.errors import SeriesError

if TYPE_CHECKING:
    from helpers.series.plan import Notebook, Series


def literal_parameters(source: str, name: str) -> dict[str, object]:
    """Read a `parameters` cell.

    Args:
        source: the code of the cell.
        name: what error messages call the notebook.

    Returns:
        Each parameter and its default, in the cell's order.

    Raises:
        SeriesError: the cell holds anything but assignments of literals to names.
    """
    parameters: dict[str, object] = {}
    try:
        for statement in ast.parse(source).body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    parameters[target] = ast.literal_eval(value)
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                    parameters[target] = ast.literal_eval(value)
                case _:
                    raise ValueError(f"line {statement.lineno}: {ast.unparse(statement)}")
        json.dumps(parameters, sort_keys=True)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise SeriesError(
            f"the parameters cell of {name} may hold only lines like EPOCHS = 30, with literal values; received {error}"
        ) from error
    return parameters


class PlainLoader(yaml.SafeLoader):
    """Reads YAML without references: a few lines of them can stand for more data than there is memory."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse a reference."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("expected values, received a reference (*name)")
        return super().compose_node(parent, index)


def parse_value(text: str) -> object:
    """Read a value as YAML: `30`, `0.5`, `true`, `null`, `[1, 2]`, or else a string.

    Raises:
        SeriesError: the text is not valid YAML.
    """
    try:
        value = yaml.load(text, Loader=PlainLoader)
        json.dumps(value, sort_keys=True, default=str)
    except Exception as error:  # yaml raises many kinds for a value that is not what its form promises
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        raise SeriesError(f"cannot read the value {shown!r} as YAML; put a string between quotes") from error
    # YAML knows dates, notebooks' parameters do not.
    return text.strip() if isinstance(value, datetime.date) else value


def checked(value: object, default: object, what: str) -> object:
    """A value for a parameter, of the type of the parameter's default.

    An integer is taken for a float, a list for a tuple, and anything where the default is None; but no number that is
    infinite or none at all (NaN), which a notebook would meet after minutes of work.

    Args:
        value: what the user gave.
        default: what the notebook has.
        what: what the error message calls the parameter.

    Raises:
        SeriesError: the type is another one, or the number is not finite.
    """
    if isinstance(default, float) and type(value) in (int, str):
        # YAML 1.1 reads 1e-3, without a dot, as a string.
        with contextlib.suppress(ValueError, OverflowError):
            value = float(value)  # type: ignore[arg-type]
    try:
        json.dumps(value, allow_nan=False, default=str)
    except ValueError as error:
        raise SeriesError(f"{what} expects finite numbers, received {value!r}") from error
    if default is None or type(value) is type(default) or (isinstance(default, tuple) and isinstance(value, list)):
        return value
    hint = f"; for a string write '\"{value}\"'" if isinstance(default, str) else ""
    raise SeriesError(
        f"{what} expects a value of type {type(default).__name__} like {default!r}, "
        f"received {value!r} of type {type(value).__name__}{hint}"
    )


def parse_assignments(assignments: Iterable[str], series: Series, names: Sequence[str]) -> dict[str, dict[str, object]]:
    """Turn `EPOCHS=3`, `02.EPOCHS=3` or `02_lenet_on_mnist.EPOCHS=3` into parameters of each notebook.

    Args:
        assignments: as given on the command line; a later one wins.
        series: the notebooks there are.
        names: the notebooks of this run. An assignment without a notebook is for each of them that has the parameter.

    Returns:
        The parameters set for each notebook of which any is set.

    Raises:
        SeriesError: an unknown notebook or parameter, or a value of another type.
    """
    chosen: dict[str, dict[str, object]] = {}
    notebooks = [series.everything[name] for name in names]
    for assignment in assignments:
        target, equals, text = assignment.partition("=")
        scope, _, parameter = target.strip().rpartition(".")
        if not equals or not parameter:
            raise SeriesError(f"expected a parameter like EPOCHS=3 or 02.EPOCHS=3, received {assignment!r}")
        among = [series.find(scope)] if scope else notebooks
        if scope and among[0].name not in names:
            raise SeriesError(f"{assignment!r} is for {among[0].name}, which this run does not include")
        having = [notebook for notebook in among if parameter in notebook.parameters]
        if not having:
            raise SeriesError(f"unknown parameter {parameter!r} in {assignment!r}; known: {describe(among)}")
        for notebook in having:
            what = f"{parameter} of {notebook.name}"
            value = checked(parse_value(text), notebook.parameters[parameter], what)
            chosen.setdefault(notebook.name, {})[parameter] = value
    return chosen


def checked_parameters(values: Mapping[str, object], notebook: Notebook) -> dict[str, object]:
    """Parameters already read as values, checked against one notebook.

    Raises:
        SeriesError: an unknown parameter, or a value of another type.
    """
    for parameter in values:
        if parameter not in notebook.parameters:
            raise SeriesError(f"unknown parameter {parameter!r}; known: {describe([notebook])}")
    return {
        parameter: checked(value, notebook.parameters[parameter], f"{parameter} of {notebook.name}")
        for parameter, value in values.items()
    }


def describe(notebooks: Iterable[Notebook]) -> str:
    """The parameters of some notebooks, for messages."""
    return "; ".join(f"{each.name}: {', '.join(each.parameters) or 'no parameters'}" for each in notebooks)
