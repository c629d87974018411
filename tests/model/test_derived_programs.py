"""What is worked out of a pass that nobody observed is what an observed pass tells: for the same programs, core and PyTorch."""

from __future__ import annotations

import gc
import re
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import gradtrace
import gradtrace.core
import pytest
from gradtrace.core import events as ev
from gradtrace.tracer.cli.info import summary_text
from gradtrace.tracer.model import Trace
from gradtrace.tracer.store.reader import read_tables

sys.path.insert(0, str(Path(__file__).parent))
from unobserved_programs import PROGRAMS, Program, random_program

sys.path.pop(0)

NODE_EVENTS = (ev.NodeStarted, ev.NodeFinished, ev.GradientFlowed)


def library(name: str) -> Any:
    return gradtrace.core if name == "core" else pytest.importorskip("torch")


def record(program: Program, torch: Any, path: Path, level: str) -> tuple[Trace, Exception | None]:
    raised = None
    with gradtrace.record(path, level=level):  # type: ignore[arg-type]
        try:
            program(torch)
        except Exception as error:  # noqa: BLE001  it is compared below
            raised = error
    return gradtrace.load(path), raised


def told(trace: Trace, *, by_name: bool = False) -> list[list[tuple[Any, ...]]]:
    """The events of each pass without ids: nodes by when they were made, or only by name."""
    numbers = {node: index for index, node in enumerate(trace.nodes)}
    leaves = {leaf: index for index, leaf in enumerate(trace.leaves)}
    hooks = {hook: index for index, hook in enumerate(trace.hooks)}

    def node(number: int) -> tuple[Any, ...]:
        if number not in trace.nodes:
            return (number,)
        record = trace.nodes[number]
        return 0 if by_name else numbers[number], record.name, leaves.get(record.variable)

    def facts(event: Any) -> tuple[Any, ...]:
        kind = type(event).__name__
        if isinstance(event, ev.GradientFlowed):
            gradient = event.gradient and (event.gradient.shape, event.gradient.dtype)
            return kind, node(event.node), event.output_nr, node(event.next_node), event.input_nr, gradient
        if isinstance(event, ev.GradientAccumulated):
            after = event.after and (event.after.shape, event.after.dtype)
            return kind, node(event.node), event.before is not None, after
        if isinstance(event, ev.HookFired):
            return kind, node(event.node), hooks[event.hook], event.kind, event.changed
        if isinstance(event, ev.ErrorRaised):
            cause: Any = trace.events[event.cause] if event.cause >= 0 else None
            return kind, node(event.node), event.message, type(cause), getattr(cause, "op", None), node(getattr(cause, "node", 0))
        return kind, node(getattr(event, "node", 0))

    found = []
    for pass_ in trace.passes:
        events = [event for event in trace.events[pass_.first : pass_.last + 1] if getattr(event, "pass_", 0) == pass_.id]
        # the core also tells of the freeing of a node that kept nothing but numbers
        kept = [event for event in events if not isinstance(event, ev.SavedFreed) or trace.saved_by(event.node)]
        found.append([facts(event) for event in kept])
    return found


def findings(trace: Trace) -> list[tuple[str, ...]]:
    """Those that need no numbers."""
    return [
        (found.rule, found.title, re.sub(r"tensor \d+", "a tensor", found.detail))
        for found in trace.findings()
        if found.rule != "first-nonfinite"
    ]


def gradients(trace: Trace) -> list[Any]:
    """What ``.grad`` of each leaf is in the end."""
    return [gradient and (gradient.shape, gradient.dtype) for gradient in trace.replay().state.leaf_grads.values()]


