"""The flight recorder: memory holds the last steps, and a file appears only when somebody asks or the program fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradtrace
import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core import events, nn
from gradtrace.core import events as ev
from gradtrace.tracer.cli.info import summary_text
from gradtrace.tracer.flight import FlightWriter
from gradtrace.tracer.lasting import Lasting
from gradtrace.tracer.store.packing import event_to_row, pack_rows
from gradtrace.tracer.store.slicing import concatenate_events, packed_bytes, select_events


@pytest.fixture(autouse=True)
def no_listener_stays() -> Iterator[None]:
    """Whatever happens, the seats are free again afterwards."""
    yield
    assert events.sink is None
    assert events.step_listener is None


def train(steps: int, *, fail_at: int = -1, marks: bool = False, seen: Callable[[int], None] = lambda _: None) -> list[bytes]:
    """A loop that may fail in one of its steps, between forward and backward."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    scale = torch.ones(3, requires_grad=True)
    scale.register_hook(lambda gradient: gradient * 2)
    optimizer = torch.optim.SGD([*net.parameters(), scale], lr=0.1)
    results = []
    for index in range(steps):
        if marks:
            gradtrace.step(f"batch {index}")
        loss = (net(torch.randn(5, 3) * scale) ** 2).mean()
        if index == fail_at:
            raise ValueError(f"step {index}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        results.append(loss.detach().numpy().tobytes())
        seen(index)
    return results


@pytest.mark.parametrize("marks", [False, True])
def test_a_failure_leaves_the_last_steps(tmp_path: Path, marks: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="step 40"), gradtrace.record(tmp_path / "run.gtrace", keep_last=3):
        train(100, fail_at=40, marks=marks)
    assert capsys.readouterr().err == f"gradtrace: the last 3 of 41 steps are in {tmp_path / 'run.gtrace'}\n"
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert trace.problems == []
    assert trace.selection is not None
    assert trace.selection.text == "the last 3 of 41 steps"
    assert "selected  the last 3 of 41 steps" in summary_text(trace)
    assert [step.label for step in trace.steps] == [f"{'batch' if marks else 'step'} {index}" for index in (38, 39, 40)]
    assert [pass_.outcome for pass_ in trace.passes] == ["finished", "finished"]
    assert [error.message for error in trace.errors] == ["step 40"]
    assert {leaf.name for leaf in trace.leaves.values()} == {"0.weight", "0.bias", "2.weight", "2.bias", "scale"}
    assert all(leaf.source is not None and leaf.source.file == __file__ for leaf in trace.leaves.values())
    assert len(trace.hooks) == 1
    assert trace.source_text(__file__) == Path(__file__).read_text()
    assert isinstance(trace.events[0], ev.RunStarted)
    assert isinstance(trace.events[len(trace.events) - 1], ev.RunEnded)


def test_the_last_steps_are_what_a_whole_recording_has(tmp_path: Path) -> None:
    for options in ({}, {"keep_last": 2, "always": True}):
        with gradtrace.record(tmp_path / f"{len(options)}.gtrace", **options):
            train(30)
    whole, last = gradtrace.load(tmp_path / "0.gtrace"), gradtrace.load(tmp_path / "2.gtrace")
    assert [step.label for step in last.steps] == ["step 28", "step 29"]
    for mine, theirs in zip(last.passes, whole.passes[-2:], strict=True):
        assert [last.nodes[node].name for node in mine.nodes] == [whole.nodes[node].name for node in theirs.nodes]
        assert [last.nodes[node].scope for node in mine.nodes] == [whole.nodes[node].scope for node in theirs.nodes]
        for node, other in zip(mine.nodes, theirs.nodes, strict=True):
            came, expected = mine.gradient(node), theirs.gradient(other)
            assert came is not None
            assert expected is not None
            assert came.statistics == expected.statistics
            np.testing.assert_array_equal(last.value(came.value), whole.value(expected.value))
    assert last.findings() == []


def test_nothing_is_written_when_nothing_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=3) as recording:
        train(5)
    assert list(tmp_path.iterdir()) == []
    assert recording.files == []
    assert capsys.readouterr().err == "gradtrace: the program ended without an error: no trace was written\n"


def test_the_program_does_not_notice(tmp_path: Path) -> None:
    alone = train(20)
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=3):
        assert train(20) == alone


