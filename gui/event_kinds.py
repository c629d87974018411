"""What the window knows about each kind of event: a readable name, a group to filter by and a tone. One table."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from ..core import events as ev
from .translation import noop


class Kind(NamedTuple):
    """How an event type is shown: ``label`` (to be translated), ``group`` for filters and lanes, ``tone`` as in formats.Toned."""

    label: str
    group: str
    tone: str = ""


KINDS: dict[type[ev.Event], Kind] = {
    ev.RunStarted: Kind(noop("events", "run started"), "run", "muted"),
    ev.RunEnded: Kind(noop("events", "run ended"), "run", "muted"),
    ev.LeafCreated: Kind(noop("events", "leaf"), "forward"),
    ev.LeafNamed: Kind(noop("events", "leaf named"), "forward", "muted"),
    ev.NodeCreated: Kind(noop("events", "node created"), "forward"),
    ev.TensorSaved: Kind(noop("events", "saved"), "saved", "muted"),
    ev.VersionBumped: Kind(noop("events", "in-place write"), "version", "warning"),
    ev.DataWritten: Kind(noop("events", "unseen write"), "version", "warning"),
    ev.GraphCut: Kind(noop("events", "graph cut"), "forward", "warning"),
    ev.GradModeChanged: Kind(noop("events", "grad mode"), "forward", "muted"),
    ev.ScopeEntered: Kind(noop("events", "scope entered"), "user", "muted"),
    ev.ScopeExited: Kind(noop("events", "scope left"), "user", "muted"),
    ev.Marked: Kind(noop("events", "mark"), "user"),
    ev.HookRegistered: Kind(noop("events", "hook set"), "hook"),
    ev.HookRemoved: Kind(noop("events", "hook removed"), "hook", "muted"),
    ev.HookFired: Kind(noop("events", "hook fired"), "hook"),
    ev.BackwardStarted: Kind(noop("events", "backward started"), "pass", "good"),
    ev.BackwardEnded: Kind(noop("events", "backward ended"), "pass", "good"),
    ev.NodeStarted: Kind(noop("events", "node started"), "node"),
    ev.NodeFinished: Kind(noop("events", "node finished"), "node"),
    ev.GradientFlowed: Kind(noop("events", "gradient"), "gradient"),
    ev.GradientAccumulated: Kind(noop("events", "accumulated"), "gradient"),
    ev.SavedFreed: Kind(noop("events", "saved freed"), "saved", "muted"),
    ev.GradReset: Kind(noop("events", "grad reset"), "optimizer"),
    ev.OptimizerStepped: Kind(noop("events", "optimizer step"), "optimizer"),
    ev.ErrorRaised: Kind(noop("events", "error"), "error", "error"),
}

GROUPS: dict[str, str] = {
    "node": noop("events", "Nodes running"),
    "gradient": noop("events", "Gradients"),
    "hook": noop("events", "Hooks"),
    "version": noop("events", "In-place writes"),
    "saved": noop("events", "Saved tensors"),
    "error": noop("events", "Errors"),
    "pass": noop("events", "Passes"),
    "forward": noop("events", "Forward"),
    "optimizer": noop("events", "Optimizer"),
    "user": noop("events", "Scopes and marks"),
    "run": noop("events", "Run"),
}
"""Filter groups and their titles, in the order menus show them."""


def label(event_type: type[ev.Event]) -> str:
    """The readable name of an event type."""
    return QCoreApplication.translate("events", KINDS[event_type].label)


def group_title(group: str) -> str:
    """The readable name of a group."""
    return QCoreApplication.translate("events", GROUPS[group])


def types_of(group: str) -> list[type[ev.Event]]:
    """The event types of a group."""
    return [event_type for event_type, kind in KINDS.items() if kind.group == group]
