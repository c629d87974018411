"""What a trace leaves out because its user asked for a part of the run only: so that nobody takes what is absent for missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..message import Message, clauses, listed, plural, recognised
from ..stored_sentences import NOTES, PICKED, RANGES
from .finding import Finding

__all__ = ["Selection", "asked_steps", "find_selection", "note_in_parts", "tempered"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for: ``steps`` as it was written, and the patterns of ``scopes``.

    For a flight recorder's trace also ``keep_last``, how many steps it has of how many there were, and what it was asked by while
    the program was running (the name of a signal, or ``"dump()"``).
    """

    steps: str = ""
    scopes: tuple[str, ...] = ()
    keep_last: int = 0
    steps_kept: int = 0
    steps_in_all: int = 0
    asked_by: str = ""

    @property
    def text(self) -> str:
        """The selection in a few words: ``"the last 3 of 1,200 steps"``."""
        parts = []
        if self.steps:
            asked = asked_steps(self.steps)
            parts.append(asked if self.steps[0].isalpha() else Message("steps {numbers}", numbers=asked))
        if self.keep_last:
            kept, in_all = f"{self.steps_kept:,}", f"{self.steps_in_all:,}"
            parts.append(
                plural(self.steps_in_all, "the last {kept} of {all} step", "the last {kept} of {all} steps", kept=kept, all=in_all)
            )
        if self.scopes:
            parts.append(plural(len(self.scopes), "only scope {names}", "only scopes {names}", names=listed(self.scopes)))
        return clauses(*parts)

    @property
    def by_step(self) -> bool:
        """Whether steps may be absent."""
        return bool(self.steps or self.keep_last)

    def summary(self) -> dict[str, Any]:
        """The selection as JSON."""
        return {
            "text": self.text,
            "steps": self.steps or None,
            "scopes": list(self.scopes),
            "keep_last": self.keep_last or None,
            "steps_kept": self.steps_kept if self.keep_last else None,
            "steps_in_all": self.steps_in_all if self.keep_last else None,
            "asked_by": self.asked_by or None,
        }


def asked_steps(text: str) -> Message:
    """A specification of steps as a recording holds it: ``"0:3,100"``, ``"0 to 2, 100"``, ``"those that f() picks"``."""
    if text[:1].isalpha():
        return recognised(text, PICKED)
    return listed(recognised(part, RANGES) for part in text.split(", "))


def note_in_parts(text: str) -> Message:
    """A note of a recording as a message."""
    note = recognised(text, NOTES)
    steps = {name: asked_steps(str(note.values[name])) for name in ("which", "selection") if name in note.values}
    return note.with_values(**steps)


def find_selection(header: Mapping[str, Any]) -> Selection | None:
    """The selection that a trace's header tells of, or None when the whole run was recorded."""
    told = header.get("selection")
    if not isinstance(told, Mapping):
        return None
    scopes = told.get("scopes")
    texts = {name: told[name] for name in ("steps", "asked_by") if isinstance(told.get(name), str)}
    numbers = {name: told[name] for name in ("keep_last", "steps_kept", "steps_in_all") if type(told.get(name)) is int}
    patterns = tuple(one for one in scopes if isinstance(one, str)) if isinstance(scopes, list) else ()
    selection = Selection(scopes=patterns, **texts, **numbers)
    return selection if selection.text else None


def tempered(findings: Iterable[Finding], selection: Selection | None) -> Iterable[Finding]:
    """The findings that still hold when a part of the run was not recorded: a gradient may have come in what is absent."""
    if selection is None or not selection.scopes:
        return findings
    return [finding for finding in findings if finding.rule != "no-gradient"]
