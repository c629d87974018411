"""Einstein summation, by the algorithm of PyTorch: permute, multiply two operands at a time as stacks of matrices, permute back."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..backends import TENSORS
from ..tensor import Tensor
from .linalg import bmm_checked
from .shape import permute_dims, reshape, view

ELLIPSIS = "."


def _labels(term: str, position: int) -> list[str]:
    """The subscripts of one operand; ``.`` stands for its ellipsis."""
    labels: list[str] = []
    rest = term.replace(" ", "")
    while rest:
        if rest.startswith("..."):
            if ELLIPSIS in labels:
                raise RuntimeError(f"einsum(): found '.' for operand {position} for which an ellipsis was already found")
            labels.append(ELLIPSIS)
            rest = rest[3:]
        elif rest[0].isascii() and rest[0].isalpha():
            labels.append(rest[0])
            rest = rest[1:]
        elif rest[0] == ".":
            raise RuntimeError(f"einsum(): found '.' for operand {position} that is not part of any ellipsis")
        else:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {position} in the equation string, subscripts must be in [a-zA-Z]"
            )
    return labels


def _from_lists(arguments: Sequence[Any]) -> tuple[str, list[Tensor]]:
    """``einsum(tensor, [0, 1], …)`` as an equation."""

    def letters(numbers: Sequence[Any]) -> str:
        return "".join("..." if number is Ellipsis else chr((65 if number < 26 else 71) + number) for number in numbers)

    operands = list(arguments[:-1:2]) if len(arguments) % 2 else list(arguments[::2])
    terms = ",".join(letters(numbers) for numbers in arguments[1::2])
    return (f"{terms}->{letters(arguments[-1])}" if len(arguments) % 2 else terms), operands


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Sums of products over named dimensions: ``einsum("ij,jk->ik", a, b)``."""
    if not isinstance(equation, (str, Tensor)):
        raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}")
    if isinstance(equation, Tensor):
        equation, operands = _from_lists((equation, *operands))  # type: ignore[assignment]
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    left, arrow, right = equation.partition("->")
    terms = [_labels(term, position) for position, term in enumerate(left.split(","))]
    if len(terms) > len(operands):
        raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
    if len(terms) < len(operands):
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    covered = [_covered_by_ellipsis(labels, operand, i) for i, (labels, operand) in enumerate(zip(terms, operands, strict=True))]
    ellipsis = max(covered)
    output = _output_labels(terms, arrow, right)
    names = [name for label in output for name in _expanded(label, ellipsis, ellipsis)]
    counted = len(names)
    others = sorted({label for labels in terms for label in labels} - set(output))
    names += [name for label in others for name in _expanded(label, ellipsis, ellipsis)]
    _check_sizes(terms, operands, covered, ellipsis)
    aligned = [
        _aligned(operand, [name for label in labels for name in _expanded(label, count, ellipsis)], names)
        for labels, operand, count in zip(terms, operands, covered, strict=True)
    ]
    return _contracted(aligned, counted)


def _covered_by_ellipsis(labels: list[str], operand: Tensor, position: int) -> int:
    """How many dimensions of an operand its ellipsis stands for."""
    named = len(labels) - labels.count(ELLIPSIS)
    if ELLIPSIS in labels:
        if named > operand.ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) is more than the number of dimensions "
                f"({operand.ndim}) for operand {position}"
            )
        return operand.ndim - named
    if named != operand.ndim:
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
            f"({operand.ndim}) for operand {position} and no ellipsis was given"
        )
    return 0


def _output_labels(terms: list[list[str]], arrow: str, right: str) -> list[str]:
    """What is written after the arrow; without one, the ellipsis and the labels that appear once, sorted."""
    every = [label for labels in terms for label in labels]
    if not arrow:
        return [ELLIPSIS] * (ELLIPSIS in every) + sorted(one for one in set(every) if one != ELLIPSIS and every.count(one) == 1)
    output = _labels(right, -1)
    for label in output:
        if output.count(label) > 1:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
        if label not in every and label != ELLIPSIS:
            raise RuntimeError(f"einsum(): output subscript {label} does not appear in the equation for any input operand")
    return output


def _expanded(label: str, count: int, longest: int) -> list[str]:
    """The names of the dimensions a label stands for: of an ellipsis, the last ``count`` of the ``longest`` one."""
    return [f"{ELLIPSIS}{i}" for i in range(longest - count, longest)] if label == ELLIPSIS else [label]


