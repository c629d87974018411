"""The window's language: marks for texts of tables, and the translator that Qt asks.

Texts of tables are written before there is a translator, and translated when they are shown; :func:`noop` marks them. What the
tracer says (findings, events, problems of a file) comes in English, as messages that :func:`spoken` says in the window's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from unicodedata import category, east_asian_width

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from ..tracer.message import Message

FOLDER = Path(__file__).parent / "translations"

LANGUAGES: dict[str, str] = {"en": "English", "zh_CN": "简体中文"}
"""The languages of the window by code, as their speakers write them."""


def noop(context: str, text: str) -> str:  # noqa: ARG001 (the context is for those who collect texts)
    """``text`` itself, to be translated later in this context."""
    return text


MESSAGES = "messages"
"""The context of the tracer's templates."""


def spoken(text: str) -> str:
    """A text of the tracer in the language of the window; one that is no message stays as it is. Any thread may ask."""
    if not text or not isinstance(text, Message):
        return text
    template = QCoreApplication.translate(MESSAGES, text.template)
    if template == text.template and not any(isinstance(value, Message) for value in text.values.values()):
        return str(text)
    return _filled(template, {name: spoken(value) if isinstance(value, str) else str(value) for name, value in text.values.items()})


def spoken_name(name: str) -> str:
    """The name of a node: what stands for one that is not known, in brackets, in the language of the window."""
    return spoken(Message.plain(name)) if name.startswith("(") else name


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values: no space stays where the ends of two Chinese texts meet, or beside full-width punctuation."""
    text = ""
    for literal, name, _, _ in Formatter().parse(template):
        for part in (literal, values.get(name, "") if name is not None else ""):
            if part.startswith(" ") and part.strip() and _touches(text[-1:], part[1]):
                text += part[1:]
            elif text.endswith(" ") and part and _touches(text[-2:-1], part[0]):
                text = text[:-1] + part
            else:
                text += part
    return text


def _touches(before: str, after: str) -> bool:
    """Whether two characters are set without a space between them."""
    wide = [bool(one) and (east_asian_width(one) in "WF" or one in _QUOTES) for one in (before, after)]
    return all(wide) or any(each and category(one)[0] == "P" for each, one in zip(wide, (before, after), strict=True))


_QUOTES = "“”‘’"


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