@pytest.mark.parametrize("engine", ["core", "torch"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_as_observed(name: str, engine: str, tmp_path: Path) -> None:
    torch = library(engine)
    observed, expected = record(PROGRAMS[name], torch, tmp_path / "observed.gtrace", "stats")
    derived, raised = record(PROGRAMS[name], torch, tmp_path / "derived.gtrace", "structure")
    assert str(raised) == str(expected)
    assert (raised is not None) == (name.startswith("error") and "caught" not in name)
    assert [pass_.unobserved for pass_ in derived.passes] == [""] * len(derived.passes)
    assert all(pass_.derived for pass_ in derived.passes)
    assert told(derived) == told(observed)
    if (name, engine) != ("error_overwritten_gradient", "torch"):  # where the .grad has no name
        assert findings(derived) == findings(observed)
    assert [error.node != 0 for error in derived.errors] == [error.node != 0 for error in observed.errors]
    assert gradients(derived) == gradients(observed)
    assert derived.problems == observed.problems == []


@pytest.mark.parametrize("engine", ["core", "torch"])
@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_run_in_the_order_worked_out(seed: int, engine: str, tmp_path: Path) -> None:
    torch = library(engine)
    observed, _ = record(random_program(seed), torch, tmp_path / "observed.gtrace", "stats")
    derived, _ = record(random_program(seed), torch, tmp_path / "derived.gtrace", "structure")
    assert derived.passes
    assert all(pass_.derived for pass_ in derived.passes)
    assert [[event for event in of_pass if event[0] == "NodeStarted"] for of_pass in told(derived)] == [
        [event for event in of_pass if event[0] == "NodeStarted"] for of_pass in told(observed)
    ]


@pytest.mark.parametrize("engine", ["core", "torch"])
def test_a_pass_over_a_pass(engine: str, tmp_path: Path) -> None:
    """The core observes a pass that is itself recorded; of PyTorch the nodes it made are told at its end."""

    def program(torch: Any) -> None:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        (gradient,) = torch.autograd.grad((x * x * x).sum(), x, create_graph=True)
        gradient.sum().backward()

    torch = library(engine)
    observed, _ = record(program, torch, tmp_path / "observed.gtrace", "stats")
    derived, _ = record(program, torch, tmp_path / "derived.gtrace", "structure")
    assert [pass_.derived for pass_ in derived.passes] == [engine == "torch", True]
    assert [pass_.unobserved for pass_ in derived.passes] == ["", ""]
    assert told(derived, by_name=True) == told(observed, by_name=True)
    assert len(derived.nodes) == len(observed.nodes)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_a_recorded_backward_of_pytorch_tells_the_history_of_grad(tmp_path: Path) -> None:
    def program(torch: Any) -> None:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        (x * x * x).sum().backward(create_graph=True)
        second = x.grad.sum()
        x.grad = None
        second.backward()

    torch = library("torch")
    observed, _ = record(program, torch, tmp_path / "observed.gtrace", "stats")
    derived, _ = record(program, torch, tmp_path / "derived.gtrace", "structure")
    assert told(derived, by_name=True) == told(observed, by_name=True)


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoints(reentrant: bool, tmp_path: Path) -> None:
    def program(torch: Any) -> None:
        from torch.utils.checkpoint import checkpoint  # noqa: PLC0415

        torch.manual_seed(0)
        layer = torch.nn.Linear(3, 3)
        x = torch.ones(2, 3, requires_grad=True)
        checkpoint(lambda t: layer(t).tanh(), x * 2, use_reentrant=reentrant).exp().sum().backward()

    torch = library("torch")
    observed, _ = record(program, torch, tmp_path / "observed.gtrace", "stats")
    derived, _ = record(program, torch, tmp_path / "derived.gtrace", "structure")
    assert told(derived) == told(observed)
    if reentrant:
        outer, inner = derived.passes
        assert outer.first < inner.first < inner.last < outer.last
        within = [event for event in derived.events[inner.last : outer.last] if isinstance(event, ev.NodeFinished)]
        assert derived.node_name(within[0].node) == "CheckpointFunctionBackward"  # it made the inner pass while it ran


@pytest.mark.parametrize("name", ["error_overwritten", "error_second_backward", "error_shared_trunk", "error_in_custom_function"])
def test_the_exception_is_explained_as_ever(name: str, tmp_path: Path) -> None:
    torch = library("torch")
    _, expected = record(PROGRAMS[name], torch, tmp_path / "observed.gtrace", "values")
    _, raised = record(PROGRAMS[name], torch, tmp_path / "derived.gtrace", "structure")
    assert raised is not None
    assert expected is not None
    assert raised.__notes__ == expected.__notes__


def test_where_the_node_is_in_doubt_the_exception_names_none(tmp_path: Path) -> None:
    torch = library("torch")
    derived, raised = record(PROGRAMS["error_shared_trunk_of_a_lost_head"], torch, tmp_path / "run.gtrace", "structure")
    assert raised is not None
    (note,) = raised.__notes__
    assert note.startswith("gradtrace: the backward at unobserved_programs.py:")
    assert "Backward0" not in note
    assert derived.node_name(derived.errors[0].node) == "ExpBackward0"  # with the whole run at hand it can be told


@pytest.mark.parametrize("engine", ["core", "torch"])
def test_nothing_is_observed_at_the_nodes(engine: str, tmp_path: Path) -> None:
    record(PROGRAMS["training"], library(engine), tmp_path / "run.gtrace", "structure")
    tables = read_tables(tmp_path / "run.gtrace")
    assert [tables.count(kind) for kind in NODE_EVENTS] == [0, 0, 0]
    assert tables.count(ev.BackwardStarted) == tables.count(ev.BackwardEnded) == 3


def test_inputs_without_a_name_leave_a_pass_unobserved(tmp_path: Path) -> None:
    def program(torch: Any) -> None:
        x = torch.ones(3, requires_grad=True)
        y = x * x
        torch.autograd.grad(y.exp().sum(), [torch.autograd.graph.get_gradient_edge(y)])

    for engine in ("core", "torch"):
        trace, raised = record(program, library(engine), tmp_path / "run.gtrace", "structure")
        assert raised is None
        (pass_,) = trace.passes
        assert not pass_.derived
        assert "inputs" in pass_.unobserved
        assert pass_.nodes == []


def test_a_graph_from_before_the_recording_is_not_guessed(tmp_path: Path) -> None:
    torch = library("core")
    x = torch.ones(3, requires_grad=True)
    before = x.exp()
    trace, _ = record(lambda torch: (before * 2).sum().backward(), torch, tmp_path / "run.gtrace", "structure")
    (pass_,) = trace.passes
    assert (pass_.derived, pass_.unobserved) == (False, "part of its graph was not recorded")
    assert "not observed: part of its graph was not recorded" in summary_text(trace)
    assert findings(trace) == []


@pytest.mark.filterwarnings("ignore:Error detected:UserWarning", "ignore:Anomaly")
def test_nan_in_anomaly_mode_is_found_at_its_node(tmp_path: Path) -> None:
    def program(torch: Any) -> None:
        with torch.autograd.detect_anomaly():
            x = torch.zeros(3, requires_grad=True)
            (x.sqrt() * 0).exp().sum().backward()

    trace, raised = record(program, library("torch"), tmp_path / "run.gtrace", "structure")
    assert "returned nan values" in str(raised)
    assert trace.node_name(trace.errors[0].node) == "SqrtBackward0"
    assert trace.passes[0].derived


@pytest.mark.parametrize("level", ["structure", "stats"])
def test_a_pass_that_is_over_keeps_no_graph_alive(level: str, tmp_path: Path) -> None:
    torch = library("torch")
    with gradtrace.record(tmp_path / "run.gtrace", level=level):  # type: ignore[arg-type]
        x = torch.ones(3, requires_grad=True)
        y = x * x
        z = (y * y.exp()).sum()
        torch.autograd.grad(z, [y], retain_graph=True)
        z.backward(inputs=[x, y])
        with pytest.raises(RuntimeError, match="second time"):
            z.backward()
        gone = weakref.ref(y), weakref.ref(z)
        del y, z
        gc.collect()
        assert [reference() for reference in gone] == [None, None]


@pytest.mark.parametrize("engine", ["core", "torch"])
def test_passes_of_several_threads(engine: str, tmp_path: Path) -> None:
    torch = library(engine)

    def work(torch: Any) -> None:
        w = torch.ones(3, requires_grad=True)
        for _ in range(20):
            (w * w).exp().sum().backward()

    def program(torch: Any) -> None:
        threads = [threading.Thread(target=work, args=(torch,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        work(torch)
        for thread in threads:
            thread.join()

    trace, raised = record(program, torch, tmp_path / "run.gtrace", "structure")
    assert raised is None
    assert all(pass_.derived for pass_ in trace.passes)
    expected = ["SumBackward0", "ExpBackward0", "MulBackward0", "AccumulateGrad"]
    assert all([trace.nodes[node].name for node in pass_.nodes] == expected for pass_ in trace.passes)
    assert len(trace.passes) >= 20
