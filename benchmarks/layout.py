"""Time and quality of the layout, side by side with networkx's own layered one (which knows no box sizes, lanes or groups).

    python benchmarks/layout.py            1,000 and 12,000 nodes
    python benchmarks/layout.py --large    and 100,000 too

Times are CPU seconds, the best of a few runs. "crossings" counts pairs of drawn lines that cross (for the baseline: straight
lines between the same boxes), leaving out pairs that share an end; "overlaps" pairs of boxes on top of each other, and must be 0.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import networkx as nx
import numpy as np
import synthetic_graphs
from gradtrace.tracer.layout import Drawing, draw
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Result = TypeVar("Result")

CROSSINGS_UP_TO = 40_000  # segments: counting is quadratic in the worst case

CASES: dict[str, tuple[bool, Callable[[], synthetic_graphs.SyntheticGraph]]] = {
    "perceptron, 5 layers": (False, synthetic_graphs.mlp),
    "transformer, 8 blocks": (False, lambda: synthetic_graphs.transformer(8)),
    "LSTM, 40 steps": (False, lambda: synthetic_graphs.lstm(40)),
    "LSTM, 430 steps": (False, lambda: synthetic_graphs.lstm(430)),
    "LSTM, 430 steps, no scopes": (False, lambda: synthetic_graphs.lstm(430, scopes=False)),
    "chain of 10,000": (False, lambda: synthetic_graphs.chain(10_000)),
    "transformer, 19 blocks x 40": (True, lambda: synthetic_graphs.transformer(19, 4, 46)),
    "LSTM, 3,500 steps": (True, lambda: synthetic_graphs.lstm(3_500)),
}


def best_time(function: Callable[[], Result], runs: int) -> tuple[float, Result]:
    """CPU seconds of the fastest run, and its result."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return min(times), result


def multipartite(drawing: Drawing) -> tuple[FloatArray, FloatArray]:
    """The baseline on the same boxes and edges: layers by longest path, then ``networkx.multipartite_layout``."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(drawing.x)))
    graph.add_edges_from(zip(drawing.src.tolist(), drawing.dst.tolist(), strict=True))
    for layer, nodes in enumerate(nx.topological_generations(graph)):
        for node in nodes:
            graph.nodes[node]["layer"] = layer
    position = nx.multipartite_layout(graph, subset_key="layer", align="horizontal")
    places = np.array([position[node] for node in range(len(drawing.x))])
    layers = max(nx.get_node_attributes(graph, "layer").values()) + 1
    return places[:, 0], places[:, 1] / max(np.ptp(places[:, 1]), 1e-9) * layers


def overlaps(drawing: Drawing) -> int:
    """Pairs of boxes that share more than an edge."""
    order = np.argsort(drawing.y - drawing.height / 2, kind="stable")
    top, bottom = (drawing.y - drawing.height / 2)[order], (drawing.y + drawing.height / 2)[order]
    left, right = (drawing.x - drawing.width / 2)[order], (drawing.x + drawing.width / 2)[order]
    ends = np.searchsorted(top, bottom - 1e-6)
    count = 0
    for box, end in enumerate(ends.tolist()):
        others = slice(box + 1, end)
        count += int(np.count_nonzero((left[others] < right[box] - 1e-6) & (right[others] > left[box] + 1e-6)))
    return count


def segments(drawing: Drawing) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Start points, end points and edge numbers of all pieces of all routes."""
    owner = np.repeat(np.arange(len(drawing.src)), np.diff(drawing.starts))
    inside = owner[1:] == owner[:-1]
    return drawing.points[:-1][inside], drawing.points[1:][inside], owner[1:][inside]


def crossings(start: FloatArray, end: FloatArray, source: NDArray[np.int64], target: NDArray[np.int64]) -> int:
    """Pairs of segments that properly cross; pairs of edges with a common source or target do not count."""
    top, bottom = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    order = np.argsort(top, kind="stable")
    start, end, top, bottom = start[order], end[order], top[order], bottom[order]
    source, target = source[order], target[order]
    low, high = np.minimum(start[:, 0], end[:, 0]), np.maximum(start[:, 0], end[:, 0])
    last = np.searchsorted(top, bottom)
    step = end - start
    count = 0
    for one, stop in enumerate(last.tolist()):
        others = slice(one + 1, stop)
        near = np.flatnonzero((low[others] < high[one]) & (high[others] > low[one])) + one + 1
        near = near[(source[near] != source[one]) & (target[near] != target[one])]
        near = near[(source[near] != target[one]) & (target[near] != source[one])]
        if not len(near):
            continue
        side_start = step[one, 0] * (start[near, 1] - start[one, 1]) - step[one, 1] * (start[near, 0] - start[one, 0])
        side_end = step[one, 0] * (end[near, 1] - start[one, 1]) - step[one, 1] * (end[near, 0] - start[one, 0])
        own_start = step[near, 0] * (start[one, 1] - start[near, 1]) - step[near, 1] * (start[one, 0] - start[near, 0])
        own_end = step[near, 0] * (end[one, 1] - start[near, 1]) - step[near, 1] * (end[one, 0] - start[near, 0])
        count += int(np.count_nonzero((side_start * side_end < -1e-9) & (own_start * own_end < -1e-9)))
    return count


def crossings_of(drawing: Drawing) -> str:
    start, end, edge = segments(drawing)
    if len(start) > CROSSINGS_UP_TO:
        return "-"
    origin = drawing.node[drawing.src]  # lines of one tensor share a trunk
    return f"{crossings(start, end, origin[edge], drawing.dst[edge]):,}"


def baseline_crossings(drawing: Drawing, x: FloatArray, y: FloatArray) -> str:
    if len(drawing.src) > CROSSINGS_UP_TO / 2:
        return "-"
    places = np.column_stack([x, y])
    return f"{crossings(places[drawing.src], places[drawing.dst], drawing.src, drawing.dst):,}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Time and quality of the layout.")
    parser.add_argument("--large", action="store_true", help="also graphs of 100,000 nodes")
    large = parser.parse_args().large
    heads = ("graph", "nodes", "boxes", "draw s", "baseline s", "ratio", "overlaps", "crossings", "baseline", "size")
    widths = (28, 8, 8, 8, 11, 6, 9, 10, 11, 16)
    print(" ".join([f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)]))
    for name, (is_large, make) in CASES.items():
        if is_large and not large:
            continue
        graph = make()
        runs = 1 if is_large else 3
        seconds, drawing = best_time(lambda graph=graph: draw(graph), runs)  # type: ignore[misc]
        baseline, (x, y) = best_time(lambda drawing=drawing: multipartite(drawing), runs)  # type: ignore[misc]
        left, top, right, bottom = drawing.bounds
        cells = (
            *(name, f"{len(graph):,}", f"{len(drawing.x):,}", f"{seconds:.3f}", f"{baseline:.3f}", f"{seconds / baseline:.1f}"),
            *(f"{overlaps(drawing):,}", crossings_of(drawing), baseline_crossings(drawing, x, y)),
            f"{right - left:,.0f} x {bottom - top:,.0f}",
        )
        print(" ".join([f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]), flush=True)


if __name__ == "__main__":
    main()
