"""Source positions: the user's line, function, callers, and the variable that gets the result."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from gradtrace.core.events import SourcePosition
from gradtrace.tracer.positions import CALLERS, PositionFinder, target_at
from gradtrace.tracer.store.interning import Positions, positions_from_rows


class Spy:
    """Answers every operation with another spy, and notes the target of the calling instruction."""

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def _note(self) -> Spy:
        frame = sys._getframe(2)
        self.seen.append(target_at(frame.f_code, frame.f_lasti))
        return Spy(self.seen)

    def __call__(self, *args: Any, **options: Any) -> Spy:
        return self._note()

    def __mul__(self, other: Any) -> Spy:
        return self._note()

    def __imul__(self, other: Any) -> Spy:
        return self._note()

    def method(self) -> Spy:
        return self._note()


class Holder:
    pass


some_global: Any = None


def targets(function: Any) -> list[str]:
    seen: list[str] = []
    function(Spy(seen), Holder())
    return seen


def plain(spy: Any, self: Any) -> None:
    y = spy * spy
    y = spy()
    y *= spy
    a = b = spy()
    if c := spy.method():
        assert c
        d = spy(1, *[y], key=2)
        assert a
        assert b
        assert d


def attributes(spy: Any, self: Any) -> None:
    self.w = spy()
    self.inner = Holder()
    self.inner.w = spy * spy


def globals_and_cells(spy: Any, self: Any) -> None:
    global some_global
    some_global = spy()
    cell = None

    def inner() -> None:
        nonlocal cell
        cell = spy()

    inner()
    assert cell


def operands(spy: Any, self: Any) -> Any:
    spy()
    y = spy(spy())
    y, z = spy(), 3
    items = [spy()]
    self.items = {}
    self.items["a"] = spy()
    assert y
    assert z
    assert items
    return spy()


def loops(spy: Any, self: Any) -> None:
    for _ in range(2):
        total = spy * spy
    assert total


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (plain, ["y", "y", "y", "a", "c", "d"]),
        (attributes, ["self.w", "self.inner.w"]),
        (globals_and_cells, ["some_global", "cell"]),
        (operands, ["", "", "y", "", "", "", ""]),
        (loops, ["total", "total"]),
    ],
)
def test_the_variable_that_gets_the_result(function: Any, expected: list[str]) -> None:
    assert targets(function)[: len(expected)] == expected


def test_a_position_far_into_a_long_function() -> None:
    lines = "\n".join(f"    x{number} = spy()" for number in range(600))
    namespace: dict[str, Any] = {}
    exec(compile(f"def long(spy, self):\n{lines}\n", "<long>", "exec"), namespace)
    assert targets(namespace["long"]) == [f"x{number}" for number in range(600)]


# ------------------------------------------------------------------------------------------------------------- the stack
_plumbing: dict[str, Any] = {}
exec(compile("def ask(here): return here.at(here.finder.here())", "<frozen plumbing>", "exec"), _plumbing)


class Here:
    """Calls the finder as the recorder does, from a frame that is not the user's."""

    def __init__(self) -> None:
        self.positions = Positions()
        self.finder = PositionFinder(self.positions)

    __call__: Callable[[Here], SourcePosition] = _plumbing["ask"]

    def at(self, number: int) -> SourcePosition:
        position = positions_from_rows(self.positions.rows)[number]
        assert position is not None
        return position


def line() -> int:
    return sys._getframe(1).f_lineno


class Net:
    def forward(self, here: Here) -> tuple[SourcePosition, int]:
        found = here()
        number = line() - 1
        return found, number


def test_line_function_target_and_callers() -> None:
    here = Here()
    result = Net().forward(here)
    number = line() - 1
    position, inner = result
    assert (position.file, position.line, position.function) == (__file__, inner, "Net.forward")
    assert position.target == "found"
    caller = position.caller
    assert caller is not None
    assert (caller.line, caller.function, caller.target) == (number, "test_line_function_target_and_callers", "result")


def test_frames_between_are_left_out() -> None:
    here = Here()

    def user() -> SourcePosition:
        return here()

    position = partial(user)()
    names = []
    link: SourcePosition | None = position
    while link is not None:
        names.append(link.function)
        link = link.caller
    assert names[:2] == ["user", "test_frames_between_are_left_out"]
    assert not any("gradtrace/core" in (name or "") for name in names)


def test_the_chain_of_callers_is_bounded_and_shared() -> None:
    here = Here()

    def deep(level: int) -> SourcePosition:
        return deep(level - 1) if level else here()

    position = deep(50)
    length = 0
    link: SourcePosition | None = position
    while link is not None:
        length, link = length + 1, link.caller
    assert length == CALLERS
    known = len(here.positions.rows)
    deep(50)
    assert len(here.positions.rows) <= known + CALLERS


def test_the_same_place_has_one_number() -> None:
    here = Here()
    positions = []
    for _ in range(5):
        positions.append(here())
    assert len(set(positions)) == 1
    known = len(here.positions.rows)
    here()
    assert len(here.positions.rows) == known + 1  # only this other line is new


def test_equal_code_in_different_files_is_told_apart() -> None:
    here = Here()
    found = []
    for file in ("/one.py", "/two.py"):
        namespace: dict[str, Any] = {"here": here}
        exec(compile("y = here()", file, "exec"), namespace)
        found.append(namespace["y"].file)
    assert found == ["/one.py", "/two.py"]


def test_position_of_an_exception() -> None:
    here = Here()

    def failing() -> None:
        raise ValueError

    try:
        failing()
    except ValueError as error:
        position = here.at(here.finder.of_traceback(error.__traceback__))
    assert position.function == "failing"
    assert position.caller is not None
    assert position.caller.function == "test_position_of_an_exception"
    assert here.finder.of_traceback(None) == 0
