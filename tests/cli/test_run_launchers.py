"""Launchers of several processes under ``gradtrace run``, and around it: each process has a trace of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import gradtrace
import pytest
from gradtrace.tracer.cli.spawned import Spawned

torch = pytest.importorskip("torch")
if not torch.distributed.is_available():
    pytest.skip("this PyTorch starts no processes", allow_module_level=True)

PROGRAM = """
import os, sys
import gradtrace.core as torch
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
print(sys.argv[1:], __name__)
"""
LAUNCHED = ["--nproc-per-node", "2", "--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0", "--local-addr", "127.0.0.1"]
PYTHON = [sys.executable, "-m"]
SECONDS = 300


def run(folder: Path, *command: str) -> str:
    """Run a command in ``folder``, where there is a ``train.py``; what it printed."""
    (folder / "train.py").write_text(PROGRAM)
    variables = {name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    variables |= {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    ended = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False)
    if ended.returncode and "bind" in ended.stderr:
        pytest.skip(f"processes of this machine cannot talk to each other: {ended.stderr[-200:]}")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def check(folder: Path, name: str, level: str) -> None:
    assert sorted(path.name for path in folder.glob("*.gtrace")) == [f"{name}.rank0.gtrace", f"{name}.rank1.gtrace"]
    for rank in (0, 1):
        trace = gradtrace.load(folder / f"{name}.rank{rank}.gtrace")
        assert trace.problems == []
        assert trace.started is not None
        assert (trace.started.rank, trace.world_size, trace.level) == (rank, 2, level)
        assert len(trace.passes) == 1


def test_under_gradtrace_a_launcher_starts_recorded_processes(tmp_path: Path) -> None:
    own = ["-q", "--level", "stats", "--scope", "a", "--scope", "b.*", "-o", "my run.gtrace"]
    said = run(tmp_path, *PYTHON, "gradtrace", "run", *own, "-m", "torch.distributed.run", *LAUNCHED, "train.py", "-m", "--steps=3")
    assert said.splitlines() == ["['-m', '--steps=3'] __main__"] * 2
    check(tmp_path, "my run", "stats")
    assert gradtrace.load(tmp_path / "my run.rank1.gtrace").selection.scopes == ("a", "b.*")


def test_a_launcher_that_is_a_script_and_starts_a_module(tmp_path: Path) -> None:
    (tmp_path / "torchrun").write_text("raise SystemExit('is not run itself')")
    assert (
        run(tmp_path, *PYTHON, "gradtrace", "run", "torchrun", *LAUNCHED, "-m", "train", "x").splitlines() == ["['x'] __main__"] * 2
    )
    check(tmp_path, "train", "values")


def test_around_gradtrace_as_a_command(tmp_path: Path) -> None:
    command = [*PYTHON, "torch.distributed.run", *LAUNCHED, "--no-python", *PYTHON, "gradtrace", "run", "train.py"]
    assert run(tmp_path, *command).splitlines() == ["[] __main__"] * 2
    check(tmp_path, "train", "values")


def test_what_is_no_python_program_is_refused(tmp_path: Path) -> None:
    command = [*PYTHON, "gradtrace", "run", "torchrun", "--no-python", "./train.sh"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 2
    assert "with --no-python torchrun starts something else than Python" in ended.stderr


def test_processes_that_pytorch_spawns_are_recorded(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import torch\n"
        "def work(number, factor):\n"
        "    w = torch.full((2,), float(number), requires_grad=True)\n"
        "    (w * factor).sum().backward()\n"
        "if __name__ == '__main__':\n"
        "    torch.multiprocessing.start_processes(work, args=(3,), nprocs=2, start_method='fork')\n"
    )
    command = [sys.executable, "-m", "gradtrace", "run", "--level", "stats", "train.py"]
    variables = {name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    ended = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "recorded the 2 processes that the program started, the first one in train.rank0.gtrace" in ended.stderr
    for rank in (0, 1):
        trace = gradtrace.load(tmp_path / f"train.rank{rank}.gtrace")
        assert trace.started is not None
        assert (trace.started.rank, trace.level, len(trace.passes)) == (rank, "stats", 1)


def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    module = sys.modules["torch.multiprocessing.spawn"]
    before = module.start_processes
    spawned = Spawned(tmp_path / "run.gtrace", {})
    spawned.start()
    assert module.start_processes is not before
    spawned.stop()
    assert module.start_processes is before