@pytest.mark.parametrize(("status", "files"), [(0, 0), (None, 0), (3, 1), ("a message", 1)])
def test_an_exit_counts_by_its_status(tmp_path: Path, status: Any, files: int) -> None:
    def program() -> None:
        train(5)
        sys.exit(status)

    with pytest.raises(SystemExit), gradtrace.record(tmp_path / "run.gtrace", keep_last=3):
        program()
    assert len(list(tmp_path.iterdir())) == files


def test_the_program_may_ask_and_goes_on(tmp_path: Path) -> None:
    written: list[Any] = []
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=2) as recording:
        train(30, seen=lambda index: written.append(gradtrace.dump()) if index in (9, 19) else None)
    assert written == [tmp_path / "run.gtrace", tmp_path / "run-2.gtrace"]
    assert recording.files == written
    texts = []
    for path in written:
        trace = gradtrace.load(path)
        assert trace.problems == []
        assert trace.selection is not None
        assert trace.selection.asked_by == "dump()"
        assert "was still running when this was written" in summary_text(trace)
        texts.append([step.label for step in trace.steps])
    assert texts == [["step 8", "step 9"], ["step 18", "step 19"]]
    assert gradtrace.dump() is None


def test_a_failure_after_a_dump_gets_a_file_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="step 20"), gradtrace.record(tmp_path / "run.gtrace", keep_last=2):
        train(30, fail_at=20, seen=lambda index: gradtrace.dump() if index == 9 else None)
    assert gradtrace.load(tmp_path / "run.gtrace").errors == []
    assert [error.message for error in gradtrace.load(tmp_path / "run-2.gtrace").errors] == ["step 20"]


def test_further_traces_of_a_rank_keep_its_name(tmp_path: Path) -> None:
    writer = FlightWriter(tmp_path / "run.rank1.gtrace", {}, steps=1, max_bytes=1000)
    writer.write_events([ev.RunStarted(id=0)])
    assert [writer.dump().name for _ in range(2)] == ["run.rank1.gtrace", "run-2.rank1.gtrace"]


def test_an_ordinary_recording_is_brought_up_to_date(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        train(2)
        assert gradtrace.dump() == tmp_path / "run.gtrace"
        assert len(gradtrace.load(tmp_path / "run.gtrace").passes) == 2


def test_where_nothing_could_be_written_it_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(gradtrace.TraceError, match="create the folder first"):
        gradtrace.record(tmp_path / "missing" / "run.gtrace", keep_last=3).__enter__()
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(gradtrace.TraceError, match="not a trace"):
        gradtrace.record(tmp_path / "notes.txt", keep_last=3).__enter__()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_older_trace_stays_until_there_is_a_newer_one(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        train(1)
    before = (tmp_path / "run.gtrace").read_bytes()
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=3):
        train(5)
    assert (tmp_path / "run.gtrace").read_bytes() == before


def test_few_steps_are_all_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="step 1"), gradtrace.record(tmp_path / "run.gtrace", keep_last=10):
        train(5, fail_at=1)
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert trace.selection is not None
    assert trace.selection.text == "the last 2 of 2 steps"
    assert [step.label for step in trace.steps] == ["step 0", "step 1"]


# ---------------------------------------------------------------------------------------------------------- bounded memory
def test_memory_holds_few_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = 4096
    monkeypatch.setattr("gradtrace.tracer.store.writer.TraceWriter.batch_events", batch)
    kept: list[int] = []

    def look(_: int) -> None:
        recording.dump()
        flight = recording._flight
        assert flight is not None
        kept.append(flight.kept_events)

    with gradtrace.record(tmp_path / "run.gtrace", keep_last=2, level="structure") as recording:
        train(3, seen=look)
        for _ in range(60):
            train(10)
        train(3, seen=look)
    events_in_all = recording.events
    assert events_in_all > 20_000
    assert max(kept) < 2 * batch + 1000  # two steps, and two batches at most: one may be written early, when a second is over


def test_memory_is_bounded_in_bytes_too(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="step 900"),
        gradtrace.record(tmp_path / "run.gtrace", keep_last=1000, keep_bytes="1M") as recording,
    ):
        train(1000, fail_at=900)
    assert recording.events > 60_000
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert trace.problems == []
    assert len(trace.events) < recording.events / 2
    assert any("did not fit into 1,048,576 bytes" in note for note in trace.notes)
    assert {leaf.name for leaf in trace.leaves.values()} >= {"0.weight", "2.bias", "scale"}


