"""The hooks of modules: where a registration puts them, and the handle that takes them off again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

_next_hook = count().__next__


class ModuleHookHandle:
    """What registering a forward hook returns; ``remove()`` takes the hook off again."""

    def __init__(self, hooks: dict[int, Any], key: int) -> None:
        self._hooks = hooks
        self._key = key

    def remove(self) -> None:
        """Take the hook off; doing it twice is harmless."""
        self._hooks.pop(self._key, None)

    def __enter__(self) -> ModuleHookHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def register(hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any]) -> ModuleHookHandle:
    """Put ``hook`` behind those that are there."""
    key = _next_hook()
    hooks[key] = hook
    return ModuleHookHandle(hooks, key)
