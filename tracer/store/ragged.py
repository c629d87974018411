"""A column whose rows have different lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ragged"]


class Ragged:
    """Rows of different lengths, end to end in one array.

    Row ``i`` is ``values[offsets[i]:offsets[i + 1]]``; ``offsets`` is int64 with one entry more than there are rows.
    """

    __slots__ = ("offsets", "values")

    def __init__(self, offsets: NDArray[np.int64], values: NDArray[Any]) -> None:
        self.offsets = offsets
        self.values = values

    @classmethod
    def from_lengths(cls, lengths: NDArray[np.int64], values: NDArray[Any]) -> Ragged:
        """Build from the length of each row. Raises ValueError when the lengths do not add up to ``len(values)``."""
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        if len(lengths) and (int(lengths.min()) < 0 or int(lengths.max()) > len(values)):
            raise ValueError("a row length is out of range")
        if int(offsets[-1]) != len(values):
            raise ValueError(f"the rows add up to {int(offsets[-1])} values, but there are {len(values)}")
        return cls(offsets, values)

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Any]], dtype: np.dtype[Any]) -> Ragged:
        """Build from a list of rows."""
        lengths = np.array([len(row) for row in rows], np.int64)
        return cls.from_lengths(lengths, np.array([value for row in rows for value in row], dtype))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of values in each row."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> NDArray[np.int64]:
        """For every value the index of the row it belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    @property
    def positions(self) -> NDArray[np.int64]:
        """For every value its index within its row."""
        return np.arange(len(self.values), dtype=np.int64) - np.repeat(self.offsets[:-1], self.lengths)

    def take(self, order: NDArray[np.int64]) -> Ragged:
        """The rows of the given indices, in that order."""
        lengths = self.lengths[order]
        offsets = np.zeros(len(order) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        first = np.repeat(self.offsets[order] - offsets[:-1], lengths)
        return Ragged(offsets, self.values[first + np.arange(len(first), dtype=np.int64)])

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        if row < 0:
            row += len(self)
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[row] for row in range(len(self)))

    def __repr__(self) -> str:
        return f"Ragged({len(self)} rows, {len(self.values)} values, {self.values.dtype})"
