"""The traces that share the window: which there are, which is on show, and how one moment is found again in another of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..tracer.model import GraphArrays, Pass, Trace
from ..tracer.model.comparison import Fact
from ..tracer.ranks import short_names
from ..tracer.replay import Cursor

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class OpenTraces:
    """The traces that share the window, in order; ``current`` is the one on show. Those not looked at yet may still be unread."""

    names: tuple[str, ...] = ()
    paths: tuple[Path | None, ...] = ()
    current: int = 0
    loaded: Mapping[int, Trace] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    """What they have in common and where they part, once all are read."""

    @classmethod
    def of_files(cls, paths: Sequence[Path], current: int, trace: Trace) -> OpenTraces:
        """The traces in these files, of which one is loaded and shown."""
        return cls(tuple(short_names(paths)), tuple(paths), current, {current: trace})

    @classmethod
    def of_trace(cls, trace: Trace) -> OpenTraces:
        """A single trace."""
        return cls((trace.path.name if trace.path is not None else "",), (trace.path,), 0, {0: trace})

    def __len__(self) -> int:
        return len(self.names)

    def with_loaded(self, number: int, trace: Trace) -> OpenTraces:
        """The same, and this trace is read."""
        return replace(self, loaded={**self.loaded, number: trace})

    def unread(self) -> Iterator[tuple[int, Path]]:
        """Number and file of each trace that is not read yet."""
        return ((number, path) for number, path in enumerate(self.paths) if number not in self.loaded and path is not None)


def counterparts(one: GraphArrays, other: GraphArrays) -> Ids:
    """For each node of ``one`` the index in ``other`` of the node that does the same there, or -1; int64[n].

    That is the node of the same name, scope and variable; among several of the same the one with the same place among them.
    """
    if one.name == other.name and one.scope == other.scope:
        return np.arange(len(one), dtype=np.int64)
    index_of = {key: index for index, key in enumerate(_keys(other))}
    return np.array([index_of.get(key, -1) for key in _keys(one)], np.int64)


def _keys(arrays: GraphArrays) -> Iterator[tuple[str, str, str, int]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for key in zip(arrays.name, arrays.scope, arrays.variable_name, strict=True):
        seen[key] += 1
        yield (*key, seen[key])


def node_there(one: GraphArrays, other: GraphArrays, partner: Ids, node: int) -> int:
    """The id in ``other`` of the node that does what ``node`` does in ``one``; 0 when there is none."""
    index = one.index(node) if node else -1
    return int(other.node[partner[index]]) if index >= 0 and partner[index] >= 0 else 0


def moment_there(cursor: Cursor, other: Pass, partner: Ids) -> int:
    """The event of ``other`` at which as much has happened as at the cursor: the same node has begun, as many events ago."""
    pass_, position = cursor.pass_, cursor.position
    if cursor.at_end:
        return other.last
    began, began_there = _beginnings(pass_), _beginnings(other)
    in_both = (partner >= 0) & (began_there[partner] >= 0) if len(began_there) else np.zeros(len(began), np.bool_)
    candidates = np.flatnonzero(in_both & (began >= 0) & (began <= position))
    if not len(candidates):
        start, passed = other.first, position - pass_.first
    else:
        last = int(candidates[np.argmax(began[candidates])])
        there = int(partner[last])
        start, passed = int(began_there[there]), position - int(began[last])
        if position == pass_.arrays.finished[last] and other.arrays.finished[there] >= 0:
            return int(other.arrays.finished[there])
    later = began_there[began_there > start]
    return min(start + passed, int(later.min()) - 1 if later.size else other.last)


def _beginnings(pass_: Pass) -> Ids:
    """The event at which each node begins: to run, or to exist where no pass is shown; -1 for never."""
    return np.asarray(pass_.arrays.created if pass_.is_forward else pass_.arrays.started, np.int64)
