"""Less usual functions of ``torch`` that are methods of Tensor, too: one table, like that of :mod:`.methods`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import calling
from .inplace import in_place
from .ops import activations, factorizations, gamma, order_statistics, renorming, signs, special_functions
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
    "cholesky": factorizations.old_cholesky,
    "cholesky_inverse": factorizations.cholesky_inverse,
    "cholesky_solve": factorizations.cholesky_solve,
    "lu": factorizations.old_lu,
    "lu_solve": factorizations.old_lu_solve,
    "matrix_exp": factorizations.matrix_exp,
    "triangular_solve": factorizations.triangular_solve,
    "renorm": renorming.renorm,
    "index_reduce": renorming.index_reduce,
    "as_strided_scatter": renorming.as_strided_scatter,
    "unsafe_split": renorming.unsafe_split,
    "unsafe_chunk": renorming.unsafe_chunk,
    "unsafe_split_with_sizes": renorming.unsafe_split_with_sizes,
    "nonzero_static": renorming.nonzero_static,
    "histogram": order_statistics.histogram,
}
"""Methods that are functions of ``torch``."""

TENSOR_OPERANDS = ("gcd", "lcm", "nextafter", "igamma", "igammac")
"""Functions of two tensors which take no number."""

ONLY_METHODS: dict[str, Method] = {"hardshrink": activations.hardshrink, "prelu": activations.prelu}
"""Methods that ``torch`` has under the same name already."""

OTHER_ORDER: dict[str, tuple[Method, Method]] = {
    "polygamma": (gamma.polygamma, gamma.polygamma_method),
}
"""Functions whose method takes its arguments in another order: the function, the method."""

IN_PLACE = [
    "heaviside",
    "gcd",
    "lcm",
    "nextafter",
    "lgamma",
    "digamma",
    "mvlgamma",
    "igamma",
    "igammac",
    "i0",
    "renorm",
    "index_reduce",
]
"""Methods that have an in-place variant ``name_``."""

IN_PLACE_ONLY: dict[str, Method] = {"polygamma_": gamma.polygamma_in_place}
"""In-place variants with a node of their own."""


IN_PLACE_FUNCTIONS = [
    "abs_",
    "acos_",
    "acosh_",
    "addmv_",
    "arccos_",
    "arccosh_",
    "arcsin_",
    "arcsinh_",
    "arctan_",
    "arctanh_",
    "asin_",
    "asinh_",
    "atan_",
    "atanh_",
    "ceil_",
    "clamp_",
    "clamp_max_",
    "clamp_min_",
    "clip_",
    "cos_",
    "cosh_",
    "deg2rad_",
    "detach_",
    "erf_",
    "erfc_",
    "exp2_",
    "exp_",
    "expm1_",
    "fix_",
    "floor_",
    "frac_",
    "gcd_",
    "i0_",
    "index_put_",
    "lcm_",
    "ldexp_",
    "log10_",
    "log1p_",
    "log2_",
    "log_",
    "logit_",
    "nan_to_num_",
    "neg_",
    "negative_",
    "rad2deg_",
    "reciprocal_",
    "round_",
    "rsqrt_",
    "sigmoid_",
    "sin_",
    "sinc_",
    "sinh_",
    "sqrt_",
    "square_",
    "tan_",
    "tanh_",
    "trunc_",
    "xlogy_",
]
"""In-place methods that are functions of ``torch``, too."""


def _in_place_function(name: str) -> Method:
    method: Method = getattr(Tensor, name)

    def function(*arguments: Any, **options: Any) -> Any:
        if "input" in options:
            arguments = (options.pop("input"), *arguments)
        if arguments and not isinstance(arguments[0], Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(arguments[0]).__name__}")
        return method(*arguments, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = method.__doc__
    return function


def in_place_functions() -> dict[str, Method]:
    """``torch.exp_`` and the like; to be called when the methods are attached."""
    return {name: _in_place_function(name) for name in IN_PLACE_FUNCTIONS}


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
    for name, method in ONLY_METHODS.items():
        setattr(Tensor, name, method)
    for name in IN_PLACE:
        setattr(Tensor, name + "_", in_place(METHODS[name], name + "_"))
    for name, (_, method) in OTHER_ORDER.items():
        setattr(Tensor, name, method)
    for name, function in IN_PLACE_ONLY.items():
        setattr(Tensor, name, in_place(function, name))
