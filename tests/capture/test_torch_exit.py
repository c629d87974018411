"""A recorded program ends as quietly as it would alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from tensor_bytes import NUMPY_WORKS

sys.path.pop(0)

PROGRAM = """
import sys, torch, gradtrace
with gradtrace.record(sys.argv[1]):
    x = torch.ones(3, requires_grad=True)
    (x * x).sum().backward()
    torch.numbers = (x * x).detach().numpy()  # goes when the interpreter does
"""


@pytest.mark.skipif(not NUMPY_WORKS, reason="this PyTorch was made for NumPy 1, and refuses numpy() with NumPy 2")
def test_nothing_is_said_at_the_interpreters_end(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path / "run.gtrace")], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
