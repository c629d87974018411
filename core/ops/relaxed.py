"""Random layers and distances met less often: gumbel_softmax, feature_alpha_dropout, pdist."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import random
from ..drawing import exponential_
from ..registry import op
from ..tensor import Array, Tensor, from_array
from .activations import softmax
from .combining import _distance_gradient, _norm
from .layers import _ALPHA, _drop, _kept


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A draw from the classes with these scores that can be differentiated; ``hard``: as a row with a single 1."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", UserWarning, stacklevel=2)
    waiting = exponential_(from_array(np.empty_like(logits._array)))
    noisy = (logits + -waiting.log()) / tau
    soft = softmax(noisy, dim)
    if not hard:
        return soft
    places = np.expand_dims(soft._array.argmax(dim), dim)
    chosen = np.zeros_like(logits._array)
    np.put_along_axis(chosen, places, 1, dim)
    return from_array(chosen) - soft.detach() + soft


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Whole channels dropped as :func:`.layers.alpha_dropout` drops elements."""
    if not _kept(p, training):
        return input
    shape = (*input._array.shape[:2], *(1,) * (input.ndim - 2))
    if p == 1:
        return _drop(input, p, shape, inplace)
    keep = random.bernoulli(1 - p, shape, input._array.dtype)
    scale = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    offset = from_array(((keep - 1) * (_ALPHA * scale) + _ALPHA * scale * p).astype(keep.dtype))
    noise = from_array((keep * scale).astype(keep.dtype))
    return input.mul_(noise).add_(offset) if inplace else input * noise + offset


def _pair_gradient(
    k: Any, g: Any, self: Any, result: Any, self_shape: tuple[int, ...], p: float, pairs: tuple[Array, Array]
) -> Any:
    first, second = (k.index(self, (places,)) for places in pairs)
    slopes = _distance_gradient(k, k.unsqueeze(g, 1), first, second, k.unsqueeze(result, 1), p, 1.0)
    to_first, to_second = (k.index_backward(slopes, self_shape, (places,)) for places in pairs)
    return to_first - to_second


@op("PdistBackward0", self=_pair_gradient)
def pdist_of(self: Array, p: float, pairs: tuple[Array, Array]) -> Array:
    """The p-norm of the difference of each pair of rows."""
    return _norm(self[pairs[0]] - self[pairs[1]], p, -1).astype(self.dtype, copy=False)


def pdist(input: Tensor, p: float = 2) -> Tensor:
    """The distances of all pairs of rows: the upper triangle of :func:`.combining.cdist` as a vector."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if input._array.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    rows, columns = np.triu_indices(input._array.shape[0], 1)
    return pdist_of(input, float(p), (rows, columns))
