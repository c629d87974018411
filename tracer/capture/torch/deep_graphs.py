"""Room on the stack for graphs that are deep.

PyTorch frees a graph one node after the other, but those of its nodes that Python has seen free each other recursively (in 2.13),
and a recording has seen them all. A chain of some 40,000 operations, which alone would be freed without ado, then does not fit into
the 8 MB that a program's main thread usually has.
"""

from __future__ import annotations

import sys
from contextlib import suppress

__all__ = ["make_room"]

_BYTES = 120 << 20
"""Linux keeps 128 MB free below the main thread's stack, whatever the limit was when the program began."""


def make_room() -> None:
    """Let the main thread's stack grow further, where it grows as it is used: what nobody needs takes no memory.

    It stays so after the recording, for graphs outlive it. The stacks of other threads have their size from the beginning.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  not on every platform

    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = _BYTES if hard == resource.RLIM_INFINITY else min(_BYTES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # a sandbox may refuse
            resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))
