"""Exercises that check themselves.

A notebook leaves `answer = None` for the reader; until it is replaced, the check says so and the notebook runs on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check(answer: Any, is_right: Callable[[Any], bool], hint: str) -> None:
    """Say whether an answer is right.

    Args:
        answer: the reader's answer, or None where there is none yet.
        is_right: tells right from wrong.
        hint: what to think of again when it is wrong.

    Raises:
        AssertionError: the answer is wrong; the message holds the hint.
    """
    if answer is None:
        print("Not answered yet: replace None, then run this cell again.")
        return
    assert is_right(answer), f"{answer!r} is not it yet. {hint}"
    print("Right.")
