"""What the findings say of training loops as people write them, and that they keep silent about sound ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.tracer.model import Finding

torch = pytest.importorskip("torch")
nn = torch.nn


def _findings(path: Path, program: Callable[[], Any], level: Any = "values") -> list[Finding]:
    with gradtrace.record(path, level=level):
        program()
    return gradtrace.load(path).findings()


def _train(clear: Callable[[Any, Any], None]) -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(4):
        clear(model, optimizer)
        model(torch.ones(3, 2)).square().mean().backward()
        optimizer.step()


@pytest.mark.parametrize("level", ["structure", "stats", "values"])
def test_gradients_that_nothing_clears(tmp_path: Path, level: str) -> None:
    (finding,) = _findings(tmp_path / "run.gtrace", lambda: _train(lambda model, optimizer: None), level)
    assert finding.rule == "never-cleared"
    assert "made 3 times with the sums of all gradients of weight, bias so far" in finding.detail
    assert finding.source is not None
    assert finding.source.file == __file__


def _to_none(model: Any, optimizer: Any) -> None:
    for parameter in model.parameters():
        parameter.grad = None


def _to_zeros(model: Any, optimizer: Any) -> None:
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)


def _all_at_once(model: Any, optimizer: Any) -> None:
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    if gradients:
        torch._foreach_zero_(gradients)


def _times_nothing(model: Any, optimizer: Any) -> None:
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad *= 0


@pytest.mark.parametrize("level", ["structure", "values"])
@pytest.mark.parametrize(
    "clear",
    [
        lambda model, optimizer: optimizer.zero_grad(),
        lambda model, optimizer: optimizer.zero_grad(set_to_none=False),
        lambda model, optimizer: model.zero_grad(),
        _to_none,
        _to_zeros,
        _all_at_once,
    ],
)
def test_gradients_that_are_cleared_in_one_way_or_another(tmp_path: Path, clear: Callable[[Any, Any], None], level: str) -> None:
    assert _findings(tmp_path / "run.gtrace", lambda: _train(clear), level) == []


def test_gradients_that_are_multiplied_by_nothing(tmp_path: Path) -> None:
    assert _findings(tmp_path / "run.gtrace", lambda: _train(_times_nothing)) == []


def test_several_backwards_for_each_step_are_nothing_wrong(tmp_path: Path) -> None:
    def program() -> None:
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for step in range(8):
            model(torch.ones(3, 2)).square().mean().backward()
            if step % 2:
                optimizer.step()
                optimizer.zero_grad()

    assert _findings(tmp_path / "run.gtrace", program) == []


@pytest.mark.parametrize(("written", "severity"), [(slice(0, 2), "warning"), (slice(2, 4), "info")])
def test_a_write_past_autograd_into_a_part_of_what_was_saved(tmp_path: Path, written: slice, severity: str) -> None:
    """A buffer of stages, as solvers of differential equations have one; where the whole was saved there is no doubt."""

    def program() -> None:
        weight = torch.ones(2, requires_grad=True)
        stages = (weight * 1).repeat(2)
        used = stages[:2] if severity == "info" else stages
        result = (used * used.detach().exp() * used).sum()
        stages.data[written] = 5.0
        result.backward()

    findings = [finding for finding in _findings(tmp_path / "run.gtrace", program) if finding.rule == "silent-write"]
    assert {finding.severity for finding in findings} == {severity}
    assert {str(finding.title) for finding in findings} == {
        "Gradient silently wrong" if severity == "warning" else "Gradient possibly wrong"
    }


def test_a_target_network_that_is_used_without_gradients_is_a_remark(tmp_path: Path) -> None:
    def program() -> None:
        policy, target = nn.Linear(2, 1), nn.Linear(2, 1)
        optimizer = torch.optim.SGD(policy.parameters(), 0.1)
        for _ in range(2):
            with torch.no_grad():
                wanted = 1 + 0.9 * target(torch.ones(3, 2))
            optimizer.zero_grad()
            (policy(torch.ones(3, 2)) - wanted).square().mean().backward()
            optimizer.step()

    (finding,) = _findings(tmp_path / "run.gtrace", program)
    assert (finding.rule, finding.severity) == ("no-gradient", "info")
    assert finding.detail.startswith("target.weight, target.bias require a gradient")
    assert "under no_grad" in finding.detail


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_others_were_made_from_is_left_over(tmp_path: Path) -> None:
    """As ``weight_norm()`` of old leaves a weight over, and programs that put numbers into parameters by ``.data = ``."""

    def program() -> None:
        model = nn.Sequential(nn.utils.weight_norm(nn.Linear(2, 2)), nn.Linear(2, 1))
        model[1].weight.data = torch.ones(1, 2, requires_grad=True)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.ones(3, 2)).square().mean().backward()
            optimizer.step()

    found = _findings(tmp_path / "run.gtrace", program)
    assert [(finding.rule, finding.severity) for finding in found] == [("no-gradient", "info")] * 2
    assert all(finding.source is not None and finding.source.file == __file__ for finding in found)


def test_what_is_looked_at_after_training_is_not_why_gradients_are_missing(tmp_path: Path) -> None:
    """The loss is made anew from a number, and the predictions are detached only once all is over."""

    def program() -> None:
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(2):
            optimizer.zero_grad()
            loss = model(torch.ones(3, 2)).square().mean()
            loss = torch.tensor(loss.item(), requires_grad=True)
            loss.backward()
            optimizer.step()
        model(torch.ones(3, 2)).detach()

    (finding,) = [finding for finding in _findings(tmp_path / "run.gtrace", program) if finding.rule == "no-gradient"]
    assert finding.severity == "warning"
    assert "left the graph by item()" in finding.detail


def test_inputs_that_require_a_gradient_are_no_parameters(tmp_path: Path) -> None:
    """Points at which a differential equation is to hold, new ones in each step; and one that is kept."""

    def points(data: list[float]) -> Any:
        made = [torch.tensor(data)]
        made[0].requires_grad_()
        return made[0]

    def program() -> None:
        model = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        kept = points([[0.0]])
        total = model.register_buffer("zero", torch.zeros(())) or model.zero
        total.requires_grad_()
        for step in range(4):
            optimizer.zero_grad()
            x = points([[float(step)], [1.0]])
            y = model(x)
            (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            (total + (slope - y).square().mean() + model(kept).square().sum()).backward()
            optimizer.step()

    assert _findings(tmp_path / "run.gtrace", program) == []
