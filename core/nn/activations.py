"""Activation functions as modules: each names its function in :mod:`.functional` and the options it hands on."""

from __future__ import annotations

from typing import Any, ClassVar

from ..tensor import Tensor
from . import functional
from .module import Module


class _Activation(Module):
    """A module around one function; ``options`` are its keyword arguments and their defaults."""

    function: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {}
    shown: ClassVar[tuple[str, ...] | None] = None  # which options are printed; None: all

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        given = dict(zip(self.options, args, strict=False)) | kwargs
        unknown = given.keys() - self.options.keys()
        if unknown or len(args) > len(self.options):
            wrong = f"an unexpected keyword argument '{min(unknown)}'" if unknown else f"{len(args)} arguments"
            raise TypeError(f"{type(self).__name__} got {wrong}; it takes {', '.join(self.options) or 'none'}")
        for name, default in self.options.items():
            setattr(self, name, given.get(name, default))

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        result: Tensor = getattr(functional, self.function)(input, **{name: getattr(self, name) for name in self.options})
        return result

    def extra_repr(self) -> str:
        """The options."""
        shown = self.options if self.shown is None else self.shown
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in shown if name != "inplace" or self.inplace)


class ReLU(_Activation):
    """max(0, x)."""

    function, options = "relu", {"inplace": False}


class LeakyReLU(_Activation):
    """x for positive x, else ``negative_slope`` times x."""

    function, options = "leaky_relu", {"negative_slope": 0.01, "inplace": False}


class ELU(_Activation):
    """x for positive x, else ``alpha`` (exp(x) - 1)."""

    function, options = "elu", {"alpha": 1.0, "inplace": False}


class GELU(_Activation):
    """x times the normal distribution function of x."""

    function, options = "gelu", {"approximate": "none"}


class SiLU(_Activation):
    """x sigmoid(x)."""

    function, options = "silu", {"inplace": False}


class Softplus(_Activation):
    """log(1 + exp(beta x)) / beta."""

    function, options = "softplus", {"beta": 1.0, "threshold": 20.0}


class Tanh(_Activation):
    """tanh(x)."""

    function = "tanh"


class Sigmoid(_Activation):
    """1 / (1 + exp(-x))."""

    function = "sigmoid"


class Softmax(_Activation):
    """exp(x), scaled to sum 1 along ``dim``."""

    function, options = "softmax", {"dim": None}


class LogSoftmax(_Activation):
    """The logarithm of softmax along ``dim``."""

    function, options = "log_softmax", {"dim": None}
