"""Properties every drawing has, on graphs of known shape and on random ones."""

from __future__ import annotations

from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from gradtrace.tracer.layout import BoxKind, Drawing, draw
from gradtrace.tracer.layout.drawing import parallel_offsets, simplified

SEEDS = range(25)


def overlapping(left: Any, top: Any, right: Any, bottom: Any) -> list[tuple[int, int]]:
    """Pairs of rectangles that share more than an edge."""
    order = np.argsort(top, kind="stable")
    ends = np.searchsorted(top[order], bottom[order] - 1e-6)
    pairs = []
    for place, end in enumerate(ends.tolist()):
        one, others = order[place], order[place + 1 : end]
        hits = (left[others] < right[one] - 1e-6) & (right[others] > left[one] + 1e-6)
        pairs += [(int(one), int(other)) for other in others[hits]]
    return pairs


def edges_of(drawing: Drawing) -> tuple[Any, Any, Any, Any]:
    half_width, half_height = drawing.width / 2, drawing.height / 2
    return drawing.x - half_width, drawing.y - half_height, drawing.x + half_width, drawing.y + half_height


def frames_of(drawing: Drawing) -> Any:
    """Left, top, right and bottom of each group."""
    rows = [
        (group.x - group.width / 2, group.y - group.height / 2, group.x + group.width / 2, group.y + group.height / 2)
        for group in drawing.groups
    ]
    return np.array(rows).reshape(-1, 4)


def check(graph: Any, drawing: Drawing, collapsed: bool = False) -> None:
    """Everything a drawing promises."""
    check_boxes(drawing)
    check_routes(graph, drawing, collapsed)
    check_groups(drawing)


def check_boxes(drawing: Drawing) -> None:
    assert np.isfinite(drawing.x).all()
    assert np.isfinite(drawing.y).all()
    assert overlapping(*edges_of(drawing)) == []


def check_routes(graph: Any, drawing: Drawing, collapsed: bool) -> None:
    if collapsed:
        assert len(set(drawing.edge.tolist())) == len(drawing.edge)
    else:
        assert sorted(drawing.edge.tolist()) == list(range(len(graph.src)))
    assert len(drawing.routes) == len(drawing.edge)
    for index, route in enumerate(drawing.routes):
        source, target = drawing.src[index], drawing.dst[index]
        edge = drawing.edge[index]
        if not collapsed:
            assert drawing.node[source] == graph.dst[edge]
            assert drawing.node[target] == graph.src[edge]
        assert len(route) >= 2
        assert abs(route[0][0] - drawing.x[source]) <= drawing.width[source] / 2
        assert route[0][1] == pytest.approx(drawing.y[source] + drawing.height[source] / 2, abs=0.01)
        assert abs(route[-1][0] - drawing.x[target]) <= drawing.width[target] / 2
        assert route[-1][1] == pytest.approx(drawing.y[target] - drawing.height[target] / 2, abs=0.01)
    left, top, right, bottom = drawing.bounds
    if len(drawing.points):
        assert (drawing.points >= (left - 1e-6, top - 1e-6)).all()
        assert (drawing.points <= (right + 1e-6, bottom + 1e-6)).all()


def check_groups(drawing: Drawing) -> None:
    left, top, right, bottom = edges_of(drawing)
    frames = frames_of(drawing)
    for index, group in enumerate(drawing.groups):
        low_x, low_y, high_x, high_y = frames[index]
        inside = list(group.boxes)
        assert inside
        assert (left[inside] >= low_x).all()
        assert (top[inside] >= low_y).all()
        assert (right[inside] <= high_x).all()
        assert (bottom[inside] <= high_y).all()
        strangers = np.setdiff1d(np.arange(len(left)), inside)
        apart = (
            (right[strangers] <= low_x) | (left[strangers] >= high_x) | (bottom[strangers] <= low_y) | (top[strangers] >= high_y)
        )
        assert apart.all()
        if group.parent >= 0:
            assert group.parent < index
            around = drawing.groups[group.parent]
            assert group.path == f"{around.path}/{group.name}"
            assert group.depth == around.depth + 1
            assert around.boxes.start <= group.boxes.start <= group.boxes.stop <= around.boxes.stop
            outer = frames[group.parent]
            assert (frames[index][:2] >= outer[:2]).all()
            assert (frames[index][2:] <= outer[2:]).all()
        else:
            assert group.depth == 0
    for parent in range(-1, len(drawing.groups)):
        siblings = [index for index, group in enumerate(drawing.groups) if group.parent == parent]
        assert overlapping(*frames[siblings].T) == []


