"""The write side: what listens to the engine, one method for each event it can emit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from .values import NONE, Array, CutKind, HookKind, PassOutcome, ResetKind, Shape


class Sink(Protocol):
    """What listens to the engine: one method for each event it can emit, named as the event whose docstring explains it.

    The sink itself finds time, thread, scope and source position. Arrays are borrowed (see the package's docstring); one may be
    :class:`.Widened`. A sink must not raise; the recorder guards itself.

    A sink may have an attribute ``observes_nodes``; without one it is taken to be True. Where it is False, nothing is told of what
    happens at the nodes of a backward pass (``node_started``, ``node_finished``, ``saved_freed``, ``gradient_flowed``, most of
    ``gradient_accumulated``) unless it is known anyway: the engine's order follows from the graph, so that it can be worked out
    later. Hooks that fire, errors, and the beginning and end of passes are always told.
    """

    def leaf_created(self, tensor: int, shape: Shape, dtype: str, requires_grad: bool, name: str = "") -> None: ...

    def leaf_named(self, tensor: int, name: str) -> None: ...

    def node_created(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[int, Shape, str]],
        sequence_nr: int,
        variable: int = NONE,
    ) -> None: ...

    def tensor_saved(
        self, node: int, slot: str, tensor: int, storage: int, version: int, shape: Shape, dtype: str, nbytes: int
    ) -> None: ...

    def version_bumped(self, tensor: int, storage: int, op: str, before: int, after: int, view_of: int = NONE) -> None: ...

    def data_written(self, tensor: int, storage: int, op: str) -> None: ...

    def graph_cut(self, tensor: int, result: int, how: CutKind) -> None: ...

    def grad_mode_changed(self, enabled: bool) -> None: ...

    def scope_entered(self, name: str) -> None: ...

    def scope_exited(self, name: str) -> None: ...

    def marked(self, text: str, kind: str = "note") -> None: ...

    def hook_registered(self, hook: int, kind: HookKind, tensor: int, node: int, function: Any) -> None: ...

    def hook_removed(self, hook: int) -> None: ...

    def hook_fired(
        self, pass_: int, hook: int, kind: HookKind, node: int, changed: bool, before: Array | None, after: Array | None
    ) -> None: ...

    def backward_started(
        self,
        pass_: int,
        call: str,
        roots: Sequence[tuple[int, int]],
        retain_graph: bool,
        create_graph: bool,
        inputs: Sequence[int],
        engine: str = "",
        inside: int = NONE,
    ) -> None: ...

    def backward_ended(self, pass_: int, outcome: PassOutcome) -> None: ...

    def node_started(self, pass_: int, node: int, reason: str) -> None: ...

    def node_finished(self, pass_: int, node: int, duration: int) -> None: ...

    def gradient_flowed(
        self, pass_: int, node: int, output_nr: int, next_node: int, input_nr: int, gradient: Array | None
    ) -> None: ...

    def gradient_accumulated(
        self,
        pass_: int,
        tensor: int,
        node: int,
        before: Array | None,
        contribution: Array | None,
        after: Array | None,
    ) -> None: ...

    def saved_freed(self, pass_: int, node: int) -> None: ...

    def grad_reset(self, tensors: Sequence[int], to: ResetKind) -> None: ...

    def optimizer_stepped(self, optimizer: str, tensors: Sequence[int]) -> None: ...

    def error_raised(
        self, type_name: str, message: str, pass_: int = NONE, node: int = NONE, storage: int = NONE, version: int = -1
    ) -> None:
        """``storage`` and ``version`` (the version expected) point at the saved tensor of an in-place error, so that the sink can
        name the bump that caused it."""


class CompactSink(Sink, Protocol):
    """A sink that may be told of what happens together in one call. Whoever tells looks whether it has the methods.

    ``takes_measured``, where there is one and it is true, says that in place of a gradient's array there may be what this very sink
    would have made of it (:class:`gradtrace.tracer.statistics.MeasuredGradient`).
    """

    def position(self) -> int:
        """A number for the line of the program that is running: to be looked up once for all nodes that one call makes, and for
        all writes of one, whose ``version_bumped`` takes it as ``source``."""

    def node_recorded(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[Any, ...]],
        sequence_nr: int,
        saved: Sequence[tuple[Any, ...]],
        variable: int = NONE,
        source: int | None = None,
    ) -> None:
        """``node_created``, and ``tensor_saved`` for each of ``saved``: its arguments in their order, but for the node.

        ``source`` is what :meth:`position` said; without it the line is looked up.

        In place of shape and dtype, and the number of bytes, there may be an array that has them: an output is then (tensor,
        array), a saved tensor (slot, tensor, storage, version, array). The array is borrowed like any other.
        """

    def version_bumped(
        self, tensor: int, storage: int, op: str, before: int, after: int, view_of: int = NONE, source: int | None = None
    ) -> None: ...

    def node_ran(
        self,
        pass_: int,
        node: int,
        reason: str,
        began: int,
        ended: int,
        freed: bool,
        flows: Sequence[tuple[int, int, int, Any]],
    ) -> None:
        """``node_started``, ``saved_freed`` if it was, ``node_finished``, and ``gradient_flowed`` for each of ``flows``.

        ``began`` and ``ended`` are readings of ``perf_counter_ns()``; a flow is (output_nr, next_node, input_nr, gradient).
        """
