"""What templates work out from an operator's row: how to get at the values that its derivatives ask for by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from .saved import number_as_tensor
from .tensor import Array

if TYPE_CHECKING:
    from .registry import Operator


def picker(positions: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes the values at these positions out of a list."""
    if len(positions) > 1:
        return itemgetter(*positions)
    if positions:
        only = positions[0]
        return lambda values: (values[only],)
    return lambda values: ()  # noqa: ARG005


def plain_value(row: Operator, name: str) -> Callable[[Sequence[Any]], Any]:
    """How to get the value of a plain name: an argument, or the shape(s), the dtype or the memory order of one."""
    if name in row.parameters:
        return itemgetter(row.parameters.index(name))
    parameter, _, what = name.rpartition("_")
    position = row.parameters.index(parameter)
    if what == "shapes":
        return lambda arguments: [tensor._array.shape for tensor in arguments[position]]
    describe = _DESCRIPTIONS[what]

    def described(arguments: Sequence[Any]) -> Any:
        try:
            return describe(arguments[position]._array)
        except AttributeError:
            return describe(number_as_tensor(arguments[position])._array)

    return described


def _is_transposed(array: Array) -> bool:
    flags = array.flags
    return flags.f_contiguous and not flags.c_contiguous


_DESCRIPTIONS: dict[str, Callable[[Array], Any]] = {
    "shape": attrgetter("shape"),
    "dtype": attrgetter("dtype"),
    "transposed": _is_transposed,
}
