"""Making a gradient fit its input: its shape where broadcasting stretched it, its dtype where promotion changed it."""

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
