"""A read-only view of Python source: line numbers, a highlighted line, marks in the margin."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from ..fonts import code_font
from ..theme import LIGHT, Theme

TOKENS = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>[rbfu]{0,2}(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))"
    r"|(?P<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
    r"|(?P<name>\b[A-Za-z_]\w*\b)(?P<call>\s*\()?"
)
TRIPLE_QUOTES = ('"""', "'''")


class PythonHighlighter(QSyntaxHighlighter):
    """Colours keywords, strings, numbers, comments and calls; long strings over several lines too."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for kind in ("comment", "string", "number", "keyword", "function"):
            text_format = QTextCharFormat()
            text_format.setForeground(QColor(getattr(theme, f"code_{kind}")))
            self._formats[kind] = text_format
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line; the block's state says which triple quote is still open at its end (0: none)."""
        if not self._formats:
            return
        start, opened = 0, max(self.previousBlockState(), 0)
        while True:
            if opened:
                end = text.find(TRIPLE_QUOTES[opened - 1], start)
                stop = len(text) if end < 0 else end + 3
                self.setFormat(0 if start == 0 else start - 3, stop - (0 if start == 0 else start - 3), self._formats["string"])
                if end < 0:
                    break
                start, opened = stop, 0
            found = [(text.find(quote, start), number) for number, quote in enumerate(TRIPLE_QUOTES, 1)]
            begin, number = min(((at, number) for at, number in found if at >= 0), default=(len(text), 0))
            self._colour_tokens(text, start, begin)
            if not number:
                break
            start, opened = begin + 3, number
        self.setCurrentBlockState(opened)

    def _colour_tokens(self, text: str, start: int, stop: int) -> None:
        for match in TOKENS.finditer(text, start, stop):
            kind = match.lastgroup
            if kind in ("name", "call"):
                word = match["name"]
                kind = "keyword" if keyword.iskeyword(word) else "function" if match["call"] else None
                if kind:
                    self.setFormat(match.start("name"), len(word), self._formats[kind])
            elif kind:
                self.setFormat(match.start(), match.end() - match.start(), self._formats[kind])


class Margin(QWidget):
    """The strip of line numbers at the left of a :class:`CodeView`."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """As wide as the longest number."""
        return QSize(self._view.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Numbers and marks of the visible lines."""
        self._view.paint_margin(event)


class CodeView(QPlainTextEdit):
    """Source code, or a few lines of it, with one line highlighted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._first_line, self._line = 1, 0
        self._marked: Collection[int] = ()
        self._shown: tuple[str, int] | None = None
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(code_font())
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.document().setDocumentMargin(4)
        self._highlighter = PythonHighlighter(self.document())
        self._margin = Margin(self)
        self.updateRequest.connect(self._scroll_margin)
        self.blockCountChanged.connect(lambda _: self._fit_margin())
        self._fit_margin()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self._highlighter.set_theme(theme)
        self._highlight_line()
        self._margin.update()

    def show_code(self, text: str, line: int, first_line: int = 1, marked: Collection[int] = ()) -> None:
        """Show ``text``, which starts at ``first_line``; highlight ``line`` (0: none) and put dots at ``marked`` lines."""
        if self._shown != (text, first_line):
            self._shown = (text, first_line)
            self._first_line = first_line
            self.setPlainText(text)
            self._fit_margin()
        self._line, self._marked = line, marked
        self._highlight_line()
        self._margin.update()

    @property
    def line(self) -> int:
        """The highlighted line, 0 for none."""
        return self._line

    @property
    def first_line(self) -> int:
        """Number of the first line shown."""
        return self._first_line

    def show_all_lines(self) -> None:
        """Be exactly as high as the text: for an excerpt, which needs no scroll bar of its own."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)  # or those around it grow instead
        lines = max(self.blockCount(), 1)
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin() + 2))

    def centre_line(self) -> None:
        """Scroll so that the highlighted line is in the middle, when it is out of sight."""
        block = self.document().findBlockByNumber(self._line - self._first_line)
        if not block.isValid():
            return
        per_page = max(self.viewport().height() // max(self.fontMetrics().lineSpacing(), 1), 1)
        top = self.verticalScrollBar().value()
        if not top + 1 <= block.blockNumber() <= top + per_page - 3:
            self.verticalScrollBar().setValue(max(block.blockNumber() - per_page // 2, 0))

    def _highlight_line(self) -> None:
        selections = []
        block = self.document().findBlockByNumber(self._line - self._first_line) if self._line else QTextBlock()
        if block.isValid():
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self.textCursor()
            selection.cursor.setPosition(block.position())
            line_format = QTextCharFormat()
            line_format.setBackground(QColor(self._theme.code_current_line))
            line_format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            selection.format = line_format
            selections.append(selection)
        self.setExtraSelections(selections)

    # ------------------------------------------------------------------------------------------------------ margin
    def margin_width(self) -> int:
        """Width of the line numbers, in pixels."""
        digits = len(str(self._first_line + self.blockCount()))
        return 26 + self.fontMetrics().horizontalAdvance("9") * max(digits, 2)

    def paint_margin(self, event: QPaintEvent) -> None:
        """Paint the margin on behalf of :class:`Margin`."""
        painter = QPainter(self._margin)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self._margin.width()
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            number = self._first_line + block.blockNumber()
            current = number == self._line
            if current:
                painter.fillRect(QRect(0, round(top), width, round(height)), QColor(self._theme.code_current_line))
                painter.fillRect(QRect(0, round(top), 3, round(height)), QColor(self._theme.hot))
            if number in self._marked:
                painter.setBrush(QColor(self._theme.accent))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QRect(8, round(top + height / 2 - 2.5), 5, 5))
            painter.setPen(QColor(self._theme.text if current else self._theme.code_line_number))
            box = QRect(0, round(top), width - 8, self.fontMetrics().lineSpacing())  # the last block is higher by a margin
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
            top += height
            block = block.next()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin as high as the text."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._margin.setGeometry(QRect(area.left(), area.top(), self.margin_width(), area.height()))

    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        self._margin.setFixedWidth(self.margin_width())

    def _scroll_margin(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())
