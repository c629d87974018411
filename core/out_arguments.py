"""The argument ``out=``: a tensor, or several, that results are written into, with PyTorch's checks of dtype, shape and memory."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .dtypes import C_NAMES, can_cast
from .grad_mode import no_grad, thread_state
from .inplace import OVERLAPPING, PARTLY_OVERLAPPING, bump, is_same_view, write
from .results import ReturnType, return_type
from .tensor import Tensor
from .views import has_shared_elements

Function = Callable[..., Any]

_SAME_DTYPE: Mapping[str, str] = {
    """
    addbmm addmm addmv aminmax argmax argmin baddbmm bmm cross diag frobenius_norm gather index_add index_copy inverse linalg_cross
    log_softmax matmul mm msort mv norm renorm scatter slice_scatter softmax sort take_along_dim tril triu
    """: "Expected out tensor to have dtype {c_want}, but got {c_got} instead",
    "abs absolute ceil conj_physical fix floor frac hardshrink neg negative round sgn sign trunc": (
        "Found dtype {got} but expected {want}"
    ),
    "amax amin": "Expected the dtype for input and out to match, but got {want} for input's dtype and {got} for out's dtype.",
    "index_select masked_select": "{name}(): self and result must have the same scalar type",
    "take": "{name}(): self and out expected to have the same dtype, but got self.dtype = {want} and out.dtype = {got}",
    "dot vdot": "result dtype {got} does not match input dtype {want}",
    "quantile nanquantile": "{name}() out tensor must be same dtype as the input tensor",
    "tensordot inner": "tensordot: Expected the output tensor to have dtype {want}, but got an output tensor with dtype {got}",
    "where": "Expected out type to be {want} but got {got}",
    "nan_to_num": "{name}: dtype of out: {got} should be same as input: {want}",
    "logcumsumexp": "expected scalar_type {want} but found {got}",
    "histc": "torch.histogram: input tensor and hist tensor should have the same dtype, but got input {c_want} and hist {c_got}",
    "searchsorted bucketize": (
        "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether "
        "out_int32 flag is True, but we got output tensor's dtype {got} and out_int32 flag is {narrow}"
    ),
}
"""What functions say whose ``out=`` has not the very dtype of the result. A ``c_`` name is that of C++."""

_ONLY: Mapping[str, tuple[str, str]] = {
    "all any": ("bool uint8", "{name} only supports bool tensor for result, got: {got}"),
    "nonzero": ("int64", "{name}: Expected out tensor to have scalar type Long but got scalar type{got}"),
    "multinomial": ("int64", "{name} expects Long tensor out, got: {got}"),
    "logsumexp": ("float16 float32 float64", "{name}(): Expected floating point type for result tensor, but got: {got}"),
}
"""The dtypes that the ``out=`` of a function may have, and what it says to others."""


def _by_name(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for names, value in table.items() for name in names.split()}


_SAME_DTYPE_OF, _ONLY_OF = _by_name(_SAME_DTYPE), _by_name(_ONLY)

_CASTING = frozenset(("sum", "prod", "cumsum", "cumprod", "bernoulli"))
"""Functions that compute in the dtype of their ``out=``."""

_JOINING = frozenset(["cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "row_stack", "column_stack"])

_NO_OVERLAP = frozenset(("gather", "index_select", "kthvalue", "masked_select", "take", "cat", "nonzero"))
"""Functions whose ``out=`` may not share memory with the input at all."""

_UNCHECKED_MEMORY = frozenset(["sum", "prod", "std", "var", "norm", "amax", "amin", "mv", "histc"])
"""Functions that write whatever the memory of ``out=`` is."""

_EXACT = {name for name, text in _SAME_DTYPE_OF.items() if text.startswith("Expected out tensor")}
_RESIZE_FIRST = (_EXACT | _JOINING | _CASTING | {"dot", "kron", "tensordot", "vdot"}) - {"scatter", "diag"}
"""Functions that resize an ``out=`` of another shape before they look at its memory; those of linear algebra do, too."""

_named_results: dict[type, type] = {}


# ---------------------------------------------------------------------------------------------------------------- memory
def _refuse_sharing(out: Tensor, sources: Sequence[Any]) -> None:
    """Raise ``RuntimeError`` when ``out`` shares memory with an input that is not the very same view."""
    array = out._array
    for source in sources:
        if isinstance(source, (tuple, list)):
            _refuse_sharing(out, source)
        elif (
            isinstance(source, Tensor)
            and np.may_share_memory(array, source._array)
            and not is_same_view(array, source._array)
            and np.shares_memory(array, source._array)
        ):
            raise RuntimeError(PARTLY_OVERLAPPING)


def _shares_any(out: Tensor, sources: Sequence[Any]) -> bool:
    return any(
        _shares_any(out, source)
        if isinstance(source, (tuple, list))
        else isinstance(source, Tensor) and np.may_share_memory(out._array, source._array)
        for source in sources
    )


def warn_of_resizing(out: Tensor, result: Tensor, stacklevel: int) -> None:
    """Say that ``out`` has to be resized to take ``result``; an empty one may be."""
    if out._array.size:
        warnings.warn(
            f"An output with one or more elements was resized since it had shape {list(out._array.shape)}, which does not match "
            f"the required output shape {list(result._array.shape)}. This behavior is deprecated, and in a future PyTorch release "
            "outputs will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, "
            "inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=stacklevel,
        )


# --------------------------------------------------------------------------------------------------------------- writing
def accepts_out(function: Function, name: str = "") -> Function:
    """Give ``function`` the argument ``out``."""
    name = name or function.__name__

    @functools.wraps(function)
    def with_out(*arguments: Any, out: Any = None, **options: Any) -> Any:
        if out is None:
            return function(*arguments, **options)
        return into(out, name, function, arguments, options)

    return with_out


def into(out: Any, name: str, function: Function, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call ``function``, known as ``name``, and write what it returns into ``out``: a tensor, or one for each result."""
    targets = out if isinstance(out, (tuple, list)) else (out,)
    for target in targets:
        if not isinstance(target, Tensor):
            raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(target).__name__}")
    if thread_state.grad_enabled and any(_requires_grad(value) for value in (*arguments, *options.values(), *targets)):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad."
        )
    with no_grad():
        results = function(*arguments, **options)
    pairs = [(out, results)] if isinstance(results, Tensor) else list(zip(targets, results, strict=True))
    for target, result in pairs:
        _store(target, result, name, (*arguments, *options.values()))
    return out if isinstance(results, Tensor) else _named(type(results))(targets)