def boxes_hit(drawing: Drawing) -> int:
    """How many pieces of routes pass through a box that is none of their ends."""
    left, top, right, bottom = edges_of(drawing)
    hits = 0
    for index, route in enumerate(drawing.routes):
        for (x0, y0), (x1, y1) in pairwise(route.tolist()):
            steps = np.linspace(0, 1, 12)[:, None]
            points = np.array([x0, y0]) + steps * np.array([x1 - x0, y1 - y0])
            x, y = points[:, :1], points[:, 1:]
            inside = (x > left + 1) & (x < right - 1) & (y > top + 1) & (y < bottom - 1)
            boxes = set(np.flatnonzero(inside.any(axis=0)).tolist()) - {int(drawing.src[index]), int(drawing.dst[index])}
            hits += len(boxes)
    return hits


@pytest.mark.parametrize("seed", SEEDS)
def test_random_graphs_keep_every_promise(graphs: ModuleType, seed: int) -> None:
    graph = graphs.random_graph(10 + 9 * seed, seed, groups=seed % 5)
    check(graph, draw(graph))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_line_runs_through_a_foreign_box(graphs: ModuleType, seed: int) -> None:
    assert boxes_hit(draw(graphs.random_graph(60, seed, groups=seed % 4))) == 0


@pytest.mark.parametrize("seed", range(8))
def test_collapsed_random_graphs(graphs: ModuleType, seed: int) -> None:
    graph = graphs.random_graph(120, seed, groups=3)
    drawing = draw(graph, collapsed={"g0", "g1/g2", "g2/g0/g1"})
    check(graph, drawing, collapsed=True)
    assert BoxKind.GROUP in drawing.kind
    assert not any(group.path in {"g0", "g1/g2"} for group in drawing.groups)
    for node in range(len(graph)):
        assert drawing.box_of_node(node)


@pytest.mark.parametrize("name", ["mlp", "transformer", "lstm"])
def test_models_keep_every_promise(graphs: ModuleType, name: str) -> None:
    graph = {"mlp": graphs.mlp, "transformer": lambda: graphs.transformer(3), "lstm": lambda: graphs.lstm(30)}[name]()
    drawing = draw(graph)
    check(graph, drawing)
    assert boxes_hit(drawing) == 0


def test_a_shuffled_order_of_creation_is_mended(graphs: ModuleType) -> None:
    graph = graphs.random_graph(80, seed=5)
    shuffled = np.random.default_rng(0).permutation(len(graph))
    place = np.argsort(shuffled)
    for key in ("op", "scope", "target", "variable_name"):
        setattr(graph, key, [getattr(graph, key)[node] for node in shuffled])
    for key in ("is_leaf", "is_root", "is_placeholder"):
        setattr(graph, key, getattr(graph, key)[shuffled])
    graph.src, graph.dst = place[graph.src], place[graph.dst]
    drawing = draw(graph)
    check(graph, drawing)
    below = drawing.y[drawing.dst] > drawing.y[drawing.src]
    assert below.mean() > 0.6  # folded columns go back up


def test_cycles_do_no_harm(graphs: ModuleType) -> None:
    b = graphs.Builder()
    first = b.op("A", b.leaf("x"))
    second = b.op("B", first)
    third = b.op("C", second)
    b.edges.append((first, third))
    graph = b.graph(third)
    drawing = draw(graph)
    check(graph, drawing)


