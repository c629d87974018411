"""Writes through arrays that ``numpy()`` has given out: told though no version counter moves, and nothing else is told."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
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
sys.path.insert(0, str(Path(__file__).parent))
from tensor_bytes import NUMPY_WORKS  # noqa: E402

sys.path.pop(0)

pytestmark = pytest.mark.skipif(not NUMPY_WORKS, reason="this PyTorch was made for NumPy 1, and refuses numpy() with NumPy 2")

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


# ------------------------------------------------------------------------------------------------- other ways to the memory
def dlpack(tensor: Any) -> None:
    torch.from_dlpack(tensor.detach()).zero_()


def through_a_memoryview(tensor: Any) -> None:
    memoryview(tensor.detach().numpy())[0] = 5.0


def with_out(tensor: Any) -> None:
    np.multiply(np.ones(3), 5, out=tensor.detach().numpy(), casting="unsafe")


def through_its_storage(tensor: Any) -> None:
    tensor.untyped_storage().fill_(0)


def item_of_its_storage(tensor: Any) -> None:
    tensor.detach().untyped_storage()[3] = 1


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (dlpack, "what DLPack gave"),
        (through_a_memoryview, "an array of numpy()"),
        (with_out, "an array of numpy()"),
        (through_its_storage, "the storage"),
        (item_of_its_storage, "the storage"),
    ],
)
def test_writes_by_other_ways_are_told(recorded: Recorded, write: Callable[[Any], None], words: str) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        y = w.exp()
        write(y)
        y.sum().backward()

    trace = recorded(program)
    told = [op for op, _ in writes(trace)]
    assert told
    assert told[0].startswith(words)
    assert len(silent(trace)) == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda array: torch.from_numpy(array), "the array behind it"),
        (torch.as_tensor, "the array behind it"),
        (torch.asarray, "the array behind it"),
        (lambda array: torch.frombuffer(array, dtype=torch.float32), "the buffer behind it"),
        (lambda array: torch.from_dlpack(array), "what it was made from by DLPack"),
    ],
)
def test_writes_to_what_a_tensor_was_made_from_are_told(recorded: Recorded, make: Callable[[Any], Any], words: str) -> None:
    def program() -> None:
        array = np.ones(3, np.float32)
        w, x = torch.ones(3, requires_grad=True), make(array)
        array[:] = 2  # before it is used
        loss = (w * x).sum()
        array[:] = 3
        loss.backward()

    trace = recorded(program)
    assert [where for _, where in writes(trace)] == [line(program, 4), line(program, 6)]
    assert all(op.startswith(words) for op, _ in writes(trace))
    assert len(silent(trace)) == 1


def test_whoever_only_has_the_memory_writes_nothing(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        array = np.ones(3, np.float32)
        x, big = torch.from_numpy(array), torch.from_numpy(np.ones(1 << 19))
        copied = torch.as_tensor(array, dtype=torch.float64)
        array[:] = 2
        storage, half = w.untyped_storage(), torch.ones(4, dtype=torch.bfloat16)
        half.untyped_storage(), np.from_dlpack(x), torch.ones(3).to_sparse(), torch.ones(3, device="meta").untyped_storage()
        for _ in range(3):
            (w * x * copied).sum().backward()
            optimizer.step()
            w.grad.zero_()
        pickle.dumps([w, x]), copy.deepcopy(w), big.sum()
        storage.resize_(0)
        storage.resize_(12)
        w.data.fill_(1)
        (w * x).sum().backward()
        x.untyped_storage().data_ptr()
        with torch.inference_mode():
            torch.ones(2).untyped_storage()

    assert [op for op, _ in writes(recorded(program)) if not op.startswith(("the array behind it", "fill_"))] == []
