"""Sequences of different lengths in one tensor, named as in ``torch.nn.utils.rnn``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...factories import full
from ...ops.packing import packed_steps
from ...tensor import Array, Tensor, from_array


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences of different lengths, step by step: ``batch_sizes`` says how many of them have a first step, a second, ..."""

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        """Sorted longest first by ``sorted_indices``; ``unsorted_indices`` is the way back."""
        if batch_sizes is None:
            raise ValueError("batch_sizes should be specified")
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with the data converted."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else PackedSequence(data, *self[1:])

    def double(self) -> PackedSequence:
        """The same in float64."""
        return PackedSequence(self.data.double(), *self[1:])

    def float(self) -> PackedSequence:
        """The same in float32."""
        return PackedSequence(self.data.float(), *self[1:])

    def cpu(self) -> PackedSequence:
        """The same: everything is on the CPU."""
        return self

    @property
    def is_cuda(self) -> bool:
        """False: everything is on the CPU."""
        return False

    def is_pinned(self) -> bool:
        """False for every tensor."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes one."""
    return None if permutation is None else from_array(np.argsort(permutation._array, kind="stable"))


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences (T, B, ...) without what fills them up. Sorted longest first, unless ``enforce_sorted`` is false."""
    counts = np.asarray(lengths._array if isinstance(lengths, Tensor) else lengths, np.int64)
    order: Tensor | None = None
    if not enforce_sorted:
        order = from_array(np.argsort(-counts, kind="stable"))
        counts = counts[order._array]
        input = input.index_select(0 if batch_first else 1, order)
    steps = input.transpose(0, 1) if batch_first else input
    if not len(counts) == steps._array.shape[1]:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={steps._array.shape[1]})"
        )
    if counts.size and counts.min() <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    if (np.diff(counts) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` "
            "to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability."
        )
    sizes = _batch_sizes(counts)
    return PackedSequence(packed_steps(steps, tuple(sizes.tolist())), from_array(sizes), order)


def _batch_sizes(counts: Array) -> Array:
    """How many sequences have a first step, a second, ..."""
    longest = int(counts.max()) if counts.size else 0
    return np.asarray((counts[:, None] > np.arange(longest)).sum(0), np.int64)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Packed sequences filled up to one length (T, B, ...), and their lengths."""
    sizes = sequence.batch_sizes._array
    longest = len(sizes)
    if total_length is not None and total_length < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {longest}"
        )
    batch = int(sizes[0])
    padded = full((total_length or longest, batch, *sequence.data._array.shape[1:]), padding_value, dtype=sequence.data.dtype)
    start = 0
    for step, size in enumerate(sizes.tolist()):
        padded[step, :size] = sequence.data[start : start + size]
        start += size
    lengths = from_array((np.arange(batch)[:, None] < sizes).sum(1).astype(np.int64))
    result = padded.transpose(0, 1) if batch_first else padded
    if sequence.unsorted_indices is not None:
        result = result.index_select(0 if batch_first else 1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return result, lengths


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of shapes (L, ...) packed."""
    lengths = [one._array.shape[0] for one in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """What :func:`pack_sequence` was given."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


def pad_sequence(
    sequences: Tensor | Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences of shapes (L, …) in one tensor (T, B, …), or (B, T, …), filled up to the longest length T."""
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    given = list(sequences)
    if not given:
        raise RuntimeError("received an empty list of sequences")
    longest = max(one._array.shape[0] for one in given)
    trailing = given[0]._array.shape[1:]
    shape = (len(given), longest, *trailing) if batch_first else (longest, len(given), *trailing)
    padded = full(shape, padding_value, dtype=given[0].dtype)
    for number, one in enumerate(given):
        length = one._array.shape[0]
        place = padded.select(0 if batch_first else 1, number)
        place.narrow(0, longest - length if padding_side == "left" else 0, length).copy_(one)
    return padded


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The first so many steps of each sequence of a batch: what :func:`pad_sequence` was given."""
    batch = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [sequence[:length] for sequence, length in zip(batch.unbind(0), lengths.tolist(), strict=True)]
