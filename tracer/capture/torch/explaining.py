"""What is added to an exception: which write, or which earlier backward, made one of the engine inevitable; facts about tensors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from ....core.events import NONE
from ...explanations_facts import TensorFacts
from .loaded import torch
from .numbers import broken, first_broken
from .saved import saved_facts

if TYPE_CHECKING:
    from .graph import NodeInfo
    from .passes import EnginePass
    from .session import Session

__all__ = ["Explanation", "explain", "explained", "line_of", "look"]

_Place = tuple[CodeType, int] | None

_MODIFIED = re.compile(r"modified by an inplace operation: .* is at version (\d+); expected version (\d+)", re.DOTALL)
_FREED = re.compile(r"backward through the graph a second time|have already been freed")


_sessions: list[Session] = []


@contextmanager
def explained(session: Session) -> Iterator[None]:
    """While this lasts, :func:`look` knows the tensors of ``session``."""
    _sessions.append(session)
    try:
        yield
    finally:
        _sessions.remove(session)


def look(value: Any, numbers: bool) -> TensorFacts | None:
    """The facts about a tensor of PyTorch; None for anything else, and when PyTorch is not being recorded."""
    if not _sessions or not isinstance(value, torch.Tensor):
        return None
    session = _sessions[-1]
    with torch._C.DisableTorchFunction():
        node = value.grad_fn
        info = node.metadata.get(session.key) if node is not None else None
        return TensorFacts(
            session.identities.tensor(value),
            info.number if info is not None else NONE,
            tuple(value.shape),
            value.requires_grad,
            value.is_leaf,
            value.is_leaf and value.grad is not None,
            *(_where_broken(session, value) if numbers else ("", "")),
        )


def _where_broken(session: Session, tensor: Any) -> tuple[str, str]:
    """What is not finite in ``tensor``, and where the forward made it, as far as its graph still knows."""
    found = broken(tensor)
    if not found:
        return "", ""
    origin = first_broken(tensor.grad_fn) if tensor.grad_fn is not None else None
    if origin is None:
        return found, _last_write(session, tensor)
    node, what, shown = origin
    info = node.metadata.get(session.key)
    title = info.title() if info is not None else node.name()
    return found, f". The first in its graph: {title} {what}{_last_write(session, shown)}"


def _last_write(session: Session, tensor: Any) -> str:
    writes = session.writes.since(session.identities.storage(tensor), -1)
    return f", which {writes[-1].op}() had written at {line_of(writes[-1].place)}" if writes else ""


class Explanation(NamedTuple):
    """``notes`` for the exception; ``storage`` and ``version`` of the saved tensor behind an in-place error."""

    notes: list[str]
    storage: int = NONE
    version: int = -1


def explain(session: Session, error: BaseException, pass_: EnginePass, info: NodeInfo, roots: list[Any]) -> Explanation:
    """Why ``info``'s node could not run. ``roots`` are the pass's root nodes, to find that node again."""
    message = str(error)
    modified = _MODIFIED.search(message)
    if modified is not None:
        return _explain_write(session, info, roots, int(modified[1]), int(modified[2]))
    freed_by = info.freed_by
    if _FREED.search(message) and freed_by is not None and freed_by is not pass_:
        return Explanation(
            [
                f"gradtrace: {info.title()} had its saved tensors freed by the {freed_by.call} at {line_of(freed_by.place)}; "
                "retain_graph=True there keeps them"
            ]
        )
    return Explanation([f"gradtrace: raised in {info.title()}"])


def _explain_write(session: Session, info: NodeInfo, roots: list[Any], version: int, expected: int) -> Explanation:
    node = _find(session.key, info, roots)
    for slot, shape, storage in saved_facts(session, node) if node is not None else ():
        writes = session.writes.since(storage, expected)
        if not writes or writes[-1].after != version:
            continue
        notes = [f"gradtrace: {info.title()} saved {slot} {shape} at version {expected}"]
        notes += [
            f"gradtrace: {write.op}() moved it from version {write.before} to {write.after} at {line_of(write.place)}"
            for write in writes
        ]
        return Explanation(notes, storage, expected)
    return Explanation([f"gradtrace: raised in {info.title()}"])


def _find(key: str, wanted: NodeInfo, roots: list[Any]) -> Any:
    """The node of ``wanted`` below ``roots``."""
    stack, seen = list(roots), set()
    while stack:
        node = stack.pop()
        info = node.metadata.get(key)
        if info is wanted:
            return node
        for next_node, _ in node.next_functions:
            if next_node is not None and next_node not in seen:
                seen.add(next_node)
                stack.append(next_node)
    return None


def line_of(place: _Place) -> str:
    """``"train.py:12"``."""
    if place is None:
        return "an unknown line"
    code, offset = place
    lines = [line for start, end, line in code.co_lines() if start <= offset < end]
    return f"{Path(code.co_filename).name}:{lines[0] if lines and lines[0] else code.co_firstlineno}"
