"""``gradcheck``: compare derivatives with finite differences, and ``gradgradcheck``: the derivatives of the derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..creation import ones_like
from ..tensor import Array, Tensor, from_array


class GradcheckError(RuntimeError):
    """A derivative differs from the finite difference."""


GradcheckError.__module__ = "torch.autograd.gradcheck"


def _outputs(function: Callable[..., Any], inputs: Sequence[Any]) -> list[Tensor]:
    answer = function(*inputs)
    given = answer if isinstance(answer, (tuple, list)) else (answer,)
    return [one for one in given if isinstance(one, Tensor) and one.is_floating_point()]


def _numerical(function: Callable[..., Any], inputs: Sequence[Any], which: Tensor, output: int, eps: float) -> Array:
    """d(output)/d(which) by central differences: a matrix (input elements, output elements)."""
    flat = which._array.reshape(-1)
    rows = []
    for position in range(flat.size):
        original = flat[position].copy()
        sides = []
        for step in (eps, -eps):
            flat[position] = original + step
            sides.append(_outputs(function, inputs)[output]._array.astype(np.float64).reshape(-1))
        flat[position] = original
        rows.append((sides[0] - sides[1]) / (2 * eps))
    return np.array(rows)


def _analytical(output: Tensor, which: Tensor) -> Array:
    """The same matrix by backward passes, one for each output element."""
    columns = []
    for position in range(output._array.size):
        weights = np.zeros_like(output._array)
        weights.reshape(-1)[position] = 1
        gradient = None
        if output.requires_grad:
            (gradient,) = _grad(output, [which], from_array(weights))
        columns.append(np.zeros(which._array.size) if gradient is None else gradient._array.reshape(-1))
    return np.array(columns).reshape(output._array.size, which._array.size).T


def _grad(output: Any, inputs: Sequence[Tensor], weights: Any, create_graph: bool = False) -> tuple[Any, ...]:
    from . import grad  # noqa: PLC0415  (the package exports this module's functions)

    return grad(output, inputs, weights, retain_graph=True, create_graph=create_graph, allow_unused=True)


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Whether the derivatives of ``func`` at ``inputs`` (use float64) agree with finite differences.

    Raises :class:`GradcheckError` where they do not, or returns False without ``raise_exception``.
    """
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [one for one in given if isinstance(one, Tensor) and one.requires_grad]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for output_nr, output in enumerate(_outputs(func, given)):
        for input_nr, which in enumerate(checked):
            numerical = _numerical(func, given, which, output_nr, eps)
            analytical = _analytical(output, which)
            if np.allclose(analytical, numerical, rtol, atol, equal_nan=True):
                continue
            if not raise_exception:
                return False
            raise GradcheckError(
                f"Jacobian mismatch for output {output_nr} with respect to input {input_nr},\n"
                f"numerical:{from_array(numerical)}\nanalytical:{from_array(analytical)}\n"
            )
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """As :func:`gradcheck`, for the gradients of ``func`` as functions of its inputs and of the gradients of its outputs."""
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    outputs = _outputs(func, given)
    if grad_outputs is None:
        weights = [ones_like(one.detach()).requires_grad_() for one in outputs]
    else:
        weights = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        values, factors = arguments[: len(given)], arguments[len(given) :]
        wanted = [one for one in values if isinstance(one, Tensor) and one.requires_grad]
        found = _grad(_outputs(func, values), wanted, factors, create_graph=True)
        return tuple([one for one in found if one is not None])

    return gradcheck(gradients, (*given, *weights), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)
