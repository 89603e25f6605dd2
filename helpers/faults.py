"""What a file breaks of the rules that pydantic holds it to, in one line for the package's own errors."""

from __future__ import annotations

from pydantic import ValidationError


def first_faults(error: ValidationError, most: int = 5) -> str:
    """The first faults, each with the field's name.

    Args:
        error: what pydantic raised.
        most: how many are told.
    """
    # Without the input and its context, which would be copied for each fault of a large file.
    found = error.errors(include_url=False, include_input=False, include_context=False)[:most]
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}" for fault in found)
