"""Which operations are methods and operators of Tensor: one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import autograd, calling, creation
from .inplace import in_place, in_place_view, resize_, resize_as_, set_
from .ops import (
    activations,
    arithmetic,
    convert,
    cumulative,
    elementwise,
    extrema,
    filling,
    getitem,
    indexing,
    linalg,
    masking,
    matmul,
    matrices,
    multi,
    nondifferentiable,
    norms,
    rearranging,
    reduction,
    scattering,
    shape,
    sorting,
    statistics,
    unary,
)
from .tensor import Tensor
from .views import storage_offset

Method = Callable[..., Any]

METHODS: dict[str, Method] = {
    # arithmetic
    "add": arithmetic.add_alpha,
    "sub": arithmetic.sub_alpha,
    "subtract": arithmetic.sub_alpha,
    "mul": arithmetic.mul,
    "multiply": arithmetic.mul,
    "div": arithmetic.divide,
    "divide": arithmetic.divide,
    "true_divide": arithmetic.div,
    "floor_divide": arithmetic.floor_divide,
    "pow": arithmetic.pow,
    "square": arithmetic.square,
    "remainder": arithmetic.remainder,
    "fmod": arithmetic.fmod,
    "fmax": elementwise.fmax,
    "fmin": elementwise.fmin,
    "hypot": elementwise.hypot,
    "copysign": elementwise.copysign,
    "float_power": arithmetic.float_power,
    "maximum": elementwise.maximum,
    "minimum": elementwise.minimum,
    "atan2": elementwise.atan2,
    "arctan2": elementwise.atan2,
    "logaddexp": elementwise.logaddexp,
    "lerp": elementwise.lerp,
    "addcmul": elementwise.addcmul_value,
    "addcdiv": elementwise.addcdiv_value,
    "where": masking.where_method,
    # functions of one tensor
    "neg": unary.neg,
    "negative": unary.neg,
    "positive": unary.positive,
    "abs": unary.abs,
    "absolute": unary.abs,
    "sign": unary.sign,
    "sgn": unary.sgn,
    "erfinv": unary.erfinv,
    "exp": unary.exp,
    "exp2": unary.exp2,
    "expm1": unary.expm1,
    "log": unary.log,
    "log2": unary.log2,
    "log10": unary.log10,
    "log1p": unary.log1p,
    "sqrt": unary.sqrt,
    "rsqrt": unary.rsqrt,
    "reciprocal": unary.reciprocal,
    "sin": unary.sin,
    "cos": unary.cos,
    "tan": unary.tan,
    "asin": unary.asin,
    "acos": unary.acos,
    "atan": unary.atan,
    "arcsin": unary.asin,
    "arccos": unary.acos,
    "arctan": unary.atan,
    "sinh": unary.sinh,
    "cosh": unary.cosh,
    "tanh": unary.tanh,
    "asinh": unary.asinh,
    "acosh": unary.acosh,
    "atanh": unary.atanh,
    "arcsinh": unary.asinh,
    "arccosh": unary.acosh,
    "arctanh": unary.atanh,
    "sigmoid": unary.sigmoid,
    "erf": unary.erf,
    "erfc": unary.erfc,
    "floor": unary.floor,
    "ceil": unary.ceil,
    "trunc": unary.trunc,
    "fix": unary.trunc,
    "frac": unary.frac,
    "round": unary.round,
    "clamp": unary.clamp,
    "clip": unary.clamp,
    "clamp_min": unary.clamp_min_any,
    "clamp_max": unary.clamp_max_any,
    "nan_to_num": unary.nan_to_num,
    "relu": activations.relu,
    "softmax": activations.softmax,
    "log_softmax": activations.log_softmax,
    # reductions
    "sum": reduction.sum,
    "nansum": reduction.nansum,
    "mean": reduction.mean,
    "prod": reduction.prod,
    "max": extrema.max,
    "min": extrema.min,
    "amax": extrema.amax,
    "amin": extrema.amin,
    "aminmax": extrema.aminmax,
    "median": extrema.median,
    "nanmean": reduction.nanmean,
    "diff": cumulative.diff,
    "cummax": cumulative.cummax,
    "cummin": cumulative.cummin,
    "logcumsumexp": cumulative.logcumsumexp,
    "argmax": extrema.argmax,
    "argmin": extrema.argmin,
    "all": reduction.all,
    "any": reduction.any,
    "count_nonzero": reduction.count_nonzero,
    "var": statistics.var,
    "std": statistics.std,
    "logsumexp": statistics.logsumexp,
    "cumsum": statistics.cumsum,
    "cumprod": statistics.cumprod,
    # products
    "matmul": matmul.matmul,
    "mm": linalg.mm_checked,
    "bmm": linalg.bmm_checked,
    "mv": linalg.mv_checked,
    "dot": linalg.dot_checked,
    "inner": matmul.inner,
    "outer": matmul.outer,
    "vdot": linalg.vdot,
    "ger": matmul.outer,
    "addmm": linalg.addmm,
    "addmv": linalg.addmv,
    "addr": linalg.addr,
    "addbmm": linalg.addbmm,
    "baddbmm": linalg.baddbmm,
    "kron": matmul.kron,
    "inverse": matrices.inv,
    "pinverse": matrices.old_pinverse,
    "det": matrices.det,
    "logdet": matrices.logdet,
    "slogdet": matrices.old_slogdet,
    "svd": matrices.old_svd,
    "qr": matrices.old_qr,
    "matrix_power": matrices.matrix_power,
    "trace": linalg.trace,
    # shapes
    "view": shape.view,
    "view_as": shape.view_as,
    "reshape": shape.reshape,
    "reshape_as": shape.reshape_as,
    "flatten": shape.flatten,
    "ravel": shape.ravel,
    "unflatten": shape.unflatten,
    "squeeze": shape.squeeze,
    "unsqueeze": shape.unsqueeze_at,
    "transpose": shape.transpose_dims,
    "swapaxes": shape.swapaxes,
    "swapdims": shape.transpose_dims,
    "t": shape.t_matrix,
    "permute": shape.permute_dims,
    "movedim": shape.movedim,
    "moveaxis": shape.movedim,
    "expand": shape.expand_to,
    "broadcast_to": shape.expand_to,
    "expand_as": shape.expand_as,
    "repeat": rearranging.repeat,
    "tile": rearranging.tile,
    "repeat_interleave": rearranging.repeat_interleave,
    "flip": rearranging.flip_dims,
    "fliplr": rearranging.fliplr,
    "flipud": rearranging.flipud,
    "rot90": rearranging.rot90,
    "as_strided": shape.as_strided,
    "roll": rearranging.roll,
    "narrow": shape.narrow,
    "select": shape.select_at,
    "diagonal": shape.diagonal_of,
    "diag": shape.diag,
    "diag_embed": shape.diag_embed,
    "tril": shape.tril_of,
    "triu": shape.triu_of,
    "unfold": shape.unfold_dim,
    "split": multi.split,
    "chunk": multi.chunk,
    "unbind": multi.unbind,
    "split_with_sizes": multi.split_with_sizes,
    "tensor_split": multi.tensor_split,
    "hsplit": multi.hsplit,
    "vsplit": multi.vsplit,
    "dsplit": multi.dsplit,
    # indexing
    "gather": scattering.gather_dim,
    "scatter": scattering.scatter,
    "scatter_add": scattering.scatter_add_dim,
    "scatter_reduce": scattering.scatter_reduce,
    "take_along_dim": scattering.take_along_dim,
    "index_select": indexing.index_select_dim,
    "index_add": indexing.index_add_dim,
    "index_copy": indexing.index_copy_dim,
    "index_fill": indexing.index_fill,
    "index_put": indexing.index_put,
    "take": indexing.take,
    "put": indexing.put,
    "masked_fill": masking.masked_fill,
    "masked_select": masking.masked_select,
    "masked_scatter": masking.masked_scatter,
    "argwhere": masking.argwhere,
    "nonzero": masking.nonzero,
    "sort": sorting.sort,
    "argsort": sorting.argsort,
    "msort": sorting.msort,
    "topk": sorting.topk,
    "kthvalue": sorting.kthvalue,
    "unique": sorting.unique,
    "unique_consecutive": sorting.unique_consecutive,
    # comparisons and logic
    "eq": nondifferentiable.eq,
    "ne": nondifferentiable.ne,
    "lt": nondifferentiable.lt,
    "le": nondifferentiable.le,
    "gt": nondifferentiable.gt,
    "ge": nondifferentiable.ge,
    "not_equal": nondifferentiable.ne,
    "less": nondifferentiable.lt,
    "less_equal": nondifferentiable.le,
    "greater": nondifferentiable.gt,
    "greater_equal": nondifferentiable.ge,
    "isnan": nondifferentiable.isnan,
    "isinf": nondifferentiable.isinf,
    "isfinite": nondifferentiable.isfinite,
    "isclose": nondifferentiable.isclose,
    "allclose": nondifferentiable.allclose,
    "equal": nondifferentiable.equal,
    "logical_and": nondifferentiable.logical_and,
    "logical_or": nondifferentiable.logical_or,
    "logical_xor": nondifferentiable.logical_xor,
    "logical_not": nondifferentiable.logical_not,
    "bitwise_and": nondifferentiable.bitwise_and,
    "bitwise_or": nondifferentiable.bitwise_or,
    "bitwise_xor": nondifferentiable.bitwise_xor,
    "bitwise_left_shift": nondifferentiable.bitwise_left_shift,
    "bitwise_right_shift": nondifferentiable.bitwise_right_shift,
    "bitwise_not": nondifferentiable.bitwise_not,
    # copies and dtypes
    "clone": convert.clone,
    "contiguous": convert.contiguous,
    "to": convert.to,
    "type": convert.type,
    "type_as": convert.type_as,
    "half": convert.half,
    "float": convert.float_,
    "double": convert.double,
    "byte": convert.byte,
    "char": convert.char,
    "short": convert.short,
    "int": convert.int_,
    "long": convert.long,
    "bool": convert.bool_,
    "cpu": lambda self: self,
}
"""Methods that are functions of ``torch`` too, where not listed below."""

ONLY_METHODS: dict[str, Method] = {
    "backward": autograd.tensor_backward,
    "new_zeros": creation.new_zeros,
    "new_ones": creation.new_ones,
    "new_tensor": creation.new_tensor,
    "zero_": filling.zero_,
    "fill_": filling.fill_,
    "copy_": filling.copy_,
    "index_put_": filling.index_put_,
    "set_": set_,
    "storage_offset": storage_offset,
    "resize_": resize_,
    "resize_as_": resize_as_,
}

IN_PLACE = [
    "add",
    "sub",
    "subtract",
    "mul",
    "multiply",
    "div",
    "divide",
    "true_divide",
    "floor_divide",
    "pow",
    "square",
    "remainder",
    "fmod",
    "lerp",
    "addcmul",
    "addcdiv",
    "atan2",
    "neg",
    "negative",
    "abs",
    "absolute",
    "sign",
    "sgn",
    "erfinv",
    "hypot",
    "copysign",
    "float_power",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_not",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "sigmoid",
    "erf",
    "erfc",
    "floor",
    "ceil",
    "trunc",
    "frac",
    "round",
    "clamp",
    "clip",
    "clamp_min",
    "clamp_max",
    "nan_to_num",
    "relu",
    "cumsum",
    "cumprod",
    "addmm",
    "addmv",
    "addr",
    "addbmm",
    "baddbmm",
    "tril",
    "triu",
    "scatter",
    "scatter_add",
    "index_add",
    "index_copy",
    "scatter_reduce",
    "masked_scatter",
    "put",
    "index_fill",
    "masked_fill",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "logical_and",
    "logical_or",
    "logical_xor",
    "logical_not",
    "arcsin",
    "arccos",
    "arctan",
    "arctan2",
    "fix",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
]
"""Methods that have an in-place variant ``name_``."""

IN_PLACE_VIEWS = ["t", "transpose", "swapaxes", "swapdims", "squeeze", "unsqueeze", "as_strided"]
"""Methods that return a view and have an in-place variant, which changes the tensor's own shape and strides."""


