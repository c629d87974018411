"""One line of English for each event: a table of small functions, one per event type.

The events table, tooltips and the command line all print these, so a line names tensors and nodes as the user knows them and stays
short. Every event type has an entry (a test holds the table to :data:`~gradtrace.core.events.EVENT_TYPES`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ...core.events import (
    NONE,
    BackwardEnded,
    BackwardStarted,
    DataWritten,
    ErrorRaised,
    Event,
    GradientAccumulated,
    GradientFlowed,
    GradModeChanged,
    GradReset,
    GraphCut,
    HookFired,
    HookRegistered,
    HookRemoved,
    LeafCreated,
    LeafNamed,
    Marked,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    OptimizerStepped,
    RunEnded,
    RunStarted,
    SavedFreed,
    ScopeEntered,
    ScopeExited,
    TensorSaved,
    VersionBumped,
)
from ..marks import NOT_COVERED, THREAD
from .text import duration_text, gradient_text, list_text, shape_text

CUT_TEXT: Mapping[str, str] = {
    "detach": "detach()",
    "data": ".data",
    "no_grad": "an operation under no_grad",
    "item": "item()",
    "numpy": "numpy()",
    "non_differentiable": "an operation that has no derivative",
    "dtype": "a dtype that carries no gradient",
}
"""How a tensor leaves the graph, by the ``how`` of a ``GraphCut``."""

_HOOK_TEXT: Mapping[str, str] = {
    "tensor": "tensor hook",
    "retain_grad": "retain_grad()",
    "node_pre": "node pre-hook",
    "node_post": "node hook",
    "post_accumulate_grad": "post-accumulate hook",
    "saved_tensor": "saved-tensor hook",
}


class Namer(Protocol):
    """What a description needs to know of a trace: how things are called."""

    def tensor_name(self, tensor: int) -> str:
        """Name of a tensor, never empty."""

    def node_name(self, node: int) -> str:
        """Name of a node, never empty."""

    def hook_name(self, hook: int) -> str:
        """Name of a hook's function, never empty."""

    def pass_name(self, pass_: int) -> str:
        """Name of a pass as people see it, such as ``backward #1``."""


def _run_started(namer: Namer, event: RunStarted) -> str:  # noqa: ARG001
    command = " ".join(event.argv)
    return f"Recording of {command} began" if command else "Recording began"


def _run_ended(namer: Namer, event: RunEnded) -> str:  # noqa: ARG001
    endings = {"finished": "Recording ended", "raised": "Recording ended by an exception"}
    return endings.get(event.outcome, f"Recording ended: the program exited with status {event.status}")


def _leaf_created(namer: Namer, event: LeafCreated) -> str:
    gradient = "" if event.requires_grad else ", requires no gradient"
    return f"Leaf {namer.tensor_name(event.tensor)}: {shape_text(event.shape)} {event.dtype}{gradient}"


def _leaf_named(namer: Namer, event: LeafNamed) -> str:  # noqa: ARG001
    return f"Leaf tensor {event.tensor} is called {event.name}"


def _node_created(namer: Namer, event: NodeCreated) -> str:
    if event.variable != NONE:
        return f"{namer.node_name(event.node)} created"
    made = list_text([namer.tensor_name(output.tensor) for output in event.outputs]) if event.outputs else ""
    return f"{event.name} created" + (f", made {made}" if made else "")


def _tensor_saved(namer: Namer, event: TensorSaved) -> str:
    what = namer.tensor_name(event.tensor) if event.tensor != NONE else "a tensor"
    return f"{namer.node_name(event.node)} saved {what} as {event.slot}, version {event.version}"


def _version_bumped(namer: Namer, event: VersionBumped) -> str:
    through = f" through a view of {namer.tensor_name(event.view_of)}" if event.view_of != NONE else ""
    return f"{event.op} wrote {namer.tensor_name(event.tensor)}{through}: version {event.before} to {event.after}"


def _data_written(namer: Namer, event: DataWritten) -> str:
    return f"{event.op} wrote {namer.tensor_name(event.tensor)} unseen by autograd (no version bump)"


def _graph_cut(namer: Namer, event: GraphCut) -> str:
    result = f", gave {namer.tensor_name(event.result)}" if event.result != NONE else ""
    return f"{namer.tensor_name(event.tensor)} left the graph by {CUT_TEXT.get(event.how, event.how)}{result}"


def _grad_mode_changed(namer: Namer, event: GradModeChanged) -> str:  # noqa: ARG001
    return f"Gradient recording switched {'on' if event.enabled else 'off'}"


def _scope_entered(namer: Namer, event: ScopeEntered) -> str:  # noqa: ARG001
    return f"Entered {event.name}"


def _scope_exited(namer: Namer, event: ScopeExited) -> str:  # noqa: ARG001
    return f"Left {event.name}"


def _marked(namer: Namer, event: Marked) -> str:  # noqa: ARG001
    if event.kind == "step":
        return f"Step {event.text}".rstrip()
    if event.kind == THREAD:
        return f"Thread {event.text} began"
    if event.kind == NOT_COVERED:
        return f"Not covered: {event.text.partition(': ')[2]}"
    return f"Mark: {event.text}"


