"""The graph canvas: one graphics object that paints a whole laid-out graph from arrays.

``geometry`` and ``curves`` turn a drawing into flat arrays, ``appearance`` says what each box and edge looks like now, and
``painter`` paints both at the right level of detail (with ``groups``, ``edges``, ``sprites`` and ``accents``). ``item`` is the
graphics object, ``viewport`` the mouse, ``camera`` the zoom, ``minimap`` and ``legend`` the corners, ``image``
paints without a window; ``view`` puts them together as :class:`GraphView`.
"""

from .view import GraphView

__all__ = ["GraphView"]
