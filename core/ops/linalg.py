"""Products of vectors and matrices."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

from typing import Any

import numpy as np

from ..backends import TENSORS
from ..registry import formula_helper, op, register_pair
from ..tensor import Array, Tensor
from .shape import expand_to, reshape
from .shape_primitives import squeeze_fresh, unsafe_view, unsqueeze


def _transposed(array: Array) -> Array:
    return array.swapaxes(-1, -2)


register_pair("mT", _transposed, lambda tensor: TENSORS.transpose(tensor, tensor.ndim - 2, tensor.ndim - 1))


@formula_helper
def product_in_order(k: Any, first: Any, second: Any, transposed: bool) -> Any:
    """``first.T @ second`` in the memory order of the matrix it is the gradient of, which is most often a transposed weight."""
    return k.t(k.mm(k.t(second), first)) if transposed else k.mm(k.t(first), second)


@op(
    "MmBackward0",
    self=lambda k, g, mat2: k.mm(g, k.t(mat2)),
    mat2=lambda k, g, self, mat2_transposed: k.product_in_order(self, g, mat2_transposed),
)
def mm(self: Array, mat2: Array) -> Array:
    """The product of two matrices."""
    return np.matmul(self, mat2)


@op("BmmBackward0", self=lambda k, g, mat2: k.bmm(g, k.mT(mat2)), mat2=lambda k, g, self: k.bmm(k.mT(self), g))
def bmm(self: Array, mat2: Array) -> Array:
    """The products of two stacks of matrices."""
    return np.matmul(self, mat2)


@op("MvBackward0", self=lambda k, g, vec: k.ger(g, vec), vec=lambda k, g, self: k.mv(k.t(self), g))
def mv(self: Array, vec: Array) -> Array:
    """The product of a matrix and a vector."""
    return np.matmul(self, vec)


@op("DotBackward0", self=lambda k, g, tensor: g * tensor, tensor=lambda k, g, self: g * self)
def dot(self: Array, tensor: Array) -> Array:
    """The inner product of two vectors."""
    return np.dot(self, tensor)


@op("GerBackward0", self=lambda k, g, vec2: k.mv(g, vec2), vec2=lambda k, g, self: k.mv(k.t(g), self))
def ger(self: Array, vec2: Array) -> Array:
    """The outer product of two vectors."""
    return np.multiply.outer(self, vec2)


@op(
    "AddmmBackward0",
    self=lambda k, g, self_shape, beta: k.sum_to(g if beta == 1 else g * beta, self_shape),
    mat1=lambda k, g, mat2, alpha: k.mm(g if alpha == 1 else g * alpha, k.t(mat2)),
    mat2=lambda k, g, mat1, mat2_transposed, alpha: k.product_in_order(mat1, g if alpha == 1 else g * alpha, mat2_transposed),
)
def addmm_scaled(self: Array, mat1: Array, mat2: Array, beta: float, alpha: float) -> Array:
    """``beta * self + alpha * (mat1 @ mat2)``."""
    product = np.matmul(mat1, mat2)
    if alpha != 1:
        product *= alpha
    product += self if beta == 1 else self * beta
    return product


@op("TraceBackward0", self=lambda k, g, self_shape: k.diagonal_backward(k.expand(g, (min(self_shape),)), self_shape, 0, 0, 1))
def trace(self: Array) -> Array:
    """The sum of a matrix's diagonal."""
    return np.trace(self)


def _same_dtype(function: str, first: Tensor, second: Tensor) -> None:
    if first._array.dtype != second._array.dtype:
        raise RuntimeError(
            f"expected m1 and m2 to have the same dtype, but got: {_C_NAMES[first.dtype.name]} != {_C_NAMES[second.dtype.name]}"
            if function != "dot"
            else f"dot : expected both vectors to have same dtype, but found {first.dtype.cpp_name} and {second.dtype.cpp_name}"
        )


_C_NAMES = {
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
    "int64": "long long",
    "int32": "int",
    "int16": "short",
    "int8": "signed char",
    "uint8": "unsigned char",
    "bool": "bool",
}


