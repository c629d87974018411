"""Every hook of a run: who put it where, and when it ran."""

from __future__ import annotations

from ...core.events import HookFired, HookRegistered, HookRemoved
from .events import EventLog
from .lookup import Lookup
from .records import HookRecord


def find_hooks(log: EventLog) -> dict[int, HookRecord]:
    """Hook id -> its record, in the order of registration; then hooks put on before the recording began, known by their firing."""
    fired, fired_of = log.columns(HookFired), Lookup(log.columns(HookFired)["hook"])
    removed_at = dict(zip(log.columns(HookRemoved)["hook"].tolist(), log.ids(HookRemoved).tolist(), strict=True))
    hooks: dict[int, HookRecord] = {}
    for event_id in log.ids(HookRegistered).tolist():
        event = log[event_id]
        assert isinstance(event, HookRegistered)
        hooks[event.hook] = HookRecord(
            id=event.hook,
            kind=event.kind,
            tensor=event.tensor,
            node=event.node,
            function=event.function,
            defined=event.defined,
            source=event.source,
            registered=event_id,
            removed=removed_at.get(event.hook, -1),
            fired=tuple(fired["id"][fired_of.rows(event.hook)].tolist()),
        )
    for hook in fired_of.keys().tolist():
        if hook not in hooks:
            rows = fired_of.rows(hook)
            hooks[hook] = HookRecord(
                id=hook,
                kind=log.field(HookFired, "kind", int(rows[0])),
                tensor=0,
                node=int(fired["node"][rows[0]]),
                function="",
                defined="",
                source=None,
                registered=-1,
                removed=removed_at.get(hook, -1),
                fired=tuple(fired["id"][rows].tolist()),
            )
    return hooks
