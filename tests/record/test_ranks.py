"""A run of several processes: which file each records into, and how the files find each other again."""

from __future__ import annotations

import multiprocessing.process
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradtrace
import gradtrace.core as torch
import pytest
from gradtrace.core.events import Marked
from gradtrace.tracer.environment import place_has_changed, process_place
from gradtrace.tracer.ranks import path_of_rank, short_names, traces_of_run
from gradtrace.tracer.store.peek import peek_header
from gradtrace.tracer.store.writer import TraceWriter

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


# ---------------------------------------------------------------------------------------- a rank that becomes known later
@pytest.fixture
def join(launched: Launch, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Let this process join a group of PyTorch's."""

    def join(rank: int, size: int) -> None:
        known = SimpleNamespace(is_initialized=lambda: True, get_rank=lambda: rank, get_world_size=lambda: size)
        monkeypatch.setitem(sys.modules, "torch.distributed", known)
        place_has_changed()

    return join


def leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.distributed", SimpleNamespace(is_initialized=lambda: False))
    place_has_changed()


def squared() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    (x * x).backward()


@pytest.mark.parametrize("options", [{}, {"keep_last": 3, "always": True}])
def test_a_file_takes_the_name_of_its_rank_once_that_is_known(
    join: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: dict[str, Any]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with gradtrace.record("run.gtrace", **options) as recording:
        squared()
        recording.dump()
        os.chdir("elsewhere")
        join(1, 2)
        squared()
        leave(monkeypatch)
        squared()
        os.chdir(tmp_path)
    assert recording.path == Path("run.rank1.gtrace")
    trace = gradtrace.load(recording.files[-1])
    assert trace.problems == []
    assert trace.started is not None
    assert (trace.started.rank, trace.world_size, len(trace.passes)) == (1, 2, 3)
    assert trace.summary()["run"]["rank"] == 1
    if not options:
        assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "run.rank1.gtrace"]


def test_a_group_of_one_process_is_none(join: Callable[[int, int], None], tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        join(0, 1)
    assert recording.path.name == "run.gtrace"
    assert peek_header(recording.path)["world_size"] == 1


def test_a_spawned_process_learns_how_many_there_are(join: Callable[[int, int], None], launched: Launch, tmp_path: Path) -> None:
    launched(1, 2)
    os.environ.pop("WORLD_SIZE")
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        assert peek_header(recording.path)["world_size"] == 0
        join(1, 2)
        squared()
    assert recording.path.name == "run.rank1.gtrace"
    assert peek_header(recording.path)["world_size"] == 2


def test_two_processes_that_have_one_name_for_a_while(join: Callable[[int, int], None], tmp_path: Path) -> None:
    first = TraceWriter(tmp_path / "run.gtrace", {})
    first.write_events([Marked(id=0, text="first")])
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        assert first.is_replaced
        first.move("run.rank0.gtrace", {"rank": 0, "world_size": 2})
        join(1, 2)
    first.write_events([Marked(id=1, text="more")])
    first.close()
    assert [path.name for path in traces_of_run(recording.path)] == ["run.rank0.gtrace", "run.rank1.gtrace"]
    assert not (tmp_path / "run.gtrace").exists()
    trace = gradtrace.load(tmp_path / "run.rank0.gtrace")
    assert trace.problems == []
    assert [event.text for event in trace.events if isinstance(event, Marked)] == ["first", "more"]


def test_what_a_process_recorded_under_a_name_that_another_took_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        squared()
        other = TraceWriter(tmp_path / "run.gtrace", {})
        other.close()
    assert recording.path == tmp_path / f"run.process{os.getpid()}.gtrace"
    assert "another process records into" in capsys.readouterr().err
    assert len(gradtrace.load(recording.path).passes) == 1
    assert gradtrace.load(tmp_path / "run.gtrace").problems == []


def test_a_file_that_cannot_be_moved_stays(
    join: Callable[[int, int], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.rank1.gtrace").write_text("no trace")
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        join(1, 2)
        squared()
    assert recording.path == tmp_path / "run.gtrace"
    assert "the file exists and is not a trace" in capsys.readouterr().err
    assert len(gradtrace.load(recording.path).passes) == 1


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
