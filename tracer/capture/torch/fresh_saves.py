"""What a node keeps that a call has just made: unpacked, which takes a fraction of the time that it takes to look at it raw.

Unpacking runs the program's saved-tensor hooks, and checks versions. Neither matters right after a built-in function has made the
node while no such hooks were in force; where that is not so, :mod:`.saved` looks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .loaded import torch
from .probing import default_hooks, dispatch_modes, has, saves_are_visible

__all__ = ["nothing_in_force", "saved_just_now"]

_RAW, _UNPACKED = "_raw_saved_", "_saved_"
_TYPES_KEPT = 1 << 12
_PythonNode = torch.autograd.function.FunctionCtx
_default_hooks: Callable[[bool], Any] | None = default_hooks
_dispatch_modes: Callable[[], Any] = dispatch_modes
_KNOWN = saves_are_visible and has("torch._C._len_torch_dispatch_stack")
_attributes: dict[type, list[tuple[str, str]] | None] = {}
_keep_results: set[type] = set()
"""Nodes that keep what they made, if they have one input: PyTorch leaves out only what no input needs."""


def nothing_in_force() -> bool:
    """Whether unpacking runs nothing of the program's: no saved-tensor hooks, nor a mode that would hear of copies being made."""
    return _KNOWN and _default_hooks is not None and _default_hooks(False) is None and not _dispatch_modes()


def saved_just_now(node: Any, result: Any, single: bool) -> list[tuple[str, Any]] | None:
    """Slot and tensor of all that ``node`` keeps; None when that cannot be had in this way.

    Instead of ``result``, which is what it made, there may be a copy that shares its memory. ``single``: the node has one input.
    """
    node_type = type(node)
    attributes = _attributes.get(node_type)
    if attributes is None:
        if node_type in _attributes:
            return None
        attributes = _attributes_of(node_type)
        if attributes is None:
            return None
    kept: list[tuple[str, Any]] = []
    try:
        for attribute in attributes:
            if single and attribute[1] == "result" and node_type in _keep_results:
                kept.append((attribute[1], result))
                continue
            content = getattr(node, attribute[0])
            if content is None:
                continue
            if type(content) is tuple or type(content) is list:
                kept.extend([(f"{attribute[1]}[{index}]", one) for index, one in enumerate(content) if one is not None])
            else:
                kept.append((attribute[1], content))
                if single and attribute[1] == "result" and content.grad_fn is node and not content.output_nr:
                    _keep_results.add(node_type)
    except RuntimeError:  # freed already, or written since
        return None
    return kept


def _attributes_of(node_type: type) -> list[tuple[str, str]] | None:
    """Attributes that unpack, and what events call them. A custom function's are its own."""
    if len(_attributes) > _TYPES_KEPT:  # a program that defines functions in a loop
        _attributes.clear()
    slots = [name.removeprefix(_RAW) for name in dir(node_type) if name.startswith(_RAW)]
    known = not issubclass(node_type, _PythonNode) and all(hasattr(node_type, _UNPACKED + slot) for slot in slots)
    attributes = _attributes[node_type] = [(_UNPACKED + slot, slot) for slot in slots] if known else None
    return attributes
