"""``torch.autograd.functional``: products with Jacobians and Hessians, and whole ones, of a function of tensors.

All by reverse mode. ``jvp`` and ``hvp`` differentiate the (linear) backward pass once more, with respect to the vector it is given.
With ``strict`` an input that plays no part is an error instead of zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..factories import zeros_like
from ..grad_mode import enable_grad, is_grad_enabled, set_grad_enabled
from ..ops.joining import stack
from ..tensor import Tensor
from .passes import grad

Tensors = tuple[Tensor, ...]

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

_NOT_STRICT = " This is not allowed in strict mode."
_UNUSED = {
    "back": "The output of the user-provided function is independent of input {i}." + _NOT_STRICT,
    "back_trick": "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double "
    "backward trick to compute forward mode gradients." + _NOT_STRICT,
    "double_back": "The jacobian of the user-provided function is independent of input {i}." + _NOT_STRICT,
    "double_back_trick": "The hessian of the user-provided function is independent of entry {i} in the grad_jacobian. This is not "
    "allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.",
}
_CONSTANT = {
    "outputs": "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {i} is independent of the inputs of the user-provided function."
    + _NOT_STRICT,
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is "
    "independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable "
    "and that the jacobian depends on the inputs (this would be violated by a linear function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {i} is independent of the input. This is not "
    "allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the "
    "inputs.",
}


class _Given(NamedTuple):
    """Tensors that the user gave, or whose function returned: alone or in a tuple."""

    tensors: Tensors
    in_tuple: bool

    def like(self, results: Sequence[Any]) -> Any:
        """``results``, one for each of these tensors, alone or in a tuple as they were."""
        return tuple(results) if self.in_tuple else results[0]


def _given(value: Any, what: str, function: str) -> _Given:
    tensors = value if isinstance(value, tuple) else (value,)
    for index, one in enumerate(tensors):
        if not isinstance(one, Tensor):
            where = f"value at index {index}" if isinstance(value, tuple) else f"given {what}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the {where} has "
                f"type {type(one)}."
            )
    return _Given(tensors, isinstance(value, tuple))


def _fresh(tensors: Tensors, create_graph: bool, requires_grad: bool = True) -> Tensors:
    """New tensors for the same values, so that a tensor the function captures is not taken for its argument. With
    ``create_graph`` they stay connected to the given ones.
    """
    return tuple(
        [one.view_as(one) if create_graph and one.requires_grad else one.detach().requires_grad_(requires_grad) for one in tensors]
    )


def _finished(tensors: Any, create_graph: bool) -> Any:
    """Results without history, unless that is asked for."""
    if create_graph:
        return tensors
    return tuple([one.detach() if isinstance(one, Tensor) else _finished(one, False) for one in tensors])


def _vector(v: Any, other: _Given, function: str, create_graph: bool, message: str) -> Tensors | None:
    """The vector of a product; it may be missing when ``other``, which it must fit, is a single number."""
    if v is None:
        if len(other.tensors) != 1 or other.tensors[0].numel() != 1:
            raise RuntimeError(message)
        return None
    vector = _fresh(_given(v, "v", function).tensors, create_graph, requires_grad=False)
    if len(vector) != len(other.tensors):
        if other.in_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(other.tensors)} but got {len(vector)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for index, (one, fits) in enumerate(zip(vector, other.tensors, strict=True)):
        if one.shape != fits.shape:
            entry = f"Entry {index} in " if other.in_tuple else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {fits.shape} but got {one.shape}.")
    return vector


def _require_differentiable(tensors: Sequence[Tensor | None], what: str, strict: bool) -> None:
    for index, one in enumerate(tensors if strict else ()):
        if one is None:
            raise RuntimeError(_UNUSED["back"].format(i=index))
        if not one.requires_grad:
            raise RuntimeError(_CONSTANT[what].format(i=index))


def _gradients(
    outputs: Sequence[Tensor | None],
    inputs: Tensors,
    weights: Tensors | None = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> tuple[Tensor | None, ...]:
    """As :func:`grad`, for outputs some of which may need no gradient (or be None)."""
    pairs = [
        (output, None if weights is None else weights[index])
        for index, output in enumerate(outputs)
        if output is not None and output.requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    differentiable, their_weights = zip(*pairs, strict=True)
    found: tuple[Tensor | None, ...] = grad(
        differentiable, inputs, their_weights, allow_unused=True, create_graph=create_graph, retain_graph=retain_graph
    )
    return found


def _filled(gradients: Sequence[Tensor | None], like: Tensors, strict: bool, create_graph: bool, stage: str) -> Tensors:
    """The gradients with zeros for missing ones, which are an error when ``strict``."""
    for index, one in enumerate(gradients if strict else ()):
        if one is None:
            raise RuntimeError(_UNUSED[stage].format(i=index))
        if create_graph and not one.requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {index}. This is not allowed in strict mode "
                "when create_graph=True."
            )
    return tuple([zeros_like(other) if one is None else one for one, other in zip(gradients, like, strict=True)])


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """``func(*inputs)``, and the product of ``v`` with the Jacobian there."""
    with enable_grad():
        given = _given(inputs, "inputs", "vjp")
        points = _fresh(given.tensors, create_graph)
        outputs = _given(func(*points), "outputs of the user-provided function", "vjp")
        _require_differentiable(outputs.tensors, "outputs", strict)
        message = "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
        vector = _vector(v, outputs, "vjp", create_graph, message)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        products = _gradients(outputs.tensors, points, vector, create_graph)
        product = _filled(products, points, strict, create_graph, "back")
    return outputs.like(_finished(outputs.tensors, create_graph)), given.like(_finished(product, create_graph))


_NEEDS_VECTOR = "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """``func(*inputs)``, and the product of the Jacobian there with ``v``."""
    with enable_grad():
        given = _given(inputs, "inputs", "jvp")
        points = _fresh(given.tensors, create_graph)
        vector = _vector(v, _Given(points, given.in_tuple), "jvp", create_graph, _NEEDS_VECTOR)
        outputs = _given(func(*points), "outputs of the user-provided function", "jvp")
        _require_differentiable(outputs.tensors, "outputs", strict)
        weights = tuple([zeros_like(output).requires_grad_() for output in outputs.tensors])
        gradients = _gradients(outputs.tensors, points, weights, create_graph=True)
        _require_differentiable(gradients, "grad_inputs", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        products = _gradients(gradients, weights, vector, create_graph)
        product = _filled(products, outputs.tensors, strict, create_graph, "back_trick")
    return outputs.like(_finished(outputs.tensors, create_graph)), outputs.like(_finished(product, create_graph))


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of ``func`` at ``inputs``: for each output, for each input, a tensor of shape (output's + input's)."""
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, '
            '"forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    _check_ways(vectorize, strategy, strict, "jacobian")
    with enable_grad():
        given = _given(inputs, "inputs", "jacobian")
        points = _fresh(given.tensors, create_graph)
        outputs = _given(func(*points), "outputs of the user-provided function", "jacobian")
        _require_differentiable(outputs.tensors, "outputs", strict)
        rows = [_jacobian_row(index, one, points, create_graph, strict) for index, one in enumerate(outputs.tensors)]
    finished = [given.like(row) for row in _finished(tuple(rows), create_graph)]
    return outputs.like(finished)


