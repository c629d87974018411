"""A run of several processes: which file each records into, and how the files find each other again."""

from __future__ import annotations

import multiprocessing.process
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import gradtrace
import gradtrace.core as torch
import pytest
from gradtrace.tracer.environment import process_place
from gradtrace.tracer.ranks import path_of_rank, short_names, traces_of_run
from gradtrace.tracer.store.peek import peek_header

VARIABLES = ("RANK", "WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE")
VARIABLES += ("LOCAL_RANK", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "TORCHELASTIC_RESTART_COUNT")
Launch = Callable[..., None]


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Launch:
    """Let this process be one that a launcher has started."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def launch(rank: int, size: int, **more: str) -> None:
        for name, value in {"RANK": str(rank), "WORLD_SIZE": str(size), **more}.items():
            monkeypatch.setenv(name, value)

    return launch


def record_into(path: Path) -> Path:
    x = torch.tensor(3.0, requires_grad=True)
    with gradtrace.record(path) as recording:
        (x * x).backward()
    return recording.path


def test_each_rank_has_a_file_of_its_own(launched: Launch, tmp_path: Path) -> None:
    paths = []
    for rank in range(3):
        launched(rank, 3)
        paths.append(record_into(tmp_path / "run.gtrace"))
    assert [path.name for path in paths] == ["run.rank0.gtrace", "run.rank1.gtrace", "run.rank2.gtrace"]
    for rank, path in enumerate(paths):
        with gradtrace.load(path) as trace:
            assert trace.started is not None
            assert (trace.started.rank, trace.world_size, len(trace.passes)) == (rank, 3, 1)
            assert trace.summary()["run"]["world_size"] == 3


def test_a_single_process_records_where_it_is_told_to(launched: Launch, tmp_path: Path) -> None:
    assert record_into(tmp_path / "run.gtrace").name == "run.gtrace"
    launched(0, 1)
    path = record_into(tmp_path / "run.gtrace")
    assert path.name == "run.gtrace"
    assert gradtrace.load(path).world_size == 1
    assert traces_of_run(path) == [path]


def test_a_name_that_has_a_rank_already_is_left_alone(launched: Launch, tmp_path: Path) -> None:
    launched(1, 2)
    assert path_of_rank(tmp_path / "mine.rank1.gtrace") == tmp_path / "mine.rank1.gtrace"
    assert path_of_rank(Path("/dev/null")) == Path("/dev/null")
    assert path_of_rank(tmp_path / "v1.2.gtrace").name == "v1.2.rank1.gtrace"


def test_a_restarted_worker_leaves_what_it_recorded_before(launched: Launch, tmp_path: Path) -> None:
    launched(0, 2)
    first = record_into(tmp_path / "run.gtrace")
    launched(0, 2, TORCHELASTIC_RESTART_COUNT="1")
    again = record_into(tmp_path / "run.gtrace")
    assert [first.name, again.name] == ["run.rank0.gtrace", "run.rank0.restart1.gtrace"]
    assert traces_of_run(first) == [first, again]
    assert short_names([first, again]) == ["rank 0", "rank 0, restart 1"]


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({}, (0, 1)),
        ({"RANK": "3", "WORLD_SIZE": "4"}, (3, 4)),
        ({"RANK": "3"}, (3, 0)),
        ({"RANK": "0", "WORLD_SIZE": ""}, (0, 0)),
        ({"LOCAL_RANK": "1"}, (1, 0)),
        ({"LOCAL_RANK": "1", "WORLD_SIZE": "2"}, (1, 2)),
        ({"RANK": "3", "LOCAL_RANK": "1", "WORLD_SIZE": "4"}, (3, 4)),
        ({"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1"}, (0, 1)),
        ({"RANK": "x", "WORLD_SIZE": "4"}, (0, 1)),
        ({"RANK": "4", "WORLD_SIZE": "4"}, (0, 1)),
        ({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}, (1, 2)),
        ({"PMI_RANK": "1", "PMI_SIZE": "2"}, (1, 2)),
        ({"SLURM_PROCID": "5", "SLURM_STEP_NUM_TASKS": "8"}, (5, 8)),
        ({"RANK": "0", "WORLD_SIZE": "2", "SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "8"}, (0, 2)),
    ],
)
def test_what_launchers_say(
    launched: Launch, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], place: tuple[int, int]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert process_place() == place


def test_processes_that_pytorch_spawns_are_told_apart(launched: Launch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def wrap() -> None: ...

    wrap.__module__ = "torch.multiprocessing.spawn"
    process = SimpleNamespace(_target=wrap, _args=(print, 3, (), ""))
    monkeypatch.setattr(multiprocessing.process, "_current_process", process)
    assert process_place() == (3, 0)
    path = record_into(tmp_path / "run.gtrace")
    assert path.name == "run.rank3.gtrace"
    assert traces_of_run(path) == [path]
    process._target = print
    assert process_place() == (0, 1)


def test_processes_started_by_hand_that_record_before_they_meet(tmp_path: Path) -> None:
    code = "import sys, gradtrace\nwith gradtrace.record(sys.argv[1]): sys.stdin.read()"
    others = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "run.gtrace")], env={**others, "RANK": rank}, stdin=subprocess.PIPE
        )
        for rank in ("0", "1")
    ]
    for process in processes:  # both record at the same time
        process.communicate(timeout=60)
        assert process.returncode == 0
    paths = [tmp_path / f"run.rank{rank}.gtrace" for rank in (0, 1)]
    assert traces_of_run(paths[0]) == paths
    for rank, path in enumerate(paths):
        started = gradtrace.load(path).started
        assert started is not None
        assert started.rank == rank


def test_the_ranks_of_a_run_find_each_other_and_nobody_else(launched: Launch, tmp_path: Path) -> None:
    for rank in (10, 2, 1, 0):  # of an older run with more processes
        launched(rank, 11)
        record_into(tmp_path / "run.gtrace")
    for rank in (0, 1):
        launched(rank, 2)
        record_into(tmp_path / "run.gtrace")
        record_into(tmp_path / "run.other.gtrace")
    (tmp_path / "run.rank7.gtrace").mkdir()
    first, second = tmp_path / "run.rank0.gtrace", tmp_path / "run.rank1.gtrace"
    assert traces_of_run(second) == [first, second]
    assert traces_of_run(tmp_path / "run.rank10.gtrace") == [tmp_path / f"run.rank{rank}.gtrace" for rank in (2, 10)]
    assert [path.name for path in traces_of_run(tmp_path / "run.other.rank0.gtrace")] == [
        "run.other.rank0.gtrace",
        "run.other.rank1.gtrace",
    ]


def test_what_traces_are_called_together(tmp_path: Path) -> None:
    assert short_names([Path("a/run.rank1.gtrace"), Path("a/run.rank0.gtrace")]) == ["rank 1", "rank 0"]
    assert short_names([Path("a.rank0.gtrace"), Path("b.rank0.gtrace")]) == ["a.rank0.gtrace", "b.rank0.gtrace"]
    assert short_names([Path("a/run.gtrace"), Path("b/run.gtrace")]) == ["a/run.gtrace", "b/run.gtrace"]
    assert short_names([Path("run.rank0.gtrace"), Path("old.gtrace")]) == ["run.rank0.gtrace", "old.gtrace"]


def test_a_header_can_be_read_alone(tmp_path: Path) -> None:
    path = record_into(tmp_path / "run.gtrace")
    assert peek_header(path)["world_size"] == 1
    for content in (b"", b"no trace at all", path.read_bytes()[:20]):
        (tmp_path / "broken.gtrace").write_bytes(content)
        with pytest.raises(gradtrace.TraceFormatError):
            peek_header(tmp_path / "broken.gtrace")
    with pytest.raises(gradtrace.TraceFormatError):
        peek_header(tmp_path / "missing.gtrace")
