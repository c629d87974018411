"""Playing a recorded pass: a cursor over its events, and the state at any of them."""

from __future__ import annotations

from .cursor import Cursor
from .state import DONE, FAILED, PENDING, RUNNING, EdgeStatus, ReplayState

__all__ = ["DONE", "FAILED", "PENDING", "RUNNING", "Cursor", "EdgeStatus", "ReplayState"]
