"""The graph canvas as a widget: what it paints, and what the mouse does to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from gradtrace.gui.theme import DARK, LIGHT
from gradtrace.gui.views.canvas import GraphView
from gradtrace.gui.views.canvas.camera import FIT_LARGEST
from gradtrace.gui.views.canvas.geometry import Geometry, Rect
from gradtrace.gui.views.canvas.handmade import A, Arrays, B, Program, W, X, Y, layered, product_of_sums, replay
from gradtrace.gui.views.canvas.inputs import Flow
from gradtrace.gui.views.canvas.navigator import FIRST_SCALE
from gradtrace.gui.views.canvas.walk import Direction, first_box, next_box
from gradtrace.tracer.layout import draw
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


@pytest.fixture
def make_view(qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[..., GraphView]]:
    def make(arrays: Arrays | None = None, *, width: int = 800, height: int = 600, **options: Any) -> GraphView:
        view = GraphView(DARK)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        qtbot.waitExposed(view)
        if arrays is not None:
            view.set_graph(arrays, draw(arrays, **options))
        settle()
        return view

    return make


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def pixels(view: GraphView) -> Any:
    settle()
    return as_array(view.grab().toImage())


def as_array(image: QImage) -> Any:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, 2::-1].copy()


def colours_in(picture: Any) -> int:
    """How many different colours there are."""
    return len(np.unique(picture.astype(np.int64) @ [1, 256, 65536]))


def count_of(picture: Any, colour: str) -> int:
    """Pixels of exactly this colour."""
    wanted = QColor(colour)
    return int(np.all(picture == (wanted.red(), wanted.green(), wanted.blue()), axis=2).sum())


def wheel(view: GraphView, position: QPointF, notches: float) -> None:
    viewport = view._viewport.viewport()
    event = QWheelEvent(
        position,
        QPointF(viewport.mapToGlobal(position.toPoint())),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
    settle()


# ---------------------------------------------------------------------------------------------------------------- camera
def test_fit_shows_everything_and_follows_resizing(make_view: Callable[..., GraphView]) -> None:
    arrays = layered()
    view = make_view(arrays)
    bounds = QRectF(*(lambda r: (r.left, r.top, r.width, r.height))(Geometry(arrays, draw(arrays)).bounds))
    assert view.visible_rect().contains(bounds)
    view.resize(500, 300)
    settle()
    assert view.visible_rect().contains(bounds)
    view.zoom_in()
    view.zoom_in()
    assert not view.visible_rect().contains(bounds)
    view.resize(600, 400)
    settle()
    assert not view.visible_rect().contains(bounds)  # the user's zoom is kept
    view.fit()
    assert view.visible_rect().contains(bounds)


# ----------------------------------------------------------------------------------------------------------------- mouse
@pytest.mark.parametrize("node", [W, X, A, B, Y])
def test_click_selects_the_node_under_the_mouse(make_view: Callable[..., GraphView], qtbot: QtBot, node: int) -> None:
    view = make_view(product_of_sums())
    with qtbot.waitSignal(view.node_clicked) as caught:
        qtbot.mouseClick(view._viewport.viewport(), Qt.MouseButton.LeftButton, pos=view.position_of(node).toPoint())
    assert caught.args == [node]


def test_every_pill_of_a_leaf_is_the_leaf(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    arrays = product_of_sums()
    view = make_view(arrays)
    geometry = Geometry(arrays, draw(arrays))
    for box in geometry.boxes_of(W):
        place = view._viewport.to_widget(float(geometry.x[box]), float(geometry.y[box]))
        with qtbot.waitSignal(view.node_clicked) as caught:
            qtbot.mouseClick(view._viewport.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert caught.args == [W]


def test_click_beside_the_boxes_is_the_background(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    with qtbot.waitSignal(view.background_clicked), qtbot.assertNotEmitted(view.node_clicked):
        qtbot.mouseClick(view._viewport.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))


def test_double_click_activates(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    with qtbot.waitSignal(view.node_activated) as caught:
        qtbot.mouseDClick(view._viewport.viewport(), Qt.MouseButton.LeftButton, pos=view.position_of(Y).toPoint())
    assert caught.args == [Y]


def test_right_click_asks_for_a_menu(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    with qtbot.waitSignal(view.menu_requested) as caught:
        qtbot.mouseClick(view._viewport.viewport(), Qt.MouseButton.RightButton, pos=view.position_of(A).toPoint())
    assert caught.args is not None
    assert caught.args[0] == A


def test_hover_says_what_is_under_the_mouse(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    seen: list[int] = []
    view.node_hovered.connect(seen.append)
    before = pixels(view)
    view._viewport.hovered.emit(view.position_of(B))
    assert not np.array_equal(before, pixels(view))
    view._viewport.hovered.emit(view.position_of(B) + QPointF(2, 1))
    view._viewport.hovered.emit(QPointF(3, 3))
    assert seen == [B, 0]
    assert np.array_equal(before, pixels(view))


@pytest.mark.parametrize("notches", [1.0, -1.0, 0.25, 3.0])
def test_wheel_keeps_the_point_under_the_mouse(make_view: Callable[..., GraphView], notches: float) -> None:
    view = make_view(layered())
    place = QPointF(250, 420)
    point, scale = view._viewport.to_drawing(place), view.scale
    wheel(view, place, notches)
    moved = view._viewport.to_drawing(place)
    assert (view.scale > scale) == (notches > 0)
    assert (moved - point).manhattanLength() * view.scale < 1.0


def test_zoom_has_limits(make_view: Callable[..., GraphView]) -> None:
    view = make_view(product_of_sums())
    for _ in range(30):
        view.zoom_in()
    assert view.scale == 4.0
    for _ in range(60):
        view.zoom_out()
    assert 0.1 < view.scale < 1.0


def test_gliding_zoom_ends_where_the_immediate_one_does(
    make_view: Callable[..., GraphView], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make_view(layered())
    scale = view.scale
    monkeypatch.setattr(GraphView, "animated", True)
    wheel(view, QPointF(300, 300), 2.0)
    qtbot.waitUntil(lambda: not view._camera.gliding, timeout=60_000)
    assert view.scale == pytest.approx(scale * 1.2**2)


def test_drag_moves_the_drawing_and_is_no_click(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(layered())
    viewport = view._viewport.viewport()
    start, scale = view._viewport.to_drawing(QPointF(400, 300)), view.scale
    with qtbot.assertNotEmitted(view.node_clicked), qtbot.assertNotEmitted(view.background_clicked):
        qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
        for x in (420, 460, 500):
            qtbot.mouseMove(viewport, QPoint(x, 300))
            view._viewport.mouseMoveEvent(_drag_event(QPointF(x, 300)))
        qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    assert (view._viewport.to_drawing(QPointF(500, 300)) - start).manhattanLength() * scale < 2.0


def _drag_event(position: QPointF) -> Any:

    left = Qt.MouseButton.LeftButton
    return QMouseEvent(QEvent.Type.MouseMove, position, position, left, left, Qt.KeyboardModifier.NoModifier)


def test_center_on_and_ensure_visible(make_view: Callable[..., GraphView]) -> None:
    arrays = layered(40)
    view = make_view(arrays)
    first, last = int(arrays.node[2]), int(arrays.node[-1])
    view.center_on(first)
    assert (view.position_of(first) - QPointF(400, 300)).manhattanLength() < 3
    assert view.scale >= 0.4
    before = view.visible_rect()
    view.ensure_visible(first)
    assert view.visible_rect() == before
    view.ensure_visible(last)
    assert view.visible_rect().contains(view._viewport.to_drawing(view.position_of(last)))
    view.center_on(424242)  # unknown: nothing happens


def test_another_drawing_of_the_same_graph_keeps_its_place(make_view: Callable[..., GraphView]) -> None:
    arrays = layered(12)
    view = make_view(arrays)
    node = int(arrays.node[-1])
    view.center_on(node)
    before, scale = view.position_of(node), view.scale
    view.set_graph(arrays, draw(arrays, collapsed={"model/block3", "model/block4"}))
    assert view.scale == scale
    assert (view.position_of(node) - before).manhattanLength() < 2
    view.set_graph(product_of_sums(), draw(product_of_sums()))
    assert view.scale == FIT_LARGEST


# -------------------------------------------------------------------------------------------------------------- pictures
def test_two_renders_are_equal(make_view: Callable[..., GraphView]) -> None:
    arrays = layered()
    view, other = make_view(arrays), make_view(layered())
    assert np.array_equal(pixels(view), pixels(view))
    assert np.array_equal(pixels(view), pixels(other))


@pytest.mark.parametrize("zoom", ["fit", "near"])
@pytest.mark.parametrize("done", [0, 1, 20, 30, 62])
def test_stepping_paints_what_a_fresh_view_paints(make_view: Callable[..., GraphView], zoom: str, done: int) -> None:
    """Repainting only what changed must leave the same picture as painting everything."""
    arrays = layered()
    view = make_view(arrays)
    if zoom == "near":
        view.center_on(int(arrays.node[np.argsort(arrays.order)[min(done, len(arrays.node) - 1)]]))
    settle()
    for steps in (max(done - 2, 0), max(done - 1, 0), done):
        view.set_state(replay(arrays, steps))
        view.set_edge_labels({int(edge): "3.0" for edge in np.flatnonzero(replay(arrays, steps).edge_status == Flow.NOW)})
        view.set_selected(int(arrays.node[steps % 7]))
        settle()
    stepped = as_array(view._viewport.grab().toImage())
    painted = view._item.frames
    view._item.update()
    settle()
    assert view._item.frames >= painted
    view._viewport.viewport().update()
    assert np.array_equal(stepped, as_array(view._viewport.grab().toImage()))
    fresh = make_view(arrays)
    fresh._camera.jump(view._camera.look)
    fresh.set_state(replay(arrays, done))
    fresh.set_edge_labels({int(edge): "3.0" for edge in np.flatnonzero(replay(arrays, done).edge_status == Flow.NOW)})
    fresh.set_selected(int(arrays.node[done % 7]))
    settle()
    assert np.array_equal(stepped, as_array(fresh._viewport.grab().toImage()))


def test_step_repaints_only_a_part(make_view: Callable[..., GraphView], monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = layered(30)
    view = make_view(arrays)
    view.center_on(int(arrays.node[20]))
    view.set_state(replay(arrays, 50))
    settle()
    exposed: list[Rect] = []
    painter = view._item._painter
    assert painter is not None
    original = painter.paint
    monkeypatch.setattr(painter, "paint", lambda p, window, **k: (exposed.append(window.exposed), original(p, window, **k)))
    view.set_state(replay(arrays, 51))
    settle()
    view_area = view.visible_rect().width() * view.visible_rect().height()
    assert sum(rect.width * rect.height for rect in exposed) < 0.8 * view_area


def test_replay_shows_where_it_is(make_view: Callable[..., GraphView]) -> None:
    arrays = product_of_sums()
    view = make_view(arrays)
    assert count_of(pixels(view), DARK.hot) == 0
    view.set_state(replay(arrays, 2))
    hot = count_of(pixels(view), DARK.hot)
    assert hot > 100
    view.set_edge_labels({0: "12.5"})
    assert count_of(pixels(view), DARK.hot) > hot + 200
    view.set_state(None)
    assert count_of(pixels(view), DARK.hot) == 0


def test_failed_node_glows_red(make_view: Callable[..., GraphView]) -> None:
    arrays = product_of_sums()
    view = make_view(arrays)
    view.set_state(replay(arrays, 2, failed=True))
    assert count_of(pixels(view), DARK.error) > 100


def test_nonfinite_gradients_show_without_any_colouring(make_view: Callable[..., GraphView]) -> None:
    arrays = product_of_sums()
    assert count_of(pixels(make_view(arrays)), DARK.error) == 0
    arrays.nonfinite[2] = True
    assert count_of(pixels(make_view(arrays)), DARK.error) > 50


def test_selection_ring_and_marks_come_and_go(make_view: Callable[..., GraphView]) -> None:
    view = make_view(product_of_sums())
    plain = pixels(view)
    view.set_selected(W)
    assert count_of(pixels(view), DARK.selection) > 100
    view.set_selected(0)
    assert np.array_equal(plain, pixels(view))
    view.set_marks({A}, {B}, {Y})
    marked = pixels(view)
    assert count_of(marked, DARK.breakpoint) > 20
    assert not np.array_equal(plain, marked)
    view.set_marks(set(), set(), set())
    assert np.array_equal(plain, pixels(view))


def test_theme_switch_changes_every_colour_and_back(make_view: Callable[..., GraphView]) -> None:
    view = make_view(layered())
    view.set_state(replay(layered(), 20))
    dark = pixels(view)
    assert count_of(dark, DARK.canvas) > 1000
    view.set_theme(LIGHT)
    light = pixels(view)
    assert count_of(light, LIGHT.canvas) > 1000
    assert count_of(light, DARK.canvas) == 0
    view.set_theme(DARK)
    assert np.array_equal(dark, pixels(view))


def test_gradient_colours_bring_a_legend(make_view: Callable[..., GraphView]) -> None:
    view = make_view(layered())
    plain = pixels(view)
    assert not view._legend.isVisible()
    view.set_gradient_colours(True)
    assert view._legend.isVisible()
    coloured = pixels(view)
    assert not np.array_equal(plain, coloured)
    view.set_gradient_colours(False)
    assert np.array_equal(plain, pixels(view))


@pytest.mark.parametrize("arrays", [product_of_sums(), layered(), layered(300)], ids=["small", "medium", "blocks"])
@pytest.mark.parametrize("coloured", [False, True])
def test_every_distance_paints(make_view: Callable[..., GraphView], arrays: Arrays, coloured: bool) -> None:
    view = make_view(arrays)
    view.set_gradient_colours(coloured)
    view.set_state(replay(arrays, len(arrays.node) // 2))
    for _ in range(14):
        view.zoom_in()
        assert colours_in(pixels(view)) >= 1
    view.fit()
    for _ in range(6):
        view.zoom_out()
        assert colours_in(pixels(view)) > 1


def test_empty_view_says_so_and_takes_everything(make_view: Callable[..., GraphView]) -> None:
    view = make_view()
    assert view._message.isVisible()
    view.set_state(None)
    view.set_selected(5)
    view.set_edge_labels({1: "x"})
    view.set_marks({1}, set(), set())
    view.fit()
    view.zoom_in()
    view.center_on(5)
    assert view.node_at(QPointF(10, 10)) == 0
    assert view.render_image(200, 100).size().toTuple() == (200, 100)
    empty = Program().arrays()
    view.set_graph(empty, draw(empty))
    assert view._message.isVisible()
    assert colours_in(pixels(view)) > 5  # a text
    view.set_graph(product_of_sums(), draw(product_of_sums()))
    assert not view._message.isVisible()
    view.clear("Nothing here", "Really")
    assert view._message.isVisible()
    assert "Nothing here" in view._message.text()


def test_a_long_graph_opens_at_its_end_and_readable(make_view: Callable[..., GraphView]) -> None:
    """Where the backward begins; until the whole is asked for. A much longer one opens as a whole."""
    arrays = layered(14)
    view = make_view(arrays)
    left, top, right, bottom = draw(arrays).bounds
    width, height = int(right - left), bottom - top
    view.resize(width, int(0.45 * height))
    assert view.scale == FIRST_SCALE
    root = int(arrays.node[arrays.is_root.argmax()])
    assert view.rect().contains(view.position_of(root).toPoint())
    view.fit()
    assert view.scale < FIRST_SCALE
    view.resize(width, int(0.4 * height))
    assert view.scale < FIRST_SCALE
    overview = make_view(layered(14))
    overview.resize(width, int(0.2 * height))
    assert overview.scale < FIRST_SCALE


def test_minimap_appears_when_the_graph_exceeds_the_view(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    arrays = layered(30)
    view = make_view(arrays)
    assert not view._minimap.isVisible()
    view.center_on(int(arrays.node[3]))
    assert view._minimap.isVisible()
    assert view.rect().contains(view._minimap.geometry())
    before = view.visible_rect().center()
    qtbot.mouseClick(view._minimap, Qt.MouseButton.LeftButton, pos=QPoint(view._minimap.width() // 2, view._minimap.height() - 12))
    assert view.visible_rect().center().y() > before.y()
    view.fit()
    assert not view._minimap.isVisible()


def test_render_image_needs_no_window(qapp: QApplication) -> None:
    arrays = layered()
    view = GraphView(LIGHT)
    view.set_graph(arrays, draw(arrays))
    image = as_array(view.render_image(640, 480))
    assert image.shape == (480, 640, 3)
    assert count_of(image, LIGHT.canvas) > 1000
    assert colours_in(image) > 50
    assert np.array_equal(image, as_array(view.render_image(640, 480)))


# ------------------------------------------------------------------------------------------------------------- keyboard
def walk(view: GraphView, qtbot: QtBot, *keys: Qt.Key) -> list[int]:
    """Press keys as a window does that selects what the canvas asks for; the node after each."""
    seen: list[int] = []
    view.node_clicked.connect(seen.append)
    view.node_clicked.connect(view.set_selected)
    for key in keys:
        qtbot.keyClick(view._viewport, key)
    return seen


def test_arrows_walk_along_the_edges(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    up, down, left, right = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
    nodes = walk(view, qtbot, down, up, down, up, left, right)
    assert nodes[0] == Y  # nothing was selected: begin at the root
    assert nodes[1] in (A, B)
    assert nodes[2] == Y
    assert {nodes[3], nodes[4], nodes[5]} == {A, B}


def test_walk_ends_at_leaves_and_passes_through_the_pill_it_came_to(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    view.set_selected(B)
    up, down = Qt.Key.Key_Up, Qt.Key.Key_Down
    assert walk(view, qtbot, up, up, down) == [W, W, B]


def test_return_activates_the_selected_node(make_view: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make_view(product_of_sums())
    activated: list[int] = []
    view.node_activated.connect(activated.append)
    qtbot.keyClick(view._viewport, Qt.Key.Key_Return)
    view.set_selected(A)
    qtbot.keyClick(view._viewport, Qt.Key.Key_Return)
    assert activated == [A]


def test_every_box_can_be_reached_by_keyboard() -> None:
    arrays = layered()
    geometry = Geometry(arrays, draw(arrays))
    seen, pending = set(), [first_box(geometry)]
    while pending:
        box = pending.pop()
        if box not in seen:
            seen.add(box)
            pending += [next_box(geometry, box, direction) for direction in Direction]
    assert len(seen) == len(geometry)
