"""What the program feels most of the capture, and how it is taken out while the recording pauses."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from .dormant import Dormant
from .modules import Modules
from .patches import Patches, enter_mode, remove_mode
from .probing import current_graph_task, has

__all__ = ["Switch"]

_REGISTER = "torch.nn.modules.module.register_module_forward_{}hook"


class Switch:
    """The function mode and the hooks on every module's call: in while events are recorded."""

    def __init__(self, mode: Any, modules: Modules, dormant: Dormant) -> None:
        self._mode = mode
        self._modules = modules
        self._dormant = dormant
        self._stop_waiting: Callable[[], None] = lambda: None
        self.hooks = Patches()
        before, behind = _REGISTER.format("pre_"), _REGISTER.format("")
        if has(before) and has(behind):
            in_modules = sys.modules["torch.nn.modules.module"]
            knows = "always_call" in inspect.signature(in_modules.register_module_forward_hook).parameters
            self.hooks.register(in_modules.register_module_forward_pre_hook, modules.enter)
            self.hooks.register(in_modules.register_module_forward_hook, modules.leave, **({"always_call": True} if knows else {}))

    def on(self) -> None:
        """Put them in, in this thread. Within a backward pass that was not watched, calls are watched again after it only."""
        self._stop_waiting()
        remove_mode(self._mode)
        self.hooks.make()
        self._dormant.put_back()
        if _in_backward():
            self._watch_calls_later()
        else:
            enter_mode(self._mode)

    def off(self) -> None:
        """Take them out."""
        self._stop_waiting()
        self.hooks.take_back()
        remove_mode(self._mode)  # after a fault inside the mode, PyTorch has put it back
        self._dormant.take_off()
        self._modules.close()

    def _watch_calls_later(self) -> None:
        """PyTorch throws away the modes that are switched on within a pass: wait for the first call of a module after it."""
        waiting = Patches()

        def wait(module: Any, inputs: Any) -> None:  # noqa: ARG001  PyTorch calls with both
            if not _in_backward():
                waiting.take_back()
                enter_mode(self._mode)

        if has(_REGISTER.format("pre_")):
            waiting.register(sys.modules["torch.nn.modules.module"].register_module_forward_pre_hook, wait)
        waiting.make()
        self._stop_waiting = waiting.take_back


def _in_backward() -> bool:
    return current_graph_task is not None and current_graph_task() >= 0