def test_a_leaf_is_drawn_beside_each_use(graphs: ModuleType) -> None:
    b = graphs.Builder()
    w, unused = b.leaf("w"), b.leaf("unused")
    with b.scope("first"):
        y = b.op("Mul", w, w)
    with b.scope("second"):
        z = b.op("Add", y, w)
    graph = b.graph(b.op("Sub", z, w))
    drawing = draw(graph)
    pills = drawing.box_of_node(w)
    assert len(pills) == 3
    assert [drawing.kind[pill] for pill in pills] == [BoxKind.LEAF] * 3
    assert [drawing.label[pill] for pill in pills] == ["w"] * 3
    assert [drawing.path[pill] for pill in pills] == ["first", "second", ""]
    assert len(drawing.box_of_node(unused)) == 1
    assert drawing.box_of_node(999) == []
    check(graph, drawing)
    user_of_pill = {int(source): int(target) for source, target in zip(drawing.src, drawing.dst, strict=True)}
    for pill in pills:
        user = user_of_pill[pill]
        assert 0 < drawing.y[user] - drawing.y[pill] < 100


def test_parallel_edges_can_be_told_apart(graphs: ModuleType) -> None:
    b = graphs.Builder()
    a = b.op("Exp", b.leaf("x"))
    graph = b.graph(b.op("Mul", a, a))
    drawing = draw(graph)
    first, second = (route for index, route in enumerate(drawing.routes) if drawing.kind[drawing.src[index]] == BoxKind.OP)
    assert 4 <= abs(first[0][0] - second[0][0]) <= 12
    assert len(first) == len(second) == 2


def test_many_parallel_edges_stay_on_the_box() -> None:
    offsets = parallel_offsets(np.zeros(30, np.int64), np.ones(30, np.int64))
    assert np.ptp(offsets) <= 24.0 + 1e-9
    assert len(set(offsets.tolist())) == 30
    assert offsets.sum() == pytest.approx(0)


def test_one_tensor_enters_a_collapsed_group_on_one_line(graphs: ModuleType) -> None:
    b = graphs.Builder()
    a, c = b.op("Exp", b.leaf("x")), b.op("Sin", b.leaf("x"))
    with b.scope("inner"):
        d = b.op("Add", b.op("Mul", a, a), c)
    graph = b.graph(d)
    drawing = draw(graph, collapsed=["inner"])
    starts = [tuple(route[0]) for index, route in enumerate(drawing.routes) if drawing.kind[drawing.dst[index]] == BoxKind.GROUP]
    assert len(starts) == 3
    assert len(set(starts)) == 2


def test_labels_and_kinds(graphs: ModuleType) -> None:
    b = graphs.Builder()
    old = b.op("Unknown")
    y = b.op("Mul", b.leaf("w"), old, target="y")
    graph = b.graph(b.op("Sum", y, target="loss"))
    graph.is_placeholder[old] = True
    drawing = draw(graph)
    label = {int(node): text for node, text in zip(drawing.node, drawing.label, strict=True)}
    kind = {int(node): BoxKind(value) for node, value in zip(drawing.node, drawing.kind, strict=True)}
    assert label[y] == "Mul → y"
    assert kind[y] is BoxKind.OP
    assert (label[old], kind[old]) == ("(before recording)", BoxKind.PLACEHOLDER)
    assert kind[y + 1] is BoxKind.ROOT
    assert drawing.family[drawing.box_of_node(y)[0]] == "arith"
    assert drawing.family[drawing.box_of_node(y + 1)[0]] == "reduce"


def test_a_collapsed_group_counts_its_operations(graphs: ModuleType) -> None:
    graph = graphs.transformer(2)
    drawing = draw(graph, collapsed={"GPT/h0", "GPT/h1/attn"})
    boxes = {path: (text, kind) for path, text, kind in zip(drawing.path, drawing.label, drawing.kind.tolist(), strict=True)}
    assert boxes["GPT/h0"] == ("h0 · 104 ops", BoxKind.GROUP)
    assert boxes["GPT/h1/attn"][0].startswith("attn · ")
    assert {"GPT", "GPT/h1"} <= {group.path for group in drawing.groups}
    assert sum(path.startswith("GPT/h0") for path in drawing.path) == 1
    check(graph, drawing, collapsed=True)


