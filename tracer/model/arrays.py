"""The graph of one pass as arrays: what layout and canvas draw, and what replay states are told in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .lookup import Floats, Ids, Lookup, Mask


@dataclass(frozen=True, eq=False)
class GraphArrays:
    """The ``n`` nodes and ``m`` edges of a pass's graph. An index into these arrays is what layouts and states speak of.

    Nodes come in creation order, inputs before what was made of them; edges in order of ``src``, then ``output_nr``. Event ids are
    -1 where the event did not happen. All arrays are read-only by convention: they are shared.
    """

    node: Ids
    """int64[n]: node ids."""
    name: list[str]
    """Names as PyTorch prints them (``MulBackward0``)."""
    op: list[str]
    """Names of the operations (``Mul``)."""
    scope: list[str]
    """The ``/``-joined scopes each node was made in."""
    target: list[str]
    """The variable each node's result was assigned to, or ``""``."""
    is_leaf: Mask
    """bool[n]: an ``AccumulateGrad``."""
    is_root: Mask
    """bool[n]: a gradient entered the pass here."""
    is_placeholder: Mask
    """bool[n]: made before the recording began, so nothing is known of it but its id."""
    variable: Ids
    """int64[n]: tensor id of a leaf's variable, else 0."""
    variable_name: list[str]
    """Name of a leaf's variable, else ``""``."""
    created: Ids
    """int64[n]: event id of the node's ``NodeCreated``."""
    started: Ids
    """int64[n]: event id of its ``NodeStarted`` in this pass."""
    finished: Ids
    """int64[n]: event id of its ``NodeFinished`` in this pass."""
    order: Ids
    """int64[n]: its place in the order in which the nodes of this pass ran, from 0; -1: it did not run."""
    duration: Ids
    """int64[n]: nanoseconds it ran in this pass; -1 unknown."""
    src: Ids
    """int64[m]: index of the node a gradient leaves."""
    dst: Ids
    """int64[m]: index of the node it goes to (the one that made the input)."""
    output_nr: Ids
    """int64[m]: which of the gradients ``src`` returns."""
    input_nr: Ids
    """int64[m]: which of the gradients ``dst`` receives."""
    flowed: Ids
    """int64[m]: event id of the ``GradientFlowed`` along the edge in this pass."""
    edge_norm: Floats
    """float64[m]: L2 norm of the gradient that flowed; nan: none, undefined, or no statistics."""
    edge_nonfinite: Mask
    """bool[m]: the gradient that flowed has a NaN or infinite element."""
    norm: Floats
    """float64[n]: L2 norm of the gradient that entered the node; nan: none or no statistics."""
    norm_exact: Mask
    """bool[n]: False where ``norm`` is an upper bound, because several gradients were added and only their statistics are known."""
    nonfinite: Mask
    """bool[n]: a gradient that entered the node has a NaN or infinite element."""

    def __len__(self) -> int:
        return len(self.node)

    @cached_property
    def _index(self) -> Lookup:
        return Lookup(self.node)

    def index(self, node: int) -> int:
        """The index of a node id, or -1 when the node is not in this graph."""
        return self._index.row(node)

    def indices(self, nodes: Ids) -> Ids:
        """The index of each node id, or -1; int64."""
        return self._index.first(nodes)