def test_what_is_not_put_away_yet_is_bounded_too(tmp_path: Path) -> None:
    most = 0
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=1000, keep_bytes="512K") as recording:
        flight, recorder = recording._flight, recording._recorder
        assert flight is not None
        assert recorder is not None
        for _ in range(300):
            train(1)
            most = max(most, flight._bytes + recorder._copies.pending_bytes)
    assert 256 << 10 < most <= (512 + 128 + 64) << 10  # an array more may be there when it is noticed


def test_leaves_of_forgotten_steps_are_forgotten_in_the_end() -> None:
    lasting = Lasting()
    strings, positions = _tables()
    for step in range(60):
        made = [ev.LeafCreated(id=1000 * step + index, tensor=1000 * step + index + 1, name="x") for index in range(500)]
        made += [ev.LeafNamed(id=1000 * step + 600, tensor=1, name=f"w{step % 2}")]
        made += [ev.NodeCreated(id=1000 * step + 700, node=step + 1, name="AccumulateGrad", variable=1)]
        lasting.add(_packed(made, strings, positions))
        lasting.first_end = 1000
    kept = _packed([ev.NodeCreated(id=100_000, node=999, name="MulBackward0", edges=(ev.Edge(60, 0),))], strings, positions)
    found = lasting.events(kept)
    counts = {number: int((found.common["kind"] == number).sum()) for number in np.unique(found.common["kind"]).tolist()}
    names = {ev.EVENT_TYPES[number].__name__: count for number, count in counts.items()}
    assert names == {"LeafCreated": 500, "LeafNamed": 1, "NodeCreated": 1}
    assert lasting._rows < 15_000


def _tables() -> tuple[Any, Any]:
    from gradtrace.tracer.store.interning import Positions, Strings  # noqa: PLC0415

    return Strings(), Positions()


def _packed(some: list[Any], strings: Any, positions: Any) -> Any:
    rows: dict[int, list[Any]] = {}
    for event in some:
        number, row = event_to_row(event, positions)
        rows.setdefault(number, []).append(row)
    return pack_rows(rows, strings)


def test_parts_of_packed_events() -> None:
    strings, positions = _tables()
    some: list[Any] = [
        ev.NodeCreated(id=0, node=1, name="A", edges=(ev.Edge(7, 0), ev.Edge(8, 1))),
        ev.Marked(id=1, text="m"),
        ev.NodeCreated(id=2, node=2, name="B", edges=()),
        ev.NodeCreated(id=3, node=3, name="C", edges=(ev.Edge(9, 0),)),
    ]
    packed = _packed(some, strings, positions)
    part = select_events(packed, np.array([False, True, True, True]))
    assert part.common["id"].tolist() == [1, 2, 3]
    number = ev.EVENT_TYPES.index(ev.NodeCreated)
    assert part.own[number]["edges.node"].tolist() == [9]
    assert part.own[number]["edges.lengths"].tolist() == [0, 1]
    whole = concatenate_events([select_events(packed, packed.common["id"] < 2), select_events(packed, packed.common["id"] >= 2)])
    assert {name: values.tolist() for name, values in whole.own[number].items()} == {
        name: values.tolist() for name, values in packed.own[number].items()
    }
    assert packed_bytes(packed) > packed_bytes(part) > 0
    assert len(concatenate_events([])) == 0


def test_a_writer_that_is_left_writes_nothing(tmp_path: Path) -> None:
    writer = FlightWriter(tmp_path / "run.gtrace", {}, steps=1, max_bytes=1000)
    writer.write_events([ev.Marked(id=0, text="m")])
    writer.abandon()
    writer.close()
    assert writer.closed
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------------------------- signals
PROGRAM = """
    import os, signal, sys, threading, time
    import gradtrace
    import gradtrace.core as torch

    weight = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)

    def train(steps):
        for index in range(steps):
            (weight * 2).sum().backward()
            optimizer.step()

    def wait_for(name):
        while not os.path.exists(name):
            time.sleep(0.01)

    class Heard:  # standard error, and whether a whole line has been written
        def __init__(self):
            self.line = threading.Event()

        def write(self, text):
            sys.__stderr__.write(text)
            if text.endswith("\\n"):
                sys.__stderr__.flush()
                self.line.set()

    with gradtrace.record("run.gtrace", keep_last=2):
"""