def test_a_scope_entered_twice_has_two_groups(graphs: ModuleType) -> None:
    b = graphs.Builder()
    x = b.leaf("x")
    with b.scope("act"):
        x = b.op("Relu", x)
    x = b.op("Mul", x)
    with b.scope("act"):
        x = b.op("Relu", x)
    graph = b.graph(x)
    drawing = draw(graph)
    assert [(group.path, group.count) for group in drawing.groups] == [("act", 1), ("act", 1)]
    check(graph, drawing)
    assert [label for label in draw(graph, collapsed=["act"]).label if "op" in label] == ["act · 1 op", "act · 1 op"]


def test_group_replaces_scopes(graphs: ModuleType) -> None:
    graph = graphs.mlp()
    assert draw(graph, group=[""] * len(graph)).groups == []


def test_empty_and_tiny_graphs(graphs: ModuleType) -> None:
    b = graphs.Builder()
    nothing = draw(b.graph())
    assert nothing.bounds == (0.0, 0.0, 0.0, 0.0)
    assert nothing.routes == []
    b.leaf("w")
    graph = b.graph(0)
    drawing = draw(graph)
    assert drawing.label == ["w"]
    check(graph, drawing)


@pytest.mark.parametrize("length", [20_000])
def test_a_deep_chain_is_folded(graphs: ModuleType, length: int) -> None:
    graph = graphs.chain(length)
    drawing = draw(graph)
    assert len(drawing.x) == length + 1
    assert overlapping(*edges_of(drawing)) == []
    left, top, right, bottom = drawing.bounds
    assert 0.3 < (right - left) / (bottom - top) < 4


def test_deeply_nested_scopes(graphs: ModuleType) -> None:
    b = graphs.Builder()
    x = b.leaf("x")
    b.path = ["s"] * 1500
    graph = b.graph(b.op("Exp", x))
    drawing = draw(graph)
    assert len(drawing.groups) == 1500
    assert drawing.groups[-1].depth == 1499


def test_a_wide_graph(graphs: ModuleType) -> None:
    b = graphs.Builder()
    x = b.op("Exp", b.leaf("x"))
    graph = b.graph(b.op("Stack", *[b.op("Select", x) for _ in range(3000)]))
    drawing = draw(graph)
    assert overlapping(*edges_of(drawing)) == []


def test_outputs_of_all_steps_stacked_do_not_prevent_folding(graphs: ModuleType) -> None:
    b = graphs.Builder()
    x = b.op("Start", b.leaf("x"))
    outputs = []
    for _ in range(400):
        x = b.op("Sin", x)
        outputs.append(x)
    graph = b.graph(b.op("Stack", *outputs))
    drawing = draw(graph)
    check(graph, drawing)
    assert boxes_hit(drawing) == 0
    left, top, right, bottom = drawing.bounds
    assert bottom - top < 2 * (right - left)


def test_edges_beyond_the_lane_budget_go_around(graphs: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradtrace.tracer.layout.lanes.lane_budget", lambda count: count)
    graph = graphs.random_graph(80, seed=2, groups=0)
    drawing = draw(graph)
    check(graph, drawing)
    assert boxes_hit(drawing) == 0


def test_the_same_graph_is_always_drawn_the_same(graphs: ModuleType) -> None:
    one, other = draw(graphs.random_graph(150, 1)), draw(graphs.random_graph(150, 1))
    assert one.label == other.label
    assert np.array_equal(one.x, other.x)
    assert np.array_equal(one.y, other.y)
    assert np.array_equal(one.points, other.points)


def test_equal_groups_look_alike(graphs: ModuleType) -> None:
    drawing = draw(graphs.transformer(4))
    blocks = [group for group in drawing.groups if group.depth == 1 and group.name in ("h1", "h2", "h3")]
    shapes = [drawing.x[group.boxes] - group.x for group in blocks]
    assert np.allclose(shapes[0], shapes[1])
    assert np.allclose(shapes[1], shapes[2])


def test_simplified_keeps_ends_and_corners() -> None:
    points = np.array([[0, 0], [0, 1], [0, 2], [5, 3], [5, 3], [5, 9], [1, 1], [1, 1]], float)
    result, starts = simplified(points, np.array([0, 6, 8]))
    assert starts.tolist() == [0, 4, 6]
    assert result.tolist() == [[0, 0], [0, 2], [5, 3], [5, 9], [1, 1], [1, 1]]
