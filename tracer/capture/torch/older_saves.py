"""What nodes keep, with a PyTorch that shows it only unpacked (2.8 and older).

Unpacking runs the program's saved-tensor hooks, and a checkpointed forward with them. So it is noted when such hooks are in force:
what nodes keep that were made meanwhile, or before the recording, is not asked for. Unpacking also checks versions: what was
written since cannot be had, so what nodes kept is remembered with them.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from .loaded import torch
from .patches import Patches
from .probing import sequence_number

__all__ = ["SavedFact", "is_older", "is_readable", "keep", "remembered", "stand_in_for_hooks", "unpacked"]

_RAW, _UNPACKED = "_raw_saved_", "_saved_"
_KEPT = " saved"
_MODIFIED = "modified by an inplace operation"
_MOST_SPANS = 1 << 12


SavedFact = tuple[str, tuple[int, ...], int]
"""Slot, shape and storage of a tensor that a node keeps."""


class _Hooks(threading.local):
    """A thread's saved-tensor hooks: how many are in force, between which numbers of nodes some were, since when.

    What a thread makes is numbered from 0; those that are not watched from their beginning tell of nothing that they make.
    """

    def __init__(self) -> None:
        self.first = 0
        self.depth = 0
        self.starts: list[int] = []
        self.stops: list[int] = []
        _all_spans.append((self.starts, self.stops))


_all_spans: list[tuple[list[int], list[int]]] = []
_hooks = _Hooks()
_slots: dict[type, list[tuple[str, str]]] = {}


def stand_in_for_hooks(patches: Patches) -> None:
    """Hear of saved-tensor hooks from now on."""
    _hooks.first = sequence_number()
    module = torch._C._autograd
    for name, note in (("_push_saved_tensors_default_hooks", _pushed), ("_pop_saved_tensors_default_hooks", _popped)):
        patches.replace(module, name, _noting(getattr(module, name), note))


def _noting(original: Callable[..., Any], note: Callable[[], None]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        result = original(*args)
        note()
        return result

    return call


def _pushed() -> None:
    _hooks.depth += 1
    if _hooks.depth == 1:
        _hooks.starts.append(sequence_number())


def _popped() -> None:
    _hooks.depth = max(0, _hooks.depth - 1)
    if not _hooks.depth and len(_hooks.stops) < len(_hooks.starts):
        _hooks.stops.append(sequence_number())
        if len(_hooks.stops) > _MOST_SPANS:
            _hooks.first = _hooks.stops[_MOST_SPANS // 2 - 1]
            del _hooks.starts[: _MOST_SPANS // 2], _hooks.stops[: _MOST_SPANS // 2]


def is_readable(node: Any) -> bool:
    """Whether no hooks were in force when ``node`` was made; False also where that is not known."""
    if is_older(node):
        return False
    number = node._sequence_nr()
    for starts, stops in _all_spans:  # numbers are of a thread each, and nodes do not say of which
        place = bisect_right(starts, number) - 1
        if place >= 0 and (place >= len(stops) or number < stops[place]):
            return False
    return True


def is_older(node: Any) -> bool:
    """Whether ``node`` may have been made before the recording, when nobody heard of hooks."""
    number: int = node._sequence_nr()
    return number < _hooks.first


def unpacked(node: Any) -> Iterator[tuple[str, Any]]:
    """Slot and tensor of all that ``node`` keeps; instead of a tensor that was written since, the error that says so."""
    if not is_readable(node):
        return
    for attribute, slot in _slots_of(type(node)):
        try:
            content = getattr(node, attribute)
        except RuntimeError as error:
            if _MODIFIED in str(error):
                yield slot, error
            continue  # freed
        if isinstance(content, (tuple, list)):
            for index, one in enumerate(content):
                if one is not None:
                    yield str(index) if slot == "tensors" else f"{slot}[{index}]", _own(one, node)
        elif isinstance(content, torch.Tensor):
            yield slot, _own(content, node)


def _own(content: Any, node: Any) -> Any:
    """Of a result of the node's own it keeps the memory only."""
    return content.detach() if isinstance(content, torch.Tensor) and content.grad_fn is node else content


def _slots_of(node_type: type) -> list[tuple[str, str]]:
    slots = _slots.get(node_type)
    if slots is None:
        names = [name.removeprefix(_RAW) for name in dir(node_type) if name.startswith(_RAW)]
        slots = [(_UNPACKED + name if hasattr(node_type, _UNPACKED + name) else f"saved_{name}", name) for name in names]
        if len(_slots) > 1 << 12:  # a program that defines Functions in a loop
            _slots.clear()
        _slots[node_type] = slots
    return slots


def keep(key: str, node: Any, facts: list[SavedFact]) -> None:
    """Remember what was found, for the session with this key."""
    node.metadata[key + _KEPT] = facts


def remembered(key: str, node: Any) -> list[SavedFact]:
    """What :func:`keep` was given."""
    facts: list[SavedFact] = node.metadata.get(key + _KEPT, [])
    return facts
