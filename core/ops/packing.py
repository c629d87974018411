"""The steps of sequences of different lengths, one after the other."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np

from ..registry import op
from ..tensor import Array
from .shape_primitives import Shape


@op("PackPaddedSequenceBackward0", self=lambda k, g, self_shape, batch_sizes: k.padded_steps(g, self_shape, batch_sizes))
def packed_steps(self: Array, batch_sizes: tuple[int, ...]) -> Array:
    """(T, B, ...) -> (steps, ...): of each step the sequences that have it."""
    return np.concatenate([step[:size] for step, size in zip(self, batch_sizes, strict=False)])


@op("PadPackedSequenceBackward0", self=lambda k, g, batch_sizes: k.packed_steps(g, batch_sizes))
def padded_steps(self: Array, shape: Shape, batch_sizes: tuple[int, ...]) -> Array:
    """The reverse of :func:`packed_steps`, filled up with zeros."""
    result = np.zeros(shape, self.dtype)
    start = 0
    for step, size in enumerate(batch_sizes):
        result[step, :size] = self[start : start + size]
        start += size
    return result
