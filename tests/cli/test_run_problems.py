"""`gradtrace run` when something is wrong before the program starts, and where the trace goes when nothing is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace as gradtrace_package
import pytest

SCALAR = "import gradtrace.core as torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n"


def test_the_trace_is_named_after_the_script_and_lands_here(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script(SCALAR, name="sub/train.py")
    ended = gradtrace("run", "sub/train.py")
    assert (ended.status, ended.out) == (0, "")
    assert ended.err == "gradtrace: recorded train.gtrace  (next: gradtrace open train.gtrace)\n"
    trace = gradtrace_package.load(tmp_path / "train.gtrace")
    assert len(trace.passes) == 1
    assert trace.problems == []
    assert not list((tmp_path / "sub").glob("*.gtrace*"))


def test_the_trace_of_a_module_is_named_after_its_last_part(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script("", name="pkg/__init__.py")
    script(SCALAR, name="pkg/train.py")
    assert gradtrace("run", "-q", "-m", "pkg.train").err == ""
    assert (tmp_path / "train.gtrace").exists()


@pytest.mark.parametrize(
    ("launcher", "options"), [(["-m", "torch.distributed.launch"], " --use-env"), (["bin/accelerate", "launch"], " launch")]
)
def test_a_launcher_of_processes_is_not_recorded(gradtrace: Any, tmp_path: Path, launcher: list[str], options: str) -> None:
    ended = gradtrace("run", *launcher, "--nproc-per-node", "2", "train.py")
    assert ended.status == 2
    assert "starts processes of its own, which would not be recorded" in ended.err
    assert f"{options} [its options] -m gradtrace run SCRIPT" in ended.err
    assert not list(tmp_path.glob("*.gtrace"))


def test_the_ranks_of_a_run_do_not_share_a_file(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script(SCALAR)
    for rank in ("0", "1"):
        ended = gradtrace("run", "train.py", env={"RANK": rank, "WORLD_SIZE": "2"})
        assert ended.err == f"gradtrace: recorded train.rank{rank}.gtrace  (next: gradtrace open train.rank{rank}.gtrace)\n"
    assert sorted(path.name for path in tmp_path.glob("*.gtrace")) == ["train.rank0.gtrace", "train.rank1.gtrace"]


def test_output_can_be_chosen(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script(SCALAR)
    (tmp_path / "out").mkdir()
    ended = gradtrace("run", "-o", "out/my run.gtrace", "train.py", "-o", "not-ours")
    assert ended.status == 0
    assert ended.err.endswith("(next: gradtrace open 'out/my run.gtrace')\n")
    assert gradtrace_package.load(tmp_path / "out" / "my run.gtrace").passes
    assert not (tmp_path / "train.gtrace").exists()


@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_levels(level: str, gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script(SCALAR)
    assert gradtrace("run", "--level", level, "train.py").status == 0
    trace = gradtrace_package.load(tmp_path / "train.gtrace")
    assert trace.level == level
    (leaf,) = [node for node in trace.nodes.values() if node.op == "AccumulateGrad"]
    gradient = trace.passes[0].gradient(leaf.id)
    assert gradient is not None
    assert (gradient.statistics is not None) == (level != "structure")
    assert (gradient.value != 0) == (level == "values")


def test_sources_are_in_the_trace_unless_left_out(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    path = script(SCALAR)
    gradtrace("run", "-q", "train.py")
    gradtrace("run", "-q", "--no-sources", "-o", "bare.gtrace", "train.py")
    path.unlink()
    assert gradtrace_package.load(tmp_path / "train.gtrace").source_text(str(path)) == SCALAR
    assert gradtrace_package.load(tmp_path / "bare.gtrace").source_text(str(path)) is None


def test_nothing_of_the_command_line_is_in_the_trace(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    path = script(SCALAR)
    gradtrace("run", "-q", "train.py")
    trace = gradtrace_package.load(tmp_path / "train.gtrace")
    for event in trace.events:
        position = event.source
        while position is not None:
            assert position.file == str(path)
            position = position.caller


BAD = {
    "missing": (["nothing.py"], ["there is no file nothing.py"]),
    "typo": (["trian.py"], ["there is no file trian.py", "Did you mean train.py?"]),
    "folder": (["folder"], ["folder is a folder, not a script", "Scripts in it: a.py"]),
    "folder_with_main": (["package"], ["package is a folder", "gradtrace run package/__main__.py"]),
    "trace": (["old.gtrace"], ["old.gtrace is a trace, not a script", "gradtrace open old.gtrace"]),
    "no_module": (["-m", "not_there"], ["there is no module named not_there"]),
    "no_inner_module": (["-m", "package.not_there"], ["there is no module named package.not_there"]),
    "no_such_package": (["-m", "folder.not_there"], ["there is no module named folder.not_there"]),
    "package_without_main": (["-m", "folder"], ["folder is a package without a __main__ module"]),
    "relative_module": (["-m", "..train"], ["there is no module named"]),
    "unknown_level": (["--level", "everything", "train.py"], ["invalid choice: 'everything'", "structure"]),
    "unknown_option": (["--fast", "train.py"], ["--fast"]),
    "nothing": ([], ["nothing to run: name a script, or -m MODULE"]),
    "module_without_name": (["-m"], ["-m needs the name of a module"]),
    "output_folder_missing": (["-o", "no/where/x.gtrace", "train.py"], ["x.gtrace"]),
    "output_is_a_folder": (["-o", "folder", "train.py"], ["cannot write the trace: folder is a folder", "-o folder/run.gtrace"]),
    "output_is_the_script": (["-o", "train.py", "train.py"], ["the trace would overwrite the script train.py"]),
    "output_is_something_else": (["-o", "notes.txt", "train.py"], ["notes.txt exists and is not a trace", "-o notes.gtrace"]),
    "output_below_a_file": (["-o", "notes.txt/x.gtrace", "train.py"], ["x.gtrace"]),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_run_or_written_is_said(name: str, gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script("print('ran')\n")
    script("", name="folder/a.py")
    script("", name="package/__init__.py")
    script("", name="package/__main__.py")
    script("", name="old.gtrace")
    script("keep me", name="notes.txt")
    arguments, messages = BAD[name]
    ended = gradtrace("run", *arguments)
    assert ended.status == 2
    for message in messages:
        assert message in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""
    assert (tmp_path / "train.py").read_text() == "print('ran')\n"
    assert (tmp_path / "notes.txt").read_text() == "keep me"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write and read everywhere")
def test_permissions(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script("print('ran')\n").chmod(0)
    assert "permission denied" in gradtrace("run", "train.py").err.lower()
    script("print('ran')\n", name="ok.py")
    tmp_path.chmod(0o500)
    ended = gradtrace("run", "ok.py")
    tmp_path.chmod(0o700)
    assert (ended.status, ended.out) == (2, "")
    assert "permission denied" in ended.err.lower()


def test_a_file_system_without_room_does_not_hurt_the_program(gradtrace: Any, script: Callable[..., Path]) -> None:
    """Whether the recording is refused or fails on the way: a message, never a traceback of ours."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    script(SCALAR + "print('ran')\n")
    ended = gradtrace("run", "-o", "/dev/full", "train.py")
    assert ended.status in (0, 2)
    assert ended.out == ("ran\n" if ended.status == 0 else "")
    assert "Traceback" not in ended.err


