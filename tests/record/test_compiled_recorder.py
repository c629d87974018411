"""The compiled recorder and the one in Python write the same."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace import _compiled

PROGRAM = """
import threading
import numpy as np
import gradtrace
import gradtrace.core as torch
from gradtrace.core import events, nn

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 3 * x * x * gradient

def train():
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(4, 40), nn.Tanh(), nn.Linear(40, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    inputs, wanted = torch.randn(16, 4), torch.randn(16, 1)
    for _ in range(3):
        with gradtrace.step():
            optimizer.zero_grad()
            with gradtrace.scope("forward"):
                loss = ((net(inputs) - wanted) ** 2).mean()
            loss.backward()
            optimizer.step()

def odd():
    x = torch.tensor([1.0, 2.0, float("nan")], requires_grad=True)
    handle = x.register_hook(lambda gradient: gradient * 2)
    with gradtrace.scope("outer"), gradtrace.scope("größer"):
        y = Cube.apply(x) + torch.stack([x, x, x]).sum(0).split(1)[0]
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    (gradient,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    gradient.sum().backward()
    handle.remove()
    empty = torch.zeros(0, 3, requires_grad=True)
    (empty * 2).sum().backward()
    z = x * 2
    w = z * z
    z.add_(1)
    try:
        w.sum().backward()
    except RuntimeError:
        pass
    with torch.no_grad():
        x.mul_(0.5)
        float((x.detach() * 2).sum())

def by_hand():
    sink = events.sink
    gradient = np.arange(40.0).reshape(5, 8)
    sink.backward_started(900, "backward", [(5, 0)], True, False, [8])
    for array in (gradient, gradient, gradient.T, gradient[:, ::2], gradient.astype(">f4"), gradient + 1j, gradient > 3, None):
        sink.gradient_flowed(900, 5, 0, 4, 1, array)
    sink.gradient_accumulated(900, 1, 4, None, gradient, gradient[:])
    gradient += 1
    sink.gradient_flowed(900, 5, 1, 4, 1, gradient)
    sink.node_created(7001, "Wide", [(number, 0) for number in range(300)], [(9, (2, 3), "float32")] * 3, (1 << 64) - 1, 77)
    sink.backward_ended(900, "raised")

with gradtrace.record("run.gtrace", level=LEVEL):
    train()
    odd()
    by_hand()
    for _ in range(2):
        thread = threading.Thread(target=odd)
        thread.start()
        thread.join()
"""


def record(folder: Path, level: str, pure: str) -> gradtrace.Trace:
    folder.mkdir(exist_ok=True)
    script = folder.parent / "program.py"
    script.write_text(f"LEVEL = {level!r}\n" + textwrap.dedent(PROGRAM))
    subprocess.run([sys.executable, str(script)], cwd=folder, env={**os.environ, "GRADTRACE_PURE": pure}, check=True)
    return gradtrace.load(folder / "run.gtrace")


def plain(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """What an event says, piece by piece, without what differs from run to run."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in ("time", "duration", "pid"):
                yield from plain(getattr(value, field.name), f"{name}.{field.name}")
    else:
        yield name, value


@pytest.mark.skipif(_compiled.state() != "in use", reason="the recorder is not compiled here")
@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_the_same_run_gives_the_same_trace(tmp_path: Path, level: str) -> None:
    compiled, python = (record(tmp_path / name, level, pure) for name, pure in (("compiled", ""), ("python", "1")))
    assert len(compiled.events) == len(python.events) > 200
    for one, other in zip(compiled.events, python.events, strict=True):
        assert type(one) is type(other)
        for (name, value), (_, expected) in zip(plain(one), plain(other), strict=True):
            if isinstance(expected, float):  # numbers may be summed up in another order
                assert math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-12) or (value != value and expected != expected), name
            else:
                assert value == expected, (one.id, name)
            if name.endswith(".value") and value:
                mine, theirs = compiled.value(value), python.value(value)
                assert mine is not None
                assert theirs is not None
                assert mine.tobytes() == theirs.tobytes()
    assert compiled.problems == python.problems == []
