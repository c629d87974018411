"""``gradtrace run`` with a selection: what is recorded, what is said, and which options make no sense."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import gradtrace as library
import pytest

LOOP = """
    import sys
    import gradtrace.core as torch
    from gradtrace.core import nn

    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for index in range(20):
        if str(index) in sys.argv[1:]:
            raise ValueError(f"step {index}")
        loss = (net(torch.randn(5, 3)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{loss.item():.6f}")
"""


@pytest.fixture
def loop(script: Any) -> Path:
    """A training loop that fails in the step it is told."""
    path: Path = script(dedent(LOOP))
    return path


def test_steps(gradtrace: Any, python: Any, loop: Path, tmp_path: Path) -> None:
    ended = gradtrace("run", "--steps", "0:2,10", loop.name)
    assert (ended.status, ended.out) == (0, python(loop.name).out)
    info = gradtrace("info", "train.gtrace").out
    assert "selected  steps 0:2,10" in info
    assert "3 of 20 steps were recorded: 0 to 1, 10" in info
    assert len(library.load(tmp_path / "train.gtrace").passes) == 3


def test_scopes(gradtrace: Any, loop: Path, tmp_path: Path) -> None:
    assert gradtrace("run", "--scope", "0", "--scope", "Sequential/1", "--steps", "3", loop.name).status == 0
    trace = library.load(tmp_path / "train.gtrace")
    assert {record.scope for record in trace.nodes.values() if not record.is_leaf} == {"Sequential/0", "Sequential/1"}
    assert json.loads(gradtrace("info", "--json", "train.gtrace").out)["selection"]["scopes"] == ["0", "Sequential/1"]


def test_the_last_steps_of_a_failing_program(gradtrace: Any, loop: Path) -> None:
    ended = gradtrace("run", "--keep-last", "3", loop.name, "15")
    assert ended.status == 1
    *_, error, last = ended.err.splitlines()
    assert error == "ValueError: step 15"
    assert last == "gradtrace: the last 3 of 15 steps are in train.gtrace  (next: gradtrace open train.gtrace)"
    info = gradtrace("info", "train.gtrace").out
    assert "the last 3 of 15 steps" in info
    assert "ValueError: step 15" in info


def test_the_last_steps_of_a_program_without_a_fault(gradtrace: Any, loop: Path, tmp_path: Path) -> None:
    ended = gradtrace("run", "--keep-last", "3", loop.name)
    assert ended.err == "gradtrace: the program ended without an error: no trace was written\n"
    assert not (tmp_path / "train.gtrace").exists()
    assert gradtrace("run", "-q", "--keep-last", "3", loop.name).err == ""
    ended = gradtrace("run", "--keep-last", "3", "--always", loop.name)
    assert ended.err == "gradtrace: the last 3 of 20 steps are in train.gtrace  (next: gradtrace open train.gtrace)\n"


def test_limits(gradtrace: Any, loop: Path, tmp_path: Path) -> None:
    assert gradtrace("run", "--max-value-bytes", "8", "--max-total-bytes", "1K", loop.name).status == 0
    notes = library.load(tmp_path / "train.gtrace").notes
    assert any("larger than 8 bytes" in note for note in notes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--steps", "3:x"], "argument --steps: '3:x' is not a step, nor a range of steps"),
        (["--scope", ""], "argument --scope: scope needs patterns such as 'encoder'"),
        (["--keep-last", "0"], "argument --keep-last: '0' is not a number from 1 on"),
        (["--keep-last", "many"], "argument --keep-last: 'many' is not a number from 1 on"),
        (["--max-value-bytes", "1X"], "argument --max-value-bytes: '1X' is not a size"),
        (["--always"], "--always needs --keep-last"),
        (["--keep-bytes", "1M"], "--keep-bytes needs --keep-last"),
        (["--keep-last", "3", "--max-events", "9"], "--keep-last has --keep-bytes, not --max-events"),
    ],
)
def test_options_that_make_no_sense(gradtrace: Any, loop: Path, options: list[str], message: str) -> None:
    ended = gradtrace("run", *options, loop.name)
    assert ended.status == 2
    assert message in ended.err


NESTED = """
    import gradtrace
    import gradtrace.core as torch

    def step():
        weight = torch.ones(2, requires_grad=True)
        (weight * 2).sum().backward()

    step()
    with gradtrace.record("inner.gtrace"):
        step()
        step()
    step()
    print(len(gradtrace.load("inner.gtrace").passes))
"""


@pytest.mark.parametrize("options", [[], ["--steps", "0:5"]])
def test_a_program_that_records_itself_gets_its_trace(gradtrace: Any, script: Any, tmp_path: Path, options: list[str]) -> None:
    script(dedent(NESTED))
    ended = gradtrace("run", *options, "train.py")
    assert (ended.status, ended.out) == (0, "2\n")
    outer = library.load(tmp_path / "train.gtrace")
    assert outer.problems == []
    assert len(outer.passes) == 2
    assert any("the program records into inner.gtrace itself" in outer.describe(event) for event in outer.events)


def test_steps_count_once_while_a_program_records_itself(gradtrace: Any, script: Any, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    script(
        dedent("""
            import gradtrace, torch

            net = torch.nn.Linear(2, 1)
            optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

            def step():
                net(torch.ones(1, 2)).sum().backward()
                optimizer.step()
                optimizer.zero_grad()

            step()
            with gradtrace.record("inner.gtrace", steps="1:"):
                for _ in range(3):
                    step()
            step()
        """)
    )
    assert gradtrace("run", "--steps", "0,4", "train.py").status == 0
    outer, inner = (library.load(tmp_path / name) for name in ("train.gtrace", "inner.gtrace"))
    assert [step.label for step in outer.steps] == ["step 0", "step 4"]
    assert [step.label for step in inner.steps] == ["step 1", "step 2"]


def test_a_recording_within_a_recording_is_still_an_error(python: Any, script: Any) -> None:
    script('import gradtrace\nwith gradtrace.record("one.gtrace"), gradtrace.record("two.gtrace"):\n    pass\n')
    assert "a recording is running already" in python("train.py").err
