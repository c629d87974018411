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
        self.scopes: list[tuple[str, str]] = []  # each with the path of those around it
        self.scope = ""
        self.grad_mode = True

    def enter(self, name: str) -> None:
        """A region begins inside those that are open."""
        self.scopes.append((name, self.scope))
        self.scope = f"{self.scope}/{name}" if len(self.scopes) > 1 else name

    def leave(self, name: str) -> None:
        """The innermost region of this name ends, and with it those left open inside."""
        for index in range(len(self.scopes) - 1, -1, -1):
            if self.scopes[index][0] == name:
                self.scope = self.scopes[index][1]
                del self.scopes[index:]
                return


class RunningThread(threading.local):
    """The running thread's state. An attribute of a ``threading.local`` is slow to look up, so there is only this one."""

    def __init__(self, numbers: Callable[[], int]) -> None:
        self.state = ThreadState(numbers())

    def get(self) -> ThreadState:
        """The running thread's state."""
        return self.state
