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


class _WithKwargs:
    """A hook that is called with the keyword arguments, too."""

    def __init__(self, hook: Callable[..., Any]) -> None:
        self._hook = hook

    def __call__(self, *arguments: Any) -> Any:
        return self._hook(*arguments)


def takes_kwargs(hook: Callable[..., Any]) -> bool:
    """Whether a hook was registered ``with_kwargs``."""
    return type(hook) is _WithKwargs


def before_forward(
    module: Any, hook: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments after a hook has looked at them. Raises ``RuntimeError`` for what is no pair from one with kwargs."""
    if not takes_kwargs(hook):
        replaced = hook(module, args)
        if replaced is not None:
            args = replaced if isinstance(replaced, tuple) else (replaced,)
        return args, kwargs
    both = hook(module, args, kwargs)
    if both is None:
        return args, kwargs
    if not isinstance(both, tuple) or len(both) != 2:
        raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {both}.")
    return both


def register(
    hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any], prepend: bool = False, with_kwargs: bool = False
) -> ModuleHookHandle:
    """Put ``hook`` behind those that are there, or before them."""
    key = _next_hook()
    others = dict(hooks) if prepend else {}
    for other in others:
        del hooks[other]
    hooks[key] = _WithKwargs(hook) if with_kwargs else hook
    hooks.update(others)
    return ModuleHookHandle(hooks, key)
