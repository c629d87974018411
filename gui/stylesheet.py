"""The window's style sheet, written in terms of a :class:`Theme`, and the small images a style sheet can only take from files."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from string import Template

from .colours import Theme
from .icons import icon_pixmap

_IMAGES = {  # name in the style sheet -> (icon, colour of the theme)
    "down": ("chevron_down", "text_muted"),
    "up": ("chevron_up", "text_muted"),
    "left": ("chevron_left", "text_muted"),
    "right": ("chevron_right", "text_muted"),
    "check": ("check", "accent_text"),
    "close": ("close", "text_muted"),
    "float": ("float", "text_muted"),
}

_SHEET = Template("""
* { outline: none; }
QMainWindow, QDialog, QMessageBox { background: $window; color: $text; }
QMainWindow::separator { background: $window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: $accent; }
QWidget:disabled { color: $text_disabled; }

QDockWidget { color: $text_muted; font-weight: 600; titlebar-close-icon: url($close); titlebar-normal-icon: url($float); }
QDockWidget::title { background: $header; padding: 7px 10px; border-bottom: 1px solid $border; text-align: left; }
QDockWidget::close-button, QDockWidget::float-button { border: none; border-radius: 4px; padding: 0px; background: transparent; }
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: $button_hover; }

QToolBar { background: $header; border: none; border-bottom: 1px solid $border; spacing: 2px; padding: 5px 8px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 7px; }
QToolBar::handle { width: 0px; }
QToolBar QComboBox { margin-right: 4px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; color: $text; }
QToolButton:hover { background: $button_hover; }
QToolButton:pressed { background: $button_pressed; }
QToolButton:checked { background: $row_selected; border-color: $accent; }
QToolButton:disabled { color: $text_disabled; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: $raised; border: 1px solid $border_strong; border-radius: 6px; padding: 5px 14px; color: $text; }
QPushButton:hover { background: $button_hover; }
QPushButton:pressed { background: $button_pressed; }
QPushButton:default { background: $accent; border-color: $accent; color: $accent_text; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $text_disabled; border-color: $border; }

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {
    background: $raised; border: 1px solid $border_strong; border-radius: 6px; padding: 4px 8px; color: $text;
    selection-background-color: $accent; selection-color: $accent_text; min-height: 18px;
}
QLineEdit:hover, QComboBox:hover { border-color: $text_muted; }
QLineEdit:focus, QComboBox:focus, QComboBox:on, QSpinBox:focus { border-color: $accent; }
QComboBox { padding-right: 22px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($down); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $border_strong; padding: 4px;
    selection-background-color: $row_selected; selection-color: $text;
}
QSpinBox, QDoubleSpinBox { padding: 4px 20px 4px 8px; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: 18px; }
QSpinBox::up-arrow { image: url($up); width: 10px; height: 10px; }
QSpinBox::down-arrow { image: url($down); width: 10px; height: 10px; }

QTableView, QTreeView, QListView, QPlainTextEdit, QTextEdit, QTextBrowser {
    background: $panel; alternate-background-color: $panel_alternate; color: $text; border: none; gridline-color: $border;
    selection-background-color: $row_selected; selection-color: $text;
}
QTableView::item, QTreeView::item, QListView::item { padding: 3px 6px; border: none; }
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover { background: $row_hover; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: $row_selected; color: $text; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url($right); }
QTreeView::branch:has-children:open { image: url($down); }
QHeaderView { background: $header; border: none; }
QHeaderView::section {
    background: $header; color: $text_muted; border: none; border-bottom: 1px solid $border; border-right: 1px solid $border;
    padding: 5px 8px; font-weight: 600;
}
QHeaderView::section:last { border-right: none; }
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: $header; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text_muted; padding: 7px 14px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::close-button { image: url($close); }
QTabBar QToolButton { background: $header; border: none; }
QTabBar QToolButton::left-arrow { image: url($left); }
QTabBar QToolButton::right-arrow { image: url($right); }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll_handle; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $text_muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: $panel; }

QMenuBar { background: $header; color: $text; padding: 2px 6px; border-bottom: 1px solid $border; }
QMenuBar::item { background: transparent; padding: 5px 9px; border-radius: 5px; }
QMenuBar::item:selected { background: $button_hover; }
QMenu { background: $raised; color: $text; border: 1px solid $border_strong; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $row_selected; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 6px; }
QToolTip { background: $tooltip; color: $tooltip_text; border: 1px solid $border_strong; padding: 5px 8px; }

QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QSlider::groove:horizontal { height: 4px; background: $border_strong; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $hot; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $hot; }
QSlider::handle:horizontal:hover { background: $text; }
QSlider::groove:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal:disabled { background: $border_strong; }

QCheckBox, QRadioButton { color: $text; spacing: 7px; }
QCheckBox::indicator, QMenu::indicator, QTreeView::indicator, QTableView::indicator {
    width: 14px; height: 14px; border: 1px solid $border_strong; border-radius: 4px; background: $raised;
}
QMenu::indicator { margin-left: 6px; }
QCheckBox::indicator:checked, QMenu::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked {
    background: $accent; border-color: $accent; image: url($check);
}
QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QGroupBox { border: 1px solid $border; border-radius: 6px; margin-top: 10px; padding-top: 8px; color: $text_muted; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; }

QStatusBar { background: $header; color: $text_muted; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $text_muted; padding: 1px 6px; }
""")


def stylesheet(theme: Theme) -> str:
    """The style sheet of a theme. Needs a running application: it draws small images and writes them to a temporary folder."""
    colours = {name: value for name, value in vars(theme).items() if isinstance(value, str)}
    images = {name: (_image_folder() / f"{theme.name}-{name}.png").as_posix() for name in _IMAGES}
    for name, (icon_name, colour) in _IMAGES.items():
        for ratio, suffix in ((1, ""), (2, "@2x")):
            target = _image_folder() / f"{theme.name}-{name}{suffix}.png"
            if not target.exists():
                icon_pixmap(icon_name, theme, 14, ratio, colour=getattr(theme, colour)).save(str(target))
    return _SHEET.substitute(colours, **images)


@cache
def _image_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gradtrace-theme-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
