"""Looking up a name in what the program has loaded, without importing anything."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["ABSENT", "find"]

ABSENT: Any = object()
"""What :func:`find` returns for a name that is not there."""


def find(name: str) -> Any:
    """What ``name`` (``"torch._C._storage_id"``) stands for, or :data:`ABSENT`. Submodules count as attributes once loaded."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        found: Any = sys.modules.get(".".join(parts[:length]))
        if found is None:
            continue
        for part in parts[length:]:
            found = getattr(found, part, ABSENT)
            if found is ABSENT:
                break
        else:
            return found
    return ABSENT
