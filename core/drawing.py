"""Tensors drawn from less usual distributions, by the numbers of PyTorch's generator: exponential, Cauchy, multinomial..."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import random
from .dtypes import from_numpy_dtype, int64
from .inplace import check_and_write
from .making import delivered
from .tensor import Array, Tensor

_FLOAT64 = np.dtype(np.float64)
_MOST_CATEGORIES = 1 << 24


def _uniform(count: int, generator: Any) -> NDArray[np.float64]:
    """Numbers in [0, 1) with 53 random bits, whatever the dtype of the result is."""
    numbers: NDArray[np.float64] = (generator or random.default_generator).uniform(count, _FLOAT64)
    return numbers


def _exponential(count: int, rate: float, generator: Any) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = -np.log1p(-_uniform(count, generator)) / rate
    return numbers


def _filled(self: Tensor, name: str, draw: Callable[[int], Array]) -> Tensor:
    array = self._array
    return check_and_write(self, lambda: draw(array.size).astype(array.dtype).reshape(array.shape), name)


def _floats_only(self: Tensor, kernel: str) -> None:
    if self._array.dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{from_numpy_dtype(self._array.dtype).cpp_name}'")


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with numbers of the density ``lambd * exp(-lambd * x)``."""
    if self._array.dtype.kind != "f":
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {from_numpy_dtype(self._array.dtype).cpp_name}"
        )
    if not lambd > 0.0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    return _filled(self, "exponential_", lambda count: _exponential(count, lambd, generator))


def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with Cauchy's numbers, half of which are within ``sigma`` of the median."""
    if not sigma > 0.0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    if self._array.dtype.kind != "f":
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {from_numpy_dtype(self._array.dtype).cpp_name}"
        )
    return _filled(self, "cauchy_", lambda count: median + sigma * np.tan(math.pi * (_uniform(count, generator) - 0.5)))


def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Fill with the numbers of trials up to the first success, which has the probability ``p``."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return _filled(self, "geometric_", lambda count: np.ceil(np.log(_uniform(count, generator)) / math.log1p(-p)))


def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Tensor:
    """Fill with numbers whose logarithms are normal."""
    if not std > 0.0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    _floats_only(self, "log_normal_cpu")
    source = generator or random.default_generator
    return _filled(self, "log_normal_", lambda count: np.exp([source._one_normal() * std + mean for _ in range(count)]))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Tensor | None = None
) -> Tensor:
    """Positions drawn with the weights in ``input``, a vector or one for each row. Raises ``RuntimeError`` for unfit weights."""
    weights = input._array
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {from_numpy_dtype(weights.dtype).cpp_name}"
        )
    categories = weights.shape[-1]
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > categories:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if categories > _MOST_CATEGORIES:
        raise RuntimeError("number of categories cannot exceed 2^24")
    if not replacement or num_samples == 1:
        drawn = _without_replacement(weights, num_samples, generator)
    else:
        drawn = _with_replacement(weights, num_samples, generator)
    if out is not None and out.dtype is not int64:
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype.cpp_name}")
    return delivered("multinomial", drawn, out, None, None, False)


def _without_replacement(weights: Array, count: int, generator: Any) -> Array:
    """The winners of a race: each one's time is exponential, at the rate of its weight."""
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.size and (weights.sum(-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    times = _exponential(weights.size, 1.0, generator).astype(weights.dtype).reshape(weights.shape)
    with np.errstate(all="ignore"):
        speeds = weights / times
    return np.argsort(-speeds, axis=-1, kind="stable")[..., :count].astype(np.int64)


def _with_replacement(weights: Array, count: int, generator: Any) -> Array:
    """Where uniform numbers fall among the sums of the weights."""
    rows = weights.reshape(-1, weights.shape[-1])
    numbers = _uniform(len(rows) * count, generator).reshape(len(rows), count)
    drawn = np.empty((len(rows), count), np.int64)
    for row, uniform, positions in zip(rows, numbers, drawn, strict=True):
        if (row < 0).any():
            raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
        if not np.isfinite(row).all():
            raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
        sums = np.cumsum(row)
        if not sums[-1] > 0:
            raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
        positions[:] = np.searchsorted(sums / sums[-1], uniform)
    return drawn.reshape(*weights.shape[:-1], count)


METHODS = {method.__name__: method for method in (exponential_, cauchy_, geometric_, log_normal_, multinomial)}
"""Methods of Tensor."""


def attach() -> None:
    """Put them on Tensor."""
    for name, method in METHODS.items():
        setattr(Tensor, name, method)
