"""JSON: everything a pass knows about its graph. ``docs/export.md`` describes the keys."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .common import Destination, ExportedPass, ExportedTrace, opened

FORMAT = "gradtrace-graph"
VERSION = 1

_PASS_KEYS = ("index", "id", "call", "retain_graph", "create_graph", "outcome", "first", "last", "derived")
_SOURCE_KEYS = {"file": "file", "line": "line", "function": "function", "target": "code_target"}
_GRADIENT_KEYS = ("shape", "norm", "min", "max", "mean", "nan", "inf", "count", "value")
_NODE_KEYS = ("name", "op", "kind", "executed", "order", "scope", "shape", "dtype", "duration_ns")
_SLOT_KEYS = ("output_nr", "input_nr", "norm", "event")


def write_json(trace: ExportedTrace, pass_: ExportedPass, destination: Destination) -> None:
    """Write strict JSON (RFC 8259), one node, edge or leaf to a line.

    A number that is not finite becomes the string ``"NaN"``, ``"Infinity"`` or ``"-Infinity"``.
    """
    with opened(destination) as stream:
        separator = "{"
        for key, value in document(trace, pass_).items():
            stream.write(f"{separator}\n{json.dumps(key)}: ")
            if isinstance(value, list):
                stream.write("[" + ",".join([f"\n  {_dumped(item)}" for item in value]) + "\n]")
            else:
                stream.write(_dumped(value))
            separator = ","
        stream.write("\n}\n")


def _dumped(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def document(trace: ExportedTrace, pass_: ExportedPass) -> dict[str, Any]:
    """The export as plain dictionaries and lists."""
    graph = pass_.graph
    nodes = [_node(node, data) for node, data in graph.nodes(data=True)]
    edges = [edge for source, target, data in graph.edges(data=True) for edge in _edges(source, target, data)]
    result: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "trace": {
            "path": str(getattr(trace, "path", None) or "") or None,
            "level": getattr(trace, "level", None),
            "problems": [str(problem) for problem in getattr(trace, "problems", ())],
        },
        "pass": _pass(pass_),
        "summary": {
            "nodes": len(nodes),
            "edges": len(edges),
            "leaves": sum([node["kind"] == "leaf" for node in nodes]),
            "executed": sum([bool(node["executed"]) for node in nodes]),
        },
        "nodes": nodes,
        "edges": edges,
        "leaves": [_leaf(node) for node in nodes if node["kind"] == "leaf"],
    }
    plain_result: dict[str, Any] = plain(result)
    return plain_result


def _pass(pass_: ExportedPass) -> dict[str, Any]:
    record: dict[str, Any] = {"label": pass_.label}
    record |= {key: getattr(pass_, key, None) for key in _PASS_KEYS}
    record["roots"] = [_root(root) for root in getattr(pass_, "roots", ())]
    error = getattr(pass_, "error", None)
    record["error"] = None if error is None else {"type": error.type, "message": error.message, "node": error.node or None}
    return record


def _root(root: Any) -> Any:
    return {"node": root.node, "input_nr": root.input_nr} if hasattr(root, "node") else root


def _node(node: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {"id": node}
    record |= {key: data.get(key) for key in _NODE_KEYS}
    record["order"] = _known(data.get("order"))
    record["source"] = {key: data.get(name) for key, name in _SOURCE_KEYS.items()} if data.get("file") else None
    record["variable"] = {"tensor": data.get("variable"), "name": data.get("variable_name")} if data.get("variable") else None
    gradient = {key: data.get(f"grad_{key}") for key in _GRADIENT_KEYS}
    gradient["value"] = gradient["value"] or None
    record["gradient"] = gradient if any(value is not None for value in gradient.values()) else None
    return record


def _edges(source: Any, target: Any, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One record for each way a gradient can take from one node to another."""
    slots = data.get("slots") or [{"norm": data.get("grad_norm")}]
    return [{"source": source, "target": target} | {key: _known(slot.get(key)) for key in _SLOT_KEYS} for slot in slots]


def _known(number: Any) -> Any:
    """A number, or None for the -1 that stands for "there is none"."""
    return None if number == -1 else number


def _leaf(node: Mapping[str, Any]) -> dict[str, Any]:
    variable = node["variable"] or {}
    return {
        "tensor": variable.get("tensor"),
        "name": variable.get("name"),
        "shape": node["shape"],
        "dtype": node["dtype"],
        "node": node["id"],
        "gradient": node["gradient"],
    }


def plain(value: Any) -> Any:
    """``value`` made of what JSON has: NumPy scalars and arrays unpacked, non-finite numbers and unknown objects as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)
