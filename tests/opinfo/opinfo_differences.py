"""How two runs differ, in words; None where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import opinfo_database as database
import torch
from opinfo_database import Operator
from opinfo_runs import Run, Tensors, tensors_of

TOLERANCES = {"float64": (1e-7, 1e-9), "float32": (2e-5, 2e-6), "float16": (2e-3, 2e-3)}
"""Relative, and absolute for numbers around 1."""

UNIQUE_UP_TO_SIGN = {"linalg.svd", "linalg.eigh", "svd"}
"""Their vectors are compared after the database's functions have made them unique; of the results themselves only the shapes."""


def value_difference(expected: Any, got: Any, where: str = "result") -> str | None:
    """How the results differ in kind, shape or value; None if they do not. Dtypes are another matter."""
    if isinstance(expected, torch.Tensor):
        return tensor_difference(expected, got, where)
    if isinstance(expected, (list, tuple)):
        kind = list if isinstance(expected, list) else tuple
        if not isinstance(got, kind) or len(got) != len(expected):
            return f"{where}: {_kind(got)} instead of {_kind(expected)}"
        for name in getattr(type(expected), "__match_args__", ()):
            if not hasattr(got, name):
                return f"{where}: has no field {name!r}"
        parts = (value_difference(one, other, f"{where}[{n}]") for n, (one, other) in enumerate(zip(expected, got, strict=True)))
        return next((part for part in parts if part), None)
    if type(expected) is not type(got) or expected != got:
        return f"{where}: {got!r} instead of {expected!r}"
    return None


def tensor_difference(expected: Any, got: Any, where: str) -> str | None:
    """How two tensors differ in shape or value, or None."""
    if expected is None or got is None:
        return None if expected is got else f"{where}: {_kind(got)} instead of {_kind(expected)}"
    if not isinstance(got, database.ours.Tensor):
        return f"{where}: {_kind(got)} instead of a tensor"
    want, have = _array(expected), _array(got)
    if want.shape != have.shape:
        return f"{where}: shape {list(have.shape)} instead of {list(want.shape)}"
    relative, absolute = TOLERANCES.get(str(have.dtype), (0.0, 0.0))
    if want.dtype.kind == "f":
        finite = np.abs(want[np.isfinite(want)])
        absolute *= max(1.0, float(finite.max())) if finite.size else 1.0
    with np.errstate(all="ignore"):
        same = np.isclose(have, want, rtol=relative, atol=absolute, equal_nan=True)
    if same.all():
        return None
    index = tuple(int(i) for i in np.argwhere(~same)[0]) if want.ndim else ()
    at = f" at {list(index)} (of {same.size}, {int((~same).sum())} differ)" if want.ndim else ""
    return f"{where}: {have[index]!s} instead of {want[index]!s}{at}"


def _array(tensor: Any) -> Any:
    """The elements as an array; torch has lazy zeros, which it gives out only when forced to."""
    return tensor.numpy(force=True) if isinstance(tensor, torch.Tensor) else tensor.detach().numpy()


def result_difference(operator: Operator, expected: Run, got: Run) -> str | None:
    """How the results of an operator differ in kind, shape or value, or None."""
    if operator.name not in UNIQUE_UP_TO_SIGN:
        return value_difference(expected.result, got.result)
    want, have = ([list(tensor.shape) for tensor in tensors_of(run.result, run.library)] for run in (expected, got))
    return value_difference(want, have, "shapes") or value_difference(expected.part, got.part)


def dtype_difference(expected: Run, got: Run) -> str | None:
    """How the dtypes of the results differ, or None."""
    want = [str(tensor.dtype) for tensor in tensors_of(expected.result, expected.library)]
    have = [str(tensor.dtype) for tensor in tensors_of(got.result, got.library)]
    return None if want == have else f"{', '.join(have)} instead of {', '.join(want)}"


def grad_fn_difference(expected: Run, got: Run) -> str | None:
    """How requires_grad, the grad_fns or the nodes behind them differ by name, or None."""
    want, have = histories(expected), histories(got)
    if want != have:
        return f"{', '.join(have)} instead of {', '.join(want)}"
    want, have = graph(expected), graph(got)
    return None if want == have else f"graph {' '.join(have)} instead of {' '.join(want)}"


def histories(run: Run) -> list[str]:
    """For each tensor of the result the name of its grad_fn, or that it has none."""
    names = []
    for tensor in tensors_of(run.result, run.library):
        name = "leaf" if tensor.grad_fn is None else type(tensor.grad_fn).__name__
        names.append(name if tensor.requires_grad else "no gradient")
    return names


def graph(run: Run) -> list[str]:
    """Names of the nodes that the results lead to, breadth first."""
    waiting = [tensor.grad_fn for tensor in tensors_of(run.result, run.library)]
    seen: set[Any] = set()
    names = []
    while waiting:
        node = waiting.pop(0)
        if node is not None and node not in seen:
            seen.add(node)
            names.append(type(node).__name__)
            waiting += [following for following, _ in node.next_functions]
    return names


def layout_difference(expected: Run, got: Run) -> str | None:
    """How the layouts in memory differ, or None."""
    want, have = _layouts(expected), _layouts(got)
    return None if want == have else f"{', '.join(have)} instead of {', '.join(want)}"


def _layouts(run: Run) -> list[str]:
    """In words; the strides of dimensions without extent say nothing."""
    layouts = []
    for tensor in tensors_of(run.result, run.library):
        strides = [stride if size > 1 else 0 for size, stride in zip(tensor.shape, tensor.stride(), strict=True)]
        strides = strides if tensor.numel() else []
        layouts.append(f"{'a view of' if tensor._is_view() else 'new'} {list(tensor.shape)} with strides {strides}")
    return layouts


def gradient_difference(expected: Tensors, got: Tensors, what: str) -> str | None:
    """How lists of gradients differ in number, value, shape or dtype, or None."""
    if len(expected) != len(got):
        return f"{what}s: {len(got)} instead of {len(expected)}"
    for number, (want, have) in enumerate(zip(expected, got, strict=True)):
        difference = tensor_difference(want, have, f"{what} {number}")
        if difference is None and want is not None and str(want.dtype) != str(have.dtype):
            difference = f"{what} {number}: {have.dtype} instead of {want.dtype}"
        if difference is not None:
            return difference
    return None


def _kind(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__} of {len(value)}"
    return "a tensor" if isinstance(value, (torch.Tensor, database.ours.Tensor)) else repr(value)
