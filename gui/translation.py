"""The window's language: marks for texts of tables, and the translator that Qt asks.

Texts of tables are written before there is a translator, and translated when they are shown; :func:`noop` marks them.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

FOLDER = Path(__file__).parent / "translations"

LANGUAGES: dict[str, str] = {"en": "English", "zh_CN": "简体中文"}
"""The languages of the window by code, as their speakers write them."""


def noop(context: str, text: str) -> str:  # noqa: ARG001 (the context is for those who collect texts)
    """``text`` itself, to be translated later in this context."""
    return text


def language_of_system() -> str:
    """The language of the desktop if the window speaks it, else English."""
    locale = QLocale.system()
    return "zh_CN" if locale.language() == QLocale.Language.Chinese else "en"


def install_language(app: QCoreApplication, language: str) -> None:
    """Make ``app`` speak a language (``""``: that of the system) in what is built from now on."""
    for old in app.findChildren(QTranslator, "gradtrace"):
        app.removeTranslator(old)
        old.setParent(None)
    language = language or language_of_system()
    if language not in LANGUAGES or language == "en":
        return
    translator = QTranslator(app)
    translator.setObjectName("gradtrace")
    if translator.load(str(FOLDER / f"gradtrace_{language}.qm")):
        app.installTranslator(translator)
