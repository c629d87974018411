"""What the tests of the command line share: running it as a user does, in a process and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

Environment = dict[str, str]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


def _call(command: list[str], cwd: Path, env: Environment | None) -> Ended:
    settings = {key: value for key, value in os.environ.items() if not key.startswith(("GRADTRACE_", "DISPLAY", "WAYLAND_"))}
    settings["PYTHONSAFEPATH"] = ""
    settings["TMPDIR"] = str(cwd)  # what a command leaves behind goes when the test does
    ended = subprocess.run(
        command,
        cwd=cwd,
        env={**settings, **(env or {})},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def gradtrace(tmp_path: Path) -> Run:
    """Call ``gradtrace ARGUMENTS`` in ``tmp_path``."""

    def call(*arguments: str | Path, env: Environment | None = None) -> Ended:
        return _call([sys.executable, "-m", "gradtrace", *map(str, arguments)], tmp_path, env)

    return call


@pytest.fixture
def python(tmp_path: Path) -> Run:
    """Call plain ``python ARGUMENTS`` in ``tmp_path``."""

    def call(*arguments: str | Path, env: Environment | None = None) -> Ended:
        return _call([sys.executable, *map(str, arguments)], tmp_path, env)

    return call


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Write a program into ``tmp_path`` and return its path."""

    def write(text: str, name: str = "train.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
