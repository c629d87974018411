"""Several threads, other processes, generators and recordings one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events as ev
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")


def of(trace: Trace, *kinds: type[ev.Event]) -> list[Any]:
    return [event for event in trace.events if isinstance(event, kinds)]


def keys_met(trace: Trace) -> list[str]:
    return [mark.text.partition(":")[0] for mark in of(trace, ev.Marked) if mark.kind == "not covered"]


def in_thread(function: Any, name: str = "worker") -> None:
    thread = threading.Thread(target=function, name=name)
    thread.start()
    thread.join()


def test_calls_in_threads_are_recorded_with_their_names(tmp_path: Path) -> None:
    def work() -> None:
        x = torch.ones(2, requires_grad=True)
        x.data.add_(1)
        y = x * 3
        y.detach()
        y.register_hook(lambda gradient: gradient)
        y.sum().backward()

    with gradtrace.record(tmp_path / "run.gtrace"):
        in_thread(work, "first")
        in_thread(work, "second")
    trace = gradtrace.load(tmp_path / "run.gtrace")
    names = {event.thread: event.text for event in of(trace, ev.Marked) if event.kind == "thread"}
    assert sorted(names.values()) == ["first", "second"]
    for thread in names:
        mine = [event for event in trace.events if event.thread == thread]
        assert [event.how for event in mine if isinstance(event, ev.GraphCut)] == ["data", "detach"]
        assert [event.op for event in mine if isinstance(event, ev.DataWritten)] == ["add_"]
        assert [type(event) for event in mine].count(ev.NodeFinished) == 3
        (node,) = [event for event in mine if isinstance(event, ev.NodeCreated) and event.name == "MulBackward0"]
        assert node.source is not None
        assert node.source.function == "work"
    assert keys_met(trace) == []


def test_a_graph_of_one_thread_runs_backward_in_another(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        x = torch.ones(2, requires_grad=True)
        loss = (x * x).sum()
        in_thread(loss.backward)
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert [trace.nodes[node].name for node in trace.passes[0].nodes] == ["SumBackward0", "MulBackward0", "AccumulateGrad"]
    assert {event.thread for event in of(trace, ev.NodeStarted)} == {1}
    assert {event.thread for event in of(trace, ev.NodeCreated) if event.name != "AccumulateGrad"} == {0}


def test_many_threads_share_parameters(tmp_path: Path) -> None:
    weight = torch.ones(3, requires_grad=True)

    def work(number: int) -> float:
        for _ in range(20):
            x = torch.full((3,), float(number))
            ((weight * x).exp() * 0).sum().backward()
        return number

    with gradtrace.record(tmp_path / "run.gtrace", level="stats") as recording, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == list(range(8))
    assert recording.failure == ""
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert trace.problems == []
    assert len(trace.passes) == len(of(trace, ev.BackwardEnded)) == 160
    assert {pass_.outcome for pass_ in trace.passes} == {"finished"}
    created = of(trace, ev.NodeCreated)
    assert sorted({event.node for event in created}) == sorted(event.node for event in created)
    assert [event.name for event in created].count("ExpBackward0") == 160
    assert len(of(trace, ev.NodeStarted)) == len(of(trace, ev.NodeFinished)) == 160 * 5


def test_an_exception_in_a_thread_has_the_traceback_it_has_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[list[str]] = []

    def told(args: Any) -> None:
        said.append([frame.name for frame in traceback.extract_tb(args.exc_traceback)])

    def work() -> None:
        (torch.ones(2, requires_grad=True) * 2)[5].sum()

    monkeypatch.setattr(threading, "excepthook", told)
    in_thread(work)
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        in_thread(work)
        in_thread(lambda: torch.ones(2, requires_grad=True).sum().backward())
    assert [name for name in said[1] if name.rpartition(".")[2] not in ("__torch_function__", "dispatch", "call")] == said[0]
    assert recording.failure == ""
    assert len(gradtrace.load(tmp_path / "run.gtrace").passes) == 1


def test_a_thread_that_outlives_the_recording_goes_on(tmp_path: Path) -> None:
    go_on, ended = threading.Event(), threading.Event()
    modes: list[int] = []

    def work() -> None:
        ended.set()
        go_on.wait()
        x = torch.ones(2, requires_grad=True)
        (x * x).sum().backward()
        modes.append(len(torch.overrides._get_current_function_mode_stack()))

    with gradtrace.record(tmp_path / "run.gtrace"):
        thread = threading.Thread(target=work)
        thread.start()
        ended.wait()
    go_on.set()
    thread.join()
    assert of(gradtrace.load(tmp_path / "run.gtrace"), ev.NodeCreated) == []
    assert threading.Thread._bootstrap_inner.__module__ == "threading"  # type: ignore[attr-defined]


def test_a_thread_from_before_the_recording_has_its_backward_recorded(tmp_path: Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go_on.wait()
        x = torch.ones(2, requires_grad=True)
        (x * x).sum().backward()

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    with gradtrace.record(tmp_path / "run.gtrace"):
        go_on.set()
        thread.join()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert len(of(trace, ev.NodeFinished)) == 3
    assert keys_met(trace) == ["threads"]


def test_modes_of_generators_and_devices_leave_in_any_order(tmp_path: Path) -> None:
    class Counting(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        calls = 0

        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            type(self).calls += 1
            return function(*args, **(kwargs or {}))

    def recorded(name: str) -> Iterator[None]:
        with gradtrace.record(tmp_path / name):
            yield
            yield

    for number, mode in enumerate((torch.device("cpu"), Counting())):
        generator = recorded(f"{number}.gtrace")
        with mode:
            next(generator)
            (torch.ones(2, requires_grad=True) * 2).sum().backward()
        assert torch._C._len_torch_function_stack() == 1  # ours alone
        with mode:
            (torch.ones(2, requires_grad=True) * 3).sum().backward()
            generator.close()
            torch.ones(2)
        assert torch._C._len_torch_function_stack() == 0
        trace = gradtrace.load(tmp_path / f"{number}.gtrace")
        assert len(trace.passes) == 2
    assert Counting.calls >= 7


def test_a_default_device_may_change_while_recorded(tmp_path: Path) -> None:
    try:
        torch.set_default_device("cpu")
        with gradtrace.record(tmp_path / "run.gtrace"):
            (torch.ones(2, requires_grad=True) * 2).sum().backward()
            torch.set_default_device("meta")
            assert torch.ones(2).device.type == "meta"
            torch.set_default_device(None)
        assert torch._C._len_torch_function_stack() == 0
    finally:
        torch.set_default_device(None)
    assert len(gradtrace.load(tmp_path / "run.gtrace").passes) == 1


def test_recordings_one_after_the_other_and_one_inside_another(tmp_path: Path) -> None:
    x = torch.ones(2, requires_grad=True)
    for number in range(3):
        with gradtrace.record(tmp_path / f"{number}.gtrace"):
            (x * x).sum().backward()
            with pytest.raises(Exception, match="a recording is running already"), gradtrace.record(tmp_path / "inner.gtrace"):
                pass
            (x * x).sum().backward()
        assert len(gradtrace.load(tmp_path / f"{number}.gtrace").passes) == 2
    assert x.grad.tolist() == [12.0, 12.0]


WORKERS = """
    import sys
    import torch
    from torch.utils.data import DataLoader, Dataset

    class Numbers(Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, index):
            x = torch.full((2,), float(index), requires_grad=True)
            (x * x).sum().backward()
            modes = torch._C._len_torch_function_stack()
            engine = type(torch.autograd.variable.Variable._execution_engine).__name__
            return x.grad, torch.tensor([modes, "StandIn" not in engine])

    def main():
        w = torch.ones(2, requires_grad=True)
        total = 0.0
        for x, facts in DataLoader(Numbers(), batch_size=4, num_workers=2, multiprocessing_context=sys.argv[1]):
            assert facts.tolist() == [[0, 1]] * 4, facts
            (x * w).sum().backward()
            total += float(x.sum())
        print(total, w.grad.tolist())

    if __name__ == "__main__":
        main()
    """


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_record_nothing_and_say_nothing(method: str, tmp_path: Path) -> None:
    if method == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(WORKERS), encoding="utf-8")
    # Python's own race: a program that ends between unlinking a semaphore and saying so makes the tracker process warn.
    # And PyTorch warns where there are fewer processors than workers.
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore:resource_tracker,ignore:This DataLoader will create"}
    alone = subprocess.run(
        [sys.executable, str(script), method], cwd=tmp_path, env=quiet, capture_output=True, text=True, check=False
    )
    command = [sys.executable, "-m", "gradtrace", "run", "-q", str(script), method]
    ran = subprocess.run(command, cwd=tmp_path, env=quiet, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr, ran.returncode) == (alone.stdout, alone.stderr, 0) == (ran.stdout, "", 0)
    trace = gradtrace.load(tmp_path / "train.gtrace")
    assert trace.problems == []
    assert [len(pass_.nodes) for pass_ in trace.passes] == [3, 3]
    assert keys_met(trace) == (["processes"] if method == "fork" else [])
    assert not list(tmp_path.glob("*.gtrace.*"))


def test_what_another_thread_adds_during_a_pass_is_not_taken_for_nothing(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        w = torch.ones(2, requires_grad=True)

        def add_in_another_thread(gradient: Any) -> None:
            in_thread(lambda: (w * 3).sum().backward())

        for _ in range(2):
            product = w * 2
            product.register_hook(add_in_another_thread)
            product.sum().backward()
    told = []
    for event in of(gradtrace.load(tmp_path / "run.gtrace"), ev.GradientAccumulated):
        known = [gradient and (gradient.statistics and gradient.statistics.max) for gradient in (event.contribution, event.after)]
        told.append((event.before and (event.before.statistics or "unknown"), *known))
    assert told[0] == (None, 3.0, 3.0)
    assert told[1] == ("unknown", 2.0, 5.0)
    assert all(before == "unknown" or before.max + added == after for before, added, after in told[1:])
    assert told[-1][-1] == 10.0
