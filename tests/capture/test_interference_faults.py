"""A fault anywhere in the capture or the recorder is said once, changes nothing for the program, and leaves nothing in PyTorch."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from gradtrace import _compiled

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from interference import facts, left_in_torch, recorded  # noqa: E402

sys.path.pop(0)

IN_CAPTURE = [
    "calls.Calls.classify",
    "calls.Calls.wanted",
    "calls._tensors_in",
    "calls._versions",
    "calls.Calls._after",
    "calls.Calls._tell_leaf_or_cut",
    "graph.Graph.tell",
    "graph.Graph._tell_one",
    "graph.saved_by",
    "nodes.Nodes._before",
    "nodes.Nodes.finish",
    "nodes.Nodes._flows",
    "engine.EngineStandIn._open",
    "engine.EngineStandIn._watch_leaves",
    "engine.EngineStandIn._tell_error",
    "engine.edge_of",
    "passes.EnginePass.reason",
    "hooks.TensorHooks.remember",
    "hooks.TensorHooks._node_of",
    "node_hooks.NodeHooks._watch",
    "modules.Modules._enter",
    "modules.Modules._scanned",
    "optimizers.parameters_of",
    "session.Session.gradient",
    "session.Session.leaf",
    "session.Session._bumped",
    "session.Session.current_pass",
    "identity.Identities.tensor",
    "identity.Identities.storage",
    "explaining.explain",
    "shared_arrays.SharedArrays.look_at",
]
IN_RECORDER = [
    "recorder.Recorder._add",
    "recorder.Recorder._gradient",
    "batching.Batches._write_pending",
    "event_log.EventLog.pending",
    "store.writer.TraceWriter.write_packed",
    "positions.PositionFinder.leaf_name",
    "causes.Causes.bumped",
    "copies.ArrayCopies.keep",
]


class Halve(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, x: Any) -> Any:
        context.save_for_backward(x)
        return x / 2

    @staticmethod
    def backward(context: Any, gradient: Any) -> Any:
        return gradient / 2 + 0 * context.saved_tensors[0]


def train() -> list[Any]:
    """A little of everything."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    notes: list[Any] = []
    for _ in range(2):
        optimizer.zero_grad()
        out = Halve.apply(net(torch.randn(5, 3)))
        handle = out.register_hook(lambda gradient: gradient * 2)
        out.retain_grad()
        out.grad_fn.register_hook(lambda *_: None)
        out.square().mean().backward()
        handle.remove()
        optimizer.step()
        notes.append([(facts(one), facts(one.grad)) for one in (out, *net.parameters())])
    x = torch.ones(3, requires_grad=True)
    x.data.add_(1)
    x.detach().numpy()[0] = 5
    y = x.exp()
    z = y.sum()
    y[1:].mul_(2)
    for root in (z, torch.ones(1)):
        try:
            root.backward()
        except RuntimeError as error:
            notes.append(facts(error))
    return notes


@pytest.mark.parametrize("where", IN_CAPTURE + IN_RECORDER)
def test_a_fault_changes_nothing(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = "gradtrace.tracer.capture.torch" if where in IN_CAPTURE else "gradtrace.tracer"
    parts = where.split(".")
    depth = next(index for index, part in enumerate(parts) if part[:1].isupper() or index == len(parts) - 1)
    owner: Any = importlib.import_module(".".join((package, *parts[:depth])))
    for name in parts[depth:-1]:
        owner = getattr(owner, name)
    if _compiled.state() == "in use" and not hasattr(owner, parts[-1]):
        pytest.skip("compiled: Python does not see it")
    alone, before = train(), left_in_torch()
    calls = []

    def broken(*_: Any, **__: Any) -> Any:
        calls.append(1)
        raise LookupError("on purpose")

    def program() -> list[Any]:
        monkeypatch.setattr(owner, parts[-1], broken)
        return train()

    try:
        seen, said, _ = recorded(program, tmp_path)
    except TypeError:
        pytest.skip("compiled: called without being looked up")
    if not calls:
        pytest.skip("compiled: called without being looked up")
    assert seen == alone
    assert left_in_torch() == before
    assert said.count("on purpose") == said.count("\n") == 1, said


def test_a_recording_that_cannot_begin_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = left_in_torch()

    def full(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("gradtrace.tracer.batching.Batches._write_pending", full)
        with pytest.raises(OSError, match="the disk is full"):
            recorded(train, tmp_path)
    assert left_in_torch() == before
    assert recorded(lambda: 1, tmp_path) == (1, "", "")
