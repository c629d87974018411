"""Backward functions: the nodes of the graph, and the one at each leaf.

An operator's node class is made by :mod:`.registry` from its derivative table. A class has two ways to run, one for each back-end:
``apply_raw`` takes and returns NumPy arrays, ``apply_recorded`` takes and returns tensors and is itself recorded
(``create_graph=True``).
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from . import events
from .dtypes import from_numpy_dtype
from .hooks import Hook, HookDict, NodeHooks, RemovableHandle, add_hook
from .identity import node_id, tensor_id

if TYPE_CHECKING:
    from .tensor import Tensor

Edge = tuple["Node", int]
"""A node and which of its outputs' gradients (its input, going backwards) is meant."""

next_sequence_nr = count().__next__
"""Later nodes run first, so each node remembers when it was made."""

new = object.__new__

FREED: tuple[Any, ...] = ("freed",)
"""``Node.saved`` after the saved tensors were let go."""

ACCUMULATE_SEQUENCE_NR = (1 << 64) - 1
"""AccumulateGrad runs as soon as it can."""


class OutputInfo(NamedTuple):
    """What a node knows of one output of the forward operation."""

    shape: tuple[int, ...]
    numpy_dtype: Any

    @property
    def dtype(self) -> Any:
        """The element type."""
        return from_numpy_dtype(self.numpy_dtype)


class Node:
    """A backward function.

    ``next_edges`` has one entry for each differentiable input of the forward operation: where that input's gradient goes, or None.
    ``saved`` holds the tensors kept for the derivative (None: there are none; FREED: let go); ``hooks`` is None until there is one.
    """

    __slots__ = ("__weakref__", "hooks", "next_edges", "number", "saved", "sequence_nr")

    display_name = ""
    output_count: int = 1
    pack_order: tuple[int, ...] = ()
    """In which order saved tensors are handed to hooks: PyTorch goes by name, results last. Empty: as they were saved."""
    is_custom = False
    """Whether it is the node of a user's Function."""

    next_edges: tuple[Edge | None, ...]
    sequence_nr: int
    saved: tuple[Any, ...] | None
    hooks: NodeHooks | None
    number: int
    # slots that only nodes of some templates have
    params: Any
    needs: Any
    fits: Any
    infos: Any

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:
        """Gradients of the inputs from the gradient of the output, as arrays (None: undefined)."""
        raise NotImplementedError(f"{self.name()} has no derivative")

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        """As :meth:`apply_raw` on tensors, recorded, so that the result can be differentiated again."""
        raise NotImplementedError(f"the derivative of {self.name()} is not differentiable")

    def release(self) -> None:
        """Let go of the saved tensors."""
        self.saved = FREED

    # ------------------------------------------------------------------------------------------------ as in torch
    def name(self) -> str:
        """The node's name, ``"MulBackward0"``."""
        return self.display_name or type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """Where the gradients go: a (node, input number) pair for each input, (None, 0) where none is needed."""
        return tuple([(None, 0) if edge is None else (edge[0].shown(), edge[1]) for edge in self.next_edges])

    def shown(self) -> Any:
        """What ``grad_fn`` shows for this node: itself, or the ctx of a user's Function."""
        return self

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for the user's own notes."""
        hooks = self._own_hooks()
        if hooks.metadata is None:
            hooks.metadata = {}
        return hooks.metadata

    def _sequence_nr(self) -> int:
        return self.sequence_nr

    @property
    def _input_metadata(self) -> tuple[OutputInfo, ...]:
        """Shape and dtype of each output. Raises ``NotImplementedError`` where the node does not know them."""
        infos = [self._output_info(number) for number in range(self.output_count)]
        return tuple([OutputInfo(*info) for info in infos if info is not None])

    def _output_info(self, output_nr: int) -> tuple[tuple[int, ...], Any] | None:
        raise NotImplementedError(
            f"{self.name()} does not keep the shape of its output; use the tensor itself, or get_gradient_edge(tensor)"
        )

    def __call__(self, *gradients: Any) -> Any:
        """Run the node by hand: gradients of the outputs in, gradients of the inputs out."""
        from .grad_mode import thread_state  # noqa: PLC0415
        from .tensor import from_array  # noqa: PLC0415

        if len(gradients) != self.output_count:
            raise TypeError(f"{self.name()} expected {self.output_count} arguments, got {len(gradients)} instead")
        if thread_state.grad_enabled:
            results = self.apply_recorded(gradients[0] if self.output_count == 1 else list(gradients))
        else:
            arrays = [None if one is None else one._array for one in gradients]
            raw = self.apply_raw(arrays[0] if self.output_count == 1 else arrays)
            results = tuple([None if one is None else from_array(one) for one in raw])
        return results[0] if len(results) == 1 else results

    def register_hook(self, fn: Hook) -> RemovableHandle:
        """Call ``fn(grad_inputs, grad_outputs)`` after the node ran; a tuple it returns replaces ``grad_inputs``."""
        hooks = self._own_hooks()
        if hooks.post is None:
            hooks.post = HookDict()
        return add_hook(hooks.post, fn, "node_post", node=self)

    def register_prehook(self, fn: Hook) -> RemovableHandle:
        """Call ``fn(grad_outputs)`` before the node runs; a tuple it returns replaces ``grad_outputs``."""
        hooks = self._own_hooks()
        if hooks.pre is None:
            hooks.pre = HookDict()
        return add_hook(hooks.pre, fn, "node_pre", node=self)

    def _own_hooks(self) -> NodeHooks:
        if self.hooks is None:
            self.hooks = NodeHooks()
        return self.hooks

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


