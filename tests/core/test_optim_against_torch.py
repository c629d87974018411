"""Optimizers and learning rates against PyTorch, step by step."""

from __future__ import annotations

from typing import Any

import gradtrace.core as ours
import numpy as np
import pytest

torch = pytest.importorskip("torch")

OPTIMIZERS = """
SGD(p, lr=0.1)
SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01)
SGD(p, lr=0.1, momentum=0.9, nesterov=True, maximize=True)
Adam(p, lr=0.1, weight_decay=0.01)
Adam(p, lr=0.1, amsgrad=True, betas=(0.5, 0.9))
AdamW(p, lr=0.1)
RMSprop(p, lr=0.1)
RMSprop(p, lr=0.1, momentum=0.5, centered=True, weight_decay=0.1)
Adagrad(p, lr=0.1)
Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.5, maximize=True)
""".strip().splitlines()
SCHEDULERS = """
StepLR(o, 3, gamma=0.5)
MultiStepLR(o, [2, 5])
ExponentialLR(o, 0.9)
CosineAnnealingLR(o, 5, eta_min=0.01)
LambdaLR(o, lambda step: 1 / (1 + step))
LinearLR(o, total_iters=4)
""".strip().splitlines()


def train(library: Any, optimizer: str) -> tuple[list[Any], dict[str, Any]]:
    """The parameter after each of five steps, and the optimizer's last state."""
    parameter = library.tensor([[1.0, -2.0, 0.5], [0.3, 4.0, -1.0]], dtype=library.float64, requires_grad=True)
    made = eval(f"optim.{optimizer}", {"optim": library.optim, "p": [parameter]})
    values = []
    for step in range(5):
        made.zero_grad()
        ((parameter * (step + 1)).sin() * parameter).sum().backward()
        made.step()
        values.append(parameter.detach().numpy().copy())
    return values, made.state_dict()["state"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizer(optimizer: str) -> None:
    (expected, expected_state), (got, state) = train(torch, optimizer), train(ours, optimizer)
    for step, value in enumerate(expected):
        np.testing.assert_allclose(got[step], value, rtol=1e-9, atol=1e-10, err_msg=f"step {step}")
    for number, one in expected_state.items():
        names = sorted(name for name, value in one.items() if value is not None)
        assert sorted(state.get(number, {})) == names


def rates(library: Any, scheduler: str) -> list[list[float]]:
    """The learning rates of twelve steps, of two groups."""
    groups = [{"params": [library.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 0.4)]
    optimizer = library.optim.SGD(groups, lr=0.1)
    made = eval(f"s.{scheduler}", {"s": library.optim.lr_scheduler, "o": optimizer})
    seen = [made.get_last_lr()]
    for _ in range(12):
        optimizer.step()
        made.step()
        seen.append([group["lr"] for group in optimizer.param_groups])
    return seen


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_scheduler(scheduler: str) -> None:
    assert rates(ours, scheduler) == rates(torch, scheduler)
