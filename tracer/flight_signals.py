"""Signals that ask a flight recorder for its trace: SIGUSR1 at any time, SIGTERM before the program ends of it.

A thread waits for them, woken by Python's own handler in C, so that a program that hangs in a call (waiting for another process,
most of all) can be asked too. Signals the program handles itself are left to it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

__all__ = ["SignalWatch"]

_WANTED = ("SIGUSR1", "SIGTERM")
_WRITING = 30.0  # seconds that SIGTERM waits for the trace: what schedulers give a program before they kill it
_PATIENCE = 5.0  # seconds that the main thread has to end of SIGTERM, as it would by default


class SignalWatch:
    """Calls ``dump(name of the signal)`` in a thread of its own whenever one arrives, from :meth:`start` to :meth:`stop`."""

    def __init__(self, dump: Callable[[str], None]) -> None:
        self._dump = dump
        self._process = os.getpid()
        self._watched: list[int] = []
        self._pipe = (-1, -1)
        self._dumped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch those signals that nobody handles; nothing in other threads than the main one, and where there are no signals."""
        numbers = [getattr(signal, name) for name in _WANTED if hasattr(signal, name)]
        free = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
        if os.name == "nt" or not free or threading.current_thread() is not threading.main_thread():
            return
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)
        before = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        if before != -1:  # an event loop's: leave it alone
            signal.set_wakeup_fd(before)
            self._close_pipe()
            return
        os.set_blocking(self._pipe[0], True)
        for number in free:
            signal.signal(number, self._handle)
            self._watched.append(number)
        self._thread = threading.Thread(target=self._wait, name="gradtrace signals", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Handle signals as before."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with suppress(ValueError):  # not in the main thread: the handlers stay, and do what the default would
            for number in self._watched:
                if signal.getsignal(number) == self._handle:
                    signal.signal(number, signal.SIG_DFL)
            if signal.set_wakeup_fd(-1) not in (-1, self._pipe[1]):
                pass
        with suppress(OSError):
            os.write(self._pipe[1], b"\0")
        if thread is not threading.current_thread():
            thread.join(_PATIENCE)
        self._close_pipe()

    def forget(self) -> None:
        """In the child of a fork: the thread is not there, and the pipe is the parent's."""
        self._thread = None
        with suppress(ValueError):
            signal.set_wakeup_fd(-1)
            for number in self._watched:
                if signal.getsignal(number) == self._handle:
                    signal.signal(number, signal.SIG_DFL)
        self._close_pipe()

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """In the main thread: the trace is the other thread's affair, the end of the program is not."""
        if number == signal.SIGTERM:
            self._dumped.wait(_WRITING)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def _wait(self) -> None:
        while True:
            try:
                received = os.read(self._pipe[0], 64)
            except OSError:
                return
            if not received or self._thread is None or os.getpid() != self._process:
                return
            for number in dict.fromkeys(received):
                if number in self._watched:
                    self._dump(signal.Signals(number).name)
                    if number == signal.SIGTERM:
                        self._die()

    def _die(self) -> None:
        """SIGTERM ends the program at once, whatever its main thread is waiting for."""
        self._dumped.set()
        threading.Event().wait(_PATIENCE)
        os.kill(os.getpid(), signal.SIGKILL)

    def _close_pipe(self) -> None:
        for end in self._pipe:
            with suppress(OSError):
                os.close(end)
        self._pipe = (-1, -1)
