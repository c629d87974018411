"""Colours, fonts, icons and the style sheet."""

from __future__ import annotations

import re
from dataclasses import fields

import numpy as np
import pytest
from gradtrace.gui.fonts import FAMILY, FONT_FOLDER, interface_font, load_fonts
from gradtrace.gui.icons import ICONS, draw_icon, icon, path_of
from gradtrace.gui.stylesheet import stylesheet
from gradtrace.gui.theme import DARK, LIGHT, THEMES, BoxColours, Theme, apply_theme, contrast, mix, palette
from gradtrace.gui.views.canvas.appearance import BINS, Emphasis, FarClass
from gradtrace.gui.views.canvas.inputs import Kind
from gradtrace.gui.views.canvas.paints import box_paint, far_colour, gradient_colours
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon, QImage, QPainter, QRawFont
from PySide6.QtWidgets import QApplication

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)

WANTED_ICONS = [
    *("open", "record", "export", "bookmark", "search", "fit", "zoom_in", "zoom_out", "theme", "gradient_colours"),
    *("to_start", "step_back", "step", "to_end", "run", "run_back", "breakpoint", "event_step", "event_step_back"),
    *("hook", "version_bump", "error", "warning", "info"),
]


def colours_of(theme: Theme) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields(theme):
        value = getattr(theme, field.name)
        if isinstance(value, BoxColours):
            found |= {f"{field.name}.{part}": getattr(value, part) for part in ("fill", "border", "text")}
        elif field.name == "families":
            found |= {f"families.{family}": colour for family, colour in value.items()}
        elif isinstance(value, tuple) and field.name == "group_fills":
            found |= {f"group_fills.{level}": colour for level, colour in enumerate(value)}
        elif isinstance(value, str) and field.name not in ("name", "gradient_map"):
            found[field.name] = value
    return found


@BOTH
def test_every_colour_is_a_colour(theme: Theme) -> None:
    wrong = {name: colour for name, colour in colours_of(theme).items() if not re.fullmatch("#[0-9a-f]{6}", colour)}
    assert not wrong


def test_themes_have_the_same_families_and_levels() -> None:
    assert set(LIGHT.families) == set(DARK.families) == {"linear", "nonlinear", "reduce", "shape", "arith", "other"}
    assert len(LIGHT.group_fills) == len(DARK.group_fills)
    assert THEMES["light"] is LIGHT
    assert THEMES["dark"] is DARK


@BOTH
@pytest.mark.parametrize(
    ("text", "ground", "ratio"),
    [
        ("text", "panel", 7.0),
        ("text", "row_selected", 7.0),
        ("text", "raised", 7.0),
        ("text_muted", "panel", 4.5),
        ("text_muted", "header", 4.5),
        ("accent_text", "accent", 3.0),
        ("tooltip_text", "tooltip", 7.0),
        ("error", "panel", 4.5),
        ("code_keyword", "panel", 4.5),
        ("code_string", "panel", 4.5),
        ("code_number", "panel", 4.5),
        ("code_comment", "panel", 4.5),
        ("code_function", "panel", 4.5),
        ("text", "code_current_line", 7.0),
        ("selection", "canvas", 3.0),
        ("hot", "canvas", 2.7),
        ("edge", "canvas", 3.0),
    ],
)
def test_texts_and_marks_stand_out(theme: Theme, text: str, ground: str, ratio: float) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= ratio