def test_a_script_that_raises_leaves_a_complete_trace(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script(SCALAR + "y.backward()\n")
    ended = gradtrace("run", "train.py")
    assert ended.status == 1
    lines = ended.err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "RuntimeError: Trying to backward through the graph a second time" in ended.err
    assert lines[-1] == "gradtrace: recorded train.gtrace  (next: gradtrace open train.gtrace)"
    trace = gradtrace_package.load(tmp_path / "train.gtrace")
    assert [error.type for error in trace.errors] == ["RuntimeError"]
    assert [pass_.outcome for pass_ in trace.passes] == ["finished", "raised"]
    assert trace.problems == []


def test_a_script_killed_on_the_way_leaves_what_was_written_by_then(
    gradtrace: Any, script: Callable[..., Path], tmp_path: Path
) -> None:
    """The recorder writes at least once a second; what the last moment held may be lost."""
    script(f"import os, signal, time\n{SCALAR}time.sleep(1)\n(x * x).backward()\nos.kill(os.getpid(), signal.SIGKILL)\n")
    ended = gradtrace("run", "train.py")
    assert ended.status == -9
    trace = gradtrace_package.load(tmp_path / "train.gtrace")
    assert trace.passes[0].outcome == "finished"
    assert any("cut off" in problem for problem in trace.problems)


EDGE = {
    "no_tensors": "print('no tensors here')\n",
    "zero_dim": "import gradtrace.core as torch\nx = torch.tensor(0.0, requires_grad=True)\n(x * 2).backward()\n",
    "empty": "import gradtrace.core as torch\nx = torch.zeros(0, 3, requires_grad=True)\n(x * 2).sum().backward()\n",
    "nan": "import gradtrace.core as torch\nx = torch.tensor([0.0], requires_grad=True)\n(x * float('nan')).sum().backward()\n",
    "forward_only": "import gradtrace.core as torch\nx = torch.ones(2, requires_grad=True)\ny = (x * 2).sum()\n",
    "empty_file": "",
}


@pytest.mark.parametrize("name", EDGE)
def test_every_verb_copes_with_edge_cases(name: str, gradtrace: Any, script: Callable[..., Path]) -> None:
    script(EDGE[name])
    assert gradtrace("run", "-q", "train.py").status == 0
    info = gradtrace("info", "train.gtrace")
    assert (info.status, info.err) == (0, "")
    for format_name in ("json", "dot", "graphml", "svg"):
        exported = gradtrace("export", "-f", format_name, "train.gtrace")
        assert exported.status == 0, exported.err
        assert exported.out == f"train.{format_name}\n"
