"""What TensorFlow 1.13.1, the last runtime of TensorFlow for Mobile, can read: its operations and their attributes.

A graph that today's TensorFlow has written can name an operation or an attribute that came later; the old runtime then
refuses the file as a whole, on the phone. `check_known` finds that out on the PC, from the old runtime's own registry:
`data/tf113/ops.pb`, which `helpers/fetch_tf113_ops.py` has asked it for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.core.framework import op_def_pb2

from helpers.data import checked_bytes
from helpers.errors import ModelFileError
from helpers.files import DATA

VERSION = "1.13.1"
OPS_FILE = DATA / "tf113" / "ops.pb"

# The version of the graph format that TensorFlow 1.13.1 writes into an empty graph; fetch_tf113_ops compares the two.
PRODUCER = 27

# For each type of attribute in an operation's definition: the field of AttrValue that carries its value.
_FIELDS = {
    "bool": "b",
    "float": "f",
    "func": "func",
    "int": "i",
    "shape": "shape",
    "string": "s",
    "tensor": "tensor",
    "type": "type",
}
_WAY_OUT = "rewrite the graph with helpers.convert.tf_mobile.rewrite, or deploy the model as .tflite"


def load_op_list(path: Path = OPS_FILE) -> Any:
    """Read the registry of TensorFlow 1.13.1 (Linux x86-64).

    Args:
        path: the serialized OpList; it is compared with `data/checksums.json`.

    Returns:
        The OpList message, of 1,062 definitions.

    Raises:
        DataError: the file is missing or damaged.
    """
    return op_def_pb2.OpList.FromString(checked_bytes(path))


def check_known(graph: tf.compat.v1.GraphDef, op_list: Any) -> None:
    """Make sure that a runtime with these operations can read a graph.

    Each node's operation must be there and not be retired, take this number of inputs, have all the attributes that
    the node gives, of these types and values, and not lack one without a default.

    Args:
        graph: the graph.
        op_list: the runtime's OpList, such as `load_op_list` gives.

    Raises:
        ModelFileError: names the operations it does not know, or the first node it cannot read, and says why.
    """
    definitions = {definition.name: definition for definition in op_list.op}
    unknown: dict[str, str] = {}
    for node in graph.node:
        if node.op not in definitions:
            unknown.setdefault(node.op, node.name)
    if unknown:
        received = ", ".join(f"{op!r} (node {name})" for op, name in sorted(unknown.items()))
        raise ModelFileError(
            f"expected operations of TensorFlow {VERSION} alone; received {received}; build the network from layers "
            "that need none of these, or deploy it as .tflite"
        )
    if graph.versions.min_consumer > PRODUCER:
        raise ModelFileError(
            f"expected a graph that readers of version {PRODUCER} may read; received one for version "
            f"{graph.versions.min_consumer} or later; {_WAY_OUT}"
        )
    for node in graph.node:
        _check_not_retired(node, definitions[node.op], graph.versions.producer)
        _check_attributes(node, definitions[node.op])
        _check_inputs(node, definitions[node.op])
        if node.op == "Const":
            _check_constant(node)


def _check_constant(node: Any) -> None:
    try:
        tf.make_ndarray(node.attr["value"].tensor)
    except (TypeError, ValueError) as error:
        raise ModelFileError(
            f"expected the constant {node.name!r} to hold as many numbers as its shape says; {error}; convert the "
            "model again"
        ) from error


def _check_not_retired(node: Any, definition: Any, producer: int) -> None:
    """The old runtime knows some operations only for files that are older still."""
    if definition.HasField("deprecation") and producer >= definition.deprecation.version:
        raise ModelFileError(
            f"expected operations that TensorFlow {VERSION} runs in graphs of version {producer}; received "
            f"{node.op!r} (node {node.name}), retired in version {definition.deprecation.version}: "
            f"{definition.deprecation.explanation}; build the network without it, or deploy it as .tflite"
        )


def _check_attributes(node: Any, definition: Any) -> None:
    wanted = {attribute.name: attribute for attribute in definition.attr}
    for name, value in node.attr.items():
        if name.startswith("_"):
            continue  # internal marks, which the runtime itself passes over
        if name not in wanted:
            raise ModelFileError(
                f"expected node {node.name!r} ({node.op}) to have attributes of TensorFlow {VERSION}: "
                f"{', '.join(wanted) or 'none'}; received {name!r}; {_WAY_OUT}"
            )
        if not _fits(value, wanted[name]):
            received = str(value).strip().replace("\n", " ")
            raise ModelFileError(
                f"expected attribute {name!r} of node {node.name!r} ({node.op}) to be a {wanted[name].type} that "
                f"TensorFlow {VERSION} allows there; received {received or 'nothing'}; {_WAY_OUT}"
            )
    for name, attribute in wanted.items():
        if name not in node.attr and not attribute.HasField("default_value"):
            raise ModelFileError(
                f"expected node {node.name!r} ({node.op}) to have the attribute {name!r}, for which TensorFlow "
                f"{VERSION} has no default; received none; convert the model again"
            )


def _fits(value: Any, attribute: Any) -> bool:
    """Whether a value is of an attribute's type, and one of its allowed values where these are listed."""
    kind = attribute.type.removeprefix("list(").removesuffix(")")
    if kind == attribute.type:
        if value.WhichOneof("value") != _FIELDS[kind]:
            return False
        values = [getattr(value, _FIELDS[kind])]
    else:
        filled = {field.name for field, _ in value.list.ListFields()}
        if value.WhichOneof("value") != "list" or filled - {_FIELDS[kind]}:
            return False
        values = list(getattr(value.list, _FIELDS[kind]))
    if not attribute.HasField("allowed_values"):
        return True
    allowed = list(getattr(attribute.allowed_values.list, _FIELDS[kind]))
    return all(one in allowed for one in values)


def _check_inputs(node: Any, definition: Any) -> None:
    defaults = {attribute.name: attribute.default_value for attribute in definition.attr}
    wanted = 0
    for argument in definition.input_arg:
        if argument.type_list_attr:
            wanted += len(_value(node, argument.type_list_attr, defaults).list.type)
        elif argument.number_attr:
            wanted += _value(node, argument.number_attr, defaults).i
        else:
            wanted += 1
    received = [name for name in node.input if not name.startswith("^")]
    if len(received) != wanted:
        raise ModelFileError(
            f"expected node {node.name!r} ({node.op}) to have {wanted} inputs in TensorFlow {VERSION}; "
            f"received {len(received)}: {received}; {_WAY_OUT}"
        )


def _value(node: Any, attribute: str, defaults: dict[str, Any]) -> Any:
    return node.attr[attribute] if attribute in node.attr else defaults[attribute]
