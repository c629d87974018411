"""What objects are called where the program is: by global variables, and by those of the functions under way."""

from __future__ import annotations

import dis
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from types import CodeType, FrameType
from typing import Any

from ...positions import is_plumbing
from .variables import variables_of

__all__ = ["names_here"]

_IN_HEAD = ("UNPACK_SEQUENCE", "UNPACK_EX", "EXTENDED_ARG", "CACHE", "LOAD_NAME", "LOAD_GLOBAL")
_MOST_FRAMES = 12
_OPTIMIZED = 0x1  # CO_OPTIMIZED: a function's, whose variables are no dictionary
_COPIED = sys.version_info < (3, 13)
_TAKE_LOCALS = frozenset(("locals", "vars", "dir", "exec", "eval", "f_locals"))
_NOT_THE_USERS = tuple(
    f"{folder}{os.sep}"
    for folder in (os.path.dirname(os.path.abspath(os.__file__)), "site-packages", "dist-packages")  # noqa: PTH100, PTH120
)

_loops: dict[CodeType, frozenset[str]] = {}
_LOOPS_KEPT = 1 << 10


def names_here(objects: Sequence[Any], taken: Collection[str] = ()) -> dict[int, str]:
    """What the user's functions under way call ``objects``, by the ``id`` of each that is found; see :func:`variables_of`.

    Global variables come before local ones, which are looked at only when they are needed: those of the outermost function first,
    for a function's parameters are other names for what its caller has.
    """
    found = variables_of(objects, _global_variables(), taken)
    others = [one for one in objects if id(one) not in found]
    return {**found, **variables_of(others, _local_variables(), {*taken, *found.values()})} if others else found


def _global_variables() -> list[dict[str, Any]]:
    """Those of the innermost function first, but for those of loops: the same for many objects."""
    namespaces: dict[int, dict[str, Any]] = {}
    for frame in _frames_of_user():
        namespaces.setdefault(id(frame.f_globals), dict(frame.f_globals))
        if frame.f_code.co_name == "<module>":
            for name in _loop_variables(frame.f_code):
                namespaces[id(frame.f_globals)].pop(name, None)
    return list(namespaces.values())


def _local_variables() -> list[dict[str, Any]]:
    """Those of the outermost function first, but for those of loops."""
    frames = (frame for frame in _frames_of_user() if _can_be_read(frame.f_code))
    return [_locals_of(frame) for frame in islice(frames, _MOST_FRAMES)][::-1]


def _frames_of_user() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_plumbing(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def _can_be_read(code: CodeType) -> bool:
    """Whether nobody notices when the local variables of a function are looked at.

    Before Python 3.13 that leaves a copy of them with the frame: the same that ``locals()`` gives, and that debuggers write to.
    """
    if not code.co_flags & _OPTIMIZED or any(folder in code.co_filename for folder in _NOT_THE_USERS):
        return False
    if not _COPIED:
        return True
    return sys.gettrace() is None and sys.getprofile() is None and _TAKE_LOCALS.isdisjoint(code.co_names)


def _locals_of(frame: FrameType) -> dict[str, Any]:
    seen = frame.f_locals
    found = dict(seen)
    if _COPIED:
        seen.clear()  # else the frame would keep alive what the program lets go of
    for name in _loop_variables(frame.f_code):
        found.pop(name, None)
    return found


def _loop_variables(code: CodeType) -> Iterable[str]:
    """The variables that loops of a module or function give values to."""
    known = _loops.get(code)
    if known is None:
        if len(_loops) >= _LOOPS_KEPT:
            _loops.clear()
        known = _loops[code] = frozenset(_found_in_heads(code))
    return known


def _found_in_heads(code: CodeType) -> Iterable[str]:
    in_head = False
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith("STORE_") and in_head:
            names = instruction.argval
            yield from names if isinstance(names, tuple) else (names,)  # several in one instruction, since Python 3.13
        else:
            in_head = instruction.opname == "FOR_ITER" or (in_head and instruction.opname in _IN_HEAD)
