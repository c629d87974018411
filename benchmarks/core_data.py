"""What the programs of benchmarks/core.py compute with, the same for every library, and what a run of one says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Phases = dict[str, float]
Run = Callable[[], Phases]
Maker = Callable[[Any], Run]

CHAIN = 300
"""Links of a chain of small operations; a link is two operations."""

LONG_CHAIN = 100_000
FAN = 10_000
RATE = 1e-3

_numbers = np.random.default_rng(0)


def normal(*shape: int, scale: float = 1.0) -> Any:
    """Random float32 numbers, the same in each process."""
    return (_numbers.standard_normal(shape) * scale).astype(np.float32)


def chain_data(shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Where a chain starts, and its weight."""
    return np.full(shape, 0.5, np.float32), np.full(shape, 0.5, np.float32)


def chain_phases(begin: float, middle: float, end: float) -> Phases:
    """Seconds per operation of a chain whose forward began at ``begin`` and whose backward went from ``middle`` to ``end``."""
    operations = 2 * CHAIN
    return {
        "forward": (middle - begin) / operations,
        "backward": (end - middle) / operations,
        "both": (end - begin) / operations,
    }


IMAGES, DIGITS = normal(32, 784), np.arange(32) % 10
MLP_WEIGHTS = (normal(128, 784, scale=0.05), normal(128, scale=0.05), normal(10, 128, scale=0.05), normal(10, scale=0.05))

PICTURES, CLASSES = normal(16, 1, 28, 28), np.arange(16) % 10
CNN_WEIGHTS = (
    normal(8, 1, 3, 3, scale=0.3),
    normal(8, scale=0.1),
    normal(16, 8, 3, 3, scale=0.1),
    normal(16, scale=0.1),
    normal(10, 784, scale=0.05),
    normal(10, scale=0.05),
)

BATCH, LENGTH, WIDTH, HEADS, HIDDEN = 4, 32, 64, 4, 256
SEQUENCE = normal(BATCH, LENGTH, WIDTH)
BLOCK_WEIGHTS = (
    np.ones(WIDTH, np.float32),
    np.zeros(WIDTH, np.float32),
    normal(3 * WIDTH, WIDTH, scale=0.1),
    np.zeros(3 * WIDTH, np.float32),
    normal(WIDTH, WIDTH, scale=0.1),
    np.zeros(WIDTH, np.float32),
    np.ones(WIDTH, np.float32),
    np.zeros(WIDTH, np.float32),
    normal(HIDDEN, WIDTH, scale=0.1),
    np.zeros(HIDDEN, np.float32),
    normal(WIDTH, HIDDEN, scale=0.1),
    np.zeros(WIDTH, np.float32),
)

POINTS = np.linspace(-np.pi, np.pi, 2000, dtype=np.float32)
SINE = np.sin(POINTS)
COEFFICIENTS = tuple(np.array(value, np.float32) for value in (0.3, -0.2, 0.1, 0.05))
