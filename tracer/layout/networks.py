"""The layout for networkx users: a graph in, a ``pos`` dictionary out."""

from __future__ import annotations

from collections.abc import Hashable

import networkx as nx
import numpy as np

from .hierarchy import Group, lay_out_nested
from .pause import paused_collector
from .ranking import topological_order
from .scene import BOX_HEIGHT, TITLE_SIZE, find_groups
from .text import text_width

DEFAULT_WIDTH = 60.0


def layered_layout(graph: nx.DiGraph) -> dict[Hashable, tuple[float, float]]:
    """Positions (centres, y growing downwards) in which edges point down and no two nodes overlap.

    Node attributes that count, all optional: ``width`` and ``height`` in the unit of the result (60 and 26), and ``group``, a
    path such as ``"Net/fc1"`` whose nodes are kept together. Cycles are allowed: an edge that closes one points up.
    """
    nodes = list(graph)
    number = {node: place for place, node in enumerate(nodes)}
    successors = [[number[other] for other in graph.successors(node)] for node in nodes]
    predecessors = [[number[other] for other in graph.predecessors(node)] for node in nodes]
    with paused_collector():
        order = topological_order(successors, predecessors)
        time = np.empty(len(nodes), np.int64)
        time[order] = np.arange(len(nodes))
        attributes = [graph.nodes[nodes[place]] for place in order]
        infos, home = find_groups(list(range(len(order))), [data.get("group") or "" for data in attributes], ())
        tree = [Group(info.parent, info.depth, text_width(info.name, TITLE_SIZE)) for info in infos]
        placed = [False] * len(tree)
        for box, group in enumerate(home):
            tree[group].items.append(box)
            item = group
            while item and not placed[item]:
                placed[item] = True
                parent = tree[item].parent
                tree[parent].items.append(~item)
                item = parent
        source = [int(time[start]) for start, ends in enumerate(successors) for end in ends if start != end]
        target = [int(time[end]) for start, ends in enumerate(successors) for end in ends if start != end]
        nested = lay_out_nested(
            [float(data.get("width", DEFAULT_WIDTH)) for data in attributes],
            [float(data.get("height", BOX_HEIGHT)) for data in attributes],
            home,
            tree,
            source,
            target,
        )
    return {nodes[place]: (x, y) for place, x, y in zip(order, nested.x.tolist(), nested.y.tolist(), strict=True)}
