"""Columns -> the value of one field of one event: the inverse of :mod:`.packing`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ...core.events import Edge, Gradient, GradientStatistics, Shape, TensorInfo
from .schema import STATISTICS, Field, FieldType

__all__ = ["Lookup", "unpack_field"]


class Lookup(Protocol):
    """What unpacking needs to know of a trace."""

    def text(self, number: int) -> str:
        """The interned string of that number."""
        ...

    def shape(self, number: int) -> Shape:
        """The interned shape of that number."""
        ...


def unpack_field(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> Any:
    """The value of ``field`` in ``row``."""
    return _UNPACKERS[field.type](field, columns, row, lookup)


def _int(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> int:  # noqa: ARG001  one signature for all
    return int(columns[field.name][row])


def _bool(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> bool:  # noqa: ARG001
    return bool(columns[field.name][row])


def _text(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> str:
    return lookup.text(int(columns[field.name][row]))


def _shape(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> Shape:
    return lookup.shape(int(columns[field.name][row]))


def _mapping(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> dict[str, str]:
    try:
        value = json.loads(_text(field, columns, row, lookup) or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}


def _ints(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> tuple[int, ...]:  # noqa: ARG001
    return tuple(columns[field.name][row].tolist())


def _texts(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> tuple[str, ...]:
    return tuple(map(lookup.text, columns[field.name][row].tolist()))


def _parts(field: Field, columns: Mapping[str, Any], row: int) -> list[list[Any]]:
    return [columns[column.name][row].tolist() for column in field.columns]


def _edges(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> tuple[Edge, ...]:  # noqa: ARG001
    return tuple(map(Edge, *_parts(field, columns, row)))


def _outputs(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> tuple[TensorInfo, ...]:
    tensors, shapes, dtypes = _parts(field, columns, row)
    return tuple(map(TensorInfo, tensors, map(lookup.shape, shapes), map(lookup.text, dtypes)))


def _gradient(field: Field, columns: Mapping[str, Any], row: int, lookup: Lookup) -> Gradient | None:
    def part(name: str) -> Any:
        return columns[f"{field.name}.{name}"][row].item()

    if not part("present"):
        return None
    statistics = GradientStatistics(*map(part, STATISTICS)) if part("counted") else None
    return Gradient(lookup.shape(part("shape")), lookup.text(part("dtype")), statistics, part("value"))


_UNPACKERS: Mapping[FieldType, Callable[[Field, Mapping[str, Any], int, Lookup], Any]] = {
    FieldType.INT: _int,
    FieldType.BOOL: _bool,
    FieldType.TEXT: _text,
    FieldType.MAPPING: _mapping,
    FieldType.SHAPE: _shape,
    FieldType.INTS: _ints,
    FieldType.TEXTS: _texts,
    FieldType.EDGES: _edges,
    FieldType.OUTPUTS: _outputs,
    FieldType.GRADIENT: _gradient,
}
