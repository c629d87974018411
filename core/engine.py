"""The engine: runs the graph backwards.

PyTorch's algorithm. One pass counts, for each node reachable from the roots, how many gradients it will receive; a node becomes
ready when the last has arrived. Among the ready nodes the one made last runs first, but an AccumulateGrad runs as soon as it is
ready. With ``inputs``, only nodes on a path to one of them run. Nothing recurses: a chain of a million nodes is no problem.

Gradients travel as NumPy arrays, and as tensors when the pass itself is recorded (``create_graph``).
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any

import numpy as np
from numpy import ndarray

from . import events
from .accumulate import accumulate, accumulate_unobserved
from .activity import activity
from .anomaly import check_for_nan, warn_of_error
from .grad_mode import thread_state
from .identity import next_pass, node_id, tensor_id
from .node import FREED, AccumulateGrad, Edge, Node
from .plain_run import count_dependencies, run_plain
from .reentrancy import MAX_DEPTH, in_another_thread
from .run_hooks import run_node_hooks_after, run_node_hooks_before, run_post_accumulate_hooks, run_tensor_hooks
from .tensor import Array, Tensor


def _count_of_sole_reference() -> int:
    """As :data:`.plain_run.SOLE_REFERENCE` for this module, of which only the other may be compiled."""
    held_once = np.empty(0)
    return sys.getrefcount(held_once)


_SOLE_REFERENCE = _count_of_sole_reference()


class BackwardPass:
    """One call into the engine: its options, and what it has to hand out."""

    __slots__ = (
        "accumulates",
        "capture_at",
        "captured",
        "create_graph",
        "dependencies",
        "inputs",
        "keep_graph",
        "listener",
        "needed",
        "number",
    )

    def __init__(self, *, keep_graph: bool, create_graph: bool, inputs: Sequence[Edge] | None, accumulates: bool) -> None:
        self.number = next_pass()
        self.keep_graph = keep_graph
        self.create_graph = create_graph
        self.accumulates = accumulates
        self.inputs = inputs
        self.dependencies: dict[Node, int] = {}
        self.needed: set[Node] | None = None
        self.capture_at: dict[Node, list[tuple[int, int]]] = {}
        self.captured: list[Any] = [] if inputs is None else [None] * len(inputs)
        self.listener: events.Sink | None = None

    # -------------------------------------------------------------------------------------------- preparation
    def restrict_to_inputs(self, roots: Sequence[Node]) -> None:
        """Find the nodes on a path to one of ``inputs``, and where to capture their gradients."""
        if self.inputs is None:
            return
        targets: set[Node] = set()
        for position, (node, output_nr) in enumerate(self.inputs):
            targets.add(node)
            if not self.accumulates:
                self.capture_at.setdefault(node, []).append((output_nr, position))
        leads_to_input: dict[Node, bool] = {}
        stack: list[tuple[Node, bool]] = [(root, False) for root in roots]
        while stack:  # depth first; a node is judged when all its successors are
            node, judged = stack.pop()
            successors = [edge[0] for edge in node.next_edges if edge is not None]
            if judged:
                leads_to_input[node] = any(leads_to_input[next_node] or next_node in targets for next_node in successors)
            elif node not in leads_to_input:
                leads_to_input[node] = False
                stack.append((node, True))
                stack.extend((next_node, False) for next_node in successors if next_node not in leads_to_input)
        needed = {node for node, leads in leads_to_input.items() if leads}
        self.needed = needed | targets

    def runs(self, node: Node) -> bool:
        """Whether ``node`` itself has to run, rather than only have its gradient captured."""
        if self.needed is None:
            return True
        if node in self.capture_at:  # asked for, and on the way to another input
            return any(edge is not None and edge[0] in self.needed for edge in node.next_edges)
        return node in self.needed

    def will_run(self, node: Node) -> bool:
        """Whether this pass runs ``node`` or captures its gradient. Raises ``RuntimeError`` for a leaf that is captured."""
        if node not in self.dependencies or (self.needed is not None and node not in self.needed):
            return False
        if node in self.capture_at and not node.next_edges:
            raise RuntimeError(
                "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is "
                "currently not supported."
            )
        return True


def run_backward(
    edges: Sequence[Edge],
    gradients: Sequence[Tensor],
    *,
    keep_graph: bool,
    create_graph: bool,
    inputs: Sequence[Edge] | None = None,
    input_tensors: Sequence[Tensor] = (),
    accumulates: bool = True,
) -> list[Tensor | None]:
    """Run the graph backwards from ``edges``, the roots, whose gradients are ``gradients``.

    ``accumulates``: leaves (or only ``inputs``) get their ``.grad``; otherwise the gradients of ``inputs`` are returned, None for
    those that none reached. Errors of nodes and hooks pass through; the listener hears of them first.
    """
    if len(thread_state.passes) >= MAX_DEPTH:
        return in_another_thread(
            lambda: run_backward(
                edges,
                gradients,
                keep_graph=keep_graph,
                create_graph=create_graph,
                inputs=inputs,
                input_tensors=input_tensors,
                accumulates=accumulates,
            )
        )
    task = BackwardPass(keep_graph=keep_graph, create_graph=create_graph, inputs=inputs, accumulates=accumulates)
    listener = task.listener = events.sink
    sink = None  # who hears what happens at the nodes
    if listener is not None:
        # a pass that is itself recorded is always observed: the nodes it makes are told between those it runs
        sink = listener if create_graph or events.observes_nodes(listener) else None
        _announce_start(listener, task, edges, input_tensors)
    before = thread_state.grad_enabled
    thread_state.grad_enabled = create_graph and not thread_state.inference
    thread_state.passes.append(task)
    outcome: events.PassOutcome = "raised"
    try:
        _run(task, edges, gradients, sink)
        outcome = "finished"
    finally:
        thread_state.grad_enabled = before
        thread_state.passes.pop()
        if listener is not None:
            listener.backward_ended(task.number, outcome)
    return [_as_tensor(gradient) for gradient in task.captured]


def _as_tensor(gradient: Any) -> Tensor | None:
    from .tensor import from_array  # noqa: PLC0415

    if gradient is None or isinstance(gradient, Tensor):
        return gradient
    return from_array(gradient)


def _run(task: BackwardPass, edges: Sequence[Edge], gradients: Sequence[Tensor], sink: events.Sink | None) -> None:
    if not edges:
        return
    roots = [node for node, _ in edges]
    dependencies = task.dependencies = count_dependencies(roots)
    if task.inputs is not None:
        task.restrict_to_inputs(roots)
    needed = task.needed
    uses = dict(dependencies) if sink is not None else dependencies
    create_graph = task.create_graph
    free = not task.keep_graph
    special = needed is not None
    run_node = _run_node_guarded if activity.anomaly else _run_node
    if sink is None and not create_graph and task.inputs is None and not activity.anomaly:
        run_plain(
            dependencies,
            edges,
            [root_gradient._array for root_gradient in gradients],
            free,
            lambda leaf, gradient, owned: _run_leaf(task, leaf, gradient, True, None, owned),
            lambda node, gradient: _run_node(task, node, gradient, True, free, None) or (),
            lambda node, error: _announce_error(task, node, error),
            heard=task.listener is not None,
        )
        return
    buffers: dict[Node, Any] = {}
    ready: list[tuple[int, int, Node]] = []
    arrivals = 0

    for (node, input_nr), root_gradient in zip(edges, gradients, strict=True):
        value: Any = root_gradient if create_graph else root_gradient._array
        if sink is not None:
            sink.gradient_flowed(task.number, events.NONE, 0, node_id(node), input_nr, root_gradient._array)
        _add_to_buffer(buffers, node, input_nr, value)
        dependencies[node] -= 1
        if not dependencies[node]:
            heapq.heappush(ready, (-node.sequence_nr, arrivals, node))
            arrivals += 1
    del gradients, root_gradient
    value = None

    while ready:
        node = heapq.heappop(ready)[2]
        gradient = buffers.pop(node, None)
        owned = sys.getrefcount(gradient) <= _SOLE_REFERENCE
        runs = not special or task.runs(node)
        if sink is not None and runs:
            sink.node_started(task.number, node_id(node), _reason(node, roots, uses, len(ready)))
        try:
            if isinstance(node, AccumulateGrad):
                results = _run_leaf(task, node, gradient, runs, sink, owned)
            else:
                results = run_node(task, node, gradient, runs, free, sink)
        except Exception as error:
            _announce_error(task, node, error)
            raise
        gradient = None
        if results is None:
            continue
        for output_nr, edge in enumerate(node.next_edges):
            if edge is None:
                continue
            next_node, input_nr = edge
            value = results[output_nr]
            remaining = dependencies[next_node] = dependencies[next_node] - 1
            if special and next_node not in needed:  # type: ignore[operator]
                continue
            if sink is not None:
                sink.gradient_flowed(task.number, node_id(node), output_nr, node_id(next_node), input_nr, _array_of(value))
            if value is not None:
                held = buffers.get(next_node)
                if held is None and next_node.output_count == 1:
                    buffers[next_node] = value
                else:
                    _add_to_buffer(buffers, next_node, input_nr, value)
            if not remaining:
                heapq.heappush(ready, (-next_node.sequence_nr, arrivals, next_node))
                arrivals += 1
        value = results = None


def _add_to_buffer(buffers: dict[Node, Any], node: Node, input_nr: int, value: Any) -> None:
    """Add ``value`` to what ``node`` has received for its output ``input_nr``."""
    held = buffers.get(node)
    if node.output_count == 1:
        buffers[node] = value if held is None else _sum(held, value)
        return
    if held is None:
        held = buffers[node] = [None] * node.output_count
    held[input_nr] = value if held[input_nr] is None else _sum(held[input_nr], value)


def _sum(held: Any, value: Any) -> Any:
    total = held + value
    return total if isinstance(total, (ndarray, Tensor)) else np.asarray(total)


def _run_node(
    task: BackwardPass, node: Node, gradient: Any, runs: bool, free: bool, sink: events.Sink | None
) -> tuple[Any, ...] | None:
    """Hooks, captures and the node itself. Returns the gradients of its inputs, or None when the node does not run."""
    hooks = node.hooks
    if runs and task.capture_at:  # captured before the hooks, as in PyTorch
        _capture(task, node, gradient)
    if hooks is not None:
        gradient = run_tensor_hooks(task, node, hooks, gradient, task.listener)
    if not runs:
        _capture(task, node, gradient)
        return None
    if hooks is not None and hooks.pre:
        gradient = run_node_hooks_before(task, node, hooks.pre, gradient, task.listener)
    started = perf_counter_ns() if sink is not None else 0
    results = node.apply_recorded(gradient) if task.create_graph else node.apply_raw(gradient)
    frees = free and node.saved is not None and node.saved is not FREED
    if sink is not None:
        duration = perf_counter_ns() - started
        if frees:
            sink.saved_freed(task.number, node_id(node))
        sink.node_finished(task.number, node_id(node), duration)
    if hooks is not None and hooks.post:  # these may still look at what is saved
        results = run_node_hooks_after(task, node, hooks.post, results, gradient, task.listener)
    if frees:
        node.release()
    return results


def _run_node_guarded(
    task: BackwardPass, node: Node, gradient: Any, runs: bool, free: bool, sink: events.Sink | None
) -> tuple[Any, ...] | None:
    """As :func:`_run_node`, in anomaly mode."""
    before, thread_state.running_node = thread_state.running_node, node
    try:
        results = _run_node(task, node, gradient, runs, free, sink)
        if activity.check_nan:
            check_for_nan(node, results)
    except Exception:
        warn_of_error(node)
        raise
    finally:
        thread_state.running_node = before
    return results


def _run_leaf(
    task: BackwardPass, node: AccumulateGrad, gradient: Any, runs: bool, sink: events.Sink | None, owned: bool
) -> tuple[Any, ...] | None:
    """As :func:`_run_node` for a leaf: its gradient is added to ``.grad``."""
    variable = node.variable
    meta = variable._own_meta()
    hooks = node.hooks
    if meta.hooks:
        owned = False
        gradient = run_tensor_hooks(task, node, None, gradient, task.listener)
    if task.capture_at:
        _capture(task, node, gradient)
    if not runs or not task.accumulates:
        return None
    if hooks is not None and hooks.pre:
        owned = False
        gradient = run_node_hooks_before(task, node, hooks.pre, gradient, task.listener)
    started = perf_counter_ns() if sink is not None else 0
    if gradient is not None:
        if sink is None and task.listener is not None:
            accumulate_unobserved(task.number, node, gradient, owned, task.listener)
        else:
            accumulate(task.number, node, gradient, owned, sink)
        if meta.post_accumulate:
            run_post_accumulate_hooks(task, node, meta.post_accumulate, task.listener)
    elif sink is None and task.listener is not None:  # which nobody could tell from the graph
        task.listener.node_finished(task.number, node_id(node), 0)
    if sink is not None:
        sink.node_finished(task.number, node_id(node), perf_counter_ns() - started)
    if hooks is not None and hooks.post:
        run_node_hooks_after(task, node, hooks.post, (), gradient, task.listener)
    return None


def _capture(task: BackwardPass, node: Node, gradient: Any) -> None:
    for output_nr, position in task.capture_at.get(node, ()):
        task.captured[position] = gradient if node.output_count == 1 or gradient is None else gradient[output_nr]


def _array_of(gradient: Any) -> Array | None:
    return gradient._array if isinstance(gradient, Tensor) else gradient


def _reason(node: Node, roots: Sequence[Node], uses: dict[Node, int], waiting: int) -> str:
    """Why ``node`` was next, for people."""
    count = uses[node]
    if node in roots:
        because = "root" if count == 1 else f"root; all {count} gradients arrived"
    elif count == 1:
        because = "its only consumer finished"
    else:
        because = f"all {count} uses finished"
    if not waiting:
        return because
    if isinstance(node, AccumulateGrad):
        return f"{because}; a leaf accumulates as soon as it is ready"
    return f"{because}; highest sequence number among the {waiting + 1} ready nodes"


def _announce_start(listener: events.Sink, task: BackwardPass, edges: Sequence[Edge], input_tensors: Sequence[Tensor]) -> None:
    known_inputs = [tensor_id(tensor) for tensor in input_tensors]
    if task.inputs is not None and len(known_inputs) < len(task.inputs):
        known_inputs.append(events.NONE)  # a gradient edge
    root_edges = [(node_id(node), number) for node, number in edges]
    call = "backward" if task.accumulates else "grad"
    inside = node_id(thread_state.running_node) if thread_state.passes else events.NONE
    listener.backward_started(task.number, call, root_edges, task.keep_graph, task.create_graph, known_inputs, inside=inside)


def _announce_error(task: BackwardPass, node: Node, error: Exception) -> None:
    if task.listener is None:
        return
    storage, version = error.__dict__.get("expected", (events.NONE, -1))
    task.listener.error_raised(type(error).__name__, str(error), task.number, node_id(node), storage, version)
