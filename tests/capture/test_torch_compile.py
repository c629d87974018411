"""``torch.compile`` while recording: compiled code runs as it does alone, or uncompiled and in full view."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events as ev

torch = pytest.importorskip("torch")


@functools.cache
def ran(backend: str, how: str, folder: Path) -> dict[str, Any]:
    """What the program did, and where its trace is."""
    path = folder / f"{backend}_{how}.gtrace"
    script = Path(__file__).with_name("compiled_program.py")
    command = [sys.executable, str(script), backend, how, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    result["said"] = re.sub(r"\d", "", done.stderr)  # PyTorch's log has times and process numbers
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compiled_code_runs_as_it_does_alone(backend: str, folder: Path) -> None:
    alone, recorded = ran(backend, "", folder), ran(backend, "opaque", folder)
    assert alone["compiled"]["unique_graphs"] >= 3
    assert {**recorded, "failure": ""} == {**alone, "failure": ""}
    assert recorded["failure"] == ""
    assert recorded["restored"]


def test_a_compiled_region_is_one_node_at_the_line_that_calls_it(folder: Path) -> None:
    ran("aot_eager", "opaque", folder)
    trace = gradtrace.load(folder / "aot_eager_opaque.gtrace")
    assert trace.problems == []
    nodes = [trace.nodes[node] for node in trace.passes[0].nodes]
    compiled = [node for node in nodes if node.name == "CompiledFunctionBackward"]
    assert len(compiled) >= 3
    lines = Path(__file__).with_name("compiled_program.py").read_text(encoding="utf-8").splitlines()
    calls = [lines[node.source.line - 1] for node in compiled if node.source is not None]
    assert all("model(" in call or "function(" in call for call in calls), calls
    marks = [event for event in trace.events if isinstance(event, ev.Marked) and event.kind == "not covered"]
    assert [mark.text.partition(":")[0] for mark in marks] == ["compiled"]
    assert not [event for event in trace.events if isinstance(event, ev.ErrorRaised)]


def test_eager_runs_and_records_everything_uncompiled(folder: Path) -> None:
    alone, recorded = ran("eager", "", folder), ran("eager", "eager", folder)
    assert recorded["facts"] == alone["facts"]
    assert recorded["compiled"] == {}
    assert recorded["failure"] == ""
    assert recorded["restored"]
    assert recorded["stance"] == "default"
    trace = gradtrace.load(folder / "eager_eager.gtrace")
    names = {trace.nodes[node].name for node in trace.passes[0].nodes}
    assert {"SinBackward0", "CosBackward0", "AddmmBackward0"} <= names
    marks = [event.text for event in trace.events if isinstance(event, ev.Marked)]
    assert [mark.partition(":")[0] for mark in marks] == ["uncompiled"]


def test_only_two_ways_are_known(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="compile must be one of opaque, eager, not 'fast'"):
        gradtrace.record(tmp_path / "run.gtrace", compile="fast")  # type: ignore[arg-type]


def test_the_command_line_takes_the_option(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import torch\nx = torch.ones(2, requires_grad=True)\n"
        "torch.compile(lambda value: value.sin().exp(), backend='aot_eager')(x).sum().backward()\n",
        encoding="utf-8",
    )
    for how, name in (("opaque", "CompiledFunctionBackward"), ("eager", "SinBackward0")):
        command = [sys.executable, "-m", "gradtrace", "run", "-q", "--compile", how, "-o", f"{how}.gtrace", str(script)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        trace = gradtrace.load(tmp_path / f"{how}.gtrace")
        assert name in {trace.nodes[node].name for node in trace.passes[0].nodes}
