"""Every text of the window has a Chinese translation, and the window speaks it when asked to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradtrace.gui import translation
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.settings import Settings
from gradtrace.gui.translation import LANGUAGES, install_language
from gradtrace.gui.translations import update
from gradtrace.gui.views.status import StatusBar
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication

CHINESE = translation.FOLDER / "gradtrace_zh_CN"


@pytest.fixture(autouse=True)
def _english_again(qapp: QApplication) -> Iterator[None]:
    yield
    install_language(qapp, "en")


def test_every_language_offered_has_its_files() -> None:
    assert set(update.LANGUAGES) == set(LANGUAGES) - {"en"}


def test_every_text_is_translated() -> None:
    known = update.read(CHINESE.with_suffix(".ts"))
    assert sorted(update.texts() - {key for key, text in known.items() if text}) == []
    assert sorted(set(known) - update.texts()) == []


def test_placeholders_are_kept() -> None:
    for (_, text), translated in update.read(CHINESE.with_suffix(".ts")).items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", translated)), text


def test_compiled_file_is_that_of_the_source(qapp: QApplication) -> None:
    translator = QTranslator()
    assert translator.load(str(CHINESE.with_suffix(".qm")))
    for (context, text), translated in update.read(CHINESE.with_suffix(".ts")).items():
        assert translator.translate(context, text) == translated


def test_window_speaks_chinese(make_window: Callable[..., MainWindow], qapp: QApplication, recorded: Path) -> None:
    settings = Settings.forgetful()
    settings.language = "zh_CN"
    window = make_window(settings)
    window.session.open_now(recorded)
    assert window.menuBar().actions()[0].text() == "文件(&F)"
    assert window.bottom_tabs.tabText(0) == "时间线"
    assert window.actions_by_name["step"].text() == "前进一步(&S)"
    assert window.inspector.overview.header.outcome.text() == "完成"
    assert window.events.model.columns[2].title == "种类"
    assert isinstance(window.findChild(StatusBar), StatusBar)
    assert "程序" in window.status.outcome.text()


def test_language_is_remembered_for_the_next_window(make_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    store = tmp_path / "settings.ini"
    first = make_window(Settings.in_file(store))
    first.choose_language("zh_CN")
    assert first.notices.message.level == "info"
    first.close()
    assert Settings.in_file(store).language == "zh_CN"


def test_english_needs_no_translator(qapp: QApplication) -> None:
    install_language(qapp, "zh_CN")
    assert QCoreApplication.translate("actions", "&File") == "文件(&F)"
    install_language(qapp, "en")
    assert QCoreApplication.translate("actions", "&File") == "&File"
    install_language(qapp, "xx")
    assert QCoreApplication.translate("actions", "&File") == "&File"
