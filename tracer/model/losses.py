"""Losses that compute something else than they were meant to: what the graph says for certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import NONE, NodeCreated, TensorInfo
from ..message import Message, template
from .finding import Finding, node_at
from .lookup import Ids
from .missing import Users

if TYPE_CHECKING:
    from .records import NodeRecord
    from .trace import Trace

__all__ = ["every_pair", "twice_normalised"]

_CROSS_ENTROPY = template("{user} takes logits and applies {function} itself; here it got the result of {maker}: that is twice.")
_LOG_WANTED = template("{user} takes log-probabilities; here it got the result of {maker}: its logarithm was not taken.")

_SUSPECTS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "LogSoftmax": (("Softmax",), _CROSS_ENTROPY, "softmax"),
    "BinaryCrossEntropyWithLogits": (("Sigmoid", "Softmax"), _CROSS_ENTROPY, "sigmoid"),
    "NllLoss": (("Softmax", "Sigmoid"), _LOG_WANTED, ""),
    "NllLoss2D": (("Softmax", "Sigmoid"), _LOG_WANTED, ""),
}
"""By operation: what its input must not be the direct result of, what to say, and the function that is meant."""

_SAME_NUMBERS = ("View", "Reshape", "UnsafeView", "Squeeze", "Unsqueeze", "Transpose", "T", "Permute", "Clone", "Alias", "ToCopy")
"""Operations behind which the numbers are what they were."""

_MOST_STEPS = 8
_MOST_PLACES = 200


def twice_normalised(trace: Trace) -> Iterator[Finding]:
    """A softmax in front of a loss that applies its own; a softmax where its logarithm is meant."""
    for record in _at_each_place(trace, _SUSPECTS):
        makers, text, function = _SUSPECTS[record.op]
        maker = _maker(trace, record)
        if maker is None or maker.op not in makers:
            continue
        detail = Message(text, user=node_at(trace, record.id), maker=node_at(trace, maker.id), function=function)
        title = Message("Loss of probabilities")
        yield Finding("loss-of-probabilities", "warning", title, detail, record.created, maker.id, maker.source)


def _maker(trace: Trace, record: NodeRecord) -> NodeRecord | None:
    """The node that computed the numbers of a node's first input."""
    for _ in range(_MOST_STEPS):
        before = record.edges[0].node if record.edges else NONE
        if before not in trace.nodes:
            return None
        record = trace.nodes[before]
        if record.op not in _SAME_NUMBERS:
            return record
    return None


# --------------------------------------------------------------------------------------------------------- every with every
_DIFFERENCES = ("Sub", "Rsub")
_EXPANDED_IN = ("MseLoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
_DISTANCES = ("Pow", "Abs", "Mul", "Square")
_WHOLE = ("Mean", "Sum")


def every_pair(trace: Trace) -> Iterator[Finding]:
    """A loss of ``(N, 1)`` and ``(N,)``: their difference is ``(N, N)``, each prediction against each target."""
    users: Users | None = None
    for record in _at_each_place(trace, dict.fromkeys((*_DIFFERENCES, *_EXPANDED_IN))):
        given = _column(trace, record)
        if given is None:
            continue
        if record.op in _DIFFERENCES:
            users = users or Users(trace.topology)
            if not _is_summed_up(trace, record, users):
                continue
        count = given.shape[0]
        detail = Message(
            "{node} compares {shape} with something of shape {other}, which makes {square}: each of the {count} predictions with "
            "each of the {count} targets. If they belong together one by one, give both the same shape (squeeze(1) or "
            "unsqueeze(1)).",
            node=node_at(trace, record.id),
            shape=str(given.shape),
            other=f"({count},)" if len(given.shape) == 2 else f"({count}, 1)",
            square=f"({count}, {count})",
            count=count,
        )
        yield Finding("every-pair", "warning", Message("Loss of every pair"), detail, record.created, record.id, record.source)


def _column(trace: Trace, record: NodeRecord) -> TensorInfo | None:
    """The one input with history of a node, ``(N, 1)`` or squeezed to ``(N,)``, that a constant has broadcast to ``(N, N)``."""
    inputs = [edge for edge in record.edges if edge.node != NONE]
    if len(inputs) != 1 or inputs[0].node not in trace.nodes:
        return None
    maker = trace.nodes[inputs[0].node]
    shape = record.shape
    if record.op in _EXPANDED_IN:  # both sides were expanded before
        if maker.op != "Expand" or len(maker.edges) != 1 or maker.edges[0].node not in trace.nodes:
            return None
        shape, maker = maker.shape, trace.nodes[maker.edges[0].node]
    made = maker.outputs[inputs[0].input_nr] if inputs[0].input_nr < len(maker.outputs) else None
    if made is None or len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
        return None
    is_column = made.shape == (shape[0], 1) and maker.op not in ("Unsqueeze", "View", "Reshape", "Index")
    is_row = made.shape == (shape[0],) and maker.op == "Squeeze"
    return made if is_column or is_row else None


def _is_summed_up(trace: Trace, record: NodeRecord, users: Users) -> bool:
    """Whether nothing but a distance and the mean (or sum) of all is computed from a node's result."""
    row = trace.topology.row(record.id)
    for _ in range(3):
        following = {int(user) for user in users.of(row)}
        if len(following) != 1:
            return False
        row = following.pop()
        user = trace.nodes[int(trace.topology.ids[row])]
        if user.op in _WHOLE:
            return user.shape == ()
        if user.op not in _DISTANCES or user.shape != record.shape:
            return False
    return False


def _at_each_place(trace: Trace, operations: Mapping[str, object]) -> Iterator[NodeRecord]:
    """The first node of each of these operations at each line of the program."""
    created = trace.events.columns(NodeCreated)
    if not len(created["id"]):
        return
    names, sources = created["name"].astype(np.int64), created["source"].astype(np.int64)
    numbers = np.unique(names).tolist()
    wanted = [number for number, text in zip(numbers, trace.events.texts(numbers), strict=True) if _operation(text) in operations]
    rows: Ids = np.flatnonzero(np.isin(names, wanted))
    keys = np.stack([names[rows], sources[rows]])
    _, first = np.unique(keys, axis=1, return_index=True)
    for row in np.sort(rows[first])[:_MOST_PLACES].tolist():
        yield trace.nodes[int(created["node"][row])]


def _operation(name: str) -> str:
    return name.rstrip("0123456789").removesuffix("Backward")
