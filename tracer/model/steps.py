"""The iterations of the user's training loop."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ...core.events import BackwardEnded, Marked, NodeCreated, OptimizerStepped
from ..message import Message, recognised
from ..stored_sentences import STEPS
from .events import EventLog
from .lookup import Ids
from .passes import Pass
from .records import Step

_LATER = re.compile(r"step [1-9]\d*")  # in English: what files hold


def find_steps(log: EventLog, passes: Sequence[Pass], *, selective: bool = False) -> list[Step]:
    """The steps of a run: from one step mark to the next, or, without marks, up to each optimizer step; none without either.

    What comes before the first mark belongs to no step; what comes after the last optimizer step neither. Several optimizers
    stepping with no backward between them end one and the same step.

    ``selective``: some steps only were recorded. Their marks carry their numbers, from 0 on; step 0 has none when optimizers count
    the steps, and after the last optimizer step there is a mark with nothing behind it.
    """
    if not len(log):
        return []
    marks = [row for row in range(len(log.ids(Marked))) if log.field(Marked, "kind", row) == "step"]
    if marks:
        first = log.ids(Marked)[marks]
        last = np.append(first[1:] - 1, len(log) - 1)
        labels = [recognised(str(log.field(Marked, "text", row)), STEPS) for row in marks]
        if selective:
            first, last, labels = _between_optimizer_steps(log, first, last, labels)
    else:
        last = _step_ends(log.ids(OptimizerStepped).tolist(), passes)
        first = np.append(0, last[:-1] + 1)[: len(last)]
        labels = [_numbered(index + (not selective)) for index in range(len(last))]
    began = np.array([pass_.first for pass_ in passes], np.int64)
    return [
        Step(
            index=index,
            label=label or _numbered(index + 1),
            first=int(start),
            last=int(end),
            passes=tuple(np.flatnonzero((began >= start) & (began <= end)).tolist()),
        )
        for index, (label, start, end) in enumerate(zip(labels, first, last, strict=True))
    ]


def _between_optimizer_steps(log: EventLog, first: Ids, last: Ids, labels: list[Message]) -> tuple[Ids, Ids, list[Message]]:
    stepped, made = log.ids(OptimizerStepped), log.ids(NodeCreated)
    ended = stepped
    if not len(stepped) and _LATER.fullmatch(str(labels[0])):  # without an optimizer a step ends with a backward
        ended = log.ids(BackwardEnded)
    if len(ended) and ended[0] < first[0]:
        first, last, labels = np.append(0, first), np.append(first[0] - 1, last), [_numbered(0), *labels]
    if len(labels) > 1 and not (made > first[-1]).any():
        return first[:-1], np.append(last[:-2], last[-1]), labels[:-1]
    return first, last, labels


def _numbered(number: int) -> Message:
    return Message(STEPS[0], number=number)


def _step_ends(optimizer_steps: list[int], passes: Sequence[Pass]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The last optimizer step before each new pass."""
    began = sorted(pass_.first for pass_ in passes)
    ends: dict[int, int] = {}
    for event in optimizer_steps:
        ends[int(np.searchsorted(began, event))] = event
    return np.array(sorted(ends.values()), np.int64)
