"""Real programs, recorded: same results, the right lines, and files that survive whatever ends the program."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import weakref
from pathlib import Path

import gradtrace
import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core import events as ev
from gradtrace.core import nn
from gradtrace.tracer.store.reader import read_tables


def train(steps: int) -> list[bytes]:
    """A few steps of a small network; the bytes of everything it computed."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    inputs, wanted = torch.randn(16, 4), torch.randn(16, 1)
    results = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((net(inputs) - wanted) ** 2).mean()
        loss.backward()
        optimizer.step()
        results.append(loss.detach().numpy().tobytes())
    return results + [p.detach().numpy().tobytes() for p in net.parameters()]


@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_a_recorded_program_computes_the_same_bits(tmp_path: Path, level: str) -> None:
    alone = train(4)
    with gradtrace.record(tmp_path / "run.gtrace", level=level):  # type: ignore[arg-type]
        recorded = train(4)
    assert recorded == alone
    tables = read_tables(tmp_path / "run.gtrace")
    assert tables.problems == []
    assert tables.count(ev.BackwardStarted) == tables.count(ev.BackwardEnded) == 4
    assert tables.count(ev.GradientAccumulated) == (0 if level == "structure" else 16)
    assert len(gradtrace.load(tmp_path / "run.gtrace").events.ids(ev.GradientAccumulated)) == 16


