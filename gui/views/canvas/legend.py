"""The legend of gradient colours: a bar from the smallest norm to the largest, in a corner of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ...colours import Theme
from ...fonts import interface_font
from .appearance import NormScale
from .paints import gradient_colours

SIZE = QSize(196, 62)
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def tr(text: str) -> str:
    """Translate a text of the canvas."""
    return QCoreApplication.translate("Canvas", text)


def power_of_ten(exponent: float) -> str:
    """A norm by its decimal exponent: plain digits near one, else a power of ten (``"0.03"``, ``"10⁻⁷"``)."""
    if -2.5 <= exponent <= 3.5:
        return f"{10**exponent:.2g}" if exponent < 2 else f"{10**exponent:.0f}"
    return "10" + str(round(exponent)).translate(_SUPERSCRIPT)


def draw_legend(painter: QPainter, rect: QRectF, scale: NormScale, theme: Theme) -> None:
    """Draw the legend into a rectangle of :data:`SIZE`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.border), 1))
    background = QColor(theme.panel)
    background.setAlpha(238)
    painter.setBrush(background)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
    inner = rect.adjusted(12, 8, -12, -8)
    painter.setPen(QColor(theme.text))
    painter.setFont(interface_font(11, QFont.Weight.DemiBold))
    painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, tr("gradient norm"))
    painter.setFont(interface_font(10))
    painter.setPen(QColor(theme.error))
    painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, tr("NaN / Inf"))
    bar = QRectF(inner.left(), inner.top() + 19, inner.width(), 9)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    colours = gradient_colours(theme)
    for index, colour in enumerate(colours):
        gradient.setColorAt(index / (len(colours) - 1), QColor(colour))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, 4.5, 4.5)
    painter.setPen(QColor(theme.text_muted))
    ends = QRectF(inner.left(), bar.bottom() + 3, inner.width(), 14)
    if scale.empty:
        painter.drawText(ends, Qt.AlignmentFlag.AlignCenter, tr("no gradients were recorded"))
    else:
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft, power_of_ten(scale.low))
        painter.drawText(ends, Qt.AlignmentFlag.AlignRight, power_of_ten(scale.high))
    painter.restore()


class Legend(QWidget):
    """The legend as an overlay; lets the mouse through."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(SIZE)
        self._theme = theme
        self._scale: NormScale | None = None
        self.hide()

    def show_scale(self, scale: NormScale | None, theme: Theme) -> None:
        """Show a scale, or hide for None."""
        self._theme, self._scale = theme, scale
        self.setVisible(scale is not None)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        if self._scale is not None:
            painter = QPainter(self)
            draw_legend(painter, QRectF(QPointF(0, 0), self.size().toSizeF()), self._scale, self._theme)
            painter.end()
