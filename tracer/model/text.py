"""Short texts for numbers, durations, shapes and gradients, the same in every view, table and export."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePath

from ...core.events import Gradient, GradientStatistics, Shape, SourcePosition

_DURATION_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))
_BYTE_UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def number_text(value: float) -> str:
    """A number in at most about nine characters: ``4.0``, ``0.125``, ``1.23e-05``, ``NaN``, ``+Inf``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = f"{value:.4g}"
    return text if any(mark in text for mark in ".e") else text + ".0"


def duration_text(nanoseconds: int) -> str:
    """A duration with a fitting unit: ``850 ns``, ``12 µs``, ``3.4 ms``, ``1.2 s``."""
    for size, unit in _DURATION_UNITS:
        if nanoseconds >= size:
            amount = nanoseconds / size
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
    return f"{nanoseconds} ns"


def bytes_text(count: int) -> str:
    """A size with a fitting unit: ``96 bytes``, ``1.5 KiB``."""
    for size, unit in _BYTE_UNITS:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return "1 byte" if count == 1 else f"{count} bytes"


def shape_text(shape: Shape) -> str:
    """A shape as Python prints it, and ``scalar`` for ``()``."""
    return str(tuple(shape)) if shape else "scalar"


def source_text(source: SourcePosition | None) -> str:
    """``train.py:12``: file name and line only; empty when the position is not known."""
    return f"{PurePath(source.file).name}:{source.line}" if source is not None else ""


def count_text(count: int, singular: str, plural: str = "") -> str:
    """``1 node``, ``3 nodes``."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def list_text(parts: Sequence[str], limit: int = 4) -> str:
    """``w, b, c and 3 more``; ``nothing`` for an empty list."""
    if not parts:
        return "nothing"
    if len(parts) <= limit:
        return ", ".join(parts)
    return f"{', '.join(parts[: limit - 1])} and {len(parts) - limit + 1} more"


def nonfinite_text(statistics: GradientStatistics) -> str:
    """What is wrong with a gradient's elements: ``2 NaN, 1 +Inf of 12``; empty when all are finite."""
    counts = ((statistics.nan, "NaN"), (statistics.pos_inf, "+Inf"), (statistics.neg_inf, "-Inf"))
    parts = [f"{count} {word}" for count, word in counts if count]
    return f"{', '.join(parts)} of {statistics.count}" if parts else ""


def gradient_text(gradient: Gradient | None) -> str:
    """A gradient in a few words, non-finite elements first.

    ``None`` when undefined; the number itself for a single finite element; else shape and norm (``(3, 4), norm 0.12``), or shape
    and dtype when no statistics were recorded.
    """
    if gradient is None:
        return "None"
    statistics = gradient.statistics
    if statistics is None:
        return f"{shape_text(gradient.shape)} {gradient.dtype}".rstrip()
    if statistics.count == 1:
        return _single_element_text(statistics)
    broken = nonfinite_text(statistics)
    if broken:
        return f"{broken}, {shape_text(gradient.shape)}"
    return f"{shape_text(gradient.shape)}, norm {number_text(statistics.norm)}"


def _single_element_text(statistics: GradientStatistics) -> str:
    if statistics.nan:
        return "NaN"
    if statistics.pos_inf:
        return "+Inf"
    if statistics.neg_inf:
        return "-Inf"
    return number_text(statistics.mean)
