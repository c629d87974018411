"""Recording some steps, some scopes, or up to a limit: what is there is as in a whole recording, and what is absent is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradtrace
import gradtrace.core as torch
import pytest
from gradtrace.core import events, nn
from gradtrace.core import events as ev
from gradtrace.tracer.cli.info import summary_text
from gradtrace.tracer.model import Trace
from gradtrace.tracer.store.reader import read_tables


@pytest.fixture(autouse=True)
def no_listener_stays() -> Iterator[None]:
    """Whatever happens, the seats are free again afterwards."""
    yield
    assert events.sink is None
    assert events.step_listener is None


class Net(nn.Module):
    """Two layers, one of them in a block."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(3, 4), nn.Tanh())
        self.head = nn.Linear(4, 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.encoder(x))


def train(steps: int = 8, *, marks: bool = False, seen: Callable[[int], None] = lambda _: None) -> list[bytes]:
    """A loop over few steps; the bytes of what it computed."""
    torch.manual_seed(0)
    net = Net()
    scale = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([*net.parameters(), scale], lr=0.1)
    results = []
    for index in range(steps):
        if marks:
            gradtrace.step()
        seen(index)
        loss = (net(torch.randn(5, 3) * scale) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        results.append(loss.detach().numpy().tobytes())
    return results + [p.detach().numpy().tobytes() for p in net.parameters()]


def recorded(path: Path, program: Callable[[], Any] = train, **options: Any) -> Trace:
    with gradtrace.record(path / "run.gtrace", **options):
        program()
    trace = gradtrace.load(path / "run.gtrace")
    assert trace.problems == []
    return trace


def graph_of(trace: Trace, index: int) -> list[tuple[Any, ...]]:
    """What a pass was: its nodes in the order in which they ran, and what flowed between them."""
    arrays = trace.passes[index].arrays
    order = arrays.order.tolist()
    nodes = zip(order, arrays.name, arrays.scope, arrays.variable_name, arrays.norm.tolist(), strict=True)
    edges = [(order[src], order[dst]) for src, dst in zip(arrays.src.tolist(), arrays.dst.tolist(), strict=True)]
    return [*sorted(nodes), *sorted(edges)]


@pytest.mark.parametrize("marks", [False, True])
def test_only_the_steps_asked_for_are_there(tmp_path: Path, marks: bool) -> None:
    everything = recorded(tmp_path, lambda: train(marks=marks))
    trace = recorded(tmp_path, lambda: train(marks=marks), steps="0:2,5")
    assert [(step.label, len(step.passes)) for step in trace.steps] == [("step 0", 1), ("step 1", 1), ("step 5", 1)]
    for index, step in enumerate((0, 1, 5)):
        assert graph_of(trace, index) == graph_of(everything, step)
    assert trace.notes == ["3 of 8 steps were recorded: 0 to 1, 5; asked for: 0:2,5"]
    assert any(event.text == "steps 2 to 4 were not recorded" for event in trace.events if isinstance(event, ev.Marked))


@pytest.mark.parametrize("marks", [False, True])
def test_a_late_step_knows_what_came_before_the_first(tmp_path: Path, marks: bool) -> None:
    everything = recorded(tmp_path, lambda: train(marks=marks))
    trace = recorded(tmp_path, lambda: train(marks=marks), steps=6)
    assert graph_of(trace, 0) == graph_of(everything, 6)
    leaves = {leaf.name: leaf.source.line for leaf in everything.leaves.values() if leaf.source}
    assert {leaf.name: leaf.source.line for leaf in trace.leaves.values() if leaf.source} == leaves
    assert trace.findings() == []
    assert len(trace.passes) == 1


@pytest.mark.parametrize("steps", ["0:2,5", "3", lambda index: index % 3 == 2])
def test_the_program_does_not_notice(tmp_path: Path, steps: Any) -> None:
    alone = train()
    results: list[bytes] = []
    recorded(tmp_path, lambda: results.extend(train()), steps=steps)
    assert results == alone


def test_nobody_listens_between_the_steps(tmp_path: Path) -> None:
    listening: list[bool] = []
    recorded(tmp_path, lambda: train(marks=True, seen=lambda _: listening.append(events.sink is not None)), steps="1,4")
    assert listening == [False, True, False, False, True, False, False, False]


def test_scopes_of_the_program_are_right_when_recording_goes_on(tmp_path: Path) -> None:
    def program() -> None:
        weight = torch.ones(2, requires_grad=True)
        with gradtrace.scope("outer"):
            for index in range(4):
                gradtrace.step()
                with gradtrace.scope(f"inner{index}"):
                    loss = (weight * 2).sum()
                loss.backward()
        (weight * 3).sum()

    trace = recorded(tmp_path, program, steps="2:")
    scopes = {trace.nodes[node].scope for pass_ in trace.passes for node in pass_.nodes}
    assert scopes == {"outer/inner2", "outer/inner3"}
    assert [record.scope for record in trace.nodes.values() if record.target == ""][-1] == ""


def test_the_first_optimizer_counts(tmp_path: Path) -> None:
    def program() -> None:
        one, two = (torch.ones(2, requires_grad=True) for _ in range(2))
        optimizers = [torch.optim.SGD([one], lr=0.1), torch.optim.SGD([two], lr=0.1)]
        for _ in range(4):
            for leaf, optimizer in zip((one, two), optimizers, strict=True):
                (leaf * 2).sum().backward()
                optimizer.step()

    trace = recorded(tmp_path, program, steps="1:3")
    assert trace.notes[0].startswith("2 of 4 steps were recorded: 1 to 2")
    assert len(trace.passes) == 4


def test_an_optimizer_that_steps_within_backward(tmp_path: Path) -> None:
    def program() -> list[float]:
        weight = torch.ones(2, requires_grad=True)
        optimizer = torch.optim.SGD([weight], lr=0.1)
        weight.register_post_accumulate_grad_hook(lambda _: optimizer.step())
        losses = []
        for _ in range(6):
            loss = (weight * 2).sum()
            loss.backward()
            losses.append(loss.item())
            weight.grad = None
        return losses

    alone = program()
    trace = recorded(tmp_path, lambda: alone == program() or pytest.fail("the program noticed"), steps="1:3")
    assert {pass_.outcome for pass_ in trace.passes} == {"finished"}
    assert len(trace.passes) == 2


def test_a_function_that_fails_ends_the_recording_and_not_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def choose(index: int) -> bool:
        if index == 3:
            raise KeyError("three")
        return True

    with gradtrace.record(tmp_path / "run.gtrace", steps=choose) as recording:
        train()
    assert "KeyError" in recording.failure
    assert "recording stopped, the program goes on" in capsys.readouterr().err
    assert len(gradtrace.load(tmp_path / "run.gtrace").passes) == 3


def test_absent_steps_are_not_taken_for_missing_gradients(tmp_path: Path) -> None:
    def program() -> None:
        often = torch.ones(2, requires_grad=True)
        rarely = torch.ones(2, requires_grad=True)
        for index in range(6):
            gradtrace.step()
            (often * (rarely if index == 3 else 1)).sum().backward()

    (finding,) = recorded(tmp_path, program, steps="0:2").findings()
    assert (finding.severity, finding.rule) == ("info", "no-gradient")
    assert "no recorded backward brought one" in finding.detail
    (finding,) = [one for one in recorded(tmp_path, program).findings() if one.rule == "no-gradient"] or [None]
    assert finding is None


def test_a_trace_says_what_was_selected(tmp_path: Path) -> None:
    trace = recorded(tmp_path, steps="0:2", scope=["encoder", "head"])
    assert trace.selection is not None
    assert trace.selection.text == "steps 0:2; only scopes encoder, head"
    assert json.loads(json.dumps(trace.summary()))["selection"]["steps"] == "0:2"
    assert "selected  steps 0:2; only scopes encoder, head" in summary_text(trace)
    whole = recorded(tmp_path)
    assert whole.selection is None
    assert whole.summary()["selection"] is None
    assert "  selected  " not in summary_text(whole)


# --------------------------------------------------------------------------------------------------------------- scopes
def test_only_what_happens_in_a_scope_is_recorded(tmp_path: Path) -> None:
    everything, trace = recorded(tmp_path), recorded(tmp_path, scope="encoder")
    made = [record for record in trace.nodes.values() if not record.is_leaf]
    assert {record.scope for record in made} == {"Net/encoder/0", "Net/encoder/1"}
    assert {leaf.name for leaf in trace.leaves.values()} == {"encoder.0.weight", "encoder.0.bias"}
    assert trace.findings() == []
    for mine, whole in zip(trace.passes, everything.passes, strict=True):
        ran = [record.name for node in mine.nodes if not (record := trace.nodes[node]).is_leaf]
        assert ran == ["TanhBackward0", "AddmmBackward0", "TBackward0"]
        came, expected = mine.gradient(mine.find("TanhBackward0")), whole.gradient(whole.find("TanhBackward0"))
        assert came is not None
        assert expected is not None
        assert came.statistics == expected.statistics


def test_gradients_cross_the_border_of_a_scope(tmp_path: Path) -> None:
    trace = recorded(tmp_path, lambda: train(1), scope="encoder")
    (pass_,) = trace.passes
    arrays = pass_.arrays
    outside = [index for index in range(len(arrays)) if arrays.is_placeholder[index]]
    tanh = arrays.name.index("TanhBackward0")
    assert any(int(source) in outside and int(target) == tanh for source, target in zip(arrays.src, arrays.dst, strict=True))
    assert trace.leaf_gradients.of(next(iter(trace.leaves)), len(trace.events)) is not None


def test_an_error_outside_the_scope_is_recorded(tmp_path: Path) -> None:
    def program() -> None:
        net = Net()
        y = net(torch.randn(2, 3)).exp()
        loss = y.sum()
        with torch.no_grad():
            y.add_(1)
        loss.backward()

    with (
        pytest.raises(RuntimeError, match="modified by an inplace operation"),
        gradtrace.record(tmp_path / "run.gtrace", scope="head"),
    ):
        program()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    (error,) = trace.errors
    cause = trace.events[error.cause]
    assert isinstance(cause, ev.VersionBumped)
    assert cause.op == "add_"


# --------------------------------------------------------------------------------------------------------------- limits
def test_a_recording_ends_at_its_limit_and_the_program_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = train(300)
    for limit in ({"max_events": 1000}, {"max_file_bytes": "20K"}):
        results: list[bytes] = []
        with gradtrace.record(tmp_path / "run.gtrace", **limit) as recording:
            results.extend(train(300))
        assert results == alone
        assert "was to have no more than" in recording.failure
        assert "recording stopped, the program goes on" in capsys.readouterr().err
        trace = gradtrace.load(tmp_path / "run.gtrace")
        assert trace.problems == []
        assert any("the recording stopped early" in note for note in trace.notes)


@pytest.mark.parametrize("level", ["structure", "values"])
@pytest.mark.parametrize("limit", [1, 100, 10_000])
def test_a_trace_has_no_more_events_than_it_may_have(tmp_path: Path, level: Any, limit: int) -> None:
    with gradtrace.record(tmp_path / "run.gtrace", level=level, max_events=limit) as recording:
        train(60 if limit < 10_000 else 400)
        assert not recording.active
        assert recording.events <= limit + 500  # asked after every few
    tables = read_tables(tmp_path / "run.gtrace")  # a trace would add what follows from these events
    assert [event.id for event in tables.events()] == list(range(limit))
    tables.close()
    assert gradtrace.load(tmp_path / "run.gtrace").problems == []


def test_a_limit_that_is_just_met_stops_nothing(tmp_path: Path) -> None:
    events = len(recorded(tmp_path, lambda: train(3)).events)
    trace = recorded(tmp_path, lambda: train(3), max_events=events)
    assert len(trace.events) == events
    assert trace.ended is not None
    assert trace.notes == []


def test_limits_of_arrays_may_be_texts(tmp_path: Path) -> None:
    trace = recorded(tmp_path, lambda: train(2), max_value_bytes="8")
    assert any("larger than 8 bytes" in note for note in trace.notes)


def test_nodes_that_were_not_recorded_say_so(tmp_path: Path) -> None:
    trace = recorded(tmp_path, lambda: train(1), scope="encoder")
    assert "(not recorded)" in trace.passes[0].arrays.name


def test_the_summary_names_the_steps_of_passes_and_leaves_without_news(tmp_path: Path) -> None:
    def program() -> None:
        often = torch.ones(2, requires_grad=True)
        rarely = torch.ones(2, requires_grad=True)
        for index in range(6):
            gradtrace.step()
            (often * (rarely if index == 3 else 1)).sum().backward()

    text = summary_text(recorded(tmp_path, program, steps="1,4"))
    assert "#1  step 1  backward" in text
    assert "#2  step 4  backward" in text
    assert "no gradient in what was recorded" in next(line for line in text.splitlines() if "rarely" in line)


@pytest.mark.parametrize("level", ["structure", "values"])
@pytest.mark.parametrize("limit", [16 << 10, 50_000])
def test_a_file_is_no_larger_than_it_may_be(tmp_path: Path, level: Any, limit: int) -> None:
    path = tmp_path / "run.gtrace"
    with gradtrace.record(path, level=level, max_file_bytes=limit) as recording:
        train(400)
    assert "was to have no more than" in recording.failure
    assert path.stat().st_size <= limit
    assert path.stat().st_size > limit / 2
    trace = gradtrace.load(path)
    assert trace.problems == []
    values = [
        event.contribution.value for event in trace.events if isinstance(event, ev.GradientAccumulated) and event.contribution
    ]
    assert all(trace.value(value) is not None for value in values if value)


def test_a_limit_that_leaves_room_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16384"):
        gradtrace.record("run.gtrace", max_file_bytes="4K")
