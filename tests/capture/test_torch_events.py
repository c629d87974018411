"""What is told of a PyTorch program: in-place writes, cuts, hooks, resets, scopes, errors and their causes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events as ev
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.received import add_gradients
from gradtrace.tracer.recorder import LEVELS

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from tensor_bytes import NUMPY_WORKS  # noqa: E402

sys.path.pop(0)

Recorded = Callable[[Callable[[], Any]], Trace]


@pytest.fixture
def recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Recorded:
    """Record a function; nothing may go wrong in the capture."""

    def record(program: Callable[[], Any]) -> Trace:
        with gradtrace.record(tmp_path / "run.gtrace"):
            program()
        assert capsys.readouterr().err == ""
        return gradtrace.load(tmp_path / "run.gtrace")

    return record


def of(trace: Trace, *kinds: type[ev.Event]) -> list[Any]:
    return [event for event in trace.events if isinstance(event, kinds)]


def test_every_way_to_write_in_place_is_told_with_versions(recorded: Recorded) -> None:
    def program() -> None:
        t = torch.zeros(3, 2)
        t.add_(1)
        t += 1
        t[0] = 5
        t[1].mul_(2)
        torch.add(t, 1, out=t)
        t.copy_(torch.ones(3, 2))
        torch._foreach_mul_([t], 2.0)
        torch.nn.functional.relu(t, inplace=True)

    bumps = of(recorded(program), ev.VersionBumped)
    assert [bump.op for bump in bumps] == ["add_", "add_", "__setitem__", "mul_", "add", "copy_", "_foreach_mul_", "relu"]
    assert [(bump.before, bump.after) for bump in bumps] == [(i, i + 1) for i in range(8)]
    assert len({bump.storage for bump in bumps}) == 1
    assert [bump.view_of == bumps[0].tensor for bump in bumps] == [False, False, False, True, False, False, False, False]
    lines = [bump.source.line for bump in bumps]
    assert lines == list(range(lines[0], lines[0] + 8))


def test_writes_through_data_are_told_apart(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(2, requires_grad=True)
        w.data.add_(1)
        w.data[0].mul_(2)
        with torch.no_grad():
            w.mul_(3)
        w.data.sub_(1)
        w.data = torch.zeros(2)

    trace = recorded(program)
    assert [event.op for event in of(trace, ev.DataWritten)] == ["add_", "mul_", "sub_", "data"]
    assert [event.op for event in of(trace, ev.VersionBumped)] == ["mul_"]
    assert len({event.storage for event in of(trace, ev.DataWritten)[:3]}) == 1


@pytest.mark.filterwarnings("ignore:Converting a tensor")
def test_cuts(recorded: Recorded) -> None:
    def program() -> None:
        x = torch.tensor([1.0], requires_grad=True)
        y = x * 2
        y.detach()
        y.data  # noqa: B018
        y.item()
        float(y)
        y.tolist()
        with torch.no_grad():
            y + 1
        y.long()
        y > 1  # noqa: B015
        torch.zeros_like(y)
        y.shape  # noqa: B018
        y.detach().numpy() if NUMPY_WORKS else y.detach()

    trace = recorded(program)
    cuts = of(trace, ev.GraphCut)
    assert [cut.how for cut in cuts] == [
        "detach", "data", "item", "item", "item", "no_grad", "dtype", "non_differentiable", "detach",
    ]  # fmt: skip
    assert {trace.tensor_name(cut.tensor) for cut in cuts} == {"y"}
    assert [bool(cut.result) for cut in cuts] == [True, True, False, False, False, True, True, True, True]
    assert [event.enabled for event in of(trace, ev.GradModeChanged)] == [False, True]


def test_hooks_of_every_kind_fire_in_order(recorded: Recorded) -> None:
    def program() -> None:
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y.register_hook(lambda gradient: gradient * 3)
        y.retain_grad()
        y.grad_fn.register_prehook(lambda gradients: (gradients[0] + 1,))
        y.grad_fn.register_hook(lambda into, out: (into[0] * 10, None))
        x.register_hook(lambda gradient: None)
        x.register_post_accumulate_grad_hook(lambda leaf: None)
        removed = y.register_hook(lambda gradient: gradient * 1000)
        removed.remove()
        y.sum().backward()
        assert x.grad.tolist() == [80.0, 80.0]

    trace = recorded(program)
    fired = of(trace, ev.HookFired)
    assert [hook.kind for hook in fired] == [
        "tensor", "retain_grad", "node_pre", "node_post", "tensor", "post_accumulate_grad",
    ]  # fmt: skip
    assert [hook.changed for hook in fired] == [True, False, True, True, False, False]
    assert [trace.value(hook.before.value).tolist() for hook in fired if hook.kind != "node_pre"][-1] == [80.0, 80.0]
    assert trace.value(fired[0].after.value).tolist() == [3.0, 3.0]
    assert len(of(trace, ev.HookRemoved)) == 1
    assert len(of(trace, ev.HookRegistered)) == 7
    around = [
        type(event).__name__
        for event in of(trace, ev.NodeStarted, ev.HookFired, ev.GradientAccumulated, ev.SavedFreed, ev.NodeFinished)
    ]
    assert around == [
        "NodeStarted", "NodeFinished",
        "NodeStarted", "HookFired", "HookFired", "HookFired", "SavedFreed", "NodeFinished", "HookFired",
        "NodeStarted", "HookFired", "GradientAccumulated", "HookFired", "NodeFinished",
    ]  # fmt: skip
    flowed = [event for event in of(trace, ev.GradientFlowed) if event.gradient is not None][-1]
    assert trace.value(flowed.gradient.value).tolist() == [80.0, 80.0]


def test_accumulation_says_before_contribution_and_after(recorded: Recorded) -> None:
    def program() -> None:
        x = torch.ones(2, requires_grad=True)
        (x * 2).sum().backward()
        (x * 3).sum().backward()
        x.grad.zero_()
        x.grad = None

    trace = recorded(program)
    first, second = of(trace, ev.GradientAccumulated)
    assert first.before is None
    values = [trace.value(one.value).tolist() for one in (second.before, second.contribution, second.after)]
    assert values == [[2.0, 2.0], [3.0, 3.0], [5.0, 5.0]]
    assert [event.to for event in of(trace, ev.GradReset)] == ["zero", "none"]
    assert "accumulate_grad" in [event.op for event in of(trace, ev.VersionBumped)]


def test_modules_name_scopes_and_parameters(recorded: Recorded) -> None:
    def program() -> None:
        model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Sequential(torch.nn.Linear(3, 1)))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        optimizer.zero_grad()

    trace = recorded(program)
    assert {leaf.name for leaf in trace.leaves.values()} == {"0.weight", "0.bias", "1.0.weight", "1.0.bias"}
    scopes = {trace.nodes[node].scope for node in trace.passes[0].nodes}
    assert {"Sequential/0", "Sequential/1/0"} <= scopes
    (stepped,) = of(trace, ev.OptimizerStepped)
    assert (stepped.optimizer, len(stepped.tensors)) == ("SGD", 4)
    assert [event.op for event in of(trace, ev.VersionBumped)].count("SGD.step") == 4
    assert [(event.to, len(event.tensors)) for event in of(trace, ev.GradReset)] == [("none", 4)]


def test_a_view_under_no_grad_is_no_leaf(recorded: Recorded) -> None:
    def program() -> None:
        layer = torch.nn.Linear(4, 3)
        torch.nn.init.orthogonal_(layer.weight)
        layer.register_full_backward_hook(lambda module, into, out: None)
        row = torch.ones(3, 4)[0].requires_grad_()
        layer(row * 2).sum().backward()

    trace = recorded(program)
    assert [leaf.name for leaf in trace.leaves.values()] == ["row", "weight", "bias"]
    assert trace.findings() == []


def test_a_module_that_raises_leaves_its_scope(recorded: Recorded) -> None:
    def program() -> None:
        model = torch.nn.Sequential(torch.nn.Linear(2, 3))
        with pytest.raises(RuntimeError):
            model(torch.ones(5))
        torch.ones(1, requires_grad=True) * 2

    trace = recorded(program)
    assert [trace.nodes[node].scope for node in trace.nodes] == ["", ""]


def test_a_step_that_raises_does_not_switch_the_capture_off(recorded: Recorded) -> None:
    def program() -> None:
        x = torch.ones(1, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=0.1)
        optimizer.param_groups[0]["lr"] = "fast"
        x.sum().backward()
        with pytest.raises(TypeError):
            optimizer.step()
        x * 2

    assert "MulBackward0" in {node.name for node in recorded(program).nodes.values()}


def test_in_place_error_names_the_write_with_both_lines(recorded: Recorded) -> None:
    notes: list[str] = []

    def program() -> None:
        x = torch.ones(3, requires_grad=True)
        y = x.exp()
        y[0] = 5.0
        with pytest.raises(RuntimeError, match="modified by an inplace operation") as caught:
            y.sum().backward()
        notes.extend(caught.value.__notes__)

    trace = recorded(program)
    first = program.__code__.co_firstlineno
    assert notes == [
        f"gradtrace: ExpBackward0 (made at test_torch_events.py:{first + 2}) saved result (3,) at version 0",
        f"gradtrace: __setitem__() moved it from version 0 to 1 at test_torch_events.py:{first + 3}",
    ]
    (error,) = of(trace, ev.ErrorRaised)
    cause = trace.events[error.cause]
    assert isinstance(cause, ev.VersionBumped)
    assert cause.source is not None
    assert cause.source.line == first + 3
    assert trace.nodes[error.node].name == "ExpBackward0"
    assert of(trace, ev.BackwardEnded)[0].outcome == "raised"


def test_freed_error_names_the_backward_that_freed(recorded: Recorded) -> None:
    notes: list[str] = []

    def program() -> None:
        x = torch.ones(3, requires_grad=True)
        y = (x * x).sum()
        y.backward()
        with pytest.raises(RuntimeError, match="second time") as caught:
            y.backward()
        notes.extend(caught.value.__notes__)

    trace = recorded(program)
    (error,) = of(trace, ev.ErrorRaised)
    assert isinstance(trace.events[error.cause], ev.SavedFreed)
    line = program.__code__.co_firstlineno + 3
    assert len(notes) == 1
    assert "MulBackward0" in notes[0]
    assert f"freed by the backward at test_torch_events.py:{line}" in notes[0]


def test_an_error_in_a_hook_names_its_node(recorded: Recorded) -> None:
    def fail(_: Any) -> None:
        raise KeyError("in a hook")

    def program() -> None:
        y = torch.ones(3, requires_grad=True) * 2
        y.register_hook(fail)
        with pytest.raises(KeyError, match="in a hook"):
            y.sum().backward()

    trace = recorded(program)
    (error,) = of(trace, ev.ErrorRaised)
    assert (error.type, trace.nodes[error.node].name) == ("KeyError", "MulBackward0")


def test_passes_within_passes(recorded: Recorded) -> None:
    from torch.utils.checkpoint import checkpoint  # noqa: PLC0415

    def program() -> None:
        x = torch.ones(3, requires_grad=True)
        checkpoint(lambda value: value.exp() * 2, x * 1, use_reentrant=True).sum().backward()

    trace = recorded(program)
    outer, inner = trace.passes
    names = [[trace.nodes[node].name for node in one.nodes] for one in (outer, inner)]
    assert names == [
        ["SumBackward0", "CheckpointFunctionBackward", "MulBackward0", "AccumulateGrad"],
        ["MulBackward0", "ExpBackward0", "AccumulateGrad"],
    ]
    assert outer.first < inner.first < inner.last < outer.last


def test_gradients_that_numpy_cannot_hold(recorded: Recorded) -> None:
    def program() -> None:
        x = torch.ones(2, dtype=torch.bfloat16, requires_grad=True)
        (x * 3).sum().backward()
        weight = torch.ones(4, 2, requires_grad=True)
        torch.nn.functional.embedding(torch.tensor([1]), weight, sparse=True).sum().backward()
        z = torch.ones(2, dtype=torch.complex64, requires_grad=True)
        (z * z.conj()).real.sum().backward()

    trace = recorded(program)
    accumulated = of(trace, ev.GradientAccumulated)
    assert trace.value(accumulated[0].after.value).tolist() == [3.0, 3.0]
    assert trace.value(accumulated[1].after.value).tolist()[1] == [1.0, 1.0]
    assert len(accumulated) == 3


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_gradients_keep_their_dtype(tmp_path: Path, dtype: str, level: Any) -> None:
    with gradtrace.record(tmp_path / "run.gtrace", level=level):
        x = torch.full((2,), 0.3, dtype=getattr(torch, dtype), requires_grad=True)
        for _ in range(2):
            y = x * 3
            y.retain_grad()
            y.register_hook(lambda gradient: gradient * 2)
            (y + y.sin() + y.exp()).sum().backward()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    shown = [
        getattr(event, field)
        for event in of(trace, ev.GradientFlowed, ev.GradientAccumulated, ev.HookFired)
        for field in ("gradient", "before", "contribution", "after")
        if hasattr(event, field)
    ]
    assert {gradient.dtype for gradient in shown if gradient is not None} == {dtype}
    if level == "values":
        last = of(trace, ev.GradientAccumulated)[-1]
        assert trace.value(last.after.value).tolist() == x.grad.tolist()
        pass_ = trace.passes[-1]
        multiplied = pass_.find("MulBackward0")
        parts = [event.gradient for event in of(trace, ev.GradientFlowed)[-9:] if event.next_node == multiplied]
        total, array = add_gradients(parts, trace.value)
        assert len(parts) == 3
        assert total is not None
        assert total.dtype == dtype
        assert array is not None
        assert array[0] == y.grad[0].item() / 2


def test_transforms_compiled_graphs_and_other_threads_do_no_harm(recorded: Recorded) -> None:
    def in_thread() -> None:
        x = torch.ones(2, requires_grad=True)
        (x * 7).sum().backward()

    def program() -> None:
        assert torch.func.grad(lambda t: (t**2).sum())(torch.ones(2)).tolist() == [2.0, 2.0]
        assert torch.func.vmap(torch.sin)(torch.zeros(3)).tolist() == [0.0] * 3
        assert torch.autograd.functional.jacobian(lambda t: t * 2, torch.ones(2)).tolist() == [[2.0, 0.0], [0.0, 2.0]]
        with torch.inference_mode():
            torch.ones(2).add_(1)
        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()

    trace = recorded(program)
    assert "MulBackward0" in {trace.nodes[node].name for node in trace.passes[-1].nodes}
