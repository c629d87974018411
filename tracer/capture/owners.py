"""What parameters are called: as the outermost module called has them, behind its variable where modules have the same names.

A GAN's two networks, or a policy and its target, would otherwise both have a ``main.0.weight``.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from itertools import chain, count
from types import CodeType, FrameType
from typing import Any
from weakref import WeakKeyDictionary, ref

from ...core import events
from ..positions import callee_at, is_plumbing
from .torch.namespaces import names_here

__all__ = ["ModuleOwners"]


class _Owner:
    """An outermost module that has parameters: where it was called first, and whether its parameters' names begin with its own."""

    def __init__(self, module: Any) -> None:
        self.module = ref(module)
        self.name = type(module).__name__
        self.called = _where_called()
        self.prefix = ""

    def variable(self) -> str:
        """``"netD"``, where it was called as ``netD(x)``; ``"actor"`` for ``self.actor(x)``; else empty."""
        text = callee_at(*self.called) if self.called is not None else ""
        return "" if text == "self" else text.removeprefix("self.")


class ModuleOwners(ABC):
    """Gives the parameters of one library's modules their names."""

    def __init__(self) -> None:
        self._owners: WeakKeyDictionary[Any, _Owner] = WeakKeyDictionary()
        self._first: dict[str, _Owner] = {}
        self._prefixes: set[str] = set()
        self._told: dict[int, str] = {}

    @abstractmethod
    def parameters(self, module: Any) -> dict[str, Any]:
        """The leaves in a module, by name."""

    @abstractmethod
    def number(self, parameter: Any) -> int:
        """The id by which events speak of a leaf."""

    @abstractmethod
    def tell(self, parameter: Any, name: str) -> int:
        """Tell the sink what a leaf is called, unless it knows. Returns the leaf's id."""

    def name_parameters(self, outermost: Any) -> None:
        """Tell the names of the parameters of a module that was called from outside any other."""
        parameters = self.parameters(outermost)
        if not parameters:
            return
        owner = self._owners.get(outermost)
        if owner is None:
            owner = self._owners[outermost] = _Owner(outermost)
        if not owner.prefix:
            for name, parameter in parameters.items():
                if self._told.get(self.number(parameter), "").endswith(f".{name}"):  # a part of a module
                    continue
                first = self._first.setdefault(name, owner)
                if first is not owner and self._tell_apart(owner, first, name, parameter):
                    break
        self._tell(owner, parameters)

    def _tell_apart(self, owner: _Owner, other: _Owner, name: str, parameter: Any) -> bool:
        """Give both of two modules that have a parameter ``name`` a prefix, unless they share it, or one is no more."""
        module = other.module()
        if module is None:
            self._first[name] = owner
            return False
        theirs = self.parameters(module)
        if theirs.get(name) is None or self.number(theirs[name]) == self.number(parameter):
            return False
        if not other.prefix:
            other.prefix = self._prefix(other)
            self._tell(other, theirs)
        owner.prefix = self._prefix(owner)
        return True

    def _prefix(self, owner: _Owner) -> str:
        """The text by which no other module is called, or the variable that the module is or is in, or its class."""
        module, text, name = owner.module(), owner.variable(), owner.name
        texts = [one.variable() for one in list(self._owners.values())]
        found = names_here([module], {text}).get(id(module), "") if texts.count(text) > 1 or not text else ""
        candidates = chain([found or text] if found or texts.count(text) == 1 else [], [name], (f"{name}{n}" for n in count(2)))
        prefix = next(one for one in candidates if one and one not in self._prefixes)
        self._prefixes.add(prefix)
        return prefix

    def _tell(self, owner: _Owner, parameters: dict[str, Any]) -> None:
        for name, parameter in parameters.items():
            full_name = f"{owner.prefix}.{name}" if owner.prefix else name
            self._told[self.tell(parameter, full_name)] = full_name


def _where_called() -> tuple[CodeType, int] | None:
    """The call of a module that is under way; None when something of the library's own calls it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_plumbing(frame.f_code.co_filename):
        if frame.f_code.co_filename.endswith(".py") and frame.f_globals.get("__name__") not in _BETWEEN:
            return None
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


_CORE = events.__name__.removesuffix(".events")
_BETWEEN = frozenset(
    f"{package}.{module}"
    for package, modules in {
        __package__: ("owners", "core", "torch.owners", "torch.modules"),
        _CORE: ("nn.module", "nn.scopes"),
        "torch": ("nn.modules.module",),
    }.items()
    for module in modules
)
"""The modules whose functions stand between the user's call of a module and :func:`_where_called`."""
