"""The layered layout of autograd graphs, in NumPy and plain Python: from a graph to boxes, groups and routes."""

from .drawing import BoxKind, Drawing, GroupBox, draw
from .families import FAMILIES, family_of
from .networks import layered_layout
from .text import text_width

__all__ = ["FAMILIES", "BoxKind", "Drawing", "GroupBox", "draw", "family_of", "layered_layout", "text_width"]
