"""Products of vectors and matrices."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import numpy as np

from ..backends import TENSORS
from ..registry import op, register_pair
from ..tensor import Array, Tensor


def _transposed(array: Array) -> Array:
    return array.swapaxes(-1, -2)


register_pair("mT", _transposed, lambda tensor: TENSORS.transpose(tensor, tensor.ndim - 2, tensor.ndim - 1))


def _array_product_in_order(first: Array, second: Array, transposed: bool) -> Array:
    return np.dot(second.T, first).T if transposed else np.dot(first.T, second)


def _tensor_product_in_order(first: Tensor, second: Tensor, transposed: bool) -> Tensor:
    k = TENSORS
    return k.t(k.mm(k.t(second), first)) if transposed else k.mm(k.t(first), second)


# `first.T @ second` in the memory order of the matrix it is the gradient of, which is most often a transposed weight
register_pair("product_in_order", _array_product_in_order, _tensor_product_in_order)


def _product(first: Array, second: Array) -> Array:
    """``first @ second``. A few rows times a large transposed matrix, as in a layer, is faster the other way round in OpenBLAS."""
    rows, inner = first.shape
    if inner >= 256 and 2 * rows <= second.shape[1] and second.flags.f_contiguous:
        return np.ascontiguousarray(np.dot(second.T, first.T).T)
    return np.dot(first, second)


@op(
    "MmBackward0",
    self=lambda k, g, mat2: k.mm(g, k.t(mat2)),
    mat2=lambda k, g, self, mat2_transposed: k.product_in_order(self, g, mat2_transposed),
)
def mm(self: Array, mat2: Array) -> Array:
    """The product of two matrices."""
    return _product(self, mat2)


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
    product = _product(mat1, mat2)
    if alpha != 1:
        product *= np.asarray(alpha, product.dtype)
    if beta != 0:  # with a beta of 0 not even NaN of `self` counts
        product += self if beta == 1 else self * np.asarray(beta, self.dtype)
    return product


@op(
    "AddmvBackward0",
    self=lambda k, g, self_shape, beta: k.sum_to(g if beta == 1 else g * beta, self_shape),
    mat=lambda k, g, vec, alpha: k.ger(g if alpha == 1 else g * alpha, vec),
    vec=lambda k, g, mat, alpha: k.mv(k.t(mat), g if alpha == 1 else g * alpha),
)
def addmv_scaled(self: Array, mat: Array, vec: Array, beta: float, alpha: float) -> Array:
    """``beta * self + alpha * (mat @ vec)``."""
    return _plus(np.matmul(mat, vec), self, beta, alpha)


@op(
    "AddrBackward0",
    self=lambda k, g, self_shape, beta: k.sum_to(g if beta == 1 else g * beta, self_shape),
    vec1=lambda k, g, vec2, alpha: k.mv(g, vec2) * alpha,
    vec2=lambda k, g, vec1, alpha: k.mv(k.t(g), vec1) * alpha,
)
def addr_scaled(self: Array, vec1: Array, vec2: Array, beta: float, alpha: float) -> Array:
    """``beta * self + alpha * outer(vec1, vec2)``."""
    return _plus(np.multiply.outer(vec1, vec2), self, beta, alpha)


@op(
    "BaddbmmBackward0",
    self=lambda k, g, self_shape, beta: k.sum_to(g if beta == 1 else g * beta, self_shape),
    batch1=lambda k, g, batch2, alpha: k.bmm(g, k.mT(batch2)) * alpha,
    batch2=lambda k, g, batch1, alpha: k.bmm(k.mT(batch1), g) * alpha,
)
def baddbmm_scaled(self: Array, batch1: Array, batch2: Array, beta: float, alpha: float) -> Array:
    """``beta * self + alpha * (batch1 @ batch2)`` for stacks of matrices."""
    return _plus(np.matmul(batch1, batch2), self, beta, alpha)


@op(
    "AddbmmBackward0",
    self=lambda k, g, self_shape, beta: k.sum_to(g if beta == 1 else g * beta, self_shape),
    batch1=lambda k, g, batch2, batch1_shape, alpha: k.bmm(k.expand(g, (batch1_shape[0], *g.shape)), k.mT(batch2)) * alpha,
    batch2=lambda k, g, batch1, batch2_shape, alpha: k.bmm(k.mT(batch1), k.expand(g, (batch2_shape[0], *g.shape))) * alpha,
)
def addbmm_scaled(self: Array, batch1: Array, batch2: Array, beta: float, alpha: float) -> Array:
    """``beta * self + alpha * sum(batch1 @ batch2)``, the sum over the stack."""
    return _plus(np.matmul(batch1, batch2).sum(0), self, beta, alpha)


def _plus(product: Array, self: Array, beta: float, alpha: float) -> Array:
    """``beta * self + alpha * product``; with a ``beta`` of 0 not even NaN of ``self`` counts."""
    if alpha != 1:
        product = product * np.asarray(alpha, product.dtype)
    if beta == 0:
        return product
    return product + (self if beta == 1 else self * np.asarray(beta, self.dtype))


@op("VdotBackward0", self=lambda k, g, other: g * other, other=lambda k, g, self: g * self)
def vdot_product(self: Array, other: Array) -> Array:
    """The inner product of two vectors."""
    return np.dot(self, other)


@op("TraceBackward0", self=lambda k, g, self_shape: k.diagonal_backward(k.expand(g, (min(self_shape),)), self_shape, 0, 0, 1))
def trace_matrix(self: Array) -> Array:
    """The sum of a matrix's diagonal."""
    return np.trace(self)


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return trace_matrix(input)


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
    left, right = first._array, second._array
    if left.dtype is not right.dtype:
        _same_dtype("mm", first, second)
    (rows, inner), (other_inner, columns) = left.shape, right.shape
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
    _check_stacks(input, mat2)
    if input._array.dtype is not mat2._array.dtype:
        _same_dtype("bmm", input, mat2)
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


