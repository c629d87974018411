"""What can go wrong with a trace file.

::

    TraceError
    ├── TraceFormatError    the file is no trace, is unreadable, or is newer than this program
    ├── TraceFullError      the file is as large as it was to become
    └── TraceWriteError     the file cannot be written
"""

from __future__ import annotations

from pathlib import Path

from ..message import Message

__all__ = ["TraceError", "TraceFormatError", "TraceFullError", "TraceWriteError"]


class TraceError(Exception):
    """Base of every error about a trace."""

    @property
    def message(self) -> Message:
        """What ``str()`` says, to be said in other languages too."""
        said = self.args[0] if self.args else ""
        return said if isinstance(said, Message) else Message.plain(str(self))


class TraceFormatError(TraceError):
    """The file is not a trace, is damaged beyond reading, or needs a newer gradtrace."""


class TraceFullError(TraceError, OSError):
    """The trace has reached the size at which it was to end; what is in it is complete. Like a full disk, it is an ``OSError``."""


class TraceWriteError(TraceError):
    """The trace cannot be written: ``path``, the ``reason`` the system gives and a ``hint`` on what to try."""

    def __init__(self, path: Path | str, reason: str, hint: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        self.hint = hint
        said = {"path": self.path, "reason": reason}
        super().__init__(
            Message("cannot write the trace {path}: {reason}; {hint}", **said, hint=hint)
            if hint
            else Message("cannot write the trace {path}: {reason}", **said)
        )
