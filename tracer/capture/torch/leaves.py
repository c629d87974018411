"""The ``.grad`` of leaves after a pass: found when somebody asks whose they are, for most programs never do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import ref

__all__ = ["UnseenGradients"]

_FIRST_SWEEP = 1 << 12


class UnseenGradients:
    """The leaves of the program, and whether a pass may have given them gradients that nobody has looked at."""

    def __init__(self) -> None:
        self._leaves: dict[int, ref[Any]] = {}
        self._limit = _FIRST_SWEEP
        self._are_new = False

    def add(self, number: int, leaf: Any) -> None:
        """A leaf has become known."""
        if len(self._leaves) >= self._limit:
            for known, reference in list(self._leaves.items()):  # in place: other threads go on meanwhile
                if reference() is None:
                    self._leaves.pop(known, None)
            self._limit = max(_FIRST_SWEEP, 2 * len(self._leaves))
        self._leaves[number] = ref(leaf)

    def forget(self, leaf: Any) -> None:
        """Drop the weak reference to ``leaf``."""
        for number, reference in list(self._leaves.items()):
            if reference() is leaf:
                self._leaves.pop(number, None)

    def pass_over(self) -> None:
        """A pass has given gradients to leaves."""
        self._are_new = True

    def take(self) -> Iterator[tuple[Any, int]]:
        """Each gradient and its leaf; nothing when no pass was over since the last time."""
        if not self._are_new:
            return
        self._are_new = False
        for number, reference in list(self._leaves.items()):
            leaf = reference()
            if leaf is not None and leaf.grad is not None:
                yield leaf.grad, number