def _check_vectors(first: Tensor, second: Tensor) -> None:
    if first.ndim != 1 or second.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {first.ndim}D and {second.ndim}D tensors")
    _same_dtype("dot", first, second)
    size, other = first._array.size, second._array.size
    if size != other:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{size}] and src [{other}] to have the same number of elements, but got "
            f"{size} and {other} elements respectively"
        )


def dot_checked(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors."""
    _check_vectors(input, tensor)
    return dot(input, tensor)


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors."""
    _check_vectors(input, other)
    return vdot_product(input, other)


def _check_expands(input: Tensor, target: tuple[int, ...]) -> None:
    """Raise ``RuntimeError`` if what is added does not broadcast to the product's shape."""
    shape = input._array.shape
    if shape == target:
        return
    padded = (1,) * (len(target) - len(shape)) + shape
    if len(shape) > len(target):
        raise RuntimeError(
            f"expand(torch.{input.dtype.cpp_name}Tensor{{{list(shape)}}}, size={list(target)}): the number of sizes provided "
            f"({len(target)}) must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    for dim in reversed(range(len(target))):
        if padded[dim] not in (1, target[dim]):
            raise RuntimeError(
                f"The expanded size of the tensor ({target[dim]}) must match the existing size ({padded[dim]}) at non-singleton "
                f"dimension {dim}.  Target sizes: {list(target)}.  Tensor sizes: {list(shape)}"
            )


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``."""
    _check_matrices(mat1, mat2)
    if input._array.ndim != 1 or input._array.shape[0] != mat2._array.shape[1]:
        _check_expands(input, (mat1._array.shape[0], mat2._array.shape[1]))
    return addmm_scaled(input, mat1, mat2, beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``."""
    if mat.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {mat.ndim}, {vec.ndim}")
    rows, columns = mat._array.shape
    if vec._array.shape[0] != columns or input._array.shape not in ((), (1,), (rows,)):
        raise RuntimeError(f"size mismatch, got input ({input._array.size}), mat ({rows}x{columns}), vec ({vec._array.shape[0]})")
    return addmv_scaled(input, mat, vec, beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``."""
    for name, vector in (("vec1", vec1), ("vec2", vec2)):
        if vector.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {vector.ndim}-D")
    _check_expands(input, (vec1._array.shape[0], vec2._array.shape[0]))
    return addr_scaled(input, vec1, vec2, beta, alpha)


def _check_stacks(batch1: Tensor, batch2: Tensor) -> tuple[int, int, int]:
    """Raise ``RuntimeError`` unless these are stacks of matrices that can be multiplied; the shape of their product."""
    if batch1.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor")
    if batch2.ndim != 3:
        raise RuntimeError("batch2 must be a 3D tensor")
    count, rows, inner = batch1._array.shape
    got = batch2._array.shape
    if got[:2] != (count, inner):
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{count}, {inner}] but got: [{got[0]}, {got[1]}]."
        )
    return count, rows, got[2]


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (batch1 @ batch2)`` for stacks of matrices."""
    _check_expands(input, _check_stacks(batch1, batch2))
    return baddbmm_scaled(input, batch1, batch2, beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * sum(batch1 @ batch2)``, the sum over the stack."""
    _check_expands(input, _check_stacks(batch1, batch2)[1:])
    return addbmm_scaled(input, batch1, batch2, beta, alpha)
