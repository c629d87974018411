"""Work away from the GUI thread: loading, layout, filtering, exporting.

A request names its *kind*; a newer request of the same kind replaces an older one, whose result is dropped wherever it stands:
still queued (it never starts), running (its :class:`Token` says so, for work that cares to look) or just finished. Results and
failures are delivered on the GUI thread, so whoever receives them needs no lock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal

T = TypeVar("T")


class CancelledError(Exception):
    """Raised by :meth:`Token.check` in work that nobody waits for any more."""


class Token:
    """Tells running work whether its result is still wanted, and takes what it has so far."""

    def __init__(self, report: Callable[[Any], None] = lambda _: None) -> None:
        self.cancelled = False
        self._report = report

    def report(self, part: object) -> None:
        """Hand over a part of the result; it reaches the requester's ``partly`` on the GUI thread, unless nobody waits."""
        if not self.cancelled:
            self._report(part)

    def check(self) -> None:
        """Raise :class:`CancelledError` when the result is no longer wanted."""
        if self.cancelled:
            raise CancelledError


class Worker(QObject):
    """Runs requests in background threads, newest of each kind wins."""

    busy_changed = Signal(bool)
    _reported = Signal(int, object)  # tag, a part of the result
    _settled = Signal(int, object, object)  # tag, result, exception: crosses from the worker's thread to this object's

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._tags = itertools.count(1)
        self._pending: dict[int, tuple[str, Token, Callable[[Any], None], Callable[[Exception], None]]] = {}
        self._partly: dict[int, Callable[[Any], None]] = {}
        self._reported.connect(self._deliver_part)
        self._settled.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """True while any request is neither delivered nor cancelled."""
        return bool(self._pending)

    def is_busy(self, kind: str) -> bool:
        """True while a request of this kind is neither delivered nor cancelled."""
        return any(pending[0] == kind for pending in self._pending.values())

    def submit(
        self,
        kind: str,
        work: Callable[[Token], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        partly: Callable[[Any], None] | None = None,
    ) -> int:
        """Run ``work(token)`` in the background, then ``done(result)`` or ``failed(error)`` on the GUI thread; returns its tag.

        ``partly`` gets what the work reports on its way.
        """
        was_busy = self.busy
        self._drop(kind)
        tag = next(self._tags)
        token = Token(lambda part: self._reported.emit(tag, part))
        self._pending[tag] = (kind, token, done, failed)
        if partly is not None:
            self._partly[tag] = partly

        def run() -> None:
            result: Any = None
            failure: Exception | None = None
            try:
                token.check()
                result = work(token)
            except Exception as error:  # noqa: BLE001 (it is handed to the requester, on the GUI thread)
                failure = error
            if not token.cancelled:
                self._settled.emit(tag, result, failure)

        self._pool.start(run)
        if not was_busy:
            self.busy_changed.emit(True)
        return tag

    def cancel(self, kind: str) -> None:
        """Forget the request of this kind, if there is one."""
        if self._drop(kind) and not self.busy:
            self.busy_changed.emit(False)

    def close(self) -> None:
        """Forget everything and wait for the threads to come to rest."""
        for _, token, _, _ in self._pending.values():
            token.cancelled = True
        self._pending.clear()
        self._partly.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _drop(self, kind: str) -> bool:
        tags = [tag for tag, pending in self._pending.items() if pending[0] == kind]
        for tag in tags:
            self._pending.pop(tag)[1].cancelled = True
            self._partly.pop(tag, None)
        return bool(tags)

    def _deliver_part(self, tag: int, part: object) -> None:
        partly = self._partly.get(tag)
        if partly is not None:
            partly(part)

    def _deliver(self, tag: int, result: object, failure: object) -> None:
        pending = self._pending.pop(tag, None)
        self._partly.pop(tag, None)
        if pending is None:  # replaced or cancelled after the work had ended
            return
        _, _, done, failed = pending
        if not self.busy:
            self.busy_changed.emit(False)
        if isinstance(failure, Exception):
            failed(failure)
        else:
            done(result)
