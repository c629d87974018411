"""What parameters of PyTorch's modules are called: see :mod:`..owners`."""

from __future__ import annotations

from typing import Any

from ..owners import ModuleOwners
from .probing import transforming
from .replicas import Replicas
from .session import Session
from .sharding import Sharding

__all__ = ["Owners"]

_STRAYS_KEPT = 1 << 12


class Owners(ModuleOwners):
    """Gives parameters their names."""

    def __init__(self, session: Session, replicas: Replicas, sharding: Sharding, strays: dict[int, str]) -> None:
        super().__init__()
        self._strays = strays
        self._session = session
        self._replicas = replicas
        self._sharding = sharding

    def parameters(self, module: Any) -> dict[str, Any]:
        """By name; without what stands in for them in ``functional_call()``, unless that is a leaf itself."""
        if transforming() is not None:
            return {}
        named = self._sharding.names(module, self._replicas.inner(module).named_parameters())
        return {name: parameter for name, parameter in named.items() if parameter.is_leaf}

    def stray(self, module: Any, around: str) -> None:
        """A module is called inside the one at ``around`` without being part of it: made on the spot, or kept in a list."""
        path = f"{around}.{type(module).__name__}" if around else type(module).__name__
        if len(self._strays) > _STRAYS_KEPT:
            self._strays.clear()
        for name, parameter in self.parameters(module).items():
            self._strays.setdefault(self.number(parameter), f"{path}.{name}")

    def number(self, parameter: Any) -> int:
        """See :class:`.ModuleOwners`."""
        number: int = self._session.identities.tensor(parameter)
        return number

    def tell(self, parameter: Any, name: str) -> int:
        """See :class:`.ModuleOwners`."""
        return self._session.leaf(parameter, name)
