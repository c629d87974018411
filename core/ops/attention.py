"""Scaled dot-product attention.

As in PyTorch on the CPU there are two ways: one fused operator (its node is named after flash attention) for the plain case of four
dimensions, and a composition of matrix products and softmax for everything else.
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..grad_mode import thread_state
from ..registry import formula_helper, op, register_pair
from ..tensor import Array, Tensor, from_array
from . import scalars  # noqa: F401  (registers mul_number)
from .layers import dropout
from .matmul import matmul
from .shape import transpose_dims


def _probabilities(query: Array, key: Array, mask: Array | None, scale: float) -> Array:
    """The softmax of the scores; zero in rows where nothing may be looked at."""
    scores = np.matmul(query, key.swapaxes(-1, -2))
    scores *= query.dtype.type(scale)
    if mask is not None:
        scores += mask
    return _softmax_or_zero(scores)


def _softmax_or_zero(scores: Array) -> Array:
    if not scores.shape[-1]:
        return scores
    highest = np.maximum.reduce(scores, -1, keepdims=True)
    blocked = np.isneginf(highest)
    highest[blocked] = 0
    weights = np.exp(scores - highest)
    total = np.add.reduce(weights, -1, keepdims=True)
    total[blocked] = 1
    weights /= total
    return weights


def _probabilities_again(query: Tensor, key: Tensor, mask: Tensor | None, scale: float, _saved: Any) -> Tensor:
    scores = TENSORS.bmm(query, TENSORS.mT(key)) * scale
    result: Tensor = TENSORS.safe_softmax(scores if mask is None else scores + mask, scores.ndim - 1)
    return result


# second derivatives have to go through the softmax, so there it is computed again
register_pair("attention_weights", lambda query, key, mask, scale, saved: saved, _probabilities_again)


@formula_helper
def heads_repeated(k: Any, heads: Any, repeats: int) -> Any:
    """(N, heads, ...) -> (N, heads * repeats, ...): each head for so many heads of the queries."""
    if repeats == 1:
        return heads
    batch, count, *rest = heads.shape
    spread = k.expand(k.unsqueeze(heads, 2), (batch, count, repeats, *rest))
    return k.reshape(spread, (batch, count * repeats, *rest))


@formula_helper
def heads_summed(k: Any, gradient: Any, repeats: int) -> Any:
    """The reverse of :func:`heads_repeated` for gradients."""
    if repeats == 1 or gradient is None:
        return gradient
    batch, count, *rest = gradient.shape
    return k.sum_dims(k.reshape(gradient, (batch, count // repeats, repeats, *rest)), (2,), False)


def _attention_gradient(
    k: Any, g: Any, needs: tuple[bool, ...], query: Any, key: Any, value: Any, attn_mask: Any, scale: float, weights: Any
) -> tuple[Any, Any, Any]:
    repeats = query.shape[1] // key.shape[1]
    key, value = k.heads_repeated(key, repeats), k.heads_repeated(value, repeats)
    weights = k.attention_weights(query, key, attn_mask, scale, weights)
    for_query = for_key = None
    for_value = k.bmm(k.mT(weights), g) if needs[2] else None
    if needs[0] or needs[1]:
        towards = k.bmm(g, k.mT(value))
        last = len(query.shape) - 1
        scores = weights * (towards - k.sum_dims(towards * weights, (last,), True)) * scale
        for_query = k.bmm(scores, key) if needs[0] else None
        for_key = k.bmm(k.mT(scores), query) if needs[1] else None
    return for_query, k.heads_summed(for_key, repeats), k.heads_summed(for_value, repeats)


@op(
    "ScaledDotProductFlashAttentionForCpuBackward0",
    joint=_attention_gradient,
    tensors=("attn_mask",),
    outputs=("result", "weights"),
    visible=1,
    query=lambda k, g: g,
    key=lambda k, g: g,
    value=lambda k, g: g,
)
def fused_attention(query: Array, key: Array, value: Array, attn_mask: Array | None, scale: float) -> tuple[Array, Array]:
    """``softmax(query @ key.T * scale + attn_mask) @ value``."""
    repeats = query.shape[1] // key.shape[1]
    key, value = ARRAYS.heads_repeated(key, repeats), ARRAYS.heads_repeated(value, repeats)
    weights = _probabilities(query, key, attn_mask, scale)
    if query.flags.c_contiguous:
        return np.matmul(weights, value), weights
    result = np.empty_like(query)  # in the order in which the query is stored
    np.matmul(weights, value, out=result)
    return result, weights


@op("SafeSoftmaxBackward0", self=lambda k, g, result, dim: (g - k.sum_dims(g * result, (dim,), True)) * result)
def safe_softmax(self: Array, dim: int) -> Array:  # noqa: ARG001  (it is always the last)
    """The softmax along the last dimension; zero where all elements are minus infinity."""
    return _softmax_or_zero(self)


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``softmax(query @ key.T * scale + attn_mask) @ value``, over any leading dimensions."""
    _check(query, key, value, attn_mask)
    factor = 1 / math.sqrt(query._array.shape[-1]) if scale is None else scale
    if _can_be_fused(query, key, value, attn_mask, dropout_p, enable_gqa):
        return fused_attention(query, key, value, _additive_mask(query, key, attn_mask, is_causal), factor)
    if is_causal and attn_mask is not None:
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if enable_gqa:
        repeats = query._array.shape[-3] // key._array.shape[-3]
        key = key.repeat_interleave(repeats, -3)
        value = value.repeat_interleave(repeats, -3)
    mask = _additive_mask(query, key, attn_mask, is_causal)
    root = math.sqrt(factor)
    transposed = TENSORS.mul_number(transpose_dims(key, -2, -1), root)
    scores = matmul(TENSORS.mul_number(query, root), transposed)
    if mask is not None:
        scores = scores + mask
    weights = safe_softmax(scores, scores.ndim - 1)
    return matmul(dropout(weights, dropout_p) if dropout_p > 0 else weights, value)


