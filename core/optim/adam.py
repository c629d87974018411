"""Adam and AdamW."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Tensor, from_array
from .optimizer import Optimizer, ParameterGroup, check_betas, check_not_negative, move


class Adam(Optimizer):
    """Kingma and Ba (2015): steps scaled by running means of the gradient and of its square.

    ``weight_decay`` adds to the gradient; :class:`AdamW` shrinks the parameter instead. ``amsgrad`` keeps the largest mean square.
    ``foreach``, ``capturable``, ``differentiable`` and ``fused`` are accepted and change nothing.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_not_negative(lr=lr, eps=eps)
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay)
        own = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        common = {"maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable}
        super().__init__(params, own | common | {"fused": fused, "decoupled_weight_decay": decoupled_weight_decay})

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``exp_avg``, ``exp_avg_sq`` and, for amsgrad, ``max_exp_avg_sq``."""
        direction = -gradient._array if group["maximize"] else gradient._array
        learning_rate, (beta1, beta2) = group["lr"], group["betas"]
        if group["weight_decay"]:
            if group["decoupled_weight_decay"]:
                parameter.mul_(1 - learning_rate * group["weight_decay"])
            else:
                direction = direction + group["weight_decay"] * parameter._array
        if not state:
            self._start(parameter, group, state)
        state["step"]._array += 1
        mean, mean_square = state["exp_avg"]._array, state["exp_avg_sq"]._array
        change = np.asarray(direction - mean)  # the one array that is made: it serves for everything below
        change *= 1 - beta1
        mean += change
        mean_square *= beta2
        np.multiply(direction, 1 - beta2, change)
        change *= direction
        mean_square += change
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"]._array
            mean_square = np.maximum(largest, mean_square, out=largest)
        step = float(state["step"]._array)
        np.sqrt(mean_square, change)
        change /= math.sqrt(1 - beta2**step)
        change += group["eps"]
        np.divide(mean, change, change)
        change *= -learning_rate / (1 - beta1**step)
        move(parameter, change, "addcdiv_")

    @staticmethod
    def _start(parameter: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        state["step"] = from_array(np.zeros((), np.float32))
        for name in ("exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if group["amsgrad"] else [])):
            state[name] = from_array(np.zeros_like(parameter._array))


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019): the parameter shrinks by ``1 - lr * weight_decay``."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, decoupled_weight_decay=True, **options)