def _requires_grad(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_requires_grad, value))
    return isinstance(value, Tensor) and bool(value._requires_grad)


def _named(kind: type) -> type:
    """The kind of a named tuple of results that were written into given tensors: ``torch.return_types.max_out``."""
    if not issubclass(kind, ReturnType):
        return kind
    if kind not in _named_results:
        _named_results[kind] = return_type(f"{kind.title}_out", *kind.fields)
    return _named_results[kind]


def _store(target: Tensor, result: Tensor, name: str, arguments: Sequence[Any]) -> None:
    wanted = target._array.dtype
    bounded_by_numbers = name in ("clamp", "clip", "clamp_min", "clamp_max") and not any(
        isinstance(one, Tensor) for one in arguments[1:]
    )
    _check_dtype(target, result, "round" if bounded_by_numbers else name)
    fits = target._array.shape == result._array.shape
    if name not in _UNCHECKED_MEMORY:
        if has_shared_elements(target._array) and (fits or not _resizes_first(name)):
            raise RuntimeError(OVERLAPPING)
        _refuse_sharing(target, arguments)
        if name in _NO_OVERLAP and _shares_any(target, arguments):
            raise RuntimeError(PARTLY_OVERLAPPING)
    if fits and not has_shared_elements(target._array) and name not in _CASTING:
        write(target, result._array, name)
        return
    if fits:
        target._array[...] = result._array.astype(wanted)
    else:
        warn_of_resizing(target, result, stacklevel=6)
        target._array = np.array(result._array, wanted)
    bump(target, name)


def _resizes_first(name: str) -> bool:
    return name in _RESIZE_FIRST or name.startswith("linalg_")


def _check_dtype(target: Tensor, result: Tensor, name: str) -> None:
    want, got = result.dtype, target.dtype
    allowed, text = _ONLY_OF.get(name, (got.name, ""))
    same = _SAME_DTYPE_OF.get("inverse" if name.startswith("linalg_") else name)
    if want is not got and same is not None:
        allowed, text = want.name, same
    if got.name not in allowed.split():
        names = {"want": want.cpp_name, "got": got.cpp_name, "c_want": C_NAMES[want.name], "c_got": C_NAMES[got.name]}
        raise RuntimeError(text.format(name=name, narrow=want.name == "int32", **names))
    if name not in _CASTING and not can_cast(want.np, got.np):
        raise _not_castable(name, result, target)


def _not_castable(name: str, result: Tensor, target: Tensor) -> Exception:
    want, got = result.dtype.cpp_name, target.dtype.cpp_name
    if name in _JOINING:
        return TypeError(f"torch.cat(): input types can't be cast to the desired output type {got}")
    return RuntimeError(f"result type {want} can't be cast to the desired output type {got}")
