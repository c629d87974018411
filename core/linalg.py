"""``torch.linalg``: vector norms."""

from __future__ import annotations

from .ops.statistics import norm, vector_norm

__all__ = ["norm", "vector_norm"]
