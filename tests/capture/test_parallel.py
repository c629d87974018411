"""Models whose parameters are spread over two processes are unharmed, and said to be covered in part; so is ``DataParallel``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import gradtrace
import numpy as np
import pytest
from gradtrace.core.events import GradientAccumulated, HookFired
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")
pytest.importorskip("torch.distributed.tensor.parallel")
fsdp = pytest.importorskip("torch.distributed.fsdp")
if not hasattr(fsdp, "fully_shard") or not torch.distributed.is_gloo_available():
    pytest.skip("this PyTorch has no gloo, or no fully_shard", allow_module_level=True)

PROGRAMS = Path(__file__).with_name("parallel_programs.py")
NO_NETWORK = ("unable to resolve", "Unable to resolve", "makeDeviceForHostname", "makeDeviceForInterface", "failed to bind")
SECONDS = 300
PARAMETERS = ["up.weight", "up.bias", "down.weight", "down.bias"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where two processes have run ``parallel_programs.py``."""
    folder = tmp_path_factory.mktemp("parallel")
    processes = []
    try:
        for rank in ("0", "1"):
            variables = {**os.environ, "RANK": rank, "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
            with (folder / f"said.{rank}").open("w") as said:
                command = [sys.executable, "-W", "ignore", str(PROGRAMS), str(folder)]
                processes.append(subprocess.Popen(command, env=variables, stderr=said))
        for rank, process in enumerate(processes):
            status, text = process.wait(SECONDS), (folder / f"said.{rank}").read_text()
            if status and any(reason in text for reason in NO_NETWORK):
                pytest.skip(f"gloo cannot bind: {text[-200:]}")
            assert status == 0, text
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return folder


def load(folder: Path, name: str, rank: int = 0) -> Trace:
    return gradtrace.load(folder / f"{name}.rank{rank}.gtrace")


def test_training_is_the_same_when_recorded(folder: Path) -> None:
    assert [(folder / f"differences.{rank}").read_text() for rank in (0, 1)] == ["", ""]


@pytest.mark.parametrize("name", ["fully_sharded", "kept_whole", "structure", "flattened", "tensor_parallel"])
def test_traces_are_whole_and_say_what_they_do_not_cover(folder: Path, name: str) -> None:
    for rank in (0, 1):
        trace = load(folder, name, rank)
        assert trace.problems == []
        if name == "structure":
            assert "does not follow from its graph" in trace.passes[0].unobserved
        assert [pass_.outcome for pass_ in trace.passes] == ["finished"] * 3
        assert "parallel" in [one.key for one in trace.not_covered]
        assert trace.findings() == []


def test_whole_parameters_have_their_names_and_shards_are_told_from_them(folder: Path) -> None:
    for name in ("fully_sharded", "kept_whole", "structure"):
        trace = load(folder, name)
        names = [leaf.name for leaf in trace.leaves.values() if "." in leaf.name]
        assert sorted(names) == sorted([*PARAMETERS, *(f"{name} (shard)" for name in PARAMETERS)])
        nodes = [trace.nodes[node] for node in trace.passes[-1].nodes]
        reached = {trace.leaves[node.variable].name for node in nodes if node.variable}
        assert reached == (set() if name == "structure" else set(PARAMETERS))
    assert "_flat_param" in [leaf.name for leaf in load(folder, "flattened").leaves.values()]


@pytest.mark.parametrize(
    ("name", "who"), [("fully_sharded", "fully_shard"), ("kept_whole", "fully_shard"), ("structure", "fully_shard")]
)
def test_the_parts_of_gradients_that_were_scattered_are_told(folder: Path, name: str, who: str) -> None:
    for rank in (0, 1):
        trace = load(folder, name, rank)
        told = [event for event in trace.events if isinstance(event, HookFired) and trace.hook_name(event.hook) == who]
        assert len(told) == 3 * len(PARAMETERS)
        for event in told:
            shard = trace.tensor_name(trace.hooks[event.hook].tensor)
            assert shard == f"{trace.leaves[trace.nodes[event.node].variable].name} (shard)"
        shapes = {trace.tensor_name(trace.hooks[event.hook].tensor): event.after.shape for event in told if event.after is not None}
        assert shapes["up.weight (shard)"] == (4, 4)


def test_what_is_scattered_is_the_average(folder: Path) -> None:
    ranks = [load(folder, "fully_sharded", rank) for rank in (0, 1)]
    own, parts = [], []
    for trace in ranks:
        (given,) = (
            event
            for event in trace.events
            if isinstance(event, GradientAccumulated)
            and event.pass_ == trace.passes[0].id
            and trace.tensor_name(event.tensor) == "up.weight"
        )
        (part,) = (
            event
            for event in trace.events
            if isinstance(event, HookFired)
            and event.pass_ == trace.passes[0].id
            and trace.tensor_name(trace.hooks[event.hook].tensor) == "up.weight (shard)"
        )
        assert given.contribution is not None
        assert part.after is not None
        own.append(trace.value(given.contribution.value))
        parts.append(trace.value(part.after.value))
    np.testing.assert_allclose(np.concatenate(parts), (own[0] + own[1]) / 2, rtol=1e-6)


def test_the_flat_parameter_of_the_older_kind_has_its_part_in_the_end(folder: Path) -> None:
    trace = load(folder, "flattened")
    told = [
        event
        for event in trace.events
        if isinstance(event, HookFired) and trace.hook_name(event.hook) == "FullyShardedDataParallel"
    ]
    assert len(told) == 3
    assert all(trace.leaves[trace.nodes[event.node].variable].name == "_flat_param" for event in told)
    assert {event.after.shape for event in told if event.after is not None} == {(29,)}


def test_of_a_tensor_that_is_spread_it_is_the_part_of_this_process(folder: Path) -> None:
    for rank in (0, 1):
        trace = load(folder, "tensor_parallel", rank)
        given = [event for event in trace.events if isinstance(event, GradientAccumulated)]
        shapes = {trace.tensor_name(event.tensor): event.after.shape for event in given if event.after is not None}
        assert shapes == {"up.weight": (4, 4), "up.bias": (4,), "down.weight": (2, 4), "down.bias": (2,)}
        for event in given:
            assert event.after is not None
            assert event.after.statistics is not None
            assert event.after.statistics.norm > 0


def test_data_parallel_without_devices_is_the_model_itself(tmp_path: Path) -> None:
    model = torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Linear(2, 1)))
    with gradtrace.record(tmp_path / "run.gtrace"):
        model(torch.ones(3, 2)).sum().backward()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert [leaf.name for leaf in trace.leaves.values()] == ["0.weight", "0.bias"]
    assert trace.not_covered == ()


def test_gradients_without_numbers_are_not_taken_for_zeros(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        x = torch.ones(3, device="meta", dtype=torch.bfloat16, requires_grad=True)
        (x * 2).sum().backward()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    (given,) = (event for event in trace.events if isinstance(event, GradientAccumulated))
    assert given.after is not None
    assert (given.after.shape, given.after.dtype, given.after.statistics) == ((3,), "bfloat16", None)
    assert trace.value(given.after.value) is None
    assert np.isnan(trace.passes[0].arrays.norm).all()
