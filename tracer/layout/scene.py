"""From the arrays of a graph to what is drawn: boxes, pills beside each use of a leaf, nested groups, edges between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .families import family_of
from .hierarchy import Group
from .ranking import topological_order
from .text import shortened, text_width

IntArray = NDArray[np.int64]

FONT_SIZE = 12.0
TITLE_SIZE = 11.0
BOX_HEIGHT = 26.0
GROUP_BOX_HEIGHT = 40.0
MAX_LABEL_WIDTH = 240.0
MIN_BOX_WIDTH = 34.0
TITLE_STEP = 8.0  # titles count in steps, so that the groups "t8" and "t9" can share one layout

PLACEHOLDER_LABEL = "(before recording)"
PILL_FAMILY = "other"


_DIGIT = re.compile(r"\d")


class BoxKind(IntEnum):
    """What a box stands for."""

    OP = 0
    LEAF = 1
    ROOT = 2
    GROUP = 3
    PLACEHOLDER = 4


_PADDING = {BoxKind.OP: 26.0, BoxKind.LEAF: 26.0, BoxKind.ROOT: 28.0, BoxKind.GROUP: 44.0, BoxKind.PLACEHOLDER: 24.0}


class GraphLike(Protocol):
    """What :func:`gradtrace.tracer.layout.draw` reads of a graph's arrays; ``n`` nodes, ``m`` edges.

    Nodes come in the order in which they were made. An edge is the way a gradient takes: from ``src[e]`` (nearer the loss) to
    ``dst[e]``.
    """

    @property
    def op(self) -> Sequence[str]:
        """Short name, such as ``"Mul"``."""
        ...

    @property
    def scope(self) -> Sequence[str]:
        """Where each node was made: names joined by ``/``, or ``""``."""
        ...

    @property
    def target(self) -> Sequence[str]:
        """The variable each node's result was assigned to, or ``""``."""
        ...

    @property
    def variable_name(self) -> Sequence[str]:
        """Name of a leaf's variable, else ``""``."""
        ...

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        """True for the nodes that accumulate into a leaf."""
        ...

    @property
    def is_root(self) -> NDArray[np.bool_]:
        """True where a backward pass began."""
        ...

    @property
    def is_placeholder(self) -> NDArray[np.bool_]:
        """True for nodes of which nothing is known, since they were made before the recording began."""
        ...

    @property
    def src(self) -> IntArray:
        """Where the gradient of each edge comes from."""
        ...

    @property
    def dst(self) -> IntArray:
        """Where it goes."""
        ...


@dataclass(slots=True)
class SceneGroup:
    """A group to be drawn, and the boxes inside it: a contiguous range, since groups are runs of the order of time."""

    path: str
    name: str
    depth: int
    parent: int  # number of the group around it; 0 is the root
    collapsed: bool = False
    operations: int = 0
    first_box: int = -1
    end_box: int = -1


@dataclass(slots=True)
class Scene:
    """Boxes in the order of time, each in its group; edges in the direction of the forward computation."""

    node: list[int] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    home: list[int] = field(default_factory=list)
    groups: list[SceneGroup] = field(default_factory=list)
    tree: list[Group] = field(default_factory=list)
    source: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    target: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    edge: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    node_of_pair: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    box_of_pair: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))


def order_of_time(is_leaf: NDArray[np.bool_], source: IntArray, target: IntArray) -> IntArray:
    """Node numbers without the leaves, inputs first: the order of creation, mended where an edge runs against it."""
    operations = np.flatnonzero(~is_leaf)
    inner = ~is_leaf[source] & ~is_leaf[target]
    starts, ends = source[inner], target[inner]
    if not np.any(starts >= ends):
        return operations
    count = len(is_leaf)
    successors: list[list[int]] = [[] for _ in range(count)]
    predecessors: list[list[int]] = [[] for _ in range(count)]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        successors[start].append(end)
        predecessors[end].append(start)
    order = np.array(topological_order(successors, predecessors), np.int64)
    return order[~is_leaf[order]]


def find_groups(operations: list[int], scopes: Sequence[str], collapsed: Collection[str]) -> tuple[list[SceneGroup], list[int]]:
    """The groups, root first, and for each operation the number of its group.

    A group is a *run*: operations of one scope that follow each other. A module that is called again later gets a second group
    of the same path; so groups never depend on each other in a circle. What lies inside a collapsed group belongs to that.
    """
    groups = [SceneGroup("", "", 0, -1)]
    home: list[int] = []
    open_groups: list[tuple[str, int]] = []
    current_scope, current_group = "", 0
    for operation in operations:
        scope = scopes[operation]
        if scope != current_scope:
            parts = [part for part in scope.split("/") if part]
            common = 0
            while common < min(len(parts), len(open_groups)) and open_groups[common][0] == parts[common]:
                common += 1
            del open_groups[common:]
            for part in parts[common:]:
                parent = open_groups[-1][1] if open_groups else 0
                if not groups[parent].collapsed:
                    path = f"{groups[parent].path}/{part}" if parent else part
                    groups.append(SceneGroup(path, part, groups[parent].depth + 1, parent, path in collapsed))
                    parent = len(groups) - 1
                open_groups.append((part, parent))
            current_scope, current_group = scope, open_groups[-1][1] if open_groups else 0
        home.append(current_group)
        groups[current_group].operations += 1
    for group in reversed(groups[1:]):
        groups[group.parent].operations += group.operations
    return groups, home


