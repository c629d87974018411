"""Real programs on the bundled engine: recorded, loaded, and held against what the program itself computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core.events import GradientAccumulated, GradientFlowed, NodeFinished, VersionBumped
from gradtrace.tracer.model import Trace, load
from gradtrace.tracer.record import record, scope


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.gtrace"


def same(recorded: Any, computed: Any) -> bool:
    return recorded is not None and np.array_equal(recorded, computed.numpy())


def only_finite(trace: Trace) -> bool:
    return all(pass_.first_nonfinite() < 0 for pass_ in trace.passes)


def test_totals_are_what_the_engine_computed(path: Path) -> None:
    """A diamond: the gradient of ``h`` is the sum of two, and the model adds up the recorded parts to the same number."""
    with record(path):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        h = x.exp()
        h.retain_grad()
        y = (h * h).sum() + h.sum()
        y.backward()
    with load(path) as trace:
        (pass_,) = trace.passes
        node = pass_.find("ExpBackward0")
        assert same(pass_.gradient_array(node), h.grad)
        assert same(pass_.gradient_array(pass_.find("AccumulateGrad")), x.grad)
        assert len(pass_.contributions(node)) == 3
        assert pass_.arrays.norm_exact.all()
        assert pass_.graph.nodes[node]["code_target"] == "h"
        assert trace.replay().trace is trace
        cursor = trace.replay()
        cursor.to_end()
        (leaf,) = trace.leaves.values()
        gradient = cursor.state.grad_of(leaf.id)
        assert gradient is not None
        assert same(trace.value(gradient.value), x.grad)
        assert only_finite(trace)


def test_every_edge_that_flowed_is_found(path: Path) -> None:
    with record(path, level="stats"):
        w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        with scope("model"):
            parts = (w @ w).split(1)
            loss = (parts[0] * parts[1]).sum()
        loss.backward(retain_graph=True)
        loss.backward()
    with load(path) as trace:
        assert len(trace.passes) == 2
        for pass_ in trace.passes:
            flows = [e for e in trace.events if isinstance(e, GradientFlowed) and e.pass_ == pass_.id and e.node]
            arrays = pass_.arrays
            assert sorted(arrays.flowed.tolist()) == [event.id for event in flows]
            assert (arrays.order >= 0).all()
            assert {arrays.scope[index] for index in np.flatnonzero(~arrays.is_leaf)} == {"model"}
        first, second = trace.passes
        assert first.arrays.node.tolist() == second.arrays.node.tolist()


def test_the_cause_of_an_inplace_error(path: Path) -> None:
    with record(path):
        w = torch.tensor([1.0], requires_grad=True)
        h = w.exp()
        y = h * h
        h.add_(1)
        with pytest.raises(RuntimeError, match="inplace"):
            y.backward()
    with load(path) as trace:
        (error,) = trace.errors
        cause = trace.events[error.cause]
        assert isinstance(cause, VersionBumped)
        assert trace.describe(cause) == "add_ wrote h: version 0 to 1"
        assert trace.passes[0].outcome == "raised"
        assert cause in trace.tensor_history(cause.tensor)
        overwritten = {saved.overwritten for saved in trace.saved_by(error.node)}
        assert error.cause in overwritten
        cursor = trace.replay()
        cursor.to_end()
        assert (cursor.state.status == 3).sum() == 1


def test_a_gradient_that_is_added_to_in_place_is_called_so(path: Path) -> None:
    with record(path):
        w = torch.tensor([1.0], requires_grad=True)
        for _ in range(2):
            (w * 2).sum().backward()
    with load(path) as trace:
        (bump,) = [event for event in trace.events if isinstance(event, VersionBumped)]
        assert trace.tensor_name(bump.tensor) == "w.grad"
        accumulated = [trace.describe(event) for event in trace.events if isinstance(event, GradientAccumulated)]
        assert accumulated == ["w.grad += 2.0 (was None)", "w.grad += 2.0 (was 2.0)"]


def test_the_first_nan(path: Path) -> None:
    with record(path, level="stats"):
        u = torch.tensor([0.0, 1.0], requires_grad=True)
        (u.sqrt() * 0).sum().backward()
    with load(path) as trace:
        cursor = trace.replay()
        assert cursor.run_to_nonfinite()
        event = cursor.state.event
        assert isinstance(event, GradientFlowed)
        assert trace.node_name(event.node) == "SqrtBackward0"
        assert trace.summary()["leaves"][0]["gradient_state"] == "nonfinite"


def test_double_backward(path: Path) -> None:
    with record(path):
        x = torch.tensor(3.0, requires_grad=True)
        (g,) = torch.autograd.grad(x**3, x, create_graph=True)
        g.backward()
    with load(path) as trace:
        first, second = trace.passes
        assert (first.call, first.create_graph) == ("grad", True)
        assert len(first.nodes) == 1
        made_in_first = [record.id for record in trace.nodes.values() if first.first < record.created < first.last]
        assert made_in_first
        assert set(made_in_first) & set(second.nodes)
        finished = trace.events.ids(NodeFinished)
        cursor = trace.replay(1)
        stops = 0
        while cursor.step():
            stops += int(cursor.position in finished)
        assert stops == len(second.nodes)


def test_a_call_that_makes_several_nodes_names_only_the_last(tmp_path: Path) -> None:
    with record(tmp_path / "run.gtrace"):
        logits = torch.randn(4, 3, requires_grad=True)
        for _ in range(2):
            scaled = logits * 2
            loss = torch.nn.functional.cross_entropy(scaled, torch.tensor([0, 1, 2, 0]))
            loss.backward()
    trace = Trace.load(tmp_path / "run.gtrace")
    targets = [(node.op, node.target) for node in trace.nodes.values() if not node.is_leaf]
    assert targets == [("Mul", "scaled"), ("LogSoftmax", ""), ("NllLoss", "loss")] * 2
