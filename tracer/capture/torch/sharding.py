"""Models whose parameters are spread over processes: what they are called, and that not all of what happens to them is recorded.

FSDP keeps a part of each parameter in each process. For the time of a module's forward and backward it puts whole parameters in
their places, other leaves than those that the optimizer knows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from .session import Session, without_torch_function

__all__ = ["Sharding"]

_WRAPPED = "_fsdp_wrapped_module."


class Sharding:
    """Notices such models. ``active``: there is one whose modules get whole parameters for the time of their forward."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.active = False

    def names(self, outermost: Any, parameters: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """The parameters of a model by what to call them."""
        named = dict(parameters)
        fully_sharded, flattened = _class("torch.distributed.fsdp", "FSDPModule"), _class("torch.distributed.fsdp", _FLATTENED)
        spread = _spread_tensor()
        modules = list(outermost.modules()) if fully_sharded or flattened else []
        sharded = any(isinstance(module, fully_sharded) for module in modules)
        flat = any(isinstance(module, flattened) for module in modules)
        self.active |= sharded
        if sharded or flat or any(isinstance(parameter, spread) for parameter in named.values()):
            self._session.coverage.met("parallel")
        if flat:
            return {name.replace(_WRAPPED, ""): parameter for name, parameter in named.items()}
        if sharded:
            return {f"{name} (shard)" if isinstance(one, spread) else name: one for name, one in named.items()}
        return named

    def leaving(self, module: Any, path: str) -> None:
        """The forward of a module is over, and its whole parameters are still in their places."""
        if not isinstance(module, _class("torch.distributed.fsdp", "FSDPModule")):
            return
        spread = _spread_tensor()
        with without_torch_function():
            for name, parameter in module.named_parameters():
                if not isinstance(parameter, spread):
                    self._session.leaf(parameter, f"{path}.{name}" if path else name)


_FLATTENED = "FullyShardedDataParallel"


def _class(module: str, name: str) -> Any:
    """A class of PyTorch's if its module is loaded; else what nothing is an instance of."""
    return getattr(sys.modules.get(module), name, ())


def _spread_tensor() -> Any:
    return _class("torch.distributed.tensor", "DTensor") or _class("torch.distributed._tensor", "DTensor")
