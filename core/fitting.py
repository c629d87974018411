"""Gradients as arrays: made to fit their input where broadcasting stretched it or promotion changed its dtype, and added up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from .backends import ARRAYS, TENSORS
from .tensor import Array, Tensor

Fit = tuple[tuple[int, ...], Any]
"""The shape and dtype an input's gradient must have."""


def fit_array(gradient: Any, fit: Fit) -> Array:
    """The gradient, an array, summed to a shape and cast to a dtype."""
    shape, dtype = fit
    if gradient.shape != shape:
        gradient = ARRAYS.sum_to(gradient, shape) if shape else np.add.reduce(gradient, None)
    if gradient.dtype is not dtype and gradient.dtype != dtype:
        gradient = gradient.astype(dtype)
    return as_array(gradient)


def fit_tensor(gradient: Tensor, fit: Fit) -> Tensor:
    """The gradient, a tensor, summed to a shape and cast to a dtype; recorded."""
    shape, dtype = fit
    if gradient._array.shape != shape:
        gradient = TENSORS.sum_to(gradient, shape)
    if gradient._array.dtype != dtype:
        gradient = TENSORS.cast(gradient, dtype)
    return gradient


def as_array(value: Any) -> Array:
    """An array of what may be a NumPy scalar."""
    return value if type(value) is ndarray else np.asarray(value)


_AS_ARRAY: dict[str, Any] = {"out": ...} if np.lib.NumpyVersion(np.__version__) >= "2.3.0" else {}
"""Asks a ufunc for a 0-d array instead of a scalar, which would have to be made one again."""


def total(held: Array, value: Array) -> Array:
    """The sum of two gradients of one shape, as a new array."""
    return as_array(np.add(held, value, **_AS_ARRAY))


def add_to(held: Array, value: Array) -> Array:
    """Add ``value`` to ``held`` where that lies, and return it."""
    result: Array = np.add(held, value, held)
    return result
