"""A protobuf message's bytes, looked at before they are unfolded.

Two bytes can say "an empty layer", which takes a hundred in memory: a file of some megabytes becomes gigabytes. And
protobuf skips what it does not know, so that much rubbish is read "successfully", as a file with less in it. Here the
bytes are walked through once, by the description of the message, and nothing is built.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from helpers.errors import ModelFileError

# Weights lie in one value each, however many there are. The largest network of the paper has about 70,000 values.
LARGEST_VALUES = 2_000_000
# Where protobuf's own reader stops too.
_DEEPEST = 100
# Ten bytes with seven bits each.
_LONGEST_VARINT_BITS = 70

# How protobuf writes a value.
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_FIXED_BYTES = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}
# By the numbers that protobuf gives to the types of fields; groups (10) are not in use any more.
_WIRE_TYPES = {
    **dict.fromkeys((3, 4, 5, 8, 13, 14, 17, 18), _VARINT),
    **dict.fromkeys((1, 6, 16), _EIGHT_BYTES),
    **dict.fromkeys((9, 11, 12), _LENGTH),
    **dict.fromkeys((2, 7, 15), _FOUR_BYTES),
}


class _Field(NamedTuple):
    wire_type: int
    repeated: bool
    message: Any  # the description of the message in it, or None


def check_wire(content: bytes, descriptor: Any, wanted: str) -> None:
    """Walk through a message's bytes: whole, every field known, not too deep, and not too much.

    Args:
        content: the bytes.
        descriptor: the description of the message, `Message.DESCRIPTOR`.
        wanted: how error messages begin.

    Raises:
        ModelFileError: the bytes are cut short or no such message; they hold a field that the description does not
            have; or more than 2,000,000 values or 100 levels.
    """
    known: dict[str, dict[int, _Field]] = {}
    position = values = 0
    levels = [(len(content), descriptor)]
    while levels:
        end, message = levels[-1]
        if position == end:
            levels.pop()
            continue
        tag, position = _varint(content, position, end, message, wanted)
        number, wire_type = tag >> 3, tag & 7
        if message.full_name not in known:
            known[message.full_name] = _fields(message)
        field = known[message.full_name].get(number)
        # Numbers that are repeated may be packed into one value.
        packed = field is not None and field.repeated and field.wire_type != wire_type == _LENGTH
        if field is None or (field.wire_type != wire_type and not packed):
            _refuse(wanted, f"field {number}, written in way {wire_type}, in {message.name}, which has no such field")
        values += 1
        if wire_type == _VARINT:
            _, position = _varint(content, position, end, message, wanted)
        elif wire_type in _FIXED_BYTES:
            position += _FIXED_BYTES[wire_type]
        else:
            length, position = _varint(content, position, end, message, wanted)
            if field.message is not None:
                levels.append((position + length, field.message))
            else:
                values += length if packed and field.wire_type == _VARINT else 0
                position += length
        if max(position, levels[-1][0]) > end:
            _refuse(wanted, f"{message.name} cut short after {end:,} bytes")
        if values > LARGEST_VALUES or len(levels) > _DEEPEST:
            _refuse(wanted, f"more than {LARGEST_VALUES:,} values or {_DEEPEST} levels")


def _fields(message: Any) -> dict[int, _Field]:
    return {
        field.number: _Field(_WIRE_TYPES[field.type], field.is_repeated, field.message_type) for field in message.fields
    }


def _varint(content: bytes, position: int, end: int, message: Any, wanted: str) -> tuple[int, int]:
    """The whole number at a position, written seven bits a byte, and the position after it."""
    value = shift = 0
    while position < end and shift < _LONGEST_VARINT_BITS:
        byte = content[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
    return _refuse(wanted, f"{message.name} with a number cut short, or of more than ten bytes, before {position:,}")


def _refuse(wanted: str, received: str) -> NoReturn:
    raise ModelFileError(
        f"{wanted}; received {received}: the file is damaged, of another kind, or newer than the format known here; "
        "copy it again, or convert the model again"
    )
