"""A Core ML specification: the one message in a `.mlmodel` file, parsed and looked at.

It says for which version of the format it was made, describes inputs and outputs, and holds one of some forty kinds of
model. Neural networks and ML programs are read here; every other kind is refused by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from helpers.coreml.library import coreml_module
from helpers.coreml.wire import check_wire
from helpers.errors import ModelFileError

Kind = Literal["neural_network", "ml_program"]

_KINDS: dict[str, Kind] = {
    "neuralNetwork": "neural_network",
    "neuralNetworkClassifier": "neural_network",
    "mlProgram": "ml_program",
}
# From iOS 11 to iOS 26; ML programs came with iOS 15.
_NEWEST_VERSION = 10
_OLDEST_VERSIONS: dict[Kind, int] = {"neural_network": 1, "ml_program": 6}

_MAIN = "main"


def parse_specification(content: bytes, wanted: str) -> tuple[Any, Kind]:
    """Parse a specification and check its form.

    Args:
        content: the bytes of a `.mlmodel` file.
        wanted: how error messages begin.

    Returns:
        The message, `Model`, and which of the two kinds of network it holds. Its layers or operations are not looked
        at, except that there are some and that none is Apple's "custom layer", which is a program elsewhere.

    Raises:
        ModelFileError: the bytes are no such message, or it holds what is not computed here; says what.
    """
    message = coreml_module("coremltools.proto.Model_pb2").Model()
    check_wire(content, message.DESCRIPTOR, wanted)
    try:
        message.ParseFromString(content)
    except Exception as error:  # protobuf's DecodeError: what is left after the walk are texts that are not UTF-8
        raise ModelFileError(
            f"{wanted}; protobuf cannot read it: {str(error)[:200]}; copy the file again, or convert the model again"
        ) from error
    kind = _kind(message, wanted)
    _check_description(message.description, wanted)
    if kind == "ml_program":
        _check_program(message.mlProgram, wanted)
    else:
        _check_layers(network_of(message).layers, wanted)
    return message, kind


def network_of(specification: Any) -> Any:
    """The neural network in a specification: NeuralNetwork or NeuralNetworkClassifier."""
    return getattr(specification, specification.WhichOneof("Type"))


def main_block(specification: Any) -> Any:
    """The operations of an ML program: the block of its one function for the function's own operation set."""
    function = specification.mlProgram.functions[_MAIN]
    return function.block_specializations[function.opset]


def blob_values(message: Any) -> Iterator[Any]:
    """All references to a weights file in a message, wherever they stand.

    Args:
        message: a protobuf message, such as an ML program.

    Yields:
        Each BlobFileValue, with `fileName` and `offset`.
    """
    if message.DESCRIPTOR.name == "BlobFileValue":
        yield message
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = value.values() if field.message_type.fields_by_name["value"].message_type else ()
        else:
            inner = value if field.is_repeated else (value,)
        for part in inner:
            yield from blob_values(part)


def _kind(message: Any, wanted: str) -> Kind:
    held = message.WhichOneof("Type")
    if held not in _KINDS:
        raise ModelFileError(
            f"{wanted}, one of {', '.join(_KINDS)}; received {held or 'a file that says of no kind what it is'}; "
            "give a converted network"
        )
    kind, version = _KINDS[held], message.specificationVersion
    if not _OLDEST_VERSIONS[kind] <= version <= _NEWEST_VERSION:
        raise ModelFileError(
            f"{wanted} with a specification version from {_OLDEST_VERSIONS[kind]} to {_NEWEST_VERSION} for {held}; "
            f"received {version}; convert the model again for one of these"
        )
    if message.isUpdatable:
        raise ModelFileError(
            f"{wanted} that stays as it is; received one to be trained on the phone (isUpdatable); convert it without"
        )
    return kind


def _check_description(description: Any, wanted: str) -> None:
    if description.functions or description.state:
        raise ModelFileError(
            f"{wanted} with one function and no state; received {len(description.functions)} functions and "
            f"{len(description.state)} states; convert it without"
        )
    for what, features in (("input", description.input), ("output", description.output)):
        names = [feature.name for feature in features]
        if not names or not all(names) or len(set(names)) < len(names):
            raise ModelFileError(
                f"{wanted} that names each {what} differently; received {_excerpt(names) or 'none'}; convert it again"
            )
        for feature in features:
            if feature.type.WhichOneof("Type") is None:
                raise ModelFileError(
                    f"{wanted} that says of what type each {what} is; received {feature.name[:80]!r} without; convert "
                    "it again"
                )


def _check_program(program: Any, wanted: str) -> None:
    names = sorted(program.functions)
    if program.version != 1 or names != [_MAIN]:
        raise ModelFileError(
            f"{wanted}, a program of version 1 with one function, {_MAIN!r}; received version {program.version} and "
            f"{_excerpt(names)}; convert it again"
        )
    function = program.functions[_MAIN]
    # Asking a protobuf map for a name that it does not have would add it.
    if (
        function.opset not in function.block_specializations
        or not function.block_specializations[function.opset].operations
    ):
        raise ModelFileError(
            f"{wanted}, a program with operations for its own set, {function.opset[:40]!r}; received "
            f"{_excerpt(sorted(function.block_specializations))}; convert it again"
        )


def _check_layers(layers: Any, wanted: str) -> None:
    if not layers:
        raise ModelFileError(f"{wanted} with layers; received none; convert it again")
    for layer in layers:
        held = layer.WhichOneof("layer")
        if held == "custom":
            raise ModelFileError(
                f"{wanted} of Core ML's own layers; received {layer.name[:80]!r}, a custom layer of class "
                f"{layer.custom.className[:80]!r}, whose program is not in the file; convert it without"
            )
        if held == "branch":
            inner = [layer.branch.ifBranch, layer.branch.elseBranch]
        elif held == "loop":
            inner = [layer.loop.conditionNetwork, layer.loop.bodyNetwork]
        else:
            continue
        for network in inner:
            if network.layers:
                _check_layers(network.layers, wanted)


def _excerpt(names: list[str]) -> list[str]:
    """The first few of some names, and of each its beginning: a stranger's names may be long."""
    return [name[:40] for name in names[:5]]
