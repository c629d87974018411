"""Full backward hooks of modules: an identity node before and one behind the module, where the hooks listen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from ..autograd.function import Function
from ..grad_mode import thread_state
from ..tensor import Tensor

Hook = Callable[..., Any]


class BackwardHookFunction(Function):
    """The identity; its node (``BackwardHookFunctionBackward``) marks where a module begins and ends."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> tuple[Tensor, ...]:
        """The tensors themselves."""
        ctx.mark_non_differentiable(*[one for one in tensors if not one.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:  # noqa: ARG004
        """The gradients themselves."""
        return gradients


class BackwardHooks:
    """The hooks of one call of a module: they run when both its output's and its input's gradients are known."""

    def __init__(self, module: Any, hooks: Sequence[Hook], pre_hooks: Sequence[Hook]) -> None:
        self.module = module
        self.hooks = hooks
        self.pre_hooks = pre_hooks
        self.grad_outputs: tuple[Any, ...] | None = None
        self.inputs: list[int] | None = None
        self.input_count = 0

    def around_inputs(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, their tensors led through the first identity."""
        arguments, self.inputs, node = _through_identity(arguments)
        self.input_count = len(arguments)
        if node is not None:
            node.register_hook(self._at_the_inputs)
        return arguments

    def around_outputs(self, result: Any) -> Any:
        """The module's result, its tensors led through the second identity."""
        single = isinstance(result, Tensor)
        if not single and not isinstance(result, tuple):
            return result
        results, positions, node = _through_identity((result,) if single else result)
        if node is not None and positions is not None:
            count = len(results)

            def at_the_outputs(_grad_inputs: Any, grad_outputs: Any) -> Any:
                return self._at_the_outputs(_spread(positions, grad_outputs, count), positions)

            node.register_hook(at_the_outputs)
        return results[0] if single else results

    def _at_the_outputs(self, grad_outputs: tuple[Any, ...], positions: list[int]) -> Any:
        for hook in self.pre_hooks:
            replaced = hook(self.module, grad_outputs)
            if replaced is None:
                continue
            if len(replaced) != len(grad_outputs):
                raise RuntimeError(
                    f"Backward pre hook returned an invalid number of grad_output, got {len(replaced)}, but expected "
                    f"{len(grad_outputs)}"
                )
            grad_outputs = replaced
        if self.inputs is None:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require "
                "gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module."
                "register_full_backward_hook for more details.",
                UserWarning,
                stacklevel=5,
            )
            for hook in self.hooks:
                if hook(self.module, (None,) * self.input_count, grad_outputs) is not None:
                    raise RuntimeError("backward hook for Modules where no input requires gradient should always return None.")
        else:
            self.grad_outputs = grad_outputs
        return tuple(grad_outputs[position] for position in positions) if self.pre_hooks else None

    def _at_the_inputs(self, grad_inputs: tuple[Any, ...], _grad_outputs: Any) -> Any:
        if self.grad_outputs is None or self.inputs is None:
            return None  # the gradient came from elsewhere, not through the module's output
        result = _spread(self.inputs, grad_inputs, self.input_count)
        for hook in self.hooks:
            replaced = hook(self.module, result, self.grad_outputs)
            if replaced is None:
                continue
            replaced = replaced if isinstance(replaced, tuple) else (replaced,)
            if len(replaced) != len(result):
                raise RuntimeError(
                    f"Backward hook returned an invalid number of grad_input, got {len(replaced)}, but expected {len(result)}"
                )
            result = replaced
        self.grad_outputs = None
        return tuple(result[position] for position in self.inputs)


def _through_identity(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int] | None, Any]:
    """The values with their tensors led through an identity, the tensors' positions, and its node; unchanged without gradients."""
    positions = [position for position, value in enumerate(values) if isinstance(value, Tensor)]
    if not thread_state.grad_enabled or not any(values[position].requires_grad for position in positions):
        return values, None, None
    led = BackwardHookFunction.apply(*[values[position] for position in positions])
    led = led if isinstance(led, tuple) else (led,)
    changed = list(values)
    for position, value in zip(positions, led, strict=True):
        changed[position] = value
    node = next(one.grad_fn for one in led if one.grad_fn is not None)
    return tuple(changed), positions, node


def _spread(positions: list[int], gradients: Sequence[Any], count: int) -> tuple[Any, ...]:
    """Gradients at their positions, None elsewhere."""
    result: list[Any] = [None] * count
    for position, gradient in zip(positions, gradients, strict=True):
        result[position] = gradient
    return tuple(result)
