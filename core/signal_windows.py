"""Windows of signals: hann_window, hamming_window, bartlett_window, blackman_window, kaiser_window."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .dtypes import as_dtype, get_default_dtype
from .ops.special_functions import _bessel
from .tensor import Array, Tensor, from_array

_Shape = Callable[..., Array]


def _window(name: str, shape: _Shape, defaults: tuple[float, ...], summary: str) -> Callable[..., Tensor]:
    """A window of so many elements; a periodic one lacks the last of the symmetric one that is longer by 1."""

    def make(
        window_length: int,
        periodic: bool = True,
        *given: float,
        dtype: Any = None,
        layout: Any = None,  # noqa: ARG001  (there is one layout and one kind of memory)
        device: Any = None,  # noqa: ARG001
        pin_memory: bool = False,  # noqa: ARG001
        requires_grad: bool = False,
        **named: float,
    ) -> Tensor:
        wanted = get_default_dtype() if dtype is None else as_dtype(dtype)
        if wanted.np.kind != "f":
            raise RuntimeError(
                f"{name} expects floating point dtypes, got: TensorOptions(dtype={_C_NAMES.get(wanted.name, wanted.name)}, "
                "device=cpu, layout=Strided (default), requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))"
            )
        if window_length < 0:
            raise RuntimeError(f"{name} requires non-negative window_length, got window_length={window_length}")
        parameters = (*given, *named.values(), *defaults[len(given) + len(named) :])
        if window_length == 0:
            values = np.zeros(0)
        elif window_length == 1:
            values = np.ones(1)
        else:
            last = window_length if periodic else window_length - 1
            values = shape(np.arange(window_length) / last, *parameters)
        return from_array(values.astype(wanted.np)).requires_grad_(requires_grad)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = summary
    return make


_C_NAMES = {"int64": "long int", "int32": "int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char"}


def _cosine(share: Array, alpha: float, beta: float) -> Array:
    return alpha - beta * np.cos(2 * math.pi * share)


def _hann(share: Array) -> Array:
    return _cosine(share, 0.5, 0.5)


def _triangle(share: Array) -> Array:
    return np.asarray(1 - np.abs(2 * share - 1))


def _blackman(share: Array) -> Array:
    return np.asarray(0.42 - 0.5 * np.cos(2 * math.pi * share) + 0.08 * np.cos(4 * math.pi * share))


def _kaiser(share: Array, beta: float) -> Array:
    inside = np.maximum(1 - (2 * share - 1) ** 2, 0)
    return np.asarray(_bessel(beta * np.sqrt(inside), 0) / _bessel(np.asarray(beta), 0))


hann_window = _window("hann_window", _hann, (), "Half a period of a squared sine.")
hamming_window = _window("hamming_window", _cosine, (0.54, 0.46), "``alpha - beta * cos(2 pi n / N)``.")
bartlett_window = _window("bartlett_window", _triangle, (), "A triangle.")
blackman_window = _window("blackman_window", _blackman, (), "Two cosines.")
kaiser_window = _window("kaiser_window", _kaiser, (12.0,), "A ratio of Bessel functions.")
