"""Sequences of different lengths in one tensor, named as in ``torch.nn.utils.rnn``."""

from __future__ import annotations

from collections.abc import Sequence

from ...factories import full
from ...tensor import Tensor


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
