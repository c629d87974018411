"""What the program feels most of the capture, and how it is taken out while the recording pauses."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any

from .loaded import torch
from .modules import Modules

__all__ = ["Switch"]


class Switch:
    """The function mode and the hooks on every module's call: in while events are recorded."""

    def __init__(self, mode: Any, modules: Modules) -> None:
        self._mode = mode
        self._modules = modules
        self._installed = ExitStack()

    def on(self) -> None:
        """Put them in, in this thread. Within a backward pass that was not watched, calls are watched again after it only."""
        self._installed.close()
        in_modules = sys.modules["torch.nn.modules.module"]
        for handle in (
            in_modules.register_module_forward_pre_hook(self._modules.enter),
            in_modules.register_module_forward_hook(self._modules.leave, always_call=True),
        ):
            self._installed.callback(handle.remove)
        if torch._C._current_graph_task_id() < 0:
            self._watch_calls()
        else:
            self._watch_calls_later()

    def off(self) -> None:
        """Take them out."""
        self._modules.close()
        self._installed.close()
        _switch_off(self._mode)  # after a fault inside the mode, PyTorch has put it back

    def _watch_calls(self) -> None:
        _switch_on(self._mode)
        self._installed.callback(_switch_off, self._mode)

    def _watch_calls_later(self) -> None:
        """PyTorch throws away the modes that are switched on within a pass: wait for the first call of a module after it."""

        def wait(module: Any, inputs: Any) -> None:  # noqa: ARG001  PyTorch calls with both
            if torch._C._current_graph_task_id() < 0:
                handle.remove()
                self._watch_calls()

        handle = sys.modules["torch.nn.modules.module"].register_module_forward_pre_hook(wait)
        self._installed.callback(handle.remove)


def _switch_on(mode: Any) -> None:
    """Put ``mode`` below this thread's other modes: the program may be inside some of them, and leaves them from above."""
    above = [torch.overrides._pop_mode() for _ in range(torch._C._len_torch_function_stack())]
    torch.overrides._push_mode(mode)
    for other in reversed(above):
        torch.overrides._push_mode(other)


def _switch_off(mode: Any) -> None:
    """Take ``mode`` out of this thread's modes, even from below modes that the program has left on."""
    above = []
    while torch._C._len_torch_function_stack():
        top = torch.overrides._pop_mode()
        if top is mode:
            break
        above.append(top)
    for other in reversed(above):
        torch.overrides._push_mode(other)
