"""What nodes keep, looked at right after the call that made them: the same as in any other way; no code of the program runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradtrace
import numpy as np
import pytest
from gradtrace.core import events as ev

torch = pytest.importorskip("torch")
from gradtrace.tracer.capture.torch.probing import saves_are_visible  # noqa: E402  needs PyTorch

Seen = list[tuple[str, str, tuple[int, ...], int]]


def weights() -> tuple[Any, Any]:
    return torch.ones(3, 4, requires_grad=True), torch.full((3,), 2.0, requires_grad=True)


def a_layer() -> Any:
    weight, bias = weights()
    for _ in range(2):  # the second time, what the classes of nodes keep is known
        out = torch.tanh(torch.nn.functional.linear(torch.ones(2, 4, requires_grad=True), weight, bias) * 0.5)
    return out


def a_choice() -> Any:
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    values, places = x.max(dim=1)
    return values * places + torch.cat([x, x])[[0, 2], [1, 1]]


def both_ways_of_a_power() -> Any:
    x, y = torch.full((2,), 3.0, requires_grad=True), torch.full((2,), 2.0, requires_grad=True)
    return x**y + x ** torch.tensor(2.0) + torch.tensor(2.0) ** y


def a_view_that_was_written() -> Any:
    x = torch.ones(2, 2, requires_grad=True)
    base = x * 2
    row = base[0]
    base.mul_(3)
    return row * row


def seen(path: Path, program: Callable[[], Any]) -> Seen:
    """Node, slot, shape and version of all that nodes keep."""
    with gradtrace.record(path) as recording:
        program().sum().backward()
    assert recording.failure == ""
    trace = gradtrace.load(path)
    saved = [event for event in trace.events if isinstance(event, ev.TensorSaved)]
    return [(trace.nodes[one.node].name, one.slot, one.shape, one.version) for one in saved]


PROGRAMS = [a_layer, a_choice, both_ways_of_a_power, a_view_that_was_written]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_the_same_as_looked_at_raw(program: Callable[[], Any], tmp_path: Path) -> None:
    found = seen(tmp_path / "fresh.gtrace", program)
    with a_mode_that_would_hear_of_copies():
        raw = seen(tmp_path / "raw.gtrace", program)
    assert found == raw
    assert found


@contextmanager
def a_mode_that_would_hear_of_copies() -> Iterator[None]:
    from torch.utils._python_dispatch import TorchDispatchMode  # noqa: PLC0415

    class Mode(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return function(*args, **(kwargs or {}))

    with Mode():
        yield


@pytest.mark.skipif(not saves_are_visible, reason="until PyTorch 2.8 what nodes keep is seen only unpacked")
def test_a_hidden_result_is_known_by_the_node_that_keeps_it(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        a_layer()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    created = {trace.nodes[event.node].name: event for event in trace.events if isinstance(event, ev.NodeCreated)}
    kept = {(trace.nodes[e.node].name, e.slot): e.tensor for e in trace.events if isinstance(e, ev.TensorSaved)}
    (transposed,) = created["TBackward0"].outputs
    assert transposed.shape == (4, 3)
    assert kept["AddmmBackward0", "mat2"] == transposed.tensor
    (result,) = created["TanhBackward0"].outputs
    assert kept["TanhBackward0", "result"] == result.tensor


@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_hooks_of_the_program_do_not_unpack_for_us(level: Any, tmp_path: Path) -> None:
    unpacked: list[str] = []

    def unpack(tensor: Any) -> Any:
        unpacked.append("unpacked")
        return tensor

    with gradtrace.record(tmp_path / "run.gtrace", level=level):
        x = torch.ones(2, requires_grad=True)
        with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
            y = x.exp() * x
        assert unpacked == []
        y.sum().backward()
    assert len(unpacked) == 3


@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_zeros_that_take_no_memory(level: Any, tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace", level=level):
        x = torch.tensor([-1.0, 2.0], requires_grad=True)
        (first,) = torch.autograd.grad(x.abs().sum(), x, create_graph=True)
        (second,) = torch.autograd.grad((first * x).sum(), x)
    assert second.tolist() == [-1.0, 1.0]
    trace = gradtrace.load(tmp_path / "run.gtrace")
    sent = [event for event in trace.events if isinstance(event, ev.GradientFlowed) and trace.nodes.get(event.node)]
    of_sign = [one.gradient for one in sent if trace.nodes[one.node].name == "SgnBackward0"]
    if level == "structure":
        return
    (zeros,) = of_sign
    assert zeros is not None
    assert zeros.statistics is not None
    assert (zeros.statistics.count, zeros.statistics.zeros, zeros.statistics.norm) == (2, 2, 0.0)


def test_statistics_of_transposed_and_channels_last_gradients(tmp_path: Path) -> None:
    numbers = np.arange(24.0).reshape(2, 3, 2, 2)
    with gradtrace.record(tmp_path / "run.gtrace", level="stats"):
        x, w = torch.ones(2, 3, 2, 2, requires_grad=True), torch.ones(3, 4, requires_grad=True)
        upstream = torch.tensor(numbers.tolist()).contiguous(memory_format=torch.channels_last)
        (x * 1).backward(upstream)
        (w * 1).backward(torch.arange(12.0).reshape(4, 3).t())
    flowed = [event for event in gradtrace.load(tmp_path / "run.gtrace").events if isinstance(event, ev.GradientFlowed)]
    norms = [one.gradient.statistics.norm for one in flowed if one.gradient is not None and one.gradient.statistics is not None]
    assert norms == pytest.approx([np.linalg.norm(numbers)] * 2 + [np.linalg.norm(np.arange(12.0))] * 2)
