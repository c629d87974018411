"""Short texts for numbers, durations, shapes and gradients, the same in every view, table and export."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePath

from ...core.events import Gradient, GradientStatistics, Shape, SourcePosition
from ..message import Message, listed, plural

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
    return plural(count, "{count} byte", "{count} bytes")


def shape_text(shape: Shape) -> str:
    """A shape as Python prints it, and ``scalar`` for ``()``."""
    return str(tuple(shape)) if shape else Message("scalar")


def shape_and_dtype(shape: Shape, dtype: str) -> str:
    """``(3, 4) float32``; the shape alone when the dtype is not known."""
    return Message("{shape} {dtype}", shape=shape_text(shape), dtype=dtype) if dtype else shape_text(shape)


def source_text(source: SourcePosition | None) -> str:
    """``train.py:12``: file name and line only; empty when the position is not known."""
    return f"{PurePath(source.file).name}:{source.line}" if source is not None else ""


def count_text(count: int, singular: str, plural: str = "") -> str:
    """``1 node``, ``3 nodes``."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def list_text(parts: Sequence[str], limit: int = 4) -> Message:
    """``w, b, c and 3 more``; ``nothing`` for an empty list."""
    if not parts:
        return Message("nothing")
    if len(parts) <= limit:
        return listed(parts)
    return Message("{names} and {count} more", names=listed(parts[: limit - 1]), count=len(parts) - limit + 1)


def nonfinite_text(statistics: GradientStatistics) -> str:
    """What is wrong with a gradient's elements: ``2 NaN, 1 +Inf of 12``; empty when all are finite."""
    broken = nonfinite_counts(statistics)
    return Message("{broken} of {count}", broken=broken, count=statistics.count) if broken else ""


def nonfinite_counts(statistics: GradientStatistics) -> Message:
    """How many elements are what: ``2 NaN, 1 +Inf``; empty when all are finite."""
    counts = ((statistics.nan, "NaN"), (statistics.pos_inf, "+Inf"), (statistics.neg_inf, "-Inf"))
    return listed(Message("{count} {kind}", count=count, kind=word) for count, word in counts if count)


def gradient_text(gradient: Gradient | None) -> str:
    """A gradient in a few words, non-finite elements first.

    ``None`` when undefined; the number itself for a single finite element; else shape and norm (``(3, 4), norm 0.12``), or shape
    and dtype when no statistics were recorded.
    """
    if gradient is None:
        return "None"
    statistics = gradient.statistics
    if statistics is None:
        return shape_and_dtype(gradient.shape, gradient.dtype)
    if statistics.count == 1:
        return _single_element_text(statistics)
    broken = nonfinite_text(statistics)
    if broken:
        return Message("{broken}, {shape}", broken=broken, shape=shape_text(gradient.shape))
    return Message("{shape}, norm {norm}", shape=shape_text(gradient.shape), norm=number_text(statistics.norm))


def _single_element_text(statistics: GradientStatistics) -> str:
    if statistics.nan:
        return "NaN"
    if statistics.pos_inf:
        return "+Inf"
    if statistics.neg_inf:
        return "-Inf"
    return number_text(statistics.mean)
