"""The gradient that entered the node: statistics, numbers, picture, histogram."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QSpinBox, QTabWidget, QVBoxLayout, QWidget

from ....core.events import Gradient, GradientStatistics
from ....tracer.model.text import nonfinite_text, number_text, shape_and_dtype
from ...formats import gradient_cell
from ...models.array import ArrayModel
from ...theme import Theme
from ...translation import spoken
from ..rich import RichLabel
from ..table import ROW_HEIGHT, TableView
from .plots import HistogramView, PictureView
from .section import Section
from .slices import matrix_of, slice_count, slice_name
from .subject import Subject

VIEWS_HEIGHT = 250
TABLE_CHROME = 92
"""What the table of numbers needs besides its rows: tabs, header, a scroll bar."""


def same_array(first: NDArray[Any] | None, second: NDArray[Any] | None) -> bool:
    """Whether two gradients need not be drawn twice."""
    if first is None or second is None:
        return first is second
    return first.shape == second.shape and first.dtype == second.dtype and first.tobytes() == second.tobytes()


class GradientSection(Section):
    """What the node has received so far, in words, in numbers and as pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        self._array: NDArray[Any] | None = None
        self.facts = RichLabel()
        self.numbers = ArrayModel()
        self.table = TableView(self.numbers)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.horizontalHeader().setDefaultSectionSize(92)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().show()
        self.picture, self.histogram = PictureView(), HistogramView()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setFixedHeight(VIEWS_HEIGHT)
        self.tabs.currentChanged.connect(lambda _: self._fill_tab())
        self._slice_name = QLabel()
        self._slice = QSpinBox()
        self._slice.valueChanged.connect(lambda _: self._slice_changed())
        self._slice_row = QWidget()
        row = QHBoxLayout(self._slice_row)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self._slice_name, 1)
        row.addWidget(self._slice, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.facts, self._slice_row, self.tabs):
            column.addWidget(widget)
        super().__init__("", content, parent)
        self.title.setText(self.tr("Gradient"))
        self.tabs.addTab(self.table, self.tr("Numbers"))
        self.tabs.addTab(self.picture, self.tr("Picture"))
        self.tabs.addTab(self.histogram, self.tr("Histogram"))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        for view in (self.table, self.picture, self.histogram):
            view.set_theme(theme)
        self._fill_tab()

    def show_subject(self, subject: Subject) -> None:
        """Show the gradient of this node as of the cursor."""
        self.setVisible(not subject.pass_.is_forward)
        gradient = subject.gradient
        self.facts.setText(self._facts(subject, gradient))
        array = subject.gradient_array if gradient is not None else None
        if not same_array(array, self._array):
            self._array = array
            self._show_array()
        shown = self._array is not None and self._array.size > 1
        self.tabs.setVisible(shown)
        self._slice_row.setVisible(shown and self._array is not None and slice_count(self._array) > 1)

    # ------------------------------------------------------------------------------------------------------- words
    def _facts(self, subject: Subject, gradient: Gradient | None) -> str:
        markup = self.markup
        if gradient is None:
            return markup.text(self._absence(subject), "muted")
        rows = [(self.tr("shape"), markup.text(spoken(shape_and_dtype(gradient.shape, gradient.dtype))))]
        statistics = gradient.statistics
        if statistics is None:
            rows.append((self.tr("values"), markup.text(self.tr("not recorded at level “structure”"), "muted")))
            return markup.facts(rows)
        rows += self._statistics(statistics)
        if subject.gradient_array is None and statistics.count > 1:
            level = subject.trace.level
            too_large = self.tr("not recorded: larger than the limit")
            note = too_large if level == "values" else self.tr("not recorded at level “{level}”").format(level=level)
            rows.append((self.tr("values"), markup.text(note, "muted")))
        return markup.facts(rows + self._other_inputs(subject))

    def _other_inputs(self, subject: Subject) -> list[tuple[str, str]]:
        """A node with several outputs gets a gradient for each; the first is shown in full, the others by their norm."""
        inputs = subject.pass_.received.inputs(subject.index, subject.state.position)
        cells = [(number, gradient_cell(subject.state.gradient(subject.node, number))) for number in inputs[1:]]
        return [(self.tr("output {number}").format(number=number), self.markup.text(*cell)) for number, cell in cells]

    def _absence(self, subject: Subject) -> str:
        """Why there is no gradient to see."""
        if not subject.status:
            return self.tr("This node takes no part in this pass.")
        if subject.final_gradient is not None:
            return self.tr("None yet: it arrives later in this pass.")
        return self.tr("None: no gradient reaches this node in this pass.")

    def _statistics(self, statistics: GradientStatistics) -> list[tuple[str, str]]:
        markup = self.markup
        rows: list[tuple[str, str]] = []
        if not statistics.finite:
            rows.append((self.tr("not finite"), markup.text(spoken(nonfinite_text(statistics)), "error", bold=True)))
        if statistics.count == 1:
            return rows or [(self.tr("value"), markup.text(number_text(statistics.mean), bold=True))]
        rows.append((self.tr("norm"), markup.text(number_text(statistics.norm), bold=True)))
        bounds = f"{number_text(statistics.min)} … {number_text(statistics.max)}"
        rows.append((self.tr("range"), markup.text(bounds)))
        rows.append((self.tr("mean"), markup.text(number_text(statistics.mean))))
        all_zero = statistics.zeros == statistics.count
        zeros = self.tr("{zeros} of {count}").format(zeros=statistics.zeros, count=statistics.count)
        rows.append((self.tr("zeros"), markup.text(zeros, "warning" if all_zero and statistics.count else "")))
        return rows

    # ------------------------------------------------------------------------------------------------------ values
    def _show_array(self) -> None:
        count = slice_count(self._array) if self._array is not None else 1
        self._slice.blockSignals(True)
        self._slice.setRange(0, max(count - 1, 0))
        self._slice.setValue(0)
        self._slice.setSuffix(self.tr(" of {count}").format(count=count))
        self._slice.blockSignals(False)
        self._slice_changed()

    def _slice_changed(self) -> None:
        if self._array is not None:
            self._slice_name.setText(self.tr("slice {name}").format(name=slice_name(self._array, self._slice.value())))
        self._fill_tab()

    def _fill_tab(self) -> None:
        """Fill only the tab in front: the others wait until they are looked at."""
        if self._array is None or not self._array.size:
            self.numbers.set_matrix(np.empty((0, 0)))
            return
        matrix = matrix_of(self._array, self._slice.value())
        if self.tabs.currentWidget() is self.table:
            self.numbers.set_matrix(matrix)
            self.tabs.setFixedHeight(min(VIEWS_HEIGHT, TABLE_CHROME + matrix.shape[0] * ROW_HEIGHT))
            return
        self.tabs.setFixedHeight(VIEWS_HEIGHT)
        if self.tabs.currentWidget() is self.picture:
            self.picture.show_matrix(matrix)
        else:
            self.histogram.show_array(self._array)
