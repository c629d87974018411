"""The plain values events are made of: ids, source positions, tensors and gradients as an event describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]

NONE = 0
"""The id that means "there is none"."""

HookKind = Literal["tensor", "retain_grad", "node_pre", "node_post", "post_accumulate_grad", "saved_tensor"]
CutKind = Literal["detach", "data", "no_grad", "item", "numpy", "non_differentiable", "dtype"]
ResetKind = Literal["none", "zero"]
RunOutcome = Literal["finished", "raised", "exited"]
PassOutcome = Literal["finished", "raised"]


class Widened(np.ndarray[Any, np.dtype[Any]]):
    """Numbers of a dtype that NumPy does not have, as float32; ``true_dtype`` is what that dtype is called (``"bfloat16"``)."""

    true_dtype: str = ""

    def __array_finalize__(self, made_from: Array | None) -> None:
        self.true_dtype = getattr(made_from, "true_dtype", "")

    @classmethod
    def of(cls, array: Array, true_dtype: str) -> Widened:
        """The same memory under that name."""
        widened = array.view(cls)
        widened.true_dtype = true_dtype
        return widened


class Unknown(Widened):
    """An array of which only shape and ``true_dtype`` mean something: its numbers cannot be had."""


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """A line of the user's program.

    ``file`` is an absolute path, ``line`` counts from 1. ``target`` is the variable that the statement assigns the result of this
    very call to (``"y"`` in ``y = a * b``), or ``""``. ``caller`` is the user's frame that called this one.
    """

    file: str
    line: int
    function: str
    target: str = ""
    caller: SourcePosition | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}"


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """A tensor as an event describes it: its id, shape and dtype (``"float32"``)."""

    tensor: int
    shape: Shape
    dtype: str


@dataclass(frozen=True, slots=True)
class GradientStatistics:
    """What one pass over a gradient counts. Non-finite elements are counted, and left out of min, max, mean and norm."""

    count: int
    nan: int
    pos_inf: int
    neg_inf: int
    zeros: int
    min: float
    max: float
    mean: float
    norm: float

    @property
    def finite(self) -> bool:
        """True when no element is NaN or infinite."""
        return not (self.nan or self.pos_inf or self.neg_inf)


@dataclass(frozen=True, slots=True)
class Gradient:
    """A gradient as recorded: always shape and dtype, statistics from level ``stats``, a value id from level ``values``.

    ``value`` is the id to ask ``Trace.value()`` for, or :data:`NONE` when the array was not recorded (because of the level, or
    because it is larger than the limit).
    """

    shape: Shape
    dtype: str
    statistics: GradientStatistics | None = None
    value: int = NONE


class Edge(NamedTuple):
    """Where an input's gradient goes: ``node``'s input ``input_nr``; PyTorch's ``next_functions`` entry. ``node`` may be NONE."""

    node: int
    input_nr: int
