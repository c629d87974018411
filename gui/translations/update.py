"""Bring the ``.ts`` and ``.qm`` files up to date with the source: ``python -m gradtrace.gui.translations.update``.

Texts are found in the syntax tree: ``self.tr("…")`` (the context is the class), ``noop("context", "…")`` and the canvas's and the
formats' own ``tr``. To these come the templates of the tracer's messages, the texts that its tables and errors make messages of
(``CALLS`` says where they are written), and the titles of the samples. Translations that exist are kept; new texts are marked
unfinished, and a test says which.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import PySide6

from ...samples import SAMPLES
from ..sampling import SAMPLE_TITLES
from ..translation import MESSAGES

FOLDER = Path(__file__).parent
LANGUAGES = ("zh_CN",)
OTHER_OBJECT = "MainWindow"
"""Context of ``window.tr("…")`` outside the class."""
FUNCTIONS = {"tr": "Canvas", "_tr": "formats"}
"""Contexts of the module-level functions."""
TRACER = FOLDER.parent.parent / "tracer"
CALLS: Mapping[str, tuple[int, ...]] = {
    "Message": (0,),
    "template": (0,),
    "plural": (1, 2),
    "TraceFormatError": (0,),
    "_problem": (0,),
    "Gap": (2,),
    "Need": (1,),
}
"""What makes messages in the tracer, and which of its arguments are templates, or texts without values."""


def texts() -> set[tuple[str, str]]:
    """Every text of the window that is translated, as (context, text)."""
    found: set[tuple[str, str]] = set()
    for path in sorted(FOLDER.parent.rglob("*.py")):
        _collect(ast.parse(path.read_text(encoding="utf-8")), OTHER_OBJECT, found)
    for path in sorted(TRACER.rglob("*.py")):
        found.update((MESSAGES, template) for template in _templates(ast.parse(path.read_text(encoding="utf-8"))))
    found.update((SAMPLE_TITLES, sample.title) for sample in SAMPLES)
    return found


def _templates(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            for place in CALLS.get(name, ()):
                given = call.args[place] if place < len(call.args) else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value:
                    yield given.value


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
