"""What marks say about the recording itself: what it does not cover, and the names of threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...core.events import Marked, SourcePosition
from ..marks import NOT_COVERED, THREAD
from ..message import Message, recognised
from ..stored_sentences import NOT_COVERED as SENTENCES

if TYPE_CHECKING:
    from .trace import Trace

__all__ = ["NotCovered", "not_covered", "sentence_not_covered", "thread_names"]


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Something the program did that the recording does not cover: a stable ``key``, a sentence, and where it was met first."""

    key: str
    text: Message
    event: int
    source: SourcePosition | None


def not_covered(trace: Trace) -> tuple[NotCovered, ...]:
    """What the recording does not cover, of what the program did; in the order in which it was met."""
    found = []
    for mark in _marks(trace, NOT_COVERED):
        key, text = sentence_not_covered(mark)
        found.append(NotCovered(key, text, mark.id, mark.source))
    return tuple(found)


def sentence_not_covered(mark: Marked) -> tuple[str, Message]:
    """Key and sentence of a mark of that kind."""
    key, _, text = mark.text.partition(": ")
    return key, recognised(text, SENTENCES)


def thread_names(trace: Trace) -> Mapping[int, str]:
    """The names of threads that began while recording, by the number that events have."""
    return {mark.thread: mark.text for mark in _marks(trace, THREAD)}


def _marks(trace: Trace, kind: str) -> Iterator[Marked]:
    log = trace.events
    for row, event_id in enumerate(log.ids(Marked)):
        if log.field(Marked, "kind", row) == kind:
            event = log[int(event_id)]
            assert isinstance(event, Marked)
            yield event
