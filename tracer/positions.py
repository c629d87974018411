"""Where in the user's program are we, and which variable gets the result?

A position is the innermost frame of the user's, with its callers. Places seen before are known again (:mod:`.user_stack`); lines,
names and bytecode are looked at once for each place in the program.
"""

from __future__ import annotations

import ast
import bisect
import contextlib
import dis
import functools
import itertools
import linecache
import os
import runpy
import sys
import threading
import warnings
from collections.abc import Sequence
from types import CodeType, FrameType, TracebackType

from .._compiled import file_names
from .store.interning import Positions
from .user_stack import CALLERS, UserStack

__all__ = ["CALLERS", "PositionFinder", "callee_at", "is_plumbing", "target_at"]

_INSTRUCTIONS_KEPT = 1 << 12

# abspath, not realpath: code objects carry the path that the import system used
_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
_OWN_FOLDERS = tuple(os.path.join(_ROOT, name, "") for name in ("core", "tracer", "gui"))  # noqa: PTH118
_OWN_MODULES = tuple(os.path.join(_ROOT, name) for name in ("__init__.py", "__main__.py"))  # noqa: PTH118
_LAYERS_FOLDER = os.path.join(_ROOT, "core", "nn", "")  # noqa: PTH118

_PROCESSES_FOLDER = os.path.join(os.path.dirname(os.path.abspath(os.__file__)), "multiprocessing", "")  # noqa: PTH100, PTH118, PTH120

_PLUMBING = file_names() | {module.__file__ for module in (contextlib, functools, runpy, threading, warnings)}
"""Our compiled modules, and files of the standard library that stand between the user's frames without being of interest."""


@functools.lru_cache(maxsize=1 << 12)  # asked for every frame of a place that was not met before
def is_plumbing(file: str) -> bool:
    """Whether a file is gradtrace's, PyTorch's or the interpreter's own rather than the user's.

    PyTorch has to be there when it is first asked of one of PyTorch's files, which it is when they run.
    """
    if file.startswith(("<frozen ", _PROCESSES_FOLDER, *_OWN_FOLDERS)) or file in _OWN_MODULES or file in _PLUMBING:
        return True
    if file == getattr(sys.modules.get("typing_extensions"), "__file__", None):  # which calls what PyTorch has deprecated
        return True
    torch_file = getattr(sys.modules.get("torch"), "__file__", None) or ""
    return bool(torch_file) and file.startswith(os.path.join(os.path.dirname(torch_file), ""))  # noqa: PTH118, PTH120


_Place = tuple[CodeType, int, int]
"""A code object, the offset of the instruction in it, and the line."""


class PositionFinder:
    """Finds positions and interns them in ``positions``. Safe for several threads."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self.stack = UserStack(self._number_here, is_plumbing)

    def here(self) -> int:
        """The number of the position of the innermost of the user's frames; 0 when there is none."""
        return self.stack.here()

    def _number_here(self) -> int:
        return self._number(self._user_places(sys._getframe(1)))

    def of_traceback(self, traceback: TracebackType | None) -> int:
        """The number of the position where an exception was raised."""
        if traceback is None:
            return 0
        inner: list[_Place] = []
        outer = traceback.tb_frame.f_back
        link: TracebackType | None = traceback
        while link is not None:
            inner.append((link.tb_frame.f_code, link.tb_lasti, link.tb_lineno))
            link = link.tb_next
        places = [place for place in reversed(inner) if not is_plumbing(place[0].co_filename)]
        return self._number((places + self._user_places(outer))[:CALLERS])

    def leaf_name(self) -> str:
        """What the user calls the leaf that is being made: the variable it is assigned to, or ``"model.weight"`` inside a layer."""
        attribute = ""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            if not is_plumbing(code.co_filename):
                target = target_at(code, frame.f_lasti) or _receiver_at(code, frame.f_lasti)
                return ".".join(filter(None, (target, attribute)))
            if not attribute and code.co_filename.startswith(_LAYERS_FOLDER):
                attribute = target_at(code, frame.f_lasti).removeprefix("self.")
            frame = frame.f_back
        return attribute

    def _user_places(self, frame: FrameType | None) -> list[_Place]:
        places: list[_Place] = []
        while frame is not None and len(places) < CALLERS:
            if not is_plumbing(frame.f_code.co_filename):
                places.append((frame.f_code, frame.f_lasti, frame.f_lineno or 0))
            frame = frame.f_back
        return places

    def _number(self, places: Sequence[_Place]) -> int:
        number = 0
        for code, offset, line in reversed(places):
            number = self._positions.add((_file(code), line, _function(code), target_at(code, offset), number))
        return number


def _file(code: CodeType) -> str:
    file = code.co_filename
    return file if file.startswith("<") else os.path.abspath(file)  # noqa: PTH100


