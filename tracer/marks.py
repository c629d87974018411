"""Kinds of ``Marked`` events beside the program's own marks and steps."""

from __future__ import annotations

__all__ = ["GAP", "NOT_COVERED", "THREAD"]

GAP = "gap"
"""Steps are missing here, as others were asked for; the text says which."""

NOT_COVERED = "not covered"
"""The program did something that the recording does not cover; the text is a stable key, a colon, and a sentence."""

THREAD = "thread"
"""A thread of the program began; the text is its name, the event's own ``thread`` its number."""
