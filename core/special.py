"""``torch.special``: functions of mathematics, many of which are known by other names in ``torch``, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calling import as_function, tensor_operand
from .ops import activations, gamma, logarithms, special_functions, statistics, unary

_Function = Callable[..., Any]

_FUNCTIONS: dict[str, _Function] = {
    "digamma": gamma.digamma,
    "entr": special_functions.entr,
    "erf": unary.erf,
    "erfc": unary.erfc,
    "erfcx": special_functions.erfcx,
    "erfinv": unary.erfinv,
    "exp2": unary.exp2,
    "expit": unary.sigmoid,
    "expm1": unary.expm1,
    "gammainc": tensor_operand("special_gammainc", gamma.igamma, 2),
    "gammaincc": tensor_operand("special_gammaincc", gamma.igammac, 2),
    "gammaln": gamma.lgamma,
    "i0": special_functions.i0,
    "i0e": special_functions.i0e,
    "i1": special_functions.i1,
    "i1e": special_functions.i1e,
    "log1p": unary.log1p,
    "log_ndtr": special_functions.log_ndtr,
    "log_softmax": activations.log_softmax,
    "logit": logarithms.logit,
    "logsumexp": statistics.logsumexp,
    "multigammaln": gamma.mvlgamma,
    "ndtr": special_functions.ndtr,
    "ndtri": special_functions.ndtri,
    "psi": gamma.digamma,
    "round": unary.round,
    "sinc": logarithms.sinc,
    "softmax": activations.softmax,
}
_OF_TWO: dict[str, _Function] = {
    "polygamma": gamma.polygamma,
    "xlog1py": special_functions.xlog1py,
    "xlogy": logarithms.xlogy,
    "zeta": gamma.zeta,
}

__all__ = sorted([*_FUNCTIONS, *_OF_TWO])

globals().update({name: as_function(f"special_{name}", function) for name, function in _FUNCTIONS.items()})
globals().update(_OF_TWO)
