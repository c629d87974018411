"""Traces written by hand: events in the order the engine emits them, without running a program.

Views, exporters, layouts and rules are tested on these instead of on recordings, so such a test says exactly what it needs:

    script = EventScript()
    w, x = script.leaf("w"), script.leaf("x")
    product = script.node("MulBackward0", [w, x], target="y")
    script.backward(product, factors={(product, 0): 3.0})
    trace = Trace.from_events(script.events)

All tensors are scalars, and a gradient is one number; ``factors`` says by how much each edge multiplies it.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...core.events import (
    NONE,
    BackwardEnded,
    BackwardStarted,
    Edge,
    ErrorRaised,
    Event,
    Gradient,
    GradientAccumulated,
    GradientFlowed,
    GradientStatistics,
    GradReset,
    HookFired,
    HookRegistered,
    LeafCreated,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    RunEnded,
    RunStarted,
    SavedFreed,
    SourcePosition,
    TensorInfo,
    TensorSaved,
    VersionBumped,
)

ACCUMULATE_SEQUENCE_NR = 2**63 - 1
"""``sequence_nr`` of every ``AccumulateGrad``: the largest, so that it runs before all else that is ready."""


def scalar_gradient(value: float | None) -> Gradient | None:
    """The record of a one-element gradient; ``None`` stays ``None`` (undefined)."""
    if value is None:
        return None
    finite = value if math.isfinite(value) else 0.0
    statistics = GradientStatistics(
        count=1,
        nan=int(math.isnan(value)),
        pos_inf=int(value == math.inf),
        neg_inf=int(value == -math.inf),
        zeros=int(value == 0.0),
        min=finite,
        max=finite,
        mean=finite,
        norm=abs(finite),
    )
    return Gradient(shape=(), dtype="float32", statistics=statistics)


class EventScript:
    """Builds ``events``, a list that obeys the engine's order, one call at a time.

    Nodes are given as node ids; a leaf's id here is that of its ``AccumulateGrad`` (its tensor is ``tensor_of(leaf)``).
    """

    def __init__(self, *, started: bool = True, file: str = "/home/user/train.py") -> None:
        self.events: list[Event] = []
        self.file = file
        self.line = 0
        self._scopes: list[str] = []
        self._tensors = 0
        self._nodes = 0
        self._passes = 0
        self._hooks = 0
        self._edges: dict[int, tuple[Edge, ...]] = {}
        self._sequence_nr: dict[int, int] = {}
        self._tensor_of: dict[int, int] = {}
        self._leaf_grad: dict[int, float | None] = {}
        self._saved: set[int] = set()
        self._node_hooks: dict[int, list[tuple[int, Any, float | None]]] = defaultdict(list)
        if started:
            self.add(RunStarted, argv=("train.py",), versions={"gradtrace": "test"})

    # ------------------------------------------------------------------------------------------------- building blocks
    def add(self, event_type: type[Event], **own: Any) -> int:
        """Append one event of ``event_type`` with its own fields; the common ones are filled in. Returns its id."""
        event_id = len(self.events)
        common: dict[str, Any] = {"id": event_id, "time": 1_000 * event_id, "scope": "/".join(self._scopes)}
        self.events.append(event_type(**{**common, **own}))
        return event_id

    def position(self, target: str = "") -> SourcePosition:
        """The next line of an imagined program, whose result goes to variable ``target``."""
        self.line += 1
        return SourcePosition(self.file, self.line, "<module>", target)

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Events added inside the block have ``name`` as their innermost scope."""
        self._scopes.append(name)
        yield
        self._scopes.pop()

    def tensor_of(self, node: int) -> int:
        """The tensor a node made (its first output), or the variable of a leaf's ``AccumulateGrad``."""
        return self._tensor_of[node]

    # --------------------------------------------------------------------------------------------------------- forward
    def leaf(self, name: str = "", shape: tuple[int, ...] = ()) -> int:
        """A leaf and its ``AccumulateGrad``; returns the node id of the latter."""
        tensor = self._new_tensor()
        source = self.position(name)
        self.add(LeafCreated, tensor=tensor, name=name, shape=shape, dtype="float32", source=source)
        node = self._new_node((), ACCUMULATE_SEQUENCE_NR)
        self._tensor_of[node] = tensor
        self._leaf_grad[node] = None
        self.add(
            NodeCreated,
            node=node,
            name="AccumulateGrad",
            variable=tensor,
            sequence_nr=ACCUMULATE_SEQUENCE_NR,
            source=source,
        )
        return node

    def node(
        self, name: str, inputs: Sequence[int | Edge], *, outputs: int = 1, target: str = "", saves: Sequence[str] = ()
    ) -> int:
        """A backward function whose gradients go to ``inputs``; ``saves`` names slots it keeps the tensor of its first input in."""
        edges = tuple(entry if isinstance(entry, Edge) else Edge(entry, 0) for entry in inputs)
        source = self.position(target)
        node = self._new_node(edges, sequence_nr=self._nodes + 1)
        made = tuple(TensorInfo(self._new_tensor(), (), "float32") for _ in range(outputs))
        self._tensor_of[node] = made[0].tensor
        self.add(
            NodeCreated,
            node=node,
            name=name,
            edges=edges,
            outputs=made,
            sequence_nr=self._sequence_nr[node],
            source=source,
        )
        for slot in saves:
            tensor = self._tensor_of.get(edges[0].node, NONE)
            self._saved.add(node)
            self.add(
                TensorSaved,
                node=node,
                slot=slot,
                tensor=tensor,
                storage=tensor,
                version=0,
                dtype="float32",
                nbytes=4,
                source=source,
            )
        return node

    def made_before(self, node: int, inputs: Sequence[int]) -> int:
        """A node that existed before the recording began: it runs, but no event tells of its making. Returns ``node``."""
        self._edges[node] = tuple(Edge(entry, 0) for entry in inputs)
        self._sequence_nr[node] = -node
        return node

    def bump(self, node: int, op: str = "add_", before: int = 0) -> int:
        """An in-place write to the tensor of ``node``; its storage has the tensor's id. Returns the event id."""
        tensor = self.tensor_of(node)
        return self.add(
            VersionBumped, tensor=tensor, storage=tensor, op=op, before=before, after=before + 1, source=self.position()
        )

    def hook(self, node: int, kind: str = "tensor", returns: float | None = None, function: str = "clip") -> int:
        """A hook that every later pass runs at ``node``; ``returns`` replaces the gradient. Returns the hook id."""
        self._hooks += 1
        on_tensor = kind in ("tensor", "retain_grad", "post_accumulate_grad")
        owner = {"tensor": self.tensor_of(node)} if on_tensor else {"node": node}
        self.add(HookRegistered, hook=self._hooks, kind=kind, function=function, source=self.position(), **owner)
        self._node_hooks[node].append((self._hooks, kind, returns))
        return self._hooks

    # -------------------------------------------------------------------------------------------------------- backward
    def backward(
        self,
        *roots: int,
        factors: Mapping[tuple[int, int], float | None] | None = None,
        call: str = "backward",
        retain_graph: bool = False,
        create_graph: bool = False,
        inputs: tuple[int, ...] = (),
        fail_at: int = NONE,
        cause: int = -1,
        cut_after: int | None = None,
    ) -> int:
        """Run the engine over the hand-made graph and return the pass id.

        ``factors[node, output_nr]`` is what that edge multiplies the gradient with (1 when missing, None: undefined gradient).
        ``fail_at``: that node raises. ``cut_after``: the trace ends after so many nodes, in the middle of the pass.
        """
        self._passes += 1
        pass_ = self._passes
        root_edges = tuple(Edge(root, 0) for root in roots)
        self.add(
            BackwardStarted,
            pass_=pass_,
            call=call,
            roots=root_edges,
            retain_graph=retain_graph,
            create_graph=create_graph,
            inputs=inputs,
            source=self.position(),
        )
        received: dict[int, float | None] = {}
        for root in root_edges:
            self._flow(pass_, NONE, 0, root, 1.0, received)
        waiting = self._dependencies(roots)
        ready = [(-self._sequence_nr[root], -root) for root in dict.fromkeys(roots) if not waiting[root]]
        heapq.heapify(ready)
        done = 0
        while ready:
            if done == cut_after:
                return pass_
            node = -heapq.heappop(ready)[1]
            if not self._run_node(pass_, node, received, factors or {}, retain_graph or create_graph, fail_at, cause):
                self.add(BackwardEnded, pass_=pass_, outcome="raised")
                return pass_
            done += 1
            for edge in self._edges.get(node, ()):
                if edge.node != NONE:
                    waiting[edge.node] -= 1
                    if not waiting[edge.node]:
                        heapq.heappush(ready, (-self._sequence_nr[edge.node], -edge.node))
        self.add(BackwardEnded, pass_=pass_)
        return pass_

    def zero_grad(self, *leaves: int, to: str = "none") -> int:
        """``.grad`` of these leaves set to None, or to zero where there is one. Returns the event id."""
        for leaf in leaves:
            if to == "none" or self._leaf_grad[leaf] is not None:
                self._leaf_grad[leaf] = None if to == "none" else 0.0
        return self.add(GradReset, tensors=tuple(map(self.tensor_of, leaves)), to=to, source=self.position())

    def end(self, outcome: str = "finished") -> list[Event]:
        """Close the run and return its events."""
        self.add(RunEnded, outcome=outcome)
        return self.events

    # ------------------------------------------------------------------------------------------------------- internals
    def _new_tensor(self) -> int:
        self._tensors += 1
        return self._tensors

    def _new_node(self, edges: tuple[Edge, ...], sequence_nr: int) -> int:
        self._nodes += 1
        self._edges[self._nodes] = edges
        self._sequence_nr[self._nodes] = sequence_nr
        return self._nodes

    def _dependencies(self, roots: Sequence[int]) -> dict[int, int]:
        """How many edges of the graph under ``roots`` lead into each node."""
        waiting: dict[int, int] = defaultdict(int)
        pending = list(dict.fromkeys(roots))
        seen = set(pending)
        while pending:
            for edge in self._edges.get(pending.pop(), ()):
                if edge.node == NONE:
                    continue
                waiting[edge.node] += 1
                if edge.node not in seen:
                    seen.add(edge.node)
                    pending.append(edge.node)
        return waiting

    def _flow(
        self, pass_: int, node: int, output_nr: int, edge: Edge, value: float | None, received: dict[int, float | None]
    ) -> None:
        self.add(
            GradientFlowed,
            pass_=pass_,
            node=node,
            output_nr=output_nr,
            next_node=edge.node,
            input_nr=edge.input_nr,
            gradient=scalar_gradient(value),
        )
        if value is not None:
            received[edge.node] = (received.get(edge.node) or 0.0) + value

    def _run_node(
        self,
        pass_: int,
        node: int,
        received: dict[int, float | None],
        factors: Mapping[tuple[int, int], float | None],
        keep: bool,
        fail_at: int,
        cause: int,
    ) -> bool:
        """The events of one node, in the engine's order. False when it raised."""
        self.add(NodeStarted, pass_=pass_, node=node, reason="all its gradients had arrived")
        gradient = self._run_hooks(pass_, node, ("tensor", "node_pre", "retain_grad"), received.get(node))
        if node == fail_at:
            message = "one of the variables needed for gradient computation has been modified by an inplace operation"
            self.add(ErrorRaised, type="RuntimeError", message=message, pass_=pass_, node=node, cause=cause)
            return False
        if node in self._leaf_grad and gradient is not None:
            self._accumulate(pass_, node, gradient)
            self._run_hooks(pass_, node, ("post_accumulate_grad",), self._leaf_grad[node])
        if node in self._saved and not keep:
            self.add(SavedFreed, pass_=pass_, node=node)
        self.add(NodeFinished, pass_=pass_, node=node, duration=1_500)
        self._run_hooks(pass_, node, ("node_post",), gradient)
        for output_nr, edge in enumerate(self._edges.get(node, ())):
            if edge.node != NONE:
                factor = factors.get((node, output_nr), 1.0)
                value = None if factor is None or gradient is None else gradient * factor
                self._flow(pass_, node, output_nr, edge, value, received)
        return True

    def _accumulate(self, pass_: int, node: int, gradient: float) -> None:
        before = self._leaf_grad[node]
        after = (before or 0.0) + gradient
        self._leaf_grad[node] = after
        self.add(
            GradientAccumulated,
            pass_=pass_,
            tensor=self.tensor_of(node),
            node=node,
            before=scalar_gradient(before),
            contribution=scalar_gradient(gradient),
            after=scalar_gradient(after),
        )

    def _run_hooks(self, pass_: int, node: int, kinds: tuple[str, ...], gradient: float | None) -> float | None:
        for kind in kinds:
            for hook, its_kind, returns in self._node_hooks[node]:
                if its_kind != kind:
                    continue
                after = gradient if returns is None else returns
                self.add(
                    HookFired,
                    pass_=pass_,
                    hook=hook,
                    kind=kind,
                    node=node,
                    changed=returns is not None,
                    before=scalar_gradient(gradient),
                    after=scalar_gradient(after),
                )
                gradient = after
        return gradient
