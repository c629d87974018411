"""Exports of one pass: one format per file, all of them in the table :data:`EXPORTERS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .common import Destination, ExportedTrace, ExportError
from .dot import write_dot
from .graphml import write_graphml
from .json import write_json
from .svg import write_svg

__all__ = ["EXPORTERS", "ExportError", "export"]

EXPORTERS: Mapping[str, Callable[..., None]] = {
    "json": write_json,
    "dot": write_dot,
    "graphml": write_graphml,
    "svg": write_svg,
}
"""Format name -> ``write(trace, pass_, destination, **options)``; the names double as file suffixes."""


def export(trace: ExportedTrace, destination: Destination, format: str, pass_index: int | None = None, **options: Any) -> None:
    """Write one pass of ``trace`` to a path or an open text stream.

    ``pass_index`` counts from 0, negative ones from the end; None means the last pass, or every node of the run when there was no
    backward pass. ``options`` are those of the format (``svg``: ``dark``, ``collapsed``). Raises :class:`ExportError`.
    """
    write = EXPORTERS.get(format)
    if write is None:
        raise ExportError(f"there is no export format {format!r}; choose one of {', '.join(EXPORTERS)}")
    write(trace, _chosen_pass(trace, pass_index), destination, **options)


def _chosen_pass(trace: ExportedTrace, index: int | None) -> Any:
    count = len(trace.passes)
    if index is None:
        return trace.passes[-1] if count else trace.forward
    if not -count <= index < count:
        known = f"passes 0 to {count - 1}" if count else "no backward pass at all"
        raise ExportError(f"there is no pass {index}; the trace has {known}")
    return trace.passes[index]
