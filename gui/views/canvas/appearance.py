"""What each box and edge looks like at the moment: replay state, gradient norms and marks, translated from nodes to boxes.

Nothing in here knows Qt: the outcome is a few integer arrays, which the painters turn into colours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .geometry import Geometry
from .inputs import Bools, Bytes, Floats, Ints, Kind, Replay, Status

BINS = 48
"""Steps of the colour scale for gradient norms."""


class Emphasis(IntEnum):
    """How a box stands out."""

    NEUTRAL = 0
    MUTED = 1
    VISITED = 2
    HOT = 3
    FAILED = 4


class FarClass(IntEnum):
    """Colour of a box too small for details. Later ones win where a closed group needs one colour for all it holds.

    The first three are followed by one value for each kind of box, the next two by one for each bin.
    """

    MUTED = 0
    NEUTRAL = 5
    VISITED = 10
    MUTED_BIN = 16
    BIN = 16 + BINS
    NONFINITE = 16 + 2 * BINS
    FAILED = 17 + 2 * BINS
    HOT = 18 + 2 * BINS


@dataclass(frozen=True)
class Change:
    """What must be painted again."""

    boxes: Ints
    edges: Ints
    everything: bool = False


class Appearance:
    """The look of every box and edge, kept as arrays parallel to the geometry's."""

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry
        boxes = len(geometry)
        self._members = _GroupMembers(geometry)
        graph = geometry.graph
        runs = graph.order >= 0
        self._will_run: Bools = runs if runs.any() else np.ones(len(runs), bool)
        self.idle: Bools = self._members.per_box(~runs & runs.any(), np.logical_and)
        """Boxes whose nodes never run in this pass."""
        self.nonfinite: Bools = self._members.per_box(graph.nonfinite, np.logical_or)
        self.emphasis: Bytes = np.zeros(boxes, np.uint8)
        self.flow: Bytes = np.zeros(len(geometry.src), np.uint8)
        self.replaying = False
        """True between the first and the last node of a replay: what is still to come is muted."""
        self.scale = NormScale(self._members.per_box(np.nan_to_num(graph.norm, nan=-1.0), np.maximum))
        self.coloured = False
        self.breakpoints = self.hooks = self.bumps = np.zeros(0, np.int64)
        self._style_base = self._static_styles()
        self._far: Ints | None = None
        self._blocks: Ints | None = None

    # ------------------------------------------------------------------------------------------------------------ changes
    def set_state(self, state: Replay | None) -> Change:
        """Follow a replay; None for no replay."""
        geometry, before = self._geometry, (self.replaying, self.emphasis, self.flow)
        if state is None:
            self.replaying = False
            self.emphasis = np.zeros(len(geometry), np.uint8)
            self.flow = np.zeros(len(geometry.src), np.uint8)
        else:
            status = np.asarray(state.status)
            to_come = (status == Status.PENDING) & self._will_run
            self.replaying = bool((status != Status.PENDING).any() and to_come.any())
            self.emphasis = self._members.emphasis(status, self.replaying)
            self._light_current(state)
            self.flow = np.asarray(state.edge_status, np.uint8)[np.asarray(geometry.picture.edge, np.int64)]
        self._forget_colours()
        return Change(
            np.flatnonzero(self.emphasis != before[1]),
            np.flatnonzero(self.flow != before[2]),
            everything=self.replaying != before[0],
        )

    def set_coloured(self, on: bool) -> None:
        """Colour boxes by gradient norm, or by kind."""
        self.coloured = on
        self._forget_colours()

    def set_marks(self, breakpoints: Collection[int], hooks: Collection[int], bumps: Collection[int]) -> None:
        """Mark the boxes of nodes, given as node ids."""
        self.breakpoints, self.hooks, self.bumps = (self._boxes(ids) for ids in (breakpoints, hooks, bumps))

    def _light_current(self, state: Replay) -> None:
        if state.current >= 0:
            boxes = self._geometry.picture.box_of_node(state.current)
            self.emphasis[boxes] = np.maximum(self.emphasis[boxes], Emphasis.HOT)

    def _boxes(self, node_ids: Iterable[int]) -> Ints:
        boxes = {box for node_id in node_ids for box in self._geometry.boxes_of(node_id)}
        return np.array(sorted(boxes), np.int64)

    def _forget_colours(self) -> None:
        self._far = self._blocks = None

    # ------------------------------------------------------------------------------------------------------------ near by
    STYLES = len(Emphasis) * (BINS + 1) * 2

    def _static_styles(self) -> Ints:
        """A number for each distinct combination of what never changes: label, kind, family, size."""
        picture, known = self._geometry.picture, dict[tuple[object, ...], int]()
        columns = zip(picture.label, picture.kind.tolist(), picture.family, picture.width.tolist(), self.idle.tolist(), strict=True)
        return np.array([known.setdefault(column, len(known)) for column in columns], np.int64) * self.STYLES

    def styles(self, boxes: Ints) -> Ints:
        """A number for each of ``boxes``, equal where two boxes look the same."""
        dynamic = self.emphasis[boxes].astype(np.int64) * (BINS + 1)
        if self.coloured:
            dynamic += self.scale.bins[boxes] + 1
        return self._style_base[boxes] + dynamic * 2 + self.nonfinite[boxes]

    def bin_of(self, box: int) -> int:
        """The colour bin of a box, or -1."""
        return int(self.scale.bins[box]) if self.coloured else -1

    # ------------------------------------------------------------------------------------------------------------ far away
    def far_classes(self) -> Ints:
        """A :class:`FarClass` for each box (plus its kind or bin)."""
        if self._far is None:
            kind = self._geometry.kind.astype(np.int64)
            tone = np.array([FarClass.NEUTRAL, FarClass.MUTED, FarClass.VISITED, 0, 0])
            result = tone[self.emphasis] + kind
            if self.coloured:
                bins = self.scale.bins
                lit = np.where(self.emphasis == Emphasis.MUTED, FarClass.MUTED_BIN, FarClass.BIN) + bins
                result = np.where(bins >= 0, lit, result)
            result[self.nonfinite] = FarClass.NONFINITE
            result[self.emphasis == Emphasis.FAILED] = FarClass.FAILED
            result[self.emphasis == Emphasis.HOT] = FarClass.HOT
            self._far = result
        return self._far

    def block_classes(self) -> Ints:
        """A :class:`FarClass` for each group: the strongest of what it holds."""
        if self._blocks is None:
            groups, far = self._geometry.groups, self.far_classes()
            # A kind has no rank: leaves must not outshout ops.
            ranked = np.where(far < FarClass.MUTED_BIN, far // 5 * 5, far)
            result = np.zeros(len(groups) + 1, np.int64)
            np.maximum.at(result, groups.home, ranked)
            for level in reversed(groups.by_level):
                np.maximum.at(result, groups.parent[level], result[level])
            self._blocks = result[:-1]
        return self._blocks


class NormScale:
    """Gradient norms on a logarithmic scale of :data:`BINS` steps.

    The ends are the 2nd and the 98th percentile of the positive norms, so that one outlier does not flatten the rest. A norm of
    exactly 0 falls in the first bin, no gradient (a negative number) in none.
    """

    def __init__(self, norms: Floats) -> None:
        positive = np.isfinite(norms) & (norms > 0)
        self.empty = not bool((norms >= 0).any())
        """True when there is no gradient at all."""
        logs = np.log10(norms[positive])
        low, high = np.percentile(logs, (2, 98)) if len(logs) else (0.0, 0.0)
        if high - low < 0.05:
            low, high = low - 0.5, high + 0.5
        self.low, self.high = float(low), float(high)
        """Decimal exponents of the ends."""
        self.bins = np.full(len(norms), -1, np.int64)
        self.bins[positive] = np.clip(np.round((logs - low) / (high - low) * (BINS - 1)), 0, BINS - 1)
        self.bins[norms == 0] = 0


class _GroupMembers:
    """Values of nodes, brought to boxes: a collapsed group gathers those of all its nodes."""

    def __init__(self, geometry: Geometry) -> None:
        self._node, self._runs = geometry.node, geometry.graph.order >= 0
        self._collapsed = np.flatnonzero(geometry.kind == Kind.GROUP)
        self._member = self._box = np.zeros(0, np.int64)
        if len(self._collapsed):
            pairs = [
                (node, box)
                for node in range(len(geometry.graph.node))
                for box in geometry.picture.box_of_node(node)
                if geometry.kind[box] == Kind.GROUP
            ]
            self._member, self._box = np.array(pairs, np.int64).reshape(-1, 2).T

    def per_box(self, values: NDArray[Any], gather: np.ufunc) -> NDArray[Any]:
        """``values`` of nodes as values of boxes."""
        result: NDArray[Any] = values[self._node]
        gather.at(result, self._box, values[self._member])
        return result

    def emphasis(self, status: Bytes, replaying: bool) -> Bytes:
        """How boxes stand out, by the status of their nodes. A collapsed group is visited when all that runs in it has run."""
        pending = Emphasis.MUTED if replaying else Emphasis.NEUTRAL
        look = np.array([pending, Emphasis.HOT, Emphasis.VISITED, Emphasis.FAILED], np.uint8)
        result = look[status[self._node]]
        if len(self._collapsed):
            member_status, boxes = status[self._member], len(result)
            unfinished = self._runs[self._member] & (member_status == Status.PENDING)
            has = {s: np.bincount(self._box[member_status == s], minlength=boxes) > 0 for s in Status}
            waiting = np.bincount(self._box[unfinished], minlength=boxes) > 0
            look_of_group = np.where(has[Status.DONE] & ~waiting, Emphasis.VISITED, pending)
            look_of_group = np.where(has[Status.RUNNING], Emphasis.HOT, look_of_group)
            look_of_group = np.where(has[Status.FAILED], Emphasis.FAILED, look_of_group)
            result[self._collapsed] = look_of_group[self._collapsed]
        return result
