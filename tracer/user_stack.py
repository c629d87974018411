"""Where on the stack are we? Places seen before are known again.

A place is the chain of the user's frames: for each a code object and the offset of the instruction in it. ``user_stack.pyx`` is the
same, compiled.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from types import CodeType, FrameType

__all__ = ["CALLERS", "UserStack"]

CALLERS = 8
"""How many of the user's frames a position has at most, itself included."""

_KEPT = 1 << 14


class UserStack:
    """Gives the same number for the same places on the running thread's stack. Safe for several threads.

    ``number_here`` says which it is, and is asked once for each; ``is_plumbing`` which files are not the user's.
    """

    def __init__(self, number_here: Callable[[], int], is_plumbing: Callable[[str], bool]) -> None:
        self._number_here = number_here
        self._is_plumbing = is_plumbing
        # by id, because hashing a code object reads all of it
        self._tokens: dict[int, int] = {}
        self._codes: list[CodeType] = []
        self._next_token = count(1)
        self._known: dict[tuple[int, ...], int] = {}

    def here(self) -> int:
        """The number of the position of the innermost of the user's frames; 0 when there is none."""
        frame: FrameType | None = sys._getframe(1)
        tokens = self._tokens
        key: list[int] = []
        while frame is not None:
            code = frame.f_code
            token = tokens.get(id(code))
            if token is None:
                token = self._new_token(code)
            if token:
                key.append(token + frame.f_lasti)
                if len(key) == CALLERS:
                    break
            frame = frame.f_back
        known = self._known.get(tuple(key))
        if known is not None:
            return known
        if len(self._known) >= _KEPT:
            self._known.clear()  # a program that recurses in many ways
        number = self._known[tuple(key)] = self._number_here()
        return number

    def place(self) -> tuple[CodeType, int] | None:
        """The code object and the offset of the instruction of the innermost of the user's frames; None when there is none."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            token = self._tokens.get(id(code))
            if token is None:
                token = self._new_token(code)
            if token:
                return code, frame.f_lasti
            frame = frame.f_back
        return None

    def _new_token(self, code: CodeType) -> int:
        """A number for a code object of the user's, with room for offsets of instructions to be added; 0 for any other."""
        if len(self._codes) >= _KEPT:  # a program that compiles code in a loop
            self._tokens.clear()
            self._known.clear()
            self._codes.clear()
        self._codes.append(code)  # keeps its id from being used again
        token = 0 if self._is_plumbing(code.co_filename) else next(self._next_token) << 32
        self._tokens[id(code)] = token
        return token
