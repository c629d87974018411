"""Selected steps and scopes, and the flight recorder, with PyTorch programs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from tensor_bytes import bytes_of  # noqa: E402

sys.path.pop(0)
nn = torch.nn


class Net(nn.Module):  # type: ignore[misc, name-defined]
    """Two layers, one of them in a block."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.1), nn.Tanh())
        self.head = nn.Linear(4, 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.encoder(x))


def train(steps: int = 8, *, marks: bool = False, seen: Callable[[int], None] = lambda _: None) -> list[bytes]:
    """A loop over few steps; the bytes of what it computed."""
    torch.manual_seed(0)
    net = Net()
    net.head.weight.register_hook(lambda gradient: gradient * 2)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    results = []
    for index in range(steps):
        if marks:
            gradtrace.step()
        seen(index)
        loss = (net(torch.randn(5, 3)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        results.append(bytes_of(loss.detach()))
    return results + [bytes_of(p.detach()) for p in net.parameters()]


def recorded(path: Path, program: Callable[[], Any] = train, **options: Any) -> Trace:
    with gradtrace.record(path / "run.gtrace", **options):
        program()
    trace = gradtrace.load(path / "run.gtrace")
    assert trace.problems == []
    assert events.sink is None
    assert events.step_listener is None
    return trace


def graph_of(trace: Trace, index: int) -> list[tuple[Any, ...]]:
    """What a pass was: its nodes in the order in which they ran, and what flowed between them."""
    arrays = trace.passes[index].arrays
    order = arrays.order.tolist()
    nodes = zip(order, arrays.name, arrays.scope, arrays.variable_name, arrays.norm.tolist(), strict=True)
    edges = [(order[src], order[dst]) for src, dst in zip(arrays.src.tolist(), arrays.dst.tolist(), strict=True)]
    return [*sorted(nodes), *sorted(edges)]


def in_pytorch() -> list[Any]:
    """What the program can feel of a capture."""
    modules = torch.nn.modules.module
    return [torch._C._len_torch_function_stack(), len(modules._global_forward_hooks), len(modules._global_forward_pre_hooks)]


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize(("steps", "expected"), [("0:2,5", [0, 1, 5]), ("6", [6])])
def test_only_the_steps_asked_for_are_there(tmp_path: Path, marks: bool, steps: str, expected: list[int]) -> None:
    everything = recorded(tmp_path, lambda: train(marks=marks))
    trace = recorded(tmp_path, lambda: train(marks=marks), steps=steps)
    assert [step.label for step in trace.steps] == [f"step {index}" for index in expected]
    for index, step in enumerate(expected):
        assert graph_of(trace, index) == graph_of(everything, step)
    assert len(trace.passes) == len(expected)
    assert len(trace.hooks) == 1
    assert trace.findings() == []


@pytest.mark.parametrize("options", [{"steps": "0:2,5"}, {"steps": 3}, {"scope": "encoder"}, {"keep_last": 2}])
def test_the_program_does_not_notice(tmp_path: Path, options: dict[str, Any]) -> None:
    alone = train()
    with gradtrace.record(tmp_path / "run.gtrace", **options):
        assert train() == alone


def test_nothing_is_in_pytorch_between_the_steps(tmp_path: Path) -> None:
    nothing = in_pytorch()
    found: list[list[Any]] = []
    recorded(tmp_path, lambda: train(marks=True, seen=lambda _: found.append(in_pytorch())), steps="1,4")
    assert [one != nothing for one in found] == [False, True, False, False, True, False, False, False]
    assert in_pytorch() == nothing


def test_the_program_s_own_modes_stay_in_their_place(tmp_path: Path) -> None:
    def program() -> None:
        weight = torch.ones(2, requires_grad=True)
        for index in range(4):
            with torch.device("meta"):
                gradtrace.step()
                assert torch.empty(2).device.type == "meta"
            assert torch.empty(2).device.type == "cpu"
            (weight * index).sum().backward()

    assert len(recorded(tmp_path, program, steps="1,3").passes) == 2


def test_an_optimizer_that_steps_within_backward(tmp_path: Path) -> None:
    def program() -> list[float]:
        layer = nn.Linear(2, 1)
        with torch.no_grad():
            layer.weight.fill_(1.0)
            layer.bias.fill_(0.0)
        optimizer = torch.optim.SGD([layer.weight], lr=0.1)
        layer.weight.register_post_accumulate_grad_hook(lambda _: optimizer.step())
        losses = []
        for _ in range(8):
            loss = layer(torch.ones(3, 2)).sum()
            loss.backward()
            losses.append(loss.item())
            layer.weight.grad = None
        return losses

    alone, results = program(), []
    trace = recorded(tmp_path, lambda: results.extend(program()), steps="2:4")
    assert results == alone
    assert {pass_.outcome for pass_ in trace.passes} == {"finished"}


def test_only_what_happens_in_a_scope_is_recorded(tmp_path: Path) -> None:
    trace = recorded(tmp_path, scope="encoder.*")
    scopes = {record.scope for record in trace.nodes.values() if not record.is_leaf}
    assert scopes == {"Net/encoder/0", "Net/encoder/1", "Net/encoder/2"}
    assert {leaf.name for leaf in trace.leaves.values()} == {"encoder.0.weight", "encoder.0.bias"}
    assert trace.findings() == []
    for pass_ in trace.passes:
        gradient = pass_.gradient(pass_.find("TanhBackward0"))
        assert gradient is not None
        assert gradient.shape == (5, 4)


def test_a_failure_leaves_the_last_steps(tmp_path: Path) -> None:
    def program() -> None:
        torch.manual_seed(0)
        net = Net()
        optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
        for index in range(50):
            hidden = net.encoder(torch.randn(5, 3)).exp()
            loss = (net.head(hidden) ** 2).mean()
            if index == 30:
                hidden.detach().zero_()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    with (
        pytest.raises(RuntimeError, match="modified by an inplace operation"),
        gradtrace.record(tmp_path / "run.gtrace", keep_last=3),
    ):
        program()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert trace.problems == []
    assert [step.label for step in trace.steps] == ["step 28", "step 29", "step 30"]
    assert [pass_.outcome for pass_ in trace.passes] == ["finished", "finished", "raised"]
    assert {leaf.name for leaf in trace.leaves.values()} >= {"0.weight", "weight"}
    (finding,) = [finding for finding in trace.findings() if finding.severity == "error"]
    assert finding.rule == "overwritten-saved"
    assert "zero_" in finding.detail


# -------------------------------------------------------------------------------------------------- without an optimizer
def by_hand(steps: int) -> Any:
    w = torch.ones(2, requires_grad=True)
    for number in range(steps):
        loss = (w * number).sum()
        (slope,) = torch.autograd.grad(loss, w, retain_graph=True)
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * (slope + w.grad)
        w.grad = None
    return w


def labels(trace: Trace) -> list[tuple[str, int]]:
    return [(str(step.label), len(step.passes)) for step in trace.steps]


def test_without_an_optimizer_a_step_ends_with_the_first_backward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gc.get_objects", list)  # other tests may have left optimizers behind
    with gradtrace.record(tmp_path / "run.gtrace", steps="0,3:5"):
        by_hand(8)
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert labels(trace) == [("step 0", 1), ("step 3", 2), ("step 4", 2)]
    assert any("3 of 8 steps were recorded" in note for note in trace.notes)


def test_without_an_optimizer_the_last_steps_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gc.get_objects", list)
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=2, always=True) as recording:
        by_hand(50)
    trace = gradtrace.load(recording.files[-1])
    assert trace.selection is not None
    assert trace.selection.text == "the last 2 of 50 steps"
    assert len(trace.passes) == 5  # what the last step has not ended yet is there, too


def test_an_optimizer_that_waits_counts_and_not_the_passes(tmp_path: Path) -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    with gradtrace.record(tmp_path / "run.gtrace", steps="1"):
        for number in range(9):
            w.sum().backward()
            if number % 3 == 2:
                optimizer.step()
    assert labels(gradtrace.load(tmp_path / "run.gtrace")) == [("step 1", 3)]


def test_an_optimizer_that_comes_later_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gc.get_objects", list)
    w = torch.ones(2, requires_grad=True)
    with gradtrace.record(tmp_path / "run.gtrace", steps="2"):
        w.sum().backward()  # step 0
        optimizer = torch.optim.SGD([w], lr=0.1)
        for _ in range(4):
            w.sum().backward()
            optimizer.step()
    assert labels(gradtrace.load(tmp_path / "run.gtrace")) == [("step 2", 1)]
