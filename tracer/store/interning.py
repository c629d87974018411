"""Strings, shapes and source positions, each kept once and spoken of by number."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from ...core.events import Shape, SourcePosition

__all__ = ["PositionRow", "Positions", "Strings", "parse_shape", "positions_from_rows", "shape_text"]

PositionRow = tuple[str, int, str, str, int]
"""File, line, function, target variable, number of the caller's position."""


def shape_text(shape: Iterable[int]) -> str:
    """A shape as text: ``"2x3"``; a scalar's is ``""``."""
    return "x".join(str(int(size)) for size in shape)


def parse_shape(text: str) -> Shape:
    """The inverse of :func:`shape_text`. Raises ValueError on anything else."""
    if not text:
        return ()
    sizes = text.split("x")
    if not all((size.isascii() and size.isdigit() and len(size) <= 19) or size == "-1" for size in sizes):
        raise ValueError(f"not a shape: {text[:40]!r}")
    return tuple(int(size) for size in sizes)


class _Ids(dict[str, int]):
    """Text -> number; a text not yet known gets the next number when it is asked for."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__((text, number) for number, text in enumerate(texts))
        self.texts = texts
        self._lock = threading.RLock()  # one thread may be in the middle of a new text when it collects garbage

    def __missing__(self, text: str) -> int:
        if type(text) is not str:
            return self[str(text)]
        with self._lock:
            number = self.get(text)
            if number is None:
                number = len(self.texts)
                self.texts.append(text)
                self[text] = number
            return number


class Strings:
    """The interned strings of a trace: ``texts[number]`` and ``ids[text]``; number 0 is the empty string.

    ``ids[text]`` of a new text adds it. ``shapes`` has the numbers of shapes met so far. Safe for several threads.
    """

    def __init__(self) -> None:
        self.texts: list[str] = [""]
        self.ids = _Ids(self.texts)
        self.shapes: dict[Shape, int] = {(): 0}

    def shape_id(self, shape: Sequence[int]) -> int:
        """The number of the text of a shape."""
        shape = tuple(shape)
        number = self.shapes.get(shape)
        if number is None:
            number = self.shapes[shape] = self.ids[shape_text(shape)]
        return number


class Positions:
    """The interned source positions of a trace; number 0 means that there is none. Safe for several threads.

    A caller's number is always lower than the number of the position it called, so a reader can build them in order.
    """

    def __init__(self) -> None:
        self.rows: list[PositionRow] = [("", 0, "", "", 0)]
        self._ids: dict[PositionRow, int] = {}
        self._lock = threading.Lock()

    def add(self, row: PositionRow) -> int:
        """The number of a position, new or known."""
        number = self._ids.get(row)
        if number is not None:
            return number
        with self._lock:
            number = self._ids.get(row)
            if number is None:
                number = len(self.rows)
                self.rows.append(row)
                self._ids[row] = number
            return number

    def add_position(self, position: SourcePosition | None) -> int:
        """The number of a :class:`SourcePosition`, its callers included."""
        chain: list[SourcePosition] = []
        while position is not None:
            chain.append(position)
            position = position.caller
        number = 0
        for link in reversed(chain):
            number = self.add((link.file, link.line, link.function, link.target, number))
        return number


def positions_from_rows(rows: Sequence[PositionRow]) -> list[SourcePosition | None]:
    """Positions by number; entry 0 is None. A caller that does not come before the position it called is left out."""
    positions: list[SourcePosition | None] = [None]
    for number, (file, line, function, target, caller) in enumerate(rows[1:], start=1):
        known_caller = positions[caller] if 0 < caller < number else None
        positions.append(SourcePosition(file, line, function, target, known_caller))
    return positions
