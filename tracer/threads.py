"""What the recorder knows of each thread of the program. ``threads.pyx`` is the same, compiled."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["RunningThread", "ThreadState"]


class ThreadState:
    """A thread's number, the regions it is in, and whether it records gradients."""

    __slots__ = ("grad_mode", "number", "scope", "scopes")

    def __init__(self, number: int) -> None:
        self.number = number
        self.scopes: list[str] = []
        self.scope = ""
        self.grad_mode = True


class RunningThread(threading.local):
    """The running thread's state. An attribute of a ``threading.local`` is slow to look up, so there is only this one."""

    def __init__(self, numbers: Callable[[], int]) -> None:
        self.state = ThreadState(numbers())

    def get(self) -> ThreadState:
        """The running thread's state."""
        return self.state
