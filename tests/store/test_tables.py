"""Columns in memory: what goes in comes out, and the columns say what their description promises."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from gradtrace.core import events as ev
from gradtrace.core.events import EVENT_TYPES, Edge, Event
from gradtrace.tracer.store.ragged import Ragged
from gradtrace.tracer.store.schema import SCHEMAS
from gradtrace.tracer.store.tables import LOST, Tables


def test_every_event_type_comes_back_as_it_was(every_event: list[Event]) -> None:
    assert {type(event) for event in every_event} == set(EVENT_TYPES)
    tables = Tables.from_events(every_event)
    assert repr(list(tables.events())) == repr(every_event)  # repr: a NaN equals nothing, -0.0 equals 0.0
    assert tables.problems == []


def test_order_of_events_does_not_matter(every_event: list[Event]) -> None:
    tables = Tables.from_events(every_event[::-1])
    assert repr(list(tables.events())) == repr(every_event)


def test_columns_of_a_node(every_event: list[Event]) -> None:
    tables = Tables.from_events(every_event)
    columns = tables.columns(ev.NodeCreated)
    assert columns["id"].tolist() == [4, 5]
    assert columns["node"].tolist() == [1, 2]
    assert columns["node"].dtype == np.int64
    assert tables.texts(columns["name"]) == ["AccumulateGrad", "SplitBackward0"]
    assert columns["edges.node"].lengths.tolist() == [0, 3]
    assert columns["edges.node"][1].tolist() == [1, 0, 1]
    assert columns["edges.input_nr"][-1].tolist() == [0, 0, 2]
    assert [tables.shape(number) for number in columns["outputs.shape"][1].tolist()] == [(2, 0), ()]
    assert tables.texts(columns["outputs.dtype"][1]) == ["float32", "int64"]
    assert columns["grad_mode"].tolist() == [True, False]
    assert tables.text(columns["scope"][1]) == "net/0/☃"


def test_columns_of_a_gradient_say_what_is_absent(every_event: list[Event]) -> None:
    columns = Tables.from_events(every_event).columns(ev.GradientFlowed)
    assert columns["gradient.present"].tolist() == [True, False]
    assert columns["gradient.counted"].tolist() == [False, False]
    assert np.isnan(columns["gradient.norm"]).all()
    fired = Tables.from_events(every_event).columns(ev.HookFired)
    assert fired["before.neg_inf"].tolist() == [3, 0]
    assert fired["before.max"][0] == math.inf


def test_a_type_without_events_has_empty_columns() -> None:
    tables = Tables.from_events([])
    assert len(tables) == 0
    columns = tables.columns(ev.BackwardStarted)
    assert len(columns["pass_"]) == 0
    assert len(columns["roots.node"]) == 0
    assert columns["retain_graph"].dtype == np.bool_


def test_every_type_has_a_schema_covering_its_fields() -> None:
    for event_type in EVENT_TYPES:
        assert [field.name for field in SCHEMAS[event_type].fields] == list(ev.own_fields(event_type))


def test_missing_ids_are_lost_events() -> None:
    tables = Tables.from_events([ev.Marked(id=0, text="a"), ev.Marked(id=3, text="b")])
    assert tables.kind.tolist().count(LOST) == 2
    assert type(tables.event(1)) is Event
    assert tables.event(1).id == 1
    assert [event.id for event in tables.events()] == [0, 3]
    assert tables.ids(ev.Marked).tolist() == [0, 3]
    assert tables.count(ev.Marked) == 2
    with pytest.raises(IndexError, match="events 0 to 3"):
        tables.event(4)


@pytest.mark.parametrize("ids", [(1, 1), (-1, 0)])
def test_impossible_ids_are_refused(ids: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="distinct"):
        Tables.from_events([ev.Marked(id=number, text="") for number in ids])


def test_values_and_sources_of_hand_made_events() -> None:
    tables = Tables.from_events([], values={4: np.ones(2)}, source_texts={"/a.py": "x = 1"})
    value = tables.value(4)
    assert value is not None
    assert value.tolist() == [1, 1]
    assert tables.value(0) is None
    assert tables.source_text("/a.py") == "x = 1"
    assert tables.source_text("/b.py") is None


def test_a_table_is_built_once(many_events: Callable[[int], list[Event]]) -> None:
    tables = Tables.from_events(many_events(30))
    assert tables.columns(ev.NodeCreated) is tables.columns(ev.NodeCreated)
    assert tables.event(3) == ev.NodeCreated(id=3, node=2, name="MulBackward0", edges=(Edge(1, 0), Edge(2, 1)), time=3)


def test_ragged_rows() -> None:
    ragged = Ragged.from_rows([[1, 2], [], [3]], np.dtype(np.int64))
    assert [row.tolist() for row in ragged] == [[1, 2], [], [3]]
    assert ragged.rows.tolist() == [0, 0, 2]
    assert ragged.positions.tolist() == [0, 1, 0]
    order = np.array([2, 0, 0])
    assert [row.tolist() for row in ragged.take(order)] == [[3], [1, 2], [1, 2]]
    for lengths in ([1, 1], [-1, 4], [2**62, 2**62]):
        with pytest.raises(ValueError, match="row"):
            Ragged.from_lengths(np.array(lengths), np.arange(3))
