"""Modules around one function: its name, its options with their defaults, and how they are printed."""

from __future__ import annotations

from typing import Any, ClassVar

from ..tensor import Tensor
from . import functional
from .module import Module

REQUIRED: Any = object()
"""Stands for a default where there is none."""


class FunctionModule(Module):
    """A module around one function of :mod:`.functional`; ``options`` are its keyword arguments and their defaults."""

    function: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {}
    shown: ClassVar[tuple[str, ...] | None] = None
    """Which options are printed; None: all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        given = dict(zip(self.options, args, strict=False)) | kwargs
        unknown = given.keys() - self.options.keys()
        name = type(self).__name__
        if unknown or len(args) > len(self.options):
            wrong = f"an unexpected keyword argument '{min(unknown)}'" if unknown else f"{len(args)} arguments"
            raise TypeError(f"{name} got {wrong}; it takes {', '.join(self.options) or 'none'}")
        for option, default in self.options.items():
            if option not in given and default is REQUIRED:
                raise TypeError(f"{name}.__init__() missing 1 required positional argument: '{option}'")
            setattr(self, option, given.get(option, default))

    def forward(self, *inputs: Tensor) -> Any:
        """Apply the function."""
        return getattr(functional, self.function)(*inputs, **{name: getattr(self, name) for name in self.options})

    def extra_repr(self) -> str:
        """The options."""
        shown = self.options if self.shown is None else self.shown
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in shown if name != "inplace" or self.inplace)
