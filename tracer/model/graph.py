"""The graph of one pass as a ``networkx.DiGraph``.

Nodes are node ids; an edge goes the way the gradient goes, from a ``grad_fn`` to the node that made one of its inputs. The graph
holds every node that can be reached from the roots, whether it ran or not.

Node attributes (``None`` where nothing is known):

==================  ==========================================================================================================
``name``            as PyTorch prints it (``"MulBackward0"``); ``"(before recording)"`` when made before recording began
``op``              the operation (``"Mul"``)
``kind``            ``"op"`` or ``"leaf"`` (an ``AccumulateGrad``)
``executed``        bool: it ran in this pass
``order``           int: its place in the order of execution, from 0; -1 when it did not run
``scope``           the ``/``-joined scopes it was made in
``file``, ``line``  where in the program it was made (``""``, 0 when not known)
``function``        the function it was made in
``code_target``     the variable its result was assigned to, or ``""``
``shape``           tuple: shape of its first output (of its variable for a leaf)
``dtype``           ``"float32"``
``duration_ns``     int: how long it ran
``variable``        int: tensor id of a leaf's variable, 0 for an op
``variable_name``   its name, ``""`` for an op
``grad_shape``      tuple: shape of the total gradient that entered it in this pass
``grad_norm``       float: its L2 norm over finite elements; ``grad_min``, ``grad_max``, ``grad_mean`` likewise
``grad_nan``        int: how many elements are NaN; ``grad_inf``: are infinite; ``grad_count``: how many there are
``grad_value``      int: id for ``Trace.value()``, 0 when the array of this very gradient was not recorded
==================  ==========================================================================================================

Edge attributes: ``slots``, a list with one dict per gradient that takes this way (``x * x`` has two) and the keys ``output_nr``,
``input_nr``, ``norm`` (None: none flowed, or no statistics) and ``event`` (id of its ``GradientFlowed``, -1: none flowed); and
``grad_norm``, the root of the sum of their squared norms, or None.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import networkx as nx

from ...core.events import Gradient

if TYPE_CHECKING:
    from .passes import Pass

NODE_ATTRIBUTES = (
    "name",
    "op",
    "kind",
    "executed",
    "order",
    "scope",
    "file",
    "line",
    "function",
    "code_target",
    "shape",
    "dtype",
    "duration_ns",
    "variable",
    "variable_name",
    "grad_shape",
    "grad_norm",
    "grad_min",
    "grad_max",
    "grad_mean",
    "grad_nan",
    "grad_inf",
    "grad_count",
    "grad_value",
)
"""Every attribute a node of ``Pass.graph`` has."""

EDGE_ATTRIBUTES = ("slots", "grad_norm")
"""Every attribute an edge of ``Pass.graph`` has."""


def build_graph(pass_: Pass) -> nx.DiGraph:
    """The graph of ``pass_`` with the attributes listed in this module's docstring."""
    graph = nx.DiGraph()
    _add_nodes(graph, pass_)
    _add_edges(graph, pass_)
    return graph


def _add_nodes(graph: nx.DiGraph, pass_: Pass) -> None:
    arrays, nodes = pass_.arrays, pass_.trace.nodes
    columns = (arrays.node, arrays.is_leaf, arrays.order, arrays.duration, arrays.variable)
    texts = (arrays.name, arrays.op, arrays.scope, arrays.target, arrays.variable_name)
    found = (nodes.sources(arrays.node), nodes.shapes(arrays.node), pass_.received.totals())
    for node, is_leaf, order, duration, variable, name, op, scope, target, variable_name, source, (shape, dtype), gradient in zip(
        *(column.tolist() for column in columns), *texts, *found, strict=True
    ):
        graph.add_node(
            node,
            name=name,
            op=op,
            kind="leaf" if is_leaf else "op",
            executed=order >= 0,
            order=order,
            scope=scope,
            file=source.file if source else "",
            line=source.line if source else 0,
            function=source.function if source else "",
            code_target=target,
            shape=shape,
            dtype=dtype,
            duration_ns=duration if duration >= 0 else None,
            variable=variable,
            variable_name=variable_name,
            **gradient_attributes(gradient),
        )


def gradient_attributes(gradient: Gradient | None) -> dict[str, Any]:
    """The ``grad_…`` attributes of a node that received ``gradient``."""
    statistics = gradient.statistics if gradient is not None else None
    return {
        "grad_shape": gradient.shape if gradient is not None else None,
        "grad_norm": statistics.norm if statistics else None,
        "grad_min": statistics.min if statistics else None,
        "grad_max": statistics.max if statistics else None,
        "grad_mean": statistics.mean if statistics else None,
        "grad_nan": statistics.nan if statistics else None,
        "grad_inf": statistics.pos_inf + statistics.neg_inf if statistics else None,
        "grad_count": statistics.count if statistics else None,
        "grad_value": gradient.value if gradient is not None else 0,
    }


def _add_edges(graph: nx.DiGraph, pass_: Pass) -> None:
    arrays = pass_.arrays
    ends = zip(arrays.node[arrays.src].tolist(), arrays.node[arrays.dst].tolist(), strict=True)
    columns = (arrays.output_nr, arrays.input_nr, arrays.edge_norm, arrays.flowed)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for (src, dst), (output_nr, input_nr, norm, event) in zip(ends, rows, strict=True):
        slot = {"output_nr": output_nr, "input_nr": input_nr, "norm": None if math.isnan(norm) else norm, "event": event}
        if graph.has_edge(src, dst):
            graph.edges[src, dst]["slots"].append(slot)
        else:
            graph.add_edge(src, dst, slots=[slot], grad_norm=None)
    for _, _, attributes in graph.edges(data=True):
        norms = [slot["norm"] for slot in attributes["slots"] if slot["norm"] is not None]
        attributes["grad_norm"] = math.hypot(*norms) if norms else None
