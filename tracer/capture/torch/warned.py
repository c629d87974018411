"""Warnings say the line of the program that they would say without the capture, and so are shown as often.

What warns counts frames (``stacklevel``), and with a function mode and hooks on modules there are more of them between PyTorch's
functions and the program.
"""

from __future__ import annotations

import functools
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from . import explaining
from .loaded import torch
from .patches import Patches

__all__ = ["stand_in_for_warnings"]

_OWN_FOLDER = os.path.join(Path(explaining.__file__).parent, "")  # noqa: PTH118  with a separator at its end
_SAME_FUNCTION_WITHIN = 4  # frames from a function of PyTorch to where it asks for a mode

_HOOKS_OF_MODULES = ("_backward_hooks", "_backward_pre_hooks", "_forward_hooks", "_forward_pre_hooks")
_GLOBAL_HOOKS = tuple(f"_global{name}" for name in _HOOKS_OF_MODULES)


def stand_in_for_warnings(patches: Patches, mode: Any, hooks: Patches) -> None:
    """Have ``warnings.warn`` not count frames of ``mode`` and of ``hooks`` on modules."""
    hidden = _Hidden(mode, hooks)
    patches.replace(warnings, "warn", _watched_warn(warnings.warn, hidden))
    if "_showwarnmsg" in vars(warnings):  # which warnings from C call, with the innermost frame
        patches.replace(warnings, "_showwarnmsg", _watched_show(vars(warnings)["_showwarnmsg"]))


def _watched_warn(original: Callable[..., None], hidden: _Hidden) -> Callable[..., None]:
    @functools.wraps(original)
    def warn(
        message: Any, category: Any = None, stacklevel: int = 1, source: Any = None, **options: Any
    ) -> None:  # the options are those of later Pythons
        caller = sys._getframe(1)
        original(message, category, max(stacklevel, 1) + 1 + hidden.below(caller, stacklevel), source, **options)

    return warn


def _watched_show(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def _showwarnmsg(message: Any) -> None:
        frame: FrameType | None = sys._getframe(1)
        if message.filename.startswith(_OWN_FOLDER):
            while frame is not None and frame.f_code.co_filename.startswith(_OWN_FOLDER):
                frame = frame.f_back
            if frame is not None:
                message.filename, message.lineno = frame.f_code.co_filename, frame.f_lineno
        original(message)

    return _showwarnmsg


class _Hidden:
    """The frames that are there because of the capture."""

    def __init__(self, mode: Any, hooks: Patches) -> None:
        self._mode = mode
        self._hooks = hooks
        self._modules = sys.modules["torch.nn.modules.module"]
        self._handle = _code(getattr(torch.overrides, "handle_torch_function", None))
        self._call = _code(getattr(torch.nn.Module, "_call_impl", None))

    def below(self, frame: FrameType | None, stacklevel: int) -> int:
        """How many there are from ``frame`` up to the one that counts as ``stacklevel``."""
        hidden = seen = 0
        called: CodeType | None = None  # the function that the mode, or who comes next, calls
        while frame is not None and seen < stacklevel:
            skipped = self._skipped(frame, called)
            for _ in range(skipped):
                hidden += 1
                frame = frame.f_back if frame is not None else None
            if not skipped:
                seen += 1
                called = frame.f_code if frame is not None else None
                frame = frame.f_back if frame is not None else None
        return hidden

    def _skipped(self, frame: FrameType, called: CodeType | None) -> int:
        """How many frames from here on are not to be counted; ``called`` is what the first of them calls."""
        code = frame.f_code
        if code.co_filename.startswith(_OWN_FOLDER):
            return 1
        if code is self._handle and frame.f_locals.get("mode") is self._mode:
            return 1 + _frames_until(frame.f_back, called)
        if self._is_between_hooks(frame):
            return 1
        return 0

    def _is_between_hooks(self, frame: FrameType) -> bool:
        """Whether a module is called through ``inner`` because of our hooks alone."""
        outer = frame.f_back
        if outer is None or outer.f_code is not self._call or frame.f_code not in self._call.co_consts or not self._hooks.made:
            return False
        module = frame.f_locals.get("self")
        if module is None or any(getattr(module, name, None) for name in _HOOKS_OF_MODULES):
            return False
        every: Sequence[Mapping[Any, Any] | None] = [getattr(self._modules, name, None) for name in _GLOBAL_HOOKS]
        ours = (0, 0, 1, 1)
        return all(len(hooks or ()) <= our for hooks, our in zip(every, ours, strict=True))


def _frames_until(frame: FrameType | None, called: CodeType | None) -> int:
    """From where a function asks for a mode to where it was called first; the mode has called it once more."""
    count = 1
    while frame is not None and count < _SAME_FUNCTION_WITHIN:
        if frame.f_code is called:
            return count
        frame = frame.f_back
        count += 1
    return 1


def _code(function: Any) -> Any:
    return getattr(function, "__code__", None)
