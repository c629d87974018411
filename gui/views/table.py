"""Tables as all views show them, and the delegate that turns tones into colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..fonts import code_font, interface_font
from ..models.table import ROLE_CURRENT, ROLE_KEEP_END, ROLE_MARKED, ROLE_MONOSPACE, ROLE_TONE, TableModel
from ..theme import LIGHT, Theme, mix

ROW_HEIGHT = 24
TONE_FIELDS = {"muted": "text_muted", "good": "success", "warning": "warning", "error": "error", "info": "info"}


def tone_colour(theme: Theme, tone: str) -> str:
    """The colour of a tone in a theme."""
    return str(getattr(theme, TONE_FIELDS[tone])) if tone in TONE_FIELDS else theme.text


class ToneDelegate(QStyledItemDelegate):
    """Paints tones, the row of the cursor and breakpoint dots."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self._plain, self._monospace = interface_font(), code_font()

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Font and colour of the text."""
        super().initStyleOption(option, index)
        font: QFont = self._monospace if index.data(ROLE_MONOSPACE) else self._plain
        option.font = font
        option.fontMetrics = QFontMetrics(font)
        if index.data(ROLE_MONOSPACE) and option.displayAlignment & Qt.AlignmentFlag.AlignLeft:  # file and line: both ends matter
            option.textElideMode = Qt.TextElideMode.ElideMiddle
        elif index.data(ROLE_KEEP_END):
            option.textElideMode = Qt.TextElideMode.ElideLeft
        colour = QColor(tone_colour(self.theme, index.data(ROLE_TONE) or ""))
        palette = QPalette(option.palette)
        palette.setColor(QPalette.ColorRole.Text, colour)
        palette.setColor(QPalette.ColorRole.HighlightedText, colour)
        option.palette = palette

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The cell, on a warm background in the cursor's row."""
        rect = option.rect
        current = bool(index.data(ROLE_CURRENT))
        if option.state & QStyle.StateFlag.State_Selected:  # painted here, so that tones keep their colour
            painter.fillRect(rect, QColor(self.theme.row_selected))
            option.state = option.state & ~QStyle.StateFlag.State_Selected & ~QStyle.StateFlag.State_MouseOver
        elif current:
            painter.fillRect(rect, QColor(mix(self.theme.panel, self.theme.hot, 0.2)))
        super().paint(painter, option, index)
        if current and index.column() == 0:
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), QColor(self.theme.hot))
        if index.data(ROLE_MARKED):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.breakpoint))
            painter.drawEllipse(QRectF(rect.x() + 7, rect.center().y() - 3.5, 8, 8))
            painter.restore()


class TableView(QTableView):
    """A quiet read-only table: whole rows, no grid, fixed row height (so that 100,000 rows cost nothing), copy with Ctrl+C."""

    row_chosen = Signal(int)  # row number: clicked, or Return pressed on it

    def __init__(self, model: TableModel, stretch: int = -1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self._delegate = ToneDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(ROW_HEIGHT)
        vertical.setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setStretchLastSection(stretch < 0)
        if stretch >= 0:
            header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(lambda index: self.row_chosen.emit(index.row()))

    def set_widths(self, *widths: int) -> None:
        """Widths of the columns from the left, in pixels."""
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._delegate.theme = theme
        self.viewport().update()

    def show_row(self, row: int, centre: bool = False) -> None:
        """Select a row and scroll it into view; -1 selects nothing."""
        if row < 0:
            self.clearSelection()
            return
        index = self._model.index(row, 0)
        self.selectRow(row)
        hint = QAbstractItemView.ScrollHint.PositionAtCenter if centre else QAbstractItemView.ScrollHint.EnsureVisible
        self.scrollTo(index, hint)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll, also to a row that is new: Qt knows the range of its scroll bars only once it has laid out the rows."""
        self.executeDelayedItemsLayout()
        super().scrollTo(index, hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses the row, Ctrl+C copies the selected rows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_chosen.emit(self.currentIndex().row())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, cells separated by tabs."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        lines = ["\t".join(self._model.text(row, column) for column in range(len(self._model.columns))) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))


class EmptyHint(QLabel):
    """A friendly sentence laid over a view that has nothing to show."""

    def __init__(self, over: QWidget, text: str) -> None:
        super().__init__(text, over)
        self._over = over
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over.installEventFilter(self)
        self._fit()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(f"color: {theme.text_muted}; background: transparent; padding: 16px;")

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        """Keep the size of the view underneath."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        self.setGeometry(self._over.rect())


def stacked(*widgets: QWidget, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 0) -> QVBoxLayout:
    """A vertical layout without the default margins."""
    layout = QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    return layout
