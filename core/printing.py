"""How a tensor prints, character for character as PyTorch does it.

The rules (those of ``torch._tensor_str``): all numbers of a tensor share one format and one width, found from its non-zero finite
values; floats whose values are all whole print as ``1.``; scientific notation is used when the largest magnitude exceeds 1e8, the
smallest is below 1e-4, or their ratio is above 1000; more than ``threshold`` elements are summarised to ``edgeitems`` at each end
of every dimension.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .dtypes import from_numpy_dtype, get_default_dtype

Array = NDArray[Any]


# --------------------------------------------------------------------------------------------------------------- options
@dataclass
class PrintOptions:
    """What :func:`set_printoptions` sets. ``sci_mode`` None means: scientific notation where the numbers call for it."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}
_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print. What is None stays as it is, but for ``sci_mode``, where None means automatic.

    ``profile`` is ``"default"``, ``"short"`` (2 digits, 2 edge items) or ``"full"`` (never summarise).
    """
    global _options
    chosen = replace(_PROFILES[profile]) if profile in _PROFILES else _options
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _options = replace(chosen, **changes, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """The present options, as keyword arguments for :func:`set_printoptions`."""
    return asdict(_options)


@contextlib.contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Change the options for the length of a ``with`` block."""
    before = get_printoptions()
    set_printoptions(**options)
    try:
        yield
    finally:
        set_printoptions(**before)


# ------------------------------------------------------------------------------------------------------- one number format
class _NumberFormat:
    """The format all numbers of one tensor share: kind (integers, whole floats, fixed point, scientific) and width."""

    def __init__(self, values: Array) -> None:
        flat = values.reshape(-1)
        self.is_float = flat.dtype.kind == "f"
        self.whole = True
        self.scientific = False
        self.width = 1
        if not self.is_float:
            self.width = max((len(str(value)) for value in flat.tolist()), default=1)
            return
        numbers = flat[np.isfinite(flat) & (flat != 0)].astype(np.float64)
        if not numbers.size:
            return
        self.whole = bool((numbers == np.ceil(numbers)).all())
        self.scientific = self._wants_scientific(numbers) if _options.sci_mode is None else _options.sci_mode
        self.width = max(len(self._number(value)) for value in numbers.tolist())

    @staticmethod
    def _wants_scientific(numbers: Array) -> bool:
        magnitudes = np.abs(numbers)
        smallest, largest = float(magnitudes.min()), float(magnitudes.max())
        return largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4

    def _number(self, value: float) -> str:
        if self.scientific:
            return f"{value:.{_options.precision}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{_options.precision}f}"

    def __call__(self, value: Any) -> str:
        """Format one Python number, right-aligned in the common width."""
        text = self._number(value) if self.is_float else str(value)
        return text.rjust(self.width)


# ---------------------------------------------------------------------------------------------------------------- layout
def _edges(array: Array) -> Array:
    """The elements that a summary shows: ``edgeitems`` from both ends of every dimension."""
    for axis, size in enumerate(array.shape):
        if size > 2 * _options.edgeitems:
            shown = [*range(_options.edgeitems), *range(size - _options.edgeitems, size)]
            array = array.take(shown, axis=axis)
    return array


def _format_vector(vector: Array, indent: int, summarize: bool, number: _NumberFormat) -> str:
    per_line = max(1, (_options.linewidth - indent) // (number.width + 2))  # + 2: the comma and the space
    edge = _options.edgeitems
    if summarize and not edge:
        cells = ["..."]
    elif summarize and len(vector) > 2 * edge:
        cells = [*map(number, vector[:edge].tolist()), " ...", *map(number, vector[-edge:].tolist())]
    else:
        cells = [number(value) for value in vector.tolist()]
    lines = [", ".join(cells[start : start + per_line]) for start in range(0, len(cells), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _format_nested(array: Array, indent: int, summarize: bool, number: _NumberFormat) -> str:
    if array.ndim == 0:
        return number(array.item())
    if array.ndim == 1:
        return _format_vector(array, indent, summarize, number)
    edge = _options.edgeitems
    if summarize and len(array) > 2 * edge:
        head = [_format_nested(part, indent + 1, summarize, number) for part in array[:edge]]
        tail = [_format_nested(part, indent + 1, summarize, number) for part in array[len(array) - edge :]]
        parts = [*head, "...", *tail]
    else:
        parts = [_format_nested(part, indent + 1, summarize, number) for part in array]
    separator = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
    return "[" + separator.join(parts) + "]"


def _format_values(array: Array, indent: int) -> str:
    if array.size == 0:
        return "[]"
    summarize = array.size > _options.threshold
    number = _NumberFormat(_edges(array) if summarize else array)
    return _format_nested(array, indent, summarize, number)


def _own_suffixes(array: Array) -> list[str]:
    """``size=`` and ``dtype=``, where the numbers alone do not tell them."""
    suffixes = []
    dtype = from_numpy_dtype(array.dtype)
    is_default = dtype is get_default_dtype()
    if array.size == 0:
        if array.ndim != 1:
            suffixes.append(f"size={array.shape}")
    else:
        if not _options.edgeitems:
            suffixes.append(f"size={array.shape}")
        is_default = is_default or dtype.name in ("int64", "bool")
    if not is_default:
        suffixes.append(f"dtype={dtype}")
    return suffixes


def format_tensor(array: Array, *, suffixes: Sequence[str] = (), prefix: str = "tensor(") -> str:
    """The text ``repr`` gives for a tensor that holds ``array``.

    ``size=`` and ``dtype=`` are added where PyTorch adds them; ``suffixes`` follow them (see :func:`autograd_suffixes`).
    ``prefix`` is the class's name and the opening bracket, for subclasses.
    """
    indent = len(prefix)
    text = prefix + _format_values(array, indent)
    last_line = len(text) - text.rfind("\n") + 1  # two more than the line's length, as in PyTorch
    for suffix in (*_own_suffixes(array), *suffixes):
        if last_line + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            last_line = indent + len(suffix)
        else:
            text += ", " + suffix
            last_line += len(suffix) + 2
    return text + ")"


def autograd_suffixes(grad_fn_name: str | None, requires_grad: bool) -> list[str]:
    """What autograd adds to a tensor's text: ``grad_fn=<MulBackward0>``, else ``requires_grad=True``, else nothing."""
    if grad_fn_name is not None:
        return [f"grad_fn=<{grad_fn_name}>"]
    return ["requires_grad=True"] if requires_grad else []
