"""The samples for PyTorch run recorded as they run alone, and their traces show what their docstrings promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gradtrace
import pytest
from gradtrace import samples
from gradtrace.core import events as ev
from gradtrace.tracer.model import Trace

pytest.importorskip("torch")

FOLDER = Path(samples.__file__).parent / "pytorch"
PROGRAMS = sorted(path for path in FOLDER.glob("[!_]*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_sample_runs_recorded(program: Path, tmp_path: Path) -> None:
    text = program.read_text(encoding="utf-8")
    assert "gradtrace" not in text
    assert "In the window:" in text
    output = tmp_path / "out.gtrace"
    command = [sys.executable, "-m", "gradtrace", "run", "--quiet", "-o", str(output), str(program)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    alone = subprocess.run([sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == alone.returncode == (1 if "Ends with RuntimeError." in text else 0), ran.stderr
    assert ran.stdout == alone.stdout
    assert "no longer recorded" not in ran.stderr
    trace = gradtrace.load(output)
    assert trace.problems == []
    PROMISES[program.stem](trace)


def names(trace: Trace, index: int) -> set[str]:
    return {trace.nodes[node].name for node in trace.passes[index].nodes}


def mlp(trace: Trace) -> None:
    assert len(trace.passes) == 10
    assert {leaf.name for leaf in trace.leaves.values()} == {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}
    assert {"Net/fc1", "Net/fc2", "Net"} <= {trace.nodes[node].scope for node in trace.passes[-1].nodes}


def inplace_error(trace: Trace) -> None:
    (error,) = trace.errors
    assert trace.nodes[error.node].name == "ExpBackward0"
    assert isinstance(trace.events[error.cause], ev.VersionBumped)


def checkpointing(trace: Trace) -> None:
    outer, inner, single = trace.passes
    assert outer.first < inner.first < inner.last < outer.last < single.first


def gan_detach(trace: Trace) -> None:
    assert len(trace.passes) == 10
    reached = [
        [event.tensor for event in trace.events[one.first : one.last] if isinstance(event, ev.GradientAccumulated)]
        for one in trace.passes[:2]
    ]
    assert [len(set(tensors)) for tensors in reached] == [4, 8]
    assert "detach" in {event.how for event in trace.events if isinstance(event, ev.GraphCut)}


def double_backward(trace: Trace) -> None:
    first, second = trace.passes
    assert first.create_graph
    assert any(trace.nodes[node].created > first.first for node in second.nodes)


def lstm_loop(trace: Trace) -> None:
    assert [leaf.name for leaf in trace.leaves.values()][:4] == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    assert len(trace.passes[0].nodes) > 100


PROMISES = {function.__name__: function for function in (mlp, inplace_error, checkpointing, gan_detach, double_backward, lstm_loop)}
