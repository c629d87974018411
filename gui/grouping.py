"""Which groups of a large graph to draw closed at first, so that what one sees can be read. Knows no widget."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from ..tracer.model import GraphArrays

LARGE = 400
"""A drawing with more boxes than this opens with groups closed."""
READABLE = 60
"""Groups are opened as long as there are no more boxes than this."""


def prefixes(scope: str) -> list[str]:
    """A scope and those around it, outermost first: ``a/b`` gives ``a``, ``a/b``."""
    parts = scope.split("/") if scope else []
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def all_groups(arrays: GraphArrays) -> frozenset[str]:
    """Every scope of a graph, those around other scopes included."""
    return frozenset(path for scope in set(arrays.scope) for path in prefixes(scope))


def closed_at_first(arrays: GraphArrays, keep_open: Iterable[str] = ()) -> frozenset[str]:
    """The groups to draw closed when a graph is first shown; none for a graph of at most :data:`LARGE` boxes.

    Everything is closed but for groups that fit on a screen when opened, the largest first, and those in ``keep_open``.
    """
    boxes = _boxes_by_scope(arrays)
    groups = all_groups(arrays)
    if not groups or sum(boxes.values()) <= LARGE:
        return frozenset()
    children: dict[str, set[str]] = defaultdict(set)
    size: Counter[str] = Counter()
    for scope, count in boxes.items():
        around = prefixes(scope)
        size.update(dict.fromkeys(around, count))
        for outer, inner in zip(["", *around], around, strict=False):
            children[outer].add(inner)
    opened = set(keep_open) & groups
    shown = boxes[""] + len(children[""]) + sum(boxes[path] + len(children[path]) - 1 for path in opened)
    closed = {path for outer in ["", *opened] for path in children[outer]} - opened
    while True:
        fitting = [path for path in closed if shown + boxes[path] + len(children[path]) - 1 <= READABLE]
        if not fitting:
            return groups - opened
        best = max(fitting, key=lambda path: (size[path], path))
        shown += boxes[best] + len(children[best]) - 1
        opened.add(best)
        closed.remove(best)
        closed |= children[best]


def _boxes_by_scope(arrays: GraphArrays) -> Counter[str]:
    """How many boxes stand directly in each scope: one for each operation, and a pill for each use of a leaf."""
    uses = np.bincount(arrays.src[arrays.is_leaf[arrays.dst]], minlength=len(arrays)) if len(arrays.src) else np.zeros(len(arrays))
    count = np.where(arrays.is_leaf, 0, 1 + uses).astype(int)
    boxes: Counter[str] = Counter()
    for scope, own in zip(arrays.scope, count.tolist(), strict=True):
        boxes[scope] += own
    return boxes