IN_PLACE_WITHOUT_DERIVATIVE = {
    "asinh_": unary.asinh_in_place,
    "acosh_": unary.acosh_in_place,
    "atanh_": unary.atanh_in_place,
    "arcsinh_": unary.asinh_in_place,
    "arccosh_": unary.acosh_in_place,
    "arctanh_": unary.atanh_in_place,
}
"""In-place variants that PyTorch cannot differentiate."""


def _operand_or_not_implemented(function: Method) -> Method:
    """For Python's operators: an operand that is no tensor or number is not ours to judge."""
    ready_made: Method | None = getattr(function, "python_operator", None)
    if ready_made is not None:
        return ready_made

    def operator(self: Tensor, other: Any) -> Any:
        try:
            return function(self, other)
        except TypeError:
            if isinstance(other, Tensor):
                raise
            return NotImplemented

    operator.__doc__ = function.__doc__
    return operator


def _swapped(function: Method) -> Method:
    return lambda self, other: function(other if isinstance(other, Tensor) else creation.as_tensor(other), self)


OPERATORS: dict[str, Method] = {
    "__add__": arithmetic.add,
    "__radd__": arithmetic.add,
    "__sub__": arithmetic.sub,
    "__rsub__": arithmetic.rsub,
    "__mul__": arithmetic.mul,
    "__rmul__": arithmetic.mul,
    "__truediv__": arithmetic.div,
    "__rtruediv__": arithmetic.rdiv,
    "__floordiv__": arithmetic.floor_divide,
    "__mod__": arithmetic.remainder,
    "__pow__": arithmetic.pow,
    "__rpow__": arithmetic.rpow,
    "__matmul__": matmul.matmul,
    "__eq__": nondifferentiable.eq,
    "__ne__": nondifferentiable.ne,
    "__lt__": nondifferentiable.lt,
    "__le__": nondifferentiable.le,
    "__gt__": nondifferentiable.gt,
    "__ge__": nondifferentiable.ge,
    "__and__": nondifferentiable.bitwise_and,
    "__or__": nondifferentiable.bitwise_or,
    "__xor__": nondifferentiable.bitwise_xor,
    "__rand__": nondifferentiable.bitwise_and,
    "__ror__": nondifferentiable.bitwise_or,
    "__rxor__": nondifferentiable.bitwise_xor,
    "__lshift__": nondifferentiable.bitwise_left_shift,
    "__rlshift__": _swapped(nondifferentiable.bitwise_left_shift),
    "__rshift__": nondifferentiable.bitwise_right_shift,
    "__rrshift__": _swapped(nondifferentiable.bitwise_right_shift),
    "__rfloordiv__": _swapped(arithmetic.floor_divide),
    "__rmod__": _swapped(arithmetic.remainder),
}
UNARY_OPERATORS: dict[str, Method] = {
    "__neg__": unary.neg,
    "__pos__": unary.positive,
    "__abs__": unary.abs,
    "__invert__": nondifferentiable.invert,
    "__getitem__": getitem.getitem,
    "__setitem__": filling.setitem,
}
IN_PLACE_OPERATORS = {"__iadd__": "add_", "__isub__": "sub_", "__imul__": "mul_", "__itruediv__": "div_", "__ipow__": "pow_"}


