"""GraphML, for Gephi, yEd, Cytoscape and networkx itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from .common import Destination, ExportedPass, ExportedTrace, opened, writable

_FLOATS = ("grad_norm", "grad_min", "grad_max", "grad_mean")


def write_graphml(_trace: ExportedTrace, pass_: ExportedPass, destination: Destination) -> None:
    """Write the pass's graph, edges as gradients flow.

    GraphML knows booleans, numbers and text only: shapes become text (``3x4``), parallel edges one edge with a ``count`` and
    ``slots`` (``0>1; 1>0``: output number > input number); attributes that are missing or not finite are left out.
    """
    graph = nx.DiGraph(label=writable(pass_.label))
    for node, data in pass_.graph.nodes(data=True):
        graph.add_node(node, label=writable(_label(data)), **_simple(data))
    for source, target, data in pass_.graph.edges(data=True):
        slots = data.get("slots") or []
        flat = _simple({key: value for key, value in data.items() if key != "slots"})
        if slots:
            flat["count"] = len(slots)
            flat["slots"] = "; ".join([f"{slot.get('output_nr')}>{slot.get('input_nr')}" for slot in slots])
        graph.add_edge(source, target, **flat)
    with opened(destination) as stream:
        stream.write("<?xml version='1.0' encoding='utf-8'?>\n")
        for line in nx.generate_graphml(graph):
            stream.write(line + "\n")


def _label(data: Mapping[str, Any]) -> str:
    return str(data.get("variable_name") or data.get("op") or data.get("name") or "")


def _simple(data: Mapping[str, Any]) -> dict[str, bool | int | float | str]:
    result: dict[str, bool | int | float | str] = {}
    for key, value in data.items():
        simple = _simple_value(key, value)
        if simple is not None:
            result[key] = simple
    return result


def _simple_value(key: str, value: Any) -> bool | int | float | str | None:
    """The value as a type that GraphML has, always the same one for the same attribute; None when there is nothing to say."""
    if isinstance(value, np.generic):
        value = value.item()
    if key in _FLOATS and isinstance(value, int):
        value = float(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return "x".join([str(size) for size in value]) if value else "scalar"
    return None if value is None else writable(str(value))
