"""What several traces of one program have in common, and where they part: the ranks of a distributed run, above all.

Replicas of a model are meant to run the same graph, and to have the same gradients whenever an optimizer steps: that is what
averaging them is for. :func:`compare` says of each such fact whether it holds, and where it first does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from ...core.events import NodeCreated, OptimizerStepped
from .passes import Pass
from .text import count_text, gradient_text
from .trace import Trace

__all__ = ["Fact", "compare"]

_OUTCOMES = {"finished": "ran to its end", "raised": "ended with an exception", "exited": "exited", "cut off": "was cut off"}


@dataclass(frozen=True)
class Fact:
    """One thing that was compared: about what, whether all traces are alike in it, and what there is to say.

    ``trace`` and ``event`` point at where the first difference can be seen, -1 for nowhere.
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
    outcomes = [trace.ended.outcome if trace.ended is not None else "cut off" for trace in traces]
    if len(set(outcomes)) == 1:
        return Fact("outcome", True, f"each {_OUTCOMES[outcomes[0]]}")
    usual = Counter(outcomes).most_common(1)[0][0]
    other = next(index for index, outcome in enumerate(outcomes) if outcome not in (usual, "finished"))
    said = [f"{name} {_OUTCOMES[outcome]}" for name, outcome in zip(names, outcomes, strict=True)]
    return Fact("outcome", False, ", ".join(said), other)


# ----------------------------------------------------------------------------------------------------------------- graphs
def _graphs(traces: Sequence[Trace], names: Sequence[str]) -> Fact:
    """Whether the same nodes ran in the same order, pass by pass."""
    counts = [len(trace.passes) for trace in traces]
    for number in range(min(counts)):
        passes = [trace.passes[number] for trace in traces]
        ran = [_names_in_order(pass_) for pass_ in passes]
        for other in range(1, len(traces)):
            if ran[other] != ran[0]:
                text = f"{passes[0].name}: {_parting(ran[0], ran[other], names[0], names[other])}"
                return Fact("graphs", False, text, other, passes[other].first)
    if len(set(counts)) > 1:
        said = [f"{name} has {count_text(count, 'pass', 'passes')}" for name, count in zip(names, counts, strict=True)]
        return Fact("graphs", False, ", ".join(said), int(np.argmin(counts)))
    return Fact("graphs", True, f"the same nodes in the same order in {_every(counts[0], 'pass', 'passes')}")


def _names_in_order(pass_: Pass) -> list[str]:
    """The names of the nodes that ran; leaves with their own."""
    trace = pass_.trace
    rows = trace.topology.rows(np.array(pass_.nodes, np.int64))
    columns = trace.events.columns(NodeCreated)
    known = np.maximum(rows, 0)
    texts = trace.events.texts(columns["name"][known]) if len(columns["name"]) else [""] * len(rows)
    variables = columns["variable"][known].tolist() if len(columns["name"]) else [0] * len(rows)
    return [
        "" if row < 0 else f"{text} of {trace.tensor_name(variable)}" if variable else text
        for row, text, variable in zip(rows.tolist(), texts, variables, strict=True)
    ]


def _parting(one: list[str], other: list[str], name: str, other_name: str) -> str:
    """Where two orders of execution part."""
    pairs = zip_longest(one, other, fillvalue="no other node")
    place, (left, right) = next((place, pair) for place, pair in enumerate(pairs) if pair[0] != pair[1])
    alike = f"after {count_text(place, 'node')} alike " if place else ""
    return f"{alike}{name} runs {left or 'a node made before recording'}, {other_name} {right or 'a node made before recording'}"


# -------------------------------------------------------------------------------------------------------------- gradients
def _gradients(traces: Sequence[Trace], names: Sequence[str]) -> Fact:
    """Whether the leaves' gradients were the same at every step of an optimizer, or else after every backward."""
    moments, kind = [trace.events.ids(OptimizerStepped).tolist() for trace in traces], "optimizer step"
    if not all(moments):
        moments, kind = [_ends_of_passes(trace) for trace in traces], "backward pass"
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
            text = (
                f"at {kind} #{number} in {different.any(axis=0).sum()} of {count_text(len(shared), 'leaf', 'leaves')}, "
                f"the first is {shared[leaf]}: "
            )
            ends = [(traces[index].leaf_gradients.of(int(tensors[index][leaf]), events[index]), index) for index in (0, other)]
            text += ", ".join(f"{gradient_text(gradient)} in {names[index]}" for gradient, index in ends)
            return Fact("gradients", False, text, other, events[other])
    count = min(map(len, moments))
    if not count:
        return Fact("gradients", True, "none to compare")
    if unknown:
        return Fact("gradients", True, "recorded without numbers, which cannot be compared")
    when = _every(count, kind, f"{kind}es" if kind.endswith("pass") else "")
    return Fact("gradients", True, f"in {_every(len(shared), 'leaf', 'leaves')} at {when}")


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
        text = f"first in {', '.join(names[number] for number in culprits)}, in {where}"
        event = next(event for index, number, event in broken if (index, number) == (first, culprits[0]))
        yield Fact("NaN or Inf", alike, text, culprits[0], event)


def _every(count: int, singular: str, plural: str = "") -> str:
    return f"the only {singular}" if count == 1 else f"all {count_text(count, singular, plural)}"
