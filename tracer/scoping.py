"""Recording some regions of a program only: lets events through that belong to the wanted scopes.

What is recorded of the rest: leaves (they get their names and lines when they are made), in-place writes (one of them may break a
backward inside), hooks, passes, optimizer steps and errors; and the gradients that flow into the region and out of it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from ..core.events import NONE, Array, CutKind, HookKind, ResetKind
from .selection import ScopeSelection

__all__ = ["ScopeFilter"]

_HELD = 1 << 16
_NODES = 1 << 20


class _Thread(threading.local):
    """Where a thread is: its open scopes, which of them have been told, and whether this place is wanted."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.told = 0
        self.inside = False


class ScopeFilter:
    """Hands those events on to ``sink`` that belong to the selected scopes. Whatever it does not look at goes straight there."""

    observes_nodes = True

    def __init__(self, sink: Any, selection: ScopeSelection) -> None:
        self._sink = sink
        self._selection = selection
        self._wanted: dict[str, bool] = {}
        self._thread = _Thread()
        self._nodes: set[int] = set()
        self._leaves: set[int] = set()
        self._held: dict[int, tuple[Any, ...]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sink, name)

    # ------------------------------------------------------------------------------------------------------------ scopes
    def scope_entered(self, name: str) -> None:
        """Told once something inside is wanted, with the scopes around it."""
        thread = self._thread
        thread.names.append(name)
        thread.inside = self._is_wanted("/".join(thread.names))
        if thread.inside:
            for outer in thread.names[thread.told :]:
                self._sink.scope_entered(outer)
            thread.told = len(thread.names)

    def scope_exited(self, name: str) -> None:
        """The innermost scope of this name ended, and with it those left open inside."""
        thread = self._thread
        if name not in thread.names:
            return
        place = len(thread.names) - 1 - thread.names[::-1].index(name)
        if thread.told > place:
            self._sink.scope_exited(name)
            thread.told = place
        del thread.names[place:]
        thread.inside = self._is_wanted("/".join(thread.names))

    def _is_wanted(self, path: str) -> bool:
        wanted = self._wanted.get(path)
        if wanted is None:
            wanted = self._wanted[path] = path in self._selection
        return wanted

    # ----------------------------------------------------------------------------------------------------------- forward
    def node_created(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[Any],
        sequence_nr: int,
        variable: int = NONE,
    ) -> None:
        """A node inside is told, and with it the accumulators of the leaves that it uses."""
        if variable != NONE:
            self._held[node] = (node, name, edges, outputs, sequence_nr, variable)
            if len(self._held) > _HELD:
                del self._held[next(iter(self._held))]
        elif self._thread.inside:
            self._take(node, edges)
            self._sink.node_created(node, name, edges, outputs, sequence_nr)

    def node_recorded(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[Any],
        sequence_nr: int,
        saved: Any,
        variable: int = NONE,
        source: int | None = None,
    ) -> None:
        """As :meth:`node_created`, together with what the node saves."""
        if variable != NONE:
            self.node_created(node, name, edges, outputs, sequence_nr, variable)
        elif self._thread.inside:
            self._take(node, edges)
            self._sink.node_recorded(node, name, edges, outputs, sequence_nr, saved, variable, source)

    def _take(self, node: int, edges: Sequence[tuple[int, int]]) -> None:
        for next_node, _ in edges:
            held = self._held.pop(next_node, None)
            if held is not None:
                self._nodes.add(next_node)
                self._leaves.add(held[5])
                self._sink.node_created(*held)
        self._nodes.add(node)
        if len(self._nodes) > _NODES:  # those with low numbers are long gone
            self._nodes = set(sorted(self._nodes)[_NODES // 2 :])

    def tensor_saved(self, node: int, *saved: Any) -> None:
        """What a node inside keeps."""
        if node in self._nodes:
            self._sink.tensor_saved(node, *saved)

    def graph_cut(self, tensor: int, result: int, how: CutKind) -> None:
        """A tensor left the graph inside."""
        if self._thread.inside:
            self._sink.graph_cut(tensor, result, how)

    # ---------------------------------------------------------------------------------------------------------- backward
    def node_started(self, pass_: int, node: int, reason: str) -> None:
        """A node inside runs."""
        if node in self._nodes:
            self._sink.node_started(pass_, node, reason)

    def node_ran(self, pass_: int, node: int, *how: Any) -> None:
        """A node inside has run; of others, what flows into the region."""
        if node in self._nodes:
            self._sink.node_ran(pass_, node, *how)
            return
        for flow in how[-1]:
            self.gradient_flowed(pass_, node, *flow)

    def node_finished(self, pass_: int, node: int, duration: int) -> None:
        """A node inside has run."""
        if node in self._nodes:
            self._sink.node_finished(pass_, node, duration)

    def gradient_flowed(self, pass_: int, node: int, output_nr: int, next_node: int, input_nr: int, gradient: Array | None) -> None:
        """A gradient flows inside, into the region or out of it."""
        if node in self._nodes or next_node in self._nodes:
            self._sink.gradient_flowed(pass_, node, output_nr, next_node, input_nr, gradient)

    def gradient_accumulated(self, pass_: int, tensor: int, node: int, *gradients: Array | None) -> None:
        """A leaf that is used inside gets a gradient."""
        if node in self._nodes:
            self._sink.gradient_accumulated(pass_, tensor, node, *gradients)

    def hook_fired(self, pass_: int, hook: int, kind: HookKind, node: int, *what: Any) -> None:
        """A hook runs at a node inside."""
        if node in self._nodes:
            self._sink.hook_fired(pass_, hook, kind, node, *what)

    def saved_freed(self, pass_: int, node: int) -> None:
        """A node inside lets go of what it saved."""
        if node in self._nodes:
            self._sink.saved_freed(pass_, node)

    def grad_reset(self, tensors: Sequence[int], to: ResetKind) -> None:
        """Gradients are reset: of leaves that are used inside."""
        inside = [tensor for tensor in tensors if tensor in self._leaves]
        if inside:
            self._sink.grad_reset(inside, to)

    def optimizer_stepped(self, optimizer: str, tensors: Sequence[int]) -> None:
        """An optimizer made a step: with the leaves that are used inside."""
        self._sink.optimizer_stepped(optimizer, [tensor for tensor in tensors if tensor in self._leaves])
