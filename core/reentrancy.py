"""Backward passes inside backward passes: how deep they may nest.

A custom Function's backward that calls ``backward()`` takes several Python frames for each level. As PyTorch does, a pass that
is nested too deeply goes on in a thread of its own, which has a stack of its own, while the one that waits for it holds the modes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from .grad_mode import thread_state

MAX_DEPTH = 60
"""So many passes of one thread are inside each other before the next one goes elsewhere (PyTorch's number)."""

_Result = TypeVar("_Result")


def in_another_thread(call: Callable[[], _Result]) -> _Result:
    """Run ``call`` in a new thread with the modes of this one, and wait for what it returns or raises."""
    outcome: list[_Result] = []
    failure: list[BaseException] = []
    modes = {name: getattr(thread_state, name) for name in ("grad_enabled", "inference", "asked_in_inference", "saved_hooks")}

    def work() -> None:
        for name, value in modes.items():
            setattr(thread_state, name, value)
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001  it is raised in the thread that waits
            failure.append(error)

    thread: Any = threading.Thread(target=work, name="gradtrace-backward")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
