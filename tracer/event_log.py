"""Events on their way to the file: appended one by one, taken out as columns.

This is the form in plain Python, with a list of rows for each type of event; :mod:`.fast_log` is the same, compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from time import perf_counter_ns
from typing import Any

from ..core.events import EVENT_TYPES, Array, NodeCreated, Shape, TensorSaved
from .store.arrays import dtype_name
from .store.interning import Strings
from .store.packing import COMMON_FIELDS, PackedEvents, Row, pack_rows
from .store.schema import EVENT_NUMBER

__all__ = ["EventLog"]

Mark = tuple[int, ...]

_NODE_CREATED, _TENSOR_SAVED = EVENT_NUMBER[NodeCreated], EVENT_NUMBER[TensorSaved]


class EventLog:
    """Events not yet written; ``strings`` is where their texts and shapes are interned.

    Appending is safe in every thread; one thread at a time may ask for what is pending and drop it.
    """

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._rows: tuple[list[Row], ...] = tuple([] for _ in EVENT_TYPES)
        self._next_id = count().__next__
        self.last_id = -1

    def now(self) -> int:
        """What ``perf_counter_ns()`` says."""
        return perf_counter_ns()

    def append(self, number: int, moment: int, thread: int, scope: str, source: int, fields: tuple[Any, ...]) -> int:
        """Add an event of the type with this number, its own fields as :mod:`.store.packing` describes them; returns its id."""
        event_id = self._next_id()
        self._rows[number].append((event_id, moment, thread, scope, source, *fields))
        self.last_id = event_id
        return event_id

    def append_node(
        self,
        moment: int,
        thread: int,
        scope: str,
        source: int,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[Any, ...]],
        variable: int,
        sequence_nr: int,
        grad_mode: bool,
        saved: Sequence[tuple[Any, ...]],
    ) -> int:
        """Add a node that was made and what it saves, both as ``CompactSink`` describes them; returns the node's event id."""
        made = tuple([output if len(output) == 3 else (output[0], *_shape_and_dtype(output[1])) for output in outputs])
        fields = (node, name, tuple(edges), made, variable, sequence_nr, grad_mode)
        event_id = self.append(_NODE_CREATED, moment, thread, scope, source, fields)
        for kept in saved:
            if len(kept) == 5:
                kept = (*kept[:4], *_shape_and_dtype(kept[4]), kept[4].nbytes)
            self.append(_TENSOR_SAVED, moment, thread, scope, source, (node, *kept))
        return event_id

    def clear_text(self, number: int, event_id: int, field: int) -> None:
        """Make the text in a field of the event empty if it is the last one and was not dropped."""
        rows = self._rows[number]
        if event_id == self.last_id and rows and rows[-1][0] == event_id:
            row, place = rows[-1], COMMON_FIELDS + field
            rows[-1] = (*row[:place], "", *row[place + 1 :])

    @property
    def empty(self) -> bool:
        """Whether everything was dropped."""
        return not any(self._rows)

    def pending(self) -> tuple[PackedEvents, Mark]:
        """What is in the log, as columns, and the mark to give to :meth:`drop` when that was written."""
        mark = tuple(len(rows) for rows in self._rows)  # other threads may be appending: take what is there now
        taken = {number: self._rows[number][:size] for number, size in enumerate(mark) if size}
        return pack_rows(taken, self._strings), mark

    def drop(self, mark: Mark) -> None:
        """Forget what :meth:`pending` gave out together with this mark."""
        for rows, size in zip(self._rows, mark, strict=True):
            del rows[:size]


def _shape_and_dtype(array: Array) -> tuple[Shape, str]:
    return array.shape, dtype_name(array.dtype)