def _check_ways(vectorize: bool, strategy: str, strict: bool, function: str) -> None:
    """``vectorize`` changes how PyTorch computes, not what; here it is one row after the other all the same."""
    if vectorize and strict:
        raise RuntimeError(
            f"torch.autograd.functional.{function}: `strict=True` and `vectorized=True` are not supported together. Please either "
            "set `strict=False` or `vectorize=False`."
        )
    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError(f"{function}() by forward mode: gradtrace.core has reverse mode only; leave the strategy out")


def _jacobian_row(index: int, output: Tensor, points: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """The derivatives of one output with respect to each input."""
    columns: list[list[Tensor]] = [[] for _ in points]
    for position in range(output.numel()):
        found = _gradients((output.reshape(-1)[position],), points, create_graph=create_graph, retain_graph=True)
        for input_nr, (one, point) in enumerate(zip(found, points, strict=True)):
            if one is None and strict:
                raise RuntimeError(
                    f"Output {index} of the user-provided function is independent of input {input_nr}. This is not allowed in "
                    "strict mode."
                )
            if one is not None and strict and create_graph and not one.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {index}. This is not allowed in strict "
                    "mode when create_graph=True."
                )
            columns[input_nr].append(zeros_like(point) if one is None else one)
    shape = tuple(output.shape)
    return tuple([stack(column, 0).view(shape + tuple(point.shape)) for column, point in zip(columns, points, strict=True)])


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of the scalar function ``func`` at ``inputs``: for each input, for each input, a tensor."""
    given = _given(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')
    _check_ways(vectorize, outer_jacobian_strategy, strict, "hessian")

    def single_output(*points: Tensor) -> Tensor:
        result: Tensor = _single_number(func(*points), "hessian", strict).squeeze()
        return result

    def gradient(*points: Tensor) -> Any:
        found = jacobian(single_output, points, create_graph=True)
        _require_differentiable(found, "jacobian", strict)
        return found

    found = jacobian(gradient, given.tensors, create_graph=create_graph, strict=strict)
    return given.like([given.like(row) for row in found])


def _single_number(value: Any, function: str, strict: bool) -> Tensor:
    outputs = _given(value, "outputs of the user-provided function", function)
    _require_differentiable(outputs.tensors, "outputs", strict)
    if outputs.in_tuple:
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if outputs.tensors[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {function} should contain a single element")
    return outputs.tensors[0]


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """``func(*inputs)``, a single number, and the product of ``v`` with the Hessian there."""
    with enable_grad():
        given = _given(inputs, "inputs", "vhp")
        points = _fresh(given.tensors, create_graph)
        vector = _vector(v, _Given(points, given.in_tuple), "vhp", create_graph, _NEEDS_VECTOR)
        output = _single_number(func(*points), "vhp", strict)
        gradients = _gradients((output,), points, create_graph=True)
        _require_differentiable(gradients, "jacobian", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        products = _gradients(gradients, points, vector, create_graph)
        product = _filled(products, points, strict, create_graph, "double_back")
    return _finished((output,), create_graph)[0], given.like(_finished(product, create_graph))


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """``func(*inputs)``, a single number, and the product of the Hessian there with ``v``."""
    with enable_grad():
        given = _given(inputs, "inputs", "hvp")
        points = _fresh(given.tensors, create_graph)
        vector = _vector(v, _Given(points, given.in_tuple), "hvp", create_graph, _NEEDS_VECTOR)
        output = _single_number(func(*points), "hvp", strict)
        gradients = _gradients((output,), points, create_graph=True)
        _require_differentiable(gradients, "jacobian", strict)
        weights = tuple([zeros_like(point).requires_grad_() for point in points])
        second = _gradients(gradients, points, weights, create_graph=True)
        _require_differentiable(gradients, "hessian", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        products = _gradients(second, weights, vector, create_graph)
        product = _filled(products, points, strict, create_graph, "double_back_trick")
    return _finished((output,), create_graph)[0], given.like(_finished(product, create_graph))
