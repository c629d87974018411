"""New nodes and tensors, whose slots are still to be set. ``blanks.pyx`` is the same, compiled."""

from __future__ import annotations

new = object.__new__
"""A new object of a class, without calling its constructor. Whoever asks for it sets all its slots at once."""
