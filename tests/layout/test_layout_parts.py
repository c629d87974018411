"""The steps of the layout on their own, text widths and families."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest
from gradtrace.tracer.layout import FAMILIES, family_of, layered_layout, text_width
from gradtrace.tracer.layout.components import Solver
from gradtrace.tracer.layout.coordinates import isotonic_regression
from gradtrace.tracer.layout.flat import Problem, empty_problem
from gradtrace.tracer.layout.folding import column_starts
from gradtrace.tracer.layout.ordering import _swap_gain_of_hubs, count_crossings, order_rows, starting_rows
from gradtrace.tracer.layout.ranking import assign_layers, topological_order
from gradtrace.tracer.layout.text import shortened


def test_topological_order_prefers_small_numbers_and_survives_cycles() -> None:
    assert topological_order([[2], [2], []], [[], [], [0, 1]]) == [0, 1, 2]
    assert topological_order([[1], [0], []], [[1], [0], []]) == [2, 0, 1]


def test_leaves_are_ranked_next_to_what_they_feed() -> None:
    # 0 -> 1 -> 2 -> 4, and the leaf 3 -> 4
    layers, side_branch = assign_layers([[1], [2], [4], [4], []], [[], [0], [1], [], [2, 3]], entries=0, exits=0)
    assert layers == [0, 1, 2, 2, 3]
    assert side_branch[3]
    assert not side_branch[4]


def test_ports_have_the_first_and_last_layer_to_themselves() -> None:
    layers, _ = assign_layers([[2], [3], [3], []], [[], [], [0], [1, 2]], entries=1, exits=1)
    assert layers == [0, 1, 1, 2]


def test_isotonic_regression_is_the_least_squares_answer() -> None:
    rng = random.Random(3)
    for _ in range(20):
        values = [rng.uniform(-5, 5) for _ in range(7)]
        weights = [rng.uniform(0.1, 3) for _ in range(7)]
        answer = np.array(isotonic_regression(values, weights))
        assert (np.diff(answer) >= -1e-12).all()
        cost = np.sum(weights * (answer - values) ** 2)
        for _ in range(200):
            other = np.maximum.accumulate(answer + np.array([rng.gauss(0, 0.05) for _ in range(7)]))
            assert np.sum(weights * (other - values) ** 2) >= cost - 1e-9


def brute_force_crossings(rows: list[list[int]], down: list[list[int]]) -> int:
    place = {node: index for row in rows for index, node in enumerate(row)}
    total = 0
    for row in rows:
        ends = [(place[node], place[other]) for node in row for other in down[node]]
        total += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(ends) for c, d in ends[i + 1 :])
    return total


def test_crossings_are_counted_and_reduced() -> None:
    rng = random.Random(1)
    layers = [layer for layer in range(5) for _ in range(8)]
    up: list[list[int]] = [[] for _ in layers]
    down: list[list[int]] = [[] for _ in layers]
    for node in range(8, 40):
        for other in rng.sample(range((node // 8 - 1) * 8, node // 8 * 8), 2):
            up[node].append(other)
            down[other].append(node)
    rows = starting_rows(layers, up, down)
    assert sorted(node for row in rows for node in row) == list(range(40))
    place = [0] * 40
    for row in rows:
        for index, node in enumerate(row):
            place[node] = index
    before = brute_force_crossings(rows, down)
    assert count_crossings(rows, place, down) == before
    counted = order_rows(rows, up, down)
    assert brute_force_crossings(rows, down) <= counted <= before


def test_hubs_are_swapped_as_other_nodes_are() -> None:
    rng = random.Random(4)
    position = [rng.randrange(50) for _ in range(60)]
    left, right = rng.choices(range(60), k=12), rng.choices(range(60), k=9)
    slow = sum((position[a] > position[b]) - (position[a] < position[b]) for a in left for b in right)
    assert _swap_gain_of_hubs(left, right, position) == slow


def test_equal_problems_are_solved_once() -> None:
    def problem() -> Problem:
        new = empty_problem()
        new.width, new.height = [40.0] * 4, [20.0] * 4
        new.add_edge(0, 1)
        new.add_edge(2, 3)
        return new

    solver = Solver()
    whole = solver.solve(problem())
    assert solver.hits == 1  # its second half is like the first
    assert solver.solve(problem()) is whole
    assert solver.hits == 2
    assert whole.x[2] - whole.x[0] == pytest.approx(whole.x[3] - whole.x[1])


def test_short_drawings_are_not_folded() -> None:
    assert column_starts([50.0] * 10, [1] * 10, [0.0] * 10, [50.0] * 10) == [0]
    wide = column_starts([50.0] * 100, [1] * 100, [0.0] * 100, [4000.0] * 100)
    assert wide == [0]


def test_long_drawings_are_cut_where_few_edges_cross() -> None:
    crossing = [1 if row % 10 == 9 else 6 for row in range(400)]
    starts = column_starts([50.0] * 400, crossing, [0.0] * 400, [100.0] * 400)
    assert len(starts) > 3
    assert all(start % 10 == 0 for start in starts)
    assert column_starts([50.0] * 400, [99] * 400, [0.0] * 400, [100.0] * 400) == [0]


def test_layered_layout_is_a_networkx_layout() -> None:
    graph = nx.DiGraph([("x", "a"), ("a", "b"), ("x", "b"), ("b", "loss")])
    graph.nodes["a"]["width"] = 300
    position = layered_layout(graph)
    assert set(position) == set(graph)
    assert all(position[start][1] < position[end][1] for start, end in graph.edges)
    assert nx.rescale_layout_dict({node: np.array(place) for node, place in position.items()})


@pytest.mark.parametrize("seed", range(6))
def test_layered_layout_has_no_overlaps(seed: int) -> None:
    rng = random.Random(seed)
    graph = nx.gnp_random_graph(60, 0.04, seed=seed, directed=True)  # with cycles
    for node in graph:
        graph.nodes[node].update(width=rng.uniform(10, 120), height=rng.uniform(10, 60), group=rng.choice(["", "a", "a/b", "c"]))
    position = layered_layout(graph)
    nodes = list(graph)
    for place, one in enumerate(nodes):
        for other in nodes[place + 1 :]:
            far_x = abs(position[one][0] - position[other][0])
            far_y = abs(position[one][1] - position[other][1])
            need_x = (graph.nodes[one]["width"] + graph.nodes[other]["width"]) / 2
            need_y = (graph.nodes[one]["height"] + graph.nodes[other]["height"]) / 2
            assert far_x >= need_x - 1e-6 or far_y >= need_y - 1e-6


def test_layered_layout_of_nothing_and_of_a_self_loop() -> None:
    assert layered_layout(nx.DiGraph()) == {}
    assert set(layered_layout(nx.DiGraph([(1, 1)]))) == {1}


def test_text_widths() -> None:
    assert text_width("", 12) == 0
    assert text_width("Mul", 12) == pytest.approx((2504 + 1636 + 668) * 12 / 2816)
    assert text_width("x→y", 24) == pytest.approx(2 * text_width("x→y", 12))
    assert text_width("層", 12) == 12
    assert text_width("é", 12) == text_width("e", 12)
    assert text_width("e\u0301", 12) == text_width("e", 12)


def test_shortened_keeps_both_ends() -> None:
    assert shortened("weight", 12, 100) == "weight"
    short = shortened("encoder.layers.11.attention.weight", 12, 100)
    assert text_width(short, 12) <= 100
    assert short.startswith("enc")
    assert short.endswith("ght")
    assert shortened("weight", 12, 1) == "…"


@pytest.mark.parametrize(
    ("op", "family"),
    [
        ("AddmmBackward0", "linear"),
        ("mul_", "arith"),
        ("ReluBackward0", "nonlinear"),
        ("MeanBackward1", "reduce"),
        ("UnsafeViewBackward0", "shape"),
        ("torch::autograd::CopySlices", "shape"),
        ("MyFunctionBackward", "other"),
        ("", "other"),
    ],
)
def test_families(op: str, family: str) -> None:
    assert family_of(op) == family
    assert family in FAMILIES