def norm_method(self: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The ``p``-norm, see :func:`norm`."""
    return norms.norm(self, p, dim, keepdim, dtype=dtype)


norm_method.__name__, norm_method.__qualname__ = "norm", "Tensor.norm"  # it is Python code in PyTorch too, and prints so
ONLY_METHODS["norm"] = norm_method


PROPERTIES: dict[str, Method] = {
    "T": shape.all_dims_reversed,
    "H": shape.adjoint_of_matrix,
    "mT": shape.matrix_transposed,
    "mH": shape.matrix_adjoint,
}


def attach() -> None:
    """Put everything on Tensor."""
    for name, method in (METHODS | ONLY_METHODS | UNARY_OPERATORS).items():
        setattr(Tensor, name, method)
    for name in calling.WITH_DIMENSIONS:
        setattr(Tensor, name, calling.with_dimensions(METHODS[name]))
    for name in calling.TENSOR_OPERANDS:
        setattr(Tensor, name, calling.tensor_operand(name, METHODS[name], 1))
    for name in IN_PLACE:
        setattr(Tensor, name + "_", in_place(METHODS[name], name + "_"))
    for name, function in IN_PLACE_WITHOUT_DERIVATIVE.items():
        setattr(Tensor, name, in_place(function, name))
    for name in IN_PLACE_VIEWS:
        setattr(Tensor, name + "_", in_place_view(METHODS[name], name + "_"))
    for name, method in OPERATORS.items():
        setattr(Tensor, name, _operand_or_not_implemented(method))
    for operator, name in IN_PLACE_OPERATORS.items():
        setattr(Tensor, operator, getattr(Tensor, name))
    for name, function in PROPERTIES.items():
        setattr(Tensor, name, property(function))
