"""What the inspector talks about: one node, in one pass, at one moment. Built anew for every refresh, holds no data of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ....core.events import Array, Gradient
from ....tracer.model import NodeRecord, Pass, Trace
from ....tracer.replay import ReplayState
from ...session import Session
from ...translation import spoken_name

STATUS = ("pending", "running", "done", "failed")


@dataclass(frozen=True)
class Subject:
    """A node and where to ask about it. ``record`` is None for a node made before the recording began."""

    trace: Trace
    pass_: Pass
    state: ReplayState
    node: int
    pinned: bool

    @classmethod
    def of(cls, session: Session) -> Subject | None:
        """The node the session talks about, or None."""
        trace, pass_, state, node = session.trace, session.pass_, session.state, session.node
        if trace is None or pass_ is None or state is None or not node:
            return None
        return cls(trace, pass_, state, node, pinned=session.selected != 0)

    @cached_property
    def record(self) -> NodeRecord | None:
        """What the trace knows of the node."""
        return self.trace.nodes.get(self.node)

    @cached_property
    def index(self) -> int:
        """Position in the arrays of the pass, -1 when the node is not in its graph."""
        return self.pass_.arrays.index(self.node)

    @property
    def name(self) -> str:
        """Name of the node."""
        if self.record is not None:
            return spoken_name(self.record.name)
        return spoken_name(self.pass_.arrays.name[self.index]) if self.index >= 0 else f"node {self.node}"

    @property
    def status(self) -> str:
        """``"pending"``, ``"running"``, ``"done"`` or ``"failed"``; ``""`` when it takes no part in the pass.

        While the making of the graph is replayed: ``"made"`` or ``"not made"``.
        """
        if self.index < 0:
            return ""
        if self.pass_.is_forward:
            return "made" if self.state.status[self.index] == STATUS.index("done") else "not made"
        if self.pass_.arrays.started[self.index] < 0:
            return ""
        return STATUS[int(self.state.status[self.index])]

    @cached_property
    def gradient(self) -> Gradient | None:
        """The gradient that has entered the node so far."""
        return self.state.gradient(self.node) if self.index >= 0 else None

    @cached_property
    def gradient_array(self) -> Array | None:
        """The elements of :attr:`gradient`, when they were recorded."""
        return self.pass_.received.array(self.index, self.state.position) if self.index >= 0 else None

    @cached_property
    def final_gradient(self) -> Gradient | None:
        """The gradient that will have entered the node at the end of the pass."""
        return self.pass_.gradient(self.node) if self.index >= 0 else None
