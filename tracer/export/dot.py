"""DOT, the language of Graphviz; written directly, so Graphviz need not be installed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TextIO

from ..layout import BoxKind, family_of
from .common import Destination, ExportedPass, ExportedTrace, node_tooltip, norm_text, opened, root_nodes, writable
from .palette import LIGHT

_HEADER = f"""\
  graph [rankdir=TB, bgcolor="{LIGHT.background}", fontname="Inter,Helvetica,Arial", fontsize=11, fontcolor="{LIGHT.group_text}",
         nodesep=0.25, ranksep=0.35, labeljust=l, style="rounded,filled", color="{LIGHT.group_border}"];
  node [shape=box, style="rounded,filled", fontname="Inter,Helvetica,Arial", fontsize=12, height=0.3, margin="0.12,0.04"];
  edge [color="{LIGHT.edge}", arrowsize=0.6];
"""


def write_dot(_trace: ExportedTrace, pass_: ExportedPass, destination: Destination) -> None:
    """Write the pass's graph as the window draws it: inputs on top, arrows along the forward computation, scopes as clusters."""
    graph = pass_.graph
    with opened(destination) as stream:
        stream.write(f"digraph {quoted(pass_.label)} {{\n{_HEADER}")
        _write_scopes(stream, _scope_tree(graph), root_nodes(pass_))
        for source, target, data in graph.edges(data=True):
            for slot in data.get("slots") or [{}]:
                # The gradient goes from source to target; the value it belongs to came the other way.
                attributes = {"tooltip": f"gradient norm: {norm_text(slot.get('norm', data.get('grad_norm')))}"}
                if graph.nodes[target].get("kind") == "leaf":
                    attributes["color"] = LIGHT.leaf_edge
                stream.write(f"  {quoted(str(target))} -> {quoted(str(source))} {_attributes(attributes)};\n")
        stream.write("}\n")


class _Scope:
    """A scope with its nodes and the scopes inside."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.nodes: list[tuple[Any, Mapping[str, Any]]] = []
        self.children: dict[str, _Scope] = {}


def _scope_tree(graph: Any) -> _Scope:
    root = _Scope("", 0)
    count = 0
    for node, data in graph.nodes(data=True):
        scope = root
        # A leaf may be used in many scopes; it is drawn once, so it belongs to none.
        parts = [] if data.get("kind") == "leaf" else [part for part in str(data.get("scope") or "").split("/") if part]
        for part in parts:
            if part not in scope.children:
                count += 1
                scope.children[part] = _Scope(part, count)
            scope = scope.children[part]
        scope.nodes.append((node, data))
    return root


def _write_scopes(stream: TextIO, tree: _Scope, roots: set[Any]) -> None:
    """Clusters within clusters, without recursion: a scope path may be deeper than Python's stack."""
    pending: list[tuple[_Scope | None, int]] = [(tree, 0)]
    while pending:
        scope, depth = pending.pop()
        indent = "  " * (depth + 1)
        if scope is None:
            stream.write("  " * depth + "}\n")
            continue
        if depth:
            fill = LIGHT.groups[min(depth, len(LIGHT.groups)) - 1]
            stream.write("  " * depth + f"subgraph cluster_{scope.number} {{\n")
            stream.write(f"{indent}label={quoted(scope.name)}; fillcolor={quoted(fill)};\n")
            pending.append((None, depth))
        for node, data in scope.nodes:
            stream.write(f"{indent}{quoted(str(node))} {_attributes(_node_attributes(data, node in roots))};\n")
        pending.extend([(child, depth + 1) for child in reversed(scope.children.values())])


def _node_attributes(data: Mapping[str, Any], is_root: bool) -> dict[str, str]:
    is_leaf = data.get("kind") == "leaf"
    kind = BoxKind.LEAF if is_leaf else BoxKind.ROOT if is_root else BoxKind.OP
    colours = LIGHT.boxes[kind]
    name = str(data.get("op") or data.get("name") or "?")
    label = str(data.get("variable_name") or name) if is_leaf else name
    if not is_leaf and data.get("code_target"):
        label = f"{name} → {data['code_target']}"
    attributes = {
        "label": label,
        "fillcolor": colours.fill,
        "color": colours.border if kind is not BoxKind.OP else LIGHT.families[family_of(name)],
        "fontcolor": colours.text,
        "tooltip": "\n".join(node_tooltip(data)),
    }
    if is_leaf:
        attributes["style"] = "filled"
        attributes["shape"] = "ellipse"
    if data.get("executed") is False:
        attributes["style"] = attributes.get("style", "rounded,filled") + ",dashed"
    return attributes


def _attributes(attributes: Mapping[str, str]) -> str:
    return "[" + ", ".join([f"{key}={quoted(value)}" for key, value in attributes.items()]) + "]"


_LINE_BREAK = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")


def quoted(text: str) -> str:
    r"""``text`` as a DOT string. Backslashes are doubled, since Graphviz reads ``\N`` and the like; line breaks become ``\n``."""
    escaped = _LINE_BREAK.sub("\n", text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{writable(escaped)}"'
