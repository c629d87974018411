"""One line for each event: a table of small functions, one per event type.

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
from ..marks import GAP, NOT_COVERED, THREAD
from ..message import Message, clauses, recognised
from ..stored_sentences import GAPS, MARKS, REASONS
from .marks import sentence_not_covered
from .text import duration_text, gradient_text, list_text, shape_and_dtype

CUT_TEXT: Mapping[str, Message] = {
    "detach": Message("detach()"),
    "data": Message(".data"),
    "no_grad": Message("an operation under no_grad"),
    "item": Message("item()"),
    "numpy": Message("numpy()"),
    "non_differentiable": Message("an operation that has no derivative"),
    "dtype": Message("a dtype that carries no gradient"),
}
"""How a tensor leaves the graph, by the ``how`` of a ``GraphCut``."""

_HOOK_TEXT: Mapping[str, Message] = {
    "tensor": Message("Tensor hook"),
    "retain_grad": Message("retain_grad()"),
    "node_pre": Message("Node pre-hook"),
    "node_post": Message("Node hook"),
    "post_accumulate_grad": Message("Post-accumulate hook"),
    "saved_tensor": Message("Saved-tensor hook"),
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


def _run_started(namer: Namer, event: RunStarted) -> Message:  # noqa: ARG001
    command = " ".join(event.argv)
    return Message("Recording of {command} began", command=command) if command else Message("Recording began")


def _run_ended(namer: Namer, event: RunEnded) -> Message:  # noqa: ARG001
    if event.outcome == "finished":
        return Message("Recording ended")
    if event.outcome == "raised":
        return Message("Recording ended by an exception")
    return Message("Recording ended: the program exited with status {status}", status=event.status)


def _leaf_created(namer: Namer, event: LeafCreated) -> Message:
    what = {"name": namer.tensor_name(event.tensor), "what": shape_and_dtype(event.shape, event.dtype)}
    if event.requires_grad:
        return Message("Leaf {name}: {what}", **what)
    return Message("Leaf {name}: {what}, requires no gradient", **what)


def _leaf_named(namer: Namer, event: LeafNamed) -> Message:  # noqa: ARG001
    return Message("Leaf tensor {number} is called {name}", number=event.tensor, name=event.name)


def _node_created(namer: Namer, event: NodeCreated) -> Message:
    name = event.name if event.variable == NONE else namer.node_name(event.node)
    if event.variable != NONE or not event.outputs:
        return Message("{node} created", node=name)
    made = list_text([namer.tensor_name(output.tensor) for output in event.outputs])
    return Message("{node} created, made {tensors}", node=name, tensors=made)


def _tensor_saved(namer: Namer, event: TensorSaved) -> Message:
    return Message(
        "{node} saved {tensor} as {slot}, version {version}",
        node=namer.node_name(event.node),
        tensor=namer.tensor_name(event.tensor) if event.tensor != NONE else Message("a tensor"),
        slot=event.slot,
        version=event.version,
    )


def _version_bumped(namer: Namer, event: VersionBumped) -> Message:
    what = {"op": event.op, "tensor": namer.tensor_name(event.tensor), "before": event.before, "after": event.after}
    if event.view_of == NONE:
        return Message("{op} wrote {tensor}: version {before} to {after}", **what)
    base = namer.tensor_name(event.view_of)
    return Message("{op} wrote {tensor} through a view of {base}: version {before} to {after}", **what, base=base)


def _data_written(namer: Namer, event: DataWritten) -> Message:
    name = namer.tensor_name(event.tensor)
    return Message("{op} wrote {tensor} unseen by autograd (no version bump)", op=event.op, tensor=name)


def _graph_cut(namer: Namer, event: GraphCut) -> Message:
    what = {"name": namer.tensor_name(event.tensor), "how": CUT_TEXT.get(event.how, event.how)}
    if event.result == NONE:
        return Message("{name} left the graph by {how}", **what)
    return Message("{name} left the graph by {how}, gave {result}", **what, result=namer.tensor_name(event.result))


def _grad_mode_changed(namer: Namer, event: GradModeChanged) -> Message:  # noqa: ARG001
    return Message("Gradient recording switched on") if event.enabled else Message("Gradient recording switched off")


def _scope_entered(namer: Namer, event: ScopeEntered) -> Message:  # noqa: ARG001
    return Message("Entered {scope}", scope=event.name)


def _scope_exited(namer: Namer, event: ScopeExited) -> Message:  # noqa: ARG001
    return Message("Left {scope}", scope=event.name)


def _marked(namer: Namer, event: Marked) -> Message:  # noqa: ARG001
    if event.kind == "step":
        return Message("Step {text}", text=event.text) if event.text else Message("Step")
    if event.kind == THREAD:
        return Message("Thread {name} began", name=event.text)
    if event.kind == NOT_COVERED:
        return Message("Not covered: {sentence}", sentence=sentence_not_covered(event)[1])
    return Message("Mark: {text}", text=recognised(event.text, GAPS if event.kind == GAP else MARKS))


def _hook_owner(namer: Namer, tensor: int, node: int) -> str:
    return namer.tensor_name(tensor) if tensor != NONE else namer.node_name(node)


def _hook_registered(namer: Namer, event: HookRegistered) -> Message:
    owner = _hook_owner(namer, event.tensor, event.node)
    if event.kind == "retain_grad":
        return Message("retain_grad() on {owner}", owner=owner)
    kind = _HOOK_TEXT.get(event.kind, event.kind)
    return Message("{kind} {hook} put on {owner}", kind=kind, hook=namer.hook_name(event.hook), owner=owner)


def _hook_removed(namer: Namer, event: HookRemoved) -> Message:
    return Message("Hook {hook} removed", hook=namer.hook_name(event.hook))


def _hook_fired(namer: Namer, event: HookFired) -> Message:
    where = namer.node_name(event.node)
    if event.kind == "retain_grad":
        return Message("retain_grad() kept {gradient} at {node}", gradient=gradient_text(event.after or event.before), node=where)
    what = {"kind": _HOOK_TEXT.get(event.kind, event.kind), "hook": namer.hook_name(event.hook), "node": where}
    if not event.changed:
        return Message("{kind} {hook} ran at {node}", **what)
    after = gradient_text(event.after)
    if event.before is None and event.kind == "post_accumulate_grad":
        return Message("{kind} {hook} ran at {node}: .grad became {after}", **what, after=after)
    return Message("{kind} {hook} ran at {node}: {before} became {after}", **what, before=gradient_text(event.before), after=after)


def _backward_started(namer: Namer, event: BackwardStarted) -> Message:
    what = {"name": namer.pass_name(event.pass_), "roots": list_text([namer.node_name(root.node) for root in event.roots])}
    options = [name for name in ("retain_graph", "create_graph") if getattr(event, name)]
    if not options:
        return Message("{name} began at {roots}", **what)
    return Message("{name} began at {roots} ({options})", **what, options=", ".join(options))


def _backward_ended(namer: Namer, event: BackwardEnded) -> Message:
    name = namer.pass_name(event.pass_)
    return Message("{name} raised an error", name=name) if event.outcome == "raised" else Message("{name} finished", name=name)


def _node_started(namer: Namer, event: NodeStarted) -> Message:
    node = namer.node_name(event.node)
    if not event.reason:
        return Message("{node} started", node=node)
    reasons = [recognised(reason, REASONS) for reason in event.reason.split("; ")]
    return Message("{node} started: {reason}", node=node, reason=clauses(*reasons))


def _node_finished(namer: Namer, event: NodeFinished) -> Message:
    node = namer.node_name(event.node)
    if not event.duration:
        return Message("{node} finished", node=node)
    return Message("{node} finished in {time}", node=node, time=duration_text(event.duration))


def _gradient_flowed(namer: Namer, event: GradientFlowed) -> Message:
    target = namer.node_name(event.next_node)
    if event.input_nr:
        target = Message("{node} (input {number})", node=target, number=event.input_nr)
    origin = namer.node_name(event.node) if event.node != NONE else Message("outside")
    gradient = gradient_text(event.gradient) if event.gradient is not None else Message("undefined gradient")
    return Message("{origin} → {target}: {gradient}", origin=origin, target=target, gradient=gradient)


def _gradient_accumulated(namer: Namer, event: GradientAccumulated) -> Message:
    added, before = gradient_text(event.contribution), gradient_text(event.before)
    return Message("{name}.grad += {added} (was {before})", name=namer.tensor_name(event.tensor), added=added, before=before)


def _saved_freed(namer: Namer, event: SavedFreed) -> Message:
    return Message("{node} freed its saved tensors", node=namer.node_name(event.node))


def _grad_reset(namer: Namer, event: GradReset) -> Message:
    names = list_text([namer.tensor_name(tensor) for tensor in event.tensors])
    if event.to == "none":
        return Message(".grad set to None: {names}", names=names)
    return Message(".grad set to zero: {names}", names=names)


def _optimizer_stepped(namer: Namer, event: OptimizerStepped) -> Message:
    names = list_text([namer.tensor_name(tensor) for tensor in event.tensors])
    return Message("{optimizer} updated {names}", optimizer=event.optimizer, names=names)


def _error_raised(namer: Namer, event: ErrorRaised) -> Message:
    where = event.type
    if event.node != NONE:
        where = Message("{type} in {node}", type=event.type, node=namer.node_name(event.node))
    message = event.message.strip().split("\n", 1)[0]
    return Message("{where}: {message}", where=where, message=message) if message else Message("{where}", where=where)


def _lost(namer: Namer, event: Event) -> Message:  # noqa: ARG001
    return Message("(this event was lost)")


DESCRIPTIONS: Mapping[type[Event], Callable[[Namer, Any], Message]] = {
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


def describe(namer: Namer, event: Event) -> Message:
    """One readable line for ``event``, with names taken from ``namer`` (a Trace)."""
    return DESCRIPTIONS[type(event)](namer, event)
