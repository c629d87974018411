"""The parts of the canvas that need no window: geometry, curves, appearance, camera."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gradtrace.gui.views.canvas.appearance import BINS, Appearance, Emphasis, FarClass, NormScale
from gradtrace.gui.views.canvas.camera import FIT_LARGEST, Camera, Look, fitting
from gradtrace.gui.views.canvas.curves import smooth
from gradtrace.gui.views.canvas.geometry import Geometry, Rect
from gradtrace.gui.views.canvas.handmade import Arrays, Program, State, W, layered, product_of_sums, replay
from gradtrace.gui.views.canvas.inputs import Kind
from gradtrace.gui.views.canvas.legend import power_of_ten
from gradtrace.gui.views.canvas.tooltip import describe
from gradtrace.tracer.layout import Drawing, draw
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


# -------------------------------------------------------------------------------------------------------------- geometry
def test_edges_run_from_box_to_box() -> None:
    arrays = layered()
    geometry = Geometry(arrays, draw(arrays))
    for edge in range(len(geometry.src)):
        line = geometry.edge_line(edge)
        source, target = geometry.boxes.rect(int(geometry.src[edge])), geometry.boxes.rect(int(geometry.dst[edge]))
        assert line[0][1] == pytest.approx(source.bottom)
        assert line[-1][1] == pytest.approx(target.top)
        assert source.left <= line[0][0] <= source.right
        assert target.left <= line[-1][0] <= target.right
        # One continuous line: no piece begins elsewhere than the last one ended.
        first, last = int(geometry.first_piece[edge]), int(geometry.first_piece[edge + 1])
        assert geometry.pieces.start[first + 1 : last] == pytest.approx(geometry.pieces.end[first : last - 1])


def test_corners_are_rounded_and_straight_lines_stay_straight() -> None:
    elbow = np.array([[0.0, 0.0], [0.0, 100.0], [200.0, 100.0], [200.0, 300.0]])
    straight = np.array([[5.0, 0.0], [5.0, 40.0], [5.0, 90.0]])
    pieces = smooth([elbow, straight])
    assert np.count_nonzero(pieces.edge == 0) == 5  # three sides, two corners
    assert np.count_nonzero(pieces.curved[pieces.edge == 0]) == 2
    assert np.count_nonzero(pieces.edge == 1) == 1
    line = pieces.polyline(0, 5)
    assert np.hypot(*(line - [0.0, 100.0]).T).min() > 3  # the corner itself is cut off
    assert line[[0, -1]].tolist() == [[0, 0], [200, 300]]


def test_slanted_edges_leave_and_arrive_vertically() -> None:
    line = smooth([np.array([[0.0, 0.0], [60.0, 50.0]])]).polyline(0, 1)
    steps = np.diff(line, axis=0)
    assert abs(steps[0][0]) < 0.25 * steps[0][1]
    assert abs(steps[-1][0]) < 0.25 * steps[-1][1]


def test_no_edges_and_no_nodes_are_fine() -> None:
    lonely = Program()
    lonely.op("Sum")
    for arrays in (lonely.arrays(), Program().arrays()):
        geometry = Geometry(arrays, draw(arrays))
        assert len(geometry.pieces.edge) == 0
        assert geometry.box_at(1e9, 1e9) == -1
        Appearance(geometry).set_state(State(np.zeros(len(arrays.node), np.uint8), np.zeros(0, np.uint8)))


def test_boxes_and_groups_know_each_other() -> None:
    arrays = layered(3)
    geometry = Geometry(arrays, draw(arrays))
    for box, group in enumerate(geometry.groups.home.tolist()):
        scope = arrays.scope[geometry.node[box]]
        if geometry.kind[box] == Kind.OP:
            assert geometry.groups.name[group] == scope.rpartition("/")[2]
        if group >= 0:
            assert geometry.groups.spans.rect(group).contains(geometry.boxes.rect(box))
    inner = geometry.groups.name.index("linear")
    assert geometry.groups.level[inner] == 3
    # An edge between two groups belongs to the group around both.
    crossing = geometry.groups.home[geometry.src] != geometry.groups.home[geometry.dst]
    assert (geometry.groups.level[geometry.edge_group[crossing]] < 3).all()


def test_leaf_is_found_at_each_of_its_boxes() -> None:
    arrays = product_of_sums()
    geometry = Geometry(arrays, draw(arrays))
    boxes = geometry.boxes_of(W)
    assert len(boxes) == 2
    for box in boxes:
        assert geometry.box_at(geometry.x[box], geometry.y[box]) == box
        assert geometry.node_id(box) == W
    assert geometry.boxes_of(9999) == []


# ------------------------------------------------------------------------------------------------------------ appearance
def looks_of(arrays: Arrays, **options: Any) -> tuple[Appearance, Geometry]:
    geometry = Geometry(arrays, draw(arrays, **options))
    return Appearance(geometry), geometry


def test_nothing_is_muted_before_the_first_and_after_the_last_node() -> None:
    arrays = product_of_sums()
    look, _ = looks_of(arrays)
    for state in (None, State(np.zeros(5, np.uint8), np.zeros(len(arrays.src), np.uint8)), replay(arrays, 5)):
        look.set_state(state)
        assert not (look.emphasis == Emphasis.MUTED).any()
        assert not look.replaying


def test_replay_mutes_what_is_to_come_and_marks_what_was() -> None:
    arrays = product_of_sums()
    look, geometry = looks_of(arrays)
    look.set_state(replay(arrays, 2))  # y and b are done, a runs
    by_label = {geometry.picture.label[box]: int(look.emphasis[box]) for box in range(len(geometry))}
    assert by_label == {
        "Mul → y": Emphasis.VISITED,
        "Add → b": Emphasis.VISITED,
        "Add → a": Emphasis.HOT,
        "w": Emphasis.MUTED,
        "x": Emphasis.MUTED,
    }
    look.set_state(replay(arrays, 2, failed=True))
    assert Emphasis.FAILED in look.emphasis


def test_change_names_only_what_changed() -> None:
    arrays = layered()
    look, geometry = looks_of(arrays)
    look.set_state(replay(arrays, 10))
    change = look.set_state(replay(arrays, 11))
    assert not change.everything
    assert 0 < len(change.boxes) <= 3
    assert {geometry.node[box] for box in change.boxes} == {int(np.argsort(arrays.order)[place]) for place in (10, 11)}
    same = look.set_state(replay(arrays, 11))
    assert len(same.boxes) == len(same.edges) == 0


def test_collapsed_group_stands_for_all_it_holds() -> None:
    arrays = layered(3)
    arrays.norm[:] = 1e-3
    arrays.norm[7] = 10.0  # inside block1
    arrays.nonfinite[8] = True
    look, geometry = looks_of(arrays, collapsed={"model/block1"})
    (group,) = np.flatnonzero(geometry.kind == Kind.GROUP).tolist()
    inside = [i for i in range(len(arrays.node)) if group in geometry.picture.box_of_node(i)]
    assert {7, 8} <= set(inside)
    look.set_coloured(True)
    assert look.bin_of(group) == BINS - 1
    assert look.nonfinite[group]
    sequence = np.argsort(arrays.order).tolist()
    ran = [sequence.index(i) for i in inside]
    look.set_state(replay(arrays, min(ran)))
    assert look.emphasis[group] == Emphasis.HOT
    look.set_state(replay(arrays, max(ran) + 1))
    assert look.emphasis[group] == Emphasis.VISITED


def test_norm_scale_orders_norms_and_leaves_none_out() -> None:
    scale = NormScale(np.array([-1.0, 0.0, 1e-6, 1e-3, 1.0]))
    assert scale.bins.tolist() == [-1, 0, *sorted(scale.bins[2:].tolist())]
    assert scale.bins[2] < scale.bins[3] < scale.bins[4] == BINS - 1
    assert NormScale(np.full(3, -1.0)).empty
    assert not NormScale(np.array([2.0, 2.0])).empty
    assert 0 < NormScale(np.array([2.0, 2.0])).bins[0] < BINS - 1
    assert not NormScale(np.zeros(2)).empty


def test_far_away_the_strongest_colour_wins() -> None:
    arrays = layered(3)
    arrays.nonfinite[4] = True
    look, geometry = looks_of(arrays)
    blocks = look.block_classes()
    assert FarClass.NONFINITE in blocks
    assert blocks[geometry.groups.name.index("model")] == FarClass.NONFINITE
    look.set_state(replay(arrays, 3))
    assert FarClass.HOT in look.block_classes()


@pytest.mark.parametrize(("exponent", "text"), [(0.0, "1"), (-2.0, "0.01"), (3.0, "1000"), (-7.2, "10⁻⁷"), (12.0, "10¹²")])
def test_powers_of_ten_are_short(exponent: float, text: str) -> None:
    assert power_of_ten(exponent) == text


# ---------------------------------------------------------------------------------------------------------------- camera
def test_zooming_glides_around_a_fixed_point() -> None:
    start, end = Look(0.0, 0.0, 1.0), Look(30.0, -15.0, 4.0)
    fixed = (40.0, -20.0)  # at the same place on screen at both ends
    for look in (start, end):
        assert ((fixed[0] - look.x) * look.scale, (fixed[1] - look.y) * look.scale) == pytest.approx((40.0, -20.0))
    for share in (0.1, 0.5, 0.9):
        between = start.towards(end, share)
        assert ((fixed[0] - between.x) * between.scale, (fixed[1] - between.y) * between.scale) == pytest.approx((40.0, -20.0))


def test_camera_arrives(qapp: QApplication, qtbot: QtBot) -> None:
    camera = Camera()
    camera.glide(Look(10.0, 20.0, 2.0), 40)
    qtbot.waitUntil(lambda: not camera.gliding, timeout=60_000)
    assert camera.look == camera.target == Look(10.0, 20.0, 2.0)


def test_small_graphs_are_not_blown_up(qapp: QApplication) -> None:

    assert fitting(Rect(0, 0, 100, 50), QSize(2000, 1000)).scale == FIT_LARGEST
    assert fitting(Rect(0, 0, 100_000, 50), QSize(1000, 1000)).scale < 0.01


def test_tooltip_names_node_scope_and_norm() -> None:

    arrays = layered(2)
    geometry = Geometry(arrays, draw(arrays))
    (box,) = geometry.boxes_of(int(arrays.node[3]))
    text = describe(geometry, box)
    assert "MmBackward0" in text
    assert "model/block0/linear" in text
    assert "gradient norm" in text


def test_drawing_of_the_tracer_has_all_the_canvas_reads() -> None:
    drawing: Drawing = draw(layered(2))
    for name in ("node", "label", "kind", "family", "x", "y", "width", "height", "src", "dst", "edge", "routes", "groups"):
        assert hasattr(drawing, name)
