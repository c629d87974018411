"""``torch.autograd.Function``: operations with a backward written by the user, in terms of tensors."""

from __future__ import annotations

import contextlib
import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import events
from ..activity import activity
from ..announce import announce
from ..grad_mode import no_grad, thread_state
from ..inplace import bump
from ..node import Edge, Node, gradient_edge, next_sequence_nr
from ..saved import save_output
from ..saved_hooks import pack_saved
from ..storage import version_of
from ..tensor import Tensor
from ..views import ViewMeta, attach_view, rebase_history
from .function_node import BackwardContext, DelayedError, FunctionContext, FunctionNode

FunctionCtx = FunctionContext


class FunctionMeta(type):
    """Gives each Function the class of its nodes, named after it."""

    _backward_cls: type[BackwardContext]
    _node_class: type[FunctionNode]

    def __init__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> None:
        namespace = {"_forward_cls": cls, "__module__": "torch.autograd.function"}
        cls._backward_cls = type(name + "Backward", (BackwardContext,), namespace)
        cls._node_class = type(name + "Backward", (FunctionNode,), {"__slots__": (), "__module__": "torch.autograd.function"})
        super().__init__(name, bases, attributes)


class Function(FunctionContext, metaclass=FunctionMeta):
    """Subclass with static ``forward(ctx, …)`` and ``backward(ctx, *grad_outputs)``; call ``apply``.

    Or with ``forward(…)`` and ``setup_context(ctx, inputs, output)``.
    """

    generate_vmap_rule = False
    """Accepted; there is no vmap."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002  (as in PyTorch)
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on "
            "the class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Functions of PyTorch 0.x were called; raises ``RuntimeError``."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with "
            "static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The operation itself."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Override to keep what ``backward`` needs apart from ``forward``, which then takes no ``ctx``."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the inputs of ``forward``, None where there is none."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward "
            "mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Forward mode, which there is none of."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """There is no vmap."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set generate_vmap_rule=True."
        )

    @classmethod
    def user_backward(cls) -> Callable[..., Any]:
        """What the subclass wrote: its ``backward``, or its ``vjp``."""
        has_backward, has_vjp = cls.backward is not Function.backward, cls.vjp is not Function.vjp
        if has_backward and has_vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one "
                "of them."
            )
        return cls.vjp if has_vjp else cls.backward

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward`` and record it."""
        has_setup = cls.setup_context is not Function.setup_context
        if has_setup:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        inputs = (*args, *kwargs.values())
        node = _new_node(cls._node_class, inputs)
        ctx = cls._backward_cls()
        node.attach_context(ctx)
        ctx.needs_input_grad = tuple([isinstance(value, Tensor) and value.requires_grad for value in inputs])
        with _unrecorded():
            if has_setup:
                answer = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, inputs, answer)
            else:
                answer = cls.forward(ctx, *args, **kwargs)
        outputs = answer if isinstance(answer, tuple) else (answer,)
        results = _recorded(node, inputs, outputs)
        return results if isinstance(answer, tuple) else results[0]


for _class in (FunctionMeta, Function):
    _class.__module__ = "torch.autograd.function"


@contextlib.contextmanager
def _unrecorded() -> Iterator[None]:
    """As ``no_grad``, but nothing the listener should hear of: it is the Function that is recorded."""
    before, thread_state.grad_enabled = thread_state.grad_enabled, False
    thread_state.functions += 1
    try:
        yield
    finally:
        thread_state.functions -= 1
        thread_state.grad_enabled = before


def _new_node(node_class: type[FunctionNode], args: Sequence[Any]) -> FunctionNode:
    """A node that knows the arguments."""
    node = node_class()
    node.sequence_nr = next_sequence_nr()
    node.saved = node.hooks = None
    node.number = 0
    tensors = [value for value in args if isinstance(value, Tensor)]
    node.takes_gradient = [isinstance(value, Tensor) for value in args]
    node.input_infos = [(value._array.shape, value._array.dtype) for value in tensors]
    records = thread_state.grad_enabled
    edges: list[Edge | None] = [gradient_edge(value) if records and value._requires_grad else None for value in tensors]
    node.next_edges = tuple(edges)
    return node


def _marked(given: tuple[Any, ...] | None, message: str) -> list[Tensor]:
    """The tensors given to one of the ``mark_`` methods; anything else is the error ``message``."""
    for index, value in enumerate(given or ()):
        if not isinstance(value, Tensor):
            raise RuntimeError(message.format(index=index, type=type(value).__name__))
    return list(given or ())


def _is_among(value: Any, candidates: Sequence[Any]) -> bool:
    return any(value is candidate for candidate in candidates)


def _recorded(node: FunctionNode, args: Sequence[Any], outputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The results of ``forward`` with their places in the graph; the node keeps what it was asked to."""
    records = any(edge is not None for edge in node.next_edges)
    dirty = _marked(node.context.dirty_tensors, "mark_dirty can only accept variables, but argument ")
    excluded = _marked(node.context.non_differentiable, "mark_non_differentiable only accepts variable arguments, but got ")
    for tensor in dirty:
        bump(tensor, node.context._forward_cls.__name__)
    for tensor in dirty:
        if not _is_among(tensor, outputs):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified "
                "inplace must all be outputs of the Function."
            )
    if any(not _is_among(tensor, args) for tensor in dirty):
        warnings.warn(
            "Only input Tensors should be given to ctx.mark_dirty(). If a Tensor is not an input, there is no need to pass it to "
            "mark_dirty().",
            UserWarning,
            stacklevel=3,
        )
    node.output_count = len(outputs)
    node.output_infos = [(value._array.shape, value._array.dtype) if isinstance(value, Tensor) else None for value in outputs]
    results = []
    for number, value in enumerate(outputs):
        if isinstance(value, Tensor):
            differentiable = records and value._array.dtype.kind == "f" and not _is_among(value, excluded)
            is_input, is_modified = _is_among(value, args), _is_among(value, dirty)
            results.append(_placed(value, node, number, differentiable, is_input, is_modified))
        else:
            results.append(value)
    if records:
        _save(node, outputs, results)
    return tuple(results)


