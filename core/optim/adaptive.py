"""Relatives of Adam and RMSprop: Adadelta, Adamax, NAdam and RAdam.

``foreach``, ``capturable`` and ``differentiable`` are accepted and change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Array, Tensor, from_array
from .optimizer import Optimizer, ParameterGroup, check_betas, check_not_negative, descent, move


def _counter() -> Tensor:
    return from_array(np.zeros((), np.float32))


def _counted(parameter: Tensor, state: dict[str, Any], *names: str) -> float:
    """Count a step, and make the arrays of these names at the first one. Returns the number of the step, from 1."""
    if not state:
        state["step"] = _counter()
        state.update({name: from_array(np.zeros_like(parameter._array)) for name in names})
    state["step"]._array += 1
    return float(state["step"]._array)


def _follow(mean: Array, value: Array, rate: float) -> None:
    """Let a running mean take over ``rate`` of a new value."""
    mean += rate * (value - mean)


def _follow_square(mean: Array, value: Array, beta: float) -> None:
    """Let a running mean of squares keep ``beta`` and take over the rest of a new value's square."""
    mean *= beta
    mean += (1 - beta) * value * value


class Adadelta(Optimizer):
    """Zeiler (2012): steps in the ratio of the running sizes of past steps and of past gradients."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(lr=lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_not_negative(eps=eps, weight_decay=weight_decay)
        own = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        common = {"maximize": maximize, "capturable": capturable, "foreach": foreach, "differentiable": differentiable}
        super().__init__(params, own | common)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``square_avg`` and ``acc_delta``."""
        direction = descent(parameter, gradient, group)
        _counted(parameter, state, "square_avg", "acc_delta")
        squares, steps = state["square_avg"]._array, state["acc_delta"]._array
        _follow_square(squares, direction, group["rho"])
        change = np.asarray(np.sqrt(steps + group["eps"]) / np.sqrt(squares + group["eps"]) * direction)
        _follow_square(steps, change, group["rho"])
        change *= -group["lr"]
        move(parameter, change, "add_")


class Adamax(Optimizer):
    """Kingma and Ba (2015): Adam by the largest past gradient instead of the mean square."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_not_negative(lr=lr, eps=eps)
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay)
        own = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        common = {"foreach": foreach, "maximize": maximize, "differentiable": differentiable, "capturable": capturable}
        super().__init__(params, own | common)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``exp_avg`` and ``exp_inf``."""
        direction = descent(parameter, gradient, group)
        step = _counted(parameter, state, "exp_avg", "exp_inf")
        beta1, beta2 = group["betas"]
        mean, largest = state["exp_avg"]._array, state["exp_inf"]._array
        _follow(mean, direction, 1 - beta1)
        np.maximum(largest * beta2, np.abs(direction) + group["eps"], out=largest)
        move(parameter, np.asarray(mean / largest * (-group["lr"] / (1 - beta1**step))), "addcdiv_")


class NAdam(Optimizer):
    """Dozat (2016): Adam with Nesterov's momentum, on a schedule that ``momentum_decay`` sets."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(lr=lr, eps=eps)
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay, momentum_decay=momentum_decay)
        own = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay}
        common = {
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, own | common)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``mu_product`` (of all momenta so far), ``exp_avg`` and ``exp_avg_sq``."""
        direction = _decayed(parameter, gradient, group)
        step = _counted(parameter, state, "exp_avg", "exp_avg_sq")
        product = state.setdefault("mu_product", from_array(np.ones((), np.float32)))._array
        rate, (beta1, beta2) = group["lr"], group["betas"]
        momentum, following = (beta1 * (1.0 - 0.5 * 0.96 ** (at * group["momentum_decay"])) for at in (step, step + 1))
        product *= momentum
        mean, mean_square = state["exp_avg"]._array, state["exp_avg_sq"]._array
        _follow(mean, direction, 1 - beta1)
        _follow_square(mean_square, direction, beta2)
        scale = np.sqrt(mean_square / (1 - beta2**step)) + group["eps"]
        so_far = float(product)
        change = direction / scale * (-rate * (1.0 - momentum) / (1.0 - so_far))
        change += mean / scale * (-rate * following / (1.0 - so_far * following))
        move(parameter, np.asarray(change), "addcdiv_")


class RAdam(Optimizer):
    """Liu et al. (2020): Adam that trusts the mean square only as far as the number of steps allows."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(lr=lr, eps=eps)
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay)
        own = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        common = {
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, own | common)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``exp_avg`` and ``exp_avg_sq``."""
        direction = _decayed(parameter, gradient, group)
        step = _counted(parameter, state, "exp_avg", "exp_avg_sq")
        beta1, beta2 = group["betas"]
        mean, mean_square = state["exp_avg"]._array, state["exp_avg_sq"]._array
        _follow(mean, direction, 1 - beta1)
        _follow_square(mean_square, direction, beta2)
        change = mean / (1 - beta1**step)
        most = 2 / (1 - beta2) - 1  # the length of the running mean in the long run, and now
        length = most - 2 * step * beta2**step / (1 - beta2**step)
        if length > 5.0:
            trust = math.sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))
            change = change * (math.sqrt(1 - beta2**step) * trust) / (np.sqrt(mean_square) + group["eps"])
        move(parameter, np.asarray(change * -group["lr"]), "add_")


def _decayed(parameter: Tensor, gradient: Tensor, group: ParameterGroup) -> Array:
    """:func:`descent`; a decoupled weight decay shrinks the parameter at once instead."""
    if not group["decoupled_weight_decay"]:
        return descent(parameter, gradient, group)
    if group["weight_decay"]:
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
    return -gradient._array if group["maximize"] else gradient._array
