"""Losses that ask for a margin: soft_margin_loss, multi_margin_loss, multilabel_margin_loss."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import errors
from ..registry import op
from ..tensor import Array, Tensor
from .loss import reduction_of


def _reduced(losses: Array, how: str) -> Array:
    if how == "none":
        return losses
    total = np.add.reduce(losses, None)
    return total / losses.dtype.type(losses.size) if how == "mean" else total


def _no_second_derivative(name: str) -> Any:
    def refuse(k: Any, g: Any) -> Any:  # noqa: ARG001  (as every derivative)
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return refuse


# ---------------------------------------------------------------------------------------------------------------- soft
def _soft_slope(k: Any, g: Any, self: Any, target: Any, reduction: str) -> Any:
    slope = -target * k.sigmoid(-target * self)
    return g * (slope / math.prod(slope.shape)) if reduction == "mean" else g * slope


@op("SoftMarginLossBackward0", tensors=("target",), self=_soft_slope)
def soft_margin_loss_array(self: Array, target: Array, reduction: str) -> Array:
    """``log(1 + exp(-target * input))``."""
    return _reduced(np.log1p(np.exp(-target * self)).astype(self.dtype, copy=False), reduction)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """The logistic loss of scores against targets that are 1 or -1."""
    how = reduction_of(reduction, size_average, reduce)
    try:
        np.broadcast_shapes(input._array.shape, target._array.shape)
    except ValueError:
        raise errors.not_broadcastable(input._array.shape, target._array.shape) from None
    return soft_margin_loss_array(input, target, how)


# ------------------------------------------------------------------------------------------------------- one right class
def _rows(array: Array) -> Array:
    """(samples, classes); a single number is one class."""
    return array.reshape(-1, array.shape[-1] if array.ndim else 1)


def _shortfalls(self: Array, target: Array, margin: float) -> Array:
    """By how much each other class comes too near to the right one: (samples, classes)."""
    rows = _rows(self)
    right = rows[np.arange(len(rows)), target.reshape(-1)]
    result = np.maximum(self.dtype.type(margin) - right[:, None] + rows, 0)
    result[np.arange(len(rows)), target.reshape(-1)] = 0
    return result


@op("NotImplemented", display_name="torch::autograd::NotImplemented", grad=_no_second_derivative("multi_margin_loss_backward"))
def multi_margin_slopes(
    grad: Array, self: Array, target: Array, weight: Array | None, p: int, margin: float, reduction: str
) -> Array:
    """The gradient of :func:`multi_margin_loss_array`."""
    short = _shortfalls(self, target, margin)
    slopes = (short > 0).astype(self.dtype) if p == 1 else 2 * short
    slopes /= slopes.shape[-1]
    places = target.reshape(-1)
    if weight is not None:
        slopes *= weight[places][:, None]
    slopes[np.arange(len(slopes)), places] = -slopes.sum(1)
    each = grad.reshape(-1, 1) if reduction == "none" else grad / (len(slopes) if reduction == "mean" else 1)
    return (slopes * each).reshape(self.shape).astype(self.dtype, copy=False)


@op(
    "MultiMarginLossBackward0",
    tensors=("target", "weight"),
    self=lambda k, g, self, target, weight, p, margin, reduction: k.multi_margin_slopes(
        g, self, target, weight, p, margin, reduction
    ),
)
def multi_margin_loss_array(self: Array, target: Array, weight: Array | None, p: int, margin: float, reduction: str) -> Array:
    """The mean over the classes of the shortfalls to the power ``p``."""
    short = _shortfalls(self, target, margin)
    losses = (short**p).sum(1)
    if weight is not None:
        losses = losses * weight[target.reshape(-1)]
    losses = (losses / short.shape[-1]).astype(self.dtype, copy=False)
    return _reduced(losses.reshape(target.shape), reduction)


def _check_matrix(input: Tensor) -> None:
    shape = input._array.shape
    if len(shape) > 2 or (shape and not shape[-1]):
        raise RuntimeError(f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}")


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Positive unless the score of the right class is above all others by the margin."""
    how = reduction_of(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    _check_matrix(input)
    samples = 1 if input.ndim < 2 else input._array.shape[0]
    if target.ndim > 1 or target._array.size != samples:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). Expected "
            f"target size [{samples}], but got {list(target._array.shape)}. Input has shape {list(input._array.shape)}."
        )
    classes = input._array.shape[-1] if input.ndim else 1
    if weight is not None and weight._array.shape != (classes,):
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight._array.shape)}")
    if target._array.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.cpp_name}")
    if target._array.size and (target._array.min() < 0 or target._array.max() >= classes):
        raise RuntimeError("target out of range")
    return multi_margin_loss_array(input, target, weight, p, margin, how)


# --------------------------------------------------------------------------------------------------- several right classes
def _pairs(row: Array, labels: Array) -> tuple[Array, Array, Array]:
    """The right classes (up to the first -1), which classes are right, and by how much each other one comes too near."""
    end = np.flatnonzero(labels < 0)
    right = labels[: end[0]] if end.size else labels
    is_right = np.zeros(len(row), np.bool_)
    is_right[right] = True
    short = np.maximum(row.dtype.type(1) - row[right][:, None] + row[None, :], 0)
    short[:, is_right] = 0
    return right, is_right, short


@op("NotImplemented", display_name="torch::autograd::NotImplemented", grad=_no_second_derivative("multilabel_margin_loss_backward"))
def multilabel_margin_slopes(grad: Array, self: Array, target: Array, reduction: str) -> Array:
    """The gradient of :func:`multilabel_margin_loss_array`."""
    rows, labels = _rows(self), _rows(target)
    result = np.zeros_like(rows)
    for slopes, row, some in zip(result, rows, labels, strict=True):
        right, _, short = _pairs(row, some)
        steps = (short > 0).astype(row.dtype) / row.dtype.type(len(row))
        slopes += steps.sum(0)
        np.subtract.at(slopes, right, steps.sum(1))
    each = grad.reshape(-1, 1) if reduction == "none" else grad / (len(rows) if reduction == "mean" else 1)
    return (result * each).reshape(self.shape).astype(self.dtype, copy=False)


@op(
    "MultilabelMarginLossBackward0",
    tensors=("target",),
    self=lambda k, g, self, target, reduction: k.multilabel_margin_slopes(g, self, target, reduction),
)
def multilabel_margin_loss_array(self: Array, target: Array, reduction: str) -> Array:
    """The mean over the classes of the shortfalls of all pairs of a right and a wrong class."""
    rows, labels = _rows(self), _rows(target)
    losses = [_pairs(row, some)[2].sum() / row.dtype.type(len(row)) for row, some in zip(rows, labels, strict=True)]
    return _reduced(np.asarray(losses, self.dtype).reshape(self.shape[:-1]), reduction)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """Positive unless the scores of all right classes, listed up to the first -1, are above all others by 1."""
    how = reduction_of(reduction, size_average, reduce)
    _check_matrix(input)
    if target._array.shape != input._array.shape:
        raise RuntimeError(f"inconsistent target size: {list(target._array.shape)} for input of size: {list(input._array.shape)}")
    if target._array.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.cpp_name}")
    if target._array.size and (target._array.min() < -1 or target._array.max() >= _rows(input._array).shape[1]):
        raise RuntimeError("argument #2 'target' is out of range")
    return multilabel_margin_loss_array(input, target, how)
