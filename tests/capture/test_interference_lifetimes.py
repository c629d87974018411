"""What dies at once when the program lets go of it does so recorded, too: by the reference count alone."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from interference import LEVELS, recorded  # noqa: E402

sys.path.pop(0)

Log = list[list[str]]


class Watched:
    """Weak references by name, and at each look the names of those that live."""

    def __init__(self) -> None:
        self._references: dict[str, ref[Any]] = {}
        self.log: Log = []

    def __call__(self, **things: Any) -> None:
        self._references |= {name: ref(thing) for name, thing in things.items()}

    def look(self) -> None:
        self.log.append(sorted(name for name, reference in self._references.items() if reference() is not None))


class Hook:
    def __call__(self, *_: Any) -> None:
        return None


def graph_and_gradients(watched: Watched) -> None:
    x = torch.ones(3, requires_grad=True)
    hidden = x * 2
    loss = hidden.exp().sum()
    watched(x=x, hidden=hidden, loss=loss)
    loss.backward()
    watched(gradient=x.grad)
    watched.look()
    del loss
    watched.look()
    del hidden
    x.grad = None
    watched.look()
    del x


def hooks(watched: Watched) -> None:
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    on_result, on_leaf, on_node = Hook(), Hook(), Hook()
    y.register_hook(on_result)
    x.register_post_accumulate_grad_hook(on_leaf)
    y.grad_fn.register_hook(on_node)
    y.sum().backward()
    watched(x=x, y=y, on_result=on_result, on_leaf=on_leaf, on_node=on_node)
    del on_result, on_leaf, on_node
    watched.look()
    del y
    watched.look()
    del x


def failures(watched: Watched) -> None:
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    z = y.sum()
    y.add_(1)
    watched(x=x, y=y, z=z)
    with pytest.raises(RuntimeError):
        z.backward()
    with pytest.raises(RuntimeError):
        y @ torch.ones(7)
    watched.look()
    del z
    watched.look()
    del y
    watched.look()
    del x


def steps_that_raise(watched: Watched) -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=1.0)

    def closure() -> None:
        raise KeyError("closure")

    with pytest.raises(KeyError):
        optimizer.step(closure)
    watched(weight=weight, optimizer=optimizer, closure=closure)
    del closure, weight
    watched.look()
    del optimizer
    gc.collect()


def saved_tensors(watched: Watched) -> None:
    x = torch.ones(3, requires_grad=True)
    factor = torch.full((3,), 2.0)
    y = (x * factor).sum()
    watched(factor=factor)
    del factor
    watched.look()
    y.backward()
    watched.look()
    (gradient,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    watched(gradient=gradient)
    gradient.sum().backward()
    del gradient


PROGRAMS = [graph_and_gradients, hooks, failures, steps_that_raise, saved_tensors]


def seen(program: Callable[[Watched], None]) -> Log:
    watched = Watched()
    gc.disable()
    try:
        program(watched)
        watched.look()
    finally:
        gc.enable()
    return watched.log


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_nothing_lives_longer(program: Callable[[Watched], None], level: str, tmp_path: Path) -> None:
    alone = seen(program)
    assert any(alone)
    log, said, failure = recorded(lambda: seen(program), tmp_path, level=level)
    assert log == alone
    assert (said, failure) == ("", "")
