"""What several traces of one program have in common, and where they part: the ranks of a distributed run, above all.

Replicas of a model are meant to run the same graph, and to have the same gradients whenever an optimizer steps: that is what
averaging them is for. :func:`compare` says of each such fact whether it holds, and where it first does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from ...core.events import NodeCreated, OptimizerStepped
from ..message import Message, listed, plural, remarks, template
from .passes import Pass
from .text import gradient_text
from .trace import Trace

__all__ = ["Fact", "compare"]

_EACH = {
    "finished": template("each ran to its end"),
    "raised": template("each ended with an exception"),
    "exited": template("each exited"),
    "cut off": template("each was cut off"),
}
_ONE = {
    "finished": template("{name} ran to its end"),
    "raised": template("{name} ended with an exception"),
    "exited": template("{name} exited"),
    "cut off": template("{name} was cut off"),
}
"""By the outcome of a run."""


@dataclass(frozen=True)
class Fact:
    """One thing that was compared: about what, whether all traces are alike in it, and what there is to say.

    ``about`` and ``text`` are :class:`~gradtrace.tracer.message.Message`; ``trace`` and ``event`` point at where the first
    difference can be seen, -1 for nowhere.
    """

    about: str
    alike: bool
    text: str
    trace: int = -1
    event: int = -1


def compare(traces: Sequence[Trace], names: Sequence[str]) -> list[Fact]:
    """Compare two or more traces, which texts call by ``names``."""
    return [_outcomes(traces, names), _graphs(traces, names), _gradients(traces, names), *_first_nonfinite(traces, names)]


# --------------------------------------------------------------------------------------------------------------- outcomes
def _outcomes(traces: Sequence[Trace], names: Sequence[str]) -> Fact:
    about = Message("outcome")
    outcomes = [trace.ended.outcome if trace.ended is not None else "cut off" for trace in traces]
    if len(set(outcomes)) == 1:
        return Fact(about, True, Message(_EACH[outcomes[0]]))
    usual = Counter(outcomes).most_common(1)[0][0]
    failed = [index for index, outcome in enumerate(outcomes) if outcome != "finished"]
    other = next((index for index in failed if outcomes[index] != usual), failed[0])
    said = [Message(_ONE[outcome], name=name) for name, outcome in zip(names, outcomes, strict=True)]
    return Fact(about, False, remarks(*said), other)


# ----------------------------------------------------------------------------------------------------------------- graphs
def _graphs(traces: Sequence[Trace], names: Sequence[str]) -> Fact:
    """Whether the same nodes ran in the same order, pass by pass."""
    about = Message("graphs")
    counts = [len(trace.passes) for trace in traces]
    for number in range(min(counts)):
        passes = [trace.passes[number] for trace in traces]
        ran = [_names_in_order(pass_) for pass_ in passes]
        for other in range(1, len(traces)):
            if ran[other] != ran[0]:
                parting = _parting(ran[0], ran[other], names[0], names[other])
                text = Message("{name}: {parting}", name=passes[0].name, parting=parting)
                return Fact(about, False, text, other, passes[other].first)
    if len(set(counts)) > 1:
        pairs = zip(names, counts, strict=True)
        said = [plural(count, "{name} has {count} pass", "{name} has {count} passes", name=name) for name, count in pairs]
        return Fact(about, False, remarks(*said), int(np.argmin(counts)))
    same = plural(
        counts[0],
        "the same nodes in the same order in the only pass",
        "the same nodes in the same order in all {count} passes",
    )
    return Fact(about, True, same)


def _names_in_order(pass_: Pass) -> list[str]:
    """The names of the nodes that ran; leaves with their own."""
    trace = pass_.trace
    rows = trace.topology.rows(np.array(pass_.nodes, np.int64))
    columns = trace.events.columns(NodeCreated)
    known = np.maximum(rows, 0)
    texts = trace.events.texts(columns["name"][known]) if len(columns["name"]) else [""] * len(rows)
    variables = columns["variable"][known].tolist() if len(columns["name"]) else [0] * len(rows)
    return [
        "" if row < 0 else Message("{name} of {tensor}", name=text, tensor=trace.tensor_name(variable)) if variable else text
        for row, text, variable in zip(rows.tolist(), texts, variables, strict=True)
    ]


def _parting(one: list[str], other: list[str], name: str, other_name: str) -> Message:
    """Where two orders of execution part."""
    pairs = zip_longest(one, other, fillvalue=Message("no other node"))
    place, (left, right) = next((place, pair) for place, pair in enumerate(pairs) if pair[0] != pair[1])
    before = Message("a node made before recording")
    ran = {"one": name, "node": left or before, "other": other_name, "other_node": right or before}
    if not place:
        return Message("{one} runs {node}, {other} {other_node}", **ran)
    return plural(
        place,
        "after {count} node alike {one} runs {node}, {other} {other_node}",
        "after {count} nodes alike {one} runs {node}, {other} {other_node}",
        **ran,
    )


# -------------------------------------------------------------------------------------------------------------- gradients
def _gradients(traces: Sequence[Trace], names: Sequence[str]) -> Fact:
    """Whether the leaves' gradients were the same at every step of an optimizer, or else after every backward."""
    about = Message("gradients")
    moments, said = [trace.events.ids(OptimizerStepped).tolist() for trace in traces], _AT_STEPS
    if not all(moments):
        moments, said = [_ends_of_passes(trace) for trace in traces], _AFTER_PASSES
    leaves = [_leaves_by_name(trace) for trace in traces]
    shared = [name for name in leaves[0] if all(name in others for others in leaves)]
    tensors = [np.array([ids[name] for name in shared], np.int64) for ids in leaves]
    unknown = False
    for number, events in enumerate(zip(*moments, strict=False), 1):
        numbers = [trace.leaf_gradients.numbers(ids, event) for trace, ids, event in zip(traces, tensors, events, strict=True)]
        unknown = unknown or any(bool((found[:, 0] == 1).any()) for found in numbers)
        different = np.array([((found != numbers[0]) & ~(np.isnan(found) & np.isnan(numbers[0]))).any(axis=1) for found in numbers])
        if different.any():
            leaf = int(np.flatnonzero(different.any(axis=0))[0])
            other = int(np.flatnonzero(different[:, leaf])[0])
            ends = [(traces[index].leaf_gradients.of(int(tensors[index][leaf]), events[index]), index) for index in (0, other)]
            texts = [(gradient_text(gradient), names[index]) for gradient, index in ends]
            text = Message(
                said.one_differs if len(shared) == 1 else said.differs,
                number=number,
                count=different.any(axis=0).sum(),
                total=len(shared),
                leaf=shared[leaf],
                gradients=remarks(*(Message("{gradient} in {name}", gradient=one, name=name) for one, name in texts)),
            )
            return Fact(about, False, text, other, events[other])
    count = min(map(len, moments))
    if not count:
        return Fact(about, True, Message("none to compare"))
    if unknown:
        return Fact(about, True, Message("recorded without numbers, which cannot be compared"))
    leaves_said = plural(len(shared), "the only leaf", "all {count} leaves")
    when = Message(said.only if count == 1 else said.all, count=count)
    return Fact(about, True, Message("in {leaves} at {moments}", leaves=leaves_said, moments=when))


