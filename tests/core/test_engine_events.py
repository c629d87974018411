"""What the engine tells its listener, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core import events


class FakeSink:
    """Keeps every event as (name, arguments); arrays are copied, as borrowed ones must be."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(events.Sink, name)
        parameters = method.__code__.co_varnames[1 : method.__code__.co_argcount]

        def record(*arguments: Any, **options: Any) -> None:
            named = dict(zip(parameters, arguments, strict=False)) | options
            kept = {key: value.copy() if isinstance(value, np.ndarray) else value for key, value in named.items()}
            self.events.append((name, kept))

        return record

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [arguments for kind, arguments in self.events if kind == name]


@pytest.fixture
def sink() -> Iterator[FakeSink]:
    fake = FakeSink()
    previous = events.set_sink(fake)
    yield fake
    events.set_sink(previous)


def test_looking_for_a_listener_costs_one_plain_attribute_of_a_module() -> None:
    assert type(events) is ModuleType
    assert not hasattr(events, "__getattr__")


def test_forward_events_name_edges_outputs_and_saved_tensors(sink: FakeSink) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    assert sink.names() == ["leaf_created", "leaf_created", "node_created", "node_created", "tensor_saved", "tensor_saved"]
    accumulate, mul = sink.of("node_created")
    assert (accumulate["name"], accumulate["variable"]) == ("AccumulateGrad", sink.of("leaf_created")[0]["tensor"])
    assert mul["name"] == "MulBackward0"
    assert mul["edges"] == [(accumulate["node"], 0)] * 2
    assert mul["outputs"] == [(y._number, (2,), "float32")]
    assert [saved["slot"] for saved in sink.of("tensor_saved")] == ["self", "other"]
    assert {saved["version"] for saved in sink.of("tensor_saved")} == {0}


def test_an_input_without_gradient_has_an_empty_edge(sink: FakeSink) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    _ = x * 2
    assert sink.of("node_created")[-1]["edges"][1] == (0, 0)


def test_order_of_events_in_a_backward_pass(sink: FakeSink) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y: Any = x * x
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    y.grad_fn.register_prehook(lambda g: None)
    y.grad_fn.register_hook(lambda gi, go: None)
    x.register_post_accumulate_grad_hook(lambda t: None)
    z = y.sum()
    sink.events.clear()
    z.backward()
    expected = [
        "backward_started", "gradient_flowed",
        "node_started", "node_finished", "gradient_flowed",
        "node_started", "hook_fired", "hook_fired", "hook_fired", "saved_freed", "node_finished", "hook_fired",
        "gradient_flowed", "gradient_flowed",
        "node_started", "gradient_accumulated", "hook_fired", "node_finished",
        "backward_ended",
    ]  # fmt: skip
    assert sink.names() == expected
    assert [fired["kind"] for fired in sink.of("hook_fired")] == [
        "tensor",
        "retain_grad",
        "node_pre",
        "node_post",
        "post_accumulate_grad",
    ]
    assert sink.of("gradient_flowed")[0]["node"] == events.NONE
    changed = sink.of("hook_fired")[0]
    assert changed["changed"]
    assert changed["after"].tolist() == [2.0, 2.0]
    accumulated = sink.of("gradient_accumulated")[0]
    assert accumulated["before"] is None
    assert accumulated["after"].tolist() == [4.0, 8.0]
    assert sink.of("backward_ended")[0]["outcome"] == "finished"


def test_reasons_speak_of_roots_consumers_and_ready_nodes(sink: FakeSink) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    y = x * 2
    (y.exp() + y.sin()).backward()
    reasons = [started["reason"] for started in sink.of("node_started")]
    assert reasons[0] == "root"
    assert "its only consumer finished; highest sequence number among the 2 ready nodes" in reasons
    assert "all 2 uses finished" in reasons


