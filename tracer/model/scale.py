"""Gradients that grow or shrink from layer to layer, until they are of no use."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import GradientAccumulated, GradientFlowed, NodeCreated
from ..message import Message
from .finding import Finding, node_at, source_of
from .lookup import Floats, Ids
from .text import number_text

if TYPE_CHECKING:
    from .passes import Pass
    from .trace import Trace

__all__ = ["exploding", "vanishing"]

GROWN = 1e6
"""Between the last layer and the first: so many times larger is exploding, so many times smaller vanishing."""

STEADY = 4.0
"""From one quarter of the layers to the next: a single jump is the program's own (a layer scale, a small constant)."""

_LAYERS = 8
"""With fewer layers than that the sizes say nothing about a chain."""

_SAMPLES = 5
"""So many passes are looked at, the first and the last among them."""

_MULTIPLYING = ("AddmmBackward", "MmBackward", "ConvolutionBackward", "BmmBackward", "MvBackward", "LinearBackward")
"""Nodes that are layers: how their names begin."""


def exploding(trace: Trace) -> Iterator[Finding]:
    """The gradient grows on its way back through the layers (or through the time steps of a recurrent one)."""
    for pass_ in _sampled(trace):
        nodes, norms = _through_layers(pass_)
        if len(nodes) < _LAYERS or not _steadily_grown(norms):
            continue
        first, last = 0, int(np.argmax(norms))
        detail = Message(
            "In {name} the gradient had norm {small} where it reached {late}, and {large} at {early}, {count} layers further back. "
            "Smaller initial weights, normalisation between the layers or clip_grad_norm_() help.",
            name=pass_.name,
            small=number_text(float(norms[first])),
            late=node_at(trace, int(nodes[first])),
            large=number_text(float(norms[last])),
            early=node_at(trace, int(nodes[last])),
            count=last - first,
        )
        node = int(nodes[last])
        event = _flow_to(pass_, node)
        yield Finding("exploding", "warning", Message("Gradients explode"), detail, event, node, source_of(trace, node))
        return


def vanishing(trace: Trace) -> Iterator[Finding]:
    """The gradients of the first layers are a tiny part of those of the last ones, in every pass."""
    found = []
    for pass_ in _sampled(trace):
        rows, sizes = _weights(pass_)
        if len(rows) < _LAYERS or not (sizes > 0).all():
            return
        if not _steadily_grown(sizes[::-1]):
            return
        found.append((pass_, rows, sizes))
    if len(found) < min(2, len(trace.passes)) or not found:
        return
    pass_, rows, sizes = found[-1]
    accumulated = trace.events.columns(GradientAccumulated)
    late, early = (int(accumulated["tensor"][rows[place]]) for place in (0, -1))
    node = int(accumulated["node"][rows[-1]])
    detail = Message(
        "In {name} an element of the gradient of {early} was {small} on average (root mean square), of {late} {large}: the first "
        "layers hardly learn. ReLU or GELU instead of sigmoid or tanh, normalisation, or skip connections help.",
        name=pass_.name,
        early=trace.tensor_name(early),
        late=trace.tensor_name(late),
        small=number_text(float(sizes[-1])),
        large=number_text(float(sizes[0])),
    )
    event = int(accumulated["id"][rows[-1]])
    yield Finding("vanishing", "warning", Message("Gradients vanish"), detail, event, node, trace.leaves[early].source)


def _sampled(trace: Trace) -> list[Pass]:
    """Some whole backward passes, over the length of the run."""
    whole = [one for one in trace.passes if one.call == "backward" and one.outcome == "finished" and not one.inputs]
    places = np.unique(np.linspace(0, len(whole) - 1, min(_SAMPLES, len(whole))).astype(np.int64))
    return [whole[place] for place in places.tolist()]


def _steadily_grown(sizes: Floats) -> bool:
    """Whether sizes grow from quarter to quarter, to :data:`GROWN` times in all."""
    quarters = [float(np.median(part)) for part in np.array_split(sizes, 4)]
    steady = all(after > STEADY * before for before, after in pairwise(quarters))
    return steady and float(sizes.max()) > GROWN * float(sizes[0]) and quarters[0] > 0


def _through_layers(pass_: Pass) -> tuple[Ids, Floats]:
    """The layers in the order in which they ran, and the norm of the gradient that came to each."""
    log = pass_.trace.events
    flows, rows = log.columns(GradientFlowed), pass_.rows(GradientFlowed)
    norms = log.norms(GradientFlowed, "gradient", rows)
    name = log.columns(NodeCreated)["name"]
    wanted = [number for number in np.unique(name).tolist() if log.texts([number])[0].startswith(_MULTIPLYING)]
    made = pass_.trace.topology.rows(flows["next_node"][rows])
    is_layer = (made >= 0) & np.isin(name[np.maximum(made, 0)], wanted) if len(name) else np.zeros(len(rows), np.bool_)
    is_layer &= np.isfinite(norms) & (norms > 0) & ~log.nonfinite(GradientFlowed, "gradient", rows)
    return flows["next_node"][rows[is_layer]], norms[is_layer]


def _weights(pass_: Pass) -> tuple[Ids, Floats]:
    """Rows of the matrices' gradients in the order in which they came, and the root mean square of their elements."""
    log = pass_.trace.events
    accumulated, rows = log.columns(GradientAccumulated), pass_.rows(GradientAccumulated)
    leaves = pass_.trace.leaves
    matrix = [tensor in leaves and len(leaves[tensor].shape) > 1 for tensor in accumulated["tensor"][rows].tolist()]
    rows = rows[np.array(matrix, np.bool_)]
    norms = log.norms(GradientAccumulated, "contribution", rows)
    count = np.maximum(accumulated["contribution.count"][rows], 1)
    return rows, np.nan_to_num(norms / np.sqrt(count), nan=0.0, posinf=0.0)


def _flow_to(pass_: Pass, node: int) -> int:
    flows, rows = pass_.trace.events.columns(GradientFlowed), pass_.rows(GradientFlowed)
    mine = rows[flows["next_node"][rows] == node]
    return int(flows["id"][mine[0]]) if len(mine) else -1
