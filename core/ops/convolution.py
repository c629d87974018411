"""Convolutions in one, two and three dimensions, and transposed ones.

One primitive, as in PyTorch: :func:`convolution`. It copies the elements of every window side by side (a slice for each offset in
the kernel) and leaves the rest to one batched matrix product. A transposed convolution is the gradient of an ordinary one with
respect to its input, so each of the two is the other's derivative.
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array
from .windows import Sizes, Windows, add_columns, columns_of


# ---------------------------------------------------------------------------------------------------- on arrays
def _correlate(input: Array, weight: Array, windows: Windows, groups: int, count: Sizes) -> Array:
    """(N, C, *sizes) with (O, C/groups, *kernel) -> (N, O, *count)."""
    batch, outputs = input.shape[0], weight.shape[0]
    columns = _columns(input, windows, count, groups)
    result = np.matmul(weight.reshape(groups, outputs // groups, -1), columns)
    return result.reshape(batch, outputs, *count)


def _columns(input: Array, windows: Windows, count: Sizes, groups: int) -> Array:
    """(N, groups, C/groups * kernel elements, windows): the right-hand side of the matrix product."""
    inner = input.shape[1] // groups * math.prod(windows.kernel)
    if math.prod(windows.kernel) == 1 and count == input.shape[2:]:
        return np.ascontiguousarray(input).reshape(input.shape[0], groups, inner, math.prod(count))
    return columns_of(input, windows, count).reshape(input.shape[0], groups, inner, math.prod(count))


def _spread(grad: Array, weight: Array, sizes: Sizes, windows: Windows, groups: int) -> Array:
    """The gradient of :func:`_correlate` with respect to an input with these sizes."""
    batch, count = grad.shape[0], grad.shape[2:]
    by_group = weight.reshape(groups, weight.shape[0] // groups, -1).swapaxes(1, 2)
    columns = np.matmul(by_group, grad.reshape(batch, groups, -1, math.prod(count)))
    channels = weight.shape[1] * groups
    if math.prod(windows.kernel) == 1 and count == sizes:
        return columns.reshape(batch, channels, *sizes)
    return add_columns(columns.reshape(batch, channels, math.prod(windows.kernel), *count), windows, sizes)


def _weight_gradient(input: Array, grad: Array, windows: Windows, groups: int) -> Array:
    """The gradient of :func:`_correlate` with respect to its weight."""
    batch, outputs, count = grad.shape[0], grad.shape[1], grad.shape[2:]
    columns = _columns(input, windows, count, groups)
    by_group = grad.reshape(batch, groups, outputs // groups, math.prod(count))
    result = np.add.reduce(np.matmul(by_group, columns.swapaxes(2, 3)), 0)
    return result.reshape(outputs, input.shape[1] // groups, *windows.kernel)


def _windows(weight: Array, stride: Sizes, padding: Sizes, dilation: Sizes) -> Windows:
    return Windows(weight.shape[2:], stride, padding, dilation)


# ------------------------------------------------------------------------------------------------- the operators
def _convolution_gradient(k: Any, g: Any, needs: tuple[bool, ...], input: Any, weight: Any, *options: Any) -> tuple[Any, ...]:
    answers = k.convolution_backward(g, input, weight, *options, needs)
    return tuple([answer if needed else None for answer, needed in zip(answers, needs, strict=True)])


@op(
    "ConvolutionBackward0",
    joint=lambda k, g, needs, input, weight, stride, padding, dilation, transposed, output_padding, groups: _convolution_gradient(
        k, g, needs, input, weight, stride, padding, dilation, transposed, output_padding, groups
    ),
    input=lambda k, g: g,
    weight=lambda k, g: g,
    bias=lambda k, g: g,
)
def convolution(
    input: Array,
    weight: Array,
    bias: Array | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Array:
    """Every window of ``input`` (N, C, *sizes) times each kernel of ``weight``; ``transposed``: the gradient of that."""
    windows = _windows(weight, stride, padding, dilation)
    if transposed:
        sizes = transposed_sizes(input.shape[2:], windows, output_padding)
        result = _spread(input, weight, sizes, windows, groups)
    else:
        result = _correlate(input, weight, windows, groups, windows.how_many(input.shape[2:]))
    if bias is not None:
        result = result if result.flags.owndata else np.ascontiguousarray(result)
        result += bias.reshape(-1, *(1,) * len(stride))
    return np.ascontiguousarray(result)


def transposed_sizes(sizes: Sizes, windows: Windows, output_padding: Sizes) -> Sizes:
    """The sizes of a transposed convolution's result."""
    return tuple(
        reach - 2 * padding + extra
        for reach, padding, extra in zip(windows.reach(sizes), windows.padding, output_padding, strict=True)
    )


def _backward_gradient(
    k: Any, g: Any, needs: tuple[bool, ...], grad: Any, input: Any, weight: Any, *options: Any
) -> tuple[Any, Any, Any]:
    """The second derivatives. ``g``: what reached the gradients of input, weight and bias; ``mask`` says which were asked for."""
    *geometry, mask = options
    for_input, for_weight, for_bias = g
    dims = len(geometry[0])
    answer = None
    if needs[0]:
        parts = []
        if mask[0]:
            parts.append(k.convolution(for_input, weight, None, *geometry))
        if mask[1]:
            parts.append(k.convolution(input, for_weight, None, *geometry))
        if mask[2]:
            parts.append(k.expand(k.reshape(for_bias, (1, -1, *(1,) * dims)), tuple(grad.shape)))
        for part in parts:
            answer = part if answer is None else answer + part
    second = k.convolution_backward(grad, input, for_weight, *geometry, (True, False, False))[0] if needs[1] and mask[1] else None
    third = k.convolution_backward(grad, for_input, weight, *geometry, (False, True, False))[1] if needs[2] and mask[0] else None
    return answer, second, third


@op(
    "ConvolutionBackwardBackward0",
    outputs=("grad_input", "grad_weight", "grad_bias"),
    visible=3,
    differentiable_outputs=3,
    joint=lambda k, g, needs, grad, input, weight, stride, padding, dilation, transposed, output_padding, groups, mask: (
        _backward_gradient(k, g, needs, grad, input, weight, stride, padding, dilation, transposed, output_padding, groups, mask)
    ),
    grad=lambda k, g: g,
    input=lambda k, g: g,
    weight=lambda k, g: g,
)
def convolution_backward(
    grad: Array,
    input: Array,
    weight: Array,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,  # noqa: ARG001  (grad has its shape already)
    groups: int,
    mask: tuple[bool, bool, bool],
) -> tuple[Array, Array, Array]:
    """The gradients with respect to input, weight and bias, as far as ``mask`` asks for them (else an empty array)."""
    windows = _windows(weight, stride, padding, dilation)
    grad = np.ascontiguousarray(grad)
    for_input = for_weight = for_bias = np.empty(0, grad.dtype)
    if mask[0]:
        if transposed:
            for_input = _correlate(grad, weight, windows, groups, input.shape[2:])
        else:
            for_input = _spread(grad, weight, input.shape[2:], windows, groups)
    if mask[1]:
        image, answer = (grad, np.ascontiguousarray(input)) if transposed else (input, grad)
        for_weight = _weight_gradient(image, answer, windows, groups)
    if mask[2]:
        for_bias = np.add.reduce(np.add.reduce(grad.reshape(*grad.shape[:2], -1), 2), 0)
    return for_input, for_weight, for_bias
