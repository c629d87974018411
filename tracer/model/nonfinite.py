"""Where the first NaN or infinity of a run arose, and what is known about why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...core.events import NONE, Gradient, GradientAccumulated, GradientFlowed, HookFired, NodeStarted
from ..message import Message, listed, sentences
from .finding import Finding, node_at, source_of
from .text import gradient_text, nonfinite_counts, number_text

if TYPE_CHECKING:
    from .passes import Pass
    from .records import NodeRecord
    from .trace import Trace

__all__ = ["NONFINITE_HINTS", "first_nonfinite", "growth", "nonfinite_origin"]

NONFINITE_HINTS: Mapping[str, str] = {
    "Sqrt": Message("The slope of sqrt at 0 is infinite: look for zeros in its input."),
    "Rsqrt": Message("1 / sqrt(x) and its slope are infinite at 0: look for zeros in its input."),
    "Log": Message("The slope of log at 0 is infinite: look for zeros in its input."),
    "Log2": Message("The slope of log2 at 0 is infinite: look for zeros in its input."),
    "Log10": Message("The slope of log10 at 0 is infinite: look for zeros in its input."),
    "Div": Message("Look for zeros in the divisor."),
    "Reciprocal": Message("Look for zeros in its input."),
    "Pow": Message("With p < 1 the slope of x ** p at 0 is infinite; otherwise its input was too large, or not finite already."),
    "Exp": Message("Its result may have been too large for the dtype."),
    "Acos": Message("The slope of acos at 1 and -1 is infinite."),
    "Asin": Message("The slope of asin at 1 and -1 is infinite."),
}
"""By operation: where its gradient is not finite."""

MULTIPLYING = (
    "Mul",
    "Mm",
    "Addmm",
    "Bmm",
    "Addbmm",
    "Convolution",
    "Tanh",
    "Sigmoid",
    "Softmax",
    "LogSoftmax",
    "NativeLayerNorm",
    "MseLoss",
)
"""Operations that multiply a gradient by numbers of the forward, and so make NaN of a finite one only if these are broken."""

CHOOSING = ("Where", "MaskedFill", "Index", "MaskedSelect", "MaskedScatter")
"""Operations that send a gradient of 0 to the elements that were not chosen."""

BREAKING = ("Div", "Log", "Log2", "Log10", "Sqrt", "Rsqrt", "Reciprocal", "Pow", "Exp", "Acos", "Asin", "Std", "Var")
"""Operations that make NaN or infinity of finite numbers: of 0, of negative ones, of large ones."""

MOST_MAKERS = 3
"""More such operations are not named: then they say nothing."""

GROWTH = 1e4
"""Gradients that have become this many times larger than in the first pass are said to have grown."""

NEAREST = 64
"""So many nodes between a choosing operation and the one behind it are looked at."""


def first_nonfinite(trace: Trace) -> Iterator[Finding]:
    """A gradient with a NaN or an infinity: where the first one of the run arose."""
    log = trace.events
    every = ((GradientFlowed, "gradient"), (GradientAccumulated, "contribution"), (HookFired, "after"))
    if not any(log.nonfinite(event_type, field, np.arange(len(log.ids(event_type)))).any() for event_type, field in every):
        return
    origins = [(pass_, origin) for pass_ in trace.passes if (origin := _origin(pass_)) is not None]
    if not origins:
        return
    pass_, first = origins[0]
    said = [first.what, first.hint]
    grown = growth(pass_)
    if grown and first.node in trace.nodes:
        # numbers became too large for the dtype then, whatever the operation
        own = first.hint == NONFINITE_HINTS.get(trace.nodes[first.node].op, "")
        said = [first.what, "" if own else first.hint, grown]
    accumulated = pass_.rows(GradientAccumulated)
    brought = getattr(log[first.event], "kind", "") == "post_accumulate_grad"
    if len(accumulated) and not brought and not log.nonfinite(GradientAccumulated, "contribution", accumulated).any():
        said.append(Message("No leaf got any of it in {name}.", name=pass_.name))
    if len(origins) > 1:
        said.append(Message("{count} of {total} passes have NaN or Inf.", count=len(origins), total=len(trace.passes)))
    yield _finding(pass_, first, sentences(*said))


def nonfinite_origin(pass_: Pass) -> Finding | None:
    """Where the first NaN or infinity of one pass arose: the node (or hook) that got finite gradients and gave one that is not."""
    origin = _origin(pass_)
    return _finding(pass_, origin, sentences(origin.what, origin.hint)) if origin is not None else None


def _finding(pass_: Pass, origin: _Origin, detail: Message) -> Finding:
    title = Message("First NaN/Inf in {name}", name=pass_.name)
    source = source_of(pass_.trace, origin.node)
    return Finding("first-nonfinite", "warning", title, detail, origin.event, origin.node, source)


class _Origin(NamedTuple):
    """What happened, at which event and node, and why perhaps."""

    what: Message
    event: int
    node: int
    hint: str = ""


def _origin(pass_: Pass) -> _Origin | None:
    trace, event_id = pass_.trace, pass_.first_nonfinite()
    hook = _first_nonfinite_hook(pass_)
    if hook is not None and (event_id < 0 or hook.id < event_id):
        what = Message(
            "The hook {hook} at {node} made it: {broken}.",
            hook=trace.hook_name(hook.hook),
            node=node_at(trace, hook.node),
            broken=_broken(hook.after),
        )
        elsewhere = hook.kind == "post_accumulate_grad" and trace.world_size > 1
        hint = Message("The gradients of this process were finite: it came from another one.") if elsewhere else ""
        return _Origin(what, hook.id, hook.node, hint)
    if event_id < 0:
        return None
    event = trace.events[event_id]
    if isinstance(event, GradientAccumulated):
        name, broken = trace.tensor_name(event.tensor), _broken(event.contribution)
        return _Origin(Message("The sum that reached {name} has {broken}.", name=name, broken=broken), event_id, event.node)
    assert isinstance(event, GradientFlowed)
    broken = _broken(event.gradient)
    if event.node == NONE:
        entered = node_at(trace, event.next_node)
        what = Message("The gradient that entered at {node} was not finite: {broken}.", node=entered, broken=broken)
        return _Origin(what, event_id, event.next_node)
    what = Message("{node} got finite gradients and gave {broken}.", node=node_at(trace, event.node), broken=broken)
    return _Origin(what, event_id, event.node, _hint(pass_, event))


def _hint(pass_: Pass, event: GradientFlowed) -> str:
    """Why the node of ``event`` may have given what it gave."""
    trace = pass_.trace
    record = trace.nodes.get(event.node)
    if record is None:
        return ""
    hint = NONFINITE_HINTS.get(record.op, "")
    statistics = event.gradient.statistics if event.gradient is not None else None
    if statistics is not None and event.gradient is not None and event.gradient.dtype == "float16" and not statistics.nan:
        return Message("float16 ends at 65504: scale the loss (GradScaler), or use bfloat16 or float32.")
    if statistics is not None and statistics.nan and record.op in MULTIPLYING:
        broken = Message("It multiplies by numbers of the forward: these were NaN or infinite already.")
        return sentences(broken, _makers_of_nan(pass_, event.node))
    if statistics is None or not statistics.nan or not hint:
        return hint
    chooser = _chooser_before(pass_, event.node)
    if chooser == NONE:
        return sentences(hint, _makers_of_nan(pass_, event.node)) if record.op == "Pow" and not growth(pass_) else hint
    name = {"Where": "where()", "MaskedFill": "masked_fill()"}.get(trace.nodes[chooser].op, Message("a selection"))
    return Message(
        "It lies behind {node}: the elements that {choice} did not choose get a gradient of 0, and 0 times an infinite slope is "
        "NaN. Make the input of {op} harmless first (clamp it, or a second where() inside).",
        node=node_at(trace, chooser),
        choice=name,
        op=record.op.lower(),
    )


def _makers_of_nan(pass_: Pass, node: int) -> str:
    """The operations from which ``node`` was computed that can make NaN or infinity of finite numbers, if they are few."""
    trace = pass_.trace
    topology = trace.topology
    row = topology.row(node)
    behind = topology.reachable(np.array([row], np.int64)) if row >= 0 else np.zeros(0, np.int64)
    found: dict[str, str] = {}
    for record in map(trace.nodes.__getitem__, topology.ids[behind].tolist()):
        if record.id == node:
            continue
        if record.op in BREAKING and not _is_by_number(trace, record):
            found.setdefault(node_at(trace, record.id), node_at(trace, record.id))
        elif record.op in ("Softmax", "LogSoftmax") and _is_masked(trace, record):
            text = Message("{node} where a whole row is masked with -inf", node=node_at(trace, record.id))
            found.setdefault(text, text)
        if len(found) > MOST_MAKERS:
            return ""
    if not found:
        if growth(pass_):
            return ""
        return Message("Nothing before it makes such numbers of moderate ones: look for them in the data, too.")
    return Message("Before it these can make such numbers of finite ones: {nodes}.", nodes=listed(found.values()))


def _is_by_number(trace: Trace, record: NodeRecord) -> bool:
    """Whether it is a division by one number of the program's."""
    divisors = [saved for saved in trace.saved_by(record.id) if saved.slot == "other"]
    return record.op == "Div" and len(record.inputs) < 2 and all(saved.shape == () for saved in divisors)


