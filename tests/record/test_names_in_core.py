"""What parameters of gradtrace.core are called in programs with several models, and with models that are called in parts."""

from __future__ import annotations

import copy
from pathlib import Path

import gradtrace
import gradtrace.core as torch
from gradtrace.core import events, nn
from gradtrace.core.events import LeafNamed


class Halves(nn.Module):
    """Its parts are also called on their own."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(2, 2))
        self.second = nn.Sequential(nn.Linear(2, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.second(self.first(x))
        return result


class Agent:
    """Its target network is a copy of the other."""

    def __init__(self) -> None:
        self.policy = Halves()
        self.target = copy.deepcopy(self.policy)

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = (self.policy(x) - self.target(x)).square().sum()
        return result


def _names(path: Path) -> list[str]:
    return [leaf.name for leaf in gradtrace.load(path).leaves.values()]


def test_two_models_with_the_same_names_are_told_apart_by_their_variables(tmp_path: Path) -> None:
    generator, critic, x = nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(2, 2)), torch.ones(1, 2)
    with gradtrace.record(tmp_path / "run.gtrace"):
        for _ in range(2):
            critic(generator(x)).sum().backward()
    assert sorted(_names(tmp_path / "run.gtrace")) == ["critic.0.bias", "critic.0.weight", "generator.0.bias", "generator.0.weight"]
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert len(trace.events.ids(LeafNamed)) == 6  # the generator's once more when the other came


def test_a_single_model_has_no_prefix_nor_has_one_after_another(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        for _ in range(2):
            model = nn.Sequential(nn.Linear(2, 2))
            model(torch.ones(1, 2)).sum().backward()
            del model
    assert set(_names(tmp_path / "run.gtrace")) == {"0.weight", "0.bias"}


def test_a_target_network_is_told_from_the_one_it_is_a_copy_of(tmp_path: Path) -> None:
    agent = Agent()
    with gradtrace.record(tmp_path / "run.gtrace"):
        agent.loss(torch.ones(1, 2)).backward()
    names = sorted(_names(tmp_path / "run.gtrace"))
    assert names[:2] == ["policy.first.0.bias", "policy.first.0.weight"]
    assert names[4:6] == ["target.first.0.bias", "target.first.0.weight"]


def test_parts_of_a_model_keep_its_names_when_called_on_their_own(tmp_path: Path) -> None:
    model, x = Halves(), torch.ones(1, 2)
    with gradtrace.record(tmp_path / "run.gtrace"):
        model(x).sum().backward()
        model.second[0](x).sum().backward()
    assert sorted(_names(tmp_path / "run.gtrace")) == ["first.0.bias", "first.0.weight", "second.0.bias", "second.0.weight"]


def test_nobody_is_asked_after_the_recording(tmp_path: Path) -> None:
    with gradtrace.record(tmp_path / "run.gtrace"):
        assert events.model_namer is not None
    assert events.model_namer is None
