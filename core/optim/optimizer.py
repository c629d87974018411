"""What all optimizers share: parameter groups, state, ``zero_grad`` and the order of things in ``step``."""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import events
from ..grad_mode import enable_grad, no_grad
from ..identity import tensor_id
from ..inplace import bump, is_writable
from ..nn.parameter import reset_gradients
from ..tensor import Array, Tensor, from_array

ParameterGroup = dict[str, Any]


class Optimizer:
    """Base of the optimizers. A subclass checks its options, hands them here, and defines :meth:`update`.

    ``params`` is an iterable of leaf tensors, or of dictionaries with a ``"params"`` entry and options of their own.
    Raises ``TypeError`` or ``ValueError`` for anything that cannot be optimized.
    """

    def __init__(self, params: Iterable[Tensor] | Iterable[ParameterGroup], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._steps_taken = 0
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[ParameterGroup] = []
        if isinstance(params, Tensor):
            kind = params.dtype.tensor_type
            raise TypeError(f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {kind}")
        given: list[Any] = list(params)
        if not given:
            raise ValueError("optimizer got an empty parameter list")
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: ParameterGroup) -> None:
        """Add parameters, with options of their own where the group gives them."""
        params = param_group["params"]
        group = {**param_group, "params": [params] if isinstance(params, Tensor) else list(params)}
        for parameter in group["params"]:
            if not isinstance(parameter, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(parameter).__name__}")
            if not (parameter.is_leaf or parameter.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        own = {id(parameter) for parameter in group["params"]}
        if len(own) < len(group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        if any(id(parameter) in own for other in self.param_groups for parameter in other["params"]):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(group)

    # ---- a step
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or to zero."""
        reset_gradients((parameter for group in self.param_groups for parameter in group["params"]), set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient. ``closure``, if given, computes the loss first, which is returned."""
        self._steps_taken += 1
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        updated: list[Tensor] = []
        with no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    gradient = parameter.grad
                    if gradient is not None:
                        self.update(parameter, gradient, group, self.state[parameter])
                        updated.append(parameter)
        self.announce(updated)
        return loss

    def announce(self, updated: list[Tensor]) -> None:
        """Tell those who listen that these parameters were updated."""
        if events.sink is not None:
            events.sink.optimizer_stepped(type(self).__name__, [tensor_id(parameter) for parameter in updated])
        if events.step_listener is not None:
            events.step_listener(self)

    def update(self, parameter: Tensor, gradient: Tensor, group: ParameterGroup, state: dict[str, Any]) -> None:
        """Change ``parameter`` in place by its ``gradient``; ``state`` is kept for it from step to step."""
        raise NotImplementedError(f"{type(self).__name__} defines no update()")

    # ---- state
    def state_dict(self) -> dict[str, Any]:
        """The state of every parameter, by number, and the groups with numbers in place of the parameters."""
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for parameter in group["params"]:
                numbers.setdefault(id(parameter), len(numbers))
            options = {name: value for name, value in group.items() if name != "params"}
            groups.append({**options, "params": [numbers[id(parameter)] for parameter in group["params"]]})
        return {"state": {numbers[id(parameter)]: state for parameter, state in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what :meth:`state_dict` of an optimizer with the same groups gave. Raises ``ValueError`` when they differ."""
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(old["params"]) != len(new["params"]) for old, new in zip(saved, self.param_groups, strict=True)):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
        self.state.clear()
        for old, group in zip(saved, self.param_groups, strict=True):
            for number, parameter in zip(old["params"], group["params"], strict=True):
                if number in state_dict["state"]:
                    kept = state_dict["state"][number].items()
                    self.state[parameter] = {name: _copied(value) for name, value in kept}
            group.update({name: copy.copy(value) for name, value in old.items() if name != "params"})

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else copy.deepcopy(value)


def move(parameter: Tensor, change: Array, operation: str) -> None:
    """Add ``change`` to a parameter; listeners hear of a write by ``operation``."""
    array = parameter._array
    if is_writable(array) and array.dtype is change.dtype:
        np.add(array, change, array)
        bump(parameter, operation)
    else:
        parameter.add_(from_array(np.asarray(change)))


def descent(parameter: Tensor, gradient: Tensor, group: ParameterGroup) -> Array:
    """The gradient with weight decay, turned round for maximizing."""
    direction = -gradient._array if group["maximize"] else gradient._array
    return direction + group["weight_decay"] * parameter._array if group["weight_decay"] else direction


def check_betas(betas: tuple[float, float]) -> None:
    """Raise ``ValueError``, worded as in PyTorch, for a decay rate of a running mean that is not in [0, 1)."""
    for index, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {index}: {beta}")


def check_not_negative(**values: float) -> None:
    """Raise ``ValueError``, worded as in PyTorch, for the first negative value."""
    wording = {"lr": "learning rate", "eps": "epsilon value", "momentum": "momentum value", "weight_decay": "weight_decay value"}
    for name, value in values.items():
        if not value >= 0.0:
            raise ValueError(f"Invalid {wording.get(name, name + ' value')}: {value}")
