"""Stretches in which PyTorch calls only itself, hundreds of times: a step of an optimizer, ``zero_grad()``.

The function mode has nothing to tell of them and costs a microsecond for each call, so it steps aside meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from .loaded import torch
from .probing import has
from .session import Session

__all__ = ["Aside"]

_KNOWN = all(
    has(name)
    for name in (
        "torch._C._len_torch_function_stack",
        "torch._C._get_function_stack_at",
        "torch.overrides._push_mode",
        "torch.overrides._pop_mode",
        "torch.autograd.profiler.record_function.__exit__",
    )
)


class Aside:
    """Takes ``mode`` out of this thread's modes for a while."""

    def __init__(self, session: Session, mode: Any) -> None:
        self._session = session
        self._mode = mode

    def leave(self) -> bool:
        """Step aside; returns whether that was possible: where the program has modes of its own, all stay as they are."""
        try:
            if not _KNOWN or torch._C._len_torch_function_stack() != 1 or torch._C._get_function_stack_at(0) is not self._mode:
                return False
            torch.overrides._pop_mode()
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            self._session.fail(error)
            return False
        return True

    def come_back(self) -> None:
        """The end of what :meth:`leave` began."""
        if self._session.active:
            torch.overrides._push_mode(self._mode)

    # ----------------------------------------------------------------------------------------------- steps of optimizers
    def leave_for_step(self, step: FrameType) -> None:
        """Step aside while ``step`` runs, the frame in which PyTorch calls the hooks around a step and the step itself."""
        if self.leave():
            self._session.thread.step = step

    def end_of_step(self) -> None:
        """The step is over, or has raised."""
        thread = self._session.thread
        if thread.step is not None:
            thread.step = None
            self.come_back()

    def watched_exit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A stand-in for ``record_function.__exit__``: PyTorch puts every step into such a block, and so it is left even by a step
        that raises, which no hook hears of.
        """

        def __exit__(block: Any, *exception: Any) -> Any:  # noqa: N807  its name in PyTorch
            result = original(block, *exception)
            thread = self._session.thread
            if thread.step is not None and thread.step is sys._getframe(1):
                thread.in_step = False
                self.end_of_step()
            return result

        return __exit__
