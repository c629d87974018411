"""The guide to the trace model says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from gradtrace.tracer.model import NodeRecord, Trace
from gradtrace.tracer.model.graph import NODE_ATTRIBUTES
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.replay import ReplayState

GUIDE = Path(__file__).parents[2] / "docs" / "trace-model.md"


def table(heading: str) -> set[str]:
    """Every name in code marks in the first column of the table under a heading cell."""
    section = GUIDE.read_text(encoding="utf-8").split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return {name for row in section.splitlines() if row.startswith("| `") for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_node_attributes() -> None:
    assert table("node attribute") == set(NODE_ATTRIBUTES)


def test_trace_attributes_exist() -> None:
    script = EventScript()
    script.backward(script.node("ExpBackward0", [script.leaf("w")]))
    trace = Trace.from_events(script.end())
    assert all(hasattr(trace, name.removeprefix("trace.")) for name in table("attribute"))
    assert all(hasattr(trace, name.removeprefix("trace.").split("(")[0]) for name in table("call"))
    assert isinstance(trace.nodes[1], NodeRecord)


def test_state_attributes_exist() -> None:
    names = {name.split("(")[0] for name in table("`cursor.state`")}
    assert names
    assert all(hasattr(ReplayState, name) for name in names)
