"""What parameters are called: as the outermost module called has them, behind its variable where modules have the same names.

A GAN's two networks, or a policy and its target, would otherwise both have a ``main.0.weight``.
"""

from __future__ import annotations

import sys
from itertools import chain, count
from types import CodeType, FrameType
from typing import Any
from weakref import WeakKeyDictionary, ref

from ...positions import callee_at, is_plumbing
from .namespaces import names_here
from .probing import transforming
from .replicas import Replicas
from .session import Session
from .sharding import Sharding

__all__ = ["Owners"]


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


class Owners:
    """Gives parameters their names."""

    def __init__(self, session: Session, replicas: Replicas, sharding: Sharding) -> None:
        self._session = session
        self._replicas = replicas
        self._sharding = sharding
        self._owners: WeakKeyDictionary[Any, _Owner] = WeakKeyDictionary()
        self._first: dict[str, _Owner] = {}
        self._prefixes: set[str] = set()
        self._told: dict[int, str] = {}

    def name_parameters(self, outermost: Any) -> None:
        """Tell the names of the parameters of a module that was called from outside any other."""
        parameters = self._parameters(outermost)
        if not parameters:
            return
        owner = self._owners.get(outermost)
        if owner is None:
            owner = self._owners[outermost] = _Owner(outermost)
        if not owner.prefix:
            for name, parameter in parameters.items():
                if self._told.get(self._session.identities.tensor(parameter), "").endswith(f".{name}"):  # a part of a module
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
        theirs = self._parameters(module)
        if theirs.get(name) is None or theirs[name] is parameter:
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

    def _parameters(self, module: Any) -> dict[str, Any]:
        """By name; without what stands in for them in ``functional_call()``, unless that is a leaf itself."""
        if transforming() is not None:
            return {}
        named = self._sharding.names(module, self._replicas.inner(module).named_parameters())
        return {name: parameter for name, parameter in named.items() if parameter.is_leaf}

    def _tell(self, owner: _Owner, parameters: dict[str, Any]) -> None:
        for name, parameter in parameters.items():
            full_name = f"{owner.prefix}.{name}" if owner.prefix else name
            self._told[self._session.leaf(parameter, full_name)] = full_name


def _where_called() -> tuple[CodeType, int] | None:
    """The call of a module that is under way; None when something of PyTorch calls it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_plumbing(frame.f_code.co_filename):
        if frame.f_code.co_filename.endswith(".py") and frame.f_globals.get("__name__") not in _BETWEEN:
            return None
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


_BETWEEN = (__name__, f"{__package__}.modules", "torch.nn.modules.module")
