"""The gradient as a picture: bars or a line for vectors, an image with a colour bar for matrices, and a histogram."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from ...fonts import interface_font
from ...theme import LIGHT, Theme

MOST_BARS = 64
MOST_PIXELS = 512
"""Larger matrices are thinned to at most this many rows and columns before they are drawn."""
BINS = 40


def make_plot() -> Any:
    """A plot without menus and mouse zoom: it shows, nothing more."""
    plot = pg.PlotWidget(enableMenu=False)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setStyle(tickFont=interface_font(11), tickLength=-4)
    plot.getAxis("left").setWidth(52)
    return plot


def whole_ticks(plot: Any, side: str, count: int) -> None:
    """Ticks at whole numbers only, about five of them: an axis that counts elements."""
    step = next((factor * 10**power for power in range(12) for factor in (1, 2, 5) if factor * 10**power * 6 >= count), count)
    plot.getAxis(side).setTickSpacing(step, step)


def dress_plot(plot: Any, theme: Theme) -> None:
    """Give a plot the colours of a theme."""
    plot.setBackground(theme.panel)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.border_strong))
        axis.setTextPen(pg.mkPen(theme.text_muted))


def diverging_map(theme: Theme) -> Any:
    """Negative to positive through the background: zero is where nothing is seen."""
    blue, red = theme.families["linear"], theme.error
    return pg.ColorMap([0.0, 0.5, 1.0], [pg.mkColor(blue), pg.mkColor(theme.panel), pg.mkColor(red)])


class PictureView(QStackedWidget):
    """A vector as bars or a line, a matrix as an image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.curve_plot = make_plot()
        self.image_plot = make_plot()
        self.image_plot.invertY(True)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.image_plot.addItem(self.image)
        self._bar = pg.ColorBarItem(interactive=False, width=12)
        self._bar.setImageItem(self.image, insert_in=self.image_plot.getPlotItem())
        self._bar.getAxis("right").setStyle(tickFont=interface_font(11))
        self.addWidget(self.curve_plot)
        self.addWidget(self.image_plot)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        dress_plot(self.curve_plot, theme)
        dress_plot(self.image_plot, theme)
        axis = self._bar.getAxis("right")
        axis.setPen(pg.mkPen(theme.border_strong))
        axis.setTextPen(pg.mkPen(theme.text_muted))
        self._bar.setColorMap(diverging_map(theme))

    def show_matrix(self, matrix: NDArray[Any]) -> None:
        """Show one matrix; a single row or column is drawn as a curve."""
        values = np.asarray(matrix, float)
        if 1 in values.shape:
            self._show_curve(values.ravel())
        else:
            self._show_image(values)

    def _show_curve(self, values: NDArray[np.float64]) -> None:
        self.setCurrentWidget(self.curve_plot)
        self.curve_plot.clear()
        colour = self._theme.accent
        finite = np.where(np.isfinite(values), values, np.nan)
        if len(values) <= MOST_BARS:
            heights = np.nan_to_num(finite)
            self.curve_plot.addItem(pg.BarGraphItem(x=np.arange(len(values)), height=heights, width=0.7, brush=colour, pen=None))
        else:
            self.curve_plot.plot(np.arange(len(values)), finite, pen=pg.mkPen(colour, width=1), connect="finite")
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            marks = {"pen": None, "symbol": "x", "symbolPen": pg.mkPen(self._theme.error), "symbolBrush": None, "symbolSize": 9}
            self.curve_plot.plot(bad, np.zeros(len(bad)), **marks)
        whole_ticks(self.curve_plot, "bottom", len(values))
        self.curve_plot.setXRange(-0.6, max(len(values) - 0.4, 0.6), padding=0.02)
        self.curve_plot.enableAutoRange(axis="y")

    def _show_image(self, values: NDArray[np.float64]) -> None:
        self.setCurrentWidget(self.image_plot)
        rows, columns = (max(1, -(-n // MOST_PIXELS)) for n in values.shape)
        thinned = values[::rows, ::columns]
        finite = thinned[np.isfinite(thinned)]
        limit = float(np.max(np.abs(finite))) if finite.size else 1.0
        limit = limit or 1.0
        self.image.setImage(thinned, autoLevels=False, levels=(-limit, limit))
        self.image.setRect(-0.5, -0.5, values.shape[1], values.shape[0])
        whole_ticks(self.image_plot, "bottom", values.shape[1])
        whole_ticks(self.image_plot, "left", values.shape[0])
        self._bar.setLevels((-limit, limit))
        self.image_plot.setRange(xRange=(-0.5, values.shape[1] - 0.5), yRange=(-0.5, values.shape[0] - 0.5), padding=0.02)


class HistogramView(QWidget):
    """How the finite elements are distributed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.plot = make_plot()
        from_layout = pg.QtWidgets.QVBoxLayout(self)
        from_layout.setContentsMargins(0, 0, 0, 0)
        from_layout.addWidget(self.plot)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        dress_plot(self.plot, theme)

    def show_array(self, array: NDArray[Any]) -> None:
        """Show the distribution of all elements that are finite."""
        self.plot.clear()
        values = np.asarray(array, float).ravel()
        values = values[np.isfinite(values)]
        if not values.size:
            return
        low, high = float(values.min()), float(values.max())
        if low == high:
            low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
        counts, edges = np.histogram(values, bins=min(BINS, max(5, values.size)), range=(low, high))
        bars = pg.BarGraphItem(
            x0=edges[:-1], x1=edges[1:], height=counts, brush=self._theme.accent, pen=pg.mkPen(self._theme.panel)
        )
        self.plot.addItem(bars)
        self.plot.setXRange(low, high, padding=0.03)
        self.plot.setYRange(0, max(int(counts.max()), 1), padding=0.05)