class _Moments(NamedTuple):
    """What is said of the moments at which gradients were compared."""

    differs: str
    one_differs: str
    all: str
    only: str


_AT_STEPS = _Moments(
    template("at optimizer step #{number} in {count} of {total} leaves, the first is {leaf}: {gradients}"),
    template("at optimizer step #{number} in {count} of {total} leaf, the first is {leaf}: {gradients}"),
    template("all {count} optimizer steps"),
    template("the only optimizer step"),
)
_AFTER_PASSES = _Moments(
    template("at backward pass #{number} in {count} of {total} leaves, the first is {leaf}: {gradients}"),
    template("at backward pass #{number} in {count} of {total} leaf, the first is {leaf}: {gradients}"),
    template("all {count} backward passes"),
    template("the only backward pass"),
)


def _ends_of_passes(trace: Trace) -> list[int]:
    return [one.last for one in trace.passes if one.call == "backward" and one.outcome == "finished"]


def _leaves_by_name(trace: Trace) -> dict[str, int]:
    """The leaves that got a gradient, or might have: by name, and number where several have the same."""
    seen: Counter[str] = Counter()
    found: dict[str, int] = {}
    for leaf in trace.leaves.values():
        seen[leaf.name] += 1
        found[leaf.name if seen[leaf.name] == 1 else f"{leaf.name} ({seen[leaf.name]})"] = leaf.id
    return found


# ------------------------------------------------------------------------------------------------------------ NaN and Inf
def _first_nonfinite(traces: Sequence[Trace], names: Sequence[str]) -> Iterator[Fact]:
    """Which trace had a NaN or an infinity first, if any had one."""
    broken: list[tuple[int, int, int]] = []
    for number, trace in enumerate(traces):
        pass_ = next((one for one in trace.passes if one.first_nonfinite() >= 0), None)
        if pass_ is not None:
            broken.append((pass_.index, number, pass_.first_nonfinite()))
    if broken:
        first = min(broken)[0]
        culprits = [number for index, number, _ in broken if index == first]
        where = traces[culprits[0]].passes[first].name
        alike = len(culprits) == len(traces)
        text = Message("first in {names}, in {name}", names=listed(names[number] for number in culprits), name=where)
        event = next(event for index, number, event in broken if (index, number) == (first, culprits[0]))
        yield Fact(Message("NaN or Inf"), alike, text, culprits[0], event)
