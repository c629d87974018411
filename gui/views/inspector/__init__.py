"""Everything known about one node as of the cursor."""

from .panel import Inspector

__all__ = ["Inspector"]
