"""Damage and malice: a trace is read as far as it is intact, or refused with a sentence; nothing else ever happens."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core import events as ev
from gradtrace.core.events import EVENT_TYPES, Event
from gradtrace.tracer.store.errors import TraceFormatError
from gradtrace.tracer.store.frames import FILE_MAGIC, FRAME_MAGIC, HEADER_SIZE, FrameType, encode_frame, encode_json
from gradtrace.tracer.store.head import COMMON_NUMBER, OWN_NUMBER, make_head
from gradtrace.tracer.store.reader import read_tables
from gradtrace.tracer.store.tables import Tables

WriteTrace = Callable[..., Path]

HEADER = struct.Struct("<4sHHIIQQQIIII")


def read_everything(path: Path) -> Tables | None:
    """All there is to read of a trace; None when it is refused. Any other exception is a failure of the test."""
    try:
        tables = read_tables(path)
    except TraceFormatError:
        return None
    for event_type in EVENT_TYPES:
        tables.columns(event_type)
    for event in tables.events():
        repr(event)
    for number in range(12):
        tables.value(number)
    for file in tables.source_files:
        tables.source_text(file)
    tables.close()
    return tables


def frames_of(data: bytes | bytearray) -> list[tuple[int, int, int]]:
    """Offset, type and body length of the frames of an intact file."""
    found = []
    offset = len(FILE_MAGIC)
    while offset < len(data):
        fields = HEADER.unpack_from(data, offset)
        found.append((offset, fields[1], fields[7]))
        offset += HEADER_SIZE + fields[7]
    return found


def with_valid_checksums(data: bytearray, offset: int, length: int) -> None:
    """Make the frame at ``offset`` look intact after its body was changed."""
    fields = list(HEADER.unpack_from(data, offset))
    body = bytes(data[offset + HEADER_SIZE : offset + HEADER_SIZE + length])
    fields[4] = zlib.crc32(body[: fields[8]])
    header = HEADER.pack(*fields)[:-4]
    data[offset : offset + HEADER_SIZE] = header + struct.pack("<I", zlib.crc32(header))


def test_damage_in_the_middle_costs_only_that_part(
    tmp_path: Path, write_trace: WriteTrace, many_events: Callable[[int], list[Event]]
) -> None:
    events = many_events(100)
    path = write_trace(tmp_path / "x.gtrace", events, 10)
    data = bytearray(path.read_bytes())
    chunks = [frame for frame in frames_of(data) if frame[1] == FrameType.EVENTS]
    offset, _, length = chunks[4]
    data[offset + HEADER_SIZE + length // 2] ^= 0x40
    path.write_bytes(data)
    tables = read_tables(path)
    assert list(tables.events()) == events[:40] + events[50:]
    assert len(tables) == 100
    assert any("damaged" in problem for problem in tables.problems)
    assert "10 of 100 events could not be read" in tables.problems


@pytest.mark.parametrize("part", ["header", "removed"])
def test_a_lost_frame_boundary_is_found_again(
    tmp_path: Path, write_trace: WriteTrace, many_events: Callable[[int], list[Event]], part: str
) -> None:
    events = many_events(100)
    path = write_trace(tmp_path / "x.gtrace", events, 10)
    data = bytearray(path.read_bytes())
    offset = [frame for frame in frames_of(data) if frame[1] == FrameType.EVENTS][4][0]
    if part == "header":
        data[offset + 9] ^= 1
    else:
        del data[offset + 20 : offset + 90]
    path.write_bytes(data)
    tables = read_tables(path)
    assert list(tables.events()) == events[:40] + events[50:]
    assert tables.problems


def test_every_truncation_leaves_a_prefix(
    tmp_path: Path, write_trace: WriteTrace, many_events: Callable[[int], list[Event]]
) -> None:
    events = many_events(60)
    path = write_trace(tmp_path / "x.gtrace", events, 20)
    data = path.read_bytes()
    for size in range(len(data) - 1, 0, -97):
        path.write_bytes(data[:size])
        tables = read_everything(path)
        if tables is not None:
            got = list(tables.events())
            assert got == events[: len(got)]
            assert any("cut off" in problem for problem in tables.problems)


def test_a_recording_without_an_end_record_says_so(
    tmp_path: Path, write_trace: WriteTrace, many_events: Callable[[int], list[Event]]
) -> None:
    path = write_trace(tmp_path / "x.gtrace", many_events(20), close=False)
    with path.open("ab") as file:
        file.write(path.read_bytes()[8:131])
    (problem,) = read_tables(path).problems
    assert problem.startswith("the recording was cut off")
    assert "the last 123 bytes are incomplete" in problem


def test_lost_definitions_do_not_mix_up_the_rest(tmp_path: Path, every_event: list[Event], write_trace: WriteTrace) -> None:
    path = write_trace(tmp_path / "x.gtrace", every_event, 4)
    data = path.read_bytes()
    definitions = [frame for frame in frames_of(data) if frame[1] in (FrameType.STRINGS, FrameType.SOURCES)]
    known = {text for event in every_event for text in (repr(event),)}
    assert len(definitions) > 4
    for offset, _, length in definitions:
        damaged = bytearray(data)
        damaged[offset + HEADER_SIZE + length - 1] ^= 0xFF
        path.write_bytes(damaged)
        tables = read_everything(path)
        assert tables is not None
        assert tables.problems
        # an event is either as it was, or shows that something was lost; it never shows another's text
        for event in tables.events():
            assert repr(event) in known or "(lost)" in repr(event) or event.source is None or event.source.line == 0


def test_a_damaged_array_is_none_and_a_problem(trace_path: Path) -> None:
    data = bytearray(trace_path.read_bytes())
    offset, _, length = next(frame for frame in frames_of(data) if frame[1] == FrameType.VALUES)
    data[offset + HEADER_SIZE + length - 1] ^= 1
    trace_path.write_bytes(data)
    tables = read_tables(trace_path)
    assert tables.problems == []
    assert tables.value(1) is not None
    assert tables.value(8) is None
    assert tables.problems == ["the recorded array 8 cannot be shown: it is damaged"]


def test_random_damage(tmp_path: Path, every_event: list[Event], write_trace: WriteTrace) -> None:
    rng = random.Random(5)
    path = write_trace(tmp_path / "x.gtrace", every_event, 8)
    original = path.read_bytes()
    intact = {repr(event) for event in every_event}
    for _ in range(200):
        data = bytearray(original)
        kind = rng.randrange(4)
        if kind == 0:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        elif kind == 1:
            for _ in range(16):
                data[rng.randrange(len(data))] = rng.randrange(256)
        elif kind == 2:
            start = rng.randrange(len(data))
            data[start : start + 512] = bytes(len(data[start : start + 512]))
        else:
            start = rng.randrange(len(data))
            del data[start : start + rng.randrange(1, 300)]
        path.write_bytes(data)
        tables = read_everything(path)
        if tables is not None and not any("lost" in problem for problem in tables.problems):
            assert {repr(event) for event in tables.events()} <= intact  # never silently wrong


def test_malicious_changes_with_valid_checksums(tmp_path: Path, every_event: list[Event], write_trace: WriteTrace) -> None:
    rng = random.Random(7)
    path = write_trace(tmp_path / "x.gtrace", every_event, 8)
    original = path.read_bytes()
    frames = frames_of(original)
    for _ in range(300):
        data = bytearray(original)
        offset, _, length = rng.choice(frames)
        for _ in range(rng.choice((1, 1, 3, 20))):
            where = offset + HEADER_SIZE + rng.randrange(min(length, rng.choice((8, 64, 1 << 20))))
            data[where] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        with_valid_checksums(data, offset, length)
        path.write_bytes(data)
        read_everything(path)


def test_malicious_headers(tmp_path: Path, every_event: list[Event], write_trace: WriteTrace) -> None:
    rng = random.Random(9)
    path = write_trace(tmp_path / "x.gtrace", every_event, 8)
    original = path.read_bytes()
    frames = frames_of(original)
    for _ in range(150):
        data = bytearray(original)
        offset, _, length = rng.choice(frames)
        fields = list(HEADER.unpack_from(data, offset))
        changed = rng.choice((1, 2, 3, 5, 6, 7, 8))
        limit = {1: 0xFFFF, 2: 0xFFFF, 3: 0xFFFFFFFF, 8: 0xFFFFFFFF}.get(changed, 2**64 - 1)
        fields[changed] = rng.choice((0, 1, limit, limit // 2 + 1, rng.randrange(20)))
        data[offset : offset + HEADER_SIZE] = HEADER.pack(*fields)
        with_valid_checksums(data, offset, length)
        path.write_bytes(data)
        read_everything(path)


def entry(column: int, codec: int, stored: int, packing: int, count: int, length: int, first: int) -> bytes:
    return struct.pack("<HBBBBHIIq", column, codec, stored, packing, 0, 0, count, length, first)


def hand_made(path: Path, *frames: bytes) -> Path:
    path.write_bytes(FILE_MAGIC + encode_frame(FrameType.HEAD, encode_json(make_head({}))) + b"".join(frames))
    return path


def chunk_of(count: int, more: bytes = b"", more_count: int = 0, kind: int = 12) -> bytes:
    """An EVENTS frame of ``count`` events of one type, every column constant but the ids."""
    entries = [entry(COMMON_NUMBER["kind"], 1, 0, 0, count, 0, kind)]
    differences = zlib.compress(bytes([1]) * (count - 1), 9)
    entries.append(entry(COMMON_NUMBER["id"], 2, 0, 1, count, len(differences), 0))
    table = struct.pack("<I", len(entries) + more_count) + b"".join(entries) + more + differences
    return encode_frame(FrameType.EVENTS, table, count=count)


@pytest.mark.parametrize(("count", "why"), [(5_000_000, "its event ids make no sense"), (200_000_000, "far more data than a file")])
def test_a_small_file_cannot_fill_the_memory(tmp_path: Path, count: int, why: str) -> None:
    bomb = chunk_of(count)
    assert len(bomb) < 200_000
    tables = read_tables(hand_made(tmp_path / "bomb.gtrace", bomb))
    assert len(tables) == 0
    assert any(why in problem for problem in tables.problems)


def read_everything_or_refuse(path: Path) -> Tables | None:
    try:
        return read_tables(path)
    except TraceFormatError:
        return None


def test_a_column_that_claims_to_be_huge_is_left_out(tmp_path: Path) -> None:
    text = OWN_NUMBER[ev.Marked]["text"]
    huge = entry(text, 1, 0, 0, 0xFFFFFFFF, 0, 1)
    tables = read_tables(hand_made(tmp_path / "x.gtrace", chunk_of(5, huge, 1)))
    assert tables.columns(ev.Marked)["text"].tolist() == [0] * 5
    assert any("Marked.text" in problem for problem in tables.problems)


def test_ids_beyond_reason_are_left_out(tmp_path: Path) -> None:
    entries = [entry(COMMON_NUMBER["kind"], 1, 0, 0, 1, 0, 12), entry(COMMON_NUMBER["id"], 1, 0, 0, 1, 0, 2**60)]
    frame = encode_frame(FrameType.EVENTS, struct.pack("<I", 2) + b"".join(entries), count=1)
    tables = read_tables(hand_made(tmp_path / "x.gtrace", frame))
    assert len(tables) == 0
    assert any("make no sense" in problem for problem in tables.problems)


def test_row_lengths_that_lie_are_left_out(tmp_path: Path) -> None:
    numbers = OWN_NUMBER[ev.GradReset]
    lengths = np.array([2**62, 2**62, 2**62, 2**62, 0], "<i8").tobytes()
    more = entry(numbers["tensors.lengths"], 0, 6, 0, 5, len(lengths), 0) + entry(numbers["tensors"], 1, 0, 0, 0, 0, 0)
    frame = chunk_of(5, more, 2, kind=list(OWN_NUMBER).index(ev.GradReset))
    body = bytearray(frame)
    body += lengths
    data = body[HEADER_SIZE:]
    tables = read_tables(hand_made(tmp_path / "x.gtrace", encode_frame(FrameType.EVENTS, bytes(data), count=5)))
    assert len(tables) in (0, 5)
    if len(tables):
        assert tables.columns(ev.GradReset)["tensors"].lengths.tolist() == [0] * 5


def test_repeated_chunks_are_left_out(tmp_path: Path) -> None:
    tables = read_tables(hand_made(tmp_path / "x.gtrace", chunk_of(5), chunk_of(5)))
    assert len(tables) == 5
    assert tables.count(ev.Marked) == 5
    assert any("repeat" in problem for problem in tables.problems)


@pytest.mark.parametrize(
    ("frame_type", "body"),
    [
        (FrameType.STRINGS, b"[" * 100_000),
        (FrameType.STRINGS, b"[1, 2]"),
        (FrameType.STRINGS, b"\xff\xfe"),
        (FrameType.SOURCES, b"[[1, 2, 3, 4, 1e999]]"),
        (FrameType.SOURCES, b"[[1, 2, 3, 4, " + b"9" * 5000 + b"]]"),
        (FrameType.SOURCES, b"[[-1, 1, 1, 1, 1]]"),
        (FrameType.EVENTS, b"\xff\xff\xff\xff"),
        (FrameType.EVENTS, b""),
        (FrameType.VALUES, b"\x04\0\0\0null"),
        (FrameType.VALUES, b"\xff\xff\xff\xff"),
        (FrameType.SOURCE_TEXT, b"\x02\0\0\0[]"),
        (FrameType.END, b"7"),
    ],
)
def test_nonsense_in_a_frame_is_a_problem(tmp_path: Path, frame_type: FrameType, body: bytes) -> None:
    path = hand_made(tmp_path / "x.gtrace", encode_frame(frame_type, body, first=1), chunk_of(3))
    tables = read_tables(path)
    assert len(tables) == 3
    assert any("left out" in problem for problem in tables.problems)


@pytest.mark.parametrize("head", [[], {}, {"format": "gradtrace"}, {**make_head({}), "schema": {"common": 3, "events": {}}}])
def test_nonsense_in_the_header_is_refused(tmp_path: Path, head: object) -> None:
    path = tmp_path / "x.gtrace"
    path.write_bytes(FILE_MAGIC + encode_frame(FrameType.HEAD, encode_json(head)))
    with pytest.raises(TraceFormatError):
        read_tables(path)


def test_arrays_of_dangerous_types_are_refused(tmp_path: Path) -> None:
    directory = [
        [1, "object", [1], 0, 8, 0],
        [2, "float32", [2**40, 2**40], 0, 8, 0],
        [3, "|O", [], 0, 8, 0],
        [4, "bool", [8], 0, 8, 0],
    ]
    data = b"\x02" * 8
    for item in directory:
        item[5] = zlib.crc32(data)
    text = encode_json(directory)
    body = struct.pack("<I", len(text)) + text + data
    frame = encode_frame(FrameType.VALUES, body, count=4, checked=len(body) - 8)
    tables = read_tables(hand_made(tmp_path / "x.gtrace", frame))
    assert [tables.value(number) for number in range(1, 5)] == [None] * 4
    assert len(tables.problems) == 5  # and the missing end record


def test_many_false_frame_starts_do_not_take_forever(tmp_path: Path, write_trace: WriteTrace, every_event: list[Event]) -> None:
    path = write_trace(tmp_path / "x.gtrace", every_event)
    with path.open("ab") as file:
        header = bytearray(encode_frame(FrameType.STRINGS, b"")[:HEADER_SIZE])
        fields = list(HEADER.unpack(header))
        fields[7] = fields[8] = 1_000_000
        unsigned = HEADER.pack(*fields)[:-4]
        file.write((unsigned + struct.pack("<I", zlib.crc32(unsigned))) * 30_000 + FRAME_MAGIC)
    assert read_everything_or_refuse(path) is None  # refused once the effort is out of proportion
