"""Bring the ``.ts`` and ``.qm`` files up to date with the source: ``python -m gradtrace.gui.translations.update``.

Texts are found in the syntax tree: ``self.tr("…")`` (the context is the class), ``noop("context", "…")`` and the canvas's and the
formats' own ``tr``. Translations that exist are kept; new texts are marked unfinished, and a test says which.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import PySide6

FOLDER = Path(__file__).parent
LANGUAGES = ("zh_CN",)
OTHER_OBJECT = "MainWindow"
"""Context of ``window.tr("…")`` outside the class."""
FUNCTIONS = {"tr": "Canvas", "_tr": "formats"}
"""Contexts of the module-level functions."""


def texts() -> set[tuple[str, str]]:
    """Every text of the window that is translated, as (context, text)."""
    found: set[tuple[str, str]] = set()
    for path in sorted(FOLDER.parent.rglob("*.py")):
        _collect(ast.parse(path.read_text(encoding="utf-8")), OTHER_OBJECT, found)
    return found


def _collect(node: ast.AST, context: str, found: set[tuple[str, str]]) -> None:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else context
        if isinstance(child, ast.Call):
            strings = [arg.value for arg in child.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            function = child.func
            if isinstance(function, ast.Attribute) and function.attr == "tr" and strings:
                on_self = isinstance(function.value, ast.Name) and function.value.id == "self"
                found.add((context if on_self else OTHER_OBJECT, strings[0]))
            elif isinstance(function, ast.Name) and function.id in FUNCTIONS and strings:
                found.add((FUNCTIONS[function.id], strings[0]))
            elif isinstance(function, ast.Name) and function.id == "noop" and len(strings) == 2:
                found.add((strings[0], strings[1]))
        _collect(child, inner, found)


def read(path: Path) -> dict[tuple[str, str], str]:
    """The translations in a ``.ts`` file; unfinished ones are empty."""
    if not path.exists():
        return {}
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message.findtext("translation", "")
        for context in ElementTree.parse(path).getroot().iter("context")
        for message in context.iter("message")
    }


def write(path: Path, language: str, translations: dict[tuple[str, str], str]) -> None:
    """Write a ``.ts`` file, sorted, so that changes are easy to read."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ElementTree.Element] = {}
    for (name, text), translation in sorted(translations.items()):
        if name not in contexts:
            contexts[name] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(contexts[name], "name").text = name
        message = ElementTree.SubElement(contexts[name], "message")
        ElementTree.SubElement(message, "source").text = text
        entry = ElementTree.SubElement(message, "translation", {} if translation else {"type": "unfinished"})
        entry.text = translation
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


def update(language: str) -> list[str]:
    """Update the files of one language; returns the texts that have no translation."""
    source, compiled = FOLDER / f"gradtrace_{language}.ts", FOLDER / f"gradtrace_{language}.qm"
    known = read(source)
    by_text = {text: translation for (_, text), translation in known.items() if translation}
    translations = {key: known.get(key) or by_text.get(key[1], "") for key in texts()}
    write(source, language, translations)
    compiler = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    subprocess.run([str(compiler), "-silent", str(source), "-qm", str(compiled)], check=True)
    return sorted(text for (_, text), translation in translations.items() if not translation)


if __name__ == "__main__":
    for each in LANGUAGES:
        for missing in update(each):
            print(f"{each}: no translation of {missing!r}")
