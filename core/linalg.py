"""``torch.linalg``: vector norms."""

from __future__ import annotations

from .ops.reduction import norm, vector_norm

__all__ = ["norm", "vector_norm"]
