"""The HEAD of a trace file: what wrote it, and which columns it holds.

Columns are numbered in the file; the HEAD names them, so that a reader of another version finds
those it knows and ignores the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...core.events import EVENT_TYPE_BY_NAME, Event
from ..message import Message, template
from .errors import TraceFormatError
from .schema import COMMON_COLUMNS, EVENT_NUMBER, SCHEMAS, Column

__all__ = ["COMMON_NUMBER", "FORMAT", "OWN_NUMBER", "VERSION", "FileSchema", "make_head", "read_head"]

FORMAT = "gradtrace"
VERSION = (1, 0)
"""Major: an older reader must refuse the file. Minor: it can read on."""

_UNDERSTOOD_INCOMPAT: frozenset[str] = frozenset()

COMMON_NUMBER: Mapping[str, int] = {name: number for number, name in enumerate(COMMON_COLUMNS)}
"""The number of each common column in the files written here."""


def _number_own_columns() -> dict[type[Event], dict[str, int]]:
    number = len(COMMON_NUMBER)
    numbers: dict[type[Event], dict[str, int]] = {}
    for event_type, schema in SCHEMAS.items():
        numbers[event_type] = {name: number + index for index, name in enumerate(schema.columns)}
        number += len(schema.columns)
    return numbers


OWN_NUMBER: Mapping[type[Event], Mapping[str, int]] = _number_own_columns()
"""The number of each own column of each event type in the files written here."""


def make_head(header: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a HEAD frame: ``header`` with format, version, feature lists and the description of every column."""
    events = {
        schema.name: {
            "number": EVENT_NUMBER[event_type],
            "columns": [_describe(OWN_NUMBER[event_type][name], column) for name, column in schema.columns.items()],
        }
        for event_type, schema in SCHEMAS.items()
    }
    common = [_describe(COMMON_NUMBER[name], column) for name, column in COMMON_COLUMNS.items()]
    return {
        "format": FORMAT,
        "version": list(VERSION),
        "incompat": [],
        "compat": [],
        **header,
        "schema": {"common": common, "events": events},
    }


def _describe(number: int, column: Column) -> list[Any]:
    return [number, column.name, column.kind.value, column.lengths]


@dataclass(frozen=True, slots=True)
class FileSchema:
    """The columns of one file, as far as this version knows them.

    ``common`` and ``own`` give for a column's number in the file the column here (and for own columns the number of the event type
    here); ``kinds`` gives for the number of an event type in the file its number here; ``unknown_types`` names the others.
    """

    common: Mapping[int, Column]
    own: Mapping[int, tuple[int, Column]]
    kinds: Mapping[int, int]
    unknown_types: Mapping[int, str]


_TOO_NEW = template(
    "the trace has format version {version}, and this gradtrace reads version {known}; open it with a newer gradtrace"
)
_TOO_OLD = template(
    "the trace has format version {version}, and this gradtrace reads version {known}; open it with an older gradtrace"
)
_NEEDS = template("the trace needs features that this gradtrace does not have: {names}; open it with a newer gradtrace")


def read_head(head: Any) -> tuple[dict[str, Any], FileSchema]:
    """The header (without the description of columns) and the schema of a HEAD frame's JSON.

    Raises TraceFormatError when the file is from a newer major version, needs a feature that is unknown here, or makes no sense.
    """
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise TraceFormatError("the file's header is not that of a trace")
    _check_version(head)
    try:
        schema = _file_schema(head["schema"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TraceFormatError("the description of the columns in the trace's header makes no sense") from error
    return {key: value for key, value in head.items() if key != "schema"}, schema


def _check_version(head: Mapping[str, Any]) -> None:
    version = head.get("version")
    if not (isinstance(version, list) and len(version) == 2 and all(type(part) is int for part in version)):
        raise TraceFormatError("the trace does not say which version of the format it has")
    if version[0] != VERSION[0]:
        versions = {"version": f"{version[0]}.{version[1]}", "known": VERSION[0]}
        said = _TOO_NEW if version[0] > VERSION[0] else _TOO_OLD
        raise TraceFormatError(Message(said, **versions))
    incompat = head.get("incompat", [])
    if not isinstance(incompat, list) or not all(isinstance(feature, str) for feature in incompat):
        raise TraceFormatError("the trace's list of required features makes no sense")
    unknown = sorted(set(incompat) - _UNDERSTOOD_INCOMPAT)
    if unknown:
        names = ", ".join(unknown)[:200]
        raise TraceFormatError(Message(_NEEDS, names=names))


def _file_schema(schema: Mapping[str, Any]) -> FileSchema:
    common = dict(_known_columns(schema["common"], COMMON_COLUMNS))
    own: dict[int, tuple[int, Column]] = {}
    kinds: dict[int, int] = {}
    unknown_types: dict[int, str] = {}
    for name, description in schema["events"].items():
        number = int(description["number"])
        event_type = EVENT_TYPE_BY_NAME.get(name)
        if event_type is None:
            unknown_types[number] = str(name)
            continue
        here = kinds[number] = EVENT_NUMBER[event_type]
        for column_number, column in _known_columns(description["columns"], SCHEMAS[event_type].columns):
            own[column_number] = (here, column)
    return FileSchema(common, own, kinds, unknown_types)


def _known_columns(described: Any, known: Mapping[str, Column]) -> list[tuple[int, Column]]:
    """The described columns that exist here with the same meaning, with their numbers in the file."""
    found: list[tuple[int, Column]] = []
    for number, name, kind, lengths, *_ in described:
        column = known.get(name)
        if column is not None and kind == column.kind.value and lengths == column.lengths:
            found.append((int(number), column))
    return found
