"""L-BFGS: a quasi-Newton method that knows the curvature from its last steps, with an optional line search."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..grad_mode import enable_grad, no_grad
from ..tensor import Array, Tensor, from_array
from .line_search import strong_wolfe
from .optimizer import Optimizer, ParameterGroup, check_not_negative


@dataclass(frozen=True, eq=False)
class _Pair:
    """One past step, how the gradient changed along it, and one over the product of the two."""

    step: Array
    change: Array
    inverse: float


class LBFGS(Optimizer):
    """Nocedal (1980), Liu and Nocedal (1989), on all parameters as one vector. There can be one group only.

    ``step`` needs a closure that clears the gradients, computes the loss and its gradients, and returns the loss; it is called up
    to ``max_eval`` times. ``line_search_fn`` is None (steps of ``lr``) or ``"strong_wolfe"``. The state is kept for the first
    parameter.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[ParameterGroup],
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_not_negative(lr=lr)
        options = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params: list[Tensor] = self.param_groups[0]["params"]

    # ---- the parameters as one vector
    def _position(self) -> list[Array]:
        return [parameter._array.copy() for parameter in self._params]

    def _gradient(self) -> Array:
        pieces = [
            np.zeros(one._array.size, one._array.dtype) if one.grad is None else one.grad._array.reshape(-1) for one in self._params
        ]
        return np.concatenate(pieces)

    def _go(self, direction: Array, size: float) -> None:
        start = 0
        for parameter in self._params:
            count = parameter._array.size
            piece = direction[start : start + count].reshape(parameter._array.shape)
            parameter.add_(from_array(piece), alpha=size)
            start += count

    def _return_to(self, position: list[Array]) -> None:
        for parameter, kept in zip(self._params, position, strict=True):
            parameter.copy_(from_array(kept))

    def _try(self, closure: Callable[[], Any], position: list[Array], direction: Array, size: float) -> tuple[float, Array]:
        """Loss and gradient at a distance along the direction; the parameters go back to where they were."""
        self._go(direction, size)
        loss = self._evaluate(closure)
        gradient = self._gradient()
        self._return_to(position)
        return loss, gradient

    @staticmethod
    def _evaluate(closure: Callable[[], Any]) -> float:
        with enable_grad():
            return _as_number(closure())

    # ---- a step
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Up to ``max_iter`` iterations. Returns the loss at the start."""
        if closure is None:
            raise TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
        self._steps_taken += 1
        with no_grad():
            first_loss = self._iterate(closure)
        self.announce(list(self._params))
        return first_loss

    def _iterate(self, closure: Callable[[], Any]) -> Any:
        group, state = self.param_groups[0], self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        with enable_grad():
            first_loss = closure()
        loss = _as_number(first_loss)
        state["func_evals"] += 1
        gradient = self._gradient()
        if np.abs(gradient).max() <= group["tolerance_grad"]:
            return first_loss
        evaluations, iterations = 1, 0
        while iterations < group["max_iter"]:
            iterations += 1
            state["n_iter"] += 1
            direction = self._direction(gradient, state, group["history_size"])
            state["prev_flat_grad"], state["prev_loss"], before = gradient.copy(), loss, loss
            total = float(np.abs(gradient).sum())
            size = min(1.0, 1.0 / total if total else math.inf) * group["lr"] if state["n_iter"] == 1 else group["lr"]
            slope = float(gradient @ direction)
            if slope > -group["tolerance_change"]:
                state["t"] = size
                break
            last = iterations == group["max_iter"]
            size, loss, gradient, used = self._advance(closure, direction, size, loss, gradient, slope, last)
            state["d"], state["t"] = direction, size
            evaluations += used
            state["func_evals"] += used
            if (
                evaluations >= group["max_eval"]
                or np.abs(gradient).max() <= group["tolerance_grad"]
                or np.abs(direction * size).max() <= group["tolerance_change"]
                or abs(loss - before) < group["tolerance_change"]
            ):
                break
        return first_loss

    def _advance(
        self, closure: Callable[[], Any], direction: Array, size: float, loss: float, gradient: Array, slope: float, last: bool
    ) -> tuple[float, float, Array, int]:
        """Go along the direction: (distance, loss and gradient there, evaluations of the closure)."""
        group = self.param_groups[0]
        if group["line_search_fn"] is None:
            self._go(direction, size)
            if last:  # nobody would look at the loss
                return size, loss, gradient, 0
            return size, self._evaluate(closure), self._gradient(), 1
        if group["line_search_fn"] != "strong_wolfe":
            raise RuntimeError("only 'strong_wolfe' is supported")
        position = self._position()
        found = strong_wolfe(
            lambda at: self._try(closure, position, direction, at),
            size,
            loss,
            gradient,
            slope,
            direction,
            group["tolerance_change"],
        )
        self._go(direction, found.size)
        return found.size, found.loss, found.gradient, found.evaluations

    def _direction(self, gradient: Array, state: dict[str, Any], history_size: int) -> Array:
        """The quasi-Newton direction by the recursion over the last steps; the steepest descent at first."""
        if state["n_iter"] == 1:
            state["pairs"], state["H_diag"] = deque(), 1.0
            return -gradient
        pairs: deque[_Pair] = state["pairs"]
        change, step = gradient - state["prev_flat_grad"], state["d"] * state["t"]
        product = float(change @ step)
        if product > 1e-10:
            if len(pairs) == history_size:
                pairs.popleft()
            pairs.append(_Pair(step, change, 1.0 / product))
            state["H_diag"] = product / float(change @ change)
        direction = -gradient
        shares = []
        for pair in reversed(pairs):
            share = float(pair.step @ direction) * pair.inverse
            direction = direction - share * pair.change
            shares.append(share)
        direction = direction * state["H_diag"]
        for pair, share in zip(pairs, reversed(shares), strict=True):
            direction = direction + (share - float(pair.change @ direction) * pair.inverse) * pair.step
        return np.asarray(direction, gradient.dtype)


def _as_number(loss: Any) -> float:
    return float(loss._array.item()) if isinstance(loss, Tensor) else float(loss)
