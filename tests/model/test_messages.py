"""Messages: sentences that keep their parts, and those that files hold in English, taken apart again."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core.events import NodeStarted
from gradtrace.tracer.copies import ArrayCopies
from gradtrace.tracer.message import Message, clauses, listed, plural, recognised, remarks, sentences
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.comparison import compare
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.record import mark, record, step
from gradtrace.tracer.selection import gap_text, select_steps
from gradtrace.tracer.store.errors import TraceFormatError
from gradtrace.tracer.store.reader import TraceReader
from gradtrace.tracer.stored_sentences import GAPS, NOT_COVERED, NOTES, PICKED, REASONS, STEPS


def parts(text: str) -> list[str]:
    """Every template in a message; fails at a text that is none."""
    assert isinstance(text, Message), text
    return [text.template, *(each for value in text.values.values() if isinstance(value, Message) for each in parts(value))]


def test_message_is_its_english_sentence() -> None:
    text = Message("{op} wrote {tensor}.", op="mul_", tensor=Message("a tensor"))
    assert text == "mul_ wrote a tensor."
    assert text.template == "{op} wrote {tensor}."
    assert dict(text.values) == {"op": "mul_", "tensor": "a tensor"}
    assert json.dumps({"text": text}) == '{"text": "mul_ wrote a tensor."}'
    assert type(str(text)) is str


def test_copies_are_messages_too() -> None:
    text = copy.deepcopy(sentences(Message("It has {count}.", count=2), Message("Look.")))
    assert isinstance(text, Message)
    assert text == "It has 2. Look."
    assert copy.copy(text).template == text.template


def test_values_are_exchanged_at_any_depth() -> None:
    inner = Message("Nothing was computed from {it}.", it=Message("it"))
    assert sentences("So.", inner).with_values(it="them") == "So. Nothing was computed from them."


def test_braces_in_a_complete_text_stay() -> None:
    assert Message.plain("a {dict} of {}") == "a {dict} of {}"
    assert Message("{text}", text="{x}") == "{x}"


def test_putting_together() -> None:
    assert sentences("One.", "", "Two.") == "One. Two."
    assert clauses("one", "two") == "one; two"
    assert remarks("one", "two") == "one, two"
    assert listed(["w", "b", "c"]) == "w, b, c"
    assert (sentences(), clauses(), remarks(), listed([])) == ("", "", "", "")
    assert [plural(count, "{count} node", "{count} nodes") for count in (1, 2)] == ["1 node", "2 nodes"]


@pytest.mark.parametrize("case", CASES)
def test_all_that_is_said_of_a_trace_is_made_of_messages(case: str) -> None:
    trace = Trace.from_events(CASES[case]())
    for finding in trace.findings():
        assert parts(finding.title)
        assert parts(finding.detail)
    assert all(parts(trace.describe(event)) for event in range(len(trace.events)))
    for fact in compare([trace, Trace.from_events(CASES["two_steps"]())], ["rank 0", "rank 1"]):
        assert parts(fact.about)
        assert parts(fact.text)


def test_reason_of_a_node_is_taken_apart() -> None:
    trace = Trace.from_events([NodeStarted(id=0, pass_=1, node=1, reason="root; highest sequence number among the 3 ready nodes")])
    assert REASONS[0] in parts(trace.describe(0))
    assert REASONS[-1] in parts(trace.describe(0))


# ------------------------------------------------------------------------------------------------ sentences out of files
def test_notes_of_the_recorder_are_recognised() -> None:
    copies = ArrayCopies(8, 12)
    for numbers in ([1.0], [2.0], [1.0, 2.0]):
        copies.keep(np.array(numbers))
    for note in copies.notes():
        found = recognised(str(note), NOTES)
        assert found == note
        assert found.template in NOTES
    assert len(copies.notes()) == 2


def test_selected_steps_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "run.gtrace"
    with record(path, steps="1,3"):
        for number in range(5):
            step()
            mark(f"now {number}")
    trace = Trace.load(path)
    assert trace.selection is not None
    assert parts(trace.selection.text)[0] == "steps {numbers}"
    assert [note.template for note in trace.notes if isinstance(note, Message)] == [
        "{count} of {total} steps were recorded: {which}; asked for: {selection}"
    ]
    assert {parts(one.label)[0] for one in trace.steps} == {STEPS[0]}
    trace.close()


def test_sentences_of_other_writers_are_recognised() -> None:
    assert recognised(gap_text(3, 3), GAPS).template == GAPS[0]
    assert recognised(gap_text(3, 9), GAPS).template == GAPS[1]
    assert recognised(select_steps(bool).text, PICKED).template == PICKED[0]
    version = recognised("PyTorch 2.0 has no _x and no _y: saved tensors are not recorded", NOT_COVERED)
    assert dict(version.values) == {"version": "2.0", "names": "_x and no _y", "lost": "saved tensors are not recorded"}
    assert recognised("something else: {}", NOTES) == "something else: {}"


def test_unreadable_files_say_why_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "none.gtrace"
    path.write_bytes(b"")
    with pytest.raises(TraceFormatError) as raised:
        TraceReader(path)
    assert raised.value.message.template == "{path} is empty; the recording never began"
    assert TraceFormatError("it is damaged").message.template == "it is damaged"


def test_cut_off_files_say_so_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "cut.gtrace"
    with record(path):
        mark("here")
    path.write_bytes(path.read_bytes()[:-7])
    with Trace.load(path) as trace:
        assert all(parts(problem) for problem in trace.problems)
        assert trace.problems
