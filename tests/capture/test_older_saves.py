"""PyTorch 2.8 and older shows saved tensors only unpacked: they are recorded all the same, and none of the program runs for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gradtrace
import pytest
from gradtrace.core.events import TensorSaved
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")

PROGRAM = """
import sys
from gradtrace.tracer.capture.torch import lookup
find = lookup.find
lookup.find = lambda name: lookup.ABSENT if name == "torch._C._autograd.SavedTensor.data" else find(name)
import gradtrace, torch, threading
from torch.utils.checkpoint import checkpoint

calls = []

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x ** 3
        ctx.save_for_backward(x, result)
        return result

    @staticmethod
    def backward(ctx, gradient):
        return 3 * ctx.saved_tensors[0] ** 2 * gradient

def block(x):
    calls.append("block")
    return x.tanh().sigmoid()

def pack(x):
    calls.append("pack")
    return x

def unpack(x):
    calls.append("unpack")
    return x

def program():
    w = torch.ones(3, requires_grad=True)
    checkpoint(block, w * 2, use_reentrant=False).sum().backward()
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        packed = w.exp()
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            packed = packed * packed
    thread = threading.Thread(target=lambda: (w * w).log().sum().backward())
    thread.start()
    thread.join()
    (packed + Cube.apply(w).cos()).sum().backward()
    return w.grad.tolist()

before = torch.ones(3, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    before = before.exp()
calls.clear()
alone = program()
told = calls.copy()
calls.clear()
with gradtrace.record(sys.argv[1]):
    assert program() == alone
    assert calls == told, calls
    calls.clear()
    later = before.cos()
    assert calls == []
try:
    with gradtrace.record(sys.argv[2], level=sys.argv[3]):
        y = torch.ones(3, requires_grad=True).exp()
        y += 1
        y.sum().backward()
except RuntimeError as error:
    print(error.__notes__[:2])
"""


@pytest.mark.parametrize("level", ["structure", "values"])
def test_what_nodes_save_is_looked_at_unpacked(tmp_path: Path, level: str) -> None:
    first, second = tmp_path / "first.gtrace", tmp_path / "second.gtrace"
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-W", "ignore", str(tmp_path / "program.py"), str(first), str(second), level]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.returncode == 0
    trace = gradtrace.load(first)
    assert _saved(trace) == {
        "CosBackward0": ["self"] * 2,
        "CubeBackward": ["0", "1"],
        "LogBackward0": ["self"],
        "MulBackward0": ["other", "other", "self"],
    }
    (results,) = (event.tensor for event in _events(trace) if trace.nodes[event.node].name == "CubeBackward" and event.slot == "1")
    (made,) = (node for node in trace.nodes.values() if node.name == "CubeBackward")
    assert results == made.outputs[0].tensor
    assert [one.key for one in trace.not_covered] == ["packed"]
    line = PROGRAM[: PROGRAM.index("    y += 1")].count("\n") + 1
    assert f"ExpBackward0 (made at program.py:{line - 1}) saved result (3,) at version 0" in ended.stdout
    assert f"add_() moved it from version 0 to 1 at program.py:{line}" in ended.stdout
    assert [finding.rule for finding in gradtrace.load(second).findings()] == ["overwritten-saved"]


def _events(trace: Trace) -> list[TensorSaved]:
    return [event for event in trace.events if isinstance(event, TensorSaved)]


def _saved(trace: Trace) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event in _events(trace):
        if not trace.nodes[event.node].name.startswith("_"):  # some versions make a node for a checkpoint
            found.setdefault(trace.nodes[event.node].name, []).append(event.slot)
    return {name: sorted(slots) for name, slots in sorted(found.items())}
