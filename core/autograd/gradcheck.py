"""``gradcheck``: compare derivatives with finite differences, and ``gradgradcheck``: the derivatives of the derivatives.

For each output and each input that requires grad, the Jacobian is computed twice: by central differences, and row by row by
backward passes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dtypes import float64
from ..sampling import randn
from ..tensor import Array, Tensor, from_array
from .passes import grad

_NOT_REENTRANT = (
    "Backward{mode} is not reentrant, i.e., running backward with same input and grad_output multiple times gives different "
    "values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was {tolerance}.\n\n"
    "NOTE: If your op relies on non-deterministic operations i.e., it is listed here:\n"
    "https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\n"
    "this failure might be expected.\n\n"
    "If you are adding a new operator, please file an issue and then use one of the\n"
    "workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.\n"
    "If the test\n"
    "- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n"
    "  with `nondet_tol=<tol>` as a keyword argument.\n"
    "- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test\n"
    "  to have `gradcheck_nondet_tol=<tol>`.\n"
    "- is a Module test (e.g., in common_nn.py), then modify the corresponding\n"
    "  module_test entry to have `gradcheck_nondet_tol=<tol>`\n"
)


class GradcheckError(RuntimeError):
    """A derivative differs from the finite difference."""


GradcheckError.__module__ = "torch.autograd.gradcheck"


@dataclass(frozen=True)
class _Options:
    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    check_undefined_grad: bool
    check_grad_dtypes: bool


def _as_tuple(value: Any) -> tuple[Any, ...]:
    if isinstance(value, tuple):
        return value
    return tuple(value) if isinstance(value, list) else (value,)


def _differentiable(answer: Any) -> list[Tensor]:
    """The outputs to check: those that require grad."""
    return [one for one in _as_tuple(answer) if one.requires_grad]


def _numerical(function: Callable[..., Any], inputs: Sequence[Any], which: Tensor, eps: float) -> list[Array]:
    """For each output d(output)/d(which) by central differences: matrices (input elements, output elements)."""
    array = which._array
    sides: list[list[list[Array]]] = []
    for position in np.ndindex(array.shape):
        original = array[position].copy()
        both = []
        for step in (eps, -eps):
            array[position] = original + step
            answers = _as_tuple(function(*inputs))
            both.append([one._array.astype(array.dtype).reshape(-1).copy() for one in answers])
        array[position] = original
        sides.append(both)
    count = len(sides[0][0]) if sides else 0
    return [np.array([(plus[k] - minus[k]) / (2 * eps) for plus, minus in sides]) for k in range(count)]


def _analytical(output: Tensor, inputs: Sequence[Tensor], check_dtypes: bool) -> list[Array]:
    """For each input the matrix d(output)/d(input), by a backward pass for each output element."""
    rows: list[list[Array]] = [[] for _ in inputs]
    for position in np.ndindex(output._array.shape):
        weights = np.zeros_like(output._array)
        weights[position] = 1
        found = grad(output, inputs, from_array(weights), retain_graph=True, allow_unused=True)
        for row, gradient, one in zip(rows, found, inputs, strict=True):
            if gradient is not None and gradient._array.shape != one._array.shape:
                raise GradcheckError("Analytical gradient has incorrect size")
            if check_dtypes and gradient is not None and gradient._array.dtype != one._array.dtype:
                raise GradcheckError("Gradient has dtype mismatch")
            row.append(np.zeros(one._array.size, one._array.dtype) if gradient is None else gradient._array.reshape(-1).copy())
    return [np.array(row).reshape(output._array.size, one._array.size).T for row, one in zip(rows, inputs, strict=True)]


def _check_inputs(inputs: Sequence[Any]) -> list[Tensor]:
    """The inputs that require grad. Warns about those too imprecise for finite differences."""
    checked = []
    for index, one in enumerate(inputs):
        if not isinstance(one, Tensor) or not one.requires_grad:
            continue
        if one.dtype is not float64:
            warnings.warn(
                f"Input #{index} requires gradient and is not a double precision floating point or complex. This check will likely "
                "fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=2,
            )
        if any(stride == 0 and size > 1 for stride, size in zip(one.stride(), one.shape, strict=True)):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be "
                "able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to "
                "gradcheck."
            )
        one.retain_grad()
        checked.append(one)
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    return checked


def _shown(array: Array) -> Tensor:
    return from_array(np.ascontiguousarray(array))


def _compare(function: Callable[..., Any], inputs: Sequence[Any], options: _Options) -> None:
    """Raise :class:`GradcheckError` at the first derivative that is wrong."""
    checked = _check_inputs(inputs)
    answer = function(*inputs)
    outputs = _differentiable(answer)
    if not outputs:
        _check_no_dependence(function, inputs, checked, _as_tuple(answer), options.eps)
        return
    positions = [index for index, one in enumerate(_as_tuple(answer)) if one.requires_grad]
    numerical = [_numerical(function, inputs, which, options.eps) for which in checked]
    for output_nr, output in enumerate(outputs):
        analytical = _analytical(output, checked, options.check_grad_dtypes)
        again = _analytical(output, checked, options.check_grad_dtypes)
        for input_nr, found in enumerate(analytical):
            expected = numerical[input_nr][positions[output_nr]]
            if not np.allclose(found, expected, options.rtol, options.atol, equal_nan=True):
                raise GradcheckError(
                    f"Jacobian mismatch for output {output_nr} with respect to input {input_nr},\n"
                    f"numerical:{_shown(expected)}\nanalytical:{_shown(found)}\n"
                )
        if not all(np.abs(a - b).max(initial=0) <= options.nondet_tol for a, b in zip(analytical, again, strict=True)):
            raise GradcheckError(_NOT_REENTRANT.format(mode="", tolerance=options.nondet_tol))
    _check_linear(outputs, checked)
    if options.check_undefined_grad:
        _check_undefined(function, inputs, checked)


def _check_no_dependence(
    function: Callable[..., Any], inputs: Sequence[Any], checked: Sequence[Tensor], outputs: Sequence[Any], eps: float
) -> None:
    """No output requires grad: the finite differences must be zero then."""
    if any(one._array.dtype.kind != "f" for one in outputs):
        return
    for input_nr, which in enumerate(checked):
        for output_nr, jacobian in enumerate(_numerical(function, inputs, which, eps)):
            if (jacobian != 0).any():
                raise GradcheckError(
                    f"Numerical gradient for function expected to be zero\nNumerical gradient for input {input_nr} and output "
                    f"{output_nr}: {_shown(jacobian)}"
                )


def _check_linear(outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> None:
    """Zero gradients in must give zero gradients out."""
    zeros = [from_array(np.zeros_like(one._array)) for one in outputs]
    found = grad(list(outputs), list(inputs), zeros, retain_graph=True, allow_unused=True)
    for gradient, one in zip(found, inputs, strict=True):
        if gradient is None:
            continue
        if (gradient._array != 0).any():
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient._array.dtype != one._array.dtype:
            raise GradcheckError(f"grad is incorrect type: {gradient.type()}")
        if gradient._array.shape != one._array.shape:
            raise GradcheckError(f"grad is incorrect size: {gradient.shape}")


_UNDEFINED = (
    "Expected backward function to handle undefined output grads. Please look at 'Notes about undefined output gradients' in "
    "'tools/autograd/derivatives.yaml'"
)


def _check_undefined(function: Callable[..., Any], inputs: Sequence[Any], checked: Sequence[Tensor]) -> None:
    """Undefined gradients in must give undefined or zero gradients out: all undefined, then all but one."""
    count = len(_differentiable(function(*inputs)))
    patterns = [[True] * count]
    if count > 1:
        patterns += [[undefined == which for undefined in range(count)] for which in range(count)]
    for pattern in patterns:
        outputs = _differentiable(function(*inputs))
        with_gaps = _with_undefined(outputs, pattern)
        zeros = [from_array(np.zeros_like(one._array)) for one in with_gaps]
        try:
            found = grad(with_gaps, list(checked), zeros, allow_unused=True)
        except RuntimeError as error:
            raise GradcheckError(_UNDEFINED) from error
        for gradient in found:
            if gradient is not None and (gradient._array != 0).any():
                raise GradcheckError(
                    "Expected all input grads to be undefined or zero when all output grads are undefined or zero. Please look at "
                    "'Notes about undefined output gradients' in 'tools/autograd/derivatives.yaml'"
                )


def _with_undefined(outputs: Sequence[Tensor], undefined: Sequence[bool]) -> list[Tensor]:
    """Views of the outputs whose gradients get lost on the way back, where ``undefined``."""
    from .function import Function  # noqa: PLC0415  (Function's module needs the package)

    class _Undefined(Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Tensor) -> Any:  # noqa: ARG004
            return tuple([one * 1 for one in tensors])

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:  # noqa: ARG004
            return tuple([None if gone else one for one, gone in zip(gradients, undefined, strict=True)])

    return list(_Undefined.apply(*outputs))


def _refuse(**wanted: bool) -> None:
    reasons = {
        "check_forward_ad": "forward-mode differentiation",
        "check_batched_grad": "vmap",
        "check_batched_forward_grad": "vmap",
        "check_fwd_over_rev": "forward-mode differentiation",
    }
    for name, value in wanted.items():
        if value:
            raise NotImplementedError(f"{name}=True needs {reasons[name]}, which gradtrace.core does not have; leave it out")


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,  # noqa: ARG001  (the whole Jacobian is always compared)
    masked: bool | None = None,  # noqa: ARG001  (is for sparse tensors)
) -> bool:
    """Whether the derivatives of ``func`` at ``inputs`` (use float64) agree with finite differences.

    Raises :class:`GradcheckError` where they do not, or returns False without ``raise_exception``.
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    _refuse(
        check_forward_ad=check_forward_ad,
        check_batched_grad=check_batched_grad,
        check_batched_forward_grad=check_batched_forward_grad,
    )
    options = _Options(eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes)
    try:
        _compare(func, _as_tuple(inputs), options)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,  # noqa: ARG001  (the values are the same)
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """As :func:`gradcheck`, for the gradients of ``func`` as functions of its inputs and of the gradients of its outputs."""
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    _refuse(check_fwd_over_rev=check_fwd_over_rev)
    given = _as_tuple(inputs)
    if grad_outputs is None:
        weights = [randn(one.shape, dtype=one.dtype).requires_grad_() for one in _differentiable(func(*given))]
    else:
        weights = list(_as_tuple(grad_outputs))

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        values = [
            one.detach().requires_grad_(one.requires_grad) if isinstance(one, Tensor) and not one.requires_grad else one
            for one in arguments[: len(given)]
        ]
        wanted = [one for one in values if isinstance(one, Tensor) and one.requires_grad]
        found = grad(_differentiable(func(*values)), wanted, arguments[len(given) :], create_graph=True, allow_unused=True)
        return tuple([one for one in found if one is not None])

    return gradcheck(
        gradients,
        (*given, *weights),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        masked=masked,
    )
