"""What the program calls an object: the global variable that it is, or is in. Runs no code of the program's."""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from ...positions import is_plumbing
from .loaded import torch

__all__ = ["global_variables", "variables_of"]

_IN_HEAD = ("UNPACK_SEQUENCE", "UNPACK_EX", "EXTENDED_ARG", "CACHE", "LOAD_NAME", "LOAD_GLOBAL")
_MOST_ITEMS = 1_000
_MOST_OBJECTS = 20_000
_DEEPEST = 3
_ATOMS = (str, bytes, int, float, complex, bool, type(None), type, ModuleType, FunctionType)
_OTHERS = ("torch", "numpy", "builtins")


def variables_of(objects: Iterable[Any], namespaces: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """By the ``id`` of each object that is found: ``"w"``, ``"params[3]"``, ``"nets['a']"``, ``"trainer.model"``.

    Looked at are the variables of ``namespaces``, then what is in lists, tuples, dictionaries, modules and plain objects, the
    nearest first; a bounded number.
    """
    wanted = {id(one) for one in objects}
    found: dict[int, str] = {}
    seen: set[int] = set()
    level = [(name, value) for namespace in namespaces for name, value in namespace.items() if not name.startswith("_")]
    for _ in range(_DEEPEST):
        inner: list[tuple[str, Any]] = []
        for name, value in level:
            key = id(value)
            if key in wanted:
                found.setdefault(key, name)
            if key not in seen and not issubclass(type(value), _ATOMS) and len(seen) + len(inner) < _MOST_OBJECTS:
                seen.add(key)
                inner += _inside(name, value)
        if len(found) == len(wanted):
            break
        level = inner
    return found


def _inside(name: str, value: Any) -> list[tuple[str, Any]]:
    """The items or attributes of an object, with what to call each."""
    kind = type(value)  # what isinstance() asks besides may be code of the program's
    if issubclass(kind, (list, tuple)):
        items = (list if issubclass(kind, list) else tuple).__getitem__(value, slice(_MOST_ITEMS))
        return [(f"{name}[{index}]", item) for index, item in enumerate(items)]
    if issubclass(kind, torch.Tensor):
        return []
    if issubclass(kind, dict):
        entries = list(dict.items(value))[:_MOST_ITEMS]
        return [(f"{name}[{key!r}]", item) for key, item in entries if type(key) in (str, int)]
    is_module = issubclass(kind, torch.nn.Module)
    if not is_module and kind.__module__.partition(".")[0] in _OTHERS:
        return []
    attributes = _attributes(value)
    if not is_module:
        return [(f"{name}.{key}", item) for key, item in list(attributes.items())[:_MOST_ITEMS]]
    in_brackets = issubclass(kind, (torch.nn.ModuleList, torch.nn.Sequential, torch.nn.ParameterList))
    members = {**attributes.get("_parameters", {}), **attributes.get("_modules", {})}
    return [(f"{name}[{key}]" if in_brackets else f"{name}.{key}", item) for key, item in members.items()]


def _attributes(value: Any) -> dict[str, Any]:
    try:
        attributes: dict[str, Any] = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return attributes if type(attributes) is dict else {}


def global_variables() -> list[dict[str, Any]]:
    """The global variables of the user's functions under way, innermost first, but for those of loops.

    Local ones cannot be looked at without a trace of that: Python would keep a copy of them.
    """
    namespaces: dict[int, dict[str, Any]] = {}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_plumbing(frame.f_code.co_filename):
            namespaces.setdefault(id(frame.f_globals), dict(frame.f_globals))
            if frame.f_code.co_name == "<module>":
                for name in _loop_variables(frame.f_code):
                    namespaces[id(frame.f_globals)].pop(name, None)
        frame = frame.f_back
    return list(namespaces.values())


def _loop_variables(code: CodeType) -> Iterable[str]:
    """The variables that loops of a module give values to: the same for many objects."""
    in_head = False
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("STORE_NAME", "STORE_GLOBAL") and in_head:
            yield str(instruction.argval)
        else:
            in_head = instruction.opname == "FOR_ITER" or (in_head and instruction.opname in _IN_HEAD)