Node.__module__ = "torch.autograd.graph"


class AccumulateGrad(Node):
    """Adds what reaches it to the ``.grad`` of a leaf. A leaf refers to its accumulator weakly, so the pair is no cycle."""

    __slots__ = ("variable",)

    display_name = "torch::autograd::AccumulateGrad"

    variable: Tensor

    def _output_info(self, output_nr: int) -> tuple[tuple[int, ...], Any] | None:  # noqa: ARG002
        return self.variable._array.shape, self.variable._array.dtype


AccumulateGrad.__module__ = "builtins"


def accumulator_of(leaf: Tensor) -> AccumulateGrad:
    """The leaf's AccumulateGrad node, made on first use."""
    meta = leaf._own_meta()
    if meta.accumulator is not None:
        existing = meta.accumulator()
        if existing is not None:
            return existing
    node = new(AccumulateGrad)
    node.variable = leaf
    node.next_edges = ()
    node.sequence_nr = ACCUMULATE_SEQUENCE_NR
    node.saved = None
    node.hooks = None
    node.number = 0
    meta.accumulator = ref(node)
    if events.sink is not None:
        announce_accumulator(events.sink, node, leaf)
    return node


def announce_accumulator(sink: events.Sink, node: AccumulateGrad, leaf: Tensor) -> None:
    """Tell the listener of a leaf and of its accumulator."""
    tensor = tensor_id(leaf)
    sink.leaf_created(tensor, leaf._array.shape, from_numpy_dtype(leaf._array.dtype).name, True)
    sink.node_created(node_id(node), "AccumulateGrad", (), (), ACCUMULATE_SEQUENCE_NR, tensor)


def gradient_edge(tensor: Tensor) -> Edge:
    """Where the gradient of ``tensor``, which requires grad, goes: its grad_fn, or its accumulator when it is a leaf."""
    edge = tensor._edge
    if edge is not None:
        return edge
    meta: Any = tensor._meta
    if meta is not None:
        if meta.is_view:
            known: Edge | None = meta.edge
            if known is not None and tensor._counter.version == meta.edge_version:  # type: ignore[union-attr]
                return known
            known = meta.view_edge(tensor)
            if known is not None:
                return known
        elif meta.accumulator is not None:
            accumulator = meta.accumulator()
            if accumulator is not None:
                return accumulator, 0
    return accumulator_of(tensor), 0


def move_retain_grad(old: Edge | None, new: Edge | None) -> None:
    """``retain_grad()`` follows a tensor to its new edge, while tensor hooks stay with the old one."""
    hooks = None if old is None else old[0].hooks
    if old is None or new is None or hooks is None or hooks.retain is None or old[1] not in hooks.retain:
        return
    own = new[0]._own_hooks()
    if own.retain is None:
        own.retain = {}
    own.retain[new[1]] = hooks.retain.pop(old[1])
