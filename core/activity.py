"""Whether making a node needs more than usual: operators look at ``activity.blocks`` before they look any further."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from .node import Node


class _Activity:
    """``blocks`` counts the open saved-tensor blocks of all threads, and anomaly mode, to which the others belong."""

    blocks: ClassVar[int] = 0
    inference: ClassVar[int] = 0
    """How many inference_mode blocks are open in all threads: where there is none, no tensor needs to ask its thread."""
    writes: ClassVar[int] = 0
    """How many in-place operations that are recorded have begun in all threads and not ended."""
    anomaly: ClassVar[bool] = False
    check_nan: ClassVar[bool] = True
    on_node: ClassVar[Callable[[Node], None] | None] = None


activity = _Activity
