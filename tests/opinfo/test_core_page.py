"""The page about the core says what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "docs" / "make_core_tables.py"


def test_tables_are_up_to_date() -> None:
    ended = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
