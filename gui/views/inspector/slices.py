"""How an array of any rank becomes a matrix to look at: the last two axes, at a position along all others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def slice_count(array: NDArray[Any]) -> int:
    """How many matrices there are to look at."""
    return int(np.prod(array.shape[:-2], dtype=np.int64)) if array.ndim > 2 else 1


def matrix_of(array: NDArray[Any], number: int = 0) -> NDArray[Any]:
    """Matrix ``number`` of an array: scalars are 1 × 1, vectors one row."""
    if array.ndim <= 2:
        return np.atleast_2d(array)
    matrix: NDArray[Any] = array[np.unravel_index(number, array.shape[:-2])]
    return matrix


def slice_name(array: NDArray[Any], number: int) -> str:
    """The slice as one would index it: ``[0, 2, :, :]``."""
    leading = [str(int(i)) for i in np.unravel_index(number, array.shape[:-2])] if array.ndim > 2 else []
    return f"[{', '.join([*leading, *[':'] * min(array.ndim, 2)])}]"
