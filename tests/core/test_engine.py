"""The engine and the graph: order, accumulation, restricted passes, depth, memory."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import gradtrace.core as torch
import numpy as np
import pytest


def test_nodes_run_by_sequence_number_and_leaves_at_once() -> None:
    x = torch.tensor([0.5], requires_grad=True)
    order: list[str] = []
    exp, sin, cos = x.exp(), x.sin(), x.cos()
    result = ((exp * sin) * (sin + cos)).log()
    stack, seen = [result.grad_fn], set()
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        node.register_prehook(lambda g, node=node: order.append(type(node).__name__))
        stack.extend(next_node for next_node, _ in node.next_functions)
    result.backward()
    expected = "Log Mul Add Mul Cos Sin Exp".split()  # noqa: SIM905
    assert order == [*(f"{name}Backward0" for name in expected), "AccumulateGrad"]


def test_a_long_chain_neither_recurses_forward_backward_nor_at_the_end() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    y.backward()
    assert x.grad.item() == 1.0
    del y


def test_gradients_accumulate_into_the_same_tensor() -> None:
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    first = x.grad
    (x * 2).sum().backward()
    assert x.grad is first
    assert first.tolist() == [4.0, 4.0]
    assert first._version == 1


def test_the_gradient_of_a_leaf_is_its_own_memory() -> None:
    x = torch.ones(2, requires_grad=True)
    w = torch.ones(2, requires_grad=True)
    given = torch.tensor([1.0, 2.0])
    (x + w).backward(given)
    assert not np.shares_memory(x.grad.numpy(), w.grad.numpy())
    assert not np.shares_memory(x.grad.numpy(), given.numpy())
    x.grad.zero_()
    assert w.grad.tolist() == [1.0, 2.0]


def test_saved_results_are_not_taken_as_gradients() -> None:
    x = torch.ones(2, requires_grad=True)
    y = torch.tensor([3.0, 4.0])
    (x * y).backward(torch.ones(2))
    x.grad.zero_()
    assert y.tolist() == [3.0, 4.0]


def test_inputs_restrict_accumulation() -> None:
    x = torch.ones(1, requires_grad=True)
    w = torch.ones(1, requires_grad=True)
    hidden = x * 2
    (hidden * w).backward(inputs=[hidden, w])
    assert x.grad is None
    assert w.grad.tolist() == [2.0]
    assert hidden.grad.tolist() == [1.0]


def test_several_roots_share_one_pass() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    torch.autograd.backward([y.sum(), y], [None, torch.tensor([1.0, 10.0])])
    assert x.grad.tolist() == [4.0, 22.0]


def test_grad_of_a_root_with_respect_to_itself() -> None:
    x = torch.ones(1, requires_grad=True)
    y = x * 3
    gy, gx = torch.autograd.grad(y, [y, x])
    assert (gy.item(), gx.item()) == (1.0, 3.0)


def test_unused_inputs() -> None:
    x = torch.ones(1, requires_grad=True)
    unused = torch.ones(2, requires_grad=True)
    assert torch.autograd.grad(x * 2, [x, unused], allow_unused=True)[1] is None
    assert torch.autograd.grad(x * 2, [x, unused], materialize_grads=True)[1].tolist() == [0.0, 0.0]


def test_third_derivative() -> None:
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    y = x**4
    for _ in range(3):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    assert y.item() == 48.0


def test_a_graph_dies_with_its_last_tensor_without_the_collector() -> None:
    gc.disable()
    try:
        x = torch.ones(2, requires_grad=True)
        y = x.exp().sigmoid()
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
        leaf = weakref.ref(x)
        x.sum().backward()
        del x
        assert leaf() is None
    finally:
        gc.enable()


def test_a_hook_may_call_the_engine_on_the_same_graph() -> None:
    x = torch.ones(1, requires_grad=True)
    shared = (x * x).exp()
    y = x * 2
    inner: list[Any] = []
    y.register_hook(lambda g: inner.append(torch.autograd.grad(shared, x, retain_graph=True)[0]))
    (shared * y).backward()
    assert inner[0].item() == pytest.approx(2 * np.e)
    assert x.grad.item() == pytest.approx(2 * np.e * 2 + 2 * np.e, rel=1e-6)


def test_grad_mode_belongs_to_the_thread() -> None:
    seen: list[bool] = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
        assert not torch.is_grad_enabled()
    assert seen == [True]


def test_grad_modes_as_decorators_also_of_generators() -> None:
    @torch.no_grad()
    def plain() -> bool:
        return torch.is_grad_enabled()

    @torch.no_grad  # type: ignore[call-arg]
    def bare() -> bool:
        return torch.is_grad_enabled()

    @torch.no_grad()
    def generator() -> Any:
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    assert not plain()
    assert not bare()  # type: ignore[call-arg]
    for inside in generator():
        assert not inside
        assert torch.is_grad_enabled()


def test_set_grad_enabled_acts_at_once_and_restores_as_a_block() -> None:
    torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    with torch.set_grad_enabled(True):
        assert torch.is_grad_enabled()
    assert not torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    assert torch.is_grad_enabled()


def test_floating_point_accidents_are_silent() -> None:
    zero = torch.zeros(1)
    assert (1 / zero).item() == float("inf")
    assert zero.log().item() == -float("inf")


def test_hook_changes_flow_on_and_a_removed_hook_is_silent() -> None:
    x: Any = torch.ones(1, requires_grad=True)
    y = x * 2
    handle = y.register_hook(lambda g: g * 10)
    with y.register_hook(lambda g: g + 1):
        y.backward(retain_graph=True)
    assert x.grad.item() == 22.0
    handle.remove()
    x.grad = None
    y.backward()
    assert x.grad.item() == 2.0


def test_custom_function_with_saved_tensors() -> None:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * 3 * x * x

    x = torch.tensor(2.0, requires_grad=True)
    y = Cube.apply(x)
    assert type(y.grad_fn).__name__ == "CubeBackward"
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert (first.item(), second.item()) == (12.0, 12.0)
