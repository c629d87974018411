"""The engine's loop for the most common case: nobody listens to the nodes, the pass is not recorded, and the whole graph runs.

It does what the loop in :mod:`.engine` does, in the same order, written out for speed: a small node costs little more than its own
derivative. Only nodes with hooks take a detour.
"""

from __future__ import annotations

import heapq
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .accumulate import accumulate_unheard
from .fitting import add_to, total
from .node import FREED, AccumulateGrad, Edge, Node

_Ready = tuple[int, int, Node, Any]
"""A node whose gradients have all arrived, with them: sorted by falling sequence number, then by when it became ready."""


def _count_of_sole_reference() -> int:
    """What ``sys.getrefcount`` says in this Python about an object held by one local variable."""
    held_once = np.empty(0)
    return sys.getrefcount(held_once)


SOLE_REFERENCE = _count_of_sole_reference()


def count_dependencies(roots: Sequence[Node]) -> dict[Node, int]:
    """How many gradients each node that can be reached from ``roots`` will receive."""
    dependencies: dict[Node, int] = {}
    stack: list[Node] = []
    for root in roots:
        if root not in dependencies:
            dependencies[root] = 0
            stack.append(root)
        dependencies[root] += 1
    pop, push = stack.pop, stack.append
    while stack:
        above = pop()
        for edge in above.next_edges:
            if edge is not None:
                node = edge[0]
                if node in dependencies:
                    dependencies[node] += 1
                else:
                    dependencies[node] = 1
                    push(node)
    return dependencies


def run_plain(
    dependencies: dict[Node, int],
    edges: Sequence[Edge],
    gradients: Sequence[Any],
    free: bool,
    run_leaf: Callable[[AccumulateGrad, Any, bool], object],
    run_hooked: Callable[[Node, Any], Sequence[Any]],
    failed: Callable[[Node, Exception], None],
    *,
    heard: bool,
) -> None:
    """Run all nodes that ``dependencies`` counts, from the arrays ``gradients`` of ``edges``; ``free`` what they have saved.

    ``run_leaf`` gets a leaf's node, its gradient and whether nobody else holds that array; ``run_hooked`` runs a node with hooks;
    ``failed`` hears of a node that raised. ``heard``: a listener asks about leaves (but not about other nodes).
    """
    partial: dict[Node, Any] = {}  # gradients of nodes that wait for more
    ready: list[_Ready] = []
    arrivals = 0
    heappush, heappop, heappushpop = heapq.heappush, heapq.heappop, heapq.heappushpop
    getrefcount, sole = sys.getrefcount, SOLE_REFERENCE

    for (node, input_nr), value in zip(edges, gradients, strict=True):
        dependencies[node] -= 1
        _add(partial, node, input_nr, value)
        if not dependencies[node]:
            heappush(ready, (-node.sequence_nr, arrivals, node, partial.pop(node)))
            arrivals += 1
    for node in partial:
        dependencies[node] = -dependencies[node]
    del gradients, value

    # What became ready last is often the next to run, so it is not put on the heap at once; leaves come before all others. A node
    # whose count of gradients to come is negative has received some already.
    following: Node | None = None
    its_gradient = None
    leaves: deque[tuple[Node, Any]] = deque()
    while True:
        if leaves:
            node, gradient = leaves.popleft()
        elif following is None:
            if not ready:
                return
            _, _, node, gradient = heappop(ready)
        elif ready:
            _, _, node, gradient = heappushpop(ready, (-following.sequence_nr, arrivals, following, its_gradient))
            arrivals += 1
            following = its_gradient = None
        else:
            node, gradient = following, its_gradient
            following = its_gradient = None

        try:
            if type(node) is AccumulateGrad:
                owned = getrefcount(gradient) <= sole  # not in the call, whose arguments hold it too
                meta = node.variable._meta
                if heard or gradient is None or node.hooks is not None or meta is None or meta.hooks or meta.post_accumulate:
                    run_leaf(node, gradient, owned)
                else:
                    accumulate_unheard(node.variable, meta, gradient, owned)
                gradient = None
                continue
            if node.hooks is None:
                results: Any = node.apply_raw(gradient)
                if free:
                    saved = node.saved
                    if saved is not None and saved is not FREED:
                        node.release()
            else:
                results = run_hooked(node, gradient)
        except Exception as error:
            failed(node, error)
            raise
        gradient = None

        position = 0
        for edge in node.next_edges:
            if edge is None:
                position += 1
                continue
            value = results[position]
            position += 1
            next_node, input_nr = edge
            count = dependencies[next_node]
            if next_node.output_count != 1:
                _add(partial, next_node, input_nr, value)
                if count != 1 and count != -1:
                    dependencies[next_node] = count + 1 if count < 0 else 1 - count
                    continue
                value = partial.pop(next_node)
            elif count > 1:
                dependencies[next_node] = 1 - count
                partial[next_node] = value
                continue
            elif count < 0:
                # popped, so that the sum held there is ours alone and can be added to in place
                held = partial.pop(next_node)
                if held is None:
                    pass
                elif value is None:
                    value = held
                elif held.ndim and getrefcount(held) <= sole and held.base is None and held.dtype is value.dtype:
                    value = add_to(held, value)
                else:  # also for a single number: NumPy is slower in place there
                    value = total(held, value)
                held = None
                if count != -1:
                    dependencies[next_node] = count + 1
                    partial[next_node] = value
                    continue
            if type(next_node) is AccumulateGrad:
                leaves.append((next_node, value))
                continue
            if following is not None:
                heappush(ready, (-following.sequence_nr, arrivals, following, its_gradient))
                arrivals += 1
            following, its_gradient = next_node, value
        value = results = None


def _add(partial: dict[Node, Any], node: Node, input_nr: int, value: Any) -> None:
    """Add ``value`` to what ``node`` has received for its output ``input_nr``: an array, or a list of them for several outputs."""
    held = partial.get(node)
    if node.output_count == 1:
        partial[node] = _sum(held, value)
    elif held is None:
        if value is not None:
            held = partial[node] = [None] * node.output_count
            held[input_nr] = value
        else:
            partial[node] = None
    else:
        held[input_nr] = _sum(held[input_nr], value)


def _sum(held: Any, value: Any) -> Any:
    if held is None or value is None:
        return value if held is None else held
    return total(held, value)
