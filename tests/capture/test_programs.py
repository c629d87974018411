"""The samples for PyTorch compute the same bits recorded and alone, and their traces show what their docstrings promise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events as ev
from gradtrace.samples import PYTORCH_SAMPLES, Sample, find
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from gradtrace.tracer.capture.torch.probing import has  # noqa: E402  needs PyTorch
from program_facts import Facts, alive, run_script  # noqa: E402
from tensor_bytes import NUMPY_WORKS  # noqa: E402

sys.path.pop(0)

PROGRAMS = [
    sample
    for sample in PYTORCH_SAMPLES
    if not sample.name.startswith("ddp")  # those need processes of their own
    and (NUMPY_WORKS or sample.name != "missing_gradient")
]
NAMELESS = ("checkpointing", "maml")
"""Leaves that checkpoint() makes itself, and some made in a comprehension, have no names."""

SHAPES = "torch._C._functions.AccumulateGrad._input_metadata"
"""Without it shape and dtype of some results are not known (PyTorch 2.4 and older)."""

LEVELS = ("structure", "stats", "values")

pytestmark = pytest.mark.filterwarnings("ignore")
needs_numpy = pytest.mark.skipif(not NUMPY_WORKS, reason="this PyTorch was made for NumPy 1, and refuses numpy() with NumPy 2")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda sample: sample.name)
def alone(request: pytest.FixtureRequest) -> tuple[Sample, Facts]:
    facts, watched = run_script(request.param.path)
    assert alive(watched) == 0
    return request.param, facts


def test_same_bits_at_every_level_and_the_trace_is_sound(
    alone: tuple[Sample, Facts], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample, expected = alone
    assert (expected["raised"] or ("",))[0] == sample.expected_error
    for level in LEVELS:
        with gradtrace.record(tmp_path / f"{level}.gtrace", level=level) as recording:  # type: ignore[arg-type]
            facts, watched = run_script(sample.path)
            assert alive(watched) == 0
        assert recording.failure == ""
        assert capsys.readouterr().err == ""
        assert list(facts) == list(expected)
        for name, fact in facts.items():
            assert fact == expected[name], (level, name)
        trace = gradtrace.load(tmp_path / f"{level}.gtrace")
        assert trace.problems == []
        for node in trace.nodes.values():
            assert node.source is not None, node
            assert Path(node.source.file) == sample.path, node
        assert sample.name in NAMELESS or all(not leaf.name.startswith("tensor ") for leaf in trace.leaves.values())
    PROMISES[sample.name](trace)


@needs_numpy
def test_every_sample_promises_something() -> None:
    assert {sample.name for sample in PROGRAMS} == set(PROMISES)


@needs_numpy
def test_a_sample_runs_as_a_program(tmp_path: Path) -> None:
    sample = find("missing_gradient")
    run = ["-m", "gradtrace", "run", "--quiet", "-o", "out.gtrace"]
    recorded, plain = (
        subprocess.run([sys.executable, *words, str(sample.path)], cwd=tmp_path, capture_output=True, text=True, check=False)
        for words in (run, [])
    )
    assert recorded.returncode == plain.returncode == 1
    assert recorded.stdout == plain.stdout
    said = recorded.stderr.splitlines()
    assert said[:-1] == plain.stderr.splitlines()
    assert said[-1] == (
        "gradtrace: encoder.weight has no gradient. code left the graph by detach() at missing_gradient.py:20. "
        "The same goes for encoder.bias."
    )


# --------------------------------------------------------------------------------------------------------------- reading traces
def of(trace: Trace, *kinds: type[ev.Event]) -> list[Any]:
    return [event for event in trace.events if isinstance(event, kinds)]


def leaf_names(trace: Trace) -> set[str]:
    return {leaf.name for leaf in trace.leaves.values()}


def names(trace: Trace, index: int) -> list[str]:
    return [trace.nodes[node].name for node in trace.passes[index].nodes]


def scopes(trace: Trace, index: int = -1) -> set[str]:
    return {trace.nodes[node].scope for node in trace.passes[index].nodes}


def reached(trace: Trace, index: int) -> set[str]:
    """The leaves that got a gradient in a pass."""
    one = trace.passes[index]
    events = trace.events[one.first : one.last]
    return {trace.tensor_name(event.tensor) for event in events if isinstance(event, ev.GradientAccumulated)}


def rules(trace: Trace) -> list[str]:
    return [finding.rule for finding in trace.findings()]


# --------------------------------------------------------------------------------------------------- what each sample promises
def mlp(trace: Trace) -> None:
    assert len(trace.passes) == 10
    assert leaf_names(trace) == {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}
    assert scopes(trace) >= {"Net/fc1", "Net/fc2", "Net"}
    assert rules(trace) == []


def cnn_batchnorm(trace: Trace) -> None:
    assert len(trace.passes) == 3
    ran = names(trace, 0)
    assert [ran.count(f"{name}Backward0") for name in ("Convolution", "NativeBatchNorm", "Relu", "Add")] == [5, 4, 4, 2]
    assert scopes(trace) >= {"Net/blocks/0/conv1", "Net/blocks/1/norm2", "Net/stem", "Net/head"}
    assert reached(trace, 2) == leaf_names(trace)
    assert len(leaf_names(trace)) == 16
    assert {"relu", "add_"} <= {bump.op for bump in of(trace, ev.VersionBumped)}
    assert rules(trace) == []


def gpt_tied_weights(trace: Trace) -> None:
    assert len(trace.passes) == 2
    (tied,) = [leaf for leaf in trace.leaves.values() if leaf.name == "token.weight"]
    assert "head.weight" not in leaf_names(trace)
    graph = trace.passes[0].graph
    assert sorted(graph.nodes[user]["op"] for user in graph.predecessors(tied.node) if user in graph) == ["Embedding", "T"]
    assert scopes(trace) >= {f"Model/blocks/{i}/attention/qkv" for i in range(4)}
    assert names(trace, 0).count("SoftmaxBackward0") == 4
    assert reached(trace, 0) == leaf_names(trace)
    assert rules(trace) == []


def lstm_loop(trace: Trace) -> None:
    assert [leaf.name for leaf in trace.leaves.values()][:4] == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    assert len(trace.passes[0].nodes) > 100
    assert rules(trace) == []


def rnn_loop(trace: Trace) -> None:
    (only,) = trace.passes
    assert leaf_names(trace) == {"enter", "recur", "leave"} == reached(trace, 0)
    tanh = [node for node in only.nodes if trace.nodes[node].op == "Tanh"]
    assert len(tanh) == 12
    norms = [only.gradient(node).statistics.norm for node in tanh]  # type: ignore[union-attr]
    assert norms[-1] < norms[0] / 10
    (recur,) = [leaf.node for leaf in trace.leaves.values() if leaf.name == "recur"]
    assert len(only.contributions(recur)) == 12


def gan_detach(trace: Trace) -> None:
    assert len(trace.passes) == 10
    touched = [
        len({event.tensor for event in trace.events[one.first : one.last] if isinstance(event, ev.GradientAccumulated)})
        for one in trace.passes[:2]
    ]
    assert touched == [4, 8]
    assert "detach" in {event.how for event in of(trace, ev.GraphCut)}
    assert rules(trace) == []


def gan_detach_wrong(trace: Trace) -> None:
    assert len(trace.passes) == 6
    (finding,) = trace.findings()
    assert finding.rule == "no-gradient"
    names = [f"generator.{name}" for name in ("0.weight", "0.bias", "2.weight", "2.bias")]
    assert finding.detail.startswith(f"{', '.join(names)} require a gradient")
    assert "left the graph by detach() at gan_detach_wrong.py:18" in finding.detail


def vae(trace: Trace) -> None:
    assert len(trace.passes) == 3
    assert reached(trace, 0) == leaf_names(trace)
    graph = trace.passes[0].graph
    outputs = {node.target: node.id for node in trace.nodes.values() if node.target and node.id in graph}
    assert {"std", "sample", "likeness", "divergence", "loss"} <= set(outputs)
    assert "noise" not in outputs
    to_mean = [node for node in graph if graph.nodes[node]["scope"] == "Vae/to_mean" and graph.nodes[node]["op"] == "Addmm"]
    assert sorted(graph.nodes[user]["op"] for user in graph.predecessors(to_mean[0])) == ["Add", "Pow"]
    assert rules(trace) == []


def gradient_accumulation(trace: Trace) -> None:
    assert len(trace.passes) == 8
    before = [event.before is None for event in of(trace, ev.GradientAccumulated)]
    assert before == ([True] * 4 + [False] * 12) * 2
    assert len(of(trace, ev.OptimizerStepped)) == 2
    clipped = [bump for bump in of(trace, ev.VersionBumped) if trace.tensor_name(bump.tensor).endswith(".grad")]
    assert clipped
    assert rules(trace) == []


def checkpointing(trace: Trace) -> None:
    outer, inner, single = trace.passes
    assert outer.first < inner.first < inner.last < outer.last < single.first
    assert rules(trace) == []


def custom_function(trace: Trace) -> None:
    assert len(trace.passes) == 3
    assert "RoundStraightThroughBackward" in names(trace, 0)
    assert "RoundBackward0" not in {node.name for node in trace.nodes.values()}
    (saved,) = trace.saved_by(trace.passes[0].find("RoundStraightThroughBackward"))
    assert saved.shape == (4, 3)
    assert rules(trace) == []


def double_backward(trace: Trace) -> None:
    first, second = trace.passes
    assert first.create_graph
    assert any(trace.nodes[node].created > first.first for node in second.nodes)
    (finding,) = trace.findings()  # what is added last has no part in a slope
    assert finding.detail.startswith("2.bias requires a gradient")
    assert finding.detail.endswith("Only grad #1 began at what was computed from it, and asked for other gradients.")


def maml(trace: Trace) -> None:
    assert [one.call for one in trace.passes] == (["grad"] * 4 + ["backward"]) * 2
    assert all(one.create_graph for one in trace.passes if one.call == "grad")
    inner, outer = trace.passes[0], trace.passes[4]
    assert any(inner.first < trace.nodes[node].created < inner.last for node in outer.nodes)
    assert len({event.tensor for event in of(trace, ev.GradientAccumulated)}) == 4
    assert rules(trace) == []


def autocast_bfloat16(trace: Trace) -> None:
    assert "ToCopyBackward0" in names(trace, 0)
    dtypes = {trace.nodes[node].dtype for node in trace.passes[0].nodes}
    assert dtypes - (set() if has(SHAPES) else {""}) == {"bfloat16", "float32"}
    assert {event.after.dtype for event in of(trace, ev.GradientAccumulated)} == {"float32"}
    assert rules(trace) == []


def inplace_error(trace: Trace) -> None:
    (error,) = trace.errors
    assert trace.nodes[error.node].name == "ExpBackward0"
    assert isinstance(trace.events[error.cause], ev.VersionBumped)
    assert rules(trace) == ["overwritten-saved"]


def missing_gradient(trace: Trace) -> None:
    (finding,) = trace.findings()
    assert finding.detail == (
        "encoder.weight, encoder.bias require a gradient, and no backward of the run brought one. "
        "code left the graph by detach() at missing_gradient.py:20."
    )


def where_nan(trace: Trace) -> None:
    (finding,) = trace.findings()
    assert trace.nodes[finding.node].op == "Sqrt"
    assert "It lies behind WhereBackward0 (where_nan.py:16)" in finding.detail


def learns_nothing(trace: Trace) -> None:
    assert sorted(rules(trace)) == ["clipped-after-step", "every-pair", "graphs-kept", "never-updated"]
    assert all(finding.source is not None for finding in trace.findings())


PROMISES: dict[str, Callable[[Trace], None]] = {
    promise.__name__: promise
    for promise in (
        mlp, cnn_batchnorm, gpt_tied_weights, lstm_loop, rnn_loop, gan_detach, gan_detach_wrong, vae, gradient_accumulation,
        checkpointing, custom_function, double_backward, maml, autocast_bfloat16, inplace_error, missing_gradient, where_nan,
        learns_nothing,
    )
}  # fmt: skip
