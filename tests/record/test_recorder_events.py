"""The recorder as a sink: a small fake engine calls its methods, the file is read back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import gradtrace
import numpy as np
import pytest
from gradtrace.core import events
from gradtrace.core import events as ev
from gradtrace.core.events import Edge, Event, TensorInfo
from gradtrace.tracer.store.reader import read_tables
from gradtrace.tracer.store.tables import Tables


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.gtrace"


def sink() -> events.Sink:
    assert events.sink is not None
    return events.sink


def own(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ev.own_fields(type(event))}


def only(tables: Tables, event_type: type[Event]) -> Any:
    """The one event of a type."""
    (event_id,) = tables.ids(event_type).tolist()
    return tables.event(event_id)


def module_hook(gradient: object) -> None: ...


class CallableHook:
    def __call__(self, gradient: object) -> None: ...

    def method(self, gradient: object) -> None: ...


def test_every_method_records_its_event(path: Path) -> None:
    array = np.array([[1.0, -2.0]], np.float32)
    calls: list[tuple[Callable[..., None], type[Event], dict[str, Any]]]
    with gradtrace.record(path):
        recorder = sink()
        calls = [
            (
                lambda: recorder.leaf_created(1, (2,), "float32", True, "w"),
                ev.LeafCreated,
                {"tensor": 1, "name": "w", "shape": (2,), "dtype": "float32", "requires_grad": True},
            ),
            (lambda: recorder.leaf_named(1, "net.w"), ev.LeafNamed, {"tensor": 1, "name": "net.w"}),
            (
                lambda: recorder.node_created(5, "MulBackward0", [(4, 1), (0, 0)], [(3, (2,), "float32")], 9),
                ev.NodeCreated,
                {
                    "node": 5, "name": "MulBackward0", "edges": (Edge(4, 1), Edge(0, 0)),
                    "outputs": (TensorInfo(3, (2,), "float32"),), "variable": 0, "sequence_nr": 9, "grad_mode": True,
                },
            ),
            (
                lambda: recorder.tensor_saved(5, "self", 1, 2, 0, (2,), "float32", 8),
                ev.TensorSaved,
                {
                    "node": 5, "slot": "self", "tensor": 1, "storage": 2, "version": 0, "shape": (2,), "dtype": "float32",
                    "nbytes": 8,
                },
            ),
            (
                lambda: recorder.version_bumped(1, 2, "add_", 0, 1, 7),
                ev.VersionBumped,
                {"tensor": 1, "storage": 2, "op": "add_", "before": 0, "after": 1, "view_of": 7},
            ),
            (lambda: recorder.data_written(1, 2, "zero_"), ev.DataWritten, {"tensor": 1, "storage": 2, "op": "zero_"}),
            (lambda: recorder.graph_cut(1, 2, "detach"), ev.GraphCut, {"tensor": 1, "result": 2, "how": "detach"}),
            (lambda: recorder.grad_mode_changed(False), ev.GradModeChanged, {"enabled": False}),
            (lambda: recorder.marked("hello"), ev.Marked, {"text": "hello", "kind": "note"}),
            (lambda: recorder.hook_removed(3), ev.HookRemoved, {"hook": 3}),
            (
                lambda: recorder.backward_started(1, "backward", [(5, 0)], True, False, [8], "torch", 9),
                ev.BackwardStarted,
                {
                    "pass_": 1, "call": "backward", "roots": (Edge(5, 0),), "retain_graph": True, "create_graph": False,
                    "inputs": (8,), "engine": "torch", "inside": 9,
                },
            ),
            (lambda: recorder.node_started(1, 5, "a root"), ev.NodeStarted, {"pass_": 1, "node": 5, "reason": "a root"}),
            (lambda: recorder.node_finished(1, 5, 77), ev.NodeFinished, {"pass_": 1, "node": 5, "duration": 77}),
            (lambda: recorder.saved_freed(1, 5), ev.SavedFreed, {"pass_": 1, "node": 5}),
            (lambda: recorder.grad_reset([1, 2], "none"), ev.GradReset, {"tensors": (1, 2), "to": "none"}),
            (lambda: recorder.optimizer_stepped("SGD", [1]), ev.OptimizerStepped, {"optimizer": "SGD", "tensors": (1,)}),
            (lambda: recorder.backward_ended(1, "raised"), ev.BackwardEnded, {"pass_": 1, "outcome": "raised"}),
        ]  # fmt: skip
        for call, _, _ in calls:
            call()
        recorder.gradient_flowed(1, 5, 0, 4, 1, array)
    tables = read_tables(path)
    for _, event_type, expected in calls:
        assert own(only(tables, event_type)) == expected
    flowed = only(tables, ev.GradientFlowed)
    assert (flowed.gradient.shape, flowed.gradient.dtype) == ((1, 2), "float32")
    value = tables.value(flowed.gradient.value)
    assert value is not None
    assert value.tolist() == [[1.0, -2.0]]
    assert tables.problems == []


def test_a_run_begins_and_ends(path: Path) -> None:
    with gradtrace.record(path, level="stats") as recording:
        assert recording.active
        assert recording.path == path
        assert recording.level == "stats"
    assert not recording.active
    assert recording.events == 2
    tables = read_tables(path)
    started, ended = tables.events()
    assert isinstance(started, ev.RunStarted)
    assert started.level == "stats"
    assert started.versions["gradtrace"] == gradtrace.__version__
    assert isinstance(ended, ev.RunEnded)
    assert (ended.outcome, ended.status) == ("finished", 0)
    assert events.sink is None


@pytest.mark.parametrize(
    ("level", "counted", "kept"), [("structure", False, False), ("stats", True, False), ("values", True, True)]
)
def test_levels(path: Path, level: Any, counted: bool, kept: bool) -> None:
    with gradtrace.record(path, level=level):
        sink().gradient_flowed(1, 2, 0, 3, 0, np.ones((2, 3), np.float16))
        sink().gradient_flowed(1, 2, 0, 3, 0, None)
    tables = read_tables(path)
    first, second = (tables.event(number) for number in tables.ids(ev.GradientFlowed).tolist())
    assert isinstance(first, ev.GradientFlowed)
    assert isinstance(second, ev.GradientFlowed)
    assert first.gradient is not None
    assert (first.gradient.shape, first.gradient.dtype) == ((2, 3), "float16")
    assert (first.gradient.statistics is not None) == counted
    assert (tables.value(first.gradient.value) is not None) == kept
    assert second.gradient is None


def test_gradients_are_copied_at_once(path: Path) -> None:
    base = np.arange(12.0).reshape(3, 4)
    with gradtrace.record(path):
        for array in (base[::2, ::-1], base.T, np.array(2.5), np.zeros((0, 2)), np.float32(7.0)):
            sink().gradient_flowed(1, 2, 0, 3, 0, array)  # type: ignore[arg-type]
        base[:] = -1
    tables = read_tables(path)
    ids = tables.columns(ev.GradientFlowed)["gradient.value"].tolist()
    values = [tables.value(number) for number in ids]
    original = np.arange(12.0).reshape(3, 4)
    for value, expected in zip(values, (original[::2, ::-1], original.T, 2.5, np.zeros((0, 2)), 7.0), strict=True):
        np.testing.assert_array_equal(value, expected)


def test_the_same_array_reported_again_is_stored_once(path: Path) -> None:
    with gradtrace.record(path):
        array = np.arange(4.0)
        sink().gradient_flowed(1, 2, 0, 3, 0, array)
        sink().gradient_accumulated(1, 1, 3, None, array, array.copy())
        sink().gradient_flowed(1, 2, 0, 3, 0, array.astype(np.float32))
    tables = read_tables(path)
    accumulated = only(tables, ev.GradientAccumulated)
    first, other = tables.columns(ev.GradientFlowed)["gradient.value"].tolist()
    assert accumulated.contribution.value == accumulated.after.value == first
    assert other != first


def test_limits_leave_a_note(path: Path) -> None:
    with gradtrace.record(path, max_value_bytes=64, max_total_bytes=100):
        for size in (9, 8, 7, 4):
            sink().gradient_flowed(1, 2, 0, 3, 0, np.full(size, float(size)))
    tables = read_tables(path)
    columns = tables.columns(ev.GradientFlowed)
    assert (columns["gradient.value"] > 0).tolist() == [False, True, False, True]
    assert columns["gradient.counted"].all()
    assert len(tables.notes) == 2
    assert "64 bytes" in tables.notes[0]
    assert "max_total_bytes" in tables.notes[1]


# ---------------------------------------------------------------------------------------------------------------- names
def test_a_leaf_is_recorded_once_and_named_after_its_variable(path: Path) -> None:
    def leaf(number: int, name: str = "") -> int:
        # as a constructor of the core would, but without frames of its own
        return number

    with gradtrace.record(path):
        for _ in range(2):
            weight = sink().leaf_created(1, (), "float32", True)  # type: ignore[func-returns-value]
            sink().leaf_created(2, (), "float32", True, "given")
        sink().leaf_created(3, (), "float32", True)
        assert weight is None
        leaf(3)
    tables = read_tables(path)
    columns = tables.columns(ev.LeafCreated)
    assert columns["tensor"].tolist() == [1, 2, 3]
    assert tables.texts(columns["name"]) == ["weight", "given", ""]


def test_a_leaf_from_before_the_recording_is_not_named_after_its_user(path: Path) -> None:
    with gradtrace.record(path):
        made = sink().leaf_created(1, (), "float32", True)  # type: ignore[func-returns-value]
        sink().node_created(5, "AccumulateGrad", (), (), 2**64 - 1, 1)
        announcement = (
            (sink().leaf_created, (4, (), "float32", True)),
            (sink().node_created, (6, "AccumulateGrad", (), (), 0, 4)),
        )
        for tell, arguments in announcement:  # both from one place, as when the core meets an older leaf in ``y = leaf * 2``
            y = tell(*arguments)
        assert made is y is None
    tables = read_tables(path)
    assert tables.texts(tables.columns(ev.LeafCreated)["name"]) == ["made", ""]
    assert tables.columns(ev.NodeCreated)["sequence_nr"].tolist() == [2**63 - 1, 0]


@pytest.mark.parametrize(
    ("hook", "name", "has_place"),
    [
        (module_hook, "module_hook", True),
        (lambda g: g, "<lambda>", True),
        (partial(partial(module_hook)), "module_hook", True),
        (CallableHook(), "CallableHook", True),
        (CallableHook().method, "CallableHook.method", True),
        (len, "len", False),
        (3, "int", False),
    ],
)
def test_hooks_are_described(path: Path, hook: object, name: str, has_place: bool) -> None:
    with gradtrace.record(path):
        sink().hook_registered(1, "tensor", 2, 0, hook)
    event = only(read_tables(path), ev.HookRegistered)
    assert event.function == name
    assert event.defined.startswith(f"{__file__}:") == has_place


def test_hooks_that_changed_the_gradient(path: Path) -> None:
    with gradtrace.record(path):
        sink().hook_fired(1, 2, "tensor", 3, True, np.ones(2), np.zeros(2))
    event = only(read_tables(path), ev.HookFired)
    assert event.changed
    assert (event.before.statistics.zeros, event.after.statistics.zeros) == (0, 2)


# ------------------------------------------------------------------------------------------------ scopes, marks, threads
def test_scopes_nest_and_are_closed_in_any_order(path: Path) -> None:
    with gradtrace.record(path):
        with gradtrace.scope("a"):
            sink().scope_entered("b")
            sink().scope_entered("c")
            sink().node_created(1, "X", (), (), 0)
            sink().scope_exited("b")
            sink().node_created(2, "X", (), (), 0)
            sink().scope_exited("never entered")
        sink().node_created(3, "X", (), (), 0)
    tables = read_tables(path)
    assert tables.texts(tables.columns(ev.NodeCreated)["scope"]) == ["a/b/c", "a", ""]
    entered, exited = tables.columns(ev.ScopeEntered), tables.columns(ev.ScopeExited)
    assert tables.texts(entered["scope"]) == ["", "a", "a/b"]
    assert tables.texts(exited["scope"]) == ["a", "a", ""]


def test_marks_and_steps(path: Path) -> None:
    with gradtrace.record(path):
        gradtrace.step()
        with gradtrace.step():
            gradtrace.mark("note")
        gradtrace.step("warm-up")
    tables = read_tables(path)
    columns = tables.columns(ev.Marked)
    assert tables.texts(columns["text"]) == ["step 1", "step 2", "note", "warm-up"]
    assert tables.texts(columns["kind"]) == ["step", "step", "note", "step"]


def test_nothing_happens_when_nothing_is_recorded() -> None:
    gradtrace.mark("x")
    with gradtrace.step(), gradtrace.scope("x"):
        pass

    @gradtrace.scope("decorated")
    def decorated() -> int:
        return 3

    assert decorated() == 3


def test_a_scope_ends_when_its_body_raises(path: Path) -> None:
    with gradtrace.record(path):
        with pytest.raises(KeyError), gradtrace.scope("a"):
            raise KeyError
        sink().node_created(1, "X", (), (), 0)
    assert only(read_tables(path), ev.NodeCreated).scope == ""


def test_threads_keep_their_own_scopes_and_no_event_is_lost(path: Path) -> None:
    each, workers = 3000, 4

    def work(name: str) -> None:
        with gradtrace.scope(name):
            sink().grad_mode_changed(False)
            for number in range(each):
                sink().node_created(number + 1, name, [(number, 0)], [(number, (number % 7,), "float32")], number)

    with gradtrace.record(path) as recording:
        threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sink().node_created(1, "main", (), (), 0)
        count = recording.events
    tables = read_tables(path)
    assert tables.problems == []
    assert len(tables) == count + 1
    columns = tables.columns(ev.NodeCreated)
    names, scopes = tables.texts(columns["name"]), tables.texts(columns["scope"])
    assert all(name == scope for name, scope in zip(names[:-1], scopes[:-1], strict=True))
    for worker in range(workers):
        mine = [index for index, name in enumerate(names) if name == f"worker {worker}"]
        assert columns["node"][mine].tolist() == list(range(1, each + 1))  # its own order is kept
        assert len(set(columns["thread"][mine].tolist())) == 1
    assert columns["grad_mode"][-1]  # the main thread's mode is its own
    assert not columns["grad_mode"][:-1].any()


# --------------------------------------------------------------------------------------------------------------- errors
def test_the_cause_of_an_in_place_error(path: Path) -> None:
    with gradtrace.record(path):
        sink().version_bumped(1, 10, "add_", 0, 1)
        sink().version_bumped(1, 10, "mul_", 1, 2)
        sink().version_bumped(2, 11, "mul_", 1, 2)
        sink().error_raised("RuntimeError", "modified", 1, 5, 10, 1)
        sink().error_raised("RuntimeError", "modified", 1, 5, 10, 77)
        sink().error_raised("RuntimeError", "modified", 1, 5, 99, 0)
    tables = read_tables(path)
    first, second, _ = tables.ids(ev.VersionBumped).tolist()
    assert tables.columns(ev.ErrorRaised)["cause"].tolist() == [second, second, -1]
    assert first == second - 1


def test_the_cause_of_freed_buffers_is_an_earlier_pass(path: Path) -> None:
    with gradtrace.record(path):
        sink().saved_freed(1, 5)
        sink().error_raised("ValueError", "a hook", 1, 5)
        sink().error_raised("RuntimeError", "freed", 2, 5)
        sink().error_raised("RuntimeError", "other node", 2, 6)
    tables = read_tables(path)
    freed = tables.ids(ev.SavedFreed)[0]
    assert tables.columns(ev.ErrorRaised)["cause"].tolist() == [-1, freed, -1]


def test_events_of_a_pass_have_the_line_of_its_call(path: Path) -> None:
    def engine() -> None:
        sink().node_started(1, 5, "")
        sink().gradient_flowed(1, 5, 0, 6, 0, None)

    with gradtrace.record(path):
        sink().backward_started(1, "backward", [(5, 0)], False, False, [])
        engine()
        sink().backward_ended(1, "finished")
    tables = read_tables(path)
    lines = {event.source.line for event in tables.events(1, 5) if event.source}
    assert len(lines) == 1


# ------------------------------------------------------------------------------------------------ never break the program
class Unprintable:
    def __str__(self) -> str:
        raise ValueError("never")


def test_a_failing_recorder_takes_itself_out(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with gradtrace.record(path) as recording:
        gradtrace.mark("before")
        for _ in range(3):
            if events.sink is not None:
                events.sink.gradient_flowed(1, 2, 0, 3, 0, np.array([Unprintable()]))
        assert not recording.active
        assert events.sink is None
        gradtrace.mark("after")
    assert recording.failure
    assert capfd.readouterr().err.count("gradtrace: recording stopped") == 1
    tables = read_tables(path)
    assert tables.texts(tables.columns(ev.Marked)["text"]) == ["before"]
    assert any("stopped early" in note for note in tables.notes)
    with gradtrace.record(path):  # and it can begin again
        pass


def test_a_full_disk_stops_the_recording_only(
    path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with gradtrace.record(path) as recording:
        gradtrace.mark("before")
        recorder: Any = sink()
        recorder.flush()
        with monkeypatch.context() as patched:
            patched.setattr(
                "gradtrace.tracer.store.writer.os.write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
            )
            sink().backward_started(1, "backward", [], False, False, [])
            for number in range(40_000):
                if events.sink is not None:
                    events.sink.node_started(1, number, "")
        assert not recording.active
    assert "No space left" in recording.failure
    assert capfd.readouterr().err.count("No space left") == 1
    tables = read_tables(path)
    assert tables.texts(tables.columns(ev.Marked)["text"]) == ["before"]
    assert any("cut off" in problem for problem in tables.problems)


def test_recordings_do_not_nest(path: Path, tmp_path: Path) -> None:
    with gradtrace.record(path):
        inner: AbstractContextManager[object] = gradtrace.record(tmp_path / "inner.gtrace")
        with pytest.raises(gradtrace.TraceError, match="a recording is running already"), inner:
            pass
        gradtrace.mark("still here")
    assert not (tmp_path / "inner.gtrace").exists()
    assert only(read_tables(path), ev.Marked).text == "still here"


def test_another_sink_gets_its_seat_back(path: Path) -> None:
    class Other:
        pass

    other: Any = Other()
    previous = events.set_sink(other)
    try:
        with gradtrace.record(path):
            assert events.sink is not other
        assert events.sink is other
    finally:
        events.set_sink(previous)


def test_an_unwritable_place_is_reported_before_the_program_starts(tmp_path: Path) -> None:
    started = []
    with pytest.raises(gradtrace.TraceError, match="create the folder first"), gradtrace.record(tmp_path / "none" / "x.gtrace"):
        started.append(True)
    assert started == []
    assert events.sink is None
    with pytest.raises(ValueError, match="level"):
        gradtrace.record(tmp_path / "x.gtrace", level="everything")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "outcome", "status", "raised"),
    [
        (ValueError("bad"), "raised", 1, ["ValueError"]),
        (KeyboardInterrupt(), "raised", 1, ["KeyboardInterrupt"]),
        (SystemExit(None), "exited", 0, []),
        (SystemExit(4), "exited", 4, []),
        (SystemExit("message"), "exited", 1, []),
    ],
)
def test_how_the_run_ended(path: Path, error: BaseException, outcome: str, status: int, raised: list[str]) -> None:
    def program() -> None:
        raise error

    with pytest.raises(type(error)), gradtrace.record(path):
        program()
    tables = read_tables(path)
    ended = only(tables, ev.RunEnded)
    assert (ended.outcome, ended.status) == (outcome, status)
    assert tables.texts(tables.columns(ev.ErrorRaised)["type"]) == raised
    if raised:
        source = only(tables, ev.ErrorRaised).source
        assert source.function == "program"
        assert source.caller.function == "test_how_the_run_ended"


def test_an_error_of_the_engine_is_recorded_once(path: Path) -> None:
    def program() -> None:
        sink().error_raised("RuntimeError", "twice", 1, 5)
        raise RuntimeError("twice")

    with pytest.raises(RuntimeError, match="twice"), gradtrace.record(path):
        program()
    event = only(read_tables(path), ev.ErrorRaised)
    assert (event.pass_, event.node) == (1, 5)


def test_source_files_are_kept_unless_unwanted(path: Path) -> None:
    for wanted in (True, False):
        with gradtrace.record(path, sources=wanted):
            gradtrace.mark("here")
        tables = read_tables(path)
        text = tables.source_text(__file__)
        assert (text == Path(__file__).read_text()) if wanted else text is None


# ------------------------------------------------------------------------------------------- nodes with all that they keep
def test_a_node_with_what_it_saves_is_told_as_both_would_be(path: Path) -> None:
    with gradtrace.record(path):
        recorder: Any = sink()
        recorder.node_recorded(5, "MulBackward0", [(4, 1)], [(3, (2,), "float32")], 9, [("self", 1, 2, 0, (2,), "float32", 8)])
        recorder.node_created(5, "MulBackward0", [(4, 1)], [(3, (2,), "float32")], 9)
        recorder.tensor_saved(5, "self", 1, 2, 0, (2,), "float32", 8)
    tables = read_tables(path)
    first, second = (own(tables.event(number)) for number in tables.ids(ev.NodeCreated).tolist())
    assert first == second
    saved = [tables.event(number) for number in tables.ids(ev.TensorSaved).tolist()]
    assert own(saved[0]) == own(saved[1])
    assert saved[0].time == tables.event(saved[0].id - 1).time
    assert saved[0].source == tables.event(saved[0].id - 1).source


@pytest.mark.parametrize("level", ["stats", "values"])
def test_an_array_that_changes_is_looked_at_again(path: Path, level: Any) -> None:
    array = np.array([1.0, 2.0])
    with gradtrace.record(path, level=level):
        for node in (5, 6, 6):
            sink().gradient_flowed(1, node, 0, 4, 0, array)
            if node == 5:
                array *= 2
        sink().node_started(1, 4, "")
        array *= 2
        sink().gradient_flowed(1, 6, 1, 4, 0, array)
        for _ in range(3):  # arrays of one size that come and go lie at the same address
            sink().gradient_flowed(1, 7, 0, 4, 0, np.full(2, float(_)))
        kept = array.copy()
        sink().gradient_accumulated(1, 9, 4, None, array, array)
        sink().gradient_accumulated(1, 9, 4, None, array, kept)
        sink().gradient_accumulated(1, 9, 4, kept, array, kept + array)
    tables = read_tables(path)
    flowed: list[Any] = [tables.event(number) for number in tables.ids(ev.GradientFlowed).tolist()]
    assert [event.gradient.statistics.max for event in flowed] == [2.0, 4.0, 4.0, 8.0, 0.0, 1.0, 2.0]
    accumulated: list[Any] = [tables.event(number) for number in tables.ids(ev.GradientAccumulated).tolist()]
    assert [event.after.statistics.max for event in accumulated] == [8.0, 8.0, 16.0]
    assert accumulated[0].before is None
    assert accumulated[2].before.statistics.max == 8.0
