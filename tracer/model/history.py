"""The gradients of one leaf over the whole run: what each pass brought it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import GradientAccumulated
from .lookup import Floats, Ids, Mask

if TYPE_CHECKING:
    from .trace import Trace

__all__ = ["LeafHistory", "leaf_history"]


@dataclass(frozen=True, eq=False)
class LeafHistory:
    """One entry for each contribution to ``.grad``, in order.

    ``events``: int64[n] ids of the ``GradientAccumulated``; ``nodes``: int64[n] where it came in; ``passes``: int64[n] the number
    of the pass, from 1; ``norms``: float64[n], NaN where no numbers are known; ``nonfinite``: bool[n].
    """

    events: Ids
    nodes: Ids
    passes: Ids
    norms: Floats
    nonfinite: Mask

    def __len__(self) -> int:
        return len(self.events)

    @property
    def finite(self) -> Floats:
        """The norms that are known and finite."""
        return self.norms[np.isfinite(self.norms) & ~self.nonfinite]


def leaf_history(trace: Trace, tensor: int) -> LeafHistory:
    """What every pass of the run brought to a leaf."""
    columns = trace.events.columns(GradientAccumulated)
    rows = np.flatnonzero(columns["tensor"] == tensor)
    number = {pass_.id: pass_.index + 1 for pass_ in trace.passes}
    return LeafHistory(
        events=columns["id"][rows].astype(np.int64),
        nodes=columns["node"][rows].astype(np.int64),
        passes=np.array([number.get(pass_, 0) for pass_ in columns["pass_"][rows].tolist()], np.int64),
        norms=trace.events.norms(GradientAccumulated, "contribution", rows),
        nonfinite=trace.events.nonfinite(GradientAccumulated, "contribution", rows),
    )
