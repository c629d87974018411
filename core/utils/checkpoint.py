"""``torch.utils.checkpoint``: keep only the inputs of a part of the program, and run it again when its backward comes.

The ways of PyTorch: with ``use_reentrant=False`` every tensor that a node of the part saves is replaced by a place holder
(:class:`~gradtrace.core.saved_hooks.saved_tensors_hooks`); the first place holder that is asked for runs the part again, which
fills them all. With ``use_reentrant=True`` the part is one custom Function, whose backward runs it again with its graph and calls
``backward`` on that.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import count
from typing import Any

from .. import random
from ..autograd.function import Function
from ..autograd.passes import backward
from ..grad_mode import enable_grad, no_grad
from ..saved_hooks import saved_tensors_hooks
from ..tensor import Tensor

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential"]

Contexts = Callable[[], tuple[AbstractContextManager[Any], AbstractContextManager[Any]]]


class CheckpointError(RuntimeError):
    """The second run of a checkpointed part did not save the tensors that the first one did."""


def _no_contexts() -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Contexts = _no_contexts,
    determinism_check: str = "default",  # noqa: ARG001  (shapes and dtypes are always compared)
    debug: bool = False,  # noqa: ARG001  (gradtrace records both runs as they are)
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Call ``function(*args, **kwargs)`` without keeping what its nodes save; it is called again in the backward.

    ``preserve_rng_state``: the second run draws the random numbers of the first. ``context_fn`` returns two contexts, for the first
    and the second run. Raises ``ValueError`` for keyword arguments or contexts with ``use_reentrant=True``, and CheckpointError in
    the backward when the second run differs from the first.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling "
            "checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to "
            "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
            "differences between the two variants.",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    if not use_reentrant:
        return _without_reentrance(function, args, kwargs, context_fn, preserve_rng_state)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if context_fn is not _no_contexts:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve_rng_state, *args)


# ------------------------------------------------------------------------------------------------------------ reentrant
class CheckpointFunction(Function):
    """The part as one node, which runs a backward of its own in its backward."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        ctx.run_function = run_function
        ctx.state = random.get_rng_state() if preserve_rng_state else None
        ctx.positions = [position for position, value in enumerate(args) if isinstance(value, Tensor)]
        ctx.arguments = [None if isinstance(value, Tensor) else value for value in args]
        ctx.save_for_backward(*[args[position] for position in ctx.positions])
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
        inputs = list(ctx.arguments)
        for position, tensor in zip(ctx.positions, ctx.saved_tensors, strict=True):
            inputs[position] = tensor.detach().requires_grad_(tensor.requires_grad)
        now = random.get_rng_state()
        try:
            if ctx.state is not None:
                random.set_rng_state(ctx.state)
            with enable_grad():
                outputs = ctx.run_function(*inputs)
        finally:
            if ctx.state is not None:
                random.set_rng_state(now)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        wanted = [
            (output, gradient)
            for output, gradient in zip(outputs, gradients, strict=True)
            if isinstance(output, Tensor) and output.requires_grad
        ]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([output for output, _ in wanted], [gradient for _, gradient in wanted])
        return (None, None, *[value.grad if isinstance(value, Tensor) else None for value in inputs])


# -------------------------------------------------------------------------------------------------------- not reentrant
class _EnoughError(Exception):
    """The second run has saved all there is to save: the rest of it is not needed."""


class _Region:
    """One call of a checkpointed part: what its second run saves, in order."""

    def __init__(self, run_again: Callable[[], Any]) -> None:
        self.run_again = run_again
        self.described: list[tuple[tuple[int, ...], Any]] = []
        self.saved: dict[int, Tensor] | None = None

    def pack(self, tensor: Tensor) -> int:
        """Keep nothing of ``tensor`` but its description; returns its place among those saved."""
        self.described.append((tuple(tensor.shape), tensor.dtype))
        return len(self.described) - 1

    def unpack(self, place: int) -> Tensor:
        """The tensor that the second run saved in this place, running it if that has not happened."""
        if self.saved is None or place not in self.saved:
            self.saved = self._second_run()
        return self.saved.pop(place)

    def _second_run(self) -> dict[int, Tensor]:
        again: dict[int, Tensor] = {}
        number = count().__next__

        def keep(tensor: Tensor) -> Tensor:
            again[number()] = tensor.detach()
            if len(again) == len(self.described):
                raise _EnoughError
            return tensor

        with suppress(_EnoughError), enable_grad(), saved_tensors_hooks(keep, lambda tensor: tensor):
            self.run_again()
        if len(again) != len(self.described):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(self.described)}\n"
                f"Number of tensors saved during recomputation: {len(again)}."
            )
        for place, (shape, dtype) in enumerate(self.described):
            if (tuple(again[place].shape), again[place].dtype) != (shape, dtype):
                raise CheckpointError(
                    "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the "
                    f"forward pass.\ntensor at position {place}:\nsaved metadata: {shape}, {dtype}\n"
                    f"recomputed metadata: {tuple(again[place].shape)}, {again[place].dtype}"
                )
        return again


def _without_reentrance(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], context_fn: Contexts, preserve_rng_state: bool
) -> Any:
    first, second = context_fn()
    state = random.get_rng_state() if preserve_rng_state else None

    def run_again() -> None:
        now = random.get_rng_state()
        try:
            if state is not None:
                random.set_rng_state(state)
            with second:
                function(*args, **kwargs)
        finally:
            if state is not None:
                random.set_rng_state(now)

    region = _Region(run_again)
    with saved_tensors_hooks(region.pack, region.unpack), first:
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, *, preserve_rng_state: bool = True
) -> Any:
    """Run a Sequential (or a list of modules) in ``segments`` parts, all but the last of them checkpointed."""
    layers = list(functions.children()) if hasattr(functions, "children") else list(functions)
    length = len(layers) // segments

    def part(start: int, stop: int) -> Callable[[Any], Any]:
        def run(value: Any) -> Any:
            for layer in layers[start:stop]:
                value = layer(value)
            return value

        return run

    start = 0
    for start in range(0, length * (segments - 1), length):
        input = checkpoint(part(start, start + length), input, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state)
    return part(length * (segments - 1), len(layers))(input)
