"""Tensors of special kinds, and code that PyTorch transforms: nothing goes wrong, and the trace says what it does not cover."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core.events import GradientAccumulated, LeafCreated, NodeCreated
from gradtrace.tracer.model import Trace

torch = pytest.importorskip("torch")
nn = torch.nn

Recorded = Callable[[Callable[[], Any]], Trace]


@pytest.fixture(params=["structure", "values"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Recorded:
    """Record a function; nothing may go wrong in the capture."""

    def record(program: Callable[[], Any]) -> Trace:
        with gradtrace.record(tmp_path / "run.gtrace", level=request.param) as recording:
            program()
        assert capsys.readouterr().err == ""
        assert recording.failure == ""
        trace = gradtrace.load(tmp_path / "run.gtrace")
        trace.summary()
        assert trace.problems == []
        return trace

    return record


def covered(trace: Trace) -> set[str]:
    return {gap.key for gap in trace.not_covered}


def nodes(trace: Trace) -> list[str]:
    return [event.name for event in trace.events if isinstance(event, NodeCreated)]


def gradients(trace: Trace) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and dtype of what each leaf got."""
    events = [event for event in trace.events if isinstance(event, GradientAccumulated)]
    return {
        trace.tensor_name(event.tensor): (event.contribution.shape, event.contribution.dtype)
        for event in events
        if event.contribution
    }


# ------------------------------------------------------------------------------------------------------------ special kinds
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors_of_both_kinds(recorded: Recorded) -> None:
    def program() -> None:
        for layout in (torch.strided, torch.jagged):
            parts = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(4, 3)], layout=layout, requires_grad=True)
            layer = nn.Linear(3, 2)
            torch.nested.to_padded_tensor(layer(parts), 0.0).sum().backward()

    trace = recorded(program)
    assert covered(trace) == {"nested"}
    shapes = {event.shape for event in trace.events if isinstance(event, LeafCreated)}
    assert (2, -1, 3) in shapes
    if trace.level == "values":
        assert gradients(trace)["parts"] in [((6, 3), "float32"), ((18,), "float32")]


def test_sparse_gradients_and_leaves(recorded: Recorded) -> None:
    def program() -> None:
        table = nn.Embedding(10, 3, sparse=True)
        optimizer = torch.optim.SparseAdam(table.parameters())
        for _ in range(2):
            optimizer.zero_grad()
            table(torch.tensor([1, 2, 1])).sum().backward()
            optimizer.step()
        eye = torch.eye(3).to_sparse().requires_grad_()
        torch.sparse.mm(eye, torch.ones(3, 2)).sum().backward()

    trace = recorded(program)
    assert len(trace.passes) == 3
    if trace.level == "values":
        assert covered(trace) == {"storage"}
        assert gradients(trace) == {"weight": ((10, 3), "float32"), "eye": ((3, 3), "float32")}


def test_complex_numbers(recorded: Recorded) -> None:
    def program() -> None:
        z = torch.ones(3, dtype=torch.complex64, requires_grad=True)
        w = torch.ones(3, requires_grad=True)
        ((z * z.conj()).real.sum() + torch.fft.fft(w).abs().sum()).backward()

    trace = recorded(program)
    if trace.level == "values":
        assert gradients(trace) == {"z": ((3,), "complex64"), "w": ((3,), "float32")}


@pytest.mark.filterwarnings("ignore")  # quantised tensors are deprecated
def test_quantised_tensors_and_small_floats(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        torch.quantize_per_tensor(w.detach(), 0.1, 0, torch.qint8).dequantize()
        small = w.to(torch.float8_e4m3fn).to(torch.float32)
        (torch.fake_quantize_per_tensor_affine(w, 0.1, 0, -128, 127) + small).sum().backward()

    assert "FakeQuantizePerTensorAffineCachemaskBackward0" in nodes(recorded(program))


def test_tensors_without_numbers(recorded: Recorded) -> None:
    def program() -> None:
        layer = nn.Linear(3, 2, device="meta")
        layer(torch.ones(4, 3, device="meta")).sum().backward()

    trace = recorded(program)
    assert covered(trace) == {"devices"}
    if trace.level == "values":
        assert gradients(trace)["weight"] == ((2, 3), "float32")


class Silent(torch.Tensor):  # type: ignore[misc]
    pass


class Wrapper(torch.Tensor):  # type: ignore[misc]
    """Has another tensor, and no memory."""

    @staticmethod
    def __new__(cls, inner: Any, requires_grad: bool = False) -> Any:
        made = torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype, requires_grad=requires_grad)
        made.inner = inner
        return made

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        def inner(value: Any) -> Any:
            return value.inner if isinstance(value, Wrapper) else value

        result = function(*[inner(arg) for arg in args], **{key: inner(value) for key, value in (kwargs or {}).items()})
        return Wrapper(result) if isinstance(result, torch.Tensor) else result


def test_subclasses(recorded: Recorded) -> None:
    def program() -> None:
        for make in (lambda ones: ones.as_subclass(Silent).requires_grad_(), lambda ones: Wrapper(ones, requires_grad=True)):
            leaf = make(torch.ones(3))
            (leaf * leaf).sum().backward()

    trace = recorded(program)
    assert nodes(trace).count("MulBackward0") == 2
    assert len(trace.passes) == 2


# ------------------------------------------------------------------------------------------------------ transformed code
def test_transformations_of_torch_func(recorded: Recorded) -> None:
    def program() -> None:
        w = torch.ones(3, requires_grad=True)
        layer = nn.Linear(3, 2)
        torch.func.jacrev(lambda x: x**2)(w.detach())
        torch.func.vmap(torch.func.grad(lambda x: (x * w).sum()))(torch.ones(4, 3)).sum().backward()
        own = {name: one.detach().clone().requires_grad_() for name, one in layer.named_parameters()}
        torch.func.functional_call(layer, own, (torch.ones(4, 3),)).sum().backward()

    trace = recorded(program)
    assert covered(trace) == {"transforms"}
    assert {leaf.name for leaf in trace.leaves.values()} == {"w", "weight", "bias"}
    assert len(trace.passes) == 2


def test_graphs_of_fx(recorded: Recorded) -> None:
    def program() -> None:
        model = torch.fx.symbolic_trace(nn.Sequential(nn.Linear(3, 2), nn.ReLU()))
        model(torch.ones(4, 3)).sum().backward()

    trace = recorded(program)
    assert covered(trace) == set()
    assert nodes(trace)[-3:] == ["AddmmBackward0", "ReluBackward0", "SumBackward0"]


@pytest.mark.filterwarnings("ignore")  # torch.jit is deprecated
@pytest.mark.parametrize(
    ("make", "gaps"),
    [
        (lambda model, x: torch.jit.trace(model, x), {"traced", "scripted"}),  # it compares what it has traced twice
        (lambda model, x: torch.export.export(model, (x,)).module(), {"traced"}),
        (lambda model, x: torch.jit.script(model), {"scripted"}),
    ],
    ids=["trace", "export", "script"],
)
def test_code_that_pytorch_makes_of_a_model(recorded: Recorded, make: Callable[[Any, Any], Any], gaps: set[str]) -> None:
    def program() -> None:
        x = torch.ones(4, 3)
        made = make(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), x)
        made(x).sum().backward()

    trace = recorded(program)
    assert covered(trace) == gaps
    assert {leaf.name for leaf in trace.leaves.values()} == {"0.weight", "0.bias"}
    assert len(trace.passes) == 1
    assert trace.findings() == []
