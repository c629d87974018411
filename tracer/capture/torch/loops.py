"""Programs without an optimizer: what tells there that a step of the training is over."""

from __future__ import annotations

import gc
from typing import Any

from ....core import events
from .loaded import torch
from .probing import current_graph_task
from .session import Place, place_here

__all__ = ["Loop"]


class Loop:
    """Stands in for the optimizer that such a program lacks: a step ends with the call of the engine that was the first one.

    ``gives_way`` to an optimizer that comes later.
    """

    gives_way = True

    def __init__(self) -> None:
        self._is_one: bool | None = None  # not known before the first pass
        self._place: Place | None = None

    def pass_is_over(self) -> None:
        """The program's call of the engine is over. Whoever asks for steps hears of it, if there is no optimizer."""
        listener = events.step_listener
        if listener is None or self._is_one is False or (current_graph_task is not None and current_graph_task() >= 0):
            return
        if self._is_one is None:
            self._is_one = not _is_there_an_optimizer()
        place = place_here()
        if self._is_one and place is not None:
            if self._place is None:
                self._place = place
            if self._place[0] is place[0] and self._place[1] == place[1]:
                listener(self)


def _is_there_an_optimizer() -> bool:
    """Looked for once, and only where steps are asked for: it takes a while in a large program. Runs no code of the program's."""
    kind: Any = torch.optim.Optimizer
    return any(issubclass(type(one), kind) for one in gc.get_objects())
