"""The filter line of the events table: words to a rule, a rule to event ids. Knows no widget.

The line holds words separated by spaces; an event must satisfy all of them:

* the name of a kind or group (``hook``, ``error``, ``NodeFinished``) keeps those kinds; several such words add up;
* ``-word`` leaves out what ``word`` would keep;
* ``/regular expression/`` must match the event's text (case does not matter);
* any other word must occur in the event's text, its source file and line, or its scope.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..core.events import EVENT_TYPE_BY_NAME, EVENT_TYPES, Event
from ..tracer.model import Trace
from ..tracer.model.text import source_text
from .event_kinds import GROUPS, types_of
from .translation import spoken

CHECK_EVERY = 256
FIRST_REPORT_S, REPORT_EVERY_S = 0.1, 0.4

WORD = re.compile(r"-?/(?:[^/\\]|\\.)*/|\S+")


class FilterError(ValueError):
    """The filter line cannot be understood; the message says which word and why."""


@dataclass(frozen=True)
class EventFilter:
    """A parsed filter line. ``kinds`` None means every kind."""

    kinds: frozenset[type[Event]] | None = None
    must: tuple[re.Pattern[str], ...] = ()
    must_not: tuple[re.Pattern[str], ...] = field(default=())

    @property
    def keeps_everything(self) -> bool:
        """True when there is nothing to filter."""
        return self.kinds is None and not self.must and not self.must_not


def kinds_named(word: str) -> list[type[Event]]:
    """The event types that a word names: a group, an event class, or a class without regard to case; else none."""
    lowered = word.casefold()
    for group in (lowered, lowered.removesuffix("s")):
        if group in GROUPS:
            return types_of(group)
    return [cls for name, cls in EVENT_TYPE_BY_NAME.items() if name.casefold() == lowered]


def parse(line: str, groups: Iterable[str] = ()) -> EventFilter:
    """Parse a filter line; ``groups`` are kept in addition to kinds named in the line (check boxes of a menu).

    Raises:
        FilterError: a regular expression is malformed.
    """
    keep = {cls for group in groups for cls in types_of(group)}
    drop: set[type[Event]] = set()
    must: list[re.Pattern[str]] = []
    must_not: list[re.Pattern[str]] = []
    for word in WORD.findall(line):
        negative, bare = word.startswith("-") and len(word) > 1, word.removeprefix("-") if len(word) > 1 else word
        kinds = kinds_named(bare)
        if kinds:
            (drop if negative else keep).update(kinds)
            continue
        (must_not if negative else must).append(_pattern(bare))
    kinds_kept = None if not keep and not drop else frozenset((keep or set(EVENT_TYPES)) - drop)
    return EventFilter(kinds_kept, tuple(must), tuple(must_not))


def _pattern(word: str) -> re.Pattern[str]:
    is_expression = len(word) > 2 and word.startswith("/") and word.endswith("/")
    try:
        return re.compile(word[1:-1] if is_expression else re.escape(word), re.IGNORECASE)
    except re.error as error:
        raise FilterError(f"{word}: {error}") from error


def event_text(trace: Trace, event: Event) -> str:
    """The text that words and expressions are matched against: what the table shows, and the same in English."""
    english = trace.describe(event)
    shown = spoken(english)
    text = english if shown == english else f"{shown} {english}"
    return " ".join((type(event).__name__, text, source_text(event.source), event.scope))


def matching_ids(
    trace: Trace,
    rule: EventFilter,
    check: Callable[[], None] = lambda: None,
    found: Callable[[NDArray[np.int64]], None] = lambda _: None,
) -> NDArray[np.int64]:
    """Ids of the events a rule keeps, ascending.

    Kinds are looked up in columns; only events of a kept kind are built for matching text, which takes seconds for a million. So
    ``check`` is called now and then (let it raise to stop), and ``found`` gets the ids since the last time, several times a second.
    """
    if rule.kinds is None:
        ids = np.arange(len(trace.events), dtype=np.int64)
    else:
        by_kind = [np.asarray(trace.events.ids(kind), np.int64) for kind in EVENT_TYPES if kind in rule.kinds]
        ids = np.sort(np.concatenate(by_kind)) if by_kind else np.empty(0, np.int64)
    if not rule.must and not rule.must_not:
        return ids
    kept: list[int] = []
    told, next_report = 0, time.monotonic() + FIRST_REPORT_S
    for count, event_id in enumerate(ids.tolist()):
        if count % CHECK_EVERY == 0:
            check()
            if len(kept) > told and time.monotonic() >= next_report:
                found(np.array(kept[told:], np.int64))
                told, next_report = len(kept), time.monotonic() + REPORT_EVERY_S
        text = event_text(trace, trace.events[event_id])
        if all(p.search(text) for p in rule.must) and not any(p.search(text) for p in rule.must_not):
            kept.append(event_id)
    return np.array(kept, np.int64)
