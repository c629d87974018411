"""``torch.autograd``: :func:`backward`, :func:`grad`, the grad modes, :class:`Variable`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import errors
from ..creation import ones_like
from ..engine import run_backward
from ..grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..tensor import Tensor, from_array
from . import graph
from .anomaly import detect_anomaly, set_detect_anomaly
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .variable import Variable

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]

TensorOrTensors = Tensor | Sequence[Tensor]


def _as_tuple(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, Tensor) else tuple(given)


def _root_gradients(outputs: Sequence[Tensor], gradients: Sequence[Any], create_graph: bool) -> list[Tensor]:
    """The gradient of each output: the one given, or 1 for a scalar. Raises where one does not fit or is missing."""
    if gradients and len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    given = gradients or [None] * len(outputs)
    return [_root_gradient(i, out, one, create_graph) for i, (out, one) in enumerate(zip(outputs, given, strict=True))]


def _root_gradient(index: int, output: Tensor, gradient: Any, create_graph: bool) -> Tensor:
    if gradient is None:
        if output._requires_grad and output._array.size != 1:
            raise RuntimeError(errors.NOT_SCALAR)
        return ones_like(output)
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient._array.shape != output._array.shape:
        raise errors.shape_mismatch(index, gradient._array.shape, output._array.shape)
    if gradient._array.dtype != output._array.dtype:
        gradient = gradient.to(output.dtype)
    return gradient if create_graph or not gradient._requires_grad else from_array(gradient._array)


def _check_roots(outputs: Sequence[Tensor]) -> None:
    for index, output in enumerate(outputs):
        if not output._requires_grad:
            raise RuntimeError(errors.NO_GRAD_FN.format(index=index))


def backward(
    tensors: TensorOrTensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of ``tensors`` to the ``.grad`` of the graph's leaves (or only of ``inputs``).

    ``grad_tensors`` are the gradients of non-scalar ``tensors``. The graph's saved tensors are freed unless ``retain_graph`` (by
    default ``create_graph``); with ``create_graph`` the pass itself is recorded.
    """
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use "
                "`grad_tensors`."
            )
        grad_tensors = grad_variables
    restricted = None if inputs is None else _as_tuple(inputs)
    if restricted == ():
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    outputs = _as_tuple(tensors)
    gradients = _root_gradients(outputs, _as_tuple(grad_tensors), create_graph)
    _check_roots(outputs)
    if create_graph:
        warnings.warn(errors.CREATE_GRAPH_CYCLE, UserWarning, stacklevel=2)
    for tensor in restricted or ():
        tensor.retain_grad()
    keep = create_graph if retain_graph is None else retain_graph
    run_backward(outputs, gradients, keep_graph=keep, create_graph=create_graph, inputs=restricted)


def grad(
    outputs: TensorOrTensors,
    inputs: TensorOrTensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of ``outputs`` with respect to ``inputs``, returned instead of accumulated.

    An input that plays no part is an error, or gives None with ``allow_unused``, or zeros with ``materialize_grads``.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.")
    allow_unused = materialize_grads if allow_unused is None else allow_unused
    if is_grads_batched:
        raise NotImplementedError(
            "is_grads_batched=True needs vmap, which gradtrace.core does not have; loop over the rows instead"
        )
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other "
            "parts of the "
            "graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    wanted, roots = _as_tuple(inputs), _as_tuple(outputs)
    gradients = _root_gradients(roots, _as_tuple(grad_outputs), create_graph)
    _check_roots(roots)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    for tensor in wanted:
        if not tensor._requires_grad:
            raise RuntimeError(errors.DOES_NOT_REQUIRE_GRAD)
    keep = create_graph if retain_graph is None else retain_graph
    found = run_backward(roots, gradients, keep_graph=keep, create_graph=create_graph, inputs=wanted, accumulates=False)
    for index, one in enumerate(found):
        if one is None and not allow_unused:
            raise RuntimeError(errors.NOT_USED_IN_GRAPH.format(index=index))
    if not materialize_grads:
        return tuple(found)
    zeros = [np.zeros_like(tensor._array) for tensor in wanted]
    return tuple([from_array(zero) if one is None else one for one, zero in zip(found, zeros, strict=True)])


def tensor_backward(
    self: Tensor, gradient: Tensor | None = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
) -> None:
    """Add this tensor's gradients to the ``.grad`` of the graph's leaves; see :func:`backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


from .. import grad_mode  # noqa: E402  (after the names it shares with this module)

tensor_backward.__name__, tensor_backward.__qualname__ = "backward", "Tensor.backward"
