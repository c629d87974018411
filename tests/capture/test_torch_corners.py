"""Situations that are easy to get wrong, and all that must be as it was when a recording is over."""

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

torch = pytest.importorskip("torch")
pytest.importorskip("torch._dynamo.eval_frame")  # so that it can be compared
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop  # noqa: E402


def of(trace: Trace, *kinds: type[ev.Event]) -> list[Any]:
    return [event for event in trace.events if isinstance(event, kinds)]


def surroundings() -> dict[str, Any]:
    """Everything in PyTorch and Python that a capture could have put something into, by name."""
    modules = [name for name in sys.modules if name == "torch" or name.startswith("torch.")]
    owners: dict[str, Any] = {name: sys.modules[name] for name in (*modules, "threading") if sys.modules.get(name) is not None}
    for where in ("torch", "torch.nn", "torch.optim", "torch.autograd", "torch.utils.hooks", "torch.overrides", "threading"):
        for name, value in list(vars(sys.modules[where]).items()):
            if issubclass(type(value), type):
                owners[f"{where}.{name}"] = value
    owners["Variable"] = torch.autograd.variable.Variable
    owners["ScriptFunction"], owners["ScriptMethod"] = torch._C.ScriptFunction, torch._C.ScriptMethod
    found: dict[str, Any] = {}
    for owner, holder in owners.items():
        for name, value in list(vars(holder).items()):
            if name in ("next_id", "_counter", "_active", "_abc_impl") or issubclass(type(value), (int, float, str)):
                continue
            found[f"{owner}.{name}"] = (
                dict(value) if name.startswith("_global_") and type(value).__name__ == "OrderedDict" else value
            )
    found["finders"] = list(sys.meta_path)
    found["modes"] = torch._C._len_torch_function_stack()
    return found


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names that stand for something else now."""
    plain = (dict, list, int)
    return [
        name
        for name, value in before.items()
        if after.get(name) is not value and not (issubclass(type(value), plain) and after.get(name) == value)
    ]


def warm_up() -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    checkpoint(model, torch.ones(1, 2, requires_grad=True), use_reentrant=True).sum().backward()
    optimizer.step()
    optimizer.zero_grad()


def test_everything_is_as_it_was_after_each_recording(tmp_path: Path) -> None:
    warm_up()
    before = surroundings()
    for number in range(2):
        with gradtrace.record(tmp_path / f"{number}.gtrace"):
            inside = changed(before, surroundings())
            warm_up()
            with pytest.raises(Exception, match="running already"), gradtrace.record(tmp_path / "inner.gtrace"):
                pass
            assert set(changed(before, surroundings())) >= set(inside)
        assert {"Variable._execution_engine", "torch.autograd.Function.apply", "threading.Thread._bootstrap_inner"} <= set(inside)
        assert len(inside) >= 10
        assert changed(before, surroundings()) == []


def test_what_the_program_replaced_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mine(self: Any, set_to_none: bool = True) -> None:
        """The program's own."""

    with gradtrace.record(tmp_path / "run.gtrace"):
        monkeypatch.setattr(torch.nn.Module, "zero_grad", mine)
    assert torch.nn.Module.zero_grad is mine


def recorded_and_alone(program: Callable[[], Any], path: Path) -> Trace:
    """The trace of a program that does the same recorded as alone."""
    alone = program()
    with gradtrace.record(path) as recording:
        assert program() == alone
    assert recording.failure == ""
    return gradtrace.load(path)


def test_lbfgs_calls_the_programs_closure_within_its_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def program() -> list[Any]:
        x = torch.tensor([3.0, -2.0], requires_grad=True)
        optimizer = torch.optim.LBFGS([x], lr=0.5, max_iter=3, line_search_fn="strong_wolfe")
        calls = []

        def closure() -> Any:
            optimizer.zero_grad()
            loss = ((x - 1) ** 4).sum()
            loss.backward()
            calls.append(loss.item())
            return loss

        for _ in range(2):
            optimizer.step(closure)
        return [calls, x.tolist()]

    trace = recorded_and_alone(program, tmp_path / "run.gtrace")
    assert capsys.readouterr().err == ""
    assert [step.optimizer for step in of(trace, ev.OptimizerStepped)] == ["LBFGS", "LBFGS"]
    assert len(trace.passes) > 4
    names = [trace.nodes[node].name for node in trace.passes[0].nodes]
    assert names == ["SumBackward0", "PowBackward0", "SubBackward0", "AccumulateGrad"]
    assert {trace.nodes[node].source.function for pass_ in trace.passes for node in pass_.nodes[:3]} == {"closure"}  # type: ignore[union-attr]


def test_a_checkpoint_that_stops_early_is_no_error(tmp_path: Path) -> None:
    class Two(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x.sin().exp() + x.detach()

    def program() -> Any:
        x = torch.ones(2, requires_grad=True)
        with set_checkpoint_early_stop(True):
            checkpoint(Two(), x, use_reentrant=False).sum().backward()
        checkpoint(lambda value: Two()(value).cos(), x, use_reentrant=False).sum().backward()
        return x.grad.tolist()

    trace = recorded_and_alone(program, tmp_path / "run.gtrace")
    assert of(trace, ev.ErrorRaised) == []
    assert [pass_.outcome for pass_ in trace.passes] == ["finished", "finished"]
    assert len(of(trace, ev.ScopeEntered)) == len(of(trace, ev.ScopeExited)) >= 3


def test_a_program_may_clear_all_module_hooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_modules = sys.modules["torch.nn.modules.module"]

    def program() -> Any:
        model = torch.nn.Linear(2, 1)
        torch.nn.init.ones_(model.weight)
        in_modules._global_forward_pre_hooks.clear()  # type: ignore[attr-defined]
        in_modules._global_forward_hooks.clear()  # type: ignore[attr-defined]
        model(torch.ones(1, 2)).sum().backward()
        return model.weight.grad.tolist()

    trace = recorded_and_alone(program, tmp_path / "run.gtrace")
    assert capsys.readouterr().err == ""
    assert len(trace.passes) == 1
    assert not in_modules._global_forward_hooks_always_called  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
def test_scripted_code_is_recorded_at_the_line_that_calls_it(tmp_path: Path) -> None:
    module = torch.jit.trace(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()), torch.ones(1, 2))

    def program() -> Any:
        x = torch.ones(1, 2, requires_grad=True)
        y = module(x)
        y.sum().backward()
        return x.grad.tolist()

    program()  # the first calls of scripted code are profiled
    program()
    trace = recorded_and_alone(program, tmp_path / "run.gtrace")
    nodes = [trace.nodes[node] for node in trace.passes[0].nodes]
    lines = {node.name: node.source.line for node in nodes if node.source is not None}
    assert lines["TanhBackward0"] == lines["SumBackward0"] - 1
    assert [one.key for one in trace.not_covered] == ["scripted"]


def test_a_hook_that_starts_a_thread(tmp_path: Path) -> None:
    def program() -> Any:
        x = torch.ones(2, requires_grad=True)
        found: list[Any] = []

        def hook(gradient: Any) -> None:
            thread = threading.Thread(target=lambda: found.append((gradient * 2).tolist()))
            thread.start()
            thread.join()

        y = x * 3
        y.register_hook(hook)
        y.sum().backward()
        return found

    trace = recorded_and_alone(program, tmp_path / "run.gtrace")
    assert len(of(trace, ev.HookFired)) == 1
    assert len(trace.passes) == 1
