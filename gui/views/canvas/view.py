"""The canvas as a widget: shows a graph, follows a replay, and tells what the mouse points at."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QToolTip, QVBoxLayout, QWidget

from ...colours import DARK, Theme
from .appearance import Appearance, Change
from .camera import Camera
from .geometry import Geometry, Rect
from .image import scene_image
from .inputs import Graph, Picture, Replay
from .item import GraphItem
from .legend import Legend, tr
from .minimap import Minimap
from .navigator import NOTCH, Navigator
from .scene import Scene, from_qt
from .tooltip import describe
from .viewport import Viewport
from .walk import Direction, first_box, next_box

_OVERLAY_MARGIN = 12
_ARROWS = {
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
}
_NOTHING = np.zeros(0, np.int64)


class GraphView(QWidget):
    """The graph canvas. Node ids are the trace's; 0 in ``node_hovered`` says "nothing"."""

    node_clicked = Signal(int)
    node_hovered = Signal(int)
    background_clicked = Signal()
    node_activated = Signal(int)
    """Double click."""
    menu_requested = Signal(int, QPoint)
    """Right click: the node (0 for the background) and the position on the screen."""

    animated = True
    """Glide when the user zooms; programs and tests may switch it off."""

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene: Scene | None = None
        self._coloured = False
        self._selected_node = 0
        self._walked_to = -1  # the box that the keyboard reached: a leaf has several
        self._marks: tuple[Collection[int], Collection[int], Collection[int]] = ((), (), ())
        self._camera = Camera(self)
        self._viewport = Viewport()
        self._navigator = Navigator(self._camera, self._viewport, lambda: self.animated and self.isVisible())
        self.setFocusProxy(self._viewport)
        self._item = GraphItem()
        self._viewport.box.addItem(self._item, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._viewport)
        self._minimap = Minimap(self)
        self._legend = Legend(theme, self)
        self._message = QLabel(self)
        self._message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message_text = (tr("No graph to show yet"), tr("Open a trace, or record a program to see its autograd graph here."))
        self._connect()
        self.set_theme(theme)

    def _connect(self) -> None:
        self._camera.moved.connect(self._follow_camera)
        self._viewport.clicked.connect(self._on_click)
        self._viewport.double_clicked.connect(self._on_double_click)
        self._viewport.menu_requested.connect(lambda position, where: self.menu_requested.emit(self.node_at(position), where))
        self._viewport.hovered.connect(lambda position: self._hover(self._box_at(position)))
        self._viewport.left.connect(lambda: self._hover(-1))
        self._viewport.dragged.connect(self._navigator.drag)
        self._viewport.wheeled.connect(lambda position, notches: self._navigator.zoom(NOTCH**notches, position))
        self._viewport.tooltip_wanted.connect(self._show_tooltip)
        self._minimap.moved_to.connect(self._navigator.look_at)

    # --------------------------------------------------------------------------------------------------------- what to show
    def set_graph(self, arrays: Graph, drawing: Picture) -> None:
        """Show a graph in its drawing, without a replay; selection and marks carry over by node id.

        A new graph is fitted into the view, or its end shown at a readable size when it is somewhat too long for that, unless it
        looks just like the one before (another pass, another rank): then the view stays. Another drawing of the same graph (a
        group was opened or closed) keeps the zoom, and what the mouse points at (else what is in the middle) stays where it is.
        """
        before = self._scene if not self._navigator.fitted else None
        anchor = self._navigator.anchor(before.hovered) if before is not None and before.geometry.graph is arrays else None
        geometry = Geometry(arrays, drawing)
        self._scene = Scene(geometry, Appearance(geometry), self._theme, _NOTHING, -1, {})
        self._scene.appearance.set_coloured(self._coloured)
        self._scene.appearance.set_marks(*self._marks)
        self._scene.selected = np.array(geometry.boxes_of(self._selected_node), np.int64)
        self._navigator.geometry = geometry
        self._item.set_scene(self._scene)
        self._minimap.set_scene(self._scene)
        self._place_overlays()
        self._show_legend()
        self._show_message()
        if anchor is not None:
            self._navigator.hold(anchor)
        elif before is None or not before.geometry.looks_like(geometry):
            self._navigator.fit_first()

    def clear(self, title: str = "", detail: str = "") -> None:
        """Show no graph, and a message in its place."""
        if title:
            self._message_text = (title, detail)
        self._scene = None
        self._navigator.geometry = None
        self._item.set_scene(None)
        self._minimap.set_scene(None)
        self._minimap.follow(Rect(0, 0, 0, 0))
        self._show_legend()
        self._show_message()

    def set_state(self, state: Replay | None) -> None:
        """Show how far a replay has come; None for no replay. Labels of edges go with the state they were made for."""
        if self._scene is None:
            return
        change = self._scene.appearance.set_state(state)
        self._repaint(change)
        self.set_edge_labels({})

    def set_edge_labels(self, labels: Mapping[int, str]) -> None:
        """Show texts on edges, given by index into the graph's edges; they replace earlier ones."""
        if self._scene is None:
            return
        drawn = np.asarray(self._scene.geometry.picture.edge, np.int64)
        new = {int(at): text for edge, text in labels.items() for at in np.flatnonzero(drawn == edge)}
        if new == self._scene.edge_labels:
            return
        touched = np.array(sorted({*self._scene.edge_labels, *new}), np.int64)
        self._scene.edge_labels = new
        self._item.refresh_labels(touched, self.scale)

    def set_selected(self, node_id: int) -> None:
        """Ring the boxes of a node; 0 for none."""
        self._selected_node = node_id
        if self._scene is not None:
            before = self._scene.selected
            self._scene.selected = np.array(self._scene.geometry.boxes_of(node_id), np.int64)
            self._repaint(Change(np.concatenate([before, self._scene.selected]), _NOTHING))

    def set_theme(self, theme: Theme) -> None:
        """Change all colours."""
        self._theme = theme
        self._viewport.setBackground(QColor(theme.canvas))
        if self._scene is not None:
            self._scene.theme = theme
        self._item.update()
        self._minimap.refresh()
        self._show_legend()
        self._show_message()

    def set_gradient_colours(self, on: bool) -> None:
        """Colour boxes by the norm of the gradient that entered them, or by kind."""
        self._coloured = on
        if self._scene is not None:
            self._scene.appearance.set_coloured(on)
            self._repaint(Change(_NOTHING, _NOTHING, everything=True))
        self._show_legend()

    def set_marks(self, breakpoints: Collection[int], hooks: Collection[int], bumps: Collection[int]) -> None:
        """Mark nodes, by id: with breakpoints, with hooks, with a version bump of a tensor they saved."""
        self._marks = (set(breakpoints), set(hooks), set(bumps))
        if self._scene is not None:
            self._scene.appearance.set_marks(*self._marks)
            self._item.update()

    # -------------------------------------------------------------------------------------------------------- where to look
    @property
    def scale(self) -> float:
        """Pixels per unit of the drawing."""
        return self._camera.look.scale

    def visible_rect(self) -> QRectF:
        """The part of the drawing in view."""
        return self._viewport.visible_rect()

    def fit(self, *, animated: bool = False) -> None:
        """Bring the whole graph into view; small graphs are not blown up."""
        self._navigator.fit(animated=animated)

    def zoom_in(self) -> None:
        """Closer, towards the middle of the view."""
        self._navigator.zoom(NOTCH**2)

    def zoom_out(self) -> None:
        """Farther away."""
        self._navigator.zoom(NOTCH**-2)

    def center_on(self, node_id: int, *, animated: bool = False) -> None:
        """Bring a node to the middle; a leaf that is drawn several times by its box nearest to what is in view now."""
        self._navigator.center_on(node_id, animated=animated)

    def ensure_visible(self, node_id: int, *, animated: bool = False) -> None:
        """Move only when a node is outside the view or near its edge, and then no further than to bring it in; for stepping."""
        self._navigator.ensure_visible(node_id, animated=animated)

    def _follow_camera(self) -> None:
        self._viewport.show_look(self._camera.look)
        self._minimap.follow(from_qt(self.visible_rect()))

    # --------------------------------------------------------------------------------------------------------------- mouse
    def node_at(self, position: QPointF) -> int:
        """The node under a position of this widget, or 0."""
        box = self._box_at(position)
        return self._scene.geometry.node_id(box) if self._scene is not None and box >= 0 else 0

    def position_of(self, node_id: int) -> QPointF:
        """Where the middle of a node's (first) box is in this widget."""
        assert self._scene is not None
        box = self._scene.geometry.boxes_of(node_id)[0]
        return self._viewport.to_widget(float(self._scene.geometry.x[box]), float(self._scene.geometry.y[box]))

    def _box_at(self, position: QPointF) -> int:
        if self._scene is None:
            return -1
        point = self._viewport.to_drawing(position)
        return self._scene.geometry.box_at(point.x(), point.y())

    def _on_click(self, position: QPointF) -> None:
        node = self.node_at(position)
        if node:
            self.node_clicked.emit(node)
        else:
            self.background_clicked.emit()

    def _on_double_click(self, position: QPointF) -> None:
        node = self.node_at(position)
        if node:
            self.node_activated.emit(node)

    def _hover(self, box: int) -> None:
        scene = self._scene
        if scene is None or box == scene.hovered:
            return
        before, scene.hovered = scene.hovered, box
        for touched in (before, box):
            if touched >= 0:
                self._item.refresh(np.array([touched]), scene.geometry.edges_of(touched), self.scale)
        cursor = Qt.CursorShape.PointingHandCursor if box >= 0 else Qt.CursorShape.ArrowCursor
        self._viewport.viewport().setCursor(cursor)
        if box < 0:
            QToolTip.hideText()
        self.node_hovered.emit(scene.geometry.node_id(box) if box >= 0 else 0)

    def _show_tooltip(self, position: QPointF, where: QPoint) -> None:
        box = self._box_at(position)
        if self._scene is not None and box >= 0:
            QToolTip.showText(where, describe(self._scene.geometry, box), self._viewport)
        else:
            QToolTip.hideText()

    # ------------------------------------------------------------------------------------------------------------ keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk along the edges, Return activates the selected node; other keys are the window's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and self._scene is not None and event.key() in _ARROWS:
            self._walk(self._scene.geometry, _ARROWS[Qt.Key(event.key())])
        elif plain and self._selected_node and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.node_activated.emit(self._selected_node)
        else:
            event.ignore()

    def _walk(self, geometry: Geometry, direction: Direction) -> None:
        boxes = geometry.boxes_of(self._selected_node)
        start = self._walked_to if self._walked_to in boxes else self._navigator.nearest_box(self._selected_node)
        self._walked_to = next_box(geometry, start, direction) if start >= 0 else first_box(geometry)
        if self._walked_to >= 0:
            self.node_clicked.emit(geometry.node_id(self._walked_to))

    # ------------------------------------------------------------------------------------------------------------ painting
    def _repaint(self, change: Change) -> None:
        if change.everything:
            self._item.update()
        else:
            self._item.refresh(change.boxes, change.edges, self.scale)
        if change.everything or len(change.boxes) or len(change.edges):
            self._minimap.refresh_soon()

    def _show_legend(self) -> None:
        shown = self._coloured and self._scene is not None and len(self._scene.geometry) > 0
        self._legend.show_scale(self._scene.appearance.scale if shown and self._scene else None, self._theme)

    def _show_message(self) -> None:
        empty = self._scene is None or not len(self._scene.geometry)
        self._message.setVisible(empty)
        title, detail = self._message_text
        self._message.setText(
            f'<div style="font-size:17px; font-weight:600; color:{self._theme.text_muted}">{title}</div>'
            f'<div style="font-size:13px; color:{self._theme.text_muted}"><br>{detail}</div>'
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the graph in view and the overlays in their corners."""
        super().resizeEvent(event)
        self._place_overlays()
        if self._navigator.fitted:
            self._navigator.fit_first()
        else:
            self._follow_camera()

    def _place_overlays(self) -> None:
        self._message.setGeometry(self.rect())
        bottom = self.height() - _OVERLAY_MARGIN
        self._legend.move(_OVERLAY_MARGIN, bottom - self._legend.height())
        self._minimap.move(self.width() - _OVERLAY_MARGIN - self._minimap.width(), bottom - self._minimap.height())

    def render_image(self, width: int, height: int) -> QImage:
        """The whole graph as an image of that many pixels, as it looks now; needs no visible window."""
        return scene_image(self._scene, self._theme, QSize(width, height))