needs_signals = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")


def ended(folder: Path, *body: str) -> subprocess.CompletedProcess[str]:
    text = textwrap.dedent(PROGRAM) + "".join(f"    {line}\n" for line in body)
    (folder / "program.py").write_text(text)
    return subprocess.run([sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@needs_signals
def test_a_signal_asks_for_a_trace_and_the_program_goes_on(tmp_path: Path) -> None:
    program = ended(
        tmp_path,
        "train(5)",
        "os.kill(os.getpid(), signal.SIGUSR1)",
        "wait_for('run.gtrace')",
        "train(5)",
        "os.kill(os.getpid(), signal.SIGUSR1)",
        "wait_for('run-2.gtrace')",
        "print('done')",
    )
    assert (program.returncode, program.stdout) == (0, "done\n")
    assert program.stderr.splitlines() == [
        "gradtrace: SIGUSR1: the last 2 of 5 steps are in run.gtrace",
        "gradtrace: SIGUSR1: the last 2 of 10 steps are in run-2.gtrace",
        "gradtrace: the program ended without an error: no further trace was written",
    ]
    trace = gradtrace.load(tmp_path / "run-2.gtrace")
    assert trace.problems == []
    assert [step.label for step in trace.steps] == ["step 8", "step 9"]
    assert trace.summary()["run"]["outcome"] == "running"


@needs_signals
def test_sigterm_leaves_a_trace_and_ends_the_program_as_ever(tmp_path: Path) -> None:
    program = ended(tmp_path, "train(5)", "os.kill(os.getpid(), signal.SIGTERM)", "time.sleep(30)")
    assert program.returncode == -15
    assert "SIGTERM: the last 2 of 5 steps are in run.gtrace" in program.stderr
    assert len(gradtrace.load(tmp_path / "run.gtrace").passes) == 2


@needs_signals
def test_a_program_that_hangs_in_a_call_can_be_asked(tmp_path: Path) -> None:
    program = ended(
        tmp_path,
        "train(5)",
        "import ctypes",
        "sys.stderr = Heard()",
        "mutex = ctypes.create_string_buffer(128)",
        "lock = ctypes.CDLL(None).pthread_mutex_lock",
        "def rescue():",
        "    time.sleep(0.3)",
        "    os.kill(os.getpid(), signal.SIGUSR1)",
        "    sys.stderr.line.wait(200)",
        "    os._exit(7)",
        "threading.Thread(target=rescue).start()",
        "lock(mutex)",
        "lock(mutex)",
    )
    assert program.returncode == 7
    assert "SIGUSR1: the last 2 of 5 steps are in run.gtrace" in program.stderr


@needs_signals
def test_signals_that_the_program_handles_are_its_own(tmp_path: Path) -> None:
    text = textwrap.dedent(PROGRAM).replace(
        "with gradtrace", "signal.signal(signal.SIGUSR1, lambda *_: print('mine'))\nwith gradtrace"
    )
    (tmp_path / "program.py").write_text(text + "    train(3)\n    os.kill(os.getpid(), signal.SIGUSR1)\n    train(1)\n")
    program = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert (program.returncode, program.stdout) == (0, "mine\n")
    assert not (tmp_path / "run.gtrace").exists()


@needs_signals
def test_a_forked_child_is_left_alone(tmp_path: Path) -> None:
    program = ended(
        tmp_path,
        "train(3)",
        "child = os.fork()",
        "if not child:",
        "    open('ready', 'w').close()",
        "    time.sleep(30)",
        "    os._exit(3)",
        "wait_for('ready')",
        "os.kill(child, signal.SIGTERM)",
        "print(os.waitpid(child, 0)[1])",
        "train(1)",
    )
    assert (program.returncode, program.stdout) == (0, "15\n")
    assert not (tmp_path / "run.gtrace").exists()


@needs_signals
def test_afterwards_signals_are_as_before(tmp_path: Path) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGTERM)]
    with gradtrace.record(tmp_path / "run.gtrace", keep_last=1):
        pass
    assert [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGTERM)] == handlers
    descriptor = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(descriptor)
    assert descriptor == -1