def _is_masked(trace: Trace, record: NodeRecord) -> bool:
    """Whether a softmax is of something that was masked right before."""
    for _ in range(3):
        before = record.edges[0].node if record.edges else NONE
        if before not in trace.nodes:
            return False
        record = trace.nodes[before]
        if record.op in ("MaskedFill", "Where"):
            return True
    return False


def _chooser_before(pass_: Pass, node: int) -> int:
    """The choosing operation on the way of the gradient to ``node``, with nothing but a few nodes in between; or NONE."""
    trace = pass_.trace
    ran = set(trace.events.columns(NodeStarted)["node"][pass_.rows(NodeStarted)].tolist())
    flows, rows = trace.events.columns(GradientFlowed), pass_.rows(GradientFlowed)
    source, target = flows["node"][rows], flows["next_node"][rows]
    pending, seen = [node], {node}
    while pending and len(seen) < NEAREST:
        for before in source[target == pending.pop(0)].tolist():
            record = trace.nodes.get(before)
            if before in seen or before not in ran or record is None:
                continue
            if record.op.rstrip("0123456789") in CHOOSING:
                return int(before)
            seen.add(before)
            pending.append(before)
    return NONE


def growth(pass_: Pass) -> str:
    """How the gradients of the leaves grew before ``pass_``, if they did: a step size too large looks like this."""
    log = pass_.trace.events
    largest = []
    for earlier in pass_.trace.passes[: pass_.index]:
        norms = log.norms(GradientAccumulated, "contribution", earlier.rows(GradientAccumulated))
        finite = norms[np.isfinite(norms)]
        if len(finite):
            largest.append((float(finite.max()), earlier.name))
    if len(largest) < 2 or not largest[0][0] > 0 or largest[-1][0] < GROWTH * largest[0][0]:
        return ""
    (first, first_name), (last, last_name) = largest[0], largest[-1]
    return Message(
        "Gradients had grown before: the largest norm was {first} in {first_pass} and {last} in {last_pass}. Training diverges (a "
        "smaller step size or clipping would help).",
        first=number_text(first),
        first_pass=first_name,
        last=number_text(last),
        last_pass=last_name,
    )


def _broken(gradient: Gradient | None) -> str:
    """What is wrong with a gradient: ``2 NaN in 12 elements``, or the one element itself."""
    statistics = gradient.statistics if gradient is not None else None
    if statistics is None or statistics.count == 1:
        return gradient_text(gradient)
    return Message("{broken} in {count} elements", broken=nonfinite_counts(statistics), count=statistics.count)


def _first_nonfinite_hook(pass_: Pass) -> HookFired | None:
    """The first hook of a pass that made a finite gradient a broken one."""
    log, rows = pass_.trace.events, pass_.rows(HookFired)
    broke = log.nonfinite(HookFired, "after", rows) & ~log.nonfinite(HookFired, "before", rows)
    broke &= log.columns(HookFired)["changed"][rows]
    event = log[int(log.ids(HookFired)[rows[broke][0]])] if broke.any() else None
    return event if isinstance(event, HookFired) else None