def test_in_place_error_points_at_storage_and_version(sink: FakeSink) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    y = x.exp()
    y.add_(1)
    bump = sink.of("version_bumped")[0]
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    error = sink.of("error_raised")[0]
    assert (error["storage"], error["version"]) == (bump["storage"], 0)
    assert error["type_name"] == "RuntimeError"
    assert sink.of("backward_ended")[0]["outcome"] == "raised"
    assert sink.names()[-2:] == ["error_raised", "backward_ended"]


def test_version_bumps_name_the_operation_and_the_base(sink: FakeSink) -> None:
    base = torch.zeros(4)
    view = base[1:3]
    view.add_(1)
    bump = sink.of("version_bumped")[0]
    assert (bump["op"], bump["before"], bump["after"]) == ("add_", 0, 1)
    assert bump["view_of"] == base._number
    base.mul_(2)
    assert sink.of("version_bumped")[1]["storage"] == bump["storage"]


def test_writes_through_data_are_told_as_such(sink: FakeSink) -> None:
    x = torch.ones(2, requires_grad=True)
    x.data.mul_(3)
    assert sink.of("data_written")[0]["op"] == "mul_"
    assert not sink.of("version_bumped")
    x.data = torch.zeros(2)
    assert sink.of("data_written")[1]["tensor"] == x._number


@pytest.mark.parametrize(
    ("cut", "how"),
    [
        (lambda x: x.detach(), "detach"),
        (lambda x: x.data, "data"),
        (lambda x: x.sum().item(), "item"),
        (lambda x: x.argmax(), "non_differentiable"),
        (lambda x: x > 0, "non_differentiable"),
        (lambda x: x.long(), "dtype"),
    ],
)
def test_leaving_the_graph_is_told(sink: FakeSink, cut: Any, how: str) -> None:
    x = torch.ones(3, requires_grad=True)
    cut(x)
    assert [one["how"] for one in sink.of("graph_cut")] == [how]


def test_no_grad_is_told_as_mode_and_as_cut(sink: FakeSink) -> None:
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        _ = x * 2
        with torch.no_grad():
            pass
    assert [one["enabled"] for one in sink.of("grad_mode_changed")] == [False, True]
    assert [(one["tensor"], one["how"]) for one in sink.of("graph_cut")] == [(x._number, "no_grad")]


def test_resetting_gradients_is_told(sink: FakeSink) -> None:
    x: Any = torch.ones(3, requires_grad=True)
    x.grad = None
    assert not sink.of("grad_reset")
    x.sum().backward()
    x.grad.data.zero_()
    x.grad.zero_()
    x.grad = None
    assert [(one["tensors"], one["to"]) for one in sink.of("grad_reset")] == [
        ((x._number,), "zero"),
        ((x._number,), "zero"),
        ((x._number,), "none"),
    ]


def test_removing_a_hook_is_told_once(sink: FakeSink) -> None:
    x = torch.ones(3, requires_grad=True)
    handle = x.register_hook(print)
    handle.remove()
    handle.remove()
    (registered,) = sink.of("hook_registered")
    assert (registered["kind"], registered["tensor"], registered["function"]) == ("tensor", x._number, print)
    assert sink.of("hook_removed") == [{"hook": registered["hook"]}]


def test_grad_names_its_inputs_and_runs_only_what_leads_there(sink: FakeSink) -> None:
    x = torch.ones(1, requires_grad=True)
    w = torch.ones(1, requires_grad=True)
    y = x.exp() * w.sin()
    sink.events.clear()
    torch.autograd.grad(y, w)
    (started,) = sink.of("backward_started")
    assert (started["call"], list(started["inputs"])) == ("grad", [w._number])
    assert len(sink.of("node_started")) == 2
    assert not sink.of("gradient_accumulated")


def test_an_in_place_operation_is_the_maker_of_the_tensor_itself(sink: FakeSink) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.mul_(3)
    assert sink.of("node_created")[-1]["outputs"] == [(y._number, (2,), "float32")]


