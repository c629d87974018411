"""Programs that fail as programs do: the exception that leaves the recording says what was wrong.

Each program in ``failing`` has the notes it expects at the end of its docstring.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import gradtrace
import pytest

pytest.importorskip("torch")

FOLDER = Path(__file__).parent / "failing"
PROGRAMS = sorted(FOLDER.glob("*.py"))

pytestmark = pytest.mark.filterwarnings("ignore")


def notes_expected(path: Path) -> list[str]:
    """The notes in a program's docstring; one may go on over several lines."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    _, *notes = docstring.replace("\n", " ").split("gradtrace: ")
    return [f"gradtrace: {note.strip()}" for note in notes]


def notes_of(path: Path, trace: Path, level: Any = "values") -> list[str]:
    """The notes of the exception that ends a program when it is recorded."""
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    with pytest.raises(Exception) as caught, gradtrace.record(trace, level=level):  # noqa: PT011  each fails in its own way
        exec(code, {"__name__": "__main__"})
    return list(getattr(caught.value, "__notes__", []))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_exception_says_what_was_wrong(path: Path, tmp_path: Path) -> None:
    assert notes_of(path, tmp_path / "run.gtrace") == notes_expected(path)


def test_where_nan_began_cannot_be_told_without_numbers(tmp_path: Path) -> None:
    notes = notes_of(FOLDER / "training_diverges.py", tmp_path / "run.gtrace", "structure")
    assert notes[-1].startswith("gradtrace: At level structure no numbers are recorded")


def test_the_exception_stays_as_it_was(tmp_path: Path) -> None:
    path = FOLDER / "layer_never_called.py"
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    errors: list[BaseException] = []
    for recorded in (False, True):
        try:
            if recorded:
                with gradtrace.record(tmp_path / "run.gtrace"):
                    exec(code, {"__name__": "__main__"})
            else:
                exec(code, {"__name__": "__main__"})
        except AttributeError as error:
            errors.append(error)
    alone, explained = errors
    assert (type(alone), alone.args) == (type(explained), explained.args)
    assert not hasattr(alone, "__notes__")


def test_an_explanation_that_fails_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise LookupError

    for module, name in (("explanations_program", "_read"), ("explanations", "add_notes")):
        with monkeypatch.context() as patched:
            importlib_name = f"gradtrace.tracer.{module}"
            __import__(importlib_name)
            patched.setattr(sys.modules[importlib_name], name, broken)
            assert notes_of(FOLDER / "layer_never_called.py", tmp_path / "run.gtrace") == []


def test_a_keyboard_interrupt_is_no_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt) as caught, gradtrace.record(tmp_path / "run.gtrace"):
        raise KeyboardInterrupt("nan")
    assert not hasattr(caught.value, "__notes__")
