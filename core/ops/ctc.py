"""ctc_loss: how likely a sequence of labels is, over all ways to align it with a longer sequence of predictions.

The forward and backward recursions of Graves et al. (2006), in logarithms, over the labels with blanks between them.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..calling import invalid_combination
from ..registry import op
from ..tensor import Array, Tensor, from_array
from .loss import reduction_of
from .margin_losses import _no_second_derivative
from .reduction import mean_all, sum_all

Lengths = tuple[int, ...]


def _with_blanks(labels: Array, blank: int) -> Array:
    result = np.full(2 * len(labels) + 1, blank, np.int64)
    result[1::2] = labels
    return result


def _shifted(row: Array, places: int) -> Array:
    """``row`` with so many impossible elements before it."""
    return np.concatenate([np.full(places, -np.inf), row])[: len(row)]


def _forward(log_probs: Array, path: Array, blank: int) -> Array:
    """For each time and place on the path: how likely all beginnings are that end there. ``log_probs``: (time, classes)."""
    may_skip = np.zeros(len(path), np.bool_)
    may_skip[2:] = (path[2:] != blank) & (path[2:] != path[:-2])
    alpha = np.full((len(log_probs), len(path)), -np.inf)
    alpha[0, :2] = log_probs[0, path[:2]]
    for time in range(1, len(log_probs)):
        before = alpha[time - 1]
        arrived = np.logaddexp(before, _shifted(before, 1))
        skipped = np.where(may_skip, _shifted(before, 2), -np.inf)
        alpha[time] = np.logaddexp(arrived, skipped) + log_probs[time, path]
    return alpha


def _likelihood(alpha: Array) -> float:
    return float(np.logaddexp.reduce(alpha[-1, -2:])) if len(alpha) else (0.0 if alpha.shape[1] == 1 else -np.inf)


def _paths(targets: Array, lengths: Lengths, blank: int) -> list[Array]:
    """The labels of each sequence, with blanks."""
    if targets.ndim == 2:
        return [_with_blanks(row[:length], blank) for row, length in zip(targets, lengths, strict=True)]
    ends = np.cumsum(lengths)
    return [_with_blanks(targets[end - length : end], blank) for end, length in zip(ends, lengths, strict=True)]


@op(
    "NotImplemented",
    display_name="torch::autograd::NotImplemented",
    grad=_no_second_derivative("_ctc_loss_backward"),
)
def ctc_loss_slopes(
    grad: Array, log_probs: Array, targets: Array, inputs: Lengths, lengths: Lengths, blank: int, zero_infinity: bool
) -> Array:
    """The gradient of :func:`ctc_loss_array`."""
    result = np.zeros(log_probs.shape)
    for number, (path, duration) in enumerate(zip(_paths(targets, lengths, blank), inputs, strict=True)):
        scores = np.asarray(log_probs[:duration, number], np.float64)
        alpha = _forward(scores, path, blank)
        total = _likelihood(alpha)
        if zero_infinity and total == -np.inf:
            continue
        beta = _forward(scores[::-1], path[::-1], blank)[::-1, ::-1]
        together = np.full(scores.shape, -np.inf)
        for place, label in enumerate(path):
            together[:, label] = np.logaddexp(together[:, label], alpha[:, place] + beta[:, place])
        with np.errstate(invalid="ignore"):
            result[:duration, number] = (np.exp(scores) - np.exp(together - total - scores)) * grad[number]
    return result.astype(log_probs.dtype)


@op(
    "CtcLossBackward0",
    tensors=("targets",),
    log_probs=lambda k, g, log_probs, targets, inputs, lengths, blank, zero_infinity: k.ctc_loss_slopes(
        g, log_probs, targets, inputs, lengths, blank, zero_infinity
    ),
)
def ctc_loss_array(
    log_probs: Array,
    targets: Array,
    inputs: Lengths,
    lengths: Lengths,
    blank: int,
    zero_infinity: bool,  # noqa: ARG001  (for the derivative)
) -> Array:
    """The negative logarithm of each sequence's likelihood."""
    losses = [
        -_likelihood(_forward(np.asarray(log_probs[:duration, number], np.float64), path, blank))
        for number, (path, duration) in enumerate(zip(_paths(targets, lengths, blank), inputs, strict=True))
    ]
    return np.asarray(losses, log_probs.dtype)


def _lengths(given: Any, name: str) -> Lengths:
    if isinstance(given, Tensor):
        if given._array.dtype.kind not in "iu":
            raise RuntimeError(f"{name} must be integral")
        return tuple(given._array.reshape(-1).tolist())
    return tuple([int(one) for one in given])


def _check(log_probs: Tensor, targets: Tensor, inputs: Lengths, lengths: Lengths, blank: int) -> None:
    duration, batch, classes = log_probs._array.shape
    where = "(while checking arguments for ctc_loss_allocate_outputs)"
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    if len(inputs) != batch:
        raise RuntimeError("input_lengths must be of size batch_size")
    if len(lengths) != batch:
        raise RuntimeError("target_lengths must be of size batch_size")
    if targets.ndim == 1 and targets._array.size != sum(lengths):
        raise RuntimeError(
            f"Expected tensor to have size {sum(lengths)} at dimension 0, but got size {targets._array.size} for argument #2 "
            f"'targets' {where}"
        )
    if targets.ndim == 2 and targets._array.shape[1] < max(lengths, default=0):
        raise RuntimeError(
            f"Expected tensor to have size at least {max(lengths)} at dimension 1, but got size {targets._array.shape[1]} for "
            f"argument #2 'targets' {where}"
        )
    longest = max(inputs, default=0)
    if longest > duration:
        raise RuntimeError(f"Expected input_lengths to have value at most {duration}, but got value {longest} {where}")


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Connectionist temporal classification: log-probabilities (time, batch, classes) against sequences of labels."""
    how = reduction_of(reduction)
    for given in (input_lengths, target_lengths):
        if isinstance(given, (tuple, list)) and any(isinstance(one, float) for one in given):
            arguments = (log_probs, targets, input_lengths, target_lengths, blank, 0, zero_infinity)
            raise invalid_combination("ctc_loss", arguments, {})
    inputs, lengths = _lengths(input_lengths, "input_lengths"), _lengths(target_lengths, "target_lengths")
    batched = log_probs.ndim == 3
    scores = log_probs if batched else log_probs.unsqueeze(1)
    labels = targets if batched or targets.ndim == 2 else targets.unsqueeze(0)
    _check(scores, labels, inputs, lengths, blank)
    losses = ctc_loss_array(scores, labels, inputs, lengths, blank, zero_infinity)
    if zero_infinity:
        losses = TENSORS.where(losses == np.inf, from_array(np.zeros((), losses._array.dtype)), losses)
    if how == "mean":
        counts = np.maximum(np.asarray(lengths), 1).astype(losses._array.dtype)
        return mean_all(losses / from_array(counts))
    if how == "sum":
        return sum_all(losses)
    return losses if batched else losses.squeeze(0)