@BOTH
@pytest.mark.parametrize("kind", Kind)
def test_labels_can_be_read_in_every_state(theme: Theme, kind: Kind) -> None:
    for emphasis in Emphasis:
        for gradient_bin in (-1, 0, BINS // 2, BINS - 1):
            for nonfinite in (False, True):
                paint = box_paint(theme, kind, "linear", emphasis, gradient_bin, nonfinite)
                needed = 2.0 if emphasis == Emphasis.MUTED else 4.0
                assert contrast(paint.text, paint.fill) >= needed, (emphasis, gradient_bin, nonfinite)


@BOTH
def test_group_levels_step_evenly_away_from_the_canvas(theme: Theme) -> None:
    lightness = [QColor(colour).lightnessF() for colour in theme.group_fills]
    assert lightness == sorted(lightness, reverse=not theme.dark)
    assert len(set(lightness)) == len(lightness)


def test_contrast_and_mix() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#102030", "#ffffff", 0.0) == "#102030"


@BOTH
def test_gradient_scale_runs_one_way(theme: Theme) -> None:
    lightness = np.array([QColor(colour).lightnessF() for colour in gradient_colours(theme)])
    assert len(lightness) == BINS
    assert np.sign(lightness[-1] - lightness[0]) == (1 if theme.dark else -1)


@BOTH
def test_every_far_class_has_a_colour(theme: Theme) -> None:
    classes = [*range(FarClass.HOT + 1)]
    assert all(far_colour(theme, far_class).isValid() for far_class in classes if far_class != 15)
    assert far_colour(theme, FarClass.HOT) == QColor(theme.hot)
    assert far_colour(theme, FarClass.NONFINITE) == QColor(theme.error)


# ----------------------------------------------------------------------------------------------------------------- fonts
def test_bundled_font_is_used_and_has_glyphs(qapp: QApplication) -> None:
    assert load_fonts()
    assert QFontInfo(interface_font()).family() == FAMILY
    metrics = QFontMetricsF(interface_font(12))
    assert metrics.horizontalAdvance("WWWW") - metrics.horizontalAdvance("iiii") > 5
    raw = QRawFont.fromFont(interface_font(12))
    assert [character for character in "→×·‖∞√∂" if not raw.supportsCharacter(ord(character))] == []


def test_the_licence_comes_with_the_font() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONT_FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert {path.stem for path in FONT_FOLDER.glob("*.otf")} == {"Inter-Regular", "Inter-Medium", "Inter-SemiBold"}


# ----------------------------------------------------------------------------------------------------------------- icons
@BOTH
@pytest.mark.parametrize("name", sorted({*WANTED_ICONS, *ICONS}))
def test_icon_draws_something_inside_its_square(qapp: QApplication, theme: Theme, name: str) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw_icon(painter, name, theme, QRectF(8, 8, 48, 48))
    painter.end()
    alpha = np.frombuffer(image.constBits(), np.uint8).reshape(64, 64, 4)[:, :, 3]
    assert np.count_nonzero(alpha) > 100
    assert not alpha[:8].any()
    assert not alpha[-8:].any()
    assert not alpha[:, :8].any()
    assert not alpha[:, -8:].any()


def test_icon_has_normal_and_disabled_versions(qapp: QApplication) -> None:
    step = icon("step", DARK)
    normal, disabled = (step.pixmap(20, 20, mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled))
    assert normal.pixelColor(10, 10) == QColor(DARK.hot)
    assert disabled.pixelColor(10, 10) == QColor(DARK.text_disabled)


def test_unknown_icon_and_broken_path(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        icon("no such icon", LIGHT)
    with pytest.raises(ValueError, match="unknown command 'X'"):
        path_of("M 1 1 X 2")


# ------------------------------------------------------------------------------------------------------------ application
@BOTH
def test_style_sheet_is_complete(qapp: QApplication, theme: Theme) -> None:
    sheet = stylesheet(theme)
    assert "$" not in sheet
    images = re.findall(r"url\((.*?)\)", sheet)
    assert images
    assert not [path for path in images if QImage(path).isNull()]
    for widget in (
        "QDockWidget",
        "QToolBar",
        "QTableView",
        "QHeaderView",
        "QTabBar",
        "QLineEdit",
        "QComboBox",
        "QScrollBar",
        "QMenu",
    ):
        assert widget in sheet
    assert sheet.count("{") == sheet.count("}")


def test_apply_theme_switches_the_palette(qapp: QApplication) -> None:
    before = qapp.palette(), qapp.styleSheet(), qapp.font()
    try:
        for theme in (DARK, LIGHT):
            apply_theme(qapp, theme)
            assert qapp.palette().window().color() == QColor(theme.window)
            assert theme.panel in qapp.styleSheet()
    finally:
        qapp.setStyleSheet(before[1])
        qapp.setPalette(before[0])
        qapp.setFont(before[2])


@BOTH
def test_palette_follows_the_theme(theme: Theme) -> None:
    colours = palette(theme)
    assert colours.text().color() == QColor(theme.text)
    assert colours.color(colours.ColorGroup.Disabled, colours.ColorRole.Text) == QColor(theme.text_disabled)
