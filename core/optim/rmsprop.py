"""RMSprop and Adagrad: steps scaled by the gradient's past squares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Tensor, from_array
from .optimizer import Optimizer, ParameterGroup, check_not_negative, descent, move


class RMSprop(Optimizer):
    """Hinton's RMSprop: steps scaled by a running mean of the gradient's square (``centered``: of its variance).

    ``capturable``, ``foreach`` and ``differentiable`` are accepted and change nothing.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        own = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered, "weight_decay": weight_decay}
        common = {"capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable}
        super().__init__(params, own | common)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``square_avg`` and, where used, ``momentum_buffer`` and ``grad_avg``."""
        direction = descent(parameter, gradient, group)
        if not state:
            state["step"] = from_array(np.zeros((), np.float32))
            used = {"square_avg": True, "momentum_buffer": group["momentum"] > 0, "grad_avg": group["centered"]}
            state.update({name: from_array(np.zeros_like(parameter._array)) for name, wanted in used.items() if wanted})
        state["step"]._array += 1
        alpha = group["alpha"]
        square = state["square_avg"]._array
        square *= alpha
        square += (1 - alpha) * direction * direction
        if group["centered"]:
            mean = state["grad_avg"]._array
            mean += (1 - alpha) * (direction - mean)
            scale = np.sqrt(square - mean * mean)
        else:
            scale = np.sqrt(square)
        scale += group["eps"]
        if group["momentum"] > 0:
            buffer = state["momentum_buffer"]._array
            buffer *= group["momentum"]
            buffer += direction / scale
            parameter.add_(state["momentum_buffer"], alpha=-group["lr"])
        else:
            change = direction / scale
            change *= -group["lr"]
            move(parameter, change, "addcdiv_")


class Adagrad(Optimizer):
    """Duchi, Hazan and Singer (2011): steps scaled by the sum of the gradient's squares.

    ``foreach``, ``fused`` and ``differentiable`` are accepted and change nothing.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_not_negative(lr=lr, lr_decay=lr_decay, weight_decay=weight_decay)
        check_not_negative(initial_accumulator_value=initial_accumulator_value, eps=eps)
        own = {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay}
        own["initial_accumulator_value"] = initial_accumulator_value
        common = {"foreach": foreach, "maximize": maximize, "differentiable": differentiable, "fused": fused}
        super().__init__(params, own | common)
        for group in self.param_groups:
            for parameter in group["params"]:
                self.state[parameter] = {
                    "step": from_array(np.zeros((), np.float32)),
                    "sum": from_array(np.full_like(parameter._array, initial_accumulator_value)),
                }

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step`` and ``sum``."""
        direction = descent(parameter, gradient, group)
        state["step"]._array += 1
        rate = group["lr"] / (1 + (float(state["step"]._array) - 1) * group["lr_decay"])
        squares = state["sum"]._array
        squares += direction * direction
        scale = np.sqrt(squares)
        scale += group["eps"]
        change = direction / scale
        change *= -rate
        move(parameter, change, "addcdiv_")
