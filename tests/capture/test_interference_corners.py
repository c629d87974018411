"""Tensors and calls that a capture could stumble over: none is a fault, and the program does not notice."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from torch.overrides import handle_torch_function  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from interference import LEVELS, left_in_torch, outcome, recorded  # noqa: E402

sys.path.pop(0)


class Listening(TorchDispatchMode):  # type: ignore[misc]
    """Notes every operator."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.heard.append(str(function))
        return function(*args, **(kwargs or {}))


class Strange(list):  # type: ignore[type-arg]
    def __iter__(self) -> Iterator[Any]:
        raise ValueError("not now")


class Duck:
    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return getattr(function, "__name__", "nameless")


def lazy_modules() -> Any:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.LazyLinear(2), torch.nn.LazyBatchNorm1d())
    optimizer_of_others = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    net(torch.arange(6.0).view(2, 3)).square().sum().backward()
    optimizer_of_others.step()
    return [(one, one.grad) for one in net.parameters()]


def sparse_leaves() -> Any:
    found = []
    for made in (torch.eye(3).to_sparse(), torch.eye(3).to_sparse_csr()):
        leaf = made.requires_grad_()
        product = torch.sparse.mm(leaf, torch.ones(3, 1))
        found.append(torch.autograd.grad(product.sum(), leaf, allow_unused=True))
        torch.sparse.mm(leaf, torch.ones(3, 1)).sum().backward()
        found.append(leaf.grad)
    return found


def no_derivative() -> Any:
    values, others = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    result = torch.igamma(values, others)  # without a derivative for the first
    return result, outcome(lambda: result.sum().backward()), outcome(lambda: torch.autograd.grad(result.sum(), others))


def refused_views() -> Any:
    with torch.no_grad():
        x = torch.ones(4, requires_grad=True)
    base = x * 1
    first, second = base.unbind(0)[:2]
    notes = [outcome(lambda: base.mul_(2)), outcome(lambda: first + 1), outcome(lambda: second.mul_(2))]
    with torch.inference_mode():
        made = torch.ones(3)
    return [*notes, outcome(lambda: made * torch.ones(3, requires_grad=True)), outcome(lambda: made.view(3).mul_(2))]


def batched_gradients() -> Any:
    x = torch.ones(3, requires_grad=True)
    return torch.autograd.grad(x * 2, x, torch.eye(3), is_grads_batched=True)


def strange_arguments() -> Any:
    x = torch.ones(2, requires_grad=True)

    def public(value: Any) -> Any:
        return handle_torch_function(functools.partial(public), (value,), value)

    return [
        outcome(lambda: torch.cat(Strange([x, x]))),
        outcome(lambda: torch.stack([Duck(), x])),
        outcome(lambda: public(Duck())),
        outcome(lambda: x.register_hook("no function")),
    ]


def dispatch_modes() -> Any:
    with Listening() as mode:
        x = torch.ones(2, requires_grad=True)
        (x.exp() * 2).sum().backward()
        (x.exp() * 2).sum().backward()
        torch.autograd.grad((x**2).sum(), x, create_graph=True)
    return str(mode.heard), x.grad


def deep_calls() -> Any:
    def deep(x: Any) -> Any:
        return deep(x + 1)

    with contextlib.suppress(RecursionError):
        deep(torch.ones(2, requires_grad=True))
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    return x.grad


PROGRAMS = [
    lazy_modules,
    sparse_leaves,
    no_derivative,
    refused_views,
    batched_gradients,
    strange_arguments,
    dispatch_modes,
    deep_calls,
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_the_program_does_the_same(program: Callable[[], Any], level: str, tmp_path: Path) -> None:
    before = left_in_torch()
    outcome(program)  # what PyTorch warns of once
    alone = outcome(program)
    seen, said, failure = recorded(lambda: outcome(program), tmp_path, level=level)
    assert seen == alone
    assert (said, failure) == ("", "")
    assert left_in_torch() == before
