"""What the program calls an object: the variable that it is, or is in. Runs no code of the program's."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from types import CellType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

from .lookup import find

__all__ = ["variables_of"]

_MOST_ITEMS = 1_000
_MOST_OBJECTS = 20_000
_DEEPEST = 5
_ATOMS = (str, bytes, int, float, complex, bool, type(None), type, ModuleType)
_OTHERS = ("torch.", "numpy.", "builtins.", f"{__package__.partition('.tracer')[0]}.core.")
_ENGINES = ("torch", _OTHERS[-1].removesuffix("."))


def variables_of(objects: Iterable[Any], namespaces: Sequence[Mapping[str, Any]], taken: Container[str] = ()) -> dict[int, str]:
    """By the ``id`` of each object that is found: ``"w"``, ``"params[3]"``, ``"nets['a']"``, ``"trainer.model"``.

    Looked at are the variables of ``namespaces``, then what is in lists, tuples, dictionaries, modules, plain objects and what
    functions have kept, the nearest first; a bounded number. Names that are ``taken`` are passed over, and none is given twice.
    """
    wanted = {id(one) for one in objects}
    found: dict[int, str] = {}
    given: set[str] = set()
    kinds = _Kinds()
    seen: set[int] = set()
    level = [
        (name, value)
        for namespace in namespaces
        for name, value in namespace.items()
        if type(name) is str and name.isidentifier() and not name.startswith("_")
    ]
    for _ in range(_DEEPEST):
        inner: list[tuple[str, Any]] = []
        for name, value in level:
            key = id(value)
            if key in wanted and key not in found and name not in taken and name not in given:
                found[key] = name
                given.add(name)
            if key not in seen and not issubclass(type(value), _ATOMS) and len(seen) + len(inner) < _MOST_OBJECTS:
                seen.add(key)
                inner += _inside(name, value, kinds)
        if len(found) == len(wanted):
            break
        level = inner
    return found


class _Kinds:
    """Classes of PyTorch and of gradtrace's core, as far as the program has loaded them."""

    def __init__(self) -> None:
        self.tensors = self._found("Tensor")
        self.modules = self._found("nn.Module")
        self.numbered = self._found("nn.ModuleList", "nn.Sequential", "nn.ParameterList")

    def _found(self, *names: str) -> tuple[type, ...]:
        return tuple(one for engine in _ENGINES for name in names if isinstance(one := find(f"{engine}.{name}"), type))


def _inside(name: str, value: Any, kinds: _Kinds) -> list[tuple[str, Any]]:
    """The items or attributes of an object, with what to call each."""
    kind = type(value)  # what isinstance() asks besides may be code of the program's
    if issubclass(kind, (list, tuple)):
        items = (list if issubclass(kind, list) else tuple).__getitem__(value, slice(_MOST_ITEMS))
        fields = kind.__dict__.get("_fields")
        if type(fields) is tuple and len(fields) == len(items):  # a named one
            return [(f"{name}.{field}", item) for field, item in zip(fields, items, strict=True)]
        return [(f"{name}[{index}]", item) for index, item in enumerate(items)]
    if issubclass(kind, kinds.tensors):
        return []
    if issubclass(kind, dict):
        entries = list(dict.items(value))[:_MOST_ITEMS]
        return [(f"{name}[{key!r}]", item) for key, item in entries if type(key) in (str, int)]
    if kind is FunctionType:
        cells = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
        return [(f"{name}.{variable}", item) for variable, cell in cells for item in _in_cell(cell)]
    if kind is MethodType:
        return [(name, item) for _, item in _inside(name, value.__self__, kinds)]
    is_module = issubclass(kind, kinds.modules)
    if not is_module and f"{kind.__module__}.".startswith(_OTHERS):
        return []
    attributes = _attributes(value)
    if not is_module:
        return [(f"{name}.{key}", item) for key, item in list(attributes.items())[:_MOST_ITEMS]]
    in_brackets = issubclass(kind, kinds.numbered)
    members = {**attributes.get("_parameters", {}), **attributes.get("_modules", {})}
    return [(f"{name}[{key}]" if in_brackets else f"{name}.{key}", item) for key, item in members.items()]


def _in_cell(cell: CellType) -> tuple[Any, ...]:
    try:
        return (cell.cell_contents,)
    except ValueError:  # nothing has been assigned to the variable
        return ()


def _attributes(value: Any) -> dict[str, Any]:
    """What an object keeps under which name, in a dictionary of its own or in slots."""
    try:
        attributes: dict[str, Any] = object.__getattribute__(value, "__dict__")
    except AttributeError:
        attributes = {}
    if type(attributes) is not dict:
        return {}
    slots = [
        (name, slot) for kind in type(value).__mro__ for name, slot in kind.__dict__.items() if type(slot) is MemberDescriptorType
    ]
    return {**attributes, **{name: item for name, slot in slots for item in _in_slot(slot, value)}} if slots else attributes


def _in_slot(slot: MemberDescriptorType, value: Any) -> tuple[Any, ...]:
    try:
        return (slot.__get__(value),)
    except AttributeError:  # it is empty
        return ()
