"""Copies, and conversions between dtypes."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import dtypes, events
from ..dtypes import as_dtype
from ..grad_mode import thread_state
from ..identity import tensor_id
from ..memory_format import memory_format
from ..registry import op, register_pair
from ..tensor import Array, Tensor, from_array


@op("CloneBackward0", self=lambda k, g: g)
def clone_array(self: Array) -> Array:
    """A copy."""
    return self.copy()


@op("ToCopyBackward0", self=lambda k, g, self_dtype: k.cast(g, self_dtype))
def to_dtype(self: Array, dtype: Any) -> Array:
    """A copy in another dtype."""
    return self.astype(dtype)


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:  # noqa: ARG001  (there is one memory format)
    """A copy. That of an inference tensor, made outside, is a normal tensor written to once, as PyTorch makes it."""
    if input.is_inference() and not thread_state.inference:
        return from_array(np.empty_like(input._array)).copy_(input)
    return clone_array(input)


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:  # noqa: ARG001
    """The tensor itself if its elements lie one after the other, else a copy where they do."""
    return input if input._array.flags.c_contiguous else clone_array(input)


def cast(input: Tensor, dtype: Any) -> Tensor:
    """``input`` in another dtype: itself if it has that already; cut off from the graph when the dtype is an integer."""
    wanted = np.dtype(dtype)
    if input._array.dtype == wanted:
        return input
    if wanted.kind == "f":
        return to_dtype(input, wanted)
    result = from_array(input._array.astype(wanted))
    if events.sink is not None and input._requires_grad:
        events.sink.graph_cut(tensor_id(input), tensor_id(result), "dtype")
    return result


def to(input: Tensor, *args: Any, **options: Any) -> Tensor:
    """``to(dtype)``, ``to(device)``, ``to(device, dtype)`` or ``to(other)``: the tensor in that dtype (there is one device)."""
    wanted, copy = options.get("dtype"), options.get("copy", False)
    flags = [argument for argument in args if isinstance(argument, bool)]  # non_blocking, copy
    copy = copy or (len(flags) > 1 and flags[1])
    for argument in args:
        if isinstance(argument, memory_format):
            continue
        if isinstance(argument, Tensor):
            wanted = argument.dtype
        elif isinstance(argument, (str, dtypes.device)):
            dtypes.device(argument)
        elif not isinstance(argument, bool) and argument is not None:
            wanted = argument
    if "device" in options and options["device"] is not None:
        dtypes.device(options["device"])
    result = input if wanted is None else cast(input, as_dtype(wanted).np)
    return to_dtype(input, input._array.dtype) if copy and result is input else result


def type(input: Tensor, dtype: Any = None) -> Any:
    """The name of the tensor's type (``"torch.FloatTensor"``), or the tensor in another dtype."""
    if dtype is None:
        return input.dtype.tensor_type
    if isinstance(dtype, str):
        named = {one.tensor_type: one for one in dtypes._ALL}
        if dtype not in named:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = named[dtype]
    dtype = getattr(dtype, "dtype", dtype)  # torch.LongTensor
    if not isinstance(dtype, (dtypes.dtype, builtins.type, np.dtype)):
        raise TypeError("dtype must be a type, str, or dtype object")
    return cast(input, as_dtype(dtype).np)


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """``input`` in the dtype of ``other``."""
    return cast(input, other._array.dtype)


def _converter(dtype: dtypes.dtype) -> Any:
    def convert(input: Tensor, memory_format: Any = None) -> Tensor:  # noqa: ARG001  (there is one memory format)
        return cast(input, dtype.np)

    convert.__doc__ = f"The tensor as {dtype.name}."
    convert.__name__ = convert.__qualname__ = dtype.name
    return convert


half = _converter(dtypes.float16)
float_ = _converter(dtypes.float32)
double = _converter(dtypes.float64)
byte = _converter(dtypes.uint8)
char = _converter(dtypes.int8)
short = _converter(dtypes.int16)
int_ = _converter(dtypes.int32)
long = _converter(dtypes.int64)
bool_ = _converter(dtypes.bool)


def _cast_array(array: Array, dtype: Any) -> Array:
    return array if array.dtype == dtype else np.asarray(array).astype(dtype)


register_pair("cast", _cast_array, cast)
