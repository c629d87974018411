"""The state of a random number generator as bytes, laid out as PyTorch's CPU generator lays it out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_WORDS = 624
_LAYOUT = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),  # words until the next block of 624 is made, with one that is used for counting
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("words", "<u8", _WORDS),
        ("normal_x", "<f8"),
        ("normal_y", "<f8"),
        ("normal_rho", "<f8"),
        ("normal_is_valid", "<i4"),
        ("padding", "<i4"),
        ("float_normal", "<f4"),
        ("float_normal_is_valid", "<i4"),
    ]
)


class Parts(NamedTuple):
    """What a generator consists of. ``untouched``: nothing was drawn since it was seeded."""

    seed: int
    words: NDArray[Any]
    position: int
    untouched: bool
    cached_normal: float | None


def packed(parts: Parts) -> NDArray[np.uint8]:
    """The state as 5056 bytes."""
    record = np.zeros((), _LAYOUT)
    record["seed"], record["seeded"], record["words"] = parts.seed, 1, parts.words
    record["left"] = 1 if parts.untouched else _WORDS + 1 - parts.position
    record["next"] = 0 if parts.untouched else parts.position
    if parts.cached_normal is not None:
        record["normal_y"], record["normal_is_valid"] = parts.cached_normal, 1
    return np.frombuffer(record.tobytes(), np.uint8).copy()


def unpacked(state: NDArray[np.uint8]) -> Parts:
    """The parts in such bytes. Raises ``RuntimeError`` for a wrong number of them, and for bytes that are no state."""
    if state.size != _LAYOUT.itemsize:
        raise RuntimeError(
            f"Expected a CPUGeneratorImplState of size {_LAYOUT.itemsize} but found the input RNG state size to be {state.size}"
        )
    record = np.frombuffer(state.tobytes(), _LAYOUT)[0]
    left, position = int(record["left"]), int(record["next"])
    if record["seeded"] != 1 or not 0 < left <= _WORDS or position > _WORDS:
        raise RuntimeError("Invalid mt19937 state")
    cached = float(record["normal_y"]) if record["normal_is_valid"] else None
    words = record["words"].astype(np.uint32)
    return Parts(int(record["seed"]), words, _WORDS if left == 1 else position, left == 1 and position == 0, cached)
