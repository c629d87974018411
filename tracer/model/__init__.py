"""The read-only model of a recorded run: open a :class:`Trace`, ask it.

::

    trace = Trace.load("run.gtrace")
    last = trace.passes[-1]
    last.graph.nodes[last.find("MulBackward0")]["grad_norm"]

It knows no widget and keeps events as columns; the small frozen records it hands out are made when asked for. Its guide is
``docs/trace-model.md``.
"""

from __future__ import annotations

from .arrays import GraphArrays
from .describe import describe
from .events import EventLog
from .findings import Finding
from .passes import AllNodes, Pass
from .received import Contribution
from .records import BEFORE_RECORDING, HookRecord, Leaf, NodeRecord, SavedRecord, Step
from .trace import Trace, load

__all__ = [
    "BEFORE_RECORDING",
    "AllNodes",
    "Contribution",
    "EventLog",
    "Finding",
    "GraphArrays",
    "HookRecord",
    "Leaf",
    "NodeRecord",
    "Pass",
    "SavedRecord",
    "Step",
    "Trace",
    "describe",
    "load",
]
