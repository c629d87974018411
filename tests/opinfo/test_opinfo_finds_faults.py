"""The comparison with PyTorch notices what it is meant to notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradtrace.core as core
import pytest

if TYPE_CHECKING:
    from opinfo_workbench import Workbench

sine = core.sin
product = core.dot


class SineWithConstantSlope(core.autograd.Function):
    """A sine whose second derivative is zero."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return sine(x)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (x,) = ctx.saved_tensors
        return gradient * x.detach().cos()


SPOILED: dict[str, Callable[[Any], Any]] = {
    "values": lambda x: sine(x * 1.000001),
    "dtype": lambda x: sine(x).double(),
    "grad_fn": lambda x: sine(x).clone(),
    "layout": lambda x: sine(x).view(x.shape),
    "grads": lambda x: (sine(x) + sine(x.detach())) / 2,
    "gradgrads": SineWithConstantSlope.apply,
}


@pytest.mark.parametrize("aspect", SPOILED)
def test_a_wrong_operator_is_found(aspect: str, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bench.differences("sin") == {}
    monkeypatch.setattr(core, "sin", SPOILED[aspect])
    assert aspect in bench.differences("sin")


def test_a_wrong_method_is_found(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.Tensor, "sin", SPOILED["values"])
    assert list(bench.differences("sin")) == ["method"]


def test_a_wrong_in_place_form_is_found(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.Tensor, "sin_", sine)
    (found,) = bench.differences("sin")["inplace"]
    assert "_version 0 instead of 1" in found


def test_missing_forms_are_found(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bench.differences("abs") == {}
    monkeypatch.delattr(core, "absolute")
    monkeypatch.delattr(core.Tensor, "abs")
    monkeypatch.delattr(core.Tensor, "abs_")
    assert set(bench.differences("abs")) == {"aliases", "method", "inplace"}
    monkeypatch.delattr(core, "abs")
    assert set(bench.differences("abs")) == {"missing", "aliases"}


def test_a_wrong_exception_is_found(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_other_words(*arguments: Any) -> Any:
        try:
            return product(*arguments)
        except RuntimeError as error:
            raise RuntimeError("these do not fit") from error

    assert bench.differences("dot") == {}
    monkeypatch.setattr(core, "dot", with_other_words)
    assert list(bench.differences("dot")) == ["errors"]


def test_another_graph_behind_the_result_is_found(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "sin", lambda x: sine(x.view(x.shape)))
    (found,) = bench.differences("sin")["grad_fn"]
    assert "graph SinBackward0 ViewBackward0 AccumulateGrad instead of SinBackward0 AccumulateGrad" in found


def test_an_exception_excuses_only_what_it_describes(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "sin", SPOILED["grad_fn"])
    excuse = {"op": "sin", "aspect": "grad_fn", "reason": "a test", "differs": "CloneBackward0 instead of SinBackward0"}
    monkeypatch.setattr(bench, "exceptions", [excuse])
    assert "grad_fn" not in bench.differences("sin")
    monkeypatch.setattr(bench, "exceptions", [{**excuse, "differs": "instead of CosBackward0"}])
    assert "grad_fn" in bench.differences("sin")


@pytest.mark.parametrize("label", ["sub", "sum", "max:reduction_with_dim", "nn.functional.silu", "einsum", "__getitem__"])
def test_torch_agrees_with_itself(label: str, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.database, "ours", bench.torch)
    report = bench.new_report(label)
    assert report.differences == {}
    assert report.compared["gradgrads"] > 0
