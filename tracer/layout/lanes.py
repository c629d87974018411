"""A *proper* layered graph: every edge that spans several rows becomes a chain of lanes, one narrow node in each row it passes."""

from __future__ import annotations

from dataclasses import dataclass

from .coordinates import Pull, Springs
from .ordering import Adjacency

LANE_WIDTH = 4.0

# How strongly an edge pulls. Lanes pull hardest, so that long edges are straight; a long edge must not bend the short ones at
# its ends.
LANE_TO_LANE = 6.0
NODE_TO_NODE = 1.0
LONG_EDGE_END = 0.12
SIDE_BRANCH = 0.06
PORT_FACTOR = 0.3


@dataclass(slots=True)
class ProperGraph:
    """Nodes, then lanes: ``up`` and ``down`` join neighbouring rows only.

    ``chains[edge]`` are the lanes of an edge from top to bottom, or None for an edge left out: it runs against the order, or
    there is no room.
    """

    node_count: int
    layers: list[int]
    width: list[float]
    up: Adjacency
    down: Adjacency
    chains: list[list[int] | None]


def lane_budget(node_count: int) -> int:
    """How many lanes may be made in all: beyond it, the longest edges go around the drawing and do not shape it."""
    return 4000 + 8 * node_count


def make_proper(
    source: list[int], target: list[int], layers: list[int], width: list[float], longest: int | None = None
) -> ProperGraph:
    """Split the edges into steps of one row: short edges first, until :func:`lane_budget` is used up, none over ``longest``."""
    count = len(layers)
    spans = [layers[end] - layers[start] for start, end in zip(source, target, strict=True)]
    limit = _longest_span_kept(spans, lane_budget(count))
    if longest is not None:
        limit = min(limit, longest)
    graph = ProperGraph(count, layers[:], width[:], [[] for _ in range(count)], [[] for _ in range(count)], [None] * len(source))
    up, down = graph.up, graph.down
    for edge, span in enumerate(spans):
        if not 0 < span <= limit:
            continue
        above, end = source[edge], target[edge]
        chain: list[int] = []
        for layer in range(layers[above] + 1, layers[end]):
            lane = len(graph.layers)
            graph.layers.append(layer)
            graph.width.append(LANE_WIDTH)
            up.append([above])
            down.append([])
            down[above].append(lane)
            chain.append(lane)
            above = lane
        up[end].append(above)
        down[above].append(end)
        graph.chains[edge] = chain
    return graph


def _longest_span_kept(spans: list[int], budget: int) -> int:
    longest = max(spans, default=0)
    if sum([span - 1 for span in spans if span > 1]) <= budget:
        return longest
    used = 0
    for span in sorted(spans):
        used += max(0, span - 1)
        if used > budget:
            return span - 1
    return longest


def make_springs(
    graph: ProperGraph,
    source: list[int],
    target: list[int],
    source_offset: list[float],
    target_offset: list[float],
    side_branch: list[bool],
    is_port: list[bool],
) -> Springs:
    """The springs of a proper graph. Offsets say where on its ends an edge is fastened, relative to their centres."""
    nodes = graph.node_count
    has_short_above = [False] * nodes
    has_short_below = [False] * nodes
    inputs = [0] * nodes
    for edge, chain in enumerate(graph.chains):
        if chain is None:
            continue
        start, end = source[edge], target[edge]
        inputs[end] += 1
        if not chain and not side_branch[start]:
            has_short_above[end] = True
            has_short_below[start] = True

    up: list[list[Pull]] = [[] for _ in graph.layers]
    down: list[list[Pull]] = [[] for _ in graph.layers]
    for edge, chain in enumerate(graph.chains):
        if chain is None:
            continue
        start, end = source[edge], target[edge]
        fastened = source_offset[edge]
        factor = PORT_FACTOR if is_port[start] or is_port[end] else 1.0
        if chain:
            weight = factor * (LONG_EDGE_END if has_short_below[start] else NODE_TO_NODE)
            above, offset = start, fastened
            for lane in chain:
                up[lane].append((above, weight, offset))
                down[above].append((lane, weight, -offset))
                above, weight, offset = lane, LANE_TO_LANE, 0.0
            weight = factor * (LONG_EDGE_END if has_short_above[end] else NODE_TO_NODE)
            offset = -target_offset[edge]
        else:
            above, offset = start, fastened - target_offset[edge]
            weight = factor * (SIDE_BRANCH if side_branch[start] and inputs[end] > 1 else NODE_TO_NODE)
        up[end].append((above, weight, offset))
        down[above].append((end, weight, -offset))
    return Springs(up, down)
