"""DistributedDataParallel in two processes on this machine: one trace for each rank, and training as it is without gradtrace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import gradtrace
import numpy as np
import pytest
from gradtrace.core.events import HookFired, NodeCreated, OptimizerStepped
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.comparison import compare

torch = pytest.importorskip("torch")
if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
    pytest.skip("this PyTorch has no gloo", allow_module_level=True)

HERE = Path(__file__).parent
SAMPLE = Path(gradtrace.__file__).parent / "samples" / "pytorch" / "ddp.py"
NO_NETWORK = (
    "unable to resolve",
    "Unable to resolve",
    "makeDeviceForHostname",
    "makeDeviceForInterface",
    "failed to bind",
    "enetunreach",
)
SECONDS = 300
LEAVES = ["body.weight", "body.bias", "first.weight", "first.bias", "second.weight", "second.bias"]


def loopback() -> str:
    """The name of the interface by which processes of this machine talk to each other; the test is skipped where there is none."""
    try:
        with socket.create_server(("127.0.0.1", 0)):
            return next((name for _, name in socket.if_nameindex() if name.startswith("lo")), "")
    except OSError as error:
        pytest.skip(f"processes of this machine cannot talk to each other: {error}")


def environment(**more: str) -> dict[str, str]:
    """One thread for each process, no rank but the given one, and no other interface than that of this machine."""
    kept = {name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    interface = {"GLOO_SOCKET_IFNAME": name} if (name := loopback()) else {}
    return {**kept, **interface, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "default", **more}


def check(status: int, said: str) -> None:
    """Skip where gloo finds no network, fail when the program failed for another reason."""
    if status and any(reason in said for reason in NO_NETWORK):
        pytest.skip(f"gloo cannot bind: {said[-200:]}")
    assert status == 0, said


def load_ranks(folder: Path, name: str) -> tuple[Trace, Trace]:
    """The traces of both ranks."""
    first, second = (gradtrace.load(folder / f"{name}.rank{rank}.gtrace") for rank in (0, 1))
    return first, second


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where torchrun has run the sample, every process under ``python -m gradtrace run``; and what was said."""
    folder = tmp_path_factory.mktemp("sample")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--local-addr", "127.0.0.1"]
    endpoint = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]  # a port that is free
    command = [*torchrun, *endpoint, "-m", "gradtrace", "run", str(SAMPLE)]
    ended = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)
    check(ended.returncode, ended.stderr)
    return folder, ended.stderr


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where two processes have run ``ddp_programs.py``, which calls ``record()`` itself."""
    folder = tmp_path_factory.mktemp("programs")
    command = [sys.executable, str(HERE / "ddp_programs.py"), str(folder)]
    said = [folder / f"said.{rank}" for rank in (0, 1)]  # files: a full pipe would stop both
    processes = []
    try:
        for rank, file in enumerate(said):
            with file.open("w") as stream:
                processes.append(subprocess.Popen(command, env=environment(RANK=str(rank), WORLD_SIZE="2"), stderr=stream))
        for process, file in zip(processes, said, strict=True):
            check(process.wait(SECONDS), file.read_text())
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return folder


def test_torchrun_makes_one_trace_for_each_rank_and_none_of_its_own(sample: tuple[Path, str]) -> None:
    folder, said = sample
    assert sorted(file.name for file in folder.iterdir()) == ["ddp.rank0.gtrace", "ddp.rank1.gtrace"]
    for rank, trace in enumerate(load_ranks(folder, "ddp")):
        assert f"gradtrace: recorded ddp.rank{rank}.gtrace" in said
        assert trace.started is not None
        assert (trace.started.rank, trace.world_size) == (rank, 2)
        assert trace.ended is not None
        assert trace.ended.outcome == "finished"
        assert trace.problems == []
        assert len(trace.passes) == 4


def test_the_sample_shows_where_replicas_part(sample: tuple[Path, str]) -> None:
    facts = {fact.about: fact for fact in compare(load_ranks(sample[0], "ddp"), ["rank 0", "rank 1"])}
    assert {about: fact.alike for about, fact in facts.items()} == {"outcome": True, "graphs": True, "gradients": False}
    assert facts["gradients"].text.startswith("at optimizer step #3 in 4 of 4 leaves, the first is encoder.weight")
    assert facts["gradients"].trace == 1


def test_training_is_the_same_when_recorded(programs: Path) -> None:
    assert [(programs / f"differences.{rank}").read_text() for rank in (0, 1)] == ["", ""]


@pytest.mark.parametrize(
    "name", ["plain", "no_sync", "bucket_view", "small_buckets", "unused", "static_graph", "communication_hook"]
)
def test_the_gradients_in_the_traces_are_those_that_the_optimizer_used(programs: Path, name: str) -> None:
    traces = load_ranks(programs, name)
    facts = {fact.about: fact for fact in compare(traces, ["rank 0", "rank 1"])}
    assert facts["gradients"].alike
    assert facts["gradients"].text == "in all 6 leaves at all 3 optimizer steps"
    assert facts["graphs"].alike == (name != "unused")
    for trace in traces:
        assert [leaf.name for leaf in trace.leaves.values()] == LEAVES
        assert len(trace.hooks) == 6
        assert {len(hook.fired) for hook in trace.hooks.values()} == {3}
        assert not [finding for finding in trace.findings() if finding.rule == "no-gradient"]


@pytest.mark.parametrize(
    ("level", "said"), [("stats", "in all 6 leaves at all 3 optimizer steps"), ("structure", "cannot be compared")]
)
def test_lower_levels_tell_of_the_average_too(programs: Path, level: str, said: str) -> None:
    traces = load_ranks(programs, level)
    facts = {fact.about: fact for fact in compare(traces, ["rank 0", "rank 1"])}
    assert said in facts["gradients"].text
    assert facts["graphs"].alike
    for trace in traces:
        assert [len(pass_.nodes) for pass_ in trace.passes] == [len(trace.passes[0].nodes)] * 3
        assert len(trace.passes[0].nodes) > 12
        assert {len(hook.fired) for hook in trace.hooks.values()} == {3}


def test_accumulation_without_synchronisation_stays_each_ranks_own(programs: Path) -> None:
    traces = load_ranks(programs, "no_sync")
    for number in range(6):
        reduced = [len(trace.passes[number].ids(HookFired)) for trace in traces]
        assert reduced == ([0, 0] if number % 2 == 0 else [6, 6])
    first, second = (trace.leaf_gradients.of(next(iter(trace.leaves)), trace.passes[0].last) for trace in traces)
    assert first is not None
    assert second is not None
    assert first.statistics != second.statistics


def test_the_average_is_in_the_trace_number_by_number(programs: Path) -> None:
    traces = load_ranks(programs, "plain")
    step = [int(trace.events.ids(OptimizerStepped)[0]) for trace in traces]
    for leaf in range(6):
        arrays, local = [], []
        for trace, moment in zip(traces, step, strict=True):
            tensor = list(trace.leaves)[leaf]
            gradient = trace.leaf_gradients.of(tensor, moment)
            assert gradient is not None
            arrays.append(trace.value(gradient.value))
            entered = trace.passes[0].gradient(trace.leaves[tensor].node)
            assert entered is not None
            local.append(trace.value(entered.value))
        np.testing.assert_array_equal(arrays[0], arrays[1])
        np.testing.assert_allclose(arrays[0], (np.asarray(local[0]) + np.asarray(local[1])) / 2, rtol=1e-6)


def test_leaves_that_live_on_are_told_once_and_in_every_graph(programs: Path) -> None:
    trace = load_ranks(programs, "plain")[0]
    names = trace.events.texts(trace.events.columns(NodeCreated)["name"])
    assert names.count("AccumulateGrad") == 6
    assert [sum(pass_.arrays.is_leaf.tolist()) for pass_ in trace.passes] == [6, 6, 6]


def test_when_one_rank_fails_its_trace_explains_and_the_other_is_whole(programs: Path) -> None:
    whole, failed = load_ranks(programs, "failing")
    assert [trace.ended.outcome if trace.ended else "" for trace in (whole, failed)] == ["raised", "raised"]
    assert whole.problems == failed.problems == []
    assert [finding.rule for finding in failed.findings()] == ["overwritten-saved"]
    assert whole.passes[1].outcome == failed.passes[1].outcome == "raised"
    assert len(whole.passes[1].nodes) > len(failed.passes[1].nodes)  # it ran to where it waited for the other
    assert not [finding for finding in whole.findings() if finding.severity == "error"]


def test_processes_that_know_their_rank_from_an_argument(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "rank_programs.py"), "store", str(tmp_path)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)
    check(ended.returncode, ended.stderr)
    assert [path.name for path in sorted(tmp_path.glob("*.gtrace"))] == ["run.rank0.gtrace", "run.rank1.gtrace"]
    ranks = load_ranks(tmp_path, "run")
    for rank, trace in enumerate(ranks):
        assert trace.started is not None
        assert (trace.started.rank, trace.world_size, len(trace.passes), trace.problems) == (rank, 2, 3, [])
    facts = {fact.about: fact for fact in compare(ranks, ["rank 0", "rank 1"])}
    assert facts["graphs"].alike
