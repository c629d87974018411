"""Threads that the program starts while it is recorded: the function mode is entered in them, as modes belong to a thread."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...marks import THREAD
from .patches import enter_mode, remove_mode
from .session import Session

if TYPE_CHECKING:
    from .calls import CallMode

__all__ = ["Threads"]


class Threads:
    """Enters the mode at the start of a thread and leaves it at its end.

    A thread that outlives the recording keeps the mode until it ends; what it calls then passes through without being looked at.
    """

    def __init__(self, session: Session, mode: CallMode) -> None:
        self._session = session
        self._mode = mode

    def watched(self, original: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
        """A stand-in for the function that a thread begins with. It lies around ``run()``, so that tracebacks do not show it."""

        @functools.wraps(original)
        def start(thread: threading.Thread, *args: Any) -> None:
            on = self._begin(thread)
            try:
                original(thread, *args)
            finally:
                if on:
                    self._end()

        return start

    def _begin(self, thread: threading.Thread) -> bool:
        session = self._session
        if not session.listening:
            return False
        try:
            enter_mode(self._mode)
            session.thread.watched = True
            session.sink.marked(thread.name, THREAD)
        except Exception as error:  # noqa: BLE001  the guard: the thread starts in any case
            session.fail(error)
        return True

    def _end(self) -> None:
        try:
            remove_mode(self._mode)
        except Exception as error:  # noqa: BLE001  the guard
            self._session.fail(error)
