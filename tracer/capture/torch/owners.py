"""What parameters of PyTorch's modules are called: see :mod:`..owners`."""

from __future__ import annotations

from typing import Any

from ..owners import ModuleOwners
from .probing import transforming
from .replicas import Replicas
from .session import Session
from .sharding import Sharding

__all__ = ["Owners"]


class Owners(ModuleOwners):
    """Gives parameters their names."""

    def __init__(self, session: Session, replicas: Replicas, sharding: Sharding) -> None:
        super().__init__()
        self._session = session
        self._replicas = replicas
        self._sharding = sharding

    def parameters(self, module: Any) -> dict[str, Any]:
        """By name; without what stands in for them in ``functional_call()``, unless that is a leaf itself."""
        if transforming() is not None:
            return {}
        named = self._sharding.names(module, self._replicas.inner(module).named_parameters())
        return {name: parameter for name, parameter in named.items() if parameter.is_leaf}

    def number(self, parameter: Any) -> int:
        """See :class:`.ModuleOwners`."""
        number: int = self._session.identities.tensor(parameter)
        return number

    def tell(self, parameter: Any, name: str) -> int:
        """See :class:`.ModuleOwners`."""
        return self._session.leaf(parameter, name)
