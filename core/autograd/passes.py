"""The ways into the engine: :func:`backward` and :func:`grad`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import errors
from ..engine import run_backward
from ..node import Edge, gradient_edge
from ..tensor import Tensor, from_array
from .function_node import node_of
from .graph import GradientEdge

TensorOrTensors = Any
"""A tensor or a GradientEdge, or a sequence of them."""


def _as_tuple(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, (Tensor, GradientEdge)) else tuple(given)


def _edge_of(place: Any) -> Edge:
    return (node_of(place.node), place.output_nr) if isinstance(place, GradientEdge) else gradient_edge(place)


def _requires_grad(place: Any) -> bool:
    return isinstance(place, GradientEdge) or bool(place._requires_grad)


def _root_gradients(outputs: Sequence[Any], gradients: Sequence[Any], create_graph: bool) -> list[Tensor]:
    """The gradient of each output: the one given, or 1 for a scalar. Raises where one does not fit or is missing."""
    given = gradients or [None] * len(outputs)
    pairs = zip(outputs, given, strict=False)
    found = [_root_gradient(index, output, one, create_graph) for index, (output, one) in enumerate(pairs)]
    if len(given) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(given)} gradients")
    return found


def _root_gradient(index: int, output: Any, gradient: Any, create_graph: bool) -> Tensor:
    if isinstance(output, GradientEdge):
        info = output.info or node_of(output.node)._output_info(output.output_nr)
        assert info is not None, "the edge of an output that is no tensor"
        shape, dtype = info
    else:
        shape, dtype = output._array.shape, output._array.dtype
    if gradient is None:
        if _requires_grad(output) and math.prod(shape) != 1:
            raise RuntimeError(errors.NOT_SCALAR)
        return from_array(np.ones(shape, dtype) if shape else np.array(1, dtype))
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient._array.shape != shape:
        raise errors.shape_mismatch(index, gradient._array.shape, shape)
    if gradient._array.dtype != dtype:
        gradient = gradient.to(output.dtype) if isinstance(output, Tensor) else from_array(gradient._array.astype(dtype))
    return gradient if create_graph or not gradient._requires_grad else from_array(gradient._array)


def _check_roots(outputs: Sequence[Any]) -> None:
    for index, output in enumerate(outputs):
        if not _requires_grad(output):
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
    if inputs is not None and not isinstance(inputs, (Tensor, GradientEdge)) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    restricted = None if inputs is None else _as_tuple(inputs.values() if isinstance(inputs, Mapping) else inputs)
    outputs = _as_tuple(tensors)
    gradients = _root_gradients(outputs, _as_tuple(grad_tensors), create_graph)
    _check_roots(outputs)
    if create_graph:
        warnings.warn(errors.CREATE_GRAPH_CYCLE, UserWarning, stacklevel=2)
    input_tensors = [place for place in restricted or () if isinstance(place, Tensor)]
    for tensor in input_tensors:
        tensor.retain_grad()
    run_backward(
        [_edge_of(output) for output in outputs],
        gradients,
        keep_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        inputs=None if restricted is None else [_edge_of(place) for place in restricted],
        input_tensors=input_tensors,
    )


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
) -> Any:
    """The gradients of ``outputs`` with respect to ``inputs``, returned instead of accumulated.

    An input that plays no part is an error, or gives None with ``allow_unused``, or zeros with ``materialize_grads``. ``inputs``
    may be a dict; the answer is one too then.
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
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of "
            "the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    names = list(inputs) if isinstance(inputs, Mapping) else None
    wanted = _as_tuple(inputs.values() if isinstance(inputs, Mapping) else inputs)
    roots = _as_tuple(outputs)
    gradients = _root_gradients(roots, _as_tuple(grad_outputs), create_graph)
    _check_roots(roots)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    for place in wanted:
        if not _requires_grad(place):
            raise RuntimeError(errors.DOES_NOT_REQUIRE_GRAD)
    found = run_backward(
        [_edge_of(root) for root in roots],
        gradients,
        keep_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        inputs=[_edge_of(place) for place in wanted],
        input_tensors=[place for place in wanted if isinstance(place, Tensor)],
        accumulates=False,
    )
    for index, one in enumerate(found):
        if one is None and not allow_unused:
            raise RuntimeError(errors.NOT_USED_IN_GRAPH.format(index=index))
    if materialize_grads:
        if any(one is None and isinstance(place, GradientEdge) for one, place in zip(found, wanted, strict=True)):
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
        found = [from_array(np.zeros_like(place._array)) if one is None else one for one, place in zip(found, wanted, strict=True)]
    return tuple(found) if names is None else dict(zip(names, found, strict=True))


def tensor_backward(
    self: Tensor, gradient: Tensor | None = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
) -> None:
    """Add this tensor's gradients to the ``.grad`` of the graph's leaves; see :func:`backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


tensor_backward.__name__, tensor_backward.__qualname__ = "backward", "Tensor.backward"
