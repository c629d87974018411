"""Writes through arrays that ``numpy()`` has given out: told though no version counter moves, and nothing else is told."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import numpy as np
import pytest
from gradtrace.core.events import DataWritten
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")

Recorded = Callable[[Callable[[], Any]], Trace]


@pytest.fixture(params=["structure", "stats"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Recorded:
    """Record a function; nothing may go wrong in the capture."""

    def record(program: Callable[[], Any]) -> Trace:
        with gradtrace.record(tmp_path / "run.gtrace", level=request.param):
            program()
        assert capsys.readouterr().err == ""
        return gradtrace.load(tmp_path / "run.gtrace")

    return record


def writes(trace: Trace) -> list[tuple[str, int]]:
    """What has written, and at which line of the function, the ``def`` being line 0."""
    events = [event for event in trace.events if isinstance(event, DataWritten)]
    return [(event.op, event.source.line) for event in events if event.source is not None]


def line(function: Callable[..., Any], offset: int) -> int:
    return function.__code__.co_firstlineno + offset


def silent(trace: Trace) -> list[str]:
    return [finding.detail.partition(",")[0] for finding in trace.findings() if finding.rule == "silent-write"]


def test_a_write_in_one_statement_is_told_at_its_line(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        y = w.exp()
        y.detach().numpy()[0] = 7
        y.sum().backward()
        assert w.grad.tolist() == [7.0, pytest.approx(np.e), pytest.approx(np.e)]

    trace = recorded(program)
    here = line(program, 3)
    assert writes(trace) == [("an array of numpy()", here)]
    name = Path(__file__).name
    assert silent(trace) == [
        f"an array of numpy() at {name}:{here} wrote y unseen by autograd after ExpBackward0 ({name}:{here - 1}) had saved it"
    ]


def test_an_array_that_lives_on_is_looked_at_when_backward_begins(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, 4, requires_grad=True)
        y = w.exp()
        view = np.asarray(y.detach().T)[1:]
        view += 1
        y.sum().backward()

    trace = recorded(program)
    given = f"the array of numpy() ({Path(__file__).name}:{line(program, 3)})"
    assert writes(trace) == [(given, line(program, 5))]
    assert len(silent(trace)) == 1


def test_what_is_written_before_a_tensor_is_used_harms_nobody(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        x = torch.zeros(3)
        buffer = x.numpy()
        for number in range(3):
            buffer[:] = number + 1
            (w * x).sum().backward()

    trace = recorded(program)
    assert [where for _, where in writes(trace)] == [line(program, 6)] * 3
    assert silent(trace) == []


def test_writes_that_are_known_are_not_taken_for_others(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        norm = torch.nn.BatchNorm1d(3)
        optimizer = torch.optim.SGD([w, *norm.parameters()], lr=0.1, momentum=0.9)
        kept: list[Any] = []
        for _ in range(5):
            loss = norm(w.square().expand(2, 3) * torch.rand(2, 3)).sum()
            kept += [loss.detach().numpy(), w.detach().numpy(), w.data.numpy(), norm.running_mean.numpy(), norm.weight.data.numpy()]
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                w[0] = 3
                w.mul_(2)
            w.data = w.data * 2
            torch._foreach_add_([w.detach()], 1.0)
        kept.clear()

    assert {op for op, _ in writes(recorded(program))} == {"data"}


def test_only_reading_tells_nothing(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        for number in range(100):
            y = w * number
            kept = [y.detach().numpy(), np.asarray(w.detach()), w.detach().numpy(force=True), y.tolist()]
            y.sum().backward()
            np.add(kept[0], 1)
        torch.zeros(1 << 23).numpy()[0] = 1
        torch.zeros(0).numpy()
        torch.ones(2, dtype=torch.bool).numpy()
        with torch.inference_mode():
            torch.ones(2).numpy()[0] = 3

    assert writes(recorded(program)) == []


def test_nothing_lives_longer_and_other_threads_may_let_go(recorded: Recorded) -> None:
    storages: list[Any] = []

    def program() -> None:
        y = torch.ones(3)
        array = y.numpy()
        storages.append(torch.multiprocessing.reductions.StorageWeakRef(y.untyped_storage()))
        holder = [array]
        del array, y
        assert not storages[0].expired()
        holder[0][0] = 5
        thread = threading.Thread(target=holder.clear)
        thread.start()
        thread.join()
        gc.collect()
        assert storages[0].expired()

    (event,) = (event for event in recorded(program).events if isinstance(event, DataWritten))
    assert event.op == f"the array of numpy() ({Path(__file__).name}:{line(program, 2)})"
