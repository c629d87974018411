"""What is put into PyTorch while it is recorded, and taken out again: stand-ins for attributes, hooks, and the function mode."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

from .loaded import torch
from .probing import has

__all__ = ["Patches", "enter_mode", "mode_is_on", "remove_mode"]


_BLOCK = 1 << 10
_handle_blocks = count(-_BLOCK, -_BLOCK)


@contextlib.contextmanager
def _numbers_of_our_own() -> Iterator[None]:
    """Handles made within have negative numbers, so that those of the program's hooks are what they are without us."""
    handle = torch.utils.hooks.RemovableHandle
    first = getattr(handle, "next_id", None)
    if first is None:
        yield
        return
    handle.next_id = next(_handle_blocks)
    try:
        yield
    finally:
        handle.next_id = first


class _StandIn(NamedTuple):
    owner: Any
    name: str
    original: Any
    stand_in: Any


class Patches:
    """A list of changes that can be made and taken back, more than once. Only what is still ours is taken back."""

    def __init__(self) -> None:
        self._stand_ins: list[_StandIn] = []
        self._hooks: list[tuple[Callable[..., Any], dict[str, Any], Callable[..., Any]]] = []
        self._handles: list[Any] = []
        self.made = False

    def replace(self, owner: Any, name: str, stand_in: Any) -> None:
        """``owner.name`` is to be ``stand_in``. The name must be ``owner``'s own, not inherited."""
        self._stand_ins.append(_StandIn(owner, name, vars(owner)[name], stand_in))

    def register(self, how: Callable[..., Any], hook: Callable[..., Any], **options: Any) -> None:
        """``how(hook)``, which returns a handle with ``remove()``, is to be called."""
        self._hooks.append((how, options, hook))

    def make(self) -> None:
        """Make all changes."""
        if self.made:
            return
        self.made = True
        for change in self._stand_ins:
            setattr(change.owner, change.name, change.stand_in)
        with _numbers_of_our_own():
            self._handles = [how(hook, **options) for how, options, hook in self._hooks]

    def take_back(self) -> None:
        """Take all changes back that nobody else has changed meanwhile, the last one first."""
        if not self.made:
            return
        for handle in self._handles:
            handle.remove()
        self._handles = []
        for change in reversed(self._stand_ins):
            if vars(change.owner).get(change.name) is change.stand_in:
                setattr(change.owner, change.name, change.original)
        self.made = False  # last: should the stack be full, there will be another call


# --------------------------------------------------------------------------------------------------------------- function modes
# The stack of modes belongs to the thread. Ours lies below those of the program, which then leave in the order they came even if
# one of them ends after ours has begun (a generator suspended inside ``with record()``, for example). A default device always lies
# at the very bottom and checks that it does.
_STACK_IS_OPEN = all(
    has(name) for name in ("torch._C._len_torch_function_stack", "torch.overrides._push_mode", "torch.overrides._pop_mode")
)
_unseen = threading.local()  # the mode that is on, where the stack cannot be looked at


def enter_mode(mode: Any) -> None:
    """Switch ``mode`` on in this thread, below the modes of the program."""
    if not _STACK_IS_OPEN:
        if not mode_is_on(mode):
            mode.__enter__()
            _unseen.on = mode
        return
    default = _mode_at_the_bottom()
    above = _popped_until(lambda top: top is default)
    if above and above[-1] is default:
        torch.overrides._push_mode(above.pop())
    torch.overrides._push_mode(mode)
    _push_back(above)


def _mode_at_the_bottom() -> Any:
    """The mode of the default device where it has to stay at the bottom of the stack: until PyTorch 2.4 it leaves from the top."""
    default = getattr(getattr(torch, "_GLOBAL_DEVICE_CONTEXT", None), "device_context", None)
    enters = getattr(type(default).__enter__, "__code__", None) if default is not None else None
    return default if enters is not None and "_push_mode" in enters.co_names else None


def remove_mode(mode: Any) -> bool:
    """Take ``mode`` out of this thread's modes, wherever it is among them; whether it was there."""
    if not _STACK_IS_OPEN:
        found = mode_is_on(mode)
        if found:
            mode.__exit__(None, None, None)
            _unseen.on = None
        return found
    above = _popped_until(lambda top: top is mode)
    found = bool(above) and above[-1] is mode
    if found:
        above.pop()
    _push_back(above)
    return found


def mode_is_on(mode: Any) -> bool:
    """Whether ``mode`` is among this thread's modes."""
    if _STACK_IS_OPEN and has("torch.overrides._get_current_function_mode_stack"):
        return any(one is mode for one in torch.overrides._get_current_function_mode_stack())
    if not _STACK_IS_OPEN:
        return getattr(_unseen, "on", None) is mode
    above = _popped_until(lambda top: top is mode)
    _push_back(above)
    return bool(above) and above[-1] is mode


def _popped_until(wanted: Callable[[Any], bool]) -> list[Any]:
    """Modes from the top of the stack down to the one wanted, or all of them."""
    popped = []
    while torch._C._len_torch_function_stack():
        popped.append(torch.overrides._pop_mode())
        if wanted(popped[-1]):
            break
    return popped


def _push_back(popped: list[Any]) -> None:
    for mode in reversed(popped):
        torch.overrides._push_mode(mode)