def _function(code: CodeType) -> str:
    """``"Net.forward"``; a function inside a function without the outer one's name."""
    return code.co_qualname.rpartition("<locals>.")[2]


# -------------------------------------------------------------------------------------------------------------- bytecode
def target_at(code: CodeType, offset: int) -> str:
    """The variable that gets the result of the instruction at ``offset``: ``"y"``, ``"self.w"``, or ``""``."""
    instructions = _Instructions.of(code)
    return instructions.target_after(instructions.index(offset))


def callee_at(code: CodeType, offset: int) -> str:
    """What the call at ``offset`` calls, as it is written: ``"model"``, ``"self.layers[0]"``; ``""`` for what has no name."""
    line, last_line, start, end = next(itertools.islice(code.co_positions(), offset // 2, None), (None,) * 4)
    if line is None or last_line is None or start is None or end is None:
        return ""
    lines = [linecache.getline(code.co_filename, number).encode() for number in range(line, last_line + 1)]
    lines[-1] = lines[-1][:end]  # in bytes, which is what positions count; the end first: both may be in one line
    lines[0] = lines[0][start:]
    try:
        call = ast.parse(b"".join(lines).decode(errors="replace"), mode="eval").body
    except SyntaxError:
        return ""  # not this source any more, or only a part of an expression
    callee = call.func if isinstance(call, ast.Call) else None
    part = callee
    while isinstance(part, ast.Attribute) or (isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Name | ast.Constant)):
        part = part.value
    return ast.unparse(callee) if callee is not None and isinstance(part, ast.Name) else ""


def _receiver_at(code: CodeType, offset: int) -> str:
    """``"w"`` in ``w.requires_grad_()`` and ``w.requires_grad = True``: the variable that a statement turns into a leaf."""
    instructions = _Instructions.of(code)
    return instructions.receiver_before(instructions.index(offset))


_STORES = ("STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF")
_LOADS = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_CLASSDEREF")
_ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD")
_NOISE = ("EXTENDED_ARG", "CACHE", "NOP", "PRECALL", "PUSH_NULL", "NOT_TAKEN")


class _Instructions:
    """The instructions of a code object, without caches and prefixes."""

    _of: dict[int, tuple[CodeType, _Instructions]] = {}  # noqa: RUF012  a cache, shared on purpose

    def __init__(self, code: CodeType) -> None:
        self._items = [item for item in dis.get_instructions(code) if item.opname not in _NOISE]
        self._offsets = [item.offset for item in self._items]

    @classmethod
    def of(cls, code: CodeType) -> _Instructions:
        """The instructions of ``code``, from a cache that keeps the code alive."""
        known = cls._of.get(id(code))
        if known is None:
            if len(cls._of) >= _INSTRUCTIONS_KEPT:
                cls._of.clear()
            known = cls._of[id(code)] = (code, cls(code))
        return known[1]

    def index(self, offset: int) -> int:
        """The instruction at ``offset``, which may also point into the caches behind it."""
        return bisect.bisect_right(self._offsets, offset) - 1

    def _name(self, index: int) -> str:
        return self._items[index].opname if 0 <= index < len(self._items) else ""

    def target_after(self, index: int) -> str:
        """The variable that the instructions after ``index`` store its result in."""
        index += 1
        if self._name(index) == "COPY":  # a = b = f(), and (a := f())
            index += 1
        name = self._name(index)
        if name in _STORES:
            return str(self._items[index].argval)
        if name.startswith("STORE_FAST_"):  # two instructions in one, since Python 3.13
            return str(self._items[index].argval[0])
        path: list[str] = []
        while name in _LOADS or (path and name in _ATTRIBUTES):
            if path and name in _LOADS:
                return ""  # another value is loaded: the result is an operand
            path.append(str(self._items[index].argval))
            index += 1
            name = self._name(index)
        if path and name == "STORE_ATTR":
            return ".".join([*path, str(self._items[index].argval)])
        return ""

    def receiver_before(self, index: int) -> str:
        """The variable whose ``requires_grad`` the instruction at ``index`` sets."""
        if self._name(index) == "STORE_ATTR" and self._items[index].argval == "requires_grad":
            return self._path_before(index)
        for earlier in range(index - 1, max(index - 4, -1), -1):
            if self._name(earlier) in _ATTRIBUTES:
                setter = str(self._items[earlier].argval) == "requires_grad_"
                return self._path_before(earlier) if setter else ""
        return ""

    def _path_before(self, index: int) -> str:
        path: list[str] = []
        index -= 1
        while self._name(index) in _ATTRIBUTES:
            path.append(str(self._items[index].argval))
            index -= 1
        if self._name(index) not in _LOADS:
            return ""
        path.append(str(self._items[index].argval))
        return ".".join(reversed(path))
