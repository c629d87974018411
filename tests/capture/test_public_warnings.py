"""Warnings of PyTorch name the same lines, and are shown as often, with and without a recording."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import gradtrace
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional

Places = list[tuple[str, int, str]]


class Softmax(nn.Module):  # type: ignore[misc]
    """Warns with a ``stacklevel`` that reaches over the calls of modules."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Softmax())

    def forward(self, x: Any) -> Any:
        return self.inner(x)


class OwnMode(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return function(*args, **(kwargs or {}))


def _program() -> None:
    x = torch.ones(3, 4, requires_grad=True)
    for _ in range(2):  # the second time from the same line
        F.softmax(x)
    F.softmax(x)
    F.mse_loss(x, torch.zeros(3, 1))
    F.mse_loss(x, torch.zeros(3, 4), size_average=True)
    F.dropout2d(x)
    F.max_pool2d(x[None], 2)
    nn.Softmax()(x)
    Softmax()(x)
    torch.tensor(x)
    with OwnMode():
        F.softmax(x)
        Softmax()(x)
    hooked = nn.Softmax()
    hooked.register_forward_hook(lambda *_: None)
    hooked(x)
    warnings.warn("of the program's own", stacklevel=1)
    warnings.warn("of the program's own, by its caller", stacklevel=2)


def _warnings(filter_: Any) -> Places:
    for module in (F, nn.modules.module, nn.modules.activation, torch.overrides, __import__(__name__)):
        vars(module).pop("__warningregistry__", None)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter(filter_)
        _program()
    return [(one.filename, one.lineno, str(one.message)) for one in told]


@pytest.mark.parametrize("filter_", ["always", "default"])
def test_warnings_name_the_same_lines(tmp_path: Path, filter_: str) -> None:
    _warnings("always")  # PyTorch warns of some things only once
    alone = _warnings(filter_)
    with gradtrace.record(tmp_path / "run.gtrace"):
        recorded = _warnings(filter_)
    assert recorded == alone
    here = [line for file, line, message in alone if file == __file__ and "softmax" in message]
    assert len(set(here)) >= 3  # the program's lines are among them
    assert _warnings(filter_) == alone


def test_what_warns_from_c_names_the_line_of_the_program(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        torch.range(0, 3)
    assert [Path(one.filename).name for one in told] == [Path(__file__).name]


def test_warnings_are_as_they_were_after_a_recording(tmp_path: Path) -> None:
    before = warnings.warn
    with gradtrace.record(tmp_path / "run.gtrace"):
        torch.ones(1)
    assert warnings.warn is before