def _check_sizes(terms: list[list[str]], operands: Sequence[Tensor], covered: list[int], ellipsis: int) -> None:
    sizes: dict[str, int] = {}
    for position, (labels, operand, count) in enumerate(zip(terms, operands, covered, strict=True)):
        dims = [name for label in labels for name in _expanded(label, count, ellipsis)]
        here: dict[str, int] = {}
        for name, size in zip(dims, operand._array.shape, strict=True):
            if name in here and here[name] != size:
                raise RuntimeError(
                    f"einsum(): subscript {name} is repeated for operand {position} but the sizes don't match, "
                    f"{size} != {here[name]}"
                )
            here[name] = size
            before = sizes.get(name, 1)
            if size != 1 and before not in (1, size):
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {size} for operand {position} which does not broadcast with previously "
                    f"seen size {before}"
                )
            sizes[name] = size if before == 1 else before


def _aligned(operand: Tensor, dims: list[str], names: list[str]) -> Tensor:
    """The operand with one dimension for each of ``names``, in that order; repeated labels become the diagonal."""
    position = 0
    while position < len(dims):
        first = dims.index(dims[position])
        if first != position:
            operand = TENSORS.diagonal(operand, 0, first, position)
            order = list(range(operand.ndim - 1))
            order.insert(first, operand.ndim - 1)
            operand = permute_dims(operand, order)
            del dims[position]
        else:
            position += 1
    order = []
    missing = operand.ndim
    for name in names:
        if name in dims:
            order.append(dims.index(name))
        else:
            operand = TENSORS.unsqueeze(operand, operand.ndim)
            order.append(missing)
            missing += 1
    return permute_dims(operand, order)


def _contracted(operands: list[Tensor], kept: int) -> Tensor:
    """The product of all, summed over all but the first ``kept`` dimensions."""
    ndim = operands[0].ndim
    summed = range(kept, ndim)
    if len(operands) == 1:
        return TENSORS.sum_dims(operands[0], tuple(summed), False) if summed else operands[0]
    uses = {dim: sum(one._array.shape[dim] != 1 for one in operands) for dim in summed}
    while len(operands) > 1:
        first, second, *rest = operands
        together, only_first, only_second = [], [], []
        for dim in summed:
            if first._array.shape[dim] != 1 and second._array.shape[dim] != 1:
                uses[dim] -= 1
                if uses[dim] == 1:
                    together.append(dim)
                    uses[dim] = 0
            elif uses[dim] == 1:
                if first._array.shape[dim] != 1:
                    only_first.append(dim)
                    uses[dim] = 0
                elif second._array.shape[dim] != 1:
                    only_second.append(dim)
                    uses[dim] = 0
        if only_first:
            first = TENSORS.sum_dims(first, tuple(only_first), True)
        if only_second:
            second = TENSORS.sum_dims(second, tuple(only_second), True)
        operands = [*rest, product_summed(first, second, together)]
    result = operands[0]
    return view(result, result._array.shape[:kept]) if summed else result


def product_summed(left: Tensor, right: Tensor, summed: Sequence[int]) -> Tensor:
    """The product of two tensors of equally many dimensions, summed over some, which keep size 1: one stack of matrix products."""
    if not summed:
        return TENSORS.mul(left, right)
    shared, only_left, only_right = [], [], []
    for dim in range(left.ndim):
        in_left, in_right = left._array.shape[dim] != 1, right._array.shape[dim] != 1
        if dim in summed:
            continue
        if in_left and in_right:
            shared.append(dim)
        elif in_left:
            only_left.append(dim)
        else:
            only_right.append(dim)
    contracted = list(summed)
    size_of = {dim: left._array.shape[dim] for dim in (*shared, *only_left)} | {dim: right._array.shape[dim] for dim in only_right}
    batch, rows, columns = (math.prod([size_of[dim] for dim in dims]) for dims in (shared, only_left, only_right))
    inner = math.prod([left._array.shape[dim] for dim in contracted])
    first = reshape(permute_dims(left, shared + only_left + contracted + only_right), batch, rows, inner)
    second = reshape(permute_dims(right, shared + contracted + only_right + only_left), batch, inner, columns)
    order = shared + only_left + contracted + only_right
    product = view(bmm_checked(first, second), [size_of.get(dim, 1) for dim in order])
    return permute_dims(product, [order.index(dim) for dim in range(left.ndim)])