def _can_be_fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout_p: float, enable_gqa: bool) -> bool:
    """What PyTorch's fused operator takes."""
    shapes = [one._array.shape for one in (query, key, value)]
    if dropout_p > 0 or any(len(shape) != 4 or 0 in shape[2:] for shape in shapes):
        return False
    if any(shape[0] != shapes[0][0] or shape[3] != shapes[0][3] for shape in shapes):
        return False
    heads = [shape[1] for shape in shapes]
    if heads[1] != heads[2] or (heads[0] % heads[1] if enable_gqa and heads[1] else heads[0] != heads[1]):
        return False
    if mask is None:
        return True
    if thread_state.grad_enabled and mask.requires_grad:
        return False
    wanted = (*shapes[0][:3], shapes[1][2])
    return mask.ndim in (2, 4) and all(
        size in (1, expected) for size, expected in zip(mask._array.shape[::-1], wanted[::-1], strict=False)
    )


def _additive_mask(query: Tensor, key: Tensor, mask: Tensor | None, is_causal: bool) -> Tensor | None:
    """What is added to the scores: minus infinity where looking is not allowed."""
    dtype = query._array.dtype
    if is_causal:
        allowed = np.tri(query._array.shape[-2], key._array.shape[-2], dtype=bool)
        causal = np.where(allowed, dtype.type(0), dtype.type(-np.inf))
        return from_array(causal if mask is None else causal + mask._array)
    if mask is None or mask._array.dtype.kind == "f":
        return mask
    return from_array(np.where(mask._array, dtype.type(0), dtype.type(-np.inf)))


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
    tensors = (query, key, value)
    if any(one._array.dtype != query._array.dtype for one in tensors):
        names = ["float" if one.dtype.name == "float32" else _C_NAMES.get(one.dtype.name, one.dtype.name) for one in tensors]
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{names[0]} key.dtype: {names[1]} and value.dtype: {names[2]} instead."
        )
    if any(one.ndim < 2 for one in tensors):
        raise RuntimeError(
            f"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {query.ndim} key.dim: "
            f"{key.ndim} and value.dim: {value.ndim} instead."
        )
    if mask is not None and mask._array.dtype.kind != "b" and mask._array.dtype != query._array.dtype:
        names = [_C_NAMES.get(one.dtype.name, one.dtype.name) for one in (mask, query)]
        raise RuntimeError(
            f"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {names[0]} and  "
            f"query.dtype: {names[1]} instead."
        )


_C_NAMES = {"float16": "c10::Half", "float32": "float", "float64": "double", "int64": "long int", "int32": "int", "bool": "bool"}
