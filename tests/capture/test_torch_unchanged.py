"""A recorded PyTorch program computes the same bits, meets the same errors, and finds PyTorch as it was afterwards."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events as ev
from gradtrace.tracer.store.reader import read_tables

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from torch_programs import PROGRAMS  # noqa: E402

sys.path.pop(0)


def patched() -> list[Any]:
    """All that the capture replaces."""
    in_modules, in_optimizers = sys.modules["torch.nn.modules.module"], sys.modules["torch.optim.optimizer"]
    return [
        vars(torch.autograd.variable.Variable)["_execution_engine"],
        vars(torch.autograd.Function)["apply"],
        vars(torch.optim.Optimizer)["zero_grad"],
        vars(torch.nn.Module)["zero_grad"],
        vars(torch.utils.hooks.RemovableHandle)["remove"],
        getattr(torch.utils, "swap_tensors", None),  # not in 2.1
        vars(torch.autograd.function._HookMixin)["_register_hook"],
        vars(torch.autograd.profiler.record_function)["__exit__"],
        torch._C._len_torch_function_stack(),
        dict(in_modules._global_forward_hooks),
        dict(in_modules._global_forward_pre_hooks),
        dict(in_optimizers._global_optimizer_pre_hooks),
        dict(in_optimizers._global_optimizer_post_hooks),
        list(sys.meta_path),
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("level", ["structure", "stats", "values"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_same_bits_and_nothing_left_behind(
    program: Callable[[], list[Any]], level: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = program()
    before = patched()
    with gradtrace.record(tmp_path / "run.gtrace", level=level) as recording:  # type: ignore[arg-type]
        recorded = program()
    assert patched() == before
    assert recording.failure == ""
    assert capsys.readouterr().err == ""
    assert len(recorded) == len(alone)
    for index, (ours, theirs) in enumerate(zip(recorded, alone, strict=True)):
        assert ours == theirs, index
    tables = read_tables(tmp_path / "run.gtrace")
    assert tables.problems == []
    assert tables.count(ev.BackwardStarted) == tables.count(ev.BackwardEnded) >= 3
    assert program() == alone


def record_and_fail(path: Path) -> None:
    with gradtrace.record(path):
        x = torch.ones(2, requires_grad=True)
        (x * x).sum().backward()
        raise ZeroDivisionError


def test_an_exception_restores_everything_and_recordings_can_follow_each_other(tmp_path: Path) -> None:
    before = patched()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            record_and_fail(tmp_path / "run.gtrace")
        assert patched() == before
        assert read_tables(tmp_path / "run.gtrace").count(ev.NodeFinished) == 3


def test_a_graph_from_one_recording_is_told_anew_in_the_next(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "first.gtrace"):
        x = torch.ones(2, requires_grad=True)
        y = (x * x).sum()
    with gradtrace.record(tmp_path / "second.gtrace"):
        y.backward()
    trace = gradtrace.load(tmp_path / "second.gtrace")
    assert [trace.nodes[node].name for node in trace.passes[0].nodes] == ["SumBackward0", "MulBackward0", "AccumulateGrad"]


def test_modes_left_on_by_the_program_stay_on(tmp_path: Path) -> None:
    device = torch.device("cpu")
    with gradtrace.record(tmp_path / "run.gtrace"):
        device.__enter__()
    assert torch._C._len_torch_function_stack() == 1
    device.__exit__(None, None, None)
    assert torch._C._len_torch_function_stack() == 0


def test_the_programs_own_modes_and_subclasses_hear_nothing_of_us(tmp_path: Path) -> None:
    def heard() -> list[str]:
        names: list[str] = []

        class Listening(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                names.append(function.__name__)
                return function(*args, **(kwargs or {}))

        class Tensor(torch.Tensor):  # type: ignore[misc]
            @classmethod
            def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                names.append(f"subclass {function.__name__}")
                return super().__torch_function__(function, types, args, kwargs or {})

        with Listening():
            x = torch.ones(2, requires_grad=True)
            tensor = (x * 2).as_subclass(Tensor)
            tensor += 1
            tensor.sum().backward()
        return names

    alone = heard()
    with gradtrace.record(tmp_path / "run.gtrace"):
        recorded = heard()
    assert recorded == alone


def test_nothing_is_kept_alive(tmp_path: Path) -> None:
    gc.collect()
    with gradtrace.record(tmp_path / "run.gtrace"):
        x = torch.ones(3, requires_grad=True)
        hidden = x * 2
        hidden.register_hook(lambda gradient: gradient * 2)
        out = hidden.exp().sum()
        watched = [weakref.ref(hidden), weakref.ref(out)]
        out.backward()
        gradient = weakref.ref(x.grad)
        x.grad = None
        del hidden, out
        assert [ref() for ref in watched] == [None] * 2
        assert gradient() is None
        leaf = weakref.ref(x)
        del x
        assert leaf() is None


@pytest.mark.skipif(not hasattr(torch.utils, "swap_tensors"), reason="not in PyTorch 2.1")
@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_tensors_can_be_swapped(level: str, tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace", level=level):  # type: ignore[arg-type]
        first, second = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
        first.data.add_(1)
        (first * second).sum().backward()
        torch.utils.swap_tensors(first, second)
        assert first.tolist() == [0.0, 0.0]


def test_a_fault_in_the_capture_takes_it_out_and_the_program_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gradtrace.tracer.capture.torch import graph  # noqa: PLC0415

    def broken(*_: Any) -> None:
        raise LookupError("no such thing")

    before = patched()
    monkeypatch.setattr(graph, "next_node", broken)
    with gradtrace.record(tmp_path / "run.gtrace"):
        x = torch.ones(2, requires_grad=True)
        y = x * x
        assert patched()[:8] == before[:8]
        y.sum().backward()
    assert patched() == before
    assert x.grad.tolist() == [2.0, 2.0]
    said = capsys.readouterr().err
    assert said.count("PyTorch is no longer recorded, the program goes on: LookupError: no such thing") == 1
    assert said.count("\n") == 1


def test_run_records_from_the_programs_own_import_on(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        textwrap.dedent("""
            import sys
            assert "torch" not in sys.modules
            finders = len(sys.meta_path)
            import torch
            assert len(sys.meta_path) == finders - 1  # two waited for it, and one waits for the compiler now
            assert type(torch.__spec__.loader).__name__ == type(torch.__loader__).__name__ == "SourceFileLoader"
            x = torch.ones(2, requires_grad=True)
            (x * x).sum().backward()
            print(x.grad.tolist())
        """),
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "gradtrace", "run", str(script)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "[2.0, 2.0]\n"
    trace = gradtrace.load(tmp_path / "train.gtrace")
    assert [leaf.name for leaf in trace.leaves.values()] == ["x"]
    assert [trace.nodes[node].name for node in trace.passes[0].nodes] == ["SumBackward0", "MulBackward0", "AccumulateGrad"]
