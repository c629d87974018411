"""Less usual functions of ``torch`` that are methods of Tensor, too: one table, like that of :mod:`.methods`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import calling
from .inplace import in_place
from .ops import gamma, signs, special_functions
from .tensor import Tensor

Method = Callable[..., Any]

METHODS: dict[str, Method] = {
    "isposinf": signs.isposinf,
    "isneginf": signs.isneginf,
    "isreal": signs.isreal,
    "signbit": signs.signbit,
    "heaviside": signs.heaviside,
    "angle": signs.angle,
    "gcd": signs.gcd,
    "lcm": signs.lcm,
    "nextafter": signs.nextafter,
    "frexp": signs.frexp,
    "lgamma": gamma.lgamma,
    "digamma": gamma.digamma,
    "mvlgamma": gamma.mvlgamma,
    "igamma": gamma.igamma,
    "igammac": gamma.igammac,
    "i0": special_functions.i0,
}
"""Methods that are functions of ``torch``."""

TENSOR_OPERANDS = ("gcd", "lcm", "nextafter", "igamma", "igammac")
"""Functions of two tensors which take no number."""

OTHER_ORDER: dict[str, tuple[Method, Method]] = {
    "polygamma": (gamma.polygamma, gamma.polygamma_method),
}
"""Functions whose method takes its arguments in another order: the function, the method."""

IN_PLACE = ["heaviside", "gcd", "lcm", "nextafter", "lgamma", "digamma", "mvlgamma", "igamma", "igammac", "i0"]
"""Methods that have an in-place variant ``name_``."""

IN_PLACE_ONLY: dict[str, Method] = {"polygamma_": gamma.polygamma_in_place}
"""In-place variants with a node of their own."""


FUNCTIONS: dict[str, Method] = {
    **{name: calling.as_function(name, method) for name, method in METHODS.items()},
    **{name: calling.as_function(name, calling.tensor_operand(name, METHODS[name], 2)) for name in TENSOR_OPERANDS},
    **{name: function for name, (function, _) in OTHER_ORDER.items()},
}
"""The same as functions of ``torch``."""


def attach() -> None:
    """Put them on Tensor."""
    for name, method in METHODS.items():
        setattr(Tensor, name, calling.tensor_operand(name, method, 1) if name in TENSOR_OPERANDS else method)
    for name in IN_PLACE:
        setattr(Tensor, name + "_", in_place(METHODS[name], name + "_"))
    for name, (_, method) in OTHER_ORDER.items():
        setattr(Tensor, name, method)
    for name, function in IN_PLACE_ONLY.items():
        setattr(Tensor, name, in_place(function, name))
