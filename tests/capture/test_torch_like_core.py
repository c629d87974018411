"""A program recorded on PyTorch tells what the same program tells on gradtrace's own core."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import Any

import gradtrace
import numpy as np
import pytest
from gradtrace import samples
from gradtrace.core import events as ev
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")

SAME_WORDS = tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 13)
"""Earlier versions (up to 2.10 at least) say some things in other words than the core, which has those of 2.13."""

NAMES = [sample.name for sample in samples.SAMPLES]


def record_sample(name: str, library: str, path: Path) -> Trace:
    """Run a sample on the core or on PyTorch, recorded."""
    sample = samples.find(name)
    source = sample.path.read_text(encoding="utf-8").replace("import gradtrace.core as torch", f"import {library} as torch")
    code = compile(source, str(sample.path), "exec")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(RuntimeError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with gradtrace.record(path):
            exec(code, {"__name__": "__main__"})
    return gradtrace.load(path)


@pytest.fixture(scope="module", params=NAMES)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Trace]:
    folder = tmp_path_factory.mktemp(request.param)
    return (
        record_sample(request.param, "gradtrace.core", folder / "core.gtrace"),
        record_sample(request.param, "torch", folder / "torch.gtrace"),
    )


def pass_shape(trace: Trace) -> list[Any]:
    """Of each pass: how it was called and ended, which nodes ran in which order, and their edges by position in that order."""
    shapes = []
    for one in trace.passes:
        position = {node: index for index, node in enumerate(one.nodes)}
        ran = [
            (
                trace.nodes[node].name,
                trace.nodes[node].source.line if trace.nodes[node].source else 0,
                [(position.get(edge.node, -1), edge.input_nr) for edge in trace.nodes[node].edges],
            )
            for node in one.nodes
        ]
        shapes.append((one.call, one.retain_graph, one.create_graph, one.outcome, ran))
    return shapes


DIFFERENT_ON_TORCH = "the derivative of x**3 multiplies by a number there (MulBackward1), by a tensor here"
REFUSED_BY_TORCH_INSIDE = "whether an unused input is refused by the engine or after it"


def test_same_passes_nodes_edges_lines_and_order(both: tuple[Trace, Trace], request: pytest.FixtureRequest) -> None:
    core, torch = both
    if "create_graph" in request.node.name:
        pytest.skip(DIFFERENT_ON_TORCH)
    if "allow_unused" in request.node.name:
        assert [shape[4] for shape in pass_shape(torch)] == [shape[4] for shape in pass_shape(core)], REFUSED_BY_TORCH_INSIDE
        return
    assert pass_shape(torch) == pass_shape(core)


def test_same_gradients_of_leaves(both: tuple[Trace, Trace]) -> None:
    core, torch = both

    def accumulated(trace: Trace) -> list[Any]:
        ids = trace.events.ids(ev.GradientAccumulated).tolist()
        return [(event.before, event.after, trace.value(event.after.value)) for event in (trace.events[i] for i in ids)]  # type: ignore[attr-defined]

    ours, theirs = accumulated(core), accumulated(torch)
    assert len(ours) == len(theirs)
    for (before, after, value), (torch_before, torch_after, torch_value) in zip(ours, theirs, strict=True):
        assert (before is None) == (torch_before is None)
        assert (after.shape, after.dtype) == (torch_after.shape, torch_after.dtype)
        np.testing.assert_allclose(torch_value, value, rtol=2e-4, atol=1e-6)


def told(trace: Trace) -> dict[str, list[Any]]:
    """What was told of each kind that does not depend on numbering, in order."""
    found: dict[str, list[Any]] = {}
    for event in trace.events:
        line = event.source.line if event.source else 0
        kind = type(event).__name__
        match event:
            case ev.LeafCreated():
                fact: Any = trace.leaves[event.tensor].name.partition("tensor ")[0], event.shape, event.dtype
            case ev.TensorSaved():
                fact = trace.nodes[event.node].name, event.shape, event.version
            case ev.GraphCut():
                fact = event.how, line
            case ev.GradReset():
                fact = event.to, len(event.tensors), line
            case ev.GradModeChanged():
                fact = event.enabled, line
            case ev.ScopeEntered() | ev.ScopeExited():
                fact = event.name, event.scope
            case ev.HookRegistered():
                fact = event.kind, event.kind == "retain_grad" or event.function, line
            case ev.HookFired():
                fact = event.kind, event.changed, trace.nodes[event.node].name
            case ev.GradientFlowed():
                fact = event.output_nr, event.input_nr, event.gradient is None or event.gradient.shape
            case ev.SavedFreed():
                fact = trace.nodes[event.node].name
            case ev.OptimizerStepped():
                fact = event.optimizer, len(event.tensors)
            case ev.ErrorRaised():
                cause = type(trace.events[event.cause]).__name__ if event.cause >= 0 else ""
                message = event.message if SAME_WORDS else ""
                fact = event.type, message, trace.nodes[event.node].name if event.node else "", cause, line
            case _:
                continue
        found.setdefault(kind, []).append(fact)
    return found


def test_same_events(both: tuple[Trace, Trace], request: pytest.FixtureRequest) -> None:
    if "create_graph" in request.node.name:
        pytest.skip(DIFFERENT_ON_TORCH)
    core, torch = told(both[0]), told(both[1])
    for kind in sorted(core.keys() | torch.keys()):
        ours, theirs = core.get(kind, []), torch.get(kind, [])
        if kind == "TensorSaved":  # numbers are saved as tensors there, and slots are told by name
            ours, theirs = ({fact for fact in facts if fact[1] != ()} for facts in (ours, theirs))
        if kind == "GradModeChanged":  # inside nn.init, which is one call there
            ours = [fact for fact in ours if fact in theirs]
        assert theirs == ours, kind


def test_same_reasons(both: tuple[Trace, Trace], request: pytest.FixtureRequest) -> None:
    """Why a node was next: the same words up to what only the core's engine can know, the length of its queue."""

    if "create_graph" in request.node.name:
        pytest.skip(DIFFERENT_ON_TORCH)

    def reasons(trace: Trace) -> list[str]:
        return [
            event.reason.partition("; a leaf")[0].partition("; highest")[0]
            for event in trace.events
            if isinstance(event, ev.NodeStarted)
        ]

    assert reasons(both[1]) == reasons(both[0])