def build_scene(graph: GraphLike, collapsed: Collection[str] = (), scopes: Sequence[str] | None = None) -> Scene:
    """Decide what is drawn. ``scopes`` replaces the graph's own; ``collapsed`` are scope paths to be drawn as one box each."""
    is_leaf = np.asarray(graph.is_leaf, bool)
    source, target = np.asarray(graph.dst, np.int64), np.asarray(graph.src, np.int64)  # forwards: against the gradient
    scene = Scene()
    order = order_of_time(is_leaf, source, target)
    operations = order.tolist()
    scene.groups, group_of_operation = find_groups(operations, graph.scope if scopes is None else scopes, frozenset(collapsed))
    builder = _SceneBuilder(graph, scene)
    box_of_node = np.full(len(is_leaf), -1, np.int64)

    uses = _leaf_uses(is_leaf, source, target)
    users = set(uses)
    leaf_pairs: list[tuple[int, int]] = []
    pill_of_use: dict[tuple[int, int], int] = {}
    box_of_collapsed: dict[int, int] = {}
    for operation, group in zip(operations, group_of_operation, strict=True):
        if scene.groups[group].collapsed:
            box = box_of_collapsed.get(group, -1)
            if box < 0:
                box = box_of_collapsed[group] = builder.add_collapsed(operation, group)
            if operation in users:
                leaf_pairs.extend([(leaf, box) for leaf in uses[operation]])
        else:
            if operation in users:
                for leaf in uses[operation]:
                    pill_of_use[leaf, operation] = pill = builder.add_node(leaf, group)
                    leaf_pairs.append((leaf, pill))
            box = builder.add_node(operation, group)
        box_of_node[operation] = box
    used = np.zeros(len(is_leaf), bool)
    used[source] = True
    for leaf in np.flatnonzero(is_leaf & ~used).tolist():
        leaf_pairs.append((leaf, builder.add_node(leaf, 0)))
    _connect(scene, is_leaf, source, target, box_of_node, pill_of_use)
    _index_nodes(scene, order, box_of_node, leaf_pairs)
    builder.close_groups()
    return scene


def _leaf_uses(is_leaf: NDArray[np.bool_], source: IntArray, target: IntArray) -> dict[int, list[int]]:
    """For each operation that uses leaves: which, each once, in the order of its inputs."""
    uses: dict[int, dict[int, None]] = {}
    used = np.flatnonzero(is_leaf[source])
    for leaf, operation in zip(source[used].tolist(), target[used].tolist(), strict=True):
        uses.setdefault(operation, {})[leaf] = None
    return {operation: list(leaves) for operation, leaves in uses.items()}


def _connect(
    scene: Scene,
    is_leaf: NDArray[np.bool_],
    source: IntArray,
    target: IntArray,
    box_of_node: IntArray,
    pill_of_use: dict[tuple[int, int], int],
) -> None:
    """The edges that are visible, ordered by the boxes they join; parallel ones by their tensor."""
    start = box_of_node[source]
    end = box_of_node[target]
    for edge in np.flatnonzero(is_leaf[source]).tolist():
        start[edge] = pill_of_use.get((int(source[edge]), int(target[edge])), -1)
    visible = np.flatnonzero((start >= 0) & (end >= 0) & (start != end))
    order = np.lexsort((visible, source[visible], end[visible], start[visible]))
    scene.edge = visible[order]
    scene.source, scene.target = start[scene.edge], end[scene.edge]


def _index_nodes(scene: Scene, order: IntArray, box_of_node: IntArray, leaf_pairs: list[tuple[int, int]]) -> None:
    """Which boxes show a node: sorted pairs."""
    leaves = np.array(sorted(set(leaf_pairs)), np.int64).reshape(-1, 2)
    nodes = np.concatenate([order, leaves[:, 0]])
    boxes = np.concatenate([box_of_node[order], leaves[:, 1]])
    sorted_by_node = np.lexsort((boxes, nodes))
    scene.node_of_pair, scene.box_of_pair = nodes[sorted_by_node], boxes[sorted_by_node]


