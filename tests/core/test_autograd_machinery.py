"""Functions, hooks and modes where PyTorch is no help to compare with: events, memory, threads, long chains."""

import gc
import threading
import warnings
import weakref

import gradtrace.core as torch
import pytest
from gradtrace.core import events


class FakeSink:
    """Keeps the names and first arguments of the events of interest."""

    def __init__(self):
        self.heard = []

    def __getattr__(self, name):
        return lambda *arguments, **options: self.heard.append((name, *arguments))

    def of(self, name):
        return [event[1:] for event in self.heard if event[0] == name]


@pytest.fixture
def sink():
    fake = FakeSink()
    previous = events.set_sink(fake)
    yield fake
    events.set_sink(previous)


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.saved = ctx.hooks = ctx.number = ctx.next_edges = ctx.output_count = "mine"
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        assert ctx.saved == ctx.hooks == ctx.number == ctx.next_edges == ctx.output_count == "mine"
        return grad_output * 2 + 0 * x


def test_names_on_ctx_are_the_users():
    x = torch.ones(2, requires_grad=True)
    y = Double.apply(x)
    assert y.grad_fn.saved == "mine"
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_function_is_one_node_for_listeners(sink):
    x = torch.ones(2, requires_grad=True)
    Double.apply(x).sum().backward()
    assert [event[1] for event in sink.of("node_created")] == ["AccumulateGrad", "DoubleBackward", "SumBackward0"]
    assert sink.of("graph_cut") == sink.of("grad_mode_changed") == []


def test_saved_tensor_hooks_are_heard(sink):
    x = torch.ones(2, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = x.exp()
    pack, unpack = [event[0] for event in sink.of("hook_registered")]
    assert {event[1] for event in sink.of("hook_registered")} == {"saved_tensor"}
    assert sink.of("hook_removed") == [(pack,)]
    y.sum().backward()
    (pass_id, *_), *_ = sink.of("backward_started")
    fired = [event[:3] for event in sink.of("hook_fired")]
    assert fired == [(events.NONE, pack, "saved_tensor"), (pass_id, unpack, "saved_tensor")]


def test_nothing_of_a_function_stays_behind():
    gc.disable()
    try:
        x = torch.ones(2, requires_grad=True)
        y = Double.apply(x)
        gone = [weakref.ref(y), weakref.ref(y.grad_fn), weakref.ref(y.grad_fn._node())]
        del y
        assert [reference() for reference in gone] == [None, None, None]
    finally:
        gc.enable()


def test_ctx_alone_does_not_keep_the_graph():
    x = torch.ones(2, requires_grad=True)
    ctx = Double.apply(x).grad_fn
    with pytest.raises(RuntimeError, match="the graph that DoubleBackward belonged to is gone"):
        ctx.next_functions  # noqa: B018


def test_an_edge_keeps_the_graph():
    x = torch.ones(2, requires_grad=True)
    edge = torch.autograd.graph.get_gradient_edge(Double.apply(x))
    torch.autograd.backward(edge, torch.ones(2))
    assert x.grad.tolist() == [2.0, 2.0]


def test_long_chains_need_no_recursion():
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y + 0.5
    node = y.grad_fn
    (gradient,) = torch.autograd.grad(y, x, retain_graph=True)
    y.backward()
    assert gradient.item() == x.grad.item() == 1.0
    del y, node


def test_long_chains_of_functions():
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(3000):
        y = Double.apply(y) * 0.5
    y.backward()
    assert x.grad.item() == 1.0


def test_threads_go_forward_and_backward_into_one_leaf():
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    failures = []

    def work():
        try:
            for _ in range(200):
                ((x * 2).sin() + x).sum().backward()
        except Exception as error:  # noqa: BLE001  (a thread's exception would go unnoticed)
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = 800 * (2 * (x.detach() * 2).cos() + 1)
    assert failures == []
    assert torch.allclose(x.grad, expected)


def test_an_error_leaves_nothing_of_the_pass():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(lambda gradient: 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            y.sum().backward(retain_graph=True)
    assert torch.is_grad_enabled()
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_anomaly_mode_is_off_again_after_an_error():
    x = torch.zeros(1, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(RuntimeError, match="returned nan values in its 0th output"), torch.autograd.detect_anomaly():
            (x.sqrt() * 0).backward()
    assert not torch.is_anomaly_enabled()
    (x.sqrt() * 0).backward()
    assert x.grad.isnan().all()
    assert (x * 2).grad_fn.metadata == {}
