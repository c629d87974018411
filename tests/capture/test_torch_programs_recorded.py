"""The programs that compare gradtrace's core with PyTorch, recorded on PyTorch: they print, warn and raise the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

CONFORMANCE = Path(__file__).parents[1] / "conformance"
LOOK_CLOSELY = {"anomaly_metadata", "anomaly_nan", "engine_node_attributes", "function_names"}
"""These print the metadata of nodes, where the capture leaves a mark, or a stack trace, in which it shows."""


def test_programs_do_the_same_when_recorded() -> None:
    programs = sorted(str(path) for path in (CONFORMANCE / "snippets").rglob("*.py") if path.stem not in LOOK_CLOSELY)
    assert len(programs) > 100
    command = [sys.executable, str(Path(__file__).with_name("run_recorded.py")), str(CONFORMANCE), *programs]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {}
