"""What can go wrong with a trace file.

::

    TraceError
    ├── TraceFormatError    the file is no trace, is unreadable, or is newer than this program
    ├── TraceFullError      the file is as large as it was to become
    └── TraceWriteError     the file cannot be written
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["TraceError", "TraceFormatError", "TraceFullError", "TraceWriteError"]


class TraceError(Exception):
    """Base of every error about a trace."""


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
        super().__init__(f"cannot write the trace {self.path}: {reason}" + (f"; {hint}" if hint else ""))
