"""A graph that is one long chain is freed while it is recorded, as it is alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

PROGRAM = """
import sys
import gradtrace, torch

with gradtrace.record(sys.argv[1], level="structure"):
    x = torch.ones((), requires_grad=True)
    y = x
    for _ in range(60_000):
        y = y + 1
    del y
print("freed")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the stack does not grow there")
def test_a_long_chain_is_freed(tmp_path: Path) -> None:
    program = [sys.executable, "-c", PROGRAM, str(tmp_path / "run.gtrace")]
    ran = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "freed\n"), ran.stderr
