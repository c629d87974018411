"""When the recorded program fails over its gradients, the exception gets notes that say why; Python prints them below it.

Two moments: :func:`~gradtrace.tracer.explanations_program.observe` when the exception leaves the recording, while the program's
tensors can still be told apart; and :func:`add_notes` when the trace is complete. What a note says comes from the trace, by the
same rules as its findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ..core.events import NONE
from .explanations_program import Failure, Kind, Subject
from .model import Trace
from .model.finding import Finding, node_at, pass_at
from .model.findings import leaves_never_reached, way_back
from .model.missing import MissingGradients
from .model.nonfinite import growth
from .model.text import list_text, shape_text

__all__ = ["PREFIX", "add_notes", "in_brief"]

PREFIX = "gradtrace: "
"""How every note begins."""

MOST_EVENTS = 4_000_000
"""A longer trace is not searched while the user waits for a traceback."""

BRIEF_EVENTS = 2_000_000
"""A longer trace is not searched at the end of every run; ``gradtrace info`` does."""

_MOST_NOTES = 4
_MOST_REASONS = 3
_MOST_BRIEF = 3
_MOST_NAMES = 5


def add_notes(failure: Failure, path: Path) -> None:
    """Add notes to the exception, from the trace at ``path``, which must be complete."""
    with Trace.load(path) as trace:
        if len(trace.events) > MOST_EVENTS:
            return
        said = " ".join(getattr(failure.error, "__notes__", []))
        notes = list(dict.fromkeys(NOTES[failure.kind](trace, failure)))
        for note in notes[:_MOST_NOTES]:
            if note not in said:
                failure.error.add_note(PREFIX + note)


def in_brief(path: Path) -> list[str]:
    """What is wrong with the run at ``path``, in a few lines; nothing for a long run, or one whose exception has said it."""
    with Trace.load(path) as trace:
        if len(trace.events) > BRIEF_EVENTS or trace.ended is None or trace.ended.outcome == "raised":
            return []
        found = [finding for finding in trace.findings() if finding.severity != "info"]
    lines = [f"{finding.severity}: {finding.title}. {finding.detail}" for finding in found[:_MOST_BRIEF]]
    more = len(found) - len(lines)
    return [*lines, f"and {more} more finding{'s' if more > 1 else ''}"] if more > 0 else lines


# ------------------------------------------------------------------------------------------------------- one kind after another
def _no_gradient(trace: Trace, failure: Failure) -> Iterator[str]:
    """Which leaves have no gradient, and why: first those that the program asked for, then the others."""
    missing = MissingGradients(trace)
    groups = [([leaf.id for leaf in leaves], reason) for leaves, reason in missing.of_leaves(leaves_never_reached(trace))]
    for subject in failure.subjects:
        tensor = subject.facts.tensor
        mine = next((group for group, _ in groups if tensor in group), [])
        groups = [(group, reason) for group, reason in groups if group is not mine]
        rest = list_text([trace.tensor_name(other) for other in mine if other != tensor], _MOST_NAMES)
        yield _why_none(trace, missing, subject) + (f" The same goes for {rest}." if len(mine) > 1 else "")
    for group, reason in groups:
        names = list_text([trace.tensor_name(tensor) for tensor in group], _MOST_NAMES)
        has, text = ("have", reason.of(len(group))) if len(group) > 1 else ("has", reason.text)
        yield f"{names} {has} no gradient{' either' if failure.subjects else ''}. {text}".rstrip()


def _why_none(trace: Trace, missing: MissingGradients, subject: Subject) -> str:
    facts, name = subject.facts, _name(trace, subject)
    if facts.is_leaf and facts.tensor not in trace.leaves:
        name = f"{name}, of shape {shape_text(facts.shape)},"
    if not facts.is_leaf:
        made = f", but the result of {node_at(trace, facts.node)}" if facts.node in trace.nodes else ""
        return f"{name} has no gradient: it is not a leaf{made}. Only leaves get a .grad (or call retain_grad() on it first)."
    if not facts.requires_grad:
        return f"{name} has no gradient: it does not require one (requires_grad is False)."
    reason = missing.of_tensor(facts.tensor)
    return f"{name} has no gradient. {reason.text}".rstrip()


def _no_graph(trace: Trace, failure: Failure) -> Iterator[str]:
    """Where a loss lost its history."""
    missing = MissingGradients(trace)
    at = _failed_at(trace, failure.error)
    for subject in failure.roots[:1]:
        name = _name(trace, subject, "the tensor")
        reasons = missing.lost_root(subject.facts.tensor, at)
        if reasons:
            yield f"Nothing leads from {name} back to a parameter. {reasons[0].text}"
            if len(reasons) > 1:
                yield f"If that was on purpose: {' '.join(reason.text for reason in reasons[1:_MOST_REASONS])}"
            return
        frozen = [leaf.name for leaf in trace.leaves.values() if not leaf.requires_grad]
        if frozen and len(frozen) == len(trace.leaves):
            yield f"Nothing that {name} was computed from requires a gradient: {list_text(frozen, _MOST_NAMES)} are frozen."
        else:
            yield f"Nothing that {name} was computed from requires a gradient.{_no_graph_of_gradients(trace, at)}"


def _no_graph_of_gradients(trace: Trace, at: int) -> str:
    """What to ask for where a loss is computed from gradients, as a gradient penalty is: said when those came last."""
    before = [pass_ for pass_ in trace.passes if pass_.first < at and pass_.outcome == "finished"]
    if not before or before[-1].call != "grad" or before[-1].create_graph:
        return ""
    return f" The gradients of {pass_at(trace, before[-1].id)} have no history either: create_graph=True would give them one."


def _not_scalar(trace: Trace, failure: Failure) -> Iterator[str]:
    """What is not a scalar."""
    for subject in failure.roots[:1]:
        facts = subject.facts
        made = f", the result of {node_at(trace, facts.node)}," if facts.node in trace.nodes else ""
        name = _name(trace, subject, "the tensor")
        shape = shape_text(facts.shape)
        yield f"{name}{made} has shape {shape}: take its mean() or sum(), or give backward() a gradient of that shape."


def _unused_input(trace: Trace, failure: Failure) -> Iterator[str]:
    """Which inputs of ``autograd.grad`` the outputs were not computed from."""
    missing = MissingGradients(trace)
    roots = [subject.facts.node for subject in failure.roots if subject.facts.node != NONE]
    unreached = set(missing.unreached([subject.facts.tensor for subject in failure.subjects], roots))
    for index, subject in enumerate(failure.subjects):
        name = trace.tensor_name(subject.facts.tensor)
        name = f"input {index} of grad()" if name.startswith("tensor ") else f"input {index} of grad(), {name},"
        if not subject.facts.requires_grad:
            yield f"{name} does not require a gradient."
        elif subject.facts.tensor in unreached:
            yield f"{name} is not what the output was computed from. {missing.of_tensor(subject.facts.tensor).text}"


def _not_a_leaf(trace: Trace, failure: Failure) -> Iterator[str]:
    """Which operation made a parameter something else than a leaf."""
    for subject in failure.subjects:
        node = subject.facts.node
        if node in trace.nodes:
            yield (
                f"{trace.tensor_name(subject.facts.tensor)} is the result of {node_at(trace, node)}: make the leaf from it by "
                "detach().requires_grad_(), or do that operation before asking for requires_grad."
            )


def _nonfinite(trace: Trace, failure: Failure) -> Iterator[str]:
    """Where the first NaN or infinity arose."""
    for subject in failure.subjects:
        yield f"{subject.text} has {subject.facts.nonfinite}{subject.facts.origin}."
    origin = next((finding for finding in trace.findings() if finding.rule == "first-nonfinite"), None)
    if origin is not None:
        if not _follows_from(trace, origin, failure.subjects):
            yield f"{origin.title}: {origin.detail}"
    elif trace.level == "structure":
        yield "At level structure no numbers are recorded: record again at level stats to see where the first NaN or Inf arises."
    elif not any(subject.facts.origin for subject in failure.subjects):
        yield "No gradient that was recorded is NaN or Inf. The numbers of the forward are not recorded."


def _follows_from(trace: Trace, finding: Finding, subjects: Sequence[Subject]) -> bool:
    """Whether the broken gradient is the mere consequence of what broke in the forward of the last pass."""
    pass_ = trace.pass_of(finding.event)
    if pass_ is None or pass_.index < len(trace.passes) - 1 or growth(pass_):
        return False
    return any(subject.facts.origin and ".step()" not in subject.facts.origin for subject in subjects)


def _engine(trace: Trace, failure: Failure) -> Iterator[str]:
    """What the rules say of an error of the engine, as far as the capture has not said it already."""
    error = next((error for error in reversed(trace.errors) if error.message == str(failure.error) and error.node != NONE), None)
    if error is None:
        return
    if any(note.startswith(PREFIX) for note in getattr(failure.error, "__notes__", [])):
        back = way_back(trace, error)
        if back:
            yield f"{pass_at(trace, error.pass_)} needs what an earlier one has freed: {back}"
        return
    yield from (finding.detail for finding in trace.findings() if finding.event == error.id)


NOTES: Mapping[Kind, Callable[[Trace, Failure], Iterator[str]]] = {
    "no gradient": _no_gradient,
    "no graph": _no_graph,
    "not scalar": _not_scalar,
    "unused input": _unused_input,
    "not a leaf": _not_a_leaf,
    "nonfinite": _nonfinite,
    "engine": _engine,
}
"""What is said about each kind of failure."""


# --------------------------------------------------------------------------------------------------------------------- helpers
def _name(trace: Trace, subject: Subject, unknown: str = "it") -> str:
    """The name of a tensor in the trace; else what the program calls it where it failed."""
    name = trace.tensor_name(subject.facts.tensor)
    return subject.text or unknown if name.startswith("tensor ") else name


def _failed_at(trace: Trace, error: BaseException) -> int:
    """The event of the exception; the end of the trace for one that was raised before the engine was called."""
    mine = [event.id for event in trace.errors if event.pass_ != NONE and event.message == str(error)]
    return mine[-1] if mine else len(trace.events)
