"""Imports run down only: gui -> tracer -> core. Read from the source, so that it holds without any linter installed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("core", "tracer", "gui")
"""From the bottom up."""

ABOVE = {layer: set(LAYERS[index + 1 :]) for index, layer in enumerate(LAYERS)}
CORE_MAY_IMPORT = {"numpy", *sys.stdlib_module_names}
QT = {"PySide6", "shiboken6", "pyqtgraph", "PyQt5", "PyQt6"}


def imports_of(path: Path, source: str) -> Iterator[tuple[int, str, bool]]:
    """Line, absolute module name and "is at module level" of each import; ``from . import a`` counts as a module ``a``."""
    tree = ast.parse(source)
    package = ("gradtrace", *path.parent.parts)
    inside_functions = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        at_module_level = id(node) not in inside_functions and id(node) not in typing_only
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, at_module_level
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}", at_module_level


def violations(path: Path, source: str) -> list[str]:
    """What ``path`` (relative to the root) imports and must not."""
    layer = path.parts[0]
    found = []
    for line, module, at_module_level in imports_of(path, source):
        top, _, rest = module.partition(".")
        if top == "gradtrace":
            part = rest.partition(".")[0]
            if part in ABOVE[layer]:
                found.append(f"{path}:{line} imports {module}: {layer} must not know {part}")
            if layer == "core" and part == "samples":
                found.append(f"{path}:{line} imports {module}: core must not know the samples")
        elif layer == "core" and top not in CORE_MAY_IMPORT:
            found.append(f"{path}:{line} imports {module}: core needs NumPy and the standard library only")
        elif layer == "tracer" and (top in QT or (top == "torch" and at_module_level)):
            found.append(f"{path}:{line} imports {module}: tracer works without Qt, and without torch unless it is there already")
    return found


def test_every_module_imports_downwards() -> None:
    files = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
    assert len(files) > 30
    broken = [line for path in files for line in violations(path.relative_to(ROOT), path.read_text(encoding="utf-8"))]
    assert broken == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/tensor.py", "from ..tracer import record"),
        ("core/ops/linalg.py", "from ... import gui"),
        ("core/ops/linalg.py", "import networkx"),
        ("core/ops/linalg.py", "def late():\n    import torch"),
        ("core/ops/linalg.py", "from gradtrace.samples import find"),
        ("tracer/model/trace.py", "from ...gui.session import Session"),
        ("tracer/model/trace.py", "import gradtrace.gui.app"),
        ("tracer/cli/open.py", "def late():\n    from PySide6 import QtCore"),
        ("tracer/capture/torch.py", "import torch.nn as nn"),
    ],
)
def test_the_check_finds_what_it_must(path: str, source: str) -> None:
    assert violations(Path(path), source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/ops/linalg.py", "import numpy as np\nfrom ..node import Node\nfrom .. import events"),
        ("tracer/model/trace.py", "from ...core.events import Event\nimport networkx as nx\nfrom ..store import errors"),
        ("tracer/capture/torch.py", "def late():\n    import torch"),
        ("gui/session.py", "from PySide6.QtCore import QObject\nfrom ..tracer.model import Trace"),
    ],
)
def test_the_check_lets_pass_what_it_may(path: str, source: str) -> None:
    assert violations(Path(path), source) == []
