"""Exceptions of programs on gradtrace's own core get notes too, when they leave a recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gradtrace
import gradtrace.core as torch
import pytest

HERE = "test_explanations_of_core.py"


def notes(program: Callable[[], object], trace: Path) -> list[str]:
    """The notes of the exception that a program raises when it is recorded, with lines counted from its ``def``."""
    with pytest.raises(Exception) as caught, gradtrace.record(trace):  # noqa: PT011  each fails in its own way
        program()
    first = program.__code__.co_firstlineno  # type: ignore[attr-defined]
    found = list(getattr(caught.value, "__notes__", []))
    for line in range(first, first + 20):
        found = [note.replace(f"{HERE}:{line}", f"line {line - first}") for note in found]
    return found


def test_missing_gradient(tmp_path: Path) -> None:
    def program() -> None:
        w, spare = torch.ones(3, requires_grad=True), torch.ones(2, requires_grad=True)
        (w * 2).sum().backward()
        spare.grad.norm()  # type: ignore[union-attr]

    assert notes(program, tmp_path / "run.gtrace") == ["gradtrace: spare has no gradient. Nothing was computed from it."]


def test_lost_graph(tmp_path: Path) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        y = w * 2
        loss = y.detach().sum()
        loss.backward()

    assert notes(program, tmp_path / "run.gtrace") == [
        "gradtrace: Nothing leads from loss back to a parameter. y left the graph by detach() at line 3."
    ]


def test_not_a_scalar(tmp_path: Path) -> None:
    def program() -> None:
        loss = torch.ones(3, requires_grad=True) * 2
        loss.backward()

    (note,) = notes(program, tmp_path / "run.gtrace")
    assert note.startswith("gradtrace: loss, the result of MulBackward0 (line 1), has shape (3,):")


def test_errors_of_the_engine(tmp_path: Path) -> None:
    def overwrites() -> None:
        w = torch.ones(3, requires_grad=True)
        y = w.exp()
        y += 1
        y.sum().backward()

    def runs_twice() -> None:
        w = torch.ones(3, requires_grad=True)
        y = w.exp().sum()
        y.backward()
        y.backward()

    assert notes(overwrites, tmp_path / "run.gtrace") == [
        "gradtrace: add_ at line 3 wrote y, which ExpBackward0 (line 2) had saved at version 0."
    ]
    (note,) = notes(runs_twice, tmp_path / "run.gtrace")
    assert note.startswith("gradtrace: backward #1 (line 3) freed what ExpBackward0 (line 2) had saved")


def test_nan(tmp_path: Path) -> None:
    def program() -> None:
        w = torch.zeros(3, requires_grad=True)
        w.sqrt().sum().backward()
        assert not torch.isinf(w.grad).any()  # type: ignore[arg-type]

    (note,) = notes(program, tmp_path / "run.gtrace")
    assert note.startswith("gradtrace: First NaN/Inf in backward #1: SqrtBackward0 (line 2) got finite gradients and gave 3 +Inf")


def test_other_exceptions_are_left_alone(tmp_path: Path) -> None:
    def program() -> None:
        (torch.ones(3, requires_grad=True) * 2).sum().backward()
        raise LookupError("no such file")

    assert notes(program, tmp_path / "run.gtrace") == []
