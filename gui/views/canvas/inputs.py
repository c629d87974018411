"""What the canvas asks of the things it is given: the graph, its drawing, and the state of a replay.

These are the canvas's own words for what it reads; the tracer's ``GraphArrays``, ``Drawing`` and ``ReplayState`` have all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


class Kind(IntEnum):
    """What a box stands for."""

    OP = 0
    LEAF = 1
    ROOT = 2
    GROUP = 3
    PLACEHOLDER = 4


class Status(IntEnum):
    """Where a replay stands with a node."""

    PENDING = 0
    RUNNING = 1
    DONE = 2
    FAILED = 3


class Flow(IntEnum):
    """Where a replay stands with an edge."""

    NOT_YET = 0
    NOW = 1
    FLOWED = 2


class Graph(Protocol):
    """The graph of one pass as arrays; n nodes."""

    @property
    def node(self) -> Ints:
        """Node ids, n of them; everything else is in the same order."""

    @property
    def name(self) -> Sequence[str]:
        """Full names (``"MulBackward0"``)."""

    @property
    def scope(self) -> Sequence[str]:
        """Where each node was made."""

    @property
    def order(self) -> Ints:
        """Execution order, -1 for a node that did not run."""

    @property
    def norm(self) -> Floats:
        """L2 norm of the gradient that entered each node; nan for none."""

    @property
    def nonfinite(self) -> Bools:
        """True where that gradient held a NaN or an infinity."""


class Group(Protocol):
    """An open group: a rectangle around boxes and groups. ``x``, ``y`` are its centre."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def depth(self) -> int: ...  # noqa: D102
    @property
    def parent(self) -> int: ...  # noqa: D102
    @property
    def x(self) -> float: ...  # noqa: D102
    @property
    def y(self) -> float: ...  # noqa: D102
    @property
    def width(self) -> float: ...  # noqa: D102
    @property
    def height(self) -> float: ...  # noqa: D102
    @property
    def boxes(self) -> Sequence[int] | Ints: ...  # noqa: D102


class Picture(Protocol):
    """A laid-out graph: b boxes by their centres, e edges by their routes; y grows downward."""

    @property
    def node(self) -> Ints:
        """Index into the graph's arrays that each box stands for."""

    @property
    def label(self) -> Sequence[str]:
        """The text of each box."""

    @property
    def kind(self) -> Bytes:
        """One of :class:`Kind` for each box."""

    @property
    def family(self) -> Sequence[str]:
        """The family of ops of each box."""

    @property
    def x(self) -> Floats: ...  # noqa: D102
    @property
    def y(self) -> Floats: ...  # noqa: D102
    @property
    def width(self) -> Floats: ...  # noqa: D102
    @property
    def height(self) -> Floats: ...  # noqa: D102

    @property
    def src(self) -> Ints:
        """Box each edge leaves, in the direction of drawing (forward)."""

    @property
    def dst(self) -> Ints:
        """Box each edge enters."""

    @property
    def edge(self) -> Ints:
        """Index into the graph's edges that each drawn edge stands for."""

    @property
    def routes(self) -> Sequence[Floats]:
        """A polyline of shape (k, 2) for each edge, both ends included."""

    @property
    def groups(self) -> Sequence[Any]:
        """Open groups, see :class:`Group`."""

    def box_of_node(self, index: int) -> list[int]:
        """The boxes that stand for a node of the graph: several for a leaf, the group's for a node inside a collapsed one."""


class Replay(Protocol):
    """How far a replay has come."""

    @property
    def status(self) -> Bytes:
        """One of :class:`Status` for each node of the graph."""

    @property
    def edge_status(self) -> Bytes:
        """One of :class:`Flow` for each edge of the graph."""

    @property
    def current(self) -> int:
        """Index of the current node, or -1."""