def _check_matrices(first: Tensor, second: Tensor) -> None:
    _same_dtype("mm", first, second)
    (rows, inner), (other_inner, columns) = first._array.shape, second._array.shape
    if inner != other_inner:
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({rows}x{inner} and {other_inner}x{columns})")


def mm_checked(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices."""
    if input.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    _check_matrices(input, mat2)
    return mm(input, mat2)


def bmm_checked(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two stacks of matrices."""
    if input.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor")
    if mat2.ndim != 3:
        raise RuntimeError("batch2 must be a 3D tensor")
    _same_dtype("bmm", input, mat2)
    batch, _, inner = input._array.shape
    got = mat2._array.shape
    if got[:2] != (batch, inner):
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {inner}] but got: [{got[0]}, {got[1]}]."
        )
    return bmm(input, mat2)


def mv_checked(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector."""
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.ndim}, {vec.ndim}")
    if input._array.shape[1] != vec._array.shape[0]:
        rows, columns = input._array.shape
        raise RuntimeError(f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({vec._array.shape[0]})")
    _same_dtype("mv", input, vec)
    return mv(input, vec)


def dot_checked(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors."""
    if input.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    _same_dtype("dot", input, tensor)
    size, other = input._array.size, tensor._array.size
    if size != other:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{size}] and src [{other}] to have the same number of elements, but "
            f"got {size} "
            f"and {other} elements respectively"
        )
    return dot(input, tensor)


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``."""
    _check_matrices(mat1, mat2)
    return addmm_scaled(input, mat1, mat2, beta, alpha)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product: of vectors, matrices, or stacks of matrices with broadcasting leading dimensions."""
    if not isinstance(other, Tensor):
        raise TypeError(f"matmul(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    left, right = input.ndim, other.ndim
    if not left or not right:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D")
    if left == 2 and right == 2:
        return mm_checked(input, other)
    if left == 1 and right == 1:
        return dot_checked(input, other)
    if left == 2 and right == 1:
        return mv_checked(input, other)
    if left == 1 and right == 2:
        return squeeze_fresh(mm_checked(unsqueeze(input, 0), other), 0)
    return _batched(input, other)


def _batched(input: Tensor, other: Tensor) -> Tensor:
    """As PyTorch does it: a stack times one matrix is one big product; otherwise both are expanded to stacks."""
    if other.ndim <= 2:
        folded = reshape(input, -1, input._array.shape[-1])
        product = mv_checked(folded, other) if other.ndim == 1 else mm_checked(folded, other)
        return unsafe_view(product, (*input._array.shape[:-1], *other._array.shape[1:]))
    vector = input.ndim == 1
    if vector:
        input = unsqueeze(input, 0)
    if input._array.shape[-1] != other._array.shape[-2]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{int(np.prod(other._array.shape[:-2]))}, "
            f"{input._array.shape[-1]}] but got: [{int(np.prod(other._array.shape[:-2]))}, {other._array.shape[-2]}]."
        )
    leading = np.broadcast_shapes(input._array.shape[:-2], other._array.shape[:-2])
    rows, columns = input._array.shape[-2], other._array.shape[-1]
    first = reshape(expand_to(input, (*leading, *input._array.shape[-2:])), -1, *input._array.shape[-2:])
    second = reshape(expand_to(other, (*leading, *other._array.shape[-2:])), -1, *other._array.shape[-2:])
    return unsafe_view(bmm_checked(first, second), (*leading, columns) if vector else (*leading, rows, columns))


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The outer product of two vectors."""
    return TENSORS.mul(reshape(input, -1, 1), vec2)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Any:
    """``input @ weight.T + bias``."""
    transposed = TENSORS.t(weight)
    if bias is None:
        return matmul(input, transposed)
    if input.ndim == 2:
        return addmm(bias, input, transposed)
    folded = reshape(input, -1, input._array.shape[-1])
    return TENSORS.view_as_shape(addmm(bias, folded, transposed), (*input._array.shape[:-1], weight._array.shape[0]))
