"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Tensor, from_array
from .optimizer import Optimizer, ParameterGroup, check_not_negative, move


class SGD(Optimizer):
    """Gradient descent with momentum (Nesterov's as an option) and weight decay.

    With momentum mu and dampening tau: ``b = mu b + (1 - tau) g``, where the first b is g; then ``p = p - lr b``, or
    ``p - lr (g + mu b)`` for Nesterov's. ``foreach``, ``fused`` and ``differentiable`` are accepted and change nothing.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_not_negative(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        own = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov}
        common = {"maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused}
        super().__init__(params, own | common)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; the momentum buffer is ``state["momentum_buffer"]``."""
        direction = -gradient._array if group["maximize"] else gradient._array
        if group["weight_decay"]:
            direction = direction + group["weight_decay"] * parameter._array
        momentum = group["momentum"]
        if momentum:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = from_array(np.array(direction))
            else:
                values = buffer._array
                values *= momentum
                values += direction if not group["dampening"] else (1 - group["dampening"]) * direction
            direction = direction + momentum * buffer._array if group["nesterov"] else buffer._array
        move(parameter, direction * -group["lr"], "add_")