def test_recorded_gradients_are_those_of_the_program(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        w = torch.tensor([[1.0, -2.0], [0.5, 4.0]], requires_grad=True)
        (w * w).sum().backward()
    assert w.grad is not None
    tables = read_tables(tmp_path / "run.gtrace")
    (event_id,) = tables.ids(ev.GradientAccumulated).tolist()
    accumulated = tables.event(event_id)
    assert isinstance(accumulated, ev.GradientAccumulated)
    assert accumulated.before is None
    assert accumulated.after is not None
    assert accumulated.after.statistics is not None
    value = tables.value(accumulated.after.value)
    np.testing.assert_array_equal(value, w.grad.numpy())
    assert accumulated.after.statistics.norm == pytest.approx(float(np.linalg.norm(w.grad.numpy())))


def test_lines_functions_targets_and_leaf_names(tmp_path: Path) -> None:
    before = torch.ones(3, requires_grad=True)

    def forward(x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = x * before
        total: torch.Tensor = y.sum()
        return total

    with gradtrace.record(tmp_path / "run.gtrace"):
        weight = torch.ones(3, requires_grad=True)
        bias = torch.ones(3)
        bias.requires_grad_()
        late = torch.ones(3)
        late.requires_grad = True
        layer = nn.Linear(3, 2)
        loss = forward(weight)
        (loss + (bias + late).sum() + layer(weight).sum()).backward()
    tables = read_tables(tmp_path / "run.gtrace")
    columns = tables.columns(ev.LeafCreated)
    assert tables.texts(columns["name"])[:5] == ["weight", "bias", "late", "layer.weight", "layer.bias"]
    assert tables.texts(columns["name"])[5] == ""  # made before the recording

    created = {tables.text(name): index for index, name in enumerate(tables.columns(ev.NodeCreated)["name"].tolist())}
    product = tables.event(int(tables.columns(ev.NodeCreated)["id"][created["MulBackward0"]]))
    assert product.source is not None
    assert product.source.file == __file__
    assert (product.source.function, product.source.target) == ("forward", "y")
    assert product.source.line == forward.__code__.co_firstlineno + 1
    caller = product.source.caller
    assert caller is not None
    assert (caller.function, caller.target) == ("test_lines_functions_targets_and_leaf_names", "loss")


def test_zero_dimensional_and_empty_tensors(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        scalar = torch.tensor(2.0, requires_grad=True)
        empty = torch.zeros(0, 3, requires_grad=True)
        (scalar * scalar + empty.sum()).backward()
    tables = read_tables(tmp_path / "run.gtrace")
    shapes = {tables.shape(number) for number in tables.columns(ev.GradientAccumulated)["after.shape"].tolist()}
    assert shapes == {(), (0, 3)}


def test_an_in_place_error_names_its_cause(tmp_path: Path) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        y = w * 2
        z = (y * y).sum()
        y.add_(1)
        z.backward()

    with pytest.raises(RuntimeError, match="inplace operation"), gradtrace.record(tmp_path / "run.gtrace"):
        program()
    tables = read_tables(tmp_path / "run.gtrace")
    (error_id,) = tables.ids(ev.ErrorRaised).tolist()
    error = tables.event(error_id)
    assert isinstance(error, ev.ErrorRaised)
    cause = tables.event(error.cause)
    assert isinstance(cause, ev.VersionBumped)
    assert cause.op == "add_"
    (ended,) = tables.ids(ev.RunEnded).tolist()
    run_ended = tables.event(ended)
    assert isinstance(run_ended, ev.RunEnded)
    assert run_ended.outcome == "raised"


def test_a_second_backward_names_the_freeing(tmp_path: Path) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        z = (w * w).sum()
        z.backward()
        z.backward()

    with pytest.raises(RuntimeError, match="second time"), gradtrace.record(tmp_path / "run.gtrace"):
        program()
    tables = read_tables(tmp_path / "run.gtrace")
    cause = int(tables.columns(ev.ErrorRaised)["cause"][0])
    assert tables.event_type(cause) is ev.SavedFreed


def test_recording_keeps_no_tensor_alive(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        w = torch.ones(3, requires_grad=True)
        y = w * 2
        y.sum().backward()
        array = weakref.ref(y.detach().numpy())
        tensor = weakref.ref(y)
        del y
        gc.collect()
        assert tensor() is None
        assert array() is None


# --------------------------------------------------------------------------------------------- however the program ends
PRELUDE = """
    import os, sys, time
    import gradtrace
    import gradtrace.core as torch

    def work():
        w = torch.ones(3, requires_grad=True)
        (w * w).sum().backward()
        return w

"""


def run_program(tmp_path: Path, body: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PRELUDE) + textwrap.dedent(body))
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    return done, tmp_path / "run.gtrace"


@pytest.mark.parametrize(
    ("ending", "complete", "code"),
    [
        ("sys.exit(3)", True, 3),
        ("raise ValueError('bad')", True, 1),
        ("os._exit(5)", False, 5),
        ("os.kill(os.getpid(), 9)", False, -9),
        ("f = lambda: f(); f()", True, 1),
    ],
)
def test_the_file_survives_every_ending(tmp_path: Path, ending: str, complete: bool, code: int) -> None:
    if code < 0 and not hasattr(signal, "SIGKILL"):
        pytest.skip("no kill -9 here")
    done, path = run_program(tmp_path, f"with gradtrace.record('run.gtrace'):\n    work()\n    {ending}\n")
    assert done.returncode == code, done.stderr
    tables = read_tables(path)
    assert tables.count(ev.BackwardEnded) == 1
    assert bool(tables.problems) != complete
    assert tables.count(ev.RunEnded) == int(complete)


def test_a_recording_left_open_is_closed_at_exit(tmp_path: Path) -> None:
    done, path = run_program(tmp_path, "recording = gradtrace.record('run.gtrace')\nrecording.__enter__()\nwork()\n")
    assert done.returncode == 0, done.stderr
    tables = read_tables(path)
    assert tables.problems == []
    assert tables.count(ev.RunEnded) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_leaves_the_file_alone(tmp_path: Path) -> None:
    body = """
    with gradtrace.record("run.gtrace") as recording:
        work()
        child = os.fork()
        if child == 0:
            for _ in range(50):
                work()
            gradtrace.mark("from the child")
            assert not recording.active
        else:
            os.waitpid(child, 0)
            gradtrace.mark("from the parent")
    print("out", os.getpid() != child)
    """
    done, path = run_program(tmp_path, body)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("out") == 2
    tables = read_tables(path)
    assert tables.problems == []
    assert tables.texts(tables.columns(ev.Marked)["text"]) == ["from the parent"]
    assert tables.count(ev.BackwardStarted) == 1


def test_a_child_can_record_its_own_file(tmp_path: Path) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    body = """
    with gradtrace.record("run.gtrace"):
        child = os.fork()
        if child == 0:
            with gradtrace.record("child.gtrace"):
                work()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    """
    done, path = run_program(tmp_path, body)
    assert done.returncode == 0, done.stderr
    assert read_tables(path).count(ev.BackwardStarted) == 0
    assert read_tables(tmp_path / "child.gtrace").count(ev.BackwardStarted) == 1


def test_warnings_as_errors_and_a_closed_stderr_do_not_matter(tmp_path: Path) -> None:
    body = """
    import warnings, numpy
    warnings.simplefilter("error")
    numpy.seterr(all="raise")
    sys.stderr.close()
    with gradtrace.record("run.gtrace"):
        w = torch.tensor([1e30, 0.0], requires_grad=True)
        (w * torch.tensor([1.0, 2.0])).sum().backward()
        gradtrace.tracer.record.events.sink.gradient_flowed(1, 2, 0, 3, 0, "not an array")
        work()
    """
    done, _ = run_program(tmp_path, body)
    assert done.returncode == 0


def test_a_full_call_stack_is_the_programs_own_affair(tmp_path: Path) -> None:
    body = """
    def descend():
        try:
            descend()
        except RecursionError:
            pass
        gradtrace.mark("on the way back")

    with gradtrace.record("run.gtrace") as recording:
        descend()
        work()
        assert recording.active
    """
    done, path = run_program(tmp_path, body)
    assert (done.returncode, done.stderr) == (0, "")
    tables = read_tables(path)
    assert tables.count(ev.BackwardEnded) == 1
    assert tables.count(ev.Marked) > 900
