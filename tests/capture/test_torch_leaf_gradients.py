"""Leaves whose accumulator gets its hook before it late, or never: what was there before, what came, what is there after."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import gradtrace
import numpy as np
import pytest
from gradtrace.core import events as ev

torch = pytest.importorskip("torch")


def accumulations(path: Path, level: Any, program: Callable[[], object]) -> list[tuple[Any, Any, Any]]:
    """Maximum of the gradient before, the contribution and the gradient after, of each accumulation."""
    with gradtrace.record(path, level=level):
        program()
    found = [event for event in gradtrace.load(path).events if isinstance(event, ev.GradientAccumulated)]

    def largest(gradient: ev.Gradient | None) -> float | None:
        return None if gradient is None or gradient.statistics is None else gradient.statistics.max

    return [(largest(event.before), largest(event.contribution), largest(event.after)) for event in found]


def twice_through_one_graph() -> None:
    w = torch.tensor([2.0], requires_grad=True)
    loss = (w * 3).sum()
    loss.backward(retain_graph=True)
    loss.backward()


def two_losses_of_one_leaf() -> None:
    w = torch.tensor([2.0], requires_grad=True)
    doubled = w * 2
    first, second = (doubled * 3).sum(), (doubled * 5).sum()
    first.backward(retain_graph=True)
    with torch.no_grad():
        w.grad.mul_(10)
    second.backward()


def cleared_in_between() -> None:
    w = torch.tensor([2.0], requires_grad=True)
    loss = (w * 3).sum()
    loss.backward(retain_graph=True)
    w.grad = None
    loss.backward()


def hook_that_comes_after_the_forward() -> None:
    w = torch.tensor([2.0], requires_grad=True)
    loss = (w * 3).sum()

    def clear(leaf: Any) -> None:
        leaf.grad.mul_(0)

    w.register_post_accumulate_grad_hook(clear)
    loss.backward()


class Inner(torch.autograd.Function):
    """Runs a pass of its own, which gives the same leaf a gradient before the outer one does."""

    leaf: Any = None

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * 1

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        with torch.enable_grad():
            (Inner.leaf * 7).sum().backward()
        return gradient


def pass_within_a_pass() -> None:
    w = Inner.leaf = torch.tensor([2.0], requires_grad=True)
    Inner.apply(w * 3).sum().backward()


@pytest.mark.parametrize("level", ["stats", "values"])
@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (twice_through_one_graph, [(None, 3, 3), (3, 3, 6)]),
        (two_losses_of_one_leaf, [(None, 6, 6), (60, 10, 70)]),
        (cleared_in_between, [(None, 3, 3), (None, 3, 3)]),
        (hook_that_comes_after_the_forward, [(None, 3, 3)]),
        (pass_within_a_pass, [(None, 7, 7), (7, 3, 10)]),
    ],
)
def test_what_a_leaf_had_and_got(program: Callable[[], object], expected: list[Any], level: str, tmp_path: Path) -> None:
    assert accumulations(tmp_path / "run.gtrace", level, program) == expected


@pytest.mark.parametrize("level", ["stats", "values"])
def test_the_node_at_which_a_pass_stops(level: Any, tmp_path: Path) -> None:
    path = tmp_path / "run.gtrace"
    with gradtrace.record(path, level=level):
        x = torch.tensor([1.0, 4.0], requires_grad=True)
        root = x.sqrt()
        loss = (root.exp() * 2).sum()
        with torch.no_grad():
            root.add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()
    trace = gradtrace.load(path)
    (error,) = trace.errors
    assert trace.nodes[error.node].name == "SqrtBackward0"
    started = [trace.nodes[event.node].name for event in trace.events if isinstance(event, ev.NodeStarted)]
    assert started == ["SumBackward0", "MulBackward0", "ExpBackward0", "SqrtBackward0"]
    finished = [event for event in trace.events if isinstance(event, ev.NodeFinished)]
    assert [trace.nodes[event.node].name for event in finished] == started[:3]
    assert all(event.duration > 0 for event in finished)


def test_passes_of_threads_that_come_and_go_do_not_disturb_each_other(tmp_path: Path) -> None:
    path, interval = tmp_path / "run.gtrace", sys.getswitchinterval()

    def work() -> None:
        for _ in range(30):
            w = torch.ones(3, requires_grad=True)
            for _ in range(2):
                (w * w).sum().backward()

    sys.setswitchinterval(1e-6)
    try:
        with gradtrace.record(path, level="stats"):
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    trace = gradtrace.load(path)
    assert [len(pass_.nodes) for pass_ in trace.passes] == [3] * 240
    befores = [event.before is None for event in trace.events if isinstance(event, ev.GradientAccumulated)]
    assert sorted(befores) == [False] * 120 + [True] * 120


def test_statistics_do_not_depend_on_how_they_were_taken(tmp_path: Path) -> None:
    def program() -> None:
        torch.manual_seed(0)
        x = torch.randn(33, 17, requires_grad=True)
        wide = torch.randn(17, 5, dtype=torch.float64, requires_grad=True)
        bad = (x * x.t().contiguous().t()).double() @ wide
        (bad.log().sum() + torch.empty(0, 3, requires_grad=True).sum()).backward()

    rows = []
    for level in ("stats", "values"):
        path = tmp_path / f"{level}.gtrace"
        with gradtrace.record(path, level=level):  # type: ignore[arg-type]
            program()
        flows = [event.gradient for event in gradtrace.load(path).events if isinstance(event, ev.GradientFlowed)]
        rows.append([(flow.shape, flow.dtype, flow.statistics) for flow in flows if flow is not None])
    assert len(rows[0]) == len(rows[1]) > 6
    for measured, of_array in zip(*rows, strict=True):
        assert measured[:2] == of_array[:2]
        np.testing.assert_equal(astuple(measured[2]), astuple(of_array[2]))
