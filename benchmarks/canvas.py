"""Frame times of the graph canvas, side by side with a QGraphicsScene that has an item for each box, label and edge.

    python benchmarks/canvas.py            1,000 and 10,000 nodes
    python benchmarks/canvas.py --large    and 100,000 too

Off screen, software rendering, 1600 x 1000. CPU milliseconds, median and 95th percentile; "ratio" is the baseline's median over
ours. The baseline is for small graphs only: it takes half a minute to build for 100,000 nodes, and a second for a frame. It is
also plainer: square boxes, no groups, arrow heads or muting; its replay step changes one border, ours a whole state.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")

import numpy as np
import synthetic_graphs
from gradtrace.gui.fonts import interface_font
from gradtrace.gui.theme import DARK, apply_theme
from gradtrace.gui.views.canvas import GraphView
from gradtrace.gui.views.canvas.camera import Look
from gradtrace.gui.views.canvas.handmade import FIRST_ID, Arrays, replay
from gradtrace.tracer.layout import Drawing, draw
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
    QWidget,
)

SIZE = (1600, 1000)
NEAR = 0.85
"""Zoom of the near views: a few hundred boxes."""
FRAMES = 40
BUDGET_MS = 16.0

CASES = {
    "transformer, 1,000 nodes": (False, lambda: synthetic_graphs.transformer(7)),
    "LSTM, 10,000 nodes": (False, lambda: synthetic_graphs.lstm(476)),
    "transformer x 20, 50,000 nodes": (True, lambda: synthetic_graphs.transformer(19, 4, 20)),
    "LSTM, 100,000 nodes": (True, lambda: synthetic_graphs.lstm(4_760)),
}


def arrays_of(graph: synthetic_graphs.SyntheticGraph) -> Arrays:
    """A synthetic graph with an order of execution and norms that vanish towards the inputs."""
    count = len(graph)
    return Arrays(
        **vars(graph),
        node=np.arange(count) + FIRST_ID,
        order=np.arange(count)[::-1].copy(),
        norm=np.logspace(-9, 0, count),
        nonfinite=np.zeros(count, bool),
    )


@dataclass
class Timing:
    """CPU milliseconds of some frames."""

    frames: list[float]

    @property
    def median(self) -> float:
        return float(np.median(self.frames))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.frames, 95))


def timed(frames: Iterator[None]) -> Timing:
    """CPU time of each step of a generator, without the first, which fills caches."""
    result = []
    next(frames)
    while True:
        start = time.process_time()
        try:
            next(frames)
        except StopIteration:
            return Timing(result)
        result.append((time.process_time() - start) * 1000)


Made = TypeVar("Made")


def built(make: Callable[[], Made]) -> tuple[Timing, Made]:
    """CPU time of making something, and the thing."""
    start = time.process_time()
    made = make()
    return Timing([(time.process_time() - start) * 1000]), made


# ------------------------------------------------------------------------------------------------------------- the canvas
class Canvas:
    """The canvas and what a user does with it, one frame at a time."""

    def __init__(self, arrays: Arrays, drawing: Drawing) -> None:
        self.arrays, self.view = arrays, GraphView(DARK)
        self.view.animated = False
        self.view.resize(*SIZE)
        self.view.show()
        self.view.set_graph(arrays, drawing)
        self.paint()
        self.middle = len(arrays.node) // 2

    def paint(self) -> None:
        QApplication.processEvents()
        self.view._viewport.viewport().repaint()

    def full(self) -> Iterator[None]:
        self.view.fit()
        for _ in range(FRAMES):
            self.paint()
            yield

    def near(self) -> Iterator[None]:
        self.view.center_on(int(self.arrays.node[self.middle]))
        self.view._camera.jump(Look(self.view._camera.look.x, self.view._camera.look.y, NEAR))
        for _ in range(FRAMES):
            self.paint()
            yield

    def pan(self) -> Iterator[None]:
        for _ in range(FRAMES):
            self.view._on_drag(QPointF(-9, -14))
            QApplication.processEvents()
            yield

    def zoom(self) -> Iterator[None]:
        self.view.fit()
        factor = (NEAR / self.view.scale) ** (1 / FRAMES)
        for _ in range(FRAMES):
            self.view._zoom(factor, QPointF(500, 400))
            QApplication.processEvents()
            yield

    def step(self) -> Iterator[None]:
        """Steps of a replay in the near view."""
        self.view.center_on(int(self.arrays.node[self.middle]))
        self.view._camera.jump(Look(self.view._camera.look.x, self.view._camera.look.y, NEAR))
        yield from self._replay()

    def step_full(self) -> Iterator[None]:
        """Steps of a replay with the whole graph in view."""
        self.view.fit()
        yield from self._replay()

    def _replay(self) -> Iterator[None]:
        first = int(self.arrays.order[self.middle])
        states = [replay(self.arrays, first + step) for step in range(FRAMES)]
        for state in states:
            self.view.set_state(state)
            QApplication.processEvents()
            yield


# ------------------------------------------------------------------------------------------------------------ the baseline
class Items:
    """A QGraphicsScene with three items for each box and one for each edge: how graphs are usually drawn with Qt."""

    def __init__(self, arrays: Arrays, drawing: Drawing) -> None:
        self.arrays, self.drawing = arrays, drawing
        self.scene = QGraphicsScene()
        self.boxes: list[QGraphicsRectItem] = []
        font = interface_font(12)
        metrics = QFontMetricsF(font)
        for route in drawing.routes:
            path = QPainterPath(QPointF(*route[0]))
            for before, after in pairwise(route.tolist()):
                bend = (after[1] - before[1]) / 2
                path.cubicTo(before[0], before[1] + bend, after[0], after[1] - bend, after[0], after[1])
            edge = QGraphicsPathItem(path)
            edge.setPen(QPen(QColor(DARK.edge), 1.1))
            self.scene.addItem(edge)
        for x, y, width, height, label in zip(drawing.x, drawing.y, drawing.width, drawing.height, drawing.label, strict=True):
            box = QGraphicsRectItem(QRectF(x - width / 2, y - height / 2, width, height))
            box.setBrush(QColor(DARK.op.fill))
            box.setPen(QPen(QColor(DARK.op.border), 1.2))
            text = QGraphicsSimpleTextItem(label, box)
            text.setFont(font)
            text.setBrush(QColor(DARK.op.text))
            text.setPos(x - metrics.horizontalAdvance(label) / 2, y - metrics.height() / 2)
            self.scene.addItem(box)
            self.boxes.append(box)
        self.view = QGraphicsView(self.scene)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setBackgroundBrush(QColor(DARK.canvas))
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.resize(*SIZE)
        self.view.show()
        self.middle = len(self.boxes) // 2
        self._fit()
        self.paint()

    def _fit(self) -> None:
        self.view.fitInView(self.scene.itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def _near(self) -> None:
        self.view.resetTransform()
        self.view.scale(NEAR, NEAR)
        self.view.centerOn(self.boxes[self.middle])

    def paint(self) -> None:
        QApplication.processEvents()
        self.view.viewport().repaint()

    def full(self) -> Iterator[None]:
        self._fit()
        for _ in range(FRAMES):
            self.paint()
            yield

    def near(self) -> Iterator[None]:
        self._near()
        for _ in range(FRAMES):
            self.paint()
            yield

    def pan(self) -> Iterator[None]:
        for _ in range(FRAMES):
            bars = self.view.horizontalScrollBar(), self.view.verticalScrollBar()
            bars[0].setValue(bars[0].value() + 9)
            bars[1].setValue(bars[1].value() + 14)
            self.paint()  # a scroll alone copies pixels; a frame of the canvas paints all of them, too
            yield

    def zoom(self) -> Iterator[None]:
        self._fit()
        factor = (NEAR / self.view.transform().m11()) ** (1 / FRAMES)
        for _ in range(FRAMES):
            self.view.scale(factor, factor)
            QApplication.processEvents()
            yield

    def step(self) -> Iterator[None]:
        self._near()
        yield from self._replay()

    def step_full(self) -> Iterator[None]:
        self._fit()
        yield from self._replay()

    def _replay(self) -> Iterator[None]:
        for frame in range(FRAMES):
            self.boxes[(self.middle - frame) % len(self.boxes)].setPen(QPen(QColor(DARK.hot), 2.2))
            QApplication.processEvents()
            yield


ROWS = {
    "everything in view": "full",
    "a few hundred boxes in view": "near",
    "pan, a few hundred boxes": "pan",
    "zoom from all to near": "zoom",
    "replay step, near": "step",
    "replay step, everything": "step_full",
}


def close(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    QApplication.processEvents()


def main() -> None:
    parser = argparse.ArgumentParser(description="Frame times of the graph canvas.")
    parser.add_argument("--large", action="store_true", help="also graphs of 50,000 and 100,000 nodes")
    large = parser.parse_args().large
    app = QApplication([])
    apply_theme(app, DARK)
    compare = True
    for name, (is_large, make) in CASES.items():
        if is_large and not large:
            continue
        arrays = arrays_of(make())
        drawing = draw(arrays)
        print(f"\n{name}: {len(drawing.x):,} boxes, {len(drawing.src):,} edges, {len(drawing.groups):,} groups")
        print(f"{'':30}{'canvas ms':>10}{'p95':>8}" + (f"{'items ms':>12}{'p95':>8}{'ratio':>8}" if compare else ""))
        building, canvas = built(lambda arrays=arrays, drawing=drawing: Canvas(arrays, drawing))  # type: ignore[misc]
        items: Items | None = None
        reference = None
        if compare:
            reference, items = built(lambda arrays=arrays, drawing=drawing: Items(arrays, drawing))  # type: ignore[misc]
        report("build and first frame", building, reference)
        slowest = 0.0
        for row, method in ROWS.items():
            ours = timed(getattr(canvas, method)())
            theirs = timed(getattr(items, method)()) if items is not None else None
            report(row, ours, theirs)
            slowest = max(slowest, ours.p95)
        print(f"slowest p95 {slowest:.1f} ms, budget {BUDGET_MS:.0f} ms: {'kept' if slowest <= BUDGET_MS else 'EXCEEDED'}")
        close(canvas.view)
        if items is not None:
            close(items.view)
        compare = False


def report(row: str, ours: Timing, theirs: Timing | None) -> None:
    line = f"{row:30}{ours.median:10.1f}{ours.p95:8.1f}"
    if theirs is not None:
        line += f"{theirs.median:12.1f}{theirs.p95:8.1f}{theirs.median / ours.median:8.1f}"
    print(line)


if __name__ == "__main__":
    main()
