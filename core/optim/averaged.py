"""ASGD, which averages what it finds, and Rprop, which looks at signs only.

``foreach``, ``capturable`` and ``differentiable`` are accepted and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Tensor, from_array
from .optimizer import Optimizer, ParameterGroup, check_not_negative, descent, move


def _number(value: float) -> Tensor:
    return from_array(np.asarray(value, np.float32))


class ASGD(Optimizer):
    """Polyak and Juditsky (1992): gradient descent whose parameters are averaged (in the state, as ``ax``) from step ``t0`` on."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_not_negative(lr=lr, weight_decay=weight_decay)
        options = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``eta`` (the rate), ``mu`` (the share in the average) and ``ax`` (the average)."""
        direction = descent(parameter, gradient, group)
        rate = group["lr"]
        if not state:
            state.update({"step": _number(0), "eta": _number(rate), "mu": _number(1)})
            state["ax"] = from_array(np.zeros_like(parameter._array))
        state["step"]._array += 1
        eta, share = float(state["eta"]._array), float(state["mu"]._array)
        move(parameter, np.asarray(-eta * direction - (group["lambd"] * eta) * parameter._array), "add_")
        average = state["ax"]._array
        if share == 1:
            average[...] = parameter._array
        else:
            average += share * (parameter._array - average)
        step = float(state["step"]._array)
        state["eta"] = _number(rate / (1 + group["lambd"] * rate * step) ** group["alpha"])
        state["mu"] = _number(1 / max(1, step - group["t0"]))


class Rprop(Optimizer):
    """Riedmiller and Braun (1993): each element has a step size that grows while its gradient keeps its sign, and else shrinks."""

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        options = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """One step; ``state`` has ``step``, ``prev`` (the gradient before) and ``step_size``."""
        direction = -gradient._array if group["maximize"] else gradient._array
        if not state:
            state["step"] = _number(0)
            state["prev"] = from_array(np.zeros_like(parameter._array))
            state["step_size"] = from_array(np.full_like(parameter._array, group["lr"]))
        state["step"]._array += 1
        before, sizes = state["prev"]._array, state["step_size"]._array
        shrink, grow = group["etas"]
        agreement = direction * before
        factor = np.where(agreement > 0, grow, np.where(agreement < 0, shrink, 1)).astype(sizes.dtype)
        np.clip(sizes * factor, *group["step_sizes"], out=sizes)
        direction = np.where(agreement < 0, direction.dtype.type(0), direction)  # after a change of sign nothing is done once
        move(parameter, np.asarray(-np.sign(direction) * sizes), "addcmul_")
        before[...] = direction