class _SceneBuilder:
    """Appends boxes to a scene."""

    def __init__(self, graph: GraphLike, scene: Scene) -> None:
        self.op, self.variable_name, self.target = graph.op, graph.variable_name, graph.target
        self.is_leaf: list[bool] = np.asarray(graph.is_leaf, bool).tolist()
        self.is_root: list[bool] = np.asarray(graph.is_root, bool).tolist()
        self.is_placeholder: list[bool] = np.asarray(graph.is_placeholder, bool).tolist()
        self.scene = scene
        self.styles: dict[tuple[str, str, BoxKind], tuple[str, str, float]] = {}
        self.tree_number: dict[int, int] = {0: 0}
        scene.tree.append(Group(parent=-1, depth=0, title_width=0.0))

    def add_node(self, node: int, group: int) -> int:
        """A box for one node, in a group that is open; returns its number."""
        if self.is_leaf[node]:
            kind, first, second = BoxKind.LEAF, self.variable_name[node] or self.op[node], ""
        else:
            first, second = self.op[node], self.target[node]
            if self.is_placeholder[node]:
                kind, first = BoxKind.PLACEHOLDER, PLACEHOLDER_LABEL
            else:
                kind = BoxKind.ROOT if self.is_root[node] else BoxKind.OP
        style = self.styles.get((first, second, kind))
        if style is None:
            style = self.styles[first, second, kind] = _style(first, second, kind)
        label, family, width = style
        return self._add(node, label, kind, family, self.scene.groups[group].path, width, BOX_HEIGHT, group)

    def add_collapsed(self, node: int, group: int) -> int:
        """The box of a collapsed group; ``node`` is its first operation."""
        info = self.scene.groups[group]
        count = f" · {info.operations} {'op' if info.operations == 1 else 'ops'}"
        label = shortened(info.name, FONT_SIZE, MAX_LABEL_WIDTH) + count
        width = _room_for(label, FONT_SIZE) + _PADDING[BoxKind.GROUP]
        return self._add(node, label, BoxKind.GROUP, "other", info.path, width, GROUP_BOX_HEIGHT, info.parent)

    def _add(self, node: int, label: str, kind: BoxKind, family: str, path: str, width: float, height: float, group: int) -> int:
        scene = self.scene
        box = len(scene.node)
        home = self.tree_number.get(group)
        if home is None:
            home = self._open(group)
        scene.node.append(node)
        scene.label.append(label)
        scene.kind.append(int(kind))
        scene.family.append(family)
        scene.path.append(path)
        scene.width.append(width)
        scene.height.append(height)
        scene.home.append(home)
        scene.tree[home].items.append(box)
        info = scene.groups[group]
        if info.first_box < 0:
            info.first_box = box
        info.end_box = box + 1
        return box

    def _open(self, group: int) -> int:
        """Give a group, and those around it that have none yet, their places in the tree."""
        missing = []
        while group not in self.tree_number:
            missing.append(group)
            group = self.scene.groups[group].parent
        parent = self.tree_number[group]
        for group in reversed(missing):
            info = self.scene.groups[group]
            number = self.tree_number[group] = len(self.scene.tree)
            title = _room_for(shortened(info.name, TITLE_SIZE, MAX_LABEL_WIDTH), TITLE_SIZE) * 1.06  # set in semi-bold
            title = -(-title // TITLE_STEP) * TITLE_STEP
            self.scene.tree.append(Group(parent, info.depth, title))
            self.scene.tree[parent].items.append(~number)
            parent = number
        return parent

    def close_groups(self) -> None:
        """Let each group's range include those of its children, and keep only groups that have a frame, in the tree's order."""
        groups = self.scene.groups
        for info in reversed(groups[1:]):
            around = groups[info.parent]
            if info.first_box >= 0:
                around.first_box = info.first_box if around.first_box < 0 else min(around.first_box, info.first_box)
                around.end_box = max(around.end_box, info.end_box)
        framed = sorted(self.tree_number.items(), key=lambda pair: pair[1])
        for group, _ in framed:
            groups[group].parent = self.tree_number.get(groups[group].parent, -1)
        self.scene.groups = [groups[group] for group, _ in framed]


def _style(first: str, second: str, kind: BoxKind) -> tuple[str, str, float]:
    """Label, family and width of a node's box."""
    label = f"{first} → {second}" if second else first
    label = shortened(" ".join(label.split()) or "?", FONT_SIZE, MAX_LABEL_WIDTH)
    family = PILL_FAMILY if kind is BoxKind.LEAF else family_of(first)
    return label, family, max(MIN_BOX_WIDTH, _room_for(label, FONT_SIZE) + _PADDING[kind])


def _room_for(text: str, size: float) -> float:
    """Width of a text with every digit as wide as the widest one: so that ``h1.weight`` and ``h2.weight`` share one layout."""
    return text_width(_DIGIT.sub("4", text), size)
