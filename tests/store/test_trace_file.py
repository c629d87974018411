"""Writing a trace and reading it back."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core import events as ev
from gradtrace.core.events import EVENT_TYPES, Array, Event
from gradtrace.tracer.store import head as head_module
from gradtrace.tracer.store import writer as writer_module
from gradtrace.tracer.store.encoding import decode_column, encode_table, read_directory
from gradtrace.tracer.store.errors import TraceFormatError, TraceWriteError
from gradtrace.tracer.store.frames import FILE_MAGIC, FRAME_MAGIC, Budget, FrameType, encode_frame, encode_json
from gradtrace.tracer.store.head import make_head
from gradtrace.tracer.store.reader import TraceReader, read_tables
from gradtrace.tracer.store.schema import ColumnKind
from gradtrace.tracer.store.tables import LOST, Tables
from gradtrace.tracer.store.writer import TraceWriter

WriteTrace = Callable[..., Path]


# ------------------------------------------------------------------------------------------------------------ round trip
def test_every_event_type_survives_the_file(trace_path: Path, every_event: list[Event]) -> None:
    tables = read_tables(trace_path)
    assert repr(list(tables.events())) == repr(every_event)
    assert tables.problems == []
    assert tables.notes == ["a note"]
    assert tables.header["level"] == "values"


def test_a_file_and_its_events_give_the_same_columns(trace_path: Path, every_event: list[Event]) -> None:
    from_file, from_events = read_tables(trace_path), Tables.from_events(every_event)
    for event_type in EVENT_TYPES:
        one, other = from_file.columns(event_type), from_events.columns(event_type)
        assert one.keys() == other.keys()
        for name, values in one.items():
            assert type(values) is type(other[name])
            if isinstance(values, np.ndarray):
                assert values.dtype == other[name].dtype
                assert len(values) == len(other[name])


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_chunks_of_any_size(tmp_path: Path, write_trace: WriteTrace, many_events: Callable[[int], list[Event]], batch: int) -> None:
    events = many_events(200)
    tables = read_tables(write_trace(tmp_path / "many.gtrace", events, batch))
    assert list(tables.events()) == events
    assert tables.problems == []


def test_arrays_come_back_bit_for_bit(trace_path: Path, arrays: list[Array]) -> None:
    tables = read_tables(trace_path)
    for number, array in enumerate(arrays, start=1):
        value = tables.value(number)
        assert value is not None
        assert value.shape == array.shape
        assert value.dtype == array.dtype.newbyteorder("=")
        assert value.tobytes() == array.astype(value.dtype).tobytes()
    assert tables.value(len(arrays) + 1) is None


def test_source_text(trace_path: Path) -> None:
    tables = read_tables(trace_path)
    assert tables.source_files == ["/home/ö/train\udcff.py"]
    assert tables.source_text(tables.source_files[0]) == "import gradtrace  # ☃\n"
    assert tables.source_text("/elsewhere.py") is None


def test_events_of_several_threads_may_come_late(tmp_path: Path, many_events: Callable[[int], list[Event]]) -> None:
    events = many_events(60)
    writer = TraceWriter(tmp_path / "threads.gtrace")
    late = events[20:40:2]
    writer.write_events([event for event in events[:40] if event not in late])
    writer.write_events(late + events[40:])
    writer.close()
    tables = read_tables(tmp_path / "threads.gtrace")
    assert list(tables.events()) == events
    assert tables.problems == []
    for event_type in (ev.NodeCreated, ev.GradientFlowed):
        assert (np.diff(tables.columns(event_type)["id"]) > 0).all()


def test_an_empty_recording(tmp_path: Path) -> None:
    TraceWriter(tmp_path / "none.gtrace").close()
    tables = read_tables(tmp_path / "none.gtrace")
    assert len(tables) == 0
    assert tables.problems == []


def test_repeated_structure_is_small(tmp_path: Path, many_events: Callable[[int], list[Event]]) -> None:
    events = many_events(6000)
    path = tmp_path / "many.gtrace"
    writer = TraceWriter(path)
    start = path.stat().st_size
    writer.write_events(events)
    assert (path.stat().st_size - start) / len(events) < 6  # bytes


def test_columns_are_read_only_when_asked_for(trace_path: Path) -> None:
    tables = read_tables(trace_path)
    tables.close()
    assert tables.count(ev.Marked) == 1
    tables.columns(ev.Marked)
    assert any("left out" in problem for problem in tables.problems)


def test_reading_from_several_threads(tmp_path: Path, write_trace: WriteTrace, many_events: Callable[[int], list[Event]]) -> None:
    events = many_events(3000)
    path = write_trace(tmp_path / "many.gtrace", events, 500)
    tables = read_tables(path)
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(list(tables.events()) == events)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 3


# ------------------------------------------------------------------------------------------------------------- encoding
@pytest.mark.parametrize(
    "integers",
    [
        [],
        [0],
        [-(2**63), 2**63 - 1, 0],
        [7] * 100,
        list(range(1000)),
        list(range(2**40, 2**40 + 500, 3)),
        [0, 255, 3],
        [-1, 2**31],
        [0, 2**32 - 1, 5],
    ],
)
def test_integer_columns(integers: list[int]) -> None:
    values = np.array(integers, np.int64)
    table = encode_table([(3, values)])
    (entry,) = read_directory(table)
    data = table[entry.offset : entry.offset + entry.length]
    decoded = decode_column(entry, data, ColumnKind.INT, Budget(1 << 20))
    assert decoded.dtype == np.int64
    assert decoded.tolist() == integers


@pytest.mark.parametrize("floats", [[], [np.nan] * 4, [0.5, np.inf, -np.inf, np.nan, -0.0], [0.1, 1e300, 5e-324], [1e39, 1.0]])
def test_float_columns_keep_every_bit(floats: list[float]) -> None:
    values = np.array(floats, np.float64)
    table = encode_table([(3, values)])
    (entry,) = read_directory(table)
    data = table[entry.offset : entry.offset + entry.length]
    decoded = decode_column(entry, data, ColumnKind.FLOAT, Budget(1 << 20))
    assert decoded.dtype == np.float64
    assert decoded.tobytes() == values.tobytes()


# ------------------------------------------------------------------------------------------------------- other versions
def hand_made_file(path: Path, head: object, *frames: bytes) -> Path:
    end = encode_frame(FrameType.END, encode_json({"events": 0}))
    path.write_bytes(FILE_MAGIC + encode_frame(FrameType.HEAD, encode_json(head)) + b"".join(frames) + end)
    return path


def test_a_newer_major_version_is_refused(tmp_path: Path) -> None:
    path = hand_made_file(tmp_path / "new.gtrace", {**make_head({}), "version": [2, 0]})
    with pytest.raises(TraceFormatError, match=r"version 2\.0.*newer gradtrace"):
        read_tables(path)


def test_an_unknown_required_feature_is_refused(tmp_path: Path) -> None:
    path = hand_made_file(tmp_path / "new.gtrace", {**make_head({}), "incompat": ["holograms"]})
    with pytest.raises(TraceFormatError, match="holograms"):
        read_tables(path)


def test_a_newer_minor_version_with_more_of_everything_is_read(tmp_path: Path) -> None:
    head = {**make_head({}), "version": [1, 9], "compat": ["holograms"]}
    head["schema"]["events"]["Teleported"] = {"number": 40, "columns": [[900, "where", "text", ""]]}
    head["schema"]["events"]["Marked"]["columns"].append([901, "colour", "tetrachromatic", ""])
    numbers = {name: number for number, name, *_ in head["schema"]["common"]}
    marked = {name: number for number, name, *_ in head["schema"]["events"]["Marked"]["columns"]}
    three = np.arange(3)
    table = encode_table(
        [
            (numbers["kind"], np.array([12, 40, 12])),
            (numbers["id"], three),
            *((numbers[name], three * 0) for name in ("time", "thread", "scope", "source")),
            (marked["text"], np.array([1, 1])),
            (marked["colour"], np.array([0.5, 0.25])),
            (900, np.array([1])),
            (999, three),
        ]
    )
    path = hand_made_file(
        tmp_path / "new.gtrace",
        head,
        encode_frame(FrameType.STRINGS, encode_json(["hello"]), count=1, first=1, last=1),
        encode_frame(77, b"from the future"),  # type: ignore[arg-type]
        encode_frame(FrameType.EVENTS, table, count=3, last=2),
    )
    tables = read_tables(path)
    # the column "kind" is missing, and so has its default
    assert list(tables.events()) == [ev.Marked(id=0, text="hello", kind=""), ev.Marked(id=2, text="hello", kind="")]
    assert tables.kind[1] == LOST
    assert tables.problems == ["events of types that only a newer gradtrace knows were left out: 1 (Teleported)"]


def test_an_older_file_without_a_column_gets_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every_number = head_module.OWN_NUMBER
    shorter = {kind: dict(numbers) for kind, numbers in every_number.items()}
    event = ev.NodeCreated(id=0, node=3, name="X", edges=(ev.Edge(1, 0),), variable=5)
    error = ev.ErrorRaised(id=1, type="E", message="m", cause=0)
    path = tmp_path / "old.gtrace"
    with monkeypatch.context() as patched:
        head = make_head({})
        left_out = [("NodeCreated", "edges.input_nr"), ("NodeCreated", "outputs.lengths"), ("ErrorRaised", "cause")]
        for type_name, column_name in left_out:
            description = head["schema"]["events"][type_name]
            description["columns"] = [column for column in description["columns"] if column[1] != column_name]
        patched.setattr(writer_module, "make_head", lambda header: head)
        writer = TraceWriter(path)
        writer.write_events([event, error])
        writer.close()
    assert shorter == {kind: dict(numbers) for kind, numbers in every_number.items()}
    tables = read_tables(path)
    node, raised = tables.event(0), tables.event(1)
    assert isinstance(node, ev.NodeCreated)
    assert node.edges == (ev.Edge(1, 0),)  # the missing half is 0
    assert (node.outputs, node.variable) == ((), 5)
    assert isinstance(raised, ev.ErrorRaised)
    assert raised.cause == -1  # the default of the event's field


def test_a_copy_of_the_header_saves_a_trace_whose_header_is_damaged(trace_path: Path, every_event: list[Event]) -> None:
    data = bytearray(trace_path.read_bytes())
    data[200] ^= 1
    trace_path.write_bytes(data)
    tables = read_tables(trace_path)
    assert repr(list(tables.events())) == repr(every_event)
    assert any("damaged" in problem for problem in tables.problems)


def test_the_header_can_be_read_by_people(trace_path: Path) -> None:
    data = trace_path.read_bytes()
    start = data.index(b"{")
    head, _ = json.JSONDecoder().raw_decode(data[start:].decode("latin-1"))
    assert head["format"] == "gradtrace"
    assert [column[1] for column in head["schema"]["events"]["SavedFreed"]["columns"]] == ["pass_", "node"]


# --------------------------------------------------------------------------------------------------------- bad places
def test_unwritable_places_say_why_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TraceWriteError, match="create the folder first"):
        TraceWriter(tmp_path / "none" / "a.gtrace")
    with pytest.raises(TraceWriteError, match="folder"):
        TraceWriter(tmp_path)
    (tmp_path / "train.py").write_text("precious = True")
    with pytest.raises(TraceWriteError, match="not a trace") as caught:
        TraceWriter(tmp_path / "train.py")
    assert caught.value.path == tmp_path / "train.py"
    assert caught.value.hint
    assert (tmp_path / "train.py").read_text() == "precious = True"


def test_a_window_that_shows_the_old_trace_is_not_disturbed(trace_path: Path, every_event: list[Event]) -> None:
    old = read_tables(trace_path)
    TraceWriter(trace_path).close()
    assert repr(list(old.events())) == repr(every_event)
    assert len(read_tables(trace_path)) == 0


@pytest.mark.parametrize("short", [0, 11])
def test_a_full_disk_leaves_a_readable_file(
    tmp_path: Path, many_events: Callable[[int], list[Event]], monkeypatch: pytest.MonkeyPatch, short: int
) -> None:
    events = many_events(40)
    path = tmp_path / "full.gtrace"
    writer = TraceWriter(path)
    writer.write_events(events[:20])
    size = path.stat().st_size
    room = [short]
    real_write = os.write

    def write(descriptor: int, data: memoryview) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken, room[0] = room[0], 0
        return real_write(descriptor, data[:taken])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        with pytest.raises(TraceWriteError, match="No space left"):
            writer.write_events(events[20:])
    assert path.stat().st_size == size
    assert writer.closed
    with pytest.raises(TraceWriteError, match="closed"):
        writer.write_events(events[20:])
    tables = read_tables(path)
    assert list(tables.events()) == events[:20]
    assert tables.problems == ["the recording was cut off, or is still being written: there is no end record"]


def test_files_that_are_no_traces(tmp_path: Path) -> None:
    path = tmp_path / "x.gtrace"
    cases = {b"": "empty", b"PK\3\4 zip": "not a gradtrace trace", FILE_MAGIC: "no readable header", FILE_MAGIC[:5]: "not a"}
    for data, sentence in cases.items():
        path.write_bytes(data)
        with pytest.raises(TraceFormatError, match=sentence):
            read_tables(path)
    with pytest.raises(TraceFormatError, match="No such file"):
        read_tables(tmp_path / "missing.gtrace")
    with pytest.raises(TraceFormatError, match=r"folder|directory"):
        read_tables(tmp_path)


def test_a_trace_can_be_read_while_it_is_written(tmp_path: Path, many_events: Callable[[int], list[Event]]) -> None:
    events = many_events(50)
    writer = TraceWriter(tmp_path / "live.gtrace")
    writer.write_events(events[:30])
    assert list(read_tables(tmp_path / "live.gtrace").events()) == events[:30]
    writer.write_events(events[30:])
    writer.close()
    assert list(read_tables(tmp_path / "live.gtrace").events()) == events


def test_a_frame_inside_recorded_data_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "frames.gtrace"
    writer = TraceWriter(path)
    writer.write_events([ev.Marked(id=0, text=(FRAME_MAGIC * 20).decode("latin-1"))])
    writer.write_source_text("/a.py", "text")
    writer.close()
    reader = TraceReader(path)
    assert reader.tables.problems == []
    assert reader.tables.source_text("/a.py") == "text"
    reader.close()
