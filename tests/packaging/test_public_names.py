"""The names a user may count on. Adding one is a decision, removing one breaks somebody: both show up here."""

from __future__ import annotations

import subprocess
import sys

import gradtrace
import pytest

PUBLIC = ["Trace", "TraceError", "TraceFormatError", "__version__", "dump", "load", "mark", "record", "scope", "step"]


def test_public_names_are_these() -> None:
    assert sorted(gradtrace.__all__) == PUBLIC
    assert set(PUBLIC) <= set(dir(gradtrace))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(gradtrace, name) is not None


def test_an_unknown_name_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gradtrace' has no attribute 'recrod'"):
        gradtrace.recrod  # noqa: B018
    assert not hasattr(gradtrace, "torch")


def test_import_alone_loads_nothing_heavy() -> None:
    """A program that imports gradtrace to mark a step must not pay for graphs, windows or another framework."""
    code = "import sys, gradtrace; print(*sorted({'numpy', 'networkx', 'PySide6', 'torch'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == []


def test_errors_form_one_tree() -> None:
    assert issubclass(gradtrace.TraceFormatError, gradtrace.TraceError)
