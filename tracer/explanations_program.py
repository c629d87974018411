"""An exception on its way out of the program: what kind of failure it is, and which of the program's tensors it is about.

An exception still holds the frames of the program, and these its tensors: ``p`` in ``p.grad.norm()``, ``loss`` in
``loss.backward()``. They are looked at, never called, and nothing of them is kept. Nothing here raises, and an exception that has
nothing to do with gradients costs next to nothing.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Literal

from .explanations_facts import TensorFacts, look_at

__all__ = ["Failure", "Kind", "Subject", "explain", "observe"]

Kind = Literal["no gradient", "no graph", "not scalar", "unused input", "not a leaf", "nonfinite", "engine"]

_MESSAGES: Sequence[tuple[Kind, re.Pattern[str]]] = (
    ("no graph", re.compile(r"does not require grad and does not have a grad_fn")),
    ("not scalar", re.compile(r"grad can be implicitly created only for scalar outputs")),
    ("unused input", re.compile(r"appears? to not have been used in the graph|differentiated Tensors does not require grad")),
    ("not a leaf", re.compile(r"can't optimize a non-leaf Tensor")),
    ("engine", re.compile(r"modified by an inplace operation|through the graph a second time|already been freed")),
    ("no gradient", re.compile(r"No inf checks were recorded|have finished reduction in the prior iteration")),
    ("no gradient", re.compile(r"\b(?:grad|gradients?)\b.*\b(?:is|are|was|were) (?:None|missing)", re.IGNORECASE)),
    ("nonfinite", re.compile(r"\b(?:nans?|inf|infs|infinity|infinite|non-?finite|not finite)\b", re.IGNORECASE)),
)
"""Which messages mean what; the first that matches counts."""

_NONE_TYPE = re.compile(r"'?NoneType'?|\bNone\b")
_TESTS_FINITE = re.compile(r"isnan|isfinite|isinf|\bnan\b|torch\.inf\b|math\.inf\b", re.IGNORECASE)
_MOST_CAUSES = 4
_MOST_LOCALS = 200
_MOST_SUBJECTS = 8
_MOST_LINES = 20_000


@dataclass(frozen=True)
class Subject:
    """A tensor the exception is about, as the program calls it there, and what is known of it."""

    text: str
    facts: TensorFacts


@dataclass(frozen=True)
class Failure:
    """``error``: the exception (or one that led to it) that can be explained; ``roots``: where a backward was to begin."""

    error: BaseException
    kind: Kind
    subjects: tuple[Subject, ...] = ()
    roots: tuple[Subject, ...] = ()


def observe(error: BaseException) -> Failure | None:
    """What can be explained about ``error``; None when that is nothing. Call it while the program is still being recorded."""
    if not isinstance(error, Exception):
        return None  # Ctrl-C is no failure
    with contextlib.suppress(Exception):  # the program's exception is what matters
        return _read(error)
    return None


def explain(failure: Failure | None, path: Path) -> None:
    """Add notes to the exception that was observed. ``path``: the trace, which must be complete by now."""
    if failure is None:
        return
    with contextlib.suppress(Exception):  # as above
        from .explanations import add_notes  # noqa: PLC0415  the model of a trace, which recording does not need

        add_notes(failure, path)


def _read(error: BaseException) -> Failure | None:
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen and len(seen) < _MOST_CAUSES:
        failure = _read_one(one)
        if failure is not None:
            return failure
        seen.append(one)
        one = one.__cause__ or one.__context__
    return None


def _read_one(error: BaseException) -> Failure | None:
    frames = list(_frames(error.__traceback__))
    kind = _kind(error, frames)
    if kind is None:
        return None
    if kind == "no gradient":
        return Failure(error, kind, tuple(_without_gradient(frames)))
    if kind == "nonfinite":
        return Failure(error, kind, tuple(_nonfinite(frames)))
    if kind == "not a leaf":
        return Failure(error, kind, tuple(_local(frames, "add_param_group", "param")))
    roots = tuple(_local(frames, "backward", "tensors") or _local(frames, "grad", "outputs"))
    roots = _as_called(roots, frames)
    return Failure(error, kind, tuple(_local(frames, "grad", "inputs")), roots)


def _kind(error: BaseException, frames: Sequence[_Frame]) -> Kind | None:
    message = str(error)
    if isinstance(error, (AttributeError, TypeError)) and _NONE_TYPE.search(message):
        return "no gradient" if any("grad" in frame.text for frame in frames[-2:]) else None
    for kind, pattern in _MESSAGES:
        if pattern.search(message):
            return kind
    if isinstance(error, FloatingPointError) or (frames and _TESTS_FINITE.search(frames[-1].condition)):
        return "nonfinite"
    return None


# ---------------------------------------------------------------------------------------------------------------- subjects
def _without_gradient(frames: Sequence[_Frame]) -> Iterator[Subject]:
    """The tensors whose ``.grad`` the failing expression asked for, and which have none; else such leaves among the variables."""
    for frame in reversed(frames[-2:]):
        found = [
            Subject(ast.unparse(expression), facts)
            for expression in frame.owners_of("grad")
            if (facts := look_at(frame.value(expression))) is not None and not facts.has_gradient
        ]
        yield from found
        if found:
            return
    for frame in reversed(frames[-2:]):  # inside step(): the optimizer's parameters
        groups = getattr(frame.variables.get("optimizer", frame.variables.get("self")), "param_groups", None)
        for group in groups if isinstance(groups, list) else ():
            for parameter in group["params"][:_MOST_SUBJECTS]:
                facts = look_at(parameter)
                if facts is not None and not facts.has_gradient:
                    yield Subject("a parameter of the optimizer", facts)
                    return
    for frame in reversed(frames[-1:]):
        for name, value in list(frame.variables.items())[:_MOST_LOCALS]:
            facts = look_at(value)
            if facts is not None and facts.is_leaf and facts.requires_grad and not facts.has_gradient:
                yield Subject(name, facts)
                return


def _nonfinite(frames: Sequence[_Frame]) -> Iterator[Subject]:
    """The program's variables with a NaN or an infinity in them, from the innermost frame outwards."""
    for frame in reversed(frames):
        for name, value in list(frame.variables.items())[:_MOST_LOCALS]:
            facts = look_at(value, numbers=True)
            if facts is not None and facts.nonfinite:
                yield Subject(name, facts)
                return


