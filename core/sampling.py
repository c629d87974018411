"""Tensors of random numbers, drawn from :mod:`.random` as PyTorch draws them."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import random
from .creation import finished, shape_of
from .dtypes import as_dtype, get_default_dtype
from .inplace import check_and_write
from .tensor import Tensor


def _dtype(dtype: Any) -> Any:
    return (get_default_dtype() if dtype is None else as_dtype(dtype)).np


def rand(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Uniform in [0, 1)."""
    return finished(random.rand(shape_of(size), _dtype(dtype), generator), requires_grad, device)


def randn(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Normal with mean 0 and standard deviation 1."""
    return finished(random.randn(shape_of(size), _dtype(dtype), generator), requires_grad, device)


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``randint(high, size)`` or ``randint(low, high, size)``: integers in [low, high)."""
    if size is None:
        low, high, size = 0, low, high
    wanted = np.dtype(np.int64) if dtype is None else as_dtype(dtype).np
    return finished(random.randint(low, high, tuple(size), wanted, generator), requires_grad, device)


def randperm(n: int, *, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """The integers below ``n`` in random order."""
    wanted = np.dtype(np.int64) if dtype is None else as_dtype(dtype).np
    return finished(random.randperm(n, wanted, generator), False, device)


def rand_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """:func:`rand` in the shape and dtype of ``input``."""
    return rand(*input._array.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def randn_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """:func:`randn` in the shape and dtype of ``input``."""
    return randn(*input._array.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Any = None) -> Tensor:
    """Normal numbers with a mean and a standard deviation (numbers or tensors)."""
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        means, deviations = (value._array if isinstance(value, Tensor) else value for value in (mean, std))
        shape = np.broadcast_shapes(np.shape(means), np.shape(deviations))
        return finished((random.randn(shape, generator=generator) * deviations + means).astype(np.float32), False)
    return finished(random.normal(tuple(size), mean, std, _dtype(None), generator), False)


def bernoulli(input: Tensor, *, generator: Any = None) -> Tensor:
    """Ones with the probabilities in ``input``, else zeros."""
    return finished(random.bernoulli(input._array, dtype=input._array.dtype, generator=generator), False)


def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **names: float) -> Tensor:
    """Fill with uniform numbers."""
    low = names.get("from", from_)
    return check_and_write(self, lambda: random.uniform(self._array.shape, low, to, self._array.dtype, generator), "uniform_")


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with normal numbers."""
    return check_and_write(self, lambda: random.normal(self._array.shape, mean, std, self._array.dtype, generator), "normal_")


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fill with ones of probability ``p``, and zeros."""
    chance = p._array if isinstance(p, Tensor) else p
    draw = lambda: random.bernoulli(chance, self._array.shape, self._array.dtype, generator)  # noqa: E731
    return check_and_write(self, draw, "bernoulli_")


def random_(self: Tensor, from_: int = 0, to: int | None = None, *, generator: Any = None) -> Tensor:
    """Fill with integers."""
    low, high = (0, from_) if to is None else (from_, to)
    draw = lambda: random.randint(low, high or (1 << 24), self._array.shape, self._array.dtype, generator)  # noqa: E731
    return check_and_write(self, draw, "random_")


def attach() -> None:
    """Put the in-place fillers on Tensor."""
    for method in (uniform_, normal_, bernoulli_, random_):
        setattr(Tensor, method.__name__, method)