def _placed(value: Tensor, node: FunctionNode, number: int, differentiable: bool, is_input: bool, is_modified: bool) -> Tensor:
    """One output with its place in the graph (or without one). An input returned as it is becomes a view of itself."""
    if not differentiable:
        if is_input and not is_modified:
            return value.detach() if value._requires_grad else _view_of(value)
        if value._requires_grad and not value._is_view():
            value.detach_()
        if isinstance(value._meta, ViewMeta) and not is_input and value._meta.made_in_no_grad:
            value._meta.made_in_no_grad = "function"  # forward runs without recording: the function's view, not the user's
        return value
    edge: Edge = (node, number)
    if is_modified:
        if value._requires_grad and value.is_leaf:
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
        if isinstance(value._meta, ViewMeta):
            rebase_history(value, value._meta, node)
            return value
    elif is_input:
        value = _view_of(value)
    meta = value._meta
    if isinstance(meta, ViewMeta):
        meta.edge, meta.edge_version = edge, version_of(value)
        meta.made_in_no_grad = True  # so that a write to it is refused
        meta.of_several = sum(info is not None for info in node.output_infos) > 1
    else:
        value._edge = edge
    value._requires_grad = True
    return value


def _view_of(value: Tensor) -> Tensor:
    from ..tensor import from_array  # noqa: PLC0415

    result = from_array(value._array)
    attach_view(result, value, None, False)
    return result


def _save(node: FunctionNode, outputs: Sequence[Any], results: Sequence[Any]) -> None:
    saved: list[Any] = []
    for index, tensor in enumerate(node.context.to_save or ()):
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"save_for_backward can only save variables, but argument {index} is of type {type(tensor).__name__}")
        position = next((i for i, one in enumerate(outputs) if one is tensor and tensor is not None), None)
        result = None if position is None else results[position]
        if result is not None and result.grad_fn is node.context:
            saved += (save_output(result), position)
        else:
            saved += (tensor, 0 if tensor is None else version_of(tensor))
    node.saved = tuple(saved) if saved else None
    node.context.to_save = None
    if events.sink is not None:
        tensors = [result for result in results if isinstance(result, Tensor)]
        announce(events.sink, node, tensors, [str(i) for i in range(len(saved) // 2)])
    if activity.blocks:
        pack_saved(node)


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a ``backward`` whose result cannot be differentiated: trying to is then an error, not a wrong number."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            outputs = fn(ctx, *args, **kwargs)
        sources = [value for value in args if isinstance(value, Tensor) and value._requires_grad]
        if not thread_state.grad_enabled or not sources:
            return outputs
        answers = outputs if isinstance(outputs, tuple) else (outputs,)
        node = DelayedError()
        node.sequence_nr = next_sequence_nr()
        node.saved = node.hooks = None
        node.number = 0
        node.next_edges = tuple([accumulator_edge(value) if isinstance(value, Tensor) else None for value in answers])
        node.message = "trying to differentiate twice a function that was marked with @once_differentiable"
        node.output_count = len(answers)
        results = tuple(
            [_behind(node, number, value) if isinstance(value, Tensor) else value for number, value in enumerate(answers)]
        )
        return results if isinstance(outputs, tuple) else results[0]

    return wrapper


def accumulator_edge(value: Tensor) -> Edge:
    """The edge of a fresh leaf that stands for ``value``, as PyTorch's error node has one for each tensor it guards."""
    return gradient_edge(value.detach().requires_grad_())


def _behind(node: Node, number: int, value: Tensor) -> Tensor:
    result = value.detach()
    result._edge = (node, number)
    result._requires_grad = True
    return result
