"""Matrix products of any number of dimensions, composed of the products in :mod:`.linalg` as PyTorch composes them."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..out_arguments import accepts_out
from ..registry import register_pair
from ..tensor import Tensor
from .convert import contiguous
from .linalg import addmm, bmm_checked, dot_checked, mm_checked, mv_checked
from .shape import expand_to, matrix_transposed, permute_dims, reshape, reshaped, squeeze, view
from .shape_primitives import expand, squeeze_fresh, unsafe_view, unsqueeze


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product: of vectors, matrices, or stacks of matrices with broadcasting leading dimensions."""
    if not isinstance(other, Tensor):
        raise TypeError(f"matmul(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    left, right = input._array.ndim, other._array.ndim
    if left == 2 and right == 2:
        return mm_checked(input, other)
    if not left or not right:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D")
    if left == 1 and right == 1:
        return dot_checked(input, other)
    if left == 2 and right == 1:
        return mv_checked(input, other)
    if left == 1 and right == 2:
        return squeeze_fresh(mm_checked(unsqueeze(input, 0), other), 0)
    return _folded(input, other) if _should_fold(input, other) else _batched(input, other)


def _should_fold(input: Tensor, other: Tensor) -> bool:
    """Whether a stack times one matrix (or vector) is to be one big product; a copy of the stack is worth it only for gradients."""
    if input._array.ndim > 2 and other._array.ndim > 2:
        return False
    larger, smaller = (input, other) if input.ndim >= other.ndim else (matrix_transposed(other), input)
    if larger.ndim < 3 or smaller.ndim > 2:
        return False
    if smaller._requires_grad:
        return True
    if input.ndim == 2:
        return False
    shape, strides = larger._array.shape, larger._array.strides
    if not larger._array.size:
        return True
    return all(strides[i] == strides[i + 1] * shape[i + 1] for i in range(larger.ndim - 2))


def _folded(input: Tensor, other: Tensor) -> Tensor:
    """The leading dimensions of the larger one as rows of a single matrix."""
    swapped = other.ndim > input.ndim
    stack, matrix = input, other
    if swapped:
        stack, matrix = matrix_transposed(other), input if input.ndim == 1 else TENSORS.t(input)
    *leading, inner = stack._array.shape
    rows = reshape(stack, math.prod(leading), inner)
    if matrix.ndim == 1:
        return unsafe_view(mv_checked(rows, matrix), tuple(leading))
    product = unsafe_view(mm_checked(rows, matrix), (*leading, matrix._array.shape[1]))
    return contiguous(matrix_transposed(product)) if swapped else product


def _batched(input: Tensor, other: Tensor) -> Tensor:
    """Both expanded to stacks with the same leading dimensions."""
    first_shape, second_shape = input._array.shape, other._array.shape
    if len(first_shape) == 3 and len(second_shape) == 3 and first_shape[0] != second_shape[0]:
        if first_shape[0] == 1 and input._requires_grad:
            return matmul(TENSORS.squeeze_dim(input, 0), other)
        if second_shape[0] == 1 and other._requires_grad:
            return matmul(input, TENSORS.squeeze_dim(other, 0))
    if len(first_shape) > 2 and first_shape[:-2] == second_shape[:-2]:
        return _stacks(input, other)
    rows = first_shape[-2:-1]
    columns = second_shape[-1:] if len(second_shape) > 1 else ()
    leading = _common_leading(first_shape[:-2], second_shape[:-2])
    count = math.prod(leading)
    first = reshape(expand_to(input, (*leading, *(rows or (1,)), first_shape[-1])), count, *(rows or (1,)), first_shape[-1])
    inner = second_shape[-2] if columns else second_shape[-1]
    second = reshape(expand_to(other, (*leading, inner, *columns)), count, inner, *columns)
    if not columns:
        return unsafe_view(squeeze_fresh(bmm_checked(first, unsqueeze(second, 2)), -1), (*leading, *rows))
    return unsafe_view(bmm_checked(first, second), (*leading, *rows, *columns))


def _stacks(input: Tensor, other: Tensor) -> Tensor:
    """As :func:`_batched` where the leading dimensions are the same, so that nothing has to be expanded."""
    first_shape, second_shape = input._array.shape, other._array.shape
    leading = first_shape[:-2]
    count = math.prod(leading)
    first = reshaped(expand(input, first_shape), (count, *first_shape[-2:]))
    second = reshaped(expand(other, second_shape), (count, *second_shape[-2:]))
    return unsafe_view(bmm_checked(first, second), (*leading, first_shape[-2], second_shape[-1]))


def _common_leading(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    if first == second:
        return first
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        longest = max(len(first), len(second))
        for offset in range(1, longest + 1):
            a = first[-offset] if offset <= len(first) else 1
            b = second[-offset] if offset <= len(second) else 1
            if a != b and 1 not in (a, b):
                where = f"at non-singleton dimension {longest - offset}"
                raise RuntimeError(f"The size of tensor a ({a}) must match the size of tensor b ({b}) {where}") from None
        raise


register_pair("matmul", np.matmul, matmul)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The outer product of two vectors."""
    for name, vector in (("self", input), ("vec2", vec2)):
        if vector.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector.ndim}-D")
    return TENSORS.mul(reshape(input, -1, 1), vec2)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """The sums of products over the last dimensions; of numbers, the product."""
    first, second = input._array.shape, other._array.shape
    if not first or not second:
        return TENSORS.mul(input, other)
    if first[-1] != second[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(first)} and {list(second)}"
        )
    return tensordot(input, other, [[-1], [-1]])


@accepts_out
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sums of products over pairs of dimensions; a number stands for the last ones of ``a`` and the first ones of ``b``."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = (list(range(a.ndim - dims, a.ndim)), list(range(dims)))
    dims_a, dims_b = _counted_from_front(dims[0], a), _counted_from_front(dims[1], b)
    if len(dims_a) != len(dims_b):
        raise RuntimeError(f"both dimension lists should have same length, got {dims_a} and {dims_b}")
    size = 1
    for one, other in zip(dims_a, dims_b, strict=True):
        size_a, size_b = a._array.shape[one], b._array.shape[other]
        if size_b == 1:
            a = TENSORS.sum_dims(a, (one,), True)
        elif size_a == 1:
            b = TENSORS.sum_dims(b, (other,), True)
        elif size_a != size_b:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {size_a} in dim {one} and second has size {size_b} in "
                f"dim {other}"
            )
        else:
            size *= size_a
    free_a = [i for i in range(a.ndim) if i not in dims_a]
    free_b = [i for i in range(b.ndim) if i not in dims_b]
    shape = [a._array.shape[i] for i in free_a] + [b._array.shape[i] for i in free_b]
    rows = math.prod([a._array.shape[i] for i in free_a])
    columns = math.prod([b._array.shape[i] for i in free_b])
    if rows == columns == 1 and size == 1:
        vectors = [reshape(permute_dims(one, *dims), 1) for one, dims in ((a, free_a + dims_a), (b, dims_b + free_b))]
        return reshape(dot_checked(*vectors), shape)
    if rows == columns == 1:
        products = squeeze(permute_dims(a, *dims_a, *free_a)) * squeeze(permute_dims(b, *dims_b, *free_b))
        return reshape(TENSORS.sum_all(products), shape)
    first = reshape(permute_dims(a, *free_a, *dims_a), rows, size)
    second = reshape(permute_dims(b, *dims_b, *free_b), size, columns)
    return reshape(mm_checked(first, second), shape)


def _counted_from_front(dims: Any, tensor: Tensor) -> list[int]:
    return [one % tensor.ndim for one in ([dims] if isinstance(dims, int) else dims)]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Any:
    """``input @ weight.T + bias``."""
    transposed = TENSORS.t(weight)
    if bias is None:
        return matmul(input, transposed)
    *leading, features = input._array.shape
    if len(leading) == 1:
        return addmm(bias, input, transposed)
    if not input._array.flags.c_contiguous:
        return matmul(input, transposed).add_(bias)
    folded = reshape(input, -1, features) if 0 in leading or not features else reshaped(input, (math.prod(leading), features))
    return TENSORS.view_as_shape(addmm(bias, folded, transposed), (*leading, weight._array.shape[0]))


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: every element of ``input`` times the whole of ``other``."""
    ndim = max(input.ndim, other.ndim)
    first = (1,) * (ndim - input.ndim) + input._array.shape
    second = (1,) * (ndim - other.ndim) + other._array.shape
    left = reshape(input, [size for one in first for size in (one, 1)])
    right = reshape(other, [size for one in second for size in (1, one)])
    return unsafe_view(TENSORS.mul(left, right), tuple([a * b for a, b in zip(first, second, strict=True)]))


def multi_dot(tensors: Any) -> Tensor:
    """The product of several matrices in the order that costs least; the first and the last may be vectors."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    chain = list(tensors)
    shape: list[int] = []
    if chain[0].ndim == 1:
        chain[0] = unsqueeze(chain[0], 0)
    else:
        shape.append(chain[0]._array.shape[0])
    if chain[-1].ndim == 1:
        chain[-1] = unsqueeze(chain[-1], 1)
    else:
        shape.append(chain[-1]._array.shape[1])
    return view(_cheapest_product(chain), shape)


def _cheapest_product(chain: list[Tensor]) -> Tensor:
    """Matrix chain multiplication by dynamic programming."""
    count = len(chain)
    sizes = [chain[0]._array.shape[0], *[one._array.shape[1] for one in chain]]
    cost = [[0] * count for _ in chain]
    split = [[0] * count for _ in chain]
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            cost[first][last], split[first][last] = min(
                (cost[first][k] + cost[k + 1][last] + sizes[first] * sizes[k + 1] * sizes[last + 1], k) for k in range(first, last)
            )

    def product(first: int, last: int) -> Tensor:
        if first == last:
            return chain[first]
        middle = split[first][last]
        return mm_checked(product(first, middle), product(middle + 1, last))

    return product(0, count - 1)
