"""The engine's loop without listener does what the loop with one does, and never writes to arrays that others can see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core import events


class Listener:
    """Takes every event and remembers the names of the nodes that ran."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


@pytest.fixture
def listening() -> Iterator[Callable[[], None]]:
    before = events.sink
    yield lambda: events.set_sink(Listener())  # type: ignore[arg-type]
    events.set_sink(before)


def diamond(x: Any, w: Any) -> Any:
    """Several uses of everything, a node with two outputs, a broadcast."""
    top = (x * w + w).sin()
    values, _ = torch.sort(top * x)
    first, second = torch.stack([values, top + w]).unbind(0)
    return (first * second + first.mean() * w).sum() + x.sum()


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3)])
def test_same_gradients_with_and_without_listener(shape: tuple[int, ...], listening: Callable[[], None]) -> None:
    def gradients() -> list[Any]:
        generator = np.random.default_rng(1)
        x, w = (torch.tensor(generator.standard_normal(shape).astype(np.float32), requires_grad=True) for _ in range(2))
        loss = (x * w + w).sin().sum() * x.sum() if not shape else diamond(x, w)
        loss.backward(retain_graph=True)
        loss.backward()
        return [x.grad.numpy(), w.grad.numpy()]

    plain = gradients()
    listening()
    for ours, theirs in zip(plain, gradients(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_nodes_run_in_the_same_order(listening: Callable[[], None]) -> None:
    def order() -> list[str]:
        ran: list[str] = []

        def remember(name: str) -> Callable[..., None]:
            return lambda *_: ran.append(name)

        x, w = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
        left, right = x * w, x + w
        loss = (left.exp() + right * left).sum()
        pending = [loss.grad_fn]
        while pending:
            node = pending.pop()
            node.register_hook(remember(node.name()))
            pending += [edge[0] for edge in node.next_functions if edge[0] is not None]
        loss.backward()
        return ran

    plain = order()
    listening()
    assert plain == order()


def test_sums_are_not_written_into_gradients_that_hooks_kept() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    middle = x * 1.0
    kept: list[Any] = []
    uses = [middle * factor for factor in (1.0, 2.0, 3.0)]
    for use in uses:
        use.register_hook(kept.append)
    middle.retain_grad()
    (uses[0] + uses[1] + uses[2]).sum().backward()
    assert [gradient.tolist() for gradient in kept] == [[1.0, 1.0]] * 3
    assert middle.grad.tolist() == x.grad.tolist() == [6.0, 6.0]


def test_sums_are_not_written_into_the_gradient_given_by_the_user() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    given = torch.tensor([1.0, 10.0])
    torch.autograd.backward([x + 0.0, x + 0.0, x + 0.0], [given, given, given])
    assert given.tolist() == [1.0, 10.0]
    assert x.grad.tolist() == [3.0, 30.0]


def test_leaves_do_not_share_the_memory_of_one_gradient() -> None:
    x, y = (torch.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    (x + y).backward(torch.tensor([1.0, 1.0]))
    x.grad += 5.0
    assert y.grad.tolist() == [1.0, 1.0]


def test_operators_leave_foreign_operands_to_the_other_side() -> None:
    class Foreign:
        def __radd__(self, other: object) -> str:
            return "mine"

        __rmul__ = __rsub__ = __rtruediv__ = __radd__

    x = torch.tensor([1.0])
    assert [x + Foreign(), x * Foreign(), x - Foreign(), x / Foreign()] == ["mine"] * 4  # type: ignore[comparison-overlap]
    with pytest.raises(TypeError, match="unsupported operand"):
        x + "text"
    with pytest.raises(TypeError, match="must be Tensor, not str"):
        torch.mul(x, "text")