def _hook_owner(namer: Namer, tensor: int, node: int) -> str:
    return namer.tensor_name(tensor) if tensor != NONE else namer.node_name(node)


def _hook_registered(namer: Namer, event: HookRegistered) -> str:
    owner = _hook_owner(namer, event.tensor, event.node)
    if event.kind == "retain_grad":
        return f"retain_grad() on {owner}"
    return f"{_HOOK_TEXT.get(event.kind, event.kind).capitalize()} {namer.hook_name(event.hook)} put on {owner}"


def _hook_removed(namer: Namer, event: HookRemoved) -> str:
    return f"Hook {namer.hook_name(event.hook)} removed"


def _hook_fired(namer: Namer, event: HookFired) -> str:
    where = namer.node_name(event.node)
    if event.kind == "retain_grad":
        return f"retain_grad() kept {gradient_text(event.after or event.before)} at {where}"
    line = f"{_HOOK_TEXT.get(event.kind, event.kind).capitalize()} {namer.hook_name(event.hook)} ran at {where}"
    if not event.changed:
        return line
    if event.before is None and event.kind == "post_accumulate_grad":
        return f"{line}: .grad became {gradient_text(event.after)}"
    return f"{line}: {gradient_text(event.before)} became {gradient_text(event.after)}"


def _backward_started(namer: Namer, event: BackwardStarted) -> str:
    roots = list_text([namer.node_name(root.node) for root in event.roots])
    options = [name for name in ("retain_graph", "create_graph") if getattr(event, name)]
    return f"{namer.pass_name(event.pass_)} began at {roots}" + (f" ({', '.join(options)})" if options else "")


def _backward_ended(namer: Namer, event: BackwardEnded) -> str:
    return f"{namer.pass_name(event.pass_)} {'raised an error' if event.outcome == 'raised' else 'finished'}"


def _node_started(namer: Namer, event: NodeStarted) -> str:
    return f"{namer.node_name(event.node)} started" + (f": {event.reason}" if event.reason else "")


def _node_finished(namer: Namer, event: NodeFinished) -> str:
    return f"{namer.node_name(event.node)} finished" + (f" in {duration_text(event.duration)}" if event.duration else "")


def _gradient_flowed(namer: Namer, event: GradientFlowed) -> str:
    target = namer.node_name(event.next_node)
    if event.input_nr:
        target += f" (input {event.input_nr})"
    origin = namer.node_name(event.node) if event.node != NONE else "outside"
    if event.gradient is None:
        return f"{origin} → {target}: undefined gradient"
    return f"{origin} → {target}: {gradient_text(event.gradient)}"


def _gradient_accumulated(namer: Namer, event: GradientAccumulated) -> str:
    name = namer.tensor_name(event.tensor)
    return f"{name}.grad += {gradient_text(event.contribution)} (was {gradient_text(event.before)})"


def _saved_freed(namer: Namer, event: SavedFreed) -> str:
    return f"{namer.node_name(event.node)} freed its saved tensors"


def _grad_reset(namer: Namer, event: GradReset) -> str:
    value = "None" if event.to == "none" else "zero"
    return f".grad set to {value}: {list_text([namer.tensor_name(tensor) for tensor in event.tensors])}"


def _optimizer_stepped(namer: Namer, event: OptimizerStepped) -> str:
    return f"{event.optimizer} updated {list_text([namer.tensor_name(tensor) for tensor in event.tensors])}"


def _error_raised(namer: Namer, event: ErrorRaised) -> str:
    where = f" in {namer.node_name(event.node)}" if event.node != NONE else ""
    message = event.message.strip().split("\n", 1)[0]
    return f"{event.type}{where}: {message}" if message else f"{event.type}{where}"


def _lost(namer: Namer, event: Event) -> str:  # noqa: ARG001
    return "(this event was lost)"


DESCRIPTIONS: Mapping[type[Event], Callable[[Namer, Any], str]] = {
    Event: _lost,
    RunStarted: _run_started,
    RunEnded: _run_ended,
    LeafCreated: _leaf_created,
    LeafNamed: _leaf_named,
    NodeCreated: _node_created,
    TensorSaved: _tensor_saved,
    VersionBumped: _version_bumped,
    DataWritten: _data_written,
    GraphCut: _graph_cut,
    GradModeChanged: _grad_mode_changed,
    ScopeEntered: _scope_entered,
    ScopeExited: _scope_exited,
    Marked: _marked,
    HookRegistered: _hook_registered,
    HookRemoved: _hook_removed,
    HookFired: _hook_fired,
    BackwardStarted: _backward_started,
    BackwardEnded: _backward_ended,
    NodeStarted: _node_started,
    NodeFinished: _node_finished,
    GradientFlowed: _gradient_flowed,
    GradientAccumulated: _gradient_accumulated,
    SavedFreed: _saved_freed,
    GradReset: _grad_reset,
    OptimizerStepped: _optimizer_stepped,
    ErrorRaised: _error_raised,
}
"""How each event type is put into words."""


def describe(namer: Namer, event: Event) -> str:
    """One readable line for ``event``, with names taken from ``namer`` (a Trace)."""
    return DESCRIPTIONS[type(event)](namer, event)
