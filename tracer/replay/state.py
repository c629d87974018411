"""What the engine's world looked like just after one event."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...core.events import ErrorRaised, Event, Gradient, HookFired, NodeStarted, RunStarted, SavedFreed, VersionBumped

if TYPE_CHECKING:
    from ..model.arrays import GraphArrays
    from ..model.passes import Pass

PENDING, RUNNING, DONE, FAILED = range(4)
"""What a node is doing: values of :attr:`ReplayState.status`."""


class EdgeStatus(IntEnum):
    """What an edge is doing: values of :attr:`ReplayState.edge_status`."""

    PENDING = 0
    FLOWING = 1
    FLOWED = 2


class ReplayState:
    """The state of a pass just after event ``position``; a pure function of the two.

    Nothing is carried over from one state to the next: each part is found by binary search and whole-array comparison in the
    trace's columns when it is first asked for, so any event is as near as the next. Two states are equal when all their parts are.
    """

    def __init__(self, pass_: Pass, position: int) -> None:
        self.pass_ = pass_
        self.position = position

    def __repr__(self) -> str:
        return f"<ReplayState of {self.pass_.name} after event {self.position}>"

    # ------------------------------------------------------------------------------------------------------------ where
    @cached_property
    def event(self) -> Event:
        """The event this is the state after. A trace without events has a stand-in of id -1 here."""
        return self.pass_.trace.events[self.position] if self.position >= 0 else RunStarted(id=-1)

    @cached_property
    def current(self) -> int:
        """Index (in the pass's arrays) of the node at work: the last that began; -1 before the first and after a good end."""
        if self.pass_.is_forward:
            made = np.where(self._arrays.created <= self.position, self._arrays.created, -1)
            return int(np.argmax(made)) if len(made) and made.max() >= 0 else -1
        ids = self.pass_.ids(NodeStarted)
        count = int(np.searchsorted(ids, self.position, "right"))
        if not count or (self.position >= self.pass_.last and self.pass_.outcome == "finished"):
            return -1
        return self._arrays.index(self.pass_.nodes[count - 1])

    # ------------------------------------------------------------------------------------------------- nodes and edges
    @cached_property
    def status(self) -> NDArray[np.uint8]:
        """uint8 per node: PENDING, RUNNING, DONE or FAILED."""
        arrays = self._arrays
        if self.pass_.is_forward:
            return np.where((arrays.created <= self.position), DONE, PENDING).astype(np.uint8)
        status = np.full(len(arrays), PENDING, np.uint8)
        status[_happened(arrays.started, self.position)] = RUNNING
        status[_happened(arrays.finished, self.position)] = DONE
        if self.pass_.outcome == "raised" and self.position >= self.pass_.last:
            status[status == RUNNING] = FAILED
        errors = self._count(ErrorRaised)
        failed = self.pass_.trace.events.columns(ErrorRaised)["node"][self.pass_.rows(ErrorRaised)[:errors]]
        failed = arrays.indices(failed)
        status[failed[failed >= 0]] = FAILED
        return status

    @cached_property
    def edge_status(self) -> NDArray[np.uint8]:
        """uint8 per edge, an :class:`EdgeStatus`.

        Flowing now are the edges of the current node: those that brought its gradient while it works, those that carry its results
        away once the first of them has left.
        """
        arrays = self._arrays
        flowed = _happened(arrays.flowed, self.position)
        status = np.where(flowed, EdgeStatus.FLOWED, EdgeStatus.PENDING).astype(np.uint8)
        if self.current >= 0:
            leaving = flowed & (arrays.src == self.current)
            now = leaving if leaving.any() else flowed & (arrays.dst == self.current)
            status[now] = EdgeStatus.FLOWING
        return status

    # ------------------------------------------------------------------------------------------------------- gradients
    def gradient(self, node: int, input_nr: int | None = None) -> Gradient | None:
        """The gradient that ``node`` had received by now (see :meth:`Pass.gradient`)."""
        index = self._arrays.index(node)
        return self.pass_.received.total(index, self.position, input_nr) if index >= 0 else None

    def gradient_of_edge(self, edge: int) -> Gradient | None:
        """The gradient that flowed along an edge (an index into the pass's arrays), or None when none has flowed by now."""
        flowed = int(self._arrays.flowed[edge])
        return self.pass_.edge_gradient(edge) if 0 <= flowed <= self.position else None

    @cached_property
    def leaf_grads(self) -> dict[int, Gradient | None]:
        """Tensor id -> ``.grad`` as of now, for every leaf known by now; passes and resets before this pass included."""
        trace = self.pass_.trace
        gradients: dict[int, Gradient | None] = {
            leaf.id: None for leaf in trace.leaves.values() if leaf.requires_grad and leaf.created <= self.position
        }
        changed = self._leaf_changes >= 0
        for tensor, entry in zip(trace.leaf_gradients.tensors[changed].tolist(), self._leaf_changes[changed].tolist(), strict=True):
            gradients[tensor] = trace.leaf_gradients.gradient(entry)
        return gradients

    def grad_of(self, tensor: int) -> Gradient | None:
        """``.grad`` of one leaf as of now; None when it has none."""
        return self.pass_.trace.leaf_gradients.of(tensor, self.position)

    # ---------------------------------------------------------------------------------------------------- saved, hooks
    @cached_property
    def versions(self) -> dict[int, int]:
        """Storage id -> version as of now, for the storages that events have told of by now."""
        return self.pass_.trace.storage_versions.at(self.position)

    def version_of(self, storage: int) -> int:
        """The version of one storage as of now, or -1 when no event has told of it by now."""
        return self.pass_.trace.storage_versions.of(storage, self.position)

    @cached_property
    def saved_freed(self) -> set[int]:
        """Ids of the nodes of this graph whose saved tensors were freed by now, in this pass or an earlier one."""
        log = self.pass_.trace.events
        nodes = log.columns(SavedFreed)["node"][: log.count_until(SavedFreed, self.position)]
        return set(nodes[self._arrays.indices(nodes) >= 0].tolist())

    @cached_property
    def hooks_fired(self) -> list[int]:
        """Ids of the ``HookFired`` events of this pass so far."""
        if self.pass_.is_forward:
            return self._ids_since_start(HookFired)
        fired: list[int] = self.pass_.ids(HookFired)[: self._count(HookFired)].tolist()
        return fired

    @cached_property
    def bumps(self) -> list[int]:
        """Ids of the ``VersionBumped`` events since the pass began."""
        return self._ids_since_start(VersionBumped)

    # -------------------------------------------------------------------------------------------------------- equality
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReplayState):
            return NotImplemented
        # gradients are compared by the event that set them: exact, and NaN statistics do not get in the way
        return (
            self.pass_ is other.pass_
            and self.position == other.position
            and self.current == other.current
            and np.array_equal(self.status, other.status)
            and np.array_equal(self.edge_status, other.edge_status)
            and np.array_equal(self._leaf_changes, other._leaf_changes)
            and self.versions == other.versions
            and self.saved_freed == other.saved_freed
            and self.hooks_fired == other.hooks_fired
            and self.bumps == other.bumps
        )

    def __hash__(self) -> int:
        return hash((id(self.pass_), self.position))

    # ------------------------------------------------------------------------------------------------------- internals
    @property
    def _arrays(self) -> GraphArrays:
        return self.pass_.arrays

    @cached_property
    def _leaf_changes(self) -> NDArray[np.int64]:
        return self.pass_.trace.leaf_gradients.at(self.position)

    def _count(self, event_type: type[Event]) -> int:
        """How many events of a type the pass has had so far."""
        return int(np.searchsorted(self.pass_.ids(event_type), self.position, "right"))

    def _ids_since_start(self, event_type: type[Event]) -> list[int]:
        log = self.pass_.trace.events
        ids: list[int] = log.ids(event_type)[log.rows_between(event_type, self.pass_.first, self.position)].tolist()
        return ids


def _happened(events: NDArray[np.int64], position: int) -> NDArray[np.bool_]:
    return (events >= 0) & (events <= position)
