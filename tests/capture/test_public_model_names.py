"""What parameters are called in programs with several models, and with models that are called in parts."""

from __future__ import annotations

import copy
from pathlib import Path

import gradtrace
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


class Halves(nn.Module):  # type: ignore[misc]
    """Its parts are also called on their own."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(2, 2))
        self.second = nn.Sequential(nn.Linear(2, 2))

    def forward(self, x: object) -> object:
        return self.second(self.first(x))

    def separately(self, x: object) -> object:
        return self.first(x) + self.second(
            x  # the call goes over several lines
        )


def _names(path: Path) -> list[str]:
    return [leaf.name for leaf in gradtrace.load(path).leaves.values()]


def test_two_models_with_the_same_names_are_told_apart_by_their_variables(tmp_path: Path) -> None:
    generator, critic, x = nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(2, 2)), torch.ones(1, 2)
    with gradtrace.record(tmp_path / "run.gtrace"):
        for _ in range(2):
            critic(generator(x)).sum().backward()
    assert _names(tmp_path / "run.gtrace") == ["generator.0.weight", "generator.0.bias", "critic.0.weight", "critic.0.bias"]


def test_a_single_model_has_no_prefix_nor_has_one_after_another(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        for _ in range(2):
            model = nn.Sequential(nn.Linear(2, 2))
            model(torch.ones(1, 2)).sum().backward()
            del model
    assert set(_names(tmp_path / "run.gtrace")) == {"0.weight", "0.bias"}


def test_a_target_network_is_told_from_the_one_it_is_a_copy_of(tmp_path: Path) -> None:
    class Agent:
        def __init__(self) -> None:
            self.policy = Halves()
            self.target = copy.deepcopy(self.policy)

        def loss(self, x: object) -> object:
            return (self.policy(x) - self.target(x).detach()).square().sum()

    agent = Agent()
    with gradtrace.record(tmp_path / "run.gtrace"):
        agent.loss(torch.ones(1, 2)).backward()  # type: ignore[attr-defined]
    names = _names(tmp_path / "run.gtrace")
    assert names[:2] == ["policy.first.0.weight", "policy.first.0.bias"]
    assert names[4:6] == ["target.first.0.weight", "target.first.0.bias"]


def test_parts_of_a_model_keep_its_names_when_called_on_their_own(tmp_path: Path) -> None:
    model, x = Halves(), torch.ones(1, 2)
    with gradtrace.record(tmp_path / "run.gtrace"):
        model(x).sum().backward()
        model.second[0](x).sum().backward()
    assert _names(tmp_path / "run.gtrace") == ["first.0.weight", "first.0.bias", "second.0.weight", "second.0.bias"]


def test_parts_of_a_model_that_is_never_called_itself(tmp_path: Path) -> None:
    model, x = Halves(), torch.ones(1, 2)
    with gradtrace.record(tmp_path / "run.gtrace"):
        model.separately(x).sum().backward()  # type: ignore[attr-defined]
    assert _names(tmp_path / "run.gtrace") == ["first.0.weight", "first.0.bias", "second.0.weight", "second.0.bias"]


def test_a_parameter_that_two_models_share_has_one_name(tmp_path: Path) -> None:
    first = nn.Linear(2, 2, bias=False)
    second = nn.Linear(2, 2, bias=False)
    second.weight = first.weight
    with gradtrace.record(tmp_path / "run.gtrace"):
        second(first(torch.ones(1, 2))).sum().backward()
    assert _names(tmp_path / "run.gtrace") == ["weight"]


def test_what_stands_in_for_parameters_is_no_leaf(tmp_path: Path) -> None:
    model, x = nn.Linear(2, 1), torch.ones(1, 2)
    with gradtrace.record(tmp_path / "run.gtrace"):
        plain = {name: parameter.detach() for name, parameter in model.named_parameters()}
        torch.func.grad(lambda parameters: torch.func.functional_call(model, parameters, x).sum())(plain)
        rate = torch.ones(1, requires_grad=True)
        fast = {name: parameter * rate for name, parameter in plain.items()}
        torch.func.functional_call(model, fast, x).sum().backward()
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert [leaf.name for leaf in trace.leaves.values()] == ["rate"]
    assert trace.findings() == []


def test_modules_that_are_no_part_of_the_model_name_their_parameters(tmp_path: Path) -> None:
    """A layer that ``forward()`` makes each time, and one in a list that is no ``ModuleList``: neither is ever trained."""

    class Careless(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(2, 2, bias=False)
            self.hidden = [nn.LayerNorm(2, bias=False)]

        def forward(self, x: object) -> object:
            return nn.Linear(2, 1)(self.hidden[0](self.inner(x)))

    model = nn.Sequential(Careless())
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with gradtrace.record(tmp_path / "run.gtrace"):
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.ones(1, 2)).sum().backward()
            optimizer.step()
    assert _names(tmp_path / "run.gtrace")[:4] == ["0.inner.weight", "0.LayerNorm.weight", "0.Linear.weight", "0.Linear.bias"]
    found = {finding.rule: finding.detail for finding in gradtrace.load(tmp_path / "run.gtrace").findings()}
    assert found["never-updated"].startswith("0.LayerNorm.weight (first used at ")
    assert found["made-anew"].startswith("0.Linear.weight, 0.Linear.bias are other parameters in each of 3 passes")