def test_undefined_gradients_flow_as_none(sink: FakeSink) -> None:
    x = torch.ones(2, requires_grad=True)

    class Undefined(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return None

    Undefined.apply(x).sum().backward()
    assert sink.of("gradient_flowed")[-1]["gradient"] is None
    assert x.grad is None


def test_recording_changes_no_result() -> None:
    def run() -> list[float]:
        x = torch.tensor([0.3, 0.7], requires_grad=True)
        y = (x.sin() * x).sum()
        y.backward()
        y2 = (x * x).exp().sum()
        y2.backward()
        assert x.grad is not None
        return x.grad.tolist()  # type: ignore[no-any-return]

    alone = run()
    previous = events.set_sink(FakeSink())
    try:
        assert run() == alone
    finally:
        events.set_sink(previous)


class RestrainedSink(FakeSink):
    """Does not ask about nodes."""

    observes_nodes = False


@pytest.fixture
def restrained() -> Iterator[RestrainedSink]:
    fake = RestrainedSink()
    previous = events.set_sink(fake)
    yield fake
    events.set_sink(previous)


def test_a_listener_that_leaves_nodes_unobserved_hears_of_passes_hooks_and_errors(restrained: RestrainedSink) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    y.register_hook(lambda g: g * 2)
    y.grad_fn.register_prehook(lambda g: None)
    x.register_post_accumulate_grad_hook(lambda t: None)
    z = y.sum()
    restrained.events.clear()
    z.backward()
    assert restrained.names() == [
        "backward_started", "hook_fired", "hook_fired", "gradient_accumulated", "hook_fired", "backward_ended",
    ]  # fmt: skip
    assert x.grad.tolist() == [4.0, 8.0]
    restrained.events.clear()
    with pytest.raises(RuntimeError, match="second time"):
        z.backward()
    assert restrained.names() == ["backward_started", "hook_fired", "hook_fired", "error_raised", "backward_ended"]
    assert restrained.of("error_raised")[0]["node"] == y.grad_fn.number


def test_an_unobserved_pass_tells_of_gradients_that_events_have_spoken_of(restrained: RestrainedSink) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert not restrained.of("version_bumped")
    x.grad.zero_()
    assert restrained.of("grad_reset")[0]["to"] == "zero"
    restrained.events.clear()
    (x * 2).sum().backward()
    names = [name for name in restrained.names() if name not in ("node_created", "leaf_created", "tensor_saved")]
    assert names == ["backward_started", "version_bumped", "gradient_accumulated", "backward_ended"]
    bumped = restrained.of("version_bumped")[0]
    assert (bumped["op"], bumped["after"]) == ("accumulate_grad", x.grad._version)


def test_an_unobserved_pass_tells_of_a_leaf_that_got_nothing(restrained: RestrainedSink) -> None:
    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            return x * y

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            return gradient, None

    x, y = (torch.tensor([1.0], requires_grad=True) for _ in range(2))
    Half.apply(x, y).sum().backward()
    (finished,) = restrained.of("node_finished")
    leaves = {created.get("variable"): created["node"] for created in restrained.of("node_created")}
    assert finished["node"] == leaves[y._number]


def test_a_pass_that_is_recorded_itself_and_one_in_a_function_are_told_in_full(restrained: RestrainedSink) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    torch.autograd.grad((x * x).sum(), x, create_graph=True)
    assert len(restrained.of("node_started")) == len(restrained.of("node_finished")) == 2

    class Nested(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            with torch.enable_grad():
                copy = gradient.detach().requires_grad_()
                (copy * copy).sum().backward()
            return copy.grad

    restrained.events.clear()
    y = Nested.apply(x)
    y.sum().backward()
    outer, inner = restrained.of("backward_started")
    nested = next(created for created in restrained.of("node_created") if created["name"] == "NestedBackward")
    assert outer["inside"] == events.NONE
    assert inner["inside"] == nested["node"]
