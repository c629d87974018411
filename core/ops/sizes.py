"""Reading the shapes that people write: ``f(2, 3)``, ``f((2, 3))``, ``f(size=(2, 3))``, with a -1 for what can be inferred."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor import Tensor

Shape = tuple[int, ...]


def shape_of(given: Sequence[Any]) -> Shape:
    """A shape from ``f(2, 3)`` or ``f((2, 3))``."""
    if len(given) == 1 and type(given[0]) is not int and not isinstance(given[0], (int, np.integer, Tensor)):
        given = given[0]
    for size in given:
        if type(size) is not int:
            return tuple([int(size) for size in given])
    return tuple(given)


def sizes_of(function: str, given: Sequence[Any], keyword: Any, name: str) -> Shape:
    """A shape from ``f(2, 3)``, ``f((2, 3))`` or ``f(name=(2, 3))``. Raises ``TypeError`` when there is none at all."""
    if keyword is not None:
        return shape_of((keyword,))
    if not given:
        raise TypeError(f'{function}() missing 1 required positional arguments: "{name}"')
    return shape_of(given)


def inferred(shape: Shape, count: int) -> Shape:
    """``shape`` with its -1 replaced. Raises ``RuntimeError`` if ``count`` elements do not fit it."""
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    for position, size in enumerate(shape):
        if size < -1:
            raise RuntimeError(f"invalid shape dimension {size} at index {position} of shape {list(shape)}")
    known = math.prod([size for size in shape if size != -1])
    if -1 not in shape and known == count:
        return shape
    if -1 in shape and known and count % known == 0:
        return tuple([count // known if size == -1 else size for size in shape])
    if not known and not count:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 can be any "
            "value and is ambiguous"
        )
    raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")


def complete(given: Any, count: int) -> Shape | None:
    """The shape where it is written out in plain numbers, or but for one -1, and fits ``count`` elements; else None."""
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    known, hole = 1, -1
    for position, size in enumerate(given):
        if type(size) is int and size > 0:
            known *= size
        elif size == -1 and type(size) is int and hole < 0:
            hole = position
        else:
            return None
    if hole >= 0 and count and count % known == 0:
        return (*given[:hole], count // known, *given[hole + 1 :])
    return tuple(given) if known == count and hole < 0 else None