def _local(frames: Sequence[_Frame], function: str, name: str) -> list[Subject]:
    """The tensors in variable ``name`` of the innermost call of a library's ``function``."""
    for frame in reversed(frames):
        if frame.function == function and name in frame.variables:
            value = frame.variables[name]
            values = value if isinstance(value, (list, tuple)) else [value]
            facts = [look_at(one) for one in values[:_MOST_SUBJECTS]]
            return [Subject("", one) for one in facts if one is not None]
    return []


def _as_called(roots: tuple[Subject, ...], frames: Sequence[_Frame]) -> tuple[Subject, ...]:
    """``roots`` with the program's words for them: ``loss`` when it says ``loss.backward()``."""
    if len(roots) == 1:
        for frame in reversed(frames):
            for expression in frame.owners_of("backward"):
                facts = look_at(frame.value(expression))
                if facts is not None and facts.tensor == roots[0].facts.tensor:
                    return (Subject(ast.unparse(expression), roots[0].facts),)
    return roots


# ------------------------------------------------------------------------------------------------------------------ frames
class _Frame:
    """One frame of a traceback: the expression that failed in it, and its variables."""

    def __init__(self, frame: FrameType, offset: int, line: int) -> None:
        self._frame = frame
        self._line = line
        code = frame.f_code
        self.function = code.co_name
        linecache.checkcache(code.co_filename)  # as for a traceback
        self._lines = linecache.getlines(code.co_filename, frame.f_globals)
        self.text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        positions = list(code.co_positions())
        self._position = positions[offset // 2] if 0 <= offset // 2 < len(positions) else (line, line, None, None)

    @property
    def variables(self) -> dict[str, Any]:
        """The frame's variables; for the top of a module, its names."""
        return self._frame.f_locals

    @property
    def condition(self) -> str:
        """The text of an assertion, or of the test around a ``raise``: the line itself and the one before it."""
        before = self._lines[self._line - 2] if 1 < self._line <= len(self._lines) else ""
        if self.text.lstrip().startswith("raise"):
            return before if before.lstrip().startswith(("if", "elif")) else ""
        return self.text if self.text.lstrip().startswith("assert") else ""

    def owners_of(self, attribute: str) -> list[ast.expr]:
        """The ``X`` of each ``X.attribute`` in what failed; in its whole line when what failed says nothing."""
        tree = self._tree()
        if tree is None:
            return []
        found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == attribute]
        found = [node for node in found if node.lineno <= self._line <= (node.end_lineno or node.lineno)]
        first, last, start, end = self._position
        if None not in (first, last, start, end):
            inside = [node for node in found if (node.lineno, node.col_offset) < (last, end) and _end(node) > (first, start)]
            found = inside or found
        return [node.value for node in found]

    def _tree(self) -> ast.AST | None:
        if not self._lines or len(self._lines) > _MOST_LINES:
            return None
        try:
            return ast.parse("".join(self._lines))
        except (SyntaxError, ValueError):
            return None

    def value(self, expression: ast.expr) -> object:
        """What a name, or a chain of attributes and items, stands for: looked up without running any code of the program."""
        if isinstance(expression, ast.Name):
            return self.variables.get(expression.id, self._frame.f_globals.get(expression.id))
        if isinstance(expression, ast.Attribute):
            return _attribute(self.value(expression.value), expression.attr)
        if isinstance(expression, ast.Subscript):
            key = expression.slice.value if isinstance(expression.slice, ast.Constant) else self.value(expression.slice)
            return _item(self.value(expression.value), key)
        return None


def _frames(traceback: TracebackType | None) -> Iterator[_Frame]:
    while traceback is not None:
        yield _Frame(traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
        traceback = traceback.tb_next


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _attribute(owner: object, name: str) -> object:
    """An attribute out of the object's own dictionary, or a module's parameters; properties are not run."""
    own = getattr(owner, "__dict__", None)
    if not isinstance(own, dict):
        return None
    for names in (own, own.get("_parameters"), own.get("_buffers"), own.get("_modules")):
        if isinstance(names, dict) and name in names:
            return names[name]
    return None


def _item(owner: object, key: object) -> object:
    if type(owner) in (list, tuple) and isinstance(key, int) and -len(owner) <= key < len(owner):  # type: ignore[arg-type]
        return owner[key]  # type: ignore[index]
    if type(owner) is dict:
        return owner.get(key) if isinstance(key, (str, int)) else None
    own = getattr(owner, "__dict__", None)  # nn.Sequential
    modules = own.get("_modules") if isinstance(own, dict) else None
    return modules.get(str(key)) if isinstance(modules, dict) else None
